//! Saying who a note is about.

use notes::ids::PersonId;
use notes::problem::Code;
use serde_json::Value;

use super::{Decision, document};
use crate::host::Host;
use crate::issues::Halt;
use crate::store::{Issue, Tx};
use crate::sync::{about, desk_change};

/// `match`: the note is about the person of that case id.
pub(super) fn end(tx: &Tx<'_>, host: &Host, issue: &Issue, decision: &Decision<'_>) -> Result<(), Halt> {
    let person = named(tx, decision)?;
    desk_change(tx, host, document(issue)?, &[about(person)])?;
    Ok(())
}

/// The person whom a decision names by case id.
pub(super) fn named(tx: &Tx<'_>, decision: &Decision<'_>) -> Result<PersonId, Halt> {
    let case_id = decision.args.get("person").and_then(Value::as_str);
    let person = tx.person_by_case(case_id.ok_or(Code::ParameterInvalid)?.trim())?;
    Ok(person.ok_or(Code::PersonUnknown)?.id)
}
