//! Giving a file out: to a device that may read a note with it, or to a case system that was told of it. Each reading
//! is in the audit before the first byte leaves.

use notes::attachment::AttachmentId;
use notes::ids::DocumentId;
use notes::problem::Code;
use serde_json::json;

use super::{Declined, rights};
use crate::core::Core;
use crate::export;
use crate::store::{AttachmentRecord, AuditEntry, ClientRecord, Piece, StoreError, Tx};
use crate::sync::Pusher;

/// A file that may be read.
pub type Opened = AttachmentRecord;

/// Opens a file for a device: one that stands in a note that it may read, or in the note that is named.
///
/// # Errors
/// `device_revoked`; `not_found`, whatever the reason.
pub fn for_device(
    core: &Core,
    who: &Pusher,
    id: AttachmentId,
    note: Option<DocumentId>,
) -> Result<Opened, Declined> {
    if who.device.revoked_at.is_some() {
        return Err(Code::DeviceRevoked.into());
    }
    let reader = format!("worker:{}", who.worker.id);
    let detail = json!({"device": who.device.id, "sha256": id.to_string()});
    let may = |tx: &Tx<'_>, document| rights::reads(tx, who, document);
    open(core, (id, note), (reader, detail.to_string()), may)
}

/// Opens a file for a case system: one that the newest version of a note says is available.
///
/// # Errors
/// `not_found`, whatever the reason.
pub fn for_case_system(
    core: &Core,
    client: &ClientRecord,
    id: AttachmentId,
    note: Option<DocumentId>,
) -> Result<Opened, Declined> {
    let reader = format!("client:{}", client.id);
    let detail = json!({"sha256": id.to_string()});
    let may = |tx: &Tx<'_>, document| export::offers(tx, document, id);
    open(core, (id, note), (reader, detail.to_string()), may)
}

fn open(
    core: &Core,
    (id, note): (AttachmentId, Option<DocumentId>),
    (who, detail): (String, String),
    may: impl Fn(&Tx<'_>, DocumentId) -> Result<bool, StoreError>,
) -> Result<Opened, Declined> {
    let at = core.host.now_ms();
    core.store.write(|tx| {
        let mut found = None;
        for document in tx.notes_with(id)? {
            if note.is_none_or(|note| note == document) && may(tx, document)? {
                found = Some(document);
                break;
            }
        }
        let document = found.ok_or(Code::NotFound)?;
        let file = tx
            .attachment(id)?
            .ok_or(StoreError::Inconsistent("a held file is not there"))?;
        tx.audit(&AuditEntry {
            at,
            who,
            what: "attachment.read".to_owned(),
            person: tx.document_person(document)?,
            document: Some(document),
            detail,
        })?;
        Ok(file)
    })
}

/// The piece of a file in which a byte stands.
///
/// # Errors
/// The store's.
pub fn piece(core: &Core, file: &Opened, at: u64) -> Result<Piece, StoreError> {
    let piece = core.store.read(|tx| tx.piece_at(file.body, at))?;
    piece.ok_or(StoreError::Inconsistent("a piece of a file is not there"))
}
