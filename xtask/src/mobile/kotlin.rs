//! The Kotlin side in the tests: compiled, and run on the JVM as the app of `tests/kotlin`, against a real server. The
//! compiler is the pinned one of `tests/kotlin/package-lock.json`; what it made is kept and made anew only where what
//! went into it has changed.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use super::bindings::{KOTLIN, library};
use super::kotlin_side;
use crate::packages;
use crate::workshop::{Failure, Workshop, run};

/// Where Debian keeps JNA, through which Kotlin calls the library.
const DEBIAN_JNA: &str = "/usr/share/java/jna.jar";

/// JNA's setting for where libraries are.
const JNA_PATH: &str = concat!("-Djna.", "library.path");

/// Oldest Java that the tests' app runs on.
const JAVA: &str = "17";

/// Where the compiler is, as `setup` installs it.
#[must_use]
pub fn compiler(workshop: &Workshop) -> PathBuf {
    workshop
        .target
        .join("kotlin/compiler/node_modules/kotlin-compiler/lib")
}

/// Installs the pinned compiler into the target folder, unless it is there.
///
/// # Errors
/// The step that failed.
pub fn install_compiler(workshop: &Workshop) -> Result<(), Failure> {
    let to = workshop.target.join("kotlin/compiler");
    packages::install(workshop, &workshop.root.join("tests/kotlin"), &to)
}

/// JNA's archive: what `DOORSTEP_JNA` names, or Debian's.
#[must_use]
pub fn jna() -> PathBuf {
    env::var_os("DOORSTEP_JNA").map_or_else(|| PathBuf::from(DEBIAN_JNA), PathBuf::from)
}

/// Compiles the Kotlin side and the app of the tests, and runs its story.
///
/// # Errors
/// Where it does not compile, or the story broke.
pub fn story(workshop: &Workshop) -> Result<(), Failure> {
    let bindings = Classes::of(
        workshop,
        "bindings",
        vec![kotlin_side(workshop).join(KOTLIN)],
        &[],
    )?;
    bindings.compile(workshop)?;
    let app = sources(&workshop.root.join("tests/kotlin"))?;
    let app = Classes::of(workshop, "story", app, &[&bindings])?;
    app.compile(workshop)?;
    let mut path = app.path.clone();
    path.extend([app.folder, compiler(workshop).join("kotlin-stdlib.jar")]);
    let mut java = workshop.command("java", &[]);
    let natives = library(workshop);
    let natives = natives.parent().unwrap_or(&workshop.target).display().to_string();
    java.arg(format!("{JNA_PATH}={natives}"))
        .arg("-cp")
        .arg(joined(&path)?)
        .arg("story.StoryKt")
        .args([workshop.bin_dir(), workshop.root.clone()]);
    run("the Kotlin story", &mut java)
}

/// Sources that are compiled together, and the folder of what they become.
struct Classes {
    folder: PathBuf,
    sources: Vec<PathBuf>,
    /// Archives and folders that they need.
    path: Vec<PathBuf>,
    /// Changes with all that goes into them.
    stamp: String,
}

impl Classes {
    fn of(workshop: &Workshop, name: &str, sources: Vec<PathBuf>, needs: &[&Self]) -> Result<Self, Failure> {
        let lock = workshop.root.join("tests/kotlin/package-lock.json");
        let mut hasher = DefaultHasher::new();
        for file in sources.iter().chain([&lock]) {
            let text = fs::read(file).map_err(|error| trouble(file, &error))?;
            (file, text).hash(&mut hasher);
        }
        let mut path = vec![jna()];
        for need in needs {
            need.stamp.hash(&mut hasher);
            path.push(need.folder.clone());
        }
        path.hash(&mut hasher);
        Ok(Self {
            folder: workshop.target.join("kotlin").join(name),
            sources,
            path,
            stamp: format!("{:016x}\n", hasher.finish()),
        })
    }

    /// Compiles them, unless that was done already.
    fn compile(&self, workshop: &Workshop) -> Result<(), Failure> {
        let stamp = self.folder.join("stamp.txt");
        if fs::read_to_string(&stamp).is_ok_and(|had| had == self.stamp) {
            return Ok(());
        }
        let _ = fs::remove_dir_all(&self.folder);
        println!("    kotlinc makes {}", self.folder.display());
        let lib = compiler(workshop);
        // What the distribution's own script starts, without the shell that it needs.
        let mut kotlinc = workshop.command("java", &["-Xmx1g", "-cp"]);
        kotlinc
            .arg(lib.join("kotlin-preloader.jar"))
            .args(["org.jetbrains.kotlin.preloading.Preloader", "-cp"])
            .arg(lib.join("kotlin-compiler.jar"))
            .args(["org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-Werror"])
            .args(["-jvm-target", JAVA, "-cp"])
            .arg(joined(&self.path)?)
            .arg("-d")
            .arg(&self.folder)
            .args(&self.sources);
        run("kotlinc", &mut kotlinc)?;
        fs::write(&stamp, &self.stamp).map_err(|error| trouble(&stamp, &error))
    }
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| trouble(folder, &error))?;
    let mut sources: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "kt"));
    sources.sort();
    Ok(sources)
}

fn joined(path: &[PathBuf]) -> Result<std::ffi::OsString, Failure> {
    env::join_paths(path).map_err(|error| Failure::new(format!("a class path cannot be made: {error}")))
}

fn trouble(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_changes_its_stamp_with_each_thing_that_goes_into_it() {
        let folder = env::temp_dir().join(format!("xtask-kotlin-{}", std::process::id()));
        let pins = folder.join("tests/kotlin");
        fs::create_dir_all(&pins).unwrap();
        let workshop = Workshop {
            root: folder.clone(),
            target: folder.join("target"),
        };
        let (source, lock) = (pins.join("A.kt"), pins.join("package-lock.json"));
        let write = |text: &str, pinned: &str| {
            fs::write(&source, text).unwrap();
            fs::write(&lock, pinned).unwrap();
        };
        let stamps = || {
            let below = Classes::of(&workshop, "below", vec![source.clone()], &[]).unwrap();
            let above = Classes::of(&workshop, "above", Vec::new(), &[&below]).unwrap();
            (below.stamp, above.stamp)
        };
        write("one", "1");
        let first = stamps();
        assert_eq!(stamps(), first, "nothing has changed");
        write("two", "1");
        let second = stamps();
        assert!(second.0 != first.0 && second.1 != first.1, "what lies below, too");
        write("two", "2");
        assert_ne!(stamps().0, second.0, "another compiler");
        assert_eq!(sources(&pins).unwrap(), [pins.join("A.kt")]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
