//! Two notes about one visit.

use notes::ids::DocumentId;
use notes::problem::Code;
use serde_json::Value;

use super::Decision;
use crate::export;
use crate::host::Host;
use crate::issues::Halt;
use crate::store::{Issue, Tx};

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
    let mut pair = issue.opened.subject.split('/');
    if !pair.any(|id| id.parse() == Ok(note)) {
        return Err(Code::ParameterInvalid.into());
    }
    export::withdraw(tx, host, note, reason)
}
