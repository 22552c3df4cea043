//! Making two notes about one visit one: the earlier keeps its id, and the other's words come to stand in it with a line
//! that says whose they are. Into a note that is finished they come as an addendum. The other note is then one that was
//! moved into it.

use std::collections::BTreeSet;

use notes::ids::{DocumentId, PersonId};
use notes::note::edit::Scalar;
use notes::note::fields::MAX_TEXT_CHARS;
use notes::note::{Edit, Plain};
use notes::problem::Code;

use super::{Deed, pair};
use crate::export;
use crate::issues::addenda::{self, Words};
use crate::issues::{Difference, Halt, differences, in_words};
use crate::store::{Issue, StoreError, Tx};
use crate::sync::{Because, authors_of, desk_change, entries, leave, read};

/// One of the two.
struct Side {
    id: DocumentId,
    plain: Plain,
    authors: Vec<String>,
    /// The authors by name.
    names: String,
}

/// Both sides, the one that stays first; none where they cannot be one.
pub(super) fn can(tx: &Tx<'_>, issue: &Issue) -> Result<bool, StoreError> {
    let ids: Vec<DocumentId> = pair(issue).collect();
    let [stays, goes] = ids[..] else { return Ok(false) };
    Ok(person_of_both(tx, stays, goes)?.is_some())
}

fn person_of_both(tx: &Tx<'_>, one: DocumentId, other: DocumentId) -> Result<Option<PersonId>, StoreError> {
    let (one, other) = (tx.document_person(one)?, tx.document_person(other)?);
    Ok(one.filter(|_| one == other))
}

impl Side {
    fn read(tx: &Tx<'_>, id: DocumentId) -> Result<Self, Halt> {
        let (doc, plain) = read(tx, id)?.ok_or(Code::NotFound)?;
        let authors = authors_of(tx, &doc, &plain)?;
        let mut names = Vec::new();
        for author in &authors {
            names.push(
                tx.worker(author)?
                    .map_or_else(|| author.clone(), |worker| worker.name),
            );
        }
        let names = names.join(" and ");
        Ok(Self {
            id,
            plain,
            authors,
            names,
        })
    }
}

pub(super) fn end(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    let (tx, host) = (deed.tx, deed.host);
    let ids: Vec<DocumentId> = pair(deed.issue).collect();
    let [stays, goes] = ids[..] else {
        return Err(Code::ActionUnknown.into());
    };
    let person = person_of_both(tx, stays, goes)?.ok_or(Code::ActionUnknown)?;
    let (stays, goes) = (Side::read(tx, stays)?, Side::read(tx, goes)?);
    let finished = stays.plain.finished().is_some();
    let mut edits = taken_over(&stays.plain, &goes);
    edits.extend(if finished {
        as_addendum(deed, &goes)
    } else {
        appended(&stays.plain, &goes)?
    });
    if !edits.is_empty() {
        desk_change(tx, host, stays.id, &edits)?;
    }
    let how = if finished {
        "as an addendum"
    } else {
        "with a line that says whose they are"
    };
    deed.say(format!(
        "The note of {} stays, and gets the words of {} {how}.",
        stays.names, goes.names
    ));
    deed.say_reach(stays.id)?;
    if export::is_out(tx, goes.id)? {
        deed.say("The case systems are told to take the other note back.");
    }
    deed.say("The other note leaves the phones. What a phone sends for it later is held, and lost nowhere.");
    let because = Because {
        by: deed.by,
        reason: deed.reason,
    };
    leave(tx, host, goes.id, (stays.id, person), because)
}

/// Who was there for us, files, what is counted, and addenda: taken over as they are.
fn taken_over(stays: &Plain, goes: &Side) -> Vec<Edit> {
    let put = |path: String, value: Scalar| Edit::Put {
        path,
        value: Some(value),
    };
    let known = |name: &str, id: &str| stays.entries.get(name).is_some_and(|all| all.contains_key(id));
    let began = goes
        .plain
        .time("started_at")
        .or_else(|| stays.time("started_at"))
        .unwrap_or(0);
    let workers = goes.authors.iter().filter(|id| !known("workers", id));
    let mut edits: Vec<Edit> = workers
        .map(|id| put(format!("workers.{id}.joined_at"), Scalar::Time(began)))
        .collect();
    let as_they_are = |name: &str| ["attachments", "addenda"].contains(&name);
    edits.extend(entries(&goes.plain, as_they_are).filter(|edit| fresh(edit, &known)));
    for (name, counters) in &goes.plain.counters {
        for (id, count) in counters {
            let here = stays
                .counters
                .get(name)
                .and_then(|all| all.get(id))
                .copied()
                .unwrap_or(0);
            edits.push(put(
                format!("{name}.{id}"),
                Scalar::Count(here.saturating_add(*count)),
            ));
        }
    }
    edits
}

/// Whether an edit writes into an entry that is not there yet.
fn fresh(edit: &Edit, known: &impl Fn(&str, &str) -> bool) -> bool {
    let Edit::Put { path, .. } = edit else { return true };
    let mut steps = path.split('.');
    !matches!((steps.next(), steps.next()), (Some(name), Some(id)) if known(name, id))
}

/// Into a note that is open: text behind text, entries beside entries, and single values where there is none.
fn appended(stays: &Plain, goes: &Side) -> Result<Vec<Edit>, Halt> {
    let mut edits = Vec::new();
    for (field, text) in goes
        .plain
        .texts
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
    {
        let here = stays.texts.get(field).map_or("", String::as_str);
        let gap = if here.is_empty() { "" } else { "\n\n" };
        let before = format!("{gap}From the note of {}:\n", goes.names);
        let at = here.chars().count();
        let begins = at + before.chars().count();
        if begins + text.chars().count() > MAX_TEXT_CHARS {
            return Err(Code::Unprocessable.into());
        }
        edits.push(Edit::Splice {
            field: (*field).to_owned(),
            at: at as u64,
            delete: 0,
            insert: format!("{before}{text}"),
        });
        let marks = goes
            .plain
            .private
            .iter()
            .filter(|passage| passage.field == *field);
        edits.extend(marks.map(|passage| Edit::Mark {
            field: (*field).to_owned(),
            start: (begins + passage.start) as u64,
            end: (begins + passage.end) as u64,
            kind: passage.kind.clone(),
        }));
    }
    let known = |name: &str, id: &str| stays.entries.get(name).is_some_and(|all| all.contains_key(id));
    let others = |name: &str| !["attachments", "addenda", "workers"].contains(&name);
    edits.extend(entries(&goes.plain, others).filter(|edit| fresh(edit, &known)));
    for (name, record) in goes.plain.records.iter().filter(|(name, _)| **name != "finished") {
        let here = stays.records.get(name);
        for (slot, value) in record
            .iter()
            .filter(|(slot, _)| here.is_none_or(|all| !all.contains_key(**slot)))
        {
            edits.push(Edit::Put {
                path: format!("{name}.{slot}"),
                value: Some(value.clone().into()),
            });
        }
    }
    Ok(edits)
}

/// Into a note that is finished: one addendum with all that the other says, by whoever began it.
fn as_addendum(deed: &Deed<'_, '_>, goes: &Side) -> Vec<Edit> {
    let Some(author) = goes.authors.first() else {
        return Vec::new();
    };
    let apart: BTreeSet<&str> = [
        "person",
        "person_name",
        "kind",
        "started_at",
        "ended_at",
        "finished",
        "attachments",
        "addenda",
    ]
    .into();
    let said: Vec<Difference> = differences(None, &goes.plain)
        .into_iter()
        .filter(|one| {
            !one.path
                .split('.')
                .next()
                .is_some_and(|name| apart.contains(name))
        })
        .collect();
    if said.is_empty() {
        return Vec::new();
    }
    let marked = goes.plain.private.iter().map(|passage| passage.kind.clone());
    let entries = goes.plain.entries.values().flat_map(|all| all.values());
    let flagged = entries.filter_map(|entry| entry.get("private")?.text().map(str::to_owned));
    let words = Words {
        author,
        at: deed.host.now_ms(),
        text: &format!(
            "From the note of {} about the same visit.\n{}",
            goes.names,
            in_words(&said)
        ),
        private: marked.chain(flagged).max(),
    };
    addenda::edits(deed.host, &words)
}
