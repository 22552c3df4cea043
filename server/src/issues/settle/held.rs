//! Deciding on what the rules held.
//!
//! A person may overrule the rules about rights and order: whose person it is, whether the phone
//! was still allowed to write, whether the note was closed. Nobody may overrule the rules that keep
//! a document readable and its authors true: those parts can only be returned or set aside.

mod addendum;

use notes::ids::{DocumentId, PersonId};
use notes::note::Template;
use notes::problem::Code;

use super::deed::Deed;
use super::{person, word};
use crate::issues::{Halt, again, detail};
use crate::messages::Kind;
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
        Some(Code::NoteMoved) if issue.opened.worker.is_some() => vec!["addendum"],
        Some(Code::ChangedAfterFinish) if issue.opened.worker.is_some() => vec!["accept", "addendum"],
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

pub(super) fn end(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    let (tx, issue, document) = (deed.tx, deed.issue, deed.document()?);
    match deed.action {
        "accept" => {
            overrule(tx, issue, None)?;
            deed.say("What was held goes into the note as it is, with all that waited for it.");
            deed.say_reach(document)?;
        }
        "accept_for" => {
            let person = person::named(deed)?;
            // Moving a published note from one person to another takes more than letting in a part.
            if tx.document_person(document)?.is_some_and(|now| now != person) {
                return Err(Code::WrongDocument.into());
            }
            // That the note says so too is written once it is published.
            overrule(tx, issue, Some(person))?;
            deed.say("What was held goes in as a note about that person, and the note says so itself.");
        }
        "addendum" => addendum::end(deed)?,
        action => {
            set_aside(tx, issue, action == "return")?;
            deed.say("What was held goes into no note. It is kept here with its bytes.");
            if issue.opened.device.is_some() {
                deed.say("The phone that sent it takes the server's copy at its next pass, and writes again what else it has.");
            }
            if action == "return" {
                deed.say("The worker reads your reason beside the note.");
                returned(deed)?;
            }
        }
    }
    if let Some(device) = issue.opened.device {
        tx.tell(Audience::Device(device), NewsKind::Standing, &document.0)?;
    }
    Ok(())
}

/// A word to the worker, where one was given beside the reason.
fn returned(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    let text = deed.text("message")?.map(str::to_owned);
    match (text, deed.issue.opened.worker.clone()) {
        (Some(text), Some(worker)) => word::send(deed, &worker, Kind::Returned, &text),
        _ => Ok(()),
    }
}

/// What a decision set aside stands held again; its entries.
pub(super) fn hold_again(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<u64>, StoreError> {
    let (Some(document), Some(code)) = (issue.opened.document, detail::text(issue, "code")) else {
        return Ok(Vec::new());
    };
    let mut entries = tx.log_of(document, &[EntryState::SetAside])?;
    entries.retain(|e| e.entry.device == issue.opened.device && e.entry.code.as_ref() == Some(&code));
    for entry in &entries {
        tx.log_set_state(entry.seq, EntryState::Held, Some(&code))?;
    }
    if let Some(device) = issue.opened.device.filter(|_| !entries.is_empty()) {
        tx.tell(Audience::Device(device), NewsKind::Standing, &document.0)?;
    }
    Ok(entries.into_iter().map(|entry| entry.seq).collect())
}

/// The document that an issue is about.
pub(super) fn document(issue: &Issue) -> Result<DocumentId, StoreError> {
    let missing = StoreError::Inconsistent("an issue about a note does not name it");
    issue.opened.document.ok_or(missing)
}

/// The entries that an issue is about.
pub(in crate::issues) fn entries(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<Entry>, StoreError> {
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
