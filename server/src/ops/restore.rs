//! Restoring a backup into an empty data folder. A restored server is another one: it has a new
//! epoch, so that phones and case systems notice and bring again what it has lost, and the
//! one-time codes that were about are void.

use std::path::Path;

use serde_json::json;

use super::OpError;
use super::backup::sync_folder;
use crate::host::Host;
use crate::store::{AuditEntry, FILE_NAME, Store, StoreError, Tx};

/// Where the new database is made ready.
const WORKSHOP: &str = "restoring";

/// Restores; returns the number of the last log entry that is there again.
///
/// # Errors
/// [`StoreError::WrongKey`], a damaged file, a folder that has a database, or the disk's. The folder
/// has no database then.
pub fn restore(file: &Path, folder: &Path, key: Option<[u8; 32]>, host: &Host) -> Result<u64, OpError> {
    let place = folder.join(FILE_NAME);
    if place.exists() {
        let kind = std::io::ErrorKind::AlreadyExists;
        let error = std::io::Error::new(kind, "it has a database already; restore into an empty one");
        return Err(StoreError::Folder(error).into());
    }
    let workshop = folder.join(WORKSHOP);
    let made = make_ready(file, &workshop, key, host).and_then(|seq| {
        std::fs::rename(workshop.join(FILE_NAME), &place)?;
        sync_folder(&place)?;
        Ok(seq)
    });
    // What is left there is a copy of the backup, or nothing.
    let _ = std::fs::remove_dir_all(&workshop);
    Ok(made?)
}

/// Whether a restore into a folder was begun and did not come to its end.
pub(crate) fn is_half_done(folder: &Path) -> bool {
    folder.join(WORKSHOP).exists() && !folder.join(FILE_NAME).exists()
}

fn make_ready(file: &Path, workshop: &Path, key: Option<[u8; 32]>, host: &Host) -> Result<u64, StoreError> {
    let (head, _) = Store::check_file(file, key)?;
    if workshop.exists() {
        // Of a restore that did not come to its end.
        std::fs::remove_dir_all(workshop)?;
    }
    std::fs::create_dir_all(workshop)?;
    let copy = workshop.join(FILE_NAME);
    std::fs::copy(file, &copy)?;
    let store = Store::open(workshop, key)?;
    store.write(|tx| begin_anew(tx, head.seq, host))?;
    // What would stay in a log beside it would not be moved with it: the new epoch, first of all.
    store.close_in_one_file()?;
    std::fs::File::open(&copy)?.sync_all()?;
    Ok(head.seq)
}

/// Past all numbers that the lost server may have given, and somewhere else than the last restore of the same backup;
/// small enough for thousands of restores below 2^53.
fn leap(host: &Host) -> u64 {
    let chance = u64::from_be_bytes(host.random());
    (1 << 32) + chance % (1 << 40)
}

fn begin_anew(tx: &Tx<'_>, seq: u64, host: &Host) -> Result<(), StoreError> {
    tx.meta_put("epoch", &host.random::<8>())?;
    // Phones carry out an order once, by its number, and may have had orders that this server does not know any more.
    tx.news_leap(leap(host))?;
    // All that is here stands in the backup that it came from.
    tx.meta_put("safe_seq", &seq.to_be_bytes())?;
    // Who was sent away since the backup must not come back in.
    let codes = tx.codes_void()? + tx.desk_close(host.now_ms())?;
    tx.audit(&AuditEntry {
        at: host.now_ms(),
        who: "operator".to_owned(),
        what: "server.restored".to_owned(),
        person: None,
        document: None,
        detail: json!({ "log_seq": seq, "codes_voided": codes }).to_string(),
    })
}
