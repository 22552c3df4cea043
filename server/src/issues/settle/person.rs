//! Saying who a note is about, or that a case id was asked for.

use notes::ids::PersonId;
use notes::problem::Code;
use serde_json::Value;

use super::asked;
use super::deed::Deed;
use crate::issues::Halt;
use crate::sync::{about, desk_change};

/// `match`: the note is about the person of that case id. `ask_case_id`: it waits for one.
pub(super) fn end(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    if deed.action == "ask_case_id" {
        let from = deed.text("from")?.ok_or(Code::ParameterInvalid)?.to_owned();
        asked(deed, Some(&from), None)?;
        deed.say(format!("The issue says that a case id was asked from {from}."));
        deed.say("The note waits. Once the person is imported, they are offered here.");
        return Ok(());
    }
    let document = deed.document()?;
    let person = named(deed)?;
    desk_change(deed.tx, deed.host, document, &[about(person)])?;
    deed.say("The note is about that person from now on, and so says its history.");
    deed.say("Phones on which the person is get it at their next pass; once it is finished, the case systems do too.");
    Ok(())
}

/// The person whom a decision names by case id.
pub(super) fn named(deed: &Deed<'_, '_>) -> Result<PersonId, Halt> {
    let case_id = deed.args.get("person").and_then(Value::as_str);
    let person = deed
        .tx
        .person_by_case(case_id.ok_or(Code::ParameterInvalid)?.trim())?;
    Ok(person.ok_or(Code::PersonUnknown)?.id)
}
