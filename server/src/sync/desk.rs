//! Decisions that change a note: each is a change in the note's own history, by a fresh actor of
//! the server (so that a restored server repeats no number), appended to the log like any other
//! and published by the projector.

use automerge::transaction::CommitOptions;
use automerge::{ActorId, Automerge, ChangeHash, ReadDoc as _};
use notes::ids::{Actor, DocumentId, PersonId};
use notes::note::edit::Scalar;
use notes::note::{Edit, Template, genesis};
use notes::problem::Code;
use sha2::{Digest as _, Sha256};

use super::docket::published;
use crate::host::Host;
use crate::issues::Halt;
use crate::store::{EntryState, NewEntry, Tx};

/// Appends edits to a published document as one change; returns its log number.
///
/// # Errors
/// `not_found` where nothing of the document is published; `unprocessable` where the edits do not
/// fit; that of the database's own trouble.
pub fn desk_change(tx: &Tx<'_>, host: &Host, document: DocumentId, edits: &[Edit]) -> Result<u64, Code> {
    Ok(change(tx, host, document, edits)?)
}

/// The edit that says in a note whom it is about.
pub(crate) fn about(person: PersonId) -> Edit {
    Edit::Put {
        path: "person".into(),
        value: Some(Scalar::Text(person.to_string())),
    }
}

/// The same, for who goes on where the edits are refused.
pub(super) fn change(tx: &Tx<'_>, host: &Host, document: DocumentId, edits: &[Edit]) -> Result<u64, Halt> {
    let record = tx.document(document)?.ok_or(Code::NotFound)?;
    let doc = published(tx, document, Some(&record))?.ok_or(Code::NotFound)?;
    let place = (document, record.template, record.person);
    write(tx, host, place, doc, edits, |doc, change| {
        Some(doc.get_change_by_hash(&change)?.raw_bytes().to_vec())
    })
}

/// Begins a document of which nothing is published yet, with these edits; returns its log number.
pub(super) fn begin(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    (template, person): (Template, Option<PersonId>),
    edits: &[Edit],
) -> Result<u64, Halt> {
    let doc = genesis::document(template);
    write(tx, host, (document, template, person), doc, edits, |doc, _| {
        Some(doc.save_nocompress())
    })
}

/// Writes edits under a fresh actor, and appends of the document what `chunk` says.
fn write(
    tx: &Tx<'_>,
    host: &Host,
    (document, template, person): (DocumentId, Template, Option<PersonId>),
    mut doc: Automerge,
    edits: &[Edit],
    chunk: impl FnOnce(&Automerge, ChangeHash) -> Option<Vec<u8>>,
) -> Result<u64, Halt> {
    let actor = Actor(host.random());
    tx.actor_of_desk(actor)?;
    doc.set_actor(ActorId::from(actor.0));
    let now = host.now_ms();
    let mut change = doc.transaction();
    for edit in edits {
        edit.apply(&mut change, template)
            .map_err(|_| Code::Unprocessable)?;
    }
    let (hash, _) = change.commit_with(CommitOptions::default().with_time(now));
    let chunk = hash.and_then(|hash| chunk(&doc, hash));
    let chunk = chunk.ok_or(Code::Unprocessable)?;
    let mut head = tx.log_head()?;
    let entry = NewEntry {
        document,
        device: None,
        line: None,
        received_at: now,
        hash: Sha256::digest(&chunk).into(),
        chunk,
        template,
        person,
        reason: None,
        pulled_pub: 0,
        state: EntryState::Pending,
        code: None,
    };
    let (seq, _) = tx.log_append(&mut head, &entry)?;
    Ok(seq)
}
