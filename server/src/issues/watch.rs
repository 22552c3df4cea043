//! What a published note shows that a person should look at: values on which phones disagree, a
//! person who is only a name, two notes of one visit. What has gone away is settled here too.

use std::collections::HashSet;

use notes::ids::DocumentId;
use notes::note::{Plain, Template};
use serde_json::{Value, json};

use super::detail;
use super::standing::tell_holders;
use crate::export::words;
use crate::host::Host;
use crate::store::{DocumentRecord, StoreError, Tx};
use crate::sync::{about, desk_change};

/// People offered for a name.
const MAX_CANDIDATES: u32 = 10;
/// Notes of the same time that are asked about for one note.
const MAX_PAIRS: u32 = 3;
const DUPLICATE: &str = "possible_duplicate";
/// By whom and how the server itself settles what an edit made good.
const SERVER: &str = "server";
const BY_EDIT: &str = "resolved by edit";

/// Opens and settles the issues that a document shows. Called in the transaction that publishes
/// entries of it.
///
/// # Errors
/// The database's.
pub fn after_publish(
    tx: &Tx<'_>,
    host: &Host,
    record: &DocumentRecord,
    plain: &Plain,
) -> Result<(), StoreError> {
    conflicts(tx, host, record, plain)?;
    if record.template == Template::Note {
        if record.finished_at.is_some() {
            settle(tx, host, record.id, "overdue_draft", |_| true)?;
        }
        decided_person(tx, host, record, plain)?;
        unmatched(tx, host, record, plain)?;
        duplicates(tx, host, record)?;
    }
    Ok(())
}

/// A person decided whom the note is about when they let it in, and the note does not say so yet:
/// it is written into the note, or the next change would bring the old person back.
fn decided_person(
    tx: &Tx<'_>,
    host: &Host,
    record: &DocumentRecord,
    plain: &Plain,
) -> Result<(), StoreError> {
    let Some(person) = record.person else {
        return Ok(());
    };
    if plain.text("person").and_then(|text| text.parse().ok()) == Some(person) {
        return Ok(());
    }
    let failed = |_| StoreError::Inconsistent("a decided person could not be written into the note");
    desk_change(tx, host, record.id, &[about(person)]).map_err(failed)?;
    Ok(())
}

/// One issue for each field on which phones disagree.
fn conflicts(tx: &Tx<'_>, host: &Host, record: &DocumentRecord, plain: &Plain) -> Result<(), StoreError> {
    let mut standing = HashSet::new();
    let mut changed = false;
    for conflict in &plain.conflicts {
        let subject = format!("{}/{}", record.id, conflict.path);
        let values: Vec<Value> = [&conflict.shown]
            .into_iter()
            .chain(&conflict.others)
            .map(|value| json!(value))
            .collect();
        let what = json!({
            "words": format!("Phones gave different values for “{}”. The first is shown.", words::path(&conflict.path)),
            "path": conflict.path,
            "values": values,
        });
        let mut issue = detail::new(host, "conflict", subject.clone(), &what);
        issue.document = Some(record.id);
        issue.person = record.person;
        issue.worker = tx.begun_by(record.id)?;
        changed |= tx.issue_open(&issue)? == issue.id;
        standing.insert(subject);
    }
    changed |= settle(tx, host, record.id, "conflict", |subject| {
        !standing.contains(subject)
    })?;
    if changed {
        tell_holders(tx, record.person, record.id)?;
    }
    Ok(())
}

/// A note that names a person whom nobody has matched yet.
fn unmatched(tx: &Tx<'_>, host: &Host, record: &DocumentRecord, plain: &Plain) -> Result<(), StoreError> {
    let name = plain.text("person_name").filter(|_| record.person.is_none());
    let Some(name) = name else {
        settle(tx, host, record.id, "unmatched_person", |_| true)?;
        return Ok(());
    };
    let mut candidates = Vec::new();
    if !name.trim().is_empty() {
        for person in tx.people_named_like(name.trim(), MAX_CANDIDATES)? {
            candidates.push(json!({
                "case_id": person.case_id,
                "name": person.name,
                "date_of_birth": person.date_of_birth,
            }));
        }
    }
    let whom = match name.trim() {
        "" => "no name and no person".to_owned(),
        name => format!("the name “{name}” and no person"),
    };
    let what = json!({
        "words": format!("The note has {whom} yet. It waits here and not in the case system."),
        "person_name": name,
        "candidates": candidates,
    });
    let mut issue = detail::new(host, "unmatched_person", record.id.to_string(), &what);
    issue.document = Some(record.id);
    issue.worker = tx.begun_by(record.id)?;
    tx.issue_open(&issue)?;
    Ok(())
}

/// Two notes about one person at one time. Who decided to keep both is not asked again. The issue
/// stands at the later note of the pair, with the earlier one first in its subject, so that both
/// find it again.
fn duplicates(tx: &Tx<'_>, host: &Host, record: &DocumentRecord) -> Result<(), StoreError> {
    for other in tx.notes_overlapping(record, None, MAX_PAIRS)? {
        let (earlier, later) = (record.id.min(other), record.id.max(other));
        let subject = format!("{earlier}/{later}");
        let mut decided = false;
        for action in ["keep_both", "withdraw"] {
            decided |= tx.issue_was_settled(DUPLICATE, &subject, action)?;
        }
        if decided {
            continue;
        }
        let what = json!({
            "words": "Two notes about one person at the same time. They may be about one visit.",
            "notes": [earlier, later],
        });
        let mut issue = detail::new(host, DUPLICATE, subject, &what);
        issue.document = Some(later);
        issue.person = record.person;
        issue.worker = tx.begun_by(later)?;
        tx.issue_open(&issue)?;
    }
    let mut open = tx.issues_open_of(record.id)?;
    open.retain(|issue| issue.opened.kind == DUPLICATE);
    open.extend(tx.issues_open_under(DUPLICATE, record.id)?);
    for issue in open {
        let pair = issue.opened.subject.split('/').filter_map(|id| id.parse().ok());
        let other = pair.into_iter().find(|id: &DocumentId| *id != record.id);
        if tx.notes_overlapping(record, other, 1)?.is_empty() {
            settle_one(tx, host, &issue.opened.id)?;
        }
    }
    Ok(())
}

fn settle(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    kind: &str,
    gone: impl Fn(&str) -> bool,
) -> Result<bool, StoreError> {
    let mut any = false;
    for issue in tx.issues_open_of(document)? {
        if issue.opened.kind == kind && gone(&issue.opened.subject) {
            any |= settle_one(tx, host, &issue.opened.id)?;
        }
    }
    Ok(any)
}

fn settle_one(tx: &Tx<'_>, host: &Host, id: &str) -> Result<bool, StoreError> {
    tx.issue_settle(
        id,
        host.now_ms(),
        SERVER,
        BY_EDIT,
        "The note does not show it any more.",
    )
}

/// A note was moved: nobody need decide any more what was asked about it there. What the rules held of it comes before a
/// person anew, for what they may do with it is another thing now.
pub(crate) fn moved_away(tx: &Tx<'_>, host: &Host, document: DocumentId) -> Result<(), StoreError> {
    let mut open = tx.issues_open_of(document)?;
    open.extend(tx.issues_open_under(DUPLICATE, document)?);
    for issue in open {
        let reason = "The note was moved.";
        tx.issue_settle(&issue.opened.id, host.now_ms(), SERVER, "moved", reason)?;
    }
    Ok(())
}
