//! What the team's desk says to a worker: kept, told to all of their phones, and shown there until it was read on
//! one. A phone that is enrolled later gets what was not read yet.
//!
//! Whoever sends one writes the audit, for they know by whom and why.

use notes::ids::{DocumentId, uuid_v7};
use notes::wire::MessageRow;

use crate::host::Host;
use crate::store::{Audience, MessageRecord, NewsKind, StoreError, Tx};

/// Longest text, in bytes.
pub const MOST_TEXT_BYTES: usize = 2_000;

/// What a message wants of its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something waits: please have a look.
    Nudge,
    /// A question about a note.
    Ask,
    /// A note came back.
    Returned,
    /// To be known.
    Note,
}

impl Kind {
    /// The word that travels.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nudge => "nudge",
            Self::Ask => "ask",
            Self::Returned => "returned",
            Self::Note => "note",
        }
    }
}

/// A message to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewMessage<'a> {
    /// To whom.
    pub worker: &'a str,
    /// The note that it is about.
    pub document: Option<DocumentId>,
    /// The issue that it belongs to.
    pub issue: Option<&'a str>,
    /// What it wants of its reader.
    pub kind: Kind,
    /// The words, at most [`MOST_TEXT_BYTES`].
    pub text: &'a str,
    /// Who says it, as shown.
    pub by_name: &'a str,
}

/// Sends a message; returns its id.
///
/// # Errors
/// The database's; that of a worker who is not known.
pub fn send(tx: &Tx<'_>, host: &Host, message: &NewMessage<'_>) -> Result<String, StoreError> {
    let now = host.now_ms();
    let id = DocumentId(uuid_v7(now, host.random())).to_string();
    tx.message_add(&MessageRecord {
        id: id.clone(),
        worker: message.worker.to_owned(),
        document: message.document,
        issue: message.issue.map(str::to_owned),
        kind: message.kind.word().to_owned(),
        text: message.text.to_owned(),
        by_name: message.by_name.to_owned(),
        sent_at: now,
        read_at: None,
    })?;
    tell(tx, message.worker, &id)?;
    Ok(id)
}

/// Notes that a worker has read a message; the others of their phones let go of it, too. One that is not theirs,
/// or was read before, changes nothing.
///
/// # Errors
/// The database's.
pub fn read(tx: &Tx<'_>, worker: &str, id: &str, at: i64) -> Result<(), StoreError> {
    if tx.message_read(id, worker, at)? {
        tell(tx, worker, id)?;
    }
    Ok(())
}

/// Deletes what was said about a note that is removed; the phones let go of it.
///
/// # Errors
/// The database's.
pub fn forget(tx: &Tx<'_>, document: DocumentId) -> Result<(), StoreError> {
    for message in tx.messages_about(document)? {
        tell(tx, &message.worker, &message.id)?;
    }
    tx.messages_forget(document)
}

fn tell(tx: &Tx<'_>, worker: &str, id: &str) -> Result<(), StoreError> {
    tx.tell(Audience::Worker(worker), NewsKind::Message, id.as_bytes())
}

/// What a phone of a worker's is told of a message. Of one that was read, or is there no more, only that.
///
/// # Errors
/// The database's.
pub(crate) fn row(tx: &Tx<'_>, worker: &str, id: &str) -> Result<MessageRow, StoreError> {
    let message = tx.message(id)?;
    let unread = message.filter(|m| m.worker == worker && m.read_at.is_none());
    Ok(unread.map_or_else(
        || MessageRow {
            id: id.to_owned(),
            document: None,
            kind: Kind::Note.word().to_owned(),
            text: String::new(),
            from: String::new(),
            sent_at: 0,
            read: true,
        },
        |m| MessageRow {
            id: m.id,
            document: m.document,
            kind: m.kind,
            text: m.text,
            from: m.by_name,
            sent_at: m.sent_at,
            read: false,
        },
    ))
}
