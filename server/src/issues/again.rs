//! A phone that is to write something again: it takes the server's copy of a document, and writes anew
//! under a fresh actor what it wrote and nobody has decided against. Whatever of it stands unpublished
//! here must then never come in besides, or it would stand in the note twice.

use notes::gate;
use notes::ids::{DeviceId, DocumentId};
use notes::problem::Code;

use super::trail::trail;
use crate::store::{Audience, Entry, EntryState, NewsKind, StoreError, Tx};
use crate::sync::may_read;

/// What may still be published.
pub const UNPUBLISHED: [EntryState; 3] = [EntryState::Pending, EntryState::Held, EntryState::Waiting];

/// Whether a device can write a document again: it may still pull, and read what it would write on.
///
/// # Errors
/// The database's.
pub fn can_write_again(tx: &Tx<'_>, document: DocumentId, device: DeviceId) -> Result<bool, StoreError> {
    let Some(known) = tx.device(device)?.filter(|known| known.revoked_at.is_none()) else {
        return Ok(false);
    };
    let person = tx.document_person(document)?;
    match tx.worker(&known.worker)? {
        Some(worker) => may_read(tx, &worker, device, document, person),
        None => Ok(false),
    }
}

/// Orders a device to write a document again. Where it cannot now, it hears of it when the document comes
/// back into its view, and all else of it waits for a decision of its own. `decided` was set aside by a
/// person just now; what the same actor wrote before it stands as it is, for the phone leaves that out too.
///
/// # Errors
/// The database's.
pub(super) fn order(
    tx: &Tx<'_>,
    document: DocumentId,
    device: DeviceId,
    decided: &[Entry],
) -> Result<(), StoreError> {
    tx.tell(Audience::Device(device), NewsKind::Reset, &document.0)?;
    if !can_write_again(tx, document, device)? {
        return Ok(());
    }
    let decided: Vec<_> = decided.iter().filter_map(place).collect();
    let before = |entry: &Entry| {
        place(entry).is_some_and(|(actor, seq)| decided.iter().any(|(a, s)| *a == actor && seq < *s))
    };
    for entry in tx.log_of(document, &UNPUBLISHED)? {
        let held = entry.entry.state == EntryState::Held;
        let stands = held && (before(&entry) || is_fork(&entry));
        if entry.entry.device == Some(device) && !stands {
            tx.log_set_state(entry.seq, EntryState::SetAside, None)?;
        }
    }
    Ok(())
}

/// The same for a document that two phones wrote under one actor.
///
/// # Errors
/// The database's.
pub fn fork(tx: &Tx<'_>, document: DocumentId, device: DeviceId) -> Result<(), StoreError> {
    tx.tell(Audience::Device(device), NewsKind::NewActor, &[])?;
    order(tx, document, device, &[])
}

/// What a person decided against of what a device sent for a document: the heads of each part.
///
/// # Errors
/// The database's.
pub fn decided_against(
    tx: &Tx<'_>,
    document: DocumentId,
    device: DeviceId,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut entries = tx.log_of(document, &[EntryState::SetAside])?;
    // What went along with another, or was written by two at once, has no code, or that of a fork.
    entries.retain(|e| e.entry.device == Some(device) && e.entry.code.is_some() && !is_fork(e));
    // What was set aside once and is before a person again: the phone was told to leave it out, and nobody takes that back.
    for issue in tx.issues_held_of(document, device)? {
        for seq in trail(&issue).into_iter().flat_map(|step| step.seqs) {
            if entries.iter().all(|entry| entry.seq != seq) {
                entries.extend(tx.log_entry(seq)?);
            }
        }
    }
    let heads = entries.iter().filter_map(|entry| Some(counted(entry)?.heads));
    Ok(heads.flatten().collect())
}

/// Nobody can let these in, so they never double what is written again.
fn is_fork(entry: &Entry) -> bool {
    entry.entry.code.as_deref() == Some(Code::SeqTaken.as_str())
}

fn place(entry: &Entry) -> Option<([u8; 16], u64)> {
    let counted = counted(entry)?;
    Some((*counted.actors.first()?, counted.seq))
}

fn counted(entry: &Entry) -> Option<gate::Counted> {
    gate::count(&entry.entry.chunk, &gate::Limits::default()).ok()
}
