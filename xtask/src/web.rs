//! `cargo xtask web`: builds the phone app and the console. The core becomes WebAssembly, small enough for a phone on a weak
//! signal; the page, its Worker and its service worker are bundled around it. The console takes its types from the `OpenAPI`
//! document. All files are packed beside themselves, as the server sends them.
//!
//! WebAssembly needs a standard library for its target. Where rustup has one (`rustup target add
//! wasm32-unknown-unknown`), that is used; on Debian, rustc-web builds its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::workshop::{Failure, Workshop, output, run, works};

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's Rust for this target, which brings the standard library's source.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";

/// What SQLite can do and the notebook never asks for: a phone need not fetch it.
const WITHOUT: &str = "-USQLITE_ENABLE_RTREE -USQLITE_ENABLE_SESSION -USQLITE_ENABLE_PREUPDATE_HOOK \
                       -USQLITE_ENABLE_MATH_FUNCTIONS -USQLITE_ENABLE_BYTECODE_VTAB -USQLITE_ENABLE_DBPAGE_VTAB \
                       -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_ENABLE_STMTVTAB -USQLITE_ENABLE_OFFSET_SQL_FUNC \
                       -USQLITE_ENABLE_UNKNOWN_SQL_FUNCTION -USQLITE_ENABLE_UNLOCK_NOTIFY -DSQLITE_OMIT_JSON";

/// What all browsers of the last years have; more would save nothing here.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Where the built phone app is.
#[must_use]
pub fn dist(workshop: &Workshop) -> PathBuf {
    phone(workshop).join("dist")
}

/// Where the built console is.
#[must_use]
pub fn console_dist(workshop: &Workshop) -> PathBuf {
    console(workshop).join("dist")
}

fn console(workshop: &Workshop) -> PathBuf {
    workshop.root.join("web/console")
}

fn phone(workshop: &Workshop) -> PathBuf {
    workshop.root.join("web/phone")
}

/// Builds the phone app and the console.
///
/// # Errors
/// The step that failed, or what is missing.
pub fn web(workshop: &Workshop) -> Result<(), Failure> {
    workspace(workshop)?;
    core(workshop)?;
    types(workshop)?;
    for folder in [phone(workshop), console(workshop)] {
        npm(workshop, &folder, &["run", "--silent", "check"])?;
        npm(workshop, &folder, &["run", "--silent", "build"])?;
    }
    Ok(())
}

/// The unit tests of the pages' own parts.
///
/// # Errors
/// Where one fails.
pub fn test(workshop: &Workshop) -> Result<(), Failure> {
    for folder in [phone(workshop), console(workshop)] {
        npm(workshop, &folder, &["run", "--silent", "test"])?;
    }
    Ok(())
}

/// Writes the console's types from the `OpenAPI` document. The program for it needs an older TypeScript as a library, so
/// it lives apart.
fn types(workshop: &Workshop) -> Result<(), Failure> {
    let tool = workshop.target.join("openapi-types");
    packages::install(workshop, &console(workshop).join("types"), &tool)?;
    let mut write = workshop.command(tool.join("node_modules/.bin/openapi-typescript"), &[]);
    write
        .arg(workshop.root.join("docs/openapi.json"))
        .arg("-o")
        .arg(console(workshop).join("src/api/types.ts"));
    output("openapi-typescript", &mut write).map(|_| ())
}

/// Makes `web/phone/wasm`: the core, and the JavaScript beside it.
fn core(workshop: &Workshop) -> Result<(), Failure> {
    run("cargo build for browsers", &mut cargo_for_browsers(workshop)?)?;
    let built = workshop
        .target
        .join("web")
        .join(TARGET)
        .join("web/doorstep_ffi.wasm");
    let folder = phone(workshop).join("wasm");
    if is_newer(&folder.join("core_bg.wasm"), &built) {
        return Ok(());
    }
    // Made apart and put in place at the end: what was broken off half way must not be taken for done.
    let part = workshop.target.join("web/part");
    let wasm = part.join("core_bg.wasm");
    let glue = workshop.target.join("glue");
    let mut cargo = workshop.cargo(&[
        "build",
        "--release",
        "--quiet",
        "--manifest-path",
        "web/glue/Cargo.toml",
    ]);
    cargo.arg("--locked").arg("--target-dir").arg(&glue);
    run("cargo build of the program that writes the glue", &mut cargo)?;
    let mut write = workshop.command(glue.join("release/doorstep-glue"), &[]);
    run("doorstep-glue", write.arg(&built).arg(&part))?;
    println!("    wasm-opt makes the core smaller; this takes a minute");
    // Debian's is too old: it breaks the table of references.
    let mut shrink = workshop.command(workshop.root.join("web/node_modules/.bin/wasm-opt"), &[]);
    shrink.args(["-Oz", "--strip-debug", "--strip-producers"]);
    run("wasm-opt", shrink.args(FEATURES).arg(&wasm).arg("-o").arg(&wasm))?;
    put_in_place(&part, &folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
}

/// Copies a folder's files, the core itself last: by its age it is told whether all was done.
fn put_in_place(part: &Path, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(part)? {
        files.push(entry?.file_name());
    }
    files.sort_by_key(|name| name == "core_bg.wasm");
    for name in files {
        let fresh = folder.join(".fresh");
        fs::copy(part.join(&name), &fresh)?;
        fs::rename(&fresh, folder.join(&name))?;
    }
    Ok(())
}

fn is_newer(made: &Path, source: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    matches!((time(made), time(source)), (Some(made), Some(source)) if made > source)
}

/// Cargo for the core as WebAssembly.
fn cargo_for_browsers(workshop: &Workshop) -> Result<Command, Failure> {
    let ours = output(
        "rustc --print target-libdir",
        &mut workshop.command("rustc", &["--print", "target-libdir", "--target", TARGET]),
    );
    let build = [
        "build",
        "--quiet",
        "--profile",
        "web",
        "--target",
        TARGET,
        "--package",
        "doorstep-ffi",
        "--lib",
    ];
    let mut command = if ours.is_ok_and(|folder| Path::new(folder.trim()).is_dir()) {
        workshop.cargo(&build)
    } else if Path::new(DEBIAN_SOURCE).is_file() {
        let mut debian = workshop.command("/usr/bin/cargo", &build);
        debian
            .arg("-Zbuild-std=std,panic_abort")
            // A panic traps at once, as it does anyhow: nobody reads its words in a Worker, and they are 61 kB to fetch.
            .arg("-Zpanic-immediate-abort")
            .args(["--config", "profile.web.panic=\"immediate-abort\""])
            .env("RUSTC", DEBIAN_RUSTC)
            // Debian's compiler is a stable one; only with this it builds the standard library.
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTUP_TOOLCHAIN");
        debian
    } else {
        return Err(Failure::new(
            "web: no standard library for WebAssembly: `rustup target add wasm32-unknown-unknown`, or on Debian \
             `apt-get install rustc-web cargo-web rust-web-src`",
        ));
    };
    let tool = |name: &str| {
        let named = format!("{name}-22");
        if works(&mut workshop.command(&named, &["--version"])) {
            named
        } else {
            name.to_owned()
        }
    };
    command
        .arg("--target-dir")
        .arg(workshop.target.join("web"))
        .env("SQLITE_WASM_RS_FLAGS", WITHOUT)
        .env("CC_wasm32_unknown_unknown", tool("clang"))
        .env("AR_wasm32_unknown_unknown", tool("llvm-ar"))
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", tool("wasm-ld"));
    Ok(command)
}

/// The packages of both, as the lock file names them.
fn workspace(workshop: &Workshop) -> Result<(), Failure> {
    let folder = workshop.root.join("web");
    let stamp = folder.join("node_modules/.package-lock.json");
    if is_newer(&stamp, &folder.join("package-lock.json")) {
        return Ok(());
    }
    npm(workshop, &folder, &["ci", "--ignore-scripts", "--silent"])
}

fn npm(workshop: &Workshop, folder: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = workshop.command("npm", arguments);
    run(
        &format!("npm {} in {}", arguments.join(" "), folder.display()),
        command.current_dir(folder),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_put_in_place_whole_and_last() {
        let base = std::env::temp_dir().join(format!("xtask-web-{}", std::process::id()));
        let (part, folder) = (base.join("part"), base.join("wasm"));
        fs::create_dir_all(&part).unwrap();
        for name in ["core_bg.wasm", "core.js", "z.d.ts"] {
            fs::write(part.join(name), name).unwrap();
        }
        put_in_place(&part, &folder).unwrap();
        let mut names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["core.js", "core_bg.wasm", "z.d.ts"]);
        assert_eq!(
            fs::read_to_string(folder.join("core_bg.wasm")).unwrap(),
            "core_bg.wasm"
        );
        fs::write(part.join("core_bg.wasm"), "newer").unwrap();
        put_in_place(&part, &folder).unwrap();
        assert_eq!(fs::read_to_string(folder.join("core_bg.wasm")).unwrap(), "newer");
        fs::remove_dir_all(&base).unwrap();
    }
}
