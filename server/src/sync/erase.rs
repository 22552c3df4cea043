//! Erasing a document for good, when its time is over or a court orders it: its bytes go, its place in the log
//! stays, and a tombstone says what became of it. Whatever comes for it later is answered `gone`.
//!
//! What never happens: the chain breaks, an entry is empty without a tombstone behind it, a version is lost to the
//! count of both sides, a phone loses what it has not sent.

use notes::ids::DocumentId;
use notes::note::Template;
use notes::note::plain::rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::export;
use crate::host::Host;
use crate::messages;
use crate::store::{AuditEntry, Entry, EntryState, NewEntry, StoreError, Tx};

/// Why a document goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why<'a> {
    /// Its time is over.
    Retention,
    /// Somebody who may ordered it; in their words, which name nobody.
    Order(&'a str),
}

impl Why<'_> {
    /// The code that the tombstone bears.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Order(_) => "order",
        }
    }

    /// What case systems read.
    const fn words(&self) -> &str {
        match self {
            Self::Retention => "retention",
            Self::Order(words) => words,
        }
    }
}

/// What went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Entries of the log.
    pub entries: u64,
    /// Versions that case systems were sent.
    pub versions: u64,
}

/// Where it is written down that the log of changes is to be cut, so that a kill between the two does not forget it.
const UNCLEARED: &str = "uncleared";

/// What stands in a tombstone: no word of what was written, and nobody's name.
#[derive(Serialize, Deserialize)]
struct Tombstone {
    document: DocumentId,
    removed: String,
    at: String,
}

/// Erases a document; none where nothing of it is here, or not any more. The caller's transaction is the whole of
/// it; the bytes are gone from the disk once [`crate::store::Store::clear_changes`] was called after it, which the
/// server's sweep does if nobody has.
///
/// # Errors
/// The database's; then nothing was changed.
pub fn erase(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    why: Why<'_>,
    by: &str,
) -> Result<Option<Removed>, StoreError> {
    let Some(template) = tx.log_template(document)? else {
        return Ok(None);
    };
    let person = tx.document_person(document)?;
    let entries = tx.log_erase(document)? as u64;
    if entries == 0 {
        return Ok(None);
    }
    export::tell(tx, person, document)?;
    settle(tx, host, document)?;
    bury(tx, host, document, template, why)?;
    for source in tx.moved_into(document)? {
        erase(tx, host, source.document, why, by)?;
    }
    let versions = export::removed(tx, document, why.words())?;
    tx.words_forget(document)?;
    messages::forget(tx, document)?;
    tx.document_forget(document)?;
    let what = match template {
        Template::Note => "note.removed",
        Template::About => "page.removed",
    };
    tx.audit(&AuditEntry {
        at: host.now_ms(),
        who: by.to_owned(),
        what: what.to_owned(),
        person,
        document: Some(document),
        detail: json!({ "reason": why.words(), "versions": versions, "entries": entries }).to_string(),
    })?;
    Ok(Some(Removed { entries, versions }))
}

/// Nobody need decide any more what was asked about it.
fn settle(tx: &Tx<'_>, host: &Host, document: DocumentId) -> Result<(), StoreError> {
    let mut open = tx.issues_open_of(document)?;
    open.extend(tx.issues_open_under("possible_duplicate", document)?);
    for issue in open {
        tx.issue_settle(&issue.opened.id, host.now_ms(), "server", "removed", "")?;
    }
    Ok(())
}

/// Appends the tombstone.
fn bury(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    template: Template,
    why: Why<'_>,
) -> Result<(), StoreError> {
    let now = host.now_ms();
    let stone = Tombstone {
        document,
        removed: why.code().to_owned(),
        at: rfc3339(now),
    };
    let chunk = serde_json::to_vec(&stone)
        .map_err(|_| StoreError::Inconsistent("a tombstone that cannot be written"))?;
    let entry = NewEntry {
        document,
        device: None,
        line: None,
        received_at: now,
        hash: Sha256::digest(&chunk).into(),
        chunk,
        template,
        person: None,
        reason: None,
        pulled_pub: 0,
        state: EntryState::Tombstone,
        code: None,
    };
    let mut head = tx.log_head()?;
    match tx.log_append(&mut head, &entry)? {
        (seq, true) => tx.meta_put(UNCLEARED, &seq.to_be_bytes()),
        // A phone has sent these very bytes; the next moment's are others.
        (_, false) => Err(StoreError::Inconsistent("a tombstone stands there already")),
    }
}

/// The newest tombstone since which the log of changes was not cut: what it buried may stand there yet.
///
/// # Errors
/// The database's.
pub fn uncleared(tx: &Tx<'_>) -> Result<Option<u64>, StoreError> {
    let stored = tx.meta(UNCLEARED)?.unwrap_or_default();
    Ok(stored.try_into().ok().map(u64::from_be_bytes))
}

/// It was cut, and had all up to this tombstone; a newer one is left to the next time.
///
/// # Errors
/// The database's.
pub fn cleared(tx: &Tx<'_>, since: u64) -> Result<(), StoreError> {
    if uncleared(tx)? == Some(since) {
        tx.meta_put(UNCLEARED, &[])?;
    }
    Ok(())
}

/// Whether an entry of the log is a tombstone of its own document, written by the server itself.
#[must_use]
pub fn is_tombstone(entry: &Entry) -> bool {
    let entry = &entry.entry;
    let stone = serde_json::from_slice::<Tombstone>(&entry.chunk);
    entry.state == EntryState::Tombstone
        && entry.device.is_none()
        && stone.is_ok_and(|stone| stone.document == entry.document)
}
