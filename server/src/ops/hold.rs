//! Legal holds: somebody who may says that nothing about a person is removed until they say otherwise.

use notes::problem::Code;
use serde_json::json;

use super::OpError;
use crate::core::Core;
use crate::store::{AuditEntry, Hold, PersonRecord, StoreError, Tx};

/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 2_000;

/// Puts a hold on a person; returns its number.
///
/// # Errors
/// `case_unknown`, `reason_missing`, `parameter_invalid` for a reason that is too long.
pub fn add(core: &Core, case_id: &str, reason: &str, by: &str) -> Result<u64, OpError> {
    let reason = checked(reason)?;
    core.store.write(|tx| {
        let (person, now) = (known(tx, case_id)?, core.host.now_ms());
        let n = tx.hold_put(person.id, reason, by, now)?;
        audit(tx, core, &person, ("hold.put", reason, by))?;
        Ok(n)
    })
}

/// Lifts the holds that stand on a person; returns how many there were.
///
/// # Errors
/// As [`add`], and `not_found` where none stands.
pub fn lift(core: &Core, case_id: &str, reason: &str, by: &str) -> Result<usize, OpError> {
    let reason = checked(reason)?;
    core.store.write(|tx| {
        let (person, now) = (known(tx, case_id)?, core.host.now_ms());
        let lifted = tx.holds_lift(person.id, reason, by, now)?;
        if lifted == 0 {
            let what = "no hold stands on this person".to_owned();
            return Err(OpError::Because(Code::NotFound, what));
        }
        audit(tx, core, &person, ("hold.lifted", reason, by))?;
        Ok(lifted)
    })
}

/// The holds that stand, each with the case id of its person, oldest first.
///
/// # Errors
/// The store's.
pub fn list(core: &Core) -> Result<Vec<(Hold, String)>, StoreError> {
    core.store.read(|tx| {
        let mut all = Vec::new();
        for hold in tx.holds()? {
            let person = tx.person(hold.person)?;
            let person = person.ok_or(StoreError::Inconsistent("a hold on nobody"))?;
            all.push((hold, person.case_id));
        }
        Ok(all)
    })
}

fn checked(reason: &str) -> Result<&str, Code> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Code::ReasonMissing);
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Code::ParameterInvalid);
    }
    Ok(reason)
}

fn known(tx: &Tx<'_>, case_id: &str) -> Result<PersonRecord, OpError> {
    Ok(tx.person_by_case(case_id)?.ok_or(Code::CaseUnknown)?)
}

fn audit(
    tx: &Tx<'_>,
    core: &Core,
    person: &PersonRecord,
    (what, reason, by): (&str, &str, &str),
) -> Result<(), StoreError> {
    tx.audit(&AuditEntry {
        at: core.host.now_ms(),
        who: by.to_owned(),
        what: what.to_owned(),
        person: Some(person.id),
        document: None,
        detail: json!({ "reason": reason }).to_string(),
    })
}
