//! `cargo xtask setup`: makes sure that what the other chores need is here. It installs only inside the target
//! folder, and with apt-get on a Debian machine where it is root; elsewhere it names what is missing. A second run
//! finds its own stamp and takes a blink.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::mobile;
use crate::validators;
use crate::workshop::{Failure, Workshop, output, run, works};

/// Pinned: a newer cargo-deny may judge the same tree differently.
const CARGO_DENY: &str = "0.20.2";

/// A program of the machine, the Debian packages that bring it, and how it shows that it works.
struct Tool {
    name: &'static str,
    packages: &'static [&'static str],
    probe: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "a C compiler (cc)",
        packages: &["gcc", "libc6-dev"],
        probe: &["cc", "--version"],
    },
    Tool {
        name: "make",
        packages: &["make"],
        probe: &["make", "--version"],
    },
    // OpenSSL's own build, which SQLCipher needs, asks for these modules; Debian's perl-base lacks them.
    Tool {
        name: "perl with its standard modules",
        packages: &["perl"],
        probe: &["perl", "-MIPC::Cmd", "-MFindBin", "-MFile::Compare", "-e", "1"],
    },
    Tool {
        name: "python3 with venv and pip",
        packages: &["python3", "python3-venv", "python3-pip"],
        probe: &["python3", "-c", "import venv, ensurepip"],
    },
    // The phone app: its page, its core as WebAssembly, and the browser in which its stories are told.
    Tool {
        name: "node 20.19 or newer, with npm",
        packages: &["nodejs", "npm"],
        probe: &[
            "node",
            "-e",
            "const [a, b] = process.versions.node.split('.').map(Number);
             process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)",
        ],
    },
    Tool {
        name: "a standard library for WebAssembly (rustup target add wasm32-unknown-unknown, or Debian's rustc-web)",
        packages: &["rustc-web", "cargo-web", "rust-web-src"],
        probe: &[
            "sh",
            "-c",
            "test -d \"$(rustc --print target-libdir --target wasm32-unknown-unknown)\" ||
             test -f /usr/lib/rustlib/src/rust/library/Cargo.lock",
        ],
    },
    Tool {
        name: "clang, llvm-ar and wasm-ld",
        packages: &["clang-22", "llvm-22", "lld-22"],
        probe: &[
            "sh",
            "-c",
            "(command -v clang-22 && command -v llvm-ar-22 && command -v wasm-ld-22) ||
             (command -v clang && command -v llvm-ar && command -v wasm-ld)",
        ],
    },
    // The Kotlin side of the bindings, which is run on the JVM. keytool stands in for a phone's keystore.
    Tool {
        name: "a JDK, 17 or newer",
        packages: &["default-jdk-headless"],
        probe: &[
            "sh",
            "-c",
            "command -v keytool && java -XshowSettings:properties -version 2>&1 |
             grep -E 'java.specification.version = (1[7-9]|[2-9][0-9])$'",
        ],
    },
    Tool {
        name: "JNA (jna.jar; where it is not in /usr/share/java, DOORSTEP_JNA names it)",
        packages: &["libjna-java"],
        probe: &["sh", "-c", "test -f \"${DOORSTEP_JNA:-/usr/share/java/jna.jar}\""],
    },
    // The database that the reference importer's stories write into. Debian's programs of it are not on the PATH.
    Tool {
        name: "PostgreSQL's server programs (initdb, pg_ctl)",
        packages: &["postgresql"],
        probe: &[
            "sh",
            "-c",
            "ls /usr/lib/postgresql/*/bin/initdb || command -v pg_ctl",
        ],
    },
    Tool {
        name: "chromium",
        packages: &["chromium"],
        probe: &["sh", "-c", "command -v chromium"],
    },
];

/// The programs that `setup` found or made, for the chores that use them.
#[derive(Debug)]
pub struct Tools {
    /// The program `cargo-deny` of the pinned version.
    pub cargo_deny: PathBuf,
}

/// Checks for every tool and installs what is missing where it may.
///
/// # Errors
/// Names what is missing and may not be installed here, or the step that failed.
pub fn setup(workshop: &Workshop) -> Result<Tools, Failure> {
    system_tools(workshop)?;
    python_packages(workshop)?;
    mobile::kotlin::install_compiler(workshop)?;
    validators::install(workshop)?;
    let cargo_deny = cargo_deny(workshop)?;
    println!("setup: everything that the chores need is here");
    Ok(Tools { cargo_deny })
}

fn missing<'tools>(workshop: &Workshop, tools: &'tools [Tool]) -> Vec<&'tools Tool> {
    let works = |tool: &&Tool| match tool.probe.split_first() {
        Some((program, arguments)) => works(&mut workshop.command(*program, arguments)),
        None => true,
    };
    tools.iter().filter(|tool| !works(tool)).collect()
}

/// Programs of the machine.
///
/// # Errors
/// Names what is missing and may not be installed here.
pub fn system_tools(workshop: &Workshop) -> Result<(), Failure> {
    let lacking = missing(workshop, TOOLS);
    if lacking.is_empty() {
        return Ok(());
    }
    if may_use_apt(workshop) {
        let packages: Vec<&str> = lacking.iter().flat_map(|tool| tool.packages).copied().collect();
        println!("setup: apt-get installs {}", packages.join(", "));
        apt_install(workshop, &packages)?;
    }
    let still: Vec<&str> = missing(workshop, TOOLS).iter().map(|tool| tool.name).collect();
    if still.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "setup: missing, and not to be installed from here: {}",
        still.join("; ")
    )))
}

fn may_use_apt(workshop: &Workshop) -> bool {
    let root = workshop
        .command("id", &["-u"])
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && Path::new("/etc/debian_version").exists()
        && works(&mut workshop.command("apt-get", &["--version"]))
}

/// Installs packages; a machine that has never fetched its package lists gets them first.
fn apt_install(workshop: &Workshop, packages: &[&str]) -> Result<(), Failure> {
    let install = || {
        let mut command = workshop.command("apt-get", &["install", "-y", "--no-install-recommends"]);
        command.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    if run("apt-get install", &mut install()).is_ok() {
        return Ok(());
    }
    run("apt-get update", &mut workshop.command("apt-get", &["update"]))?;
    run("apt-get install", &mut install())
}

/// The pinned lists of Python packages: what the stories need, and what the reference importer names for everybody.
const PYTHON: [&str; 2] = [
    "tests/python/requirements.txt",
    "docs/examples/importer/requirements.txt",
];

/// Makes the virtual environment of the Python stories, anew whenever a pinned list changes.
///
/// # Errors
/// The step that failed.
pub fn python_packages(workshop: &Workshop) -> Result<(), Failure> {
    let mut wanted = String::new();
    for list in PYTHON {
        let text = fs::read_to_string(workshop.root.join(list))
            .map_err(|error| Failure::new(format!("setup: {list} cannot be read: {error}")))?;
        wanted.push_str(&text);
    }
    let venv = workshop.target.join("venv");
    let stamp = venv.join("doorstep-stamp.txt");
    let python = workshop.venv_python();
    if fs::read_to_string(&stamp).is_ok_and(|had| had == wanted)
        && works(&mut workshop.command(&python, &["--version"]))
    {
        return Ok(());
    }
    println!(
        "setup: making the Python environment {} from {}",
        venv.display(),
        PYTHON.join(" and ")
    );
    run(
        "python3 -m venv",
        workshop.command("python3", &["-m", "venv", "--clear"]).arg(&venv),
    )?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let mut install = workshop.command(&python, &install);
    for list in PYTHON {
        install.args(["--requirement", list]);
    }
    run("pip install", &mut install)?;
    fs::write(&stamp, wanted)
        .map_err(|error| Failure::new(format!("setup: {} cannot be written: {error}", stamp.display())))
}

/// Finds the pinned cargo-deny on the PATH or among our own tools, or builds it there.
fn cargo_deny(workshop: &Workshop) -> Result<PathBuf, Failure> {
    let own = workshop.tools().join("bin/cargo-deny");
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|dir| dir.join("cargo-deny"));
    let is_pinned = |program: &PathBuf| {
        program.is_file()
            && output(
                "cargo-deny --version",
                &mut workshop.command(program, &["--version"]),
            )
            .is_ok_and(|version| version.trim() == format!("cargo-deny {CARGO_DENY}"))
    };
    if let Some(program) = std::iter::once(own.clone()).chain(on_path).find(is_pinned) {
        return Ok(program);
    }
    // Measured on 2 cores: just under 3 minutes. It happens once for a target folder.
    println!(
        "setup: building cargo-deny {CARGO_DENY} into {}; this takes some minutes, once",
        own.display()
    );
    let mut install = workshop.cargo(&[
        "install",
        "--locked",
        "--quiet",
        "--version",
        CARGO_DENY,
        "--root",
    ]);
    // Its own build folder must not follow ours, whose features and profile differ.
    install
        .arg(workshop.tools())
        .arg("cargo-deny")
        .env_remove("CARGO_TARGET_DIR");
    run("cargo install cargo-deny", &mut install)?;
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_missing_when_its_probe_fails_or_cannot_be_started() {
        let tool = |name, probe| Tool {
            name,
            packages: &[],
            probe,
        };
        let tools = [
            tool("here", &["true"]),
            tool("broken", &["sh", "-c", "exit 3"]),
            tool("absent", &["no-such-program-anywhere"]),
        ];
        let workshop = Workshop::find().unwrap();
        let names: Vec<&str> = missing(&workshop, &tools).iter().map(|tool| tool.name).collect();
        assert_eq!(names, ["broken", "absent"]);
    }
}
