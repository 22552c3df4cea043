//! From a published note to a version and its event, in one transaction: neither is there without
//! the other, and a version that looks the same to a reader is not written again.

use notes::attachment::AttachmentId;
use notes::ids::{DocumentId, PersonId, uuid_v7};
use notes::note::{Plain, Template};
use serde_json::Value;

use super::content::{Content, content, mark};
use super::event::{Envelope, Names, line, title, undressed};
use super::shown::time;
use super::{cursor, summary};
use crate::host::Host;
use crate::store::{
    Audience, DocumentRecord, EventRecord, NewsKind, PersonRecord, StoreError, Tx, VersionRecord,
};

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
    let before = tx.version_newest(record.id)?;
    match before {
        Some(before) if read(tx, &before)? == content => {
            if before.heads == record.heads {
                return Ok(());
            }
            tx.version_heads(record.id, before.version, &record.heads)?;
        }
        before => write(tx, host, record, &person, &content, (before, received_at))?,
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
    let (Some(before), Some(record)) = (tx.version_newest(document)?, tx.document(document)?) else {
        return Ok(());
    };
    let Some(person) = record.person.map(|id| tx.person(id)).transpose()?.flatten() else {
        return Ok(());
    };
    let mut content = read(tx, &before)?;
    let here = here(tx, document)?;
    let changed = content.get_mut("attachments").is_some_and(|all| mark(all, &here));
    if !changed {
        return Ok(());
    }
    write(
        tx,
        host,
        &record,
        &person,
        &content,
        (Some(before), host.now_ms()),
    )?;
    tell(tx, Some(person.id), document)
}

/// Whether the newest version of a note says that a file is available.
///
/// # Errors
/// The database's.
pub fn offers(tx: &Tx<'_>, document: DocumentId, id: AttachmentId) -> Result<bool, StoreError> {
    let Some(version) = tx.version_newest(document)? else {
        return Ok(false);
    };
    let (content, id) = (read(tx, &version)?, id.to_string());
    let all = content.get("attachments").and_then(Value::as_array);
    let is_it = |one: &Value| one["sha256"] == id.as_str() && one["available"] == true;
    Ok(all.is_some_and(|all| all.iter().any(is_it)))
}

/// What a version says: its event does.
fn read(tx: &Tx<'_>, version: &VersionRecord) -> Result<Content, StoreError> {
    let event = tx.outbox_event(&version.event_id)?;
    let event = event.ok_or(StoreError::Inconsistent("a version without its event"))?;
    undressed(&event.line)
}

fn write(
    tx: &Tx<'_>,
    host: &Host,
    record: &DocumentRecord,
    person: &PersonRecord,
    content: &Content,
    (before, received_at): (Option<VersionRecord>, i64),
) -> Result<(), StoreError> {
    let now = host.now_ms();
    let n = tx.outbox_next()?;
    let event_id = DocumentId(uuid_v7(now, host.random())).to_string();
    let names = Names::of(tx, content)?;
    let change_summary = match &before {
        Some(before) => Some(summary::summary(&read(tx, before)?, content, &names)),
        None => None,
    };
    let version = before.as_ref().map_or(0, |before| before.version) + 1;
    let kind = if before.is_none() {
        "note.finished"
    } else {
        "note.amended"
    };
    let envelope = Envelope {
        event_id: event_id.clone(),
        cursor: cursor::write(cursor::epoch(tx)?, n),
        kind,
        note_id: record.id.to_string(),
        version,
        supersedes: before.map(|before| before.event_id),
        title: title(content, record.started_at),
        received_at: time(Some(received_at)),
        change_summary,
    };
    let (line, sha256) = line(envelope, content, person, &names)?;
    tx.outbox_put(&EventRecord {
        n,
        event_id: event_id.clone(),
        kind: kind.to_owned(),
        document: record.id,
        version,
        sha256,
        created_at: now,
        line,
    })?;
    tx.version_put(&VersionRecord {
        document: record.id,
        version,
        event_id,
        heads: record.heads.clone(),
    })
}

/// Tells everybody who holds a note that its version, or what became of it, is another.
pub(super) fn tell(tx: &Tx<'_>, person: Option<PersonId>, document: DocumentId) -> Result<(), StoreError> {
    if let Some(person) = person {
        tx.tell(Audience::Person(person), NewsKind::Version, &document.0)?;
    }
    for device in tx.followers(document)? {
        tx.tell(Audience::Device(device), NewsKind::Version, &document.0)?;
    }
    Ok(())
}
