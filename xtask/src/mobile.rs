//! `cargo xtask mobile`: leaves what an Android and an iOS team build their apps with in `target/mobile`. The sides in
//! Kotlin, Swift and Python are always written. The libraries for Android's processors are built where the NDK and Rust's
//! targets are, those for iOS where Xcode and Rust's targets are; where not, it says what is missing and the command
//! that gets it.
//!
//! It ends with 0 when it has made all that this machine can make: that a Mac or the NDK is not here is no failure of
//! the project. What is here and does not build is one, and ends it with 1.

pub mod android;
pub mod apple;
pub mod bindings;
pub mod kotlin;
pub mod swift;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::test;
use crate::workshop::{Failure, Workshop, run};

/// Makes what can be made here, and says what cannot.
///
/// # Errors
/// The step that failed.
pub fn mobile(workshop: &Workshop) -> Result<(), Failure> {
    run("cargo build", &mut workshop.cargo(&test::build_order()))?;
    bindings::write(workshop)?;
    println!("written: {}", kotlin_side(workshop).display());
    println!("written: {}", swift_side(workshop).display());
    println!("written: {}", python_side(workshop).display());
    let ndk = android::Ndk::find(&|name| env::var_os(name));
    android::build(workshop, ndk.as_ref())?;
    apple::build(workshop)
}

/// Where all of it lies.
#[must_use]
pub fn folder(workshop: &Workshop) -> PathBuf {
    workshop.target.join("mobile")
}

/// The Kotlin side, a folder for an Android module's sources.
#[must_use]
pub fn kotlin_side(workshop: &Workshop) -> PathBuf {
    folder(workshop).join("android/kotlin")
}

/// The Swift side.
#[must_use]
pub fn swift_side(workshop: &Workshop) -> PathBuf {
    folder(workshop).join("apple/swift")
}

/// The C header that the Swift side calls, and the map that names it.
#[must_use]
pub fn headers(workshop: &Workshop) -> PathBuf {
    folder(workshop).join("apple/headers")
}

/// The Python side.
#[must_use]
pub fn python_side(workshop: &Workshop) -> PathBuf {
    folder(workshop).join("python")
}

/// What to do where this toolchain lacks the standard library of some of these targets.
fn targets_missing(workshop: &Workshop, targets: &[&str]) -> Option<String> {
    let has = |target: &&&str| {
        let ask = ["--print", "target-libdir", "--target", target];
        let folder = workshop.command("rustc", &ask).output();
        folder.is_ok_and(|said| Path::new(String::from_utf8_lossy(&said.stdout).trim()).is_dir())
    };
    let missing: Vec<&str> = targets.iter().filter(|target| !has(target)).copied().collect();
    let names = missing.join(" ");
    let sentence = format!("Rust's targets are missing: `rustup target add {names}` brings them.");
    (!missing.is_empty()).then_some(sentence)
}

/// Builds the library for one target, linked the way the platform takes it (`cdylib` or `staticlib`), and gives the folder of what was built.
fn build_for(
    workshop: &Workshop,
    target: &str,
    kind: &str,
    settings: &[(String, OsString)],
) -> Result<PathBuf, Failure> {
    println!("building for {target}; the first time this takes some minutes");
    let order = ["rustc", "--release", "--package", "doorstep-ffi", "--lib"];
    let mut command = workshop.cargo(&order);
    command.args(["--target", target, "--crate-type", kind]);
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    run(&format!("cargo build for {target}"), &mut command)?;
    Ok(workshop.target.join(target).join("release"))
}
