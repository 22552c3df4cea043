//! Moving a note to the right person, from the desk: looked at first, then done; any note, with or without an issue.

use notes::ids::{DocumentId, PersonId};
use notes::problem::Code;
use serde_json::{Value, json};

use super::Scope;
use crate::core::Core;
use crate::export;
use crate::host::Host;
use crate::issues::{Refused, phones_with};
use crate::store::{StoreError, Tx};
use crate::sync::{self, Because};

/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 2_000;

/// Moves a note to the record of the person of a case id:
/// `{"note_id": the old one, "became": the new one, "effects": […]}`.
///
/// # Errors
/// [`Code::NotFound`] for a note that is not there or out of scope, [`Code::PersonUnknown`] for a person likewise,
/// [`Code::NoteMoved`], [`Code::ParameterInvalid`] where it is on that record already, [`Code::ReasonMissing`]; then
/// nothing was changed.
pub fn move_note(
    core: &Core,
    scope: Scope,
    by: &str,
    note: DocumentId,
    case_id: &str,
    reason: &str,
) -> Result<Value, Refused> {
    let because = Because {
        by,
        reason: reason.trim(),
    };
    if because.reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    if because.reason.chars().count() > MAX_REASON_CHARS {
        return Err(Code::ParameterInvalid.into());
    }
    let done = core
        .store
        .write(|tx| carry_out(tx, &core.host, scope, (note, case_id), because))?;
    core.memory.forget(note);
    core.bell.ring();
    Ok(done)
}

/// What that would do, in plain sentences; nothing is changed.
///
/// # Errors
/// As [`move_note`].
pub fn preview_move(
    core: &Core,
    scope: Scope,
    by: &str,
    note: DocumentId,
    case_id: &str,
) -> Result<Value, Refused> {
    let because = Because { by, reason: "-" };
    let tried: Result<(), Undone> = core.store.write(|tx| {
        let done = carry_out(tx, &core.host, scope, (note, case_id), because);
        Err(Undone(
            done.map(|done| json!({"note_id": note, "effects": done["effects"]})),
        ))
    });
    tried.map_or_else(|undone| undone.0, |()| Err(Code::Internal.into()))
}

/// What a preview takes out of the transaction that it undoes.
struct Undone(Result<Value, Refused>);

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self(Err(error.into()))
    }
}

fn carry_out(
    tx: &Tx<'_>,
    host: &Host,
    scope: Scope,
    (note, case_id): (DocumentId, &str),
    because: Because<'_>,
) -> Result<Value, Refused> {
    if let Some(moved) = tx.moved(note)? {
        let team = tx.document_team(moved.to_document)?.flatten();
        let seen = scope.has(team);
        return Err(if seen { Code::NoteMoved } else { Code::NotFound }.into());
    }
    let team = tx.document_team(note)?.ok_or(Code::NotFound)?;
    if scope.team().is_some_and(|own| team != Some(own)) {
        return Err(Code::NotFound.into());
    }
    let person = right_person(tx, scope, case_id)?;
    let mut effects = said_before(tx, note)?;
    let became = sync::move_note(tx, host, note, person, because)?;
    effects.push(
        "What it says now comes to stand on the other record as a new note. Its authors stay its authors."
            .to_owned(),
    );
    effects.push(
        "Both records keep a line that a note was moved, without its words and without the other's name."
            .to_owned(),
    );
    Ok(json!({"note_id": note, "became": became, "effects": effects}))
}

fn right_person(tx: &Tx<'_>, scope: Scope, case_id: &str) -> Result<PersonId, Refused> {
    let person = tx.person_by_case(case_id.trim())?.ok_or(Code::PersonUnknown)?;
    if scope.team().is_some_and(|own| person.team != Some(own)) {
        return Err(Code::PersonUnknown.into());
    }
    Ok(person.id)
}

/// What follows for the old note; read before it is gone.
fn said_before(tx: &Tx<'_>, note: DocumentId) -> Result<Vec<String>, StoreError> {
    let count = phones_with(tx, note)?;
    let mut effects = vec![match count {
        0 => "No phone has the note now.".to_owned(),
        1 => "The note leaves one phone at its next pass; what that one has not sent stays on it.".to_owned(),
        count => format!(
            "The note leaves {count} phones at their next pass; what they have not sent stays on them."
        ),
    }];
    if export::is_out(tx, note)? {
        effects.push(
            "The case systems are told to take it back, and get it anew for the right person.".to_owned(),
        );
    }
    Ok(effects)
}
