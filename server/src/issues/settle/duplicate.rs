//! Two notes about one visit.

mod join;

use notes::ids::DocumentId;
use notes::problem::Code;
use serde_json::Value;

use super::deed::Deed;
use super::offer::Candidate;
use crate::export;
use crate::issues::Halt;
use crate::store::{Issue, StoreError, Tx};

/// What may be done: only what was sent can be taken back.
pub(super) fn actions(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<&'static str>, StoreError> {
    let mut actions = vec!["keep_both"];
    if join::can(tx, issue)? {
        actions.push("join");
    }
    for note in pair(issue) {
        if export::is_out(tx, note)? {
            actions.push("withdraw");
            break;
        }
    }
    Ok(actions)
}

/// The notes of the pair; only those that case systems have, where it is about taking back.
pub(super) fn candidates(tx: &Tx<'_>, issue: &Issue, out: bool) -> Result<Vec<Candidate>, StoreError> {
    let mut found = Vec::new();
    for note in pair(issue) {
        if out && !export::is_out(tx, note)? {
            continue;
        }
        let worker = tx.begun_by(note)?.map(|id| tx.worker(&id)).transpose()?.flatten();
        found.push(Candidate {
            value: note.to_string().into(),
            label: worker.map_or_else(
                || note.to_string(),
                |worker| format!("The note of {}", worker.name),
            ),
            hint: None,
        });
    }
    Ok(found)
}

fn pair(issue: &Issue) -> impl Iterator<Item = DocumentId> {
    issue.opened.subject.split('/').filter_map(|id| id.parse().ok())
}

/// `withdraw`: one of the two is taken back from the case systems. It stays here.
pub(super) fn end(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    if deed.action == "join" {
        return join::end(deed);
    }
    if deed.action != "withdraw" {
        deed.say("Both notes stay as they are. They are not asked about again.");
        return Ok(());
    }
    let note = deed.args.get("note").and_then(Value::as_str);
    let note: DocumentId = note
        .and_then(|note| note.parse().ok())
        .ok_or(Code::ParameterInvalid)?;
    if !pair(deed.issue).any(|one| one == note) || !export::is_out(deed.tx, note)? {
        return Err(Code::ParameterInvalid.into());
    }
    deed.say("The case systems are told to take that note back, with your reason. It stays here and on the phones.");
    deed.say("What is written in it later is not sent to them.");
    export::withdraw(deed.tx, deed.host, note, deed.reason)
}
