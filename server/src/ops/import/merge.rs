//! Two case ids that are one human, by the case system's word. It stands: no later file undoes it.

use serde_json::json;

use super::Run;
use super::answer::{What, Whom};
use super::people::withdraw;
use crate::import::PersonRow;
use crate::ops::OpError;
use crate::store::{PersonRecord, StoreError};
use crate::sync;

/// A row that names whom a person was merged into.
pub(super) fn row(run: &mut Run<'_>, row: &PersonRow) -> Result<(), OpError> {
    let tx = run.tx;
    let survivor = match &row.merged_into {
        Some(case_id) => tx.person_by_case(case_id)?,
        None => None,
    };
    let Some(survivor) = survivor else {
        let reason = "nobody has this case id";
        run.answer.reject(row.line, "merged_into", reason);
        return Ok(());
    };
    match tx.alias(&row.case_id)? {
        Some(before) if before == survivor.id => {
            run.answer.unchanged += 1;
            return Ok(());
        }
        Some(_) => {
            let reason = "merged into another before, and that stands";
            run.answer.reject(row.line, "merged_into", reason);
            return Ok(());
        }
        None => {}
    }
    match tx.person_by_case(&row.case_id)? {
        Some(old) if old.id == survivor.id => {
            let reason = "leads back to the same person";
            run.answer.reject(row.line, "merged_into", reason);
            return Ok(());
        }
        Some(old) => merge(run, &old, &survivor)?,
        // Nothing is known of them yet; what comes under this case id is the survivor's.
        None => tx.alias_put(&row.case_id, survivor.id, run.host.now_ms())?,
    }
    run.answer.note(
        Some(row.line),
        Whom::Person(&row.case_id),
        What::Merged,
        vec!["merged_into"],
    );
    Ok(())
}

/// One person is another from now on: their notes, their page and their open issues follow, and phones
/// that may not see the survivor let go of them.
fn merge(run: &Run<'_>, old: &PersonRecord, survivor: &PersonRecord) -> Result<(), OpError> {
    let tx = run.tx;
    tx.alias_put(&old.case_id, survivor.id, run.host.now_ms())?;
    tx.person_merge(old.id, survivor.id)?;
    withdraw(tx, old)?;
    let notes = sync::merged(tx, run.host, old, survivor.id)?;
    trail(run, old, survivor, notes)?;
    Ok(())
}

/// Both sides of the merge are in the audit, so that it is found from either.
fn trail(run: &Run<'_>, old: &PersonRecord, survivor: &PersonRecord, notes: u64) -> Result<(), StoreError> {
    let detail = json!({ "case_id": old.case_id, "into": survivor.case_id, "notes": notes });
    run.audit("person.merged", Some(old.id), &detail)?;
    run.audit("person.merged", Some(survivor.id), &detail)
}
