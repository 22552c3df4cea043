//! Moving a note: to the record of the person whom it is about, or into another note about the same visit. What it says
//! now is copied, not its history; the old one leaves every phone and is taken back from the case systems, and of it only
//! the log stays.
//!
//! What never happens: a word of it is shown on the wrong record again, an author is lost, what a phone sends later for
//! the old one is lost.

use notes::ids::{DocumentId, PersonId};
use notes::note::edit::Scalar;
use notes::note::{Edit, Plain, Template};
use notes::problem::Code;
use notes::wire::JOINT_VISIT;
use serde_json::json;

use super::desk::begin;
use super::record::{authors_of, read};
use super::view::may_see_id;
use crate::export;
use crate::host::Host;
use crate::issues::{self, Halt};
use crate::store::{AuditEntry, EntryState, Moved, StoreError, Tx};

/// Who moves it, and why.
#[derive(Debug, Clone, Copy)]
pub struct Because<'a> {
    /// As the audit has them.
    pub by: &'a str,
    /// In their words.
    pub reason: &'a str,
}

/// Moves a note to somebody's record; returns the note that it became, which waits to be published.
///
/// # Errors
/// `not_found`, `note_moved`, `parameter_invalid` where it is on that record already; then nothing was changed.
pub fn move_note(
    tx: &Tx<'_>,
    host: &Host,
    note: DocumentId,
    to: PersonId,
    because: Because<'_>,
) -> Result<DocumentId, Code> {
    Ok(to_record(tx, host, note, to, because)?)
}

fn to_record(
    tx: &Tx<'_>,
    host: &Host,
    note: DocumentId,
    to: PersonId,
    because: Because<'_>,
) -> Result<DocumentId, Halt> {
    if tx.moved(note)?.is_some() {
        return Err(Code::NoteMoved.into());
    }
    let record = tx
        .document(note)?
        .filter(|record| record.template == Template::Note);
    let (Some(record), Some((doc, plain))) = (record, read(tx, note)?) else {
        return Err(Code::NotFound.into());
    };
    if record.person == Some(to) {
        return Err(Code::ParameterInvalid.into());
    }
    let authors = authors_of(tx, &doc, &plain)?;
    let fresh = DocumentId::at(host.now_ms(), host.random());
    let edits = copied(&plain, to, &authors, host.now_ms());
    begin(tx, host, fresh, (Template::Note, Some(to)), &edits)?;
    for device in tx.followers(note)? {
        let reason = tx.follow_reason(note, device)?;
        let worker = tx
            .device(device)?
            .map(|device| tx.worker(&device.worker))
            .transpose()?
            .flatten();
        let sees = worker.map(|worker| may_see_id(tx, &worker, to)).transpose()?;
        if sees == Some(true) || reason.as_deref() == Some(JOINT_VISIT) {
            tx.follow(fresh, device, reason.as_deref())?;
        }
    }
    leave(tx, host, note, (fresh, to), because)?;
    Ok(fresh)
}

/// What a note leaves behind once its words stand elsewhere.
///
/// # Errors
/// The database's, or those of taking it back from the case systems.
pub(crate) fn leave(
    tx: &Tx<'_>,
    host: &Host,
    note: DocumentId,
    (to_document, person_to): (DocumentId, PersonId),
    because: Because<'_>,
) -> Result<(), Halt> {
    let person_from = tx.document_person(note)?;
    if export::is_out(tx, note)? {
        // Why, may name somebody who does not belong on this record.
        let why = if person_from == Some(person_to) {
            "It was joined with another note of the same visit."
        } else {
            "It was moved to another record."
        };
        export::withdraw(tx, host, note, why)?;
    }
    export::tell(tx, person_from, note)?;
    issues::moved_away(tx, host, note)?;
    let moved = Moved {
        document: note,
        to_document,
        person_from,
        person_to,
        at: host.now_ms(),
        by: because.by.to_owned(),
        reason: because.reason.to_owned(),
    };
    let open = [EntryState::Pending, EntryState::Waiting, EntryState::Held];
    let open = tx.log_of(note, &open)?;
    tx.move_away(&moved)?;
    for entry in open {
        // What nobody may overrule stays what it was.
        let known = entry.entry.code.as_deref().and_then(|code| code.parse().ok());
        let code = match known.filter(|_| entry.entry.state == EntryState::Held) {
            None
            | Some(
                Code::ChangedAfterFinish
                | Code::RevokedDevice
                | Code::PersonUnknown
                | Code::WrongDocument
                | Code::DependencyMissing,
            ) => Code::NoteMoved,
            Some(code) => code,
        };
        tx.log_set_state(entry.seq, EntryState::Held, Some(code.as_str()))?;
        issues::held(tx, host, &entry, code)?;
    }
    Ok(write_down(tx, &moved)?)
}

/// Both records have a line that says so, without a word of the note and without the other's name; why, and which two
/// records they are, stands by itself.
fn write_down(tx: &Tx<'_>, moved: &Moved) -> Result<(), StoreError> {
    let entry = |what: &str, person, document, detail: serde_json::Value| AuditEntry {
        at: moved.at,
        who: moved.by.clone(),
        what: what.to_owned(),
        person,
        document,
        detail: detail.to_string(),
    };
    if moved.person_from == Some(moved.person_to) {
        let detail = json!({"into": moved.to_document, "reason": moved.reason});
        return tx.audit(&entry(
            "note.joined",
            moved.person_from,
            Some(moved.document),
            detail,
        ));
    }
    if let Some(from) = moved.person_from {
        tx.audit(&entry(
            "note.moved_away",
            Some(from),
            Some(moved.document),
            json!({}),
        ))?;
    }
    let (to, became) = (Some(moved.person_to), Some(moved.to_document));
    tx.audit(&entry("note.moved_here", to, became, json!({})))?;
    let detail = json!({"from": moved.document, "to": moved.to_document, "reason": moved.reason});
    tx.audit(&entry("note.moved", None, None, detail))
}

/// The edits that say in a new note what an old one says, about another person. Whoever wrote in it stands among its
/// workers, so that they are its authors still.
fn copied(plain: &Plain, person: PersonId, authors: &[String], now: i64) -> Vec<Edit> {
    let put = |path: String, value: Scalar| Edit::Put {
        path,
        value: Some(value),
    };
    let mut edits = vec![put("person".to_owned(), Scalar::Text(person.to_string()))];
    let own = ["person", "person_name", "schema"];
    for (name, value) in plain.values.iter().filter(|(name, _)| !own.contains(name)) {
        edits.push(put((*name).to_owned(), value.clone().into()));
    }
    let began = plain.time("started_at").unwrap_or(now);
    let workers = plain.entries.get("workers");
    for author in authors
        .iter()
        .filter(|id| !workers.is_some_and(|all| all.contains_key(*id)))
    {
        edits.push(put(format!("workers.{author}.joined_at"), Scalar::Time(began)));
    }
    for (name, text) in plain.texts.iter().filter(|(_, text)| !text.is_empty()) {
        edits.push(Edit::Splice {
            field: (*name).to_owned(),
            at: 0,
            delete: 0,
            insert: text.clone(),
        });
    }
    edits.extend(plain.private.iter().map(|passage| Edit::Mark {
        field: passage.field.to_owned(),
        start: passage.start as u64,
        end: passage.end as u64,
        kind: passage.kind.clone(),
    }));
    for (name, record) in plain.records.iter().filter(|(name, _)| **name != "finished") {
        let slots = record.iter();
        edits.extend(slots.map(|(slot, value)| put(format!("{name}.{slot}"), value.clone().into())));
    }
    edits.extend(entries(plain, |_| true));
    for (name, counters) in &plain.counters {
        let each = counters.iter();
        edits.extend(each.map(|(id, count)| put(format!("{name}.{id}"), Scalar::Count(*count))));
    }
    if let Some((at, author)) = plain.finished() {
        let author = author.to_owned();
        edits.push(Edit::Finish { at, author });
    }
    edits
}

/// The edits that write a note's entries into another, of the fields that are asked for.
pub(crate) fn entries<'p>(
    plain: &'p Plain,
    of: impl Fn(&str) -> bool + 'p,
) -> impl Iterator<Item = Edit> + 'p {
    let fields = plain.entries.iter().filter(move |(name, _)| of(name));
    let each = fields.flat_map(|(name, all)| all.iter().map(move |(id, entry)| (name, id, entry)));
    each.flat_map(|(name, id, entry)| {
        entry.iter().map(move |(slot, value)| Edit::Put {
            path: format!("{name}.{id}.{slot}"),
            value: Some(value.clone().into()),
        })
    })
}
