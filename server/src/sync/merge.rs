//! Two people who turned out to be one: the notes of the first become the survivor's, each by a change
//! in its own history, and what stands on the first one's page comes to stand on the survivor's.
//!
//! A phone may write for the first for as long as it has not heard of it. So whatever is published for
//! somebody who was merged follows at once.

use notes::ids::{DocumentId, PersonId};
use notes::note::fields::MAX_TEXT_CHARS;
use notes::note::{Edit, Plain, Template};

use super::desk::{self, about};
use super::record::read;
use crate::host::Host;
use crate::issues::Halt;
use crate::store::{DocumentRecord, PersonRecord, StoreError, Tx};

/// What is published of somebody follows into the survivor; returns how many notes that were.
///
/// # Errors
/// The database's. A note that cannot be read stays where it is, and its page likewise.
pub fn merged(tx: &Tx<'_>, host: &Host, old: &PersonRecord, into: PersonId) -> Result<u64, StoreError> {
    let mut count = 0;
    for note in tx.notes_about(old.id)? {
        count += u64::from(written(desk::change(tx, host, note, &[about(into)]))?);
    }
    carry_page(tx, host, old, into)?;
    Ok(count)
}

/// What was just published for somebody who was merged follows. True for a note, which is not the survivor's
/// yet and will be published once more.
pub(super) fn follow(tx: &Tx<'_>, host: &Host, record: &DocumentRecord) -> Result<bool, StoreError> {
    let Some(person) = record.person else {
        return Ok(false);
    };
    let into = tx.survivor(person)?;
    if into == person {
        return Ok(false);
    }
    match record.template {
        Template::Note => written(desk::change(tx, host, record.id, &[about(into)])),
        Template::About => {
            if let Some(old) = tx.person(person)? {
                carry_page(tx, host, &old, into)?;
            }
            Ok(false)
        }
    }
}

/// Whether the desk wrote; what it could not write in stays as it is.
fn written(outcome: Result<u64, Halt>) -> Result<bool, StoreError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(Halt::Code(code)) => {
            tracing::error!(%code, "a document could not follow its person");
            Ok(false)
        }
        Err(Halt::Store(error)) => Err(error),
    }
}

/// Adds what stands on one person's page to another's. The old page stays as it is.
fn carry_page(tx: &Tx<'_>, host: &Host, old: &PersonRecord, into: PersonId) -> Result<(), StoreError> {
    let Some((_, from)) = read(tx, DocumentId::about(old.id))? else {
        return Ok(());
    };
    let page = DocumentId::about(into);
    let there = read(tx, page)?.map(|(_, plain)| plain);
    let edits = additions(&from, there.as_ref(), &old.case_id);
    if edits.is_empty() {
        return Ok(());
    }
    let outcome = if there.is_some() {
        desk::change(tx, host, page, &edits)
    } else {
        desk::begin(tx, host, page, (Template::About, Some(into)), &edits)
    };
    written(outcome).map(|_| ())
}

/// The edits that bring to a page what it lacks of another.
fn additions(from: &Plain, there: Option<&Plain>, case_id: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (field, text) in &from.texts {
        let here = there.and_then(|page| page.texts.get(field));
        let here = here.map_or("", String::as_str);
        if text.trim().is_empty() || here.contains(text.trim_end()) {
            continue;
        }
        let before = if here.trim().is_empty() {
            String::new()
        } else {
            format!("\n\nFrom the page of {case_id}:\n")
        };
        let at = here.chars().count();
        let begins = at + before.chars().count();
        if begins + text.chars().count() > MAX_TEXT_CHARS {
            tracing::error!("a page is full; what it lacks stands on the old one alone");
            continue;
        }
        edits.push(Edit::Splice {
            field: (*field).to_owned(),
            at: at as u64,
            delete: 0,
            insert: format!("{before}{text}"),
        });
        let marks = from.private.iter().filter(|passage| passage.field == *field);
        edits.extend(marks.map(|passage| Edit::Mark {
            field: (*field).to_owned(),
            start: (begins + passage.start) as u64,
            end: (begins + passage.end) as u64,
            kind: passage.kind.clone(),
        }));
    }
    for (field, entries) in &from.entries {
        for (id, entry) in entries {
            if there.is_some_and(|page| page.entries.get(field).is_some_and(|all| all.contains_key(id))) {
                continue;
            }
            edits.extend(entry.iter().map(|(slot, value)| Edit::Put {
                path: format!("{field}.{id}.{slot}"),
                value: Some(value.clone().into()),
            }));
        }
    }
    edits
}
