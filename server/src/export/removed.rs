//! What stays in the feed of a note whose time to be kept is over: each version keeps its place, its id and its
//! hash, so that both sides go on counting the same, and says nothing else but that it was removed, and why.

use notes::ids::DocumentId;
use serde_json::{Map, Value};

use super::canonical::canonical;
use super::content::{Content, emptied};
use crate::store::{StoreError, Tx};

/// The kind of an event whose note was removed.
pub(super) const REMOVED: &str = "note.removed";

/// What a line keeps.
const KEPT: [&str; 7] = [
    "event_id",
    "cursor",
    "note_id",
    "version",
    "supersedes",
    "received_at",
    "sha256",
];
/// What would say whose note it was, and what about.
const NAMELESS: [&str; 7] = [
    "person",
    "kind",
    "title",
    "started_at",
    "ended_at",
    "finished_at",
    "change_summary",
];

/// Empties the lines of all versions of a note; returns how many there were.
///
/// # Errors
/// The database's.
pub(crate) fn removed(tx: &Tx<'_>, document: DocumentId, reason: &str) -> Result<u64, StoreError> {
    let events = tx.outbox_of(document)?;
    for event in &events {
        tx.outbox_empty(event.n, REMOVED, &line(&event.line, reason)?)?;
    }
    Ok(events.len() as u64)
}

/// A line without its note. Its hash stays that of the line that was sent.
fn line(before: &[u8], reason: &str) -> Result<Vec<u8>, StoreError> {
    let mut before: Map<String, Value> =
        serde_json::from_slice(before).map_err(|_| StoreError::Inconsistent("an event cannot be read"))?;
    let mut after = emptied(Content::new());
    for name in KEPT {
        let value = before.remove(name).unwrap_or(Value::Null);
        after.insert(name.to_owned(), value);
    }
    for name in NAMELESS {
        after.insert(name.to_owned(), Value::Null);
    }
    after.insert("authors".to_owned(), Value::Array(Vec::new()));
    after.insert("type".to_owned(), REMOVED.into());
    after.insert("reason".to_owned(), reason.into());
    canonical(&Value::Object(after))
}
