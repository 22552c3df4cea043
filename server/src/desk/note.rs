//! One note at the desk: what it says, who wrote it, and what became of each of its versions.

use notes::ids::DocumentId;
use notes::note::Template;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::people::{NoteRow, OpenIssue, PersonRow, WorkerName, note_row, row, worker_name};
use super::{Scope, looked, seen};
use crate::core::Core;
use crate::export;
use crate::ops::OpError;
use crate::store::{StoreError, Tx};
use crate::sync;

/// A note.
#[derive(Debug, Serialize, ToSchema)]
pub struct Note {
    /// As in lists.
    #[serde(flatten)]
    pub row: NoteRow,
    /// Whom it is about; none where nobody was matched yet.
    #[schema(required)]
    pub person: Option<PersonRow>,
    /// Who was there or wrote.
    pub authors: Vec<WorkerName>,
    /// When the server had its first part, RFC 3339.
    #[schema(required)]
    pub received_at: Option<String>,
    /// Every field that was written, by its name in the table of fields.
    #[schema(value_type = Object)]
    pub said: Value,
    /// What case systems were given, the newest first.
    pub versions: Vec<Version>,
    /// What waits for a decision about it.
    pub issues: Vec<OpenIssue>,
}

/// One version for case systems.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NoteVersion)]
pub struct Version {
    /// 1, 2, …
    pub version: u64,
    /// `note.finished`, `note.amended`, `note.withdrawn` or `note.removed`.
    pub event: String,
    /// When it went into the feed, RFC 3339.
    pub created_at: String,
    /// What case systems answered.
    pub receipts: Vec<Receipt>,
}

/// A case system's answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NoteReceipt)]
pub struct Receipt {
    /// The case system's name.
    pub client: String,
    /// `imported`, `duplicate`, `refused` or `deferred`.
    pub outcome: String,
    /// Its own id.
    #[schema(required)]
    pub case_system_ref: Option<String>,
    /// Why it was refused.
    #[schema(required)]
    pub reason: Option<String>,
    /// RFC 3339.
    pub received_at: String,
}

/// A note within a scope. `by` is in the audit, unless that was so a moment ago.
///
/// # Errors
/// `not_found`.
pub fn note(core: &Core, scope: Scope, by: Option<&str>, id: &str) -> Result<Note, OpError> {
    let id: DocumentId = id.parse().map_err(|_| Code::NotFound)?;
    looked(core, by.is_some(), |tx| {
        let record = tx
            .document(id)?
            .filter(|record| record.template == Template::Note);
        let record = record.ok_or(Code::NotFound)?;
        if !scope.has_document(tx, id)? {
            return Err(OpError::from(Code::NotFound));
        }
        let (doc, plain) = sync::read(tx, id)?.ok_or(Code::NotFound)?;
        let authors = sync::authors_of(tx, &doc, &plain)?;
        let authors = authors.iter().map(|author| worker_name(tx, author));
        let authors = authors.collect::<Result<_, StoreError>>()?;
        if let Some(by) = by {
            seen(
                tx,
                &core.host,
                by,
                "note.seen",
                record.person,
                Some(id),
                &json!({}),
            )?;
        }
        let person = record
            .person
            .map(|person| tx.person(person))
            .transpose()?
            .flatten();
        let open = tx.issues_open_of(id)?.into_iter().map(|issue| OpenIssue {
            id: issue.opened.id,
            kind: issue.opened.kind,
            opened_at: rfc3339(issue.opened.opened_at),
        });
        Ok(Note {
            row: note_row(tx, &record)?,
            person: person.map(|person| row(tx, &person)).transpose()?,
            authors,
            received_at: tx.came(id)?.map(|came| rfc3339(came.first_at)),
            said: export::show(&plain),
            versions: versions(tx, id)?,
            issues: open.collect(),
        })
    })
}

fn versions(tx: &Tx<'_>, id: DocumentId) -> Result<Vec<Version>, StoreError> {
    let mut versions = Vec::new();
    for event in tx.outbox_of(id)? {
        let mut receipts = Vec::new();
        for receipt in tx.receipts(&event.event_id)? {
            let client = tx.client(&receipt.client)?;
            receipts.push(Receipt {
                client: client.map_or(receipt.client, |client| client.name),
                outcome: receipt.state.outcome,
                case_system_ref: receipt.state.case_system_ref,
                reason: receipt.state.reason,
                received_at: rfc3339(receipt.received_at),
            });
        }
        versions.push(Version {
            version: event.version,
            event: event.kind,
            created_at: rfc3339(event.created_at),
            receipts,
        });
    }
    versions.reverse();
    Ok(versions)
}
