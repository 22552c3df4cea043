//! A note as JSON under the names of the field table: what the projection keeps, what the desk
//! shows, what `verify` compares. Not the feed: that has a shape of its own (`content.rs`).

use notes::note::Plain;
use notes::note::plain::rfc3339;
use serde_json::{Map, Value, json};

/// The whole note, every field that was read by its name.
#[must_use]
pub fn show(plain: &Plain) -> Value {
    let mut object = Map::new();
    object.insert("schema".into(), plain.schema.into());
    for (name, value) in &plain.values {
        object.insert((*name).into(), json!(value));
    }
    for (name, text) in &plain.texts {
        object.insert((*name).into(), text.as_str().into());
    }
    for name in plain.records.keys() {
        object.insert((*name).into(), plain.record_json(name));
    }
    for name in plain.entries.keys() {
        object.insert((*name).into(), plain.entries_json(name));
    }
    for (name, counts) in &plain.counters {
        object.insert((*name).into(), json!(counts));
    }
    object.insert("private".into(), json!(plain.private));
    object.insert("conflicts".into(), json!(plain.conflicts));
    Value::Object(object)
}

/// A time as RFC 3339 text; null where the phone's clock said something that has no such form.
pub(super) fn time(at: Option<i64>) -> Value {
    // RFC 3339 has no years before 0000.
    const FIRST: i64 = -62_167_219_200_000;
    match at {
        Some(at) if at >= FIRST && jiff::Timestamp::from_millisecond(at).is_ok() => rfc3339(at).into(),
        _ => Value::Null,
    }
}
