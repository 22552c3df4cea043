//! From a published note to a version and its event, in one transaction: neither is there without
//! the other, and a version that looks the same to a reader is not written again.

use notes::attachment::AttachmentId;
use notes::ids::{DocumentId, PersonId, uuid_v7};
use notes::note::{Plain, Template};
use notes::problem::Code;
use serde_json::Value;

use super::content::{Content, content, emptied, mark};
use super::event::{Envelope, Names, line, reason_of, title, undressed};
use super::shown::time;
use super::{cursor, summary};
use crate::host::Host;
use crate::issues::Halt;
use crate::store::{
    Audience, DocumentRecord, EventRecord, NewsKind, PersonRecord, StoreError, Tx, VersionRecord,
};

/// The event that takes a note back.
const WITHDRAWN: &str = "note.withdrawn";
const DAY_MS: i64 = 86_400_000;

/// Writes what a case system must learn of a note: a version, its event and the news of it. Called
/// in the transaction that publishes entries of the note, and never while projections are made
/// again from old entries, because the versions in between have gone out already.
///
/// Nothing is written while the note is open, while its person is not known, or where a reader
/// would see nothing new; then only the heads move on, so that a phone knows that it has nothing
/// newer. `authors` are the workers who wrote or were there, in order of first appearance.
///
/// # Errors
/// The database's.
pub fn after_publish(
    tx: &Tx<'_>,
    host: &Host,
    record: &DocumentRecord,
    plain: &Plain,
    authors: &[String],
    received_at: i64,
) -> Result<(), StoreError> {
    if record.template != Template::Note || plain.finished().is_none() {
        return Ok(());
    }
    let Some(person) = record.person.map(|id| tx.person(id)).transpose()?.flatten() else {
        return Ok(());
    };
    let content = content(plain, person.id, authors, &here(tx, record.id)?);
    match newest(tx, record.id)? {
        // A decision took it back. What is written in it now stays here.
        Some(before) if before.event.kind == WITHDRAWN => {
            tx.version_heads(record.id, before.version.version, &record.heads)?;
        }
        Some(before) if undressed(&before.event.line)? == content => {
            if before.version.heads == record.heads {
                return Ok(());
            }
            tx.version_heads(record.id, before.version.version, &record.heads)?;
        }
        before => {
            let next = Next::saying(&content, received_at);
            write(tx, host, (record, &person), before.as_ref(), &next)?;
        }
    }
    tell(tx, Some(person.id), record.id)
}

/// The files that came whole for a note.
fn here(tx: &Tx<'_>, document: DocumentId) -> Result<Vec<AttachmentId>, StoreError> {
    let mut here = tx.named(document)?;
    let mut missing = Vec::new();
    for id in &here {
        if tx.holding(*id, document)?.is_none() {
            missing.push(*id);
        }
    }
    here.retain(|id| !missing.contains(id));
    Ok(here)
}

/// A file came whole for a note: where a version said that it is not available, the next one says that it is. Called
/// in the transaction that holds the file.
///
/// # Errors
/// The database's.
pub fn attachment_arrived(tx: &Tx<'_>, host: &Host, document: DocumentId) -> Result<(), StoreError> {
    let (Some(before), Some((record, person))) = (newest(tx, document)?, known(tx, document)?) else {
        return Ok(());
    };
    let mut content = undressed(&before.event.line)?;
    let here = here(tx, document)?;
    let changed = content.get_mut("attachments").is_some_and(|all| mark(all, &here));
    if !changed {
        return Ok(());
    }
    let next = Next::saying(&content, host.now_ms());
    write(tx, host, (&record, &person), Some(&before), &next)?;
    tell(tx, Some(person.id), document)
}

/// Sends the newest version again, whole, above what case systems took before the server was restored.
///
/// # Errors
/// The database's.
pub(super) fn again(tx: &Tx<'_>, host: &Host, document: DocumentId) -> Result<(), StoreError> {
    again_because(tx, host, document, None)
}

/// The same, with other words for why; where none are given, it was a restore.
fn again_because(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    why: Option<&'static str>,
) -> Result<(), StoreError> {
    let (Some(before), Some((record, person))) = (newest(tx, document)?, known(tx, document)?) else {
        return Ok(());
    };
    let content = undressed(&before.event.line)?;
    let mut next = Next::saying(&content, host.now_ms());
    next.why = why;
    if before.event.kind == WITHDRAWN {
        next.kind = Some(WITHDRAWN);
        next.reason = reason_of(&before.event.line)?;
    }
    write(tx, host, (&record, &person), Some(&before), &next)?;
    tell(tx, Some(person.id), document)
}

/// Takes a note back from the case systems: an event with a reason and without what was written. The note stays here,
/// and what is written in it later is not sent.
///
/// # Errors
/// [`Code::NotFound`] where no version of it was sent, [`Code::WithdrawnNote`] where it was taken back before, or the
/// database's.
pub(crate) fn withdraw(tx: &Tx<'_>, host: &Host, document: DocumentId, reason: &str) -> Result<(), Halt> {
    let (Some(before), Some((record, person))) = (newest(tx, document)?, known(tx, document)?) else {
        return Err(Code::NotFound.into());
    };
    if before.event.kind == WITHDRAWN {
        return Err(Code::WithdrawnNote.into());
    }
    let content = emptied(undressed(&before.event.line)?);
    let mut next = Next::saying(&content, host.now_ms());
    next.kind = Some(WITHDRAWN);
    next.reason = Some(reason.to_owned());
    write(tx, host, (&record, &person), Some(&before), &next)?;
    Ok(tell(tx, Some(person.id), document)?)
}

/// Sends the newest version again, whole, because a person wants it; the number that it has then. None where no version
/// was ever sent.
///
/// # Errors
/// The database's.
pub(crate) fn send_again(tx: &Tx<'_>, host: &Host, document: DocumentId) -> Result<Option<u64>, StoreError> {
    again_because(tx, host, document, Some("Sent again at the team's wish."))?;
    Ok(tx.version_newest(document)?.map(|version| version.version))
}

/// The version that comes after the newest; none where none was sent, or the note was taken back.
///
/// # Errors
/// The database's.
pub fn version_after(tx: &Tx<'_>, document: DocumentId) -> Result<Option<u64>, StoreError> {
    let last = last(tx, document, newest(tx, document)?.as_ref())?;
    Ok(last.map(|(version, _)| version + 1))
}

/// The version that a change of a note makes; none where case systems do not hear of it.
///
/// # Errors
/// The database's.
pub fn next_version(tx: &Tx<'_>, document: DocumentId) -> Result<Option<u64>, StoreError> {
    let Some((record, _)) = known(tx, document)?.filter(|(record, _)| record.finished_at.is_some()) else {
        return Ok(None);
    };
    let newest = newest(tx, record.id)?;
    if newest
        .as_ref()
        .is_some_and(|newest| newest.event.kind == WITHDRAWN)
    {
        return Ok(None);
    }
    Ok(Some(
        last(tx, document, newest.as_ref())?.map_or(1, |(version, _)| version + 1),
    ))
}

/// Whether case systems were sent a note, and it was not taken back.
///
/// # Errors
/// The database's.
pub fn is_out(tx: &Tx<'_>, document: DocumentId) -> Result<bool, StoreError> {
    Ok(newest(tx, document)?.is_some_and(|newest| newest.event.kind != WITHDRAWN))
}

/// Why a version takes its note back; none where it does not.
///
/// # Errors
/// The database's.
pub fn withdrawn(tx: &Tx<'_>, version: &VersionRecord) -> Result<Option<String>, StoreError> {
    let event = tx.outbox_event(&version.event_id)?;
    match event.filter(|event| event.kind == WITHDRAWN) {
        Some(event) => Ok(Some(reason_of(&event.line)?.unwrap_or_default())),
        None => Ok(None),
    }
}

fn known(tx: &Tx<'_>, document: DocumentId) -> Result<Option<(DocumentRecord, PersonRecord)>, StoreError> {
    let Some(record) = tx.document(document)? else {
        return Ok(None);
    };
    let person = record.person.map(|id| tx.person(id)).transpose()?.flatten();
    Ok(person.map(|person| (record, person)))
}

/// Whether the newest version of a note says that a file is available.
///
/// # Errors
/// The database's.
pub fn offers(tx: &Tx<'_>, document: DocumentId, id: AttachmentId) -> Result<bool, StoreError> {
    let Some(newest) = newest(tx, document)? else {
        return Ok(false);
    };
    let (content, id) = (undressed(&newest.event.line)?, id.to_string());
    let all = content.get("attachments").and_then(Value::as_array);
    let is_it = |one: &Value| one["sha256"] == id.as_str() && one["available"] == true;
    Ok(all.is_some_and(|all| all.iter().any(is_it)))
}

/// The newest version of a note, with the event that carried it: what a version says stands there.
struct Newest {
    version: VersionRecord,
    event: EventRecord,
}

fn newest(tx: &Tx<'_>, document: DocumentId) -> Result<Option<Newest>, StoreError> {
    let Some(version) = tx.version_newest(document)? else {
        return Ok(None);
    };
    let event = tx.outbox_event(&version.event_id)?;
    let event = event.ok_or(StoreError::Inconsistent("a version without its event"))?;
    Ok(Some(Newest { version, event }))
}

/// What the next version is to say.
struct Next<'a> {
    content: &'a Content,
    received_at: i64,
    /// None: finished or amended, as it comes.
    kind: Option<&'static str>,
    reason: Option<String>,
    /// Why the same is said once more.
    why: Option<&'static str>,
}

impl<'a> Next<'a> {
    const fn saying(content: &'a Content, received_at: i64) -> Self {
        Self {
            content,
            received_at,
            kind: None,
            reason: None,
            why: None,
        }
    }
}

fn write(
    tx: &Tx<'_>,
    host: &Host,
    (record, person): (&DocumentRecord, &PersonRecord),
    before: Option<&Newest>,
    next: &Next<'_>,
) -> Result<(), StoreError> {
    let now = host.now_ms();
    let n = tx.outbox_next()?;
    let event_id = DocumentId(uuid_v7(now, host.random())).to_string();
    let names = Names::of(tx, next.content)?;
    let last = last(tx, record.id, before)?;
    let kind = next.kind.unwrap_or(match last {
        None => "note.finished",
        Some(_) => "note.amended",
    });
    let version = last.as_ref().map_or(0, |(version, _)| *version) + 1;
    let envelope = Envelope {
        event_id: event_id.clone(),
        cursor: cursor::write(cursor::epoch(tx)?, n),
        kind,
        note_id: record.id.to_string(),
        version,
        title: title(next.content, record.started_at),
        received_at: time(Some(next.received_at)),
        change_summary: change(last.is_some(), before, next, &names)?,
        supersedes: last.map(|(_, event_id)| event_id),
        reason: next.reason.clone(),
    };
    let (line, sha256) = line(envelope, next.content, person, &names)?;
    tx.outbox_put(&EventRecord {
        n,
        event_id: event_id.clone(),
        kind: kind.to_owned(),
        document: record.id,
        version,
        sha256,
        created_at: now,
        day: next.received_at.div_euclid(DAY_MS),
        line,
    })?;
    tx.version_put(&VersionRecord {
        document: record.id,
        version,
        event_id,
        heads: record.heads.clone(),
    })
}

/// The version and the event before the next one: also one that a case system took and a restore lost.
fn last(
    tx: &Tx<'_>,
    document: DocumentId,
    before: Option<&Newest>,
) -> Result<Option<(u64, String)>, StoreError> {
    let before = before.map(|before| (before.version.version, before.version.event_id.clone()));
    let taken = tx.taken(document)?.map(|taken| (taken.version, taken.event_id));
    Ok(before
        .into_iter()
        .chain(taken)
        .max_by_key(|(version, _)| *version))
}

/// What changed, for a person; none in the first version.
fn change(
    amends: bool,
    before: Option<&Newest>,
    next: &Next<'_>,
    names: &Names,
) -> Result<Option<String>, StoreError> {
    if !amends {
        return Ok(None);
    }
    if next.kind == Some(WITHDRAWN) {
        return Ok(Some("The note was taken back.".to_owned()));
    }
    let restored = "Sent again, because the server was restored from a backup.";
    let again = || Some(next.why.unwrap_or(restored).to_owned());
    let Some(before) = before else { return Ok(again()) };
    let earlier = undressed(&before.event.line)?;
    if earlier == *next.content {
        return Ok(again());
    }
    Ok(Some(summary::summary(&earlier, next.content, names)))
}

/// Tells everybody who holds a note that its version, or what became of it, is another. What it is, is found when they
/// ask.
///
/// # Errors
/// The database's.
pub fn tell(tx: &Tx<'_>, person: Option<PersonId>, document: DocumentId) -> Result<(), StoreError> {
    if let Some(person) = person {
        tx.tell(Audience::Person(person), NewsKind::Version, &document.0)?;
    }
    for device in tx.followers(document)? {
        tx.tell(Audience::Device(device), NewsKind::Version, &document.0)?;
    }
    Ok(())
}
