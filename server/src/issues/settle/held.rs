//! Deciding on what the rules held.
//!
//! A person may overrule the rules about rights and order: whose person it is, whether the phone
//! was still allowed to write, whether the note was closed. Nobody may overrule the rules that keep
//! a document readable and its authors true: those parts can only be returned or set aside.

use notes::ids::PersonId;
use notes::note::Template;
use notes::problem::Code;

use super::{Decision, document, person};
use crate::issues::{Halt, again, detail};
use crate::store::{Audience, Entry, EntryState, Issue, NewsKind, StoreError, Tx};

/// What may be done with what is held for this reason.
pub(super) fn actions(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<&'static str>, StoreError> {
    let code = detail::text(issue, "code").and_then(|code| code.parse().ok());
    let entry = issue
        .opened
        .seq
        .map(|seq| tx.log_entry(seq))
        .transpose()?
        .flatten();
    // A page's id is made from its person, so it can never be about another.
    let movable = entry.is_some_and(|entry| entry.entry.template == Template::Note);
    let mut actions = match code {
        // The phone was told to write it again.
        _ if entries(tx, issue)?.is_empty() => Vec::new(),
        Some(Code::ChangedAfterFinish | Code::RevokedDevice) => vec!["accept"],
        Some(Code::PersonUnknown) => {
            // The person may be known, only not to that team; or not be known at all.
            let person = issue.opened.person.map(|id| tx.person(id)).transpose()?.flatten();
            let mut actions = if person.is_some() {
                vec!["accept"]
            } else {
                Vec::new()
            };
            if movable {
                actions.push("accept_for");
            }
            actions
        }
        Some(Code::WrongDocument) if movable => vec!["accept_for"],
        _ => Vec::new(),
    };
    actions.extend(["return", "set_aside"]);
    Ok(actions)
}

pub(super) fn end(tx: &Tx<'_>, issue: &Issue, decision: &Decision<'_>) -> Result<(), Halt> {
    match decision.action {
        "accept" => overrule(tx, issue, None)?,
        "accept_for" => {
            let person = person::named(tx, decision)?;
            let document = document(issue)?;
            // Moving a published note from one person to another takes more than letting in a part.
            if tx.document_person(document)?.is_some_and(|now| now != person) {
                return Err(Code::WrongDocument.into());
            }
            // That the note says so too is written once it is published.
            overrule(tx, issue, Some(person))?;
        }
        action => set_aside(tx, issue, action == "return")?,
    }
    if let Some(device) = issue.opened.device {
        tx.tell(Audience::Device(device), NewsKind::Standing, &document(issue)?.0)?;
    }
    Ok(())
}

/// The entries that an issue is about.
fn entries(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<Entry>, StoreError> {
    let code = detail::text(issue, "code");
    let mut entries = tx.log_of(document(issue)?, &[EntryState::Held])?;
    entries.retain(|e| e.entry.device == issue.opened.device && e.entry.code == code);
    Ok(entries)
}

fn overrule(tx: &Tx<'_>, issue: &Issue, person: Option<PersonId>) -> Result<(), StoreError> {
    for entry in entries(tx, issue)? {
        tx.log_overrule(entry.seq, person)?;
        // Who was refused got no part in the note by sending; now they have one, and hear what becomes of it.
        if let Some(device) = entry.entry.device {
            tx.follow(entry.entry.document, device, entry.entry.reason.as_deref())?;
        }
    }
    Ok(())
}

/// Sets the entries aside, and orders the phone to take the server's copy and to write again what
/// it wrote besides. What is returned only because a part before it is missing is written again too.
fn set_aside(tx: &Tx<'_>, issue: &Issue, returned: bool) -> Result<(), StoreError> {
    let document = document(issue)?;
    let mut entries = entries(tx, issue)?;
    let missing = Some(Code::DependencyMissing.as_str());
    let again = returned && detail::text(issue, "code").as_deref() == missing;
    for entry in &entries {
        let code = entry.entry.code.as_deref().filter(|_| !again);
        tx.log_set_state(entry.seq, EntryState::SetAside, code)?;
    }
    if again {
        entries.clear();
    }
    let Some(device) = issue.opened.device else {
        return Ok(());
    };
    again::order(tx, document, device, &entries)
}
