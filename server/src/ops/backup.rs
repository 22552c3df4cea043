//! An online backup: copied beside its place, checked, then put in its place whole. Only then is
//! it named to the phones as a place where their notes stand.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::OpError;
use crate::core::Core;
use crate::hex::hex;
use crate::store::{AuditEntry, Store, StoreError};

/// How the name of a copy ends that is not whole yet.
const PART: &str = ".part";

/// What was backed up.
#[derive(Debug, Clone, Copy)]
pub struct BackedUp {
    /// Log entries up to here stand in it.
    pub seq: u64,
    /// Files up to this holding stand in it.
    pub holding: u64,
    /// Its size.
    pub bytes: u64,
}

/// Makes a backup; one of this name that was there before is replaced once the new one is whole.
///
/// # Errors
/// The store's, or the disk's; what stood there before stands there still.
pub fn backup(core: &Core, key: Option<[u8; 32]>, target: &Path, by: &str) -> Result<BackedUp, OpError> {
    let digits = hex(&core.host.random::<4>());
    let part = beside(target, &digits)?;
    clear_away(target)?;
    let made = copy_and_check(core, key, &part).and_then(|made| {
        std::fs::rename(&part, target)?;
        sync_folder(target)?;
        Ok(made)
    });
    if made.is_err() {
        remove(&part);
    }
    let made = made?;
    core.store.write(|tx| {
        let before = tx.meta("safe_seq")?.unwrap_or_default();
        let before = before.try_into().map_or(0, u64::from_be_bytes);
        tx.meta_put("safe_seq", &made.seq.max(before).to_be_bytes())?;
        let before = tx.meta("safe_holding")?.unwrap_or_default();
        let before = before.try_into().map_or(0, u64::from_be_bytes);
        tx.meta_put("safe_holding", &made.holding.max(before).to_be_bytes())?;
        tx.audit(&AuditEntry {
            at: core.host.now_ms(),
            who: by.to_owned(),
            what: "backup.made".to_owned(),
            person: None,
            document: None,
            detail: json!({ "log_seq": made.seq }).to_string(),
        })
    })?;
    Ok(made)
}

fn copy_and_check(core: &Core, key: Option<[u8; 32]>, part: &Path) -> Result<BackedUp, StoreError> {
    let held = new_private_file(part)?;
    held.lock()?;
    core.store.copy_to(part)?;
    let (head, holding) = Store::check_file(part, key)?;
    let file = File::open(part)?;
    file.sync_all()?;
    Ok(BackedUp {
        seq: head.seq,
        holding,
        bytes: file.metadata()?.len(),
    })
}

fn beside(target: &Path, digits: &str) -> Result<PathBuf, StoreError> {
    Ok(target.with_file_name(format!("{}{digits}{PART}", before_digits(target)?)))
}

fn before_digits(target: &Path) -> Result<String, StoreError> {
    let name = target.file_name().ok_or_else(|| {
        let kind = std::io::ErrorKind::InvalidInput;
        StoreError::Folder(std::io::Error::new(kind, "the backup needs a file name"))
    })?;
    Ok(format!(".{}.", name.to_string_lossy()))
}

/// Removes what earlier backups of this name left that were killed. One that still runs has its part
/// locked.
fn clear_away(target: &Path) -> Result<(), StoreError> {
    let begin = before_digits(target)?;
    for entry in std::fs::read_dir(folder_of(target))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let Some(digits) = name.strip_prefix(&begin).and_then(|rest| rest.strip_suffix(PART)) else {
            continue;
        };
        let part = beside(target, digits)?;
        // Another backup may have been faster; a part that cannot be opened is left to its owner.
        if File::open(&part).is_ok_and(|file| file.try_lock().is_ok()) {
            remove(&part);
        }
    }
    Ok(())
}

/// Removes a copy that came to nothing, itself last. Perhaps not all of it was ever made; there is
/// nothing more to do about it.
fn remove(part: &Path) {
    for ending in ["-journal", "-wal", "-shm", ""] {
        let mut file = part.as_os_str().to_owned();
        file.push(ending);
        let _ = std::fs::remove_file(PathBuf::from(file));
    }
}

/// A file that only its owner may read: it may hold notes in the clear.
pub(super) fn new_private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// A rename is on disk once its folder is.
pub(super) fn sync_folder(file: &Path) -> std::io::Result<()> {
    File::open(folder_of(file))?.sync_all()
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
