//! Who may send a file for a note, and who may read it. Whoever may not is answered as if there were nothing.

use notes::attachment::AttachmentId;
use notes::ids::DocumentId;
use notes::problem::Code;

use super::Declined;
use crate::store::{Holding, StoreError, Tx, UploadKey};
use crate::sync::{Pusher, may_read};

/// Whether a device may read a note now; a revoked one reads nothing.
pub(super) fn reads(tx: &Tx<'_>, who: &Pusher, document: DocumentId) -> Result<bool, StoreError> {
    if who.device.revoked_at.is_some() || !tx.log_knows(document)? {
        return Ok(false);
    }
    let person = tx.document_person(document)?;
    may_read(tx, &who.worker, who.device.id, document, person)
}

/// Whether a device may send this file for this note: it sent something of the note, whatever became of that, or may
/// write in it; and the note names the file, or may do so once what the device sent is judged or decided. A revoked
/// device may go on with what it sent, as with notes: a file that a note names was named before anything was held.
///
/// # Errors
/// `not_found`, `gone`, `attachment_unnamed`.
pub(super) fn may_send(tx: &Tx<'_>, who: &Pusher, key: UploadKey) -> Result<(), Declined> {
    if tx.moved(key.document)?.is_some() {
        return Err(Code::NotFound.into());
    }
    let sent = tx.log_sent_by(key.document, key.device)?;
    if sent.is_none() && !reads(tx, who, key.document)? {
        return Err(Code::NotFound.into());
    }
    if tx.log_tombstone(key.document)?.is_some() {
        return Err(Code::WithdrawnNote.into());
    }
    if sent == Some(true) || tx.named(key.document)?.contains(&key.id) {
        Ok(())
    } else {
        Err(Code::AttachmentUnnamed.into())
    }
}

/// Whether a file is whole for a note, as far as this device may know: it sent it, or may read the note.
pub(super) fn whole(tx: &Tx<'_>, who: &Pusher, key: UploadKey) -> Result<Option<Holding>, StoreError> {
    let Some(holding) = tx.holding(key.id, key.document)? else {
        return Ok(None);
    };
    let known = holding.device == key.device || reads(tx, who, key.document)?;
    Ok(known.then_some(holding))
}

/// Whether the device may read this very file already, in another note about the same person: then it need not send
/// it again for this one.
pub(super) fn reads_elsewhere(tx: &Tx<'_>, who: &Pusher, key: UploadKey) -> Result<bool, StoreError> {
    match tx.document_person(key.document)? {
        Some(person) if reads(tx, who, key.document)? => reads_of_person(tx, who, key.id, person),
        _ => Ok(false),
    }
}

fn reads_of_person(
    tx: &Tx<'_>,
    who: &Pusher,
    id: AttachmentId,
    person: notes::ids::PersonId,
) -> Result<bool, StoreError> {
    for document in tx.notes_with(id)? {
        if tx.document_person(document)? == Some(person) && reads(tx, who, document)? {
            return Ok(true);
        }
    }
    Ok(false)
}
