//! Verifying: the log and the audit against their chains, and every document's projection against
//! the chunks that were published. Changes nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::ChangeHash;
use notes::ids::DocumentId;
use notes::note::Plain;
use sha2::{Digest as _, Sha256};

use crate::core::Core;
use crate::store::{Entry, EntryState, StoreError, Tx, audit_chain, chain};
use crate::sync;

/// Rows that are read at once.
const BATCH: u32 = 500;

/// Automerge recurses over what it loads, and what is loaded here may have been tampered with.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// What was looked at, and what differs, in words that hold no personal data.
#[derive(Debug, Default)]
pub struct Verified {
    /// Log entries.
    pub log_entries: u64,
    /// Audit entries.
    pub audit_entries: u64,
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
            log(tx, &mut verified)?;
            audit(tx, &mut verified)?;
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

fn log(tx: &Tx<'_>, verified: &mut Verified) -> Result<(), StoreError> {
    let (mut seq, mut before) = (0, [0; 32]);
    loop {
        let entries = tx.log_after(seq, BATCH)?;
        if entries.is_empty() {
            return Ok(());
        }
        for each in entries {
            let number = each.seq;
            let mut differ = |what: &str| verified.differences.push(format!("log entry {number}: {what}"));
            if number != seq + 1 {
                differ("the entry before it is missing");
            }
            if let Some(what) = bytes(tx, &each)? {
                differ(what);
            }
            if each.chain != chain(&before, number, &each.entry) {
                differ("it does not fit the chain");
            }
            // The chain as it is written: one fault is told once.
            (seq, before) = (number, each.chain);
            verified.log_entries += 1;
        }
    }
}

/// What is wrong with the bytes of an entry. Only a tombstone behind it makes it right that they are gone, and where
/// there is one, they must be.
fn bytes(tx: &Tx<'_>, each: &Entry) -> Result<Option<&'static str>, StoreError> {
    let entry = &each.entry;
    let removed = tx
        .log_tombstone(entry.document)?
        .is_some_and(|stone| stone > each.seq);
    let empty = entry.chunk.is_empty();
    Ok(match entry.state {
        EntryState::Erased if !removed => Some("its bytes are gone, and no tombstone says why"),
        EntryState::Erased if empty => None,
        EntryState::Tombstone if !sync::is_tombstone(each) => Some("it is no tombstone"),
        _ if removed && entry.state != EntryState::Tombstone => {
            Some("it stands although its document was removed")
        }
        _ if entry.hash == <[u8; 32]>::from(Sha256::digest(&entry.chunk)) => None,
        _ => Some("its bytes are not those of its hash"),
    })
}

fn audit(tx: &Tx<'_>, verified: &mut Verified) -> Result<(), StoreError> {
    let (mut last, mut before) = (0, [0; 32]);
    loop {
        let records = tx.audit_after(last, BATCH)?;
        if records.is_empty() {
            return Ok(());
        }
        for each in records {
            let n = each.n;
            if n != last + 1 || each.chain != audit_chain(&before, n, &each.entry) {
                let difference = format!("audit entry {n}: it does not fit the chain");
                verified.differences.push(difference);
            }
            (last, before) = (n, each.chain);
            verified.audit_entries += 1;
        }
    }
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
