//! What a reader of one version sees, with ids where the event has names: a worker who marries or a
//! person whose name is corrected in the case system is no new version of a note.

use notes::attachment::AttachmentId;
use notes::ids::PersonId;
use notes::note::fields::{Shape, Slot};
use notes::note::plain::{Entry, Value as Plainly};
use notes::note::{Plain, Template};
use serde_json::{Map, Value, json};

use super::canonical::LARGEST;
use super::shown::time;

/// The content of a version, by the feed's names.
pub(super) type Content = Map<String, Value>;

const TEXTS: [&str; 6] = [
    "body",
    "what_matters",
    "strengths",
    "persons_words",
    "analysis",
    "person_view",
];
const ENTRIES: [&str; 5] = ["present", "outcomes", "actions", "unmet_needs", "concerns"];
const RECORDS: [&str; 2] = ["feedback", "review"];

/// Reads a note's content. Minutes spent stay out.
/// `here` are the files that came whole for it.
pub(super) fn content(plain: &Plain, person: PersonId, authors: &[String], here: &[AttachmentId]) -> Content {
    let mut content = Content::new();
    content.insert("person".into(), person.to_string().into());
    content.insert("authors".into(), json!(authors));
    content.insert("kind".into(), json!(plain.text("kind")));
    content.insert("started_at".into(), time(plain.time("started_at")));
    content.insert("ended_at".into(), time(plain.time("ended_at")));
    let finished_at = plain.finished().map(|(at, _)| at);
    content.insert("finished_at".into(), time(finished_at));
    for name in TEXTS {
        let text = plain.texts.get(name).map_or("", String::as_str);
        content.insert(name.into(), text.into());
    }
    for name in RECORDS {
        let record = plain.records.get(name).filter(|record| !record.is_empty());
        let record = record.map(|record| Value::Object(whole(record, slots(name))));
        content.insert(name.into(), record.into());
    }
    for name in ENTRIES {
        content.insert(name.into(), entries(plain, name, "id"));
    }
    content.insert("addenda".into(), entries(plain, "addenda", "id"));
    content.insert("attachments".into(), attachments(plain, here));
    content.insert("private".into(), json!(plain.private));
    content
}

/// A content that says who and when, and nothing of what was written.
pub(super) fn emptied(mut content: Content) -> Content {
    for name in TEXTS {
        content.insert(name.into(), "".into());
    }
    for name in RECORDS {
        content.insert(name.into(), Value::Null);
    }
    for name in ENTRIES.into_iter().chain(["addenda", "attachments", "private"]) {
        content.insert(name.into(), Value::Array(Vec::new()));
    }
    content
}

/// Entries in the order of their ids, with every slot that the table has.
fn entries(plain: &Plain, name: &str, id_name: &str) -> Value {
    let slots = slots(name);
    let all = plain.entries.get(name).into_iter().flatten();
    let each = all.map(|(id, entry)| {
        let mut object = Map::new();
        object.insert(id_name.into(), id.as_str().into());
        object.extend(whole(entry, slots));
        Value::Object(object)
    });
    Value::Array(each.collect())
}

/// Attachments go by their hash. Their bytes travel apart: `available` says whether this server can give them.
fn attachments(plain: &Plain, here: &[AttachmentId]) -> Value {
    let mut all = entries(plain, "attachments", "sha256");
    mark(&mut all, here);
    all
}

/// Marks those that are here; whether that changed anything.
pub(super) fn mark(attachments: &mut Value, here: &[AttachmentId]) -> bool {
    let mut changed = false;
    for attachment in attachments.as_array_mut().into_iter().flatten() {
        let is_here = is_one_of(attachment, here);
        if let Some(object) = attachment.as_object_mut() {
            let before = object.insert("available".into(), is_here.into());
            changed |= before != Some(is_here.into());
        }
    }
    changed
}

fn is_one_of(attachment: &Value, here: &[AttachmentId]) -> bool {
    let id = attachment.get("sha256").and_then(Value::as_str);
    id.and_then(|id| id.parse().ok())
        .is_some_and(|id| here.contains(&id))
}

fn slots(name: &str) -> &'static [Slot] {
    match Template::Note.field(name).map(|field| field.shape) {
        Some(Shape::Entries(slots) | Shape::Record(slots)) => slots,
        _ => &[],
    }
}

fn whole(entry: &Entry, slots: &[Slot]) -> Map<String, Value> {
    let each = |slot: &Slot| {
        (
            slot.name.to_owned(),
            entry.get(slot.name).map_or(Value::Null, value),
        )
    };
    slots.iter().map(each).collect()
}

fn value(value: &Plainly) -> Value {
    match value {
        Plainly::Text(text) => text.as_str().into(),
        Plainly::Time(at) => time(Some(*at)),
        Plainly::Flag(flag) => (*flag).into(),
        Plainly::Count(count) if *count <= LARGEST => (*count).into(),
        Plainly::Count(_) => Value::Null,
    }
}
