//! The library for iOS as a framework that Xcode takes: one static library for phones and one for the simulator on either kind of
//! Mac, with the header that the Swift side calls. Only a Mac with Xcode has the compiler and the SDK for it.

use std::fs;
use std::path::{Path, PathBuf};

use super::{build_for, folder, headers, targets_missing};
use crate::workshop::{Failure, Workshop, run, works};

/// What to do where there is no Xcode.
const NO_XCODE: &str = "Xcode is missing, and it is for Macs only: install it there from the App Store, then `sudo \
                        xcode-select --switch /Applications/Xcode.app`.";

/// The oldest iOS for which the library is built.
const OLDEST: &str = "15.0";
const PHONE: &str = "aarch64-apple-ios";
const SIMULATORS: [&str; 2] = ["aarch64-apple-ios-sim", "x86_64-apple-ios"];

/// Builds the static libraries and makes the framework of them, where Xcode and Rust's targets are; where not, says what
/// is missing.
///
/// # Errors
/// Where one does not build.
pub fn build(workshop: &Workshop) -> Result<(), Failure> {
    let [sim, old_sim] = SIMULATORS;
    let targets = targets_missing(workshop, &[PHONE, sim, old_sim]);
    let xcode = works(&mut workshop.command("xcodebuild", &["-version"]));
    if !xcode || targets.is_some() {
        println!("iOS's library was not built.");
        let missing = [(!xcode).then(|| NO_XCODE.to_owned()), targets];
        missing
            .iter()
            .flatten()
            .for_each(|missing| println!("  {missing}"));
        return Ok(());
    }
    let phone = static_library(workshop, PHONE)?;
    let simulator = folder(workshop).join("apple/simulator");
    fs::create_dir_all(&simulator).map_err(|error| Failure::new(format!("{error}")))?;
    let simulator = simulator.join("libdoorstep_ffi.a");
    let mut join = workshop.command("lipo", &["-create", "-output"]);
    join.arg(&simulator);
    for target in SIMULATORS {
        join.arg(static_library(workshop, target)?);
    }
    run("lipo", &mut join)?;
    framework(workshop, &[&phone, &simulator])
}

fn static_library(workshop: &Workshop, target: &str) -> Result<PathBuf, Failure> {
    let settings = [("IPHONEOS_DEPLOYMENT_TARGET".to_owned(), OLDEST.into())];
    Ok(build_for(workshop, target, "staticlib", &settings)?.join("libdoorstep_ffi.a"))
}

fn framework(workshop: &Workshop, libraries: &[&Path]) -> Result<(), Failure> {
    let made = folder(workshop).join("apple/Doorstep.xcframework");
    // xcodebuild does not write over one.
    let _ = fs::remove_dir_all(&made);
    let mut command = workshop.command("xcodebuild", &["-create-xcframework"]);
    for library in libraries {
        command.arg("-library").arg(library);
        command.arg("-headers").arg(headers(workshop));
    }
    run(
        "xcodebuild -create-xcframework",
        command.arg("-output").arg(&made),
    )?;
    println!("written: {}", made.display());
    Ok(())
}
