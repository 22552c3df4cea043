//! Decisions that change a note: each is a change in the note's own history, by a fresh actor of
//! the server (so that a restored server repeats no number), appended to the log like any other
//! and published by the projector.

use automerge::transaction::CommitOptions;
use automerge::{ActorId, ReadDoc as _};
use notes::ids::{Actor, DocumentId};
use notes::note::Edit;
use notes::problem::Code;
use sha2::{Digest as _, Sha256};

use super::docket::published;
use crate::host::Host;
use crate::store::{EntryState, NewEntry, StoreError, Tx};

/// Appends edits to a published document as one change; returns its log number.
///
/// # Errors
/// `not_found` where nothing of the document is published; `unprocessable` where the edits do not
/// fit; the code of a [`StoreError`] for the database's.
pub fn desk_change(tx: &Tx<'_>, host: &Host, document: DocumentId, edits: &[Edit]) -> Result<u64, Code> {
    let internal = |error: StoreError| {
        tracing::error!(%error, "a decision could not be written");
        error.code()
    };
    let record = tx.document(document).map_err(internal)?.ok_or(Code::NotFound)?;
    let mut doc = published(tx, document, Some(&record))
        .map_err(internal)?
        .ok_or(Code::NotFound)?;
    let actor = Actor(host.random());
    tx.actor_of_desk(actor).map_err(internal)?;
    doc.set_actor(ActorId::from(actor.0));
    let now = host.now_ms();
    let mut change = doc.transaction();
    for edit in edits {
        edit.apply(&mut change, record.template)
            .map_err(|_| Code::Unprocessable)?;
    }
    let (hash, _) = change.commit_with(CommitOptions::default().with_time(now));
    let chunk = hash
        .and_then(|hash| doc.get_change_by_hash(&hash))
        .ok_or(Code::Unprocessable)?
        .raw_bytes()
        .to_vec();
    let mut head = tx.log_head().map_err(internal)?;
    let entry = NewEntry {
        document,
        device: None,
        line: None,
        received_at: now,
        hash: Sha256::digest(&chunk).into(),
        chunk,
        template: record.template,
        person: record.person,
        reason: None,
        pulled_pub: 0,
        state: EntryState::Pending,
        code: None,
    };
    let (seq, _) = tx.log_append(&mut head, &entry).map_err(internal)?;
    Ok(seq)
}
