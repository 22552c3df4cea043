//! Whom a change of a note reaches, in sentences for the person who is about to decide.

use std::collections::BTreeSet;

use notes::ids::{DeviceId, DocumentId};

use crate::export;
use crate::store::{StoreError, Tx};

/// The devices that get what is published of a note: its writers', and those on whose caseload its person is.
pub(super) fn holders(tx: &Tx<'_>, document: DocumentId) -> Result<BTreeSet<DeviceId>, StoreError> {
    let mut devices = BTreeSet::new();
    for device in tx.followers(document)? {
        if tx
            .device(device)?
            .is_some_and(|device| device.revoked_at.is_none())
        {
            devices.insert(device);
        }
    }
    let person = tx
        .document_person(document)?
        .map(|id| tx.person(id))
        .transpose()?
        .flatten();
    if let Some(worker) = person.and_then(|person| person.allocated_worker) {
        let theirs = tx
            .devices_of(&worker)?
            .into_iter()
            .filter(|device| device.revoked_at.is_none());
        devices.extend(theirs.map(|device| device.id));
    }
    Ok(devices)
}

/// How many phones get something.
pub(super) fn phones(count: usize) -> String {
    match count {
        0 => "No phone has the note now.".to_owned(),
        1 => "One phone gets it at its next pass.".to_owned(),
        count => format!("{count} phones get it at their next pass."),
    }
}

/// What follows where a note changes: who gets it, and what the case systems are sent.
pub(super) fn of_a_change(tx: &Tx<'_>, document: DocumentId) -> Result<Vec<String>, StoreError> {
    let mut said = vec![phones(holders(tx, document)?.len())];
    if let Some(version) = export::next_version(tx, document)? {
        said.push(format!("The case systems get version {version}."));
    }
    Ok(said)
}

/// How many phones have a note now.
///
/// # Errors
/// The database's.
pub fn phones_with(tx: &Tx<'_>, document: DocumentId) -> Result<usize, StoreError> {
    Ok(holders(tx, document)?.len())
}
