//! Ending an issue as a person decides. The actions of each kind, and what each does:
//!
//! | kind | action | effect |
//! |---|---|---|
//! | `held` | `accept` | the judge takes what was held; only for rules that protect rights and order |
//! | | `accept_for` (`person`: case id) | the same, for another person than it was sent for |
//! | | `return` | set aside; the worker reads the reason, and the phone takes the server's copy |
//! | | `set_aside` | the same without a word to the worker |
//! | `conflict` | `take` (`value`, or `index` in the values shown) | that value is written |
//! | `unmatched_person` | `match` (`person`: case id) | the note is about that person |
//! | `possible_duplicate` | `keep_both` | they are not the same visit |
//! | | `withdraw` (`note`: which of the two) | the case systems are told to take it back; it stays here |
//! | any other | `close` | nothing but the decision |
//!
//! Nothing held is ever deleted: what is set aside stays in the log with its bytes.

mod conflict;
mod duplicate;
mod held;
mod person;

use notes::ids::DocumentId;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde_json::{Map, Value, json};

use super::Halt;
use crate::core::Core;
use crate::host::Host;
use crate::store::{AuditEntry, Issue, IssueState, StoreError, Tx};

/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 2_000;

/// What a person decided.
struct Decision<'a> {
    action: &'a str,
    args: &'a Map<String, Value>,
}

/// Ends an issue: `by` is who decided (`operator`, `worker:W1`), and the reason is kept; a worker to
/// whom something is returned reads it.
///
/// # Errors
/// [`Code::NotFound`], [`Code::IssueSettled`], [`Code::ActionUnknown`], [`Code::ReasonMissing`],
/// [`Code::ParameterInvalid`], [`Code::PersonUnknown`], [`Code::WrongDocument`], or the desk's; then
/// nothing was changed.
pub fn settle(
    core: &Core,
    id: &str,
    action: &str,
    args: &Map<String, Value>,
    by: &str,
    reason: &str,
) -> Result<Value, Code> {
    let decision = Decision { action, args };
    let settled = core
        .store
        .write(|tx| end(tx, &core.host, id, &decision, (by, reason.trim())));
    let settled = settled?;
    // What was let in, or written by the desk, waits for the judge.
    core.bell.ring();
    Ok(settled)
}

fn end(
    tx: &Tx<'_>,
    host: &Host,
    id: &str,
    decision: &Decision<'_>,
    (by, reason): (&str, &str),
) -> Result<Value, Halt> {
    let issue = tx.issue(id)?.ok_or(Code::NotFound)?;
    if issue.state != IssueState::Open {
        return Err(Code::IssueSettled.into());
    }
    if !actions(tx, &issue)?.contains(&decision.action) {
        return Err(Code::ActionUnknown.into());
    }
    if reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Code::ParameterInvalid.into());
    }
    let now = host.now_ms();
    if !tx.issue_settle(id, now, by, decision.action, reason)? {
        return Err(Code::IssueSettled.into());
    }
    match issue.opened.kind.as_str() {
        "held" => held::end(tx, &issue, decision)?,
        "conflict" => conflict::end(tx, host, &issue, decision)?,
        "unmatched_person" => person::end(tx, host, &issue, decision)?,
        "possible_duplicate" => duplicate::end(tx, host, &issue, (decision, reason))?,
        // The decision itself is all.
        _ => {}
    }
    let opened = &issue.opened;
    tx.audit(&AuditEntry {
        at: now,
        who: by.to_owned(),
        what: "issue.settled".to_owned(),
        person: opened.person,
        document: opened.document,
        detail: json!({"issue": id, "kind": opened.kind, "action": decision.action, "reason": reason})
            .to_string(),
    })?;
    Ok(json!({"id": id, "kind": opened.kind, "action": decision.action, "settled_at": rfc3339(now)}))
}

/// The actions that may end an issue now.
pub(super) fn actions(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<&'static str>, StoreError> {
    Ok(match issue.opened.kind.as_str() {
        "held" => held::actions(tx, issue)?,
        "conflict" => vec!["take"],
        "unmatched_person" => vec!["match"],
        "possible_duplicate" => duplicate::actions(tx, issue)?,
        _ => vec!["close"],
    })
}

/// The document that an issue is about.
fn document(issue: &Issue) -> Result<DocumentId, StoreError> {
    let missing = StoreError::Inconsistent("an issue about a note does not name it");
    issue.opened.document.ok_or(missing)
}
