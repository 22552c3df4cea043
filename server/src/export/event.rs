//! One event of the feed: a version with names instead of ids, its hash, and the line that every
//! reader gets. The line is canonical JSON (RFC 8785), so the hash can be checked with any library.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::canonical::canonical;
use super::content::Content;
use super::words;
use crate::hex::hex;
use crate::store::{PersonRecord, StoreError, Tx};

/// What an event has beside the content of its version.
pub(super) struct Envelope {
    pub(super) event_id: String,
    pub(super) cursor: String,
    pub(super) kind: &'static str,
    pub(super) note_id: String,
    pub(super) version: u64,
    pub(super) supersedes: Option<String>,
    pub(super) title: String,
    pub(super) received_at: Value,
    pub(super) change_summary: Option<String>,
    /// Only a note that is withdrawn or removed says why.
    pub(super) reason: Option<String>,
}

/// Names of workers, by id.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Looks up everybody whom a version names.
    pub(super) fn of(tx: &Tx<'_>, content: &Content) -> Result<Self, StoreError> {
        let mut names = BTreeMap::new();
        let authors = array(content, "authors").iter();
        let addenda = array(content, "addenda")
            .iter()
            .map(|addendum| &addendum["author"]);
        for id in authors.chain(addenda).filter_map(Value::as_str) {
            if let Some(worker) = tx.worker(id)? {
                names.insert(id.to_owned(), worker.name);
            }
        }
        Ok(Self(names))
    }

    /// The name, or the id of somebody who is not on the list of workers.
    pub(super) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }

    fn worker(&self, id: &Value) -> Value {
        match id.as_str() {
            Some(id) => json!({"worker_id": id, "name": self.0.get(id)}),
            None => Value::Null,
        }
    }
}

/// An array of the content; empty where there is none.
pub(super) fn array<'a>(content: &'a Content, name: &str) -> &'a [Value] {
    content
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn array_mut<'a>(content: &'a mut Content, name: &str) -> &'a mut [Value] {
    content
        .get_mut(name)
        .and_then(Value::as_array_mut)
        .map_or(&mut [], Vec::as_mut_slice)
}

/// Makes the line, without a line feed, and its hash.
pub(super) fn line(
    envelope: Envelope,
    content: &Content,
    person: &PersonRecord,
    names: &Names,
) -> Result<(Vec<u8>, [u8; 32]), StoreError> {
    let mut event = dressed(content, person, names);
    event.insert("event_id".into(), envelope.event_id.into());
    event.insert("type".into(), envelope.kind.into());
    event.insert("note_id".into(), envelope.note_id.into());
    event.insert("version".into(), envelope.version.into());
    event.insert("supersedes".into(), envelope.supersedes.into());
    event.insert("title".into(), envelope.title.into());
    event.insert("received_at".into(), envelope.received_at);
    event.insert("change_summary".into(), envelope.change_summary.into());
    event.insert("reason".into(), envelope.reason.into());
    let mut members = members(content, &event)?;
    let sha256: [u8; 32] = Sha256::digest(joined(&members)).into();
    for (name, value) in [("sha256", hex(&sha256)), ("cursor", envelope.cursor)] {
        members.insert(name, canonical(&value.into())?);
    }
    Ok((joined(&members), sha256))
}

/// The members of an event by name, each value as canonical JSON: those of the content where the event has none of
/// its own. The hash goes over all but two of them, so each is written once and joined twice.
fn members<'a>(
    content: &'a Content,
    event: &'a Map<String, Value>,
) -> Result<BTreeMap<&'a str, Vec<u8>>, StoreError> {
    let kept = content.iter().filter(|(name, _)| !event.contains_key(*name));
    let each = kept
        .chain(event)
        .map(|(name, value)| Ok((name.as_str(), canonical(value)?)));
    each.collect()
}

/// One object of members whose names need no escape: in ASCII the order of bytes is that of RFC 8785 section 3.2.3.
fn joined(members: &BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    let mut line = Vec::with_capacity(
        members
            .iter()
            .map(|(name, value)| name.len() + value.len() + 4)
            .sum(),
    );
    for (name, value) in members {
        line.push(if line.is_empty() { b'{' } else { b',' });
        line.push(b'"');
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(b"\":");
        line.extend_from_slice(value);
    }
    line.push(b'}');
    line
}

/// The line with another cursor; its hash does not cover that.
pub(super) fn with_cursor(line: Vec<u8>, cursor: &str) -> Result<Vec<u8>, StoreError> {
    // A quotation mark inside a text is escaped, so this is found only where it is the member.
    let member = format!("\"cursor\":\"{cursor}\"");
    if line
        .windows(member.len())
        .any(|window| window == member.as_bytes())
    {
        return Ok(line);
    }
    let mut event: Map<String, Value> =
        serde_json::from_slice(&line).map_err(|_| StoreError::Inconsistent("an event cannot be read"))?;
    event.insert("cursor".into(), cursor.into());
    canonical(&Value::Object(event))
}

/// What stands in the event with names, and in the content without.
fn dressed(content: &Content, person: &PersonRecord, names: &Names) -> Map<String, Value> {
    let mut event = Map::new();
    let person = json!({"id": person.id, "case_id": person.case_id, "name": person.name});
    event.insert("person".into(), person);
    let authors = array(content, "authors").iter().map(|id| names.worker(id));
    event.insert("authors".into(), authors.collect());
    let addenda = array(content, "addenda").iter().map(|addendum| {
        let mut addendum = addendum.clone();
        if let Some(object) = addendum.as_object_mut() {
            let author = object.get("author").map_or(Value::Null, |id| names.worker(id));
            object.insert("author".into(), author);
        }
        addendum
    });
    event.insert("addenda".into(), addenda.collect());
    event
}

/// What an event has beside the content of its version.
const ENVELOPE: [&str; 11] = [
    "event_id",
    "type",
    "note_id",
    "version",
    "supersedes",
    "title",
    "received_at",
    "change_summary",
    "reason",
    "sha256",
    "cursor",
];

/// The content that an event was made of, with ids where it has names.
pub(super) fn undressed(line: &[u8]) -> Result<Content, StoreError> {
    let mut content: Content =
        serde_json::from_slice(line).map_err(|_| StoreError::Inconsistent("an event cannot be read"))?;
    for name in ENVELOPE {
        content.remove(name);
    }
    let id_of = |of: &mut Value, name: &str| of.get_mut(name).map_or(Value::Null, Value::take);
    if let Some(person) = content.get_mut("person") {
        *person = id_of(person, "id");
    }
    for author in array_mut(&mut content, "authors") {
        *author = id_of(author, "worker_id");
    }
    for addendum in array_mut(&mut content, "addenda") {
        if let Some(author) = addendum.get_mut("author") {
            *author = id_of(author, "worker_id");
        }
    }
    Ok(content)
}

/// Why the event of a line withdraws its note.
pub(super) fn reason_of(line: &[u8]) -> Result<Option<String>, StoreError> {
    let event: Map<String, Value> =
        serde_json::from_slice(line).map_err(|_| StoreError::Inconsistent("an event cannot be read"))?;
    Ok(event.get("reason").and_then(Value::as_str).map(str::to_owned))
}

/// The title of a version.
pub(super) fn title(content: &Content, started_at: Option<i64>) -> String {
    words::title(content.get("kind").and_then(Value::as_str), started_at)
}
