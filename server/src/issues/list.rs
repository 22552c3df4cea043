//! The open issues as the command line and the desk show them.

use notes::note::plain::rfc3339;
use serde_json::{Value, json};

use super::{detail, settle};
use crate::core::Core;
use crate::store::{Issue, StoreError, Tx};

/// Most issues in one list; the oldest come first.
const MAX_ISSUES: u32 = 1_000;

/// Open issues, the oldest first:
/// `[{"id","kind","opened_at","note_id","person","worker_id","detail","actions":[…]}]`.
///
/// # Errors
/// The database's.
pub fn list(core: &Core) -> Result<Value, StoreError> {
    core.store.read(|tx| {
        let issues = tx.issues_open(MAX_ISSUES)?;
        let rows = issues.iter().map(|issue| row(tx, issue));
        Ok(Value::Array(rows.collect::<Result<_, StoreError>>()?))
    })
}

fn row(tx: &Tx<'_>, issue: &Issue) -> Result<Value, StoreError> {
    let opened = &issue.opened;
    let person = match opened.person {
        Some(id) => tx.person(id)?,
        None => None,
    };
    Ok(json!({
        "id": opened.id,
        "kind": opened.kind,
        "opened_at": rfc3339(opened.opened_at),
        "note_id": opened.document,
        "person": person.map(|p| json!({"id": p.id, "case_id": p.case_id, "name": p.name})),
        "worker_id": opened.worker,
        "detail": detail::read(issue),
        "actions": settle::actions(tx, issue)?,
    }))
}
