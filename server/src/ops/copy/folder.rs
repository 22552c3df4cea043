//! The three files in a folder that nobody else may read, each there whole or not at all. The page for the checker
//! is written first: a copy without it looks as if nothing had been left out.

use std::fs::DirBuilder;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use notes::problem::Code;

use super::{Hashes, Prepared};
use crate::ops::OpError;
use crate::ops::backup::{new_private_file, sync_folder};
use crate::store::StoreError;

const HTML: &str = "copy.html";
const JSON: &str = "copy.json";
const LEFT_OUT: &str = "left-out.html";
/// How the name of a file begins that is not whole yet.
const PART: &str = ".part-";

/// A folder that may take a copy.
pub struct Bundle(PathBuf);

impl Bundle {
    /// Opens a folder, and makes it where it is not there. One that has anything in it is only taken with `replace`,
    /// and where that is an older copy and nothing else.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`], or the disk's.
    pub fn open(path: &Path, replace: bool) -> Result<Self, OpError> {
        let refused = |why: &str| Err(OpError::Because(Code::ParameterInvalid, why.to_owned()));
        match private_folder(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return refused("the folder above this one is not there");
            }
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(disk(error)),
            _ => {}
        }
        for entry in std::fs::read_dir(path).map_err(disk)? {
            let name = entry.map_err(disk)?.file_name();
            let name = name.to_string_lossy();
            let name = name.strip_prefix(PART).unwrap_or(&name);
            if !replace {
                return refused(
                    "the folder is not empty: name another one, or say --replace for an older copy",
                );
            }
            if ![HTML, JSON, LEFT_OUT].contains(&name) {
                return refused("the folder holds more than an older copy: name another one");
            }
        }
        only_for_the_owner(path).map_err(disk)?;
        Ok(Self(path.to_owned()))
    }
}

/// Writes a prepared copy.
///
/// # Errors
/// The disk's. A file that was there before is whole, the old one or the new one.
pub fn write(bundle: &Bundle, prepared: &Prepared) -> Result<(), OpError> {
    let files = [
        (LEFT_OUT, &prepared.left_out),
        (JSON, &prepared.json),
        (HTML, &prepared.html),
    ];
    for (name, text) in files {
        put(&bundle.0, name, text.as_bytes()).map_err(disk)?;
    }
    Ok(())
}

/// The hashes of the files in a folder, as they are now.
///
/// # Errors
/// [`Code::NotFound`] where one is not there, or the disk's.
pub fn hashes_in(folder: &Path) -> Result<Hashes, OpError> {
    let read = |name: &str| match std::fs::read(folder.join(name)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(OpError::Because(
            Code::NotFound,
            format!("{name} is not in the folder"),
        )),
        read => read.map_err(disk),
    };
    Ok(Hashes::of(&read(HTML)?, &read(JSON)?))
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let (part, whole) = (folder.join(format!("{PART}{name}")), folder.join(name));
    // One that a killed run left is not written on: its rights may be others.
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = new_private_file(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, &whole)?;
    sync_folder(&whole)
}

fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

fn only_for_the_owner(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn disk(error: std::io::Error) -> OpError {
    OpError::Store(StoreError::Folder(error))
}
