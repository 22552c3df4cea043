//! Undoing a decision that changed nothing outside: the issue stands open again, and says in its trail how it had been
//! settled, by whom and when.

use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde_json::{Value, json};

use super::deed::MAX_REASON_CHARS;
use super::{held, offer};
use crate::core::Core;
use crate::host::Host;
use crate::issues::{Refused, trail};
use crate::store::{AuditEntry, Issue, IssueState, Tx};

/// Opens an issue again that was ended by `close`, `keep_both` or `set_aside`. What was set aside stands held again;
/// the phone that wrote it leaves it out all the same, for it was told to.
///
/// # Errors
/// [`Code::NotFound`], [`Code::ReasonMissing`], [`Code::ParameterInvalid`], [`Code::IssueOpen`] where the issue is
/// open or the same matter was opened anew since, [`Code::ActionUnknown`] where that decision cannot be undone.
pub fn reopen(core: &Core, id: &str, by: &str, reason: &str) -> Result<Value, Refused> {
    core.store.write(|tx| reopen_in(tx, &core.host, id, by, reason))
}

/// [`reopen`] in a transaction of the caller's.
///
/// # Errors
/// As [`reopen`]; then the transaction is to be undone.
pub fn reopen_in(tx: &Tx<'_>, host: &Host, id: &str, by: &str, reason: &str) -> Result<Value, Refused> {
    let reason = reason.trim();
    let issue = tx.issue(id)?.ok_or(Code::NotFound)?;
    let IssueState::Settled { action, .. } = &issue.state else {
        return Err(Code::IssueOpen.into());
    };
    if reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Code::ParameterInvalid.into());
    }
    if !offer::can_undo(action) {
        return Err(Code::ActionUnknown.into());
    }
    if !tx.issue_reopen(id)? {
        return Err(Code::IssueOpen.into());
    }
    let now = host.now_ms();
    write_down(tx, &issue, now, (by, reason))?;
    let opened = &issue.opened;
    tx.audit(&AuditEntry {
        at: now,
        who: by.to_owned(),
        what: "issue.reopened".to_owned(),
        person: opened.person,
        document: opened.document,
        detail: json!({"issue": id, "kind": opened.kind, "undone": action, "reason": reason}).to_string(),
    })?;
    Ok(json!({"id": id, "kind": opened.kind, "undone": action, "reopened_at": rfc3339(now)}))
}

/// The decision that was undone goes into the trail, and then the undoing of it.
fn write_down(tx: &Tx<'_>, issue: &Issue, now: i64, (by, reason): (&str, &str)) -> Result<(), Refused> {
    if let IssueState::Settled {
        at,
        by,
        action,
        reason,
    } = &issue.state
    {
        let mut step = trail::Step::new(tx, *at, by, action)?;
        step.text = Some(reason.clone());
        trail::add(tx, issue, step)?;
    }
    let issue = tx.issue(&issue.opened.id)?.ok_or(Code::NotFound)?;
    let mut step = trail::Step::new(tx, now, by, "reopen")?;
    step.text = Some(reason.to_owned());
    step.seqs = held::hold_again(tx, &issue)?;
    Ok(trail::add(tx, &issue, step)?)
}
