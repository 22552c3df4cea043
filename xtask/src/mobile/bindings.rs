//! Writes the three sides of the bindings from the library as built for this machine: they are the same for every
//! target. What a side does is tried elsewhere; here it is seen that each was written.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::{headers, kotlin_side, python_side, swift_side};
use crate::workshop::{Failure, Workshop, run};

/// The file of the Kotlin side.
pub const KOTLIN: &str = "uniffi/doorstep_ffi/doorstep_ffi.kt";
/// The file of the Swift side.
pub const SWIFT: &str = "doorstep_ffi.swift";
/// The file of the Python side.
pub const PYTHON: &str = "doorstep_ffi.py";
const HEADER: &str = "doorstep_ffiFFI.h";
/// The only name by which a framework's header is found.
pub const MODULE_MAP: &str = "module.modulemap";

/// The library as built for this machine.
#[must_use]
pub fn library(workshop: &Workshop) -> PathBuf {
    workshop
        .bin_dir()
        .join(format!("{DLL_PREFIX}doorstep_ffi{DLL_SUFFIX}"))
}

/// Writes all three.
///
/// # Errors
/// Where one cannot be written, or lacks what apps call.
pub fn write(workshop: &Workshop) -> Result<(), Failure> {
    for (language, folder, file) in [
        ("kotlin", kotlin_side(workshop), KOTLIN),
        ("swift", swift_side(workshop), SWIFT),
        ("python", python_side(workshop), PYTHON),
    ] {
        // What an earlier version wrote under another name must not stay.
        let _ = fs::remove_dir_all(&folder);
        let mut bindgen = workshop.command(
            workshop.bin_dir().join("uniffi-bindgen"),
            &["generate", "--no-format", "--language", language, "--out-dir"],
        );
        let what = format!("uniffi-bindgen for {language}");
        bindgen.arg(&folder).arg(library(workshop)).stdout(Stdio::null());
        run(&what, &mut bindgen)?;
        has(
            &folder.join(file),
            &["Notebook", "Transport", "Keystore", "NoteView"],
        )?;
    }
    let (from, to) = (swift_side(workshop), headers(workshop));
    fs::create_dir_all(&to).map_err(|error| unwritable(&to, &error))?;
    let map = HEADER.replace(".h", ".modulemap");
    for (old, new) in [(HEADER, HEADER), (map.as_str(), MODULE_MAP)] {
        fs::rename(from.join(old), to.join(new)).map_err(|error| unwritable(&to.join(new), &error))?;
    }
    has(&to.join(HEADER), &["notebook_sync", "notebook_type_text"])
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be written: {error}", path.display()))
}

fn has(file: &Path, names: &[&str]) -> Result<(), Failure> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} was not written: {error}", file.display())))?;
    match names.iter().find(|name| !text.contains(**name)) {
        Some(name) => Err(Failure::new(format!("{} does not know {name}", file.display()))),
        None => Ok(()),
    }
}
