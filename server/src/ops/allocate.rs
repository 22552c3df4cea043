//! Putting a person on a worker's caseload, by decision of the people who run the server. The next
//! import from the case system may say otherwise, and then that counts.

use notes::problem::Code;

use super::OpError;
use super::import::{audit_allocation, tell};
use crate::core::Core;
use crate::store::{PersonRecord, StoreError, Tx, WorkerRecord};

/// Allocates. False where it was so before.
///
/// # Errors
/// `not_found` for a person or a worker who is not known.
pub fn allocate(core: &Core, case_id: &str, worker: &str, by: &str) -> Result<bool, OpError> {
    let unknown = |what: &str| OpError::Because(Code::NotFound, what.to_owned());
    core.store.write(|tx| {
        let old = tx
            .person_by_case(case_id)?
            .ok_or_else(|| unknown("no person has this case id"))?;
        let worker = tx
            .worker(worker)?
            .ok_or_else(|| unknown("no worker has this id"))?;
        Ok(hand_to(tx, core.host.now_ms(), &old, &worker, by)?)
    })
}

/// Puts somebody on a worker's caseload, in the caller's transaction. False where they were there before.
pub(crate) fn hand_to(
    tx: &Tx<'_>,
    now: i64,
    old: &PersonRecord,
    worker: &WorkerRecord,
    by: &str,
) -> Result<bool, StoreError> {
    let mut new = old.clone();
    // Who works with a person must be able to open them, so the person comes to their team.
    if worker.team.is_some() && new.team != worker.team {
        new.team = worker.team;
        tx.person_team_given_put(new.id, false)?;
    }
    new.allocated_worker = Some(worker.id.clone());
    if new == *old {
        return Ok(false);
    }
    tx.person_put(&new)?;
    tell(tx, Some(old), &new)?;
    audit_allocation(tx, now, by, old, &new)?;
    Ok(true)
}
