//! Deciding about an issue from the desk: the same as `doorstep issue settle`, for an issue in scope, and about people in
//! scope.

use notes::problem::Code;
use serde_json::{Map, Value};

use super::Scope;
use crate::core::Core;
use crate::issues::{self, Refused};
use crate::store::Tx;

/// Ends an issue, or moves it on.
///
/// # Errors
/// Those of [`issues::settle`]; [`Code::NotFound`] for an issue out of scope, [`Code::PersonUnknown`] for a person.
pub fn settle(
    core: &Core,
    scope: Scope,
    by: &str,
    id: &str,
    (action, args): (&str, &Map<String, Value>),
    reason: &str,
) -> Result<Value, Refused> {
    let done = core.store.write(|tx| {
        allowed(tx, scope, id, args)?;
        issues::settle_in(tx, &core.host, id, (action, args), by, reason)
    })?;
    // What was let in, or written by the desk, waits for the judge.
    core.bell.ring();
    Ok(done)
}

/// What that would do.
///
/// # Errors
/// As [`settle`].
pub fn preview(
    core: &Core,
    scope: Scope,
    by: &str,
    id: &str,
    (action, args): (&str, &Map<String, Value>),
) -> Result<Value, Refused> {
    issues::undone(core, |tx| {
        allowed(tx, scope, id, args)?;
        issues::preview_in(tx, &core.host, (id, scope.team()), (action, args), by)
    })
}

/// Opens a settled issue again.
///
/// # Errors
/// Those of [`issues::reopen`]; [`Code::NotFound`] for an issue out of scope.
pub fn reopen(core: &Core, scope: Scope, by: &str, id: &str, reason: &str) -> Result<Value, Refused> {
    core.store.write(|tx| {
        allowed(tx, scope, id, &Map::new())?;
        issues::reopen_in(tx, &core.host, id, by, reason)
    })
}

/// Whether an issue lies in scope, and the person who is named with it.
fn allowed(tx: &Tx<'_>, scope: Scope, id: &str, args: &Map<String, Value>) -> Result<(), Refused> {
    let Some(team) = scope.team() else { return Ok(()) };
    if tx.issue_team(id)?.ok_or(Code::NotFound)? != Some(team) {
        return Err(Code::NotFound.into());
    }
    let Some(case_id) = args.get("person").and_then(Value::as_str) else {
        return Ok(());
    };
    let person = tx.person_by_case(case_id.trim())?;
    if person.is_some_and(|person| person.team == Some(team)) {
        Ok(())
    } else {
        Err(Code::PersonUnknown.into())
    }
}
