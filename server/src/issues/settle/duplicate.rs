//! Two notes about one visit.

use notes::ids::DocumentId;
use notes::problem::Code;
use serde_json::Value;

use super::Decision;
use crate::export;
use crate::host::Host;
use crate::issues::Halt;
use crate::store::{Issue, StoreError, Tx};

/// What may be done: only what was sent can be taken back.
pub(super) fn actions(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<&'static str>, StoreError> {
    let mut actions = vec!["keep_both"];
    for note in pair(issue) {
        if export::is_out(tx, note)? {
            actions.push("withdraw");
            break;
        }
    }
    Ok(actions)
}

fn pair(issue: &Issue) -> impl Iterator<Item = DocumentId> {
    issue.opened.subject.split('/').filter_map(|id| id.parse().ok())
}

/// `withdraw`: one of the two is taken back from the case systems. It stays here.
pub(super) fn end(
    tx: &Tx<'_>,
    host: &Host,
    issue: &Issue,
    (decision, reason): (&Decision<'_>, &str),
) -> Result<(), Halt> {
    if decision.action != "withdraw" {
        return Ok(());
    }
    let note = decision.args.get("note").and_then(Value::as_str);
    let note: DocumentId = note
        .and_then(|note| note.parse().ok())
        .ok_or(Code::ParameterInvalid)?;
    if !pair(issue).any(|one| one == note) || !export::is_out(tx, note)? {
        return Err(Code::ParameterInvalid.into());
    }
    export::withdraw(tx, host, note, reason)
}
