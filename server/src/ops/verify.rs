//! Verifying: the log and the audit against their chains, and every document's projection against
//! the chunks that were published. Changes nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::ChangeHash;
use notes::ids::DocumentId;
use notes::note::Plain;
use sha2::{Digest as _, Sha256};

use crate::core::Core;
use crate::store::{StoreError, Tx};
use crate::sync;

pub mod chains;

use chains::Place;

/// Verifies everything, and leaves a mark of how far the chains hold.
///
/// # Errors
/// The store's.
pub fn verify_and_mark(core: &Core) -> Result<Verified, StoreError> {
    let verified = verify(core)?;
    let fault = verified.differences.first().filter(|_| !verified.chains_hold);
    let followed = chains::Followed {
        log: verified.log,
        audit: verified.audit,
        at: core.host.now_ms(),
        fault: fault.cloned(),
    };
    core.store.write(|tx| chains::mark(tx, &followed))?;
    Ok(verified)
}

/// Rows that are read at once.
const BATCH: u32 = 500;

/// Automerge recurses over what it loads, and what is loaded here may have been tampered with.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// What was looked at, and what differs, in words that hold no personal data.
#[derive(Debug, Default)]
pub struct Verified {
    /// Up to where the log was followed.
    pub log: Place,
    /// Up to where the audit was followed.
    pub audit: Place,
    /// Whether nothing differed in either.
    pub chains_hold: bool,
    /// Documents.
    pub documents: u64,
    /// Attached files.
    pub attachments: u64,
    /// What is not as it must be.
    pub differences: Vec<String>,
}

/// Verifies everything, as of one moment.
///
/// # Errors
/// The store's, where it cannot be read at all.
pub fn verify(core: &Core) -> Result<Verified, StoreError> {
    let all = || {
        core.store.read(|tx| {
            let mut verified = Verified::default();
            verified.log = chains::log(tx, Place::default(), u64::MAX, &mut verified.differences)?;
            verified.audit = chains::audit(tx, Place::default(), u64::MAX, &mut verified.differences)?;
            verified.chains_hold = verified.differences.is_empty();
            documents(tx, &mut verified)?;
            attachments(tx, &mut verified)?;
            Ok(verified)
        })
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, all)?;
        thread
            .join()
            .map_err(|_| StoreError::Inconsistent("verifying ended too early"))?
    })
}

fn documents(tx: &Tx<'_>, verified: &mut Verified) -> Result<(), StoreError> {
    let mut last = DocumentId([0; 16]);
    loop {
        let ids = tx.documents_after(last, BATCH)?;
        if ids.is_empty() {
            break;
        }
        for id in ids {
            // Automerge may panic over bytes that somebody has tampered with.
            let compared = catch_unwind(AssertUnwindSafe(|| document(tx, id)));
            let difference = compared.unwrap_or(Ok(Some("its chunks cannot be loaded")))?;
            if let Some(difference) = difference {
                verified.differences.push(format!("document {id}: {difference}"));
            }
            verified.documents += 1;
            last = id;
        }
    }
    for id in tx.moved_and_seen()? {
        let difference = format!("document {id}: it was moved, and is seen all the same or went nowhere");
        verified.differences.push(difference);
    }
    for id in tx.documents_unpublished()? {
        let difference = format!("document {id}: a projection of nothing");
        verified.differences.push(difference);
    }
    Ok(())
}

fn document(tx: &Tx<'_>, id: DocumentId) -> Result<Option<&'static str>, StoreError> {
    let Some(record) = tx.document(id)? else {
        return Ok(Some("it has no projection"));
    };
    // From the chunks alone, without the snapshot.
    let Ok(Some(doc)) = sync::published(tx, id, None) else {
        return Ok(Some("its chunks cannot be loaded"));
    };
    let heads = sorted(doc.get_heads());
    if heads != sorted(record.heads.iter().map(|head| ChangeHash(*head)).collect()) {
        return Ok(Some("its heads are not those of its chunks"));
    }
    let whole = sync::published(tx, id, Some(&record));
    if !whole.is_ok_and(|doc| doc.is_some_and(|doc| sorted(doc.get_heads()) == heads)) {
        return Ok(Some("its snapshot is not what its chunks make"));
    }
    let plain = Plain::read(&doc, record.template).ok();
    let Some(plain) = plain.filter(|plain| sync::agrees(&record, plain)) else {
        return Ok(Some("its projection is not what its chunks say"));
    };
    if !sync::counted_right(tx, &record, &plain)? {
        return Ok(Some("its figures are not those that its chunks give"));
    }
    if tx.named(id)? == sync::named(&plain) {
        Ok(None)
    } else {
        Ok(Some("its files are not those that its chunks name"))
    }
}

/// Every file against its hash and its length.
fn attachments(tx: &Tx<'_>, verified: &mut Verified) -> Result<(), StoreError> {
    let mut last = None;
    loop {
        let files = tx.attachments_after(last, BATCH)?;
        if files.is_empty() {
            return Ok(());
        }
        for file in files {
            let (mut hasher, mut at) = (Sha256::new(), 0);
            while let Some((begin, data)) = tx.piece_at(file.body, at)? {
                hasher.update(&data);
                at = begin + data.len() as u64;
            }
            if file.id.0 != <[u8; 32]>::from(hasher.finalize()) || at != file.bytes {
                let difference = format!("file {}: its bytes are not those of its hash", file.id);
                verified.differences.push(difference);
            }
            last = Some(file.id);
            verified.attachments += 1;
        }
    }
}

fn sorted(mut heads: Vec<ChangeHash>) -> Vec<ChangeHash> {
    heads.sort_unstable();
    heads
}
