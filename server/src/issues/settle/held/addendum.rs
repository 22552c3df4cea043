//! Taking what was written after finishing for what it is: an addendum. The words become the worker's own addendum,
//! the change that put them where nothing may change is set aside, and the phone takes the server's copy.

use notes::ids::DocumentId;
use notes::note::Plain;
use notes::problem::Code;

use super::{Deed, entries, set_aside};
use crate::issues::addenda::{self, Words};
use crate::issues::{Halt, differences, in_words};
use crate::store::{EntryState, StoreError, Tx};
use crate::sync::{desk_change, said_then, would_say};

pub(super) fn end(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    let (tx, host, document) = (deed.tx, deed.host, deed.document()?);
    let worker = deed.issue.opened.worker.clone().ok_or(Code::ActionUnknown)?;
    let held = entries(tx, deed.issue)?;
    let before = said_then(tx, document)?;
    let target = now_at(tx, document)?;
    // What cannot be read cannot be put into words either.
    let after = would_say(tx, host, document, &held)?.ok_or(Code::Unprocessable)?;
    let text = in_words(&differences(before.as_ref(), &after));
    if text.trim().is_empty() {
        return Err(Code::Unprocessable.into());
    }
    let written_at = held.iter().map(|entry| entry.entry.received_at).min();
    let at = written_at.unwrap_or_else(|| host.now_ms());
    // A passage may be marked by a part that came behind, and waits for the one that is held.
    let mut all = held.clone();
    let mut waiting = tx.log_of(document, &[EntryState::Waiting])?;
    waiting.retain(|entry| entry.entry.device == deed.issue.opened.device);
    all.extend(waiting);
    let all = would_say(tx, host, document, &all)?;
    let private = kept_back(before.as_ref(), all.as_ref().unwrap_or(&after));
    let words = Words {
        author: &worker,
        at,
        text: &text,
        private,
    };
    let edits = addenda::edits(host, &words);
    set_aside(tx, deed.issue, false)?;
    desk_change(tx, host, target, &edits)?;
    let name = tx.worker(&worker)?.map_or(worker, |worker| worker.name);
    deed.say(format!("The note gets an addendum by {name}: “{text}”"));
    deed.say("What stood in the note when it was finished stays as it was. The change itself is kept here.");
    deed.say("The phone that sent it takes the server's copy at its next pass.");
    Ok(deed.say_reach(target)?)
}

/// Where a note is now: one that was moved is what it became.
fn now_at(tx: &Tx<'_>, mut document: DocumentId) -> Result<DocumentId, StoreError> {
    while let Some(moved) = tx.moved(document)? {
        document = moved.to_document;
    }
    Ok(document)
}

/// What was kept from the person's copy where it was written stays kept from it.
fn kept_back(before: Option<&Plain>, after: &Plain) -> Option<String> {
    let known = before.map(|plain| plain.private.as_slice()).unwrap_or_default();
    let fresh = after.private.iter().filter(|passage| !known.contains(passage));
    let entries = after
        .entries
        .iter()
        .flat_map(|(name, all)| all.iter().map(move |(id, entry)| (name, id, entry)));
    let changed = entries.filter(|(name, id, entry)| {
        before.and_then(|plain| plain.entries.get(**name)?.get(*id)) != Some(*entry)
    });
    let flagged = changed.filter_map(|(_, _, entry)| entry.get("private")?.text().map(str::to_owned));
    // `third_party` sorts behind `do_not_share`, and is the graver.
    fresh.map(|passage| passage.kind.clone()).chain(flagged).max()
}
