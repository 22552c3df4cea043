//! Who may see whom. One page, because everything else relies on it.
//!
//! A worker may open and write for anyone allocated to their own team, and for those allocated to
//! themselves, also where the team has changed since. Whole threads go to the phone only for the
//! caseload and for joint notes. Whoever may not see a person gets the answer for one who does not
//! exist. Who was merged into somebody is that somebody.

use notes::ids::{DeviceId, DocumentId, PersonId};

use notes::wire::JOINT_VISIT;

use crate::store::{PersonRecord, StoreError, Tx, WorkerRecord};

/// Whether a worker may open and write for a person.
#[must_use]
pub fn may_see(worker: &WorkerRecord, person: &PersonRecord) -> bool {
    let own_team = worker.team.is_some() && worker.team == person.team;
    own_team || is_mine(worker, person)
}

/// Whether a person is on a worker's caseload.
#[must_use]
pub fn is_mine(worker: &WorkerRecord, person: &PersonRecord) -> bool {
    person.allocated_worker.as_deref() == Some(worker.id.as_str())
}

/// Whether a worker may see a person, by id; false for one who does not exist.
pub(super) fn may_see_id(tx: &Tx<'_>, worker: &WorkerRecord, person: PersonId) -> Result<bool, StoreError> {
    let person = tx.person_surviving(person)?;
    Ok(person.is_some_and(|person| may_see(worker, &person)))
}

/// Whether a device may read a document: its person may be seen, or it joined the visit.
pub(crate) fn may_read(
    tx: &Tx<'_>,
    worker: &WorkerRecord,
    device: DeviceId,
    document: DocumentId,
    person: Option<PersonId>,
) -> Result<bool, StoreError> {
    if tx.moved(document)?.is_some() {
        return Ok(false);
    }
    if let Some(person) = person
        && may_see_id(tx, worker, person)?
    {
        return Ok(true);
    }
    if tx.follow_reason(document, device)?.as_deref() == Some(JOINT_VISIT) {
        return Ok(true);
    }
    // A note about somebody not known yet belongs to those who wrote it.
    Ok(person.is_none() && tx.followers(document)?.contains(&device))
}
