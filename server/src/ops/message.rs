//! What somebody at the desk says to a worker in their own words.

use notes::ids::DocumentId;
use notes::problem::Code;
use serde_json::json;

use super::OpError;
use crate::host::Host;
use crate::messages::{self, Kind, MOST_TEXT_BYTES, NewMessage};
use crate::store::{AuditEntry, Tx};

/// What is to be said.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// To whom.
    pub worker: &'a str,
    /// The note that it is about.
    pub document: Option<DocumentId>,
    /// What it wants of its reader.
    pub kind: Kind,
    /// The words.
    pub text: &'a str,
    /// Who says it, as shown.
    pub by_name: &'a str,
}

/// Says it; returns the message's id. The audit has that something was said, and not the words: they go with the note
/// where that is removed.
///
/// # Errors
/// `not_found` for an unknown worker or note, `parameter_invalid` for a text that is empty or too long.
pub fn send(tx: &Tx<'_>, host: &Host, words: &Words<'_>, by: &str) -> Result<String, OpError> {
    let text = words.text.trim();
    if text.is_empty() || text.len() > MOST_TEXT_BYTES {
        let what = format!("the text has 1 to {MOST_TEXT_BYTES} bytes");
        return Err(OpError::Because(Code::ParameterInvalid, what));
    }
    let unknown = |what: &str| OpError::Because(Code::NotFound, what.to_owned());
    let worker = tx.worker(words.worker)?;
    let worker = worker.ok_or_else(|| unknown("no worker has this id"))?;
    if let Some(document) = words.document
        && !tx.log_knows(document)?
    {
        return Err(unknown("no note has this id"));
    }
    let message = NewMessage {
        worker: &worker.id,
        document: words.document,
        issue: None,
        kind: words.kind,
        text,
        by_name: words.by_name,
    };
    let id = messages::send(tx, host, &message)?;
    let person = match words.document {
        Some(document) => tx.document_person(document)?,
        None => None,
    };
    tx.audit(&AuditEntry {
        at: host.now_ms(),
        who: by.to_owned(),
        what: "message.sent".to_owned(),
        person,
        document: words.document,
        detail: json!({ "message": id, "kind": words.kind.word(), "worker": worker.id }).to_string(),
    })?;
    Ok(id)
}
