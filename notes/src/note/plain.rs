//! A document read into plain values, field by field along the table. Whatever the table does not
//! know is refused, so no reader ever recurses into what a stranger nested. Where two phones
//! disagree, the value that counts is shown and the others stand in `conflicts`.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{
    Automerge, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, ScalarValueRef, Value as AmValue, ValueRef,
};
use serde::Serialize;

use super::fields::{Field, Kind, MARKS, MAX_ENTRIES, MAX_LINE_CHARS, MAX_TEXT_CHARS, Shape, Slot, Template};
use super::genesis;

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text, a code or a date.
    Text(String),
    /// UTC milliseconds.
    Time(i64),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(u64),
}

impl Value {
    /// The text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The time, where it is one.
    #[must_use]
    pub fn time(&self) -> Option<i64> {
        match self {
            Self::Time(at) => Some(*at),
            _ => None,
        }
    }
}

/// RFC 3339 in UTC with milliseconds only where there are some.
#[must_use]
pub fn rfc3339(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::from("out of range"), |t| t.to_string())
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => s.serialize_str(text),
            Self::Time(at) => s.serialize_str(&rfc3339(*at)),
            Self::Flag(flag) => s.serialize_bool(*flag),
            Self::Count(count) => s.serialize_u64(*count),
        }
    }
}

/// The single values of a record or an entry.
pub type Entry = BTreeMap<&'static str, Value>;

/// A passage that stays out of the person's copy. Offsets count Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Passage {
    /// The text field.
    pub field: &'static str,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// `third_party` or `do_not_share`.
    pub kind: String,
}

/// One field on which phones disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Where, as `actions.<id>.done`.
    pub path: String,
    /// The value that is shown.
    pub shown: Value,
    /// The others, each once.
    pub others: Vec<Value>,
}

/// A document as plain values; all ids in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plain {
    /// Schema version of the document.
    pub schema: u64,
    /// Single values at the root.
    pub values: Entry,
    /// Texts, empty ones too.
    pub texts: BTreeMap<&'static str, String>,
    /// Fixed maps.
    pub records: BTreeMap<&'static str, Entry>,
    /// Maps of entries.
    pub entries: BTreeMap<&'static str, BTreeMap<String, Entry>>,
    /// Counters.
    pub counters: BTreeMap<&'static str, BTreeMap<String, u64>>,
    /// Marked passages.
    pub private: Vec<Passage>,
    /// Disagreements.
    pub conflicts: Vec<Conflict>,
}

/// Why a document cannot be read by the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A key that the table does not have.
    #[error("a key that this schema does not have, under '{0}'")]
    UnknownKey(&'static str),
    /// A value of another shape than the table says.
    #[error("a value of the wrong shape or size in '{0}'")]
    WrongShape(&'static str),
    /// Something the genesis change makes is not there.
    #[error("'{0}' is missing")]
    Missing(&'static str),
    /// Automerge could not read it.
    #[error("the document cannot be read")]
    Broken,
}

impl From<automerge::AutomergeError> for Unreadable {
    fn from(_: automerge::AutomergeError) -> Self {
        Self::Broken
    }
}

impl Plain {
    /// Reads a document.
    ///
    /// # Errors
    /// Where the document leaves the table. A document of a newer schema is read as far as the
    /// table goes; what it adds is kept in the document and not shown.
    pub fn read(doc: &Automerge, template: Template) -> Result<Self, Unreadable> {
        let mut plain = Self {
            schema: schema_of(doc)?,
            ..Self::default()
        };
        let newer = plain.schema > genesis::SCHEMA;
        if !newer {
            known_keys(doc, &ROOT, "root", |key| template.field(key).is_some())?;
        }
        let mut reader = Reader {
            doc,
            newer,
            plain: &mut plain,
        };
        for field in template.fields() {
            reader.field(field)?;
        }
        plain.private.sort();
        Ok(plain)
    }

    /// A text at the root, as `person` or `kind`.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::text)
    }

    /// A time at the root.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::time)
    }

    /// When and by whom it was finished.
    #[must_use]
    pub fn finished(&self) -> Option<(i64, &str)> {
        let record = self.records.get("finished")?;
        Some((record.get("at")?.time()?, record.get("author")?.text()?))
    }

    /// Entries of one map as JSON, in id order, each with its id.
    #[must_use]
    pub fn entries_json(&self, name: &str) -> serde_json::Value {
        let entries = self.entries.get(name).into_iter().flatten().map(|(id, entry)| {
            let mut object = serde_json::Map::new();
            object.insert("id".into(), id.clone().into());
            object.extend(entry_json(entry));
            serde_json::Value::Object(object)
        });
        serde_json::Value::Array(entries.collect())
    }

    /// One record as a JSON object, or null where nothing was set.
    #[must_use]
    pub fn record_json(&self, name: &str) -> serde_json::Value {
        match self.records.get(name) {
            Some(record) if !record.is_empty() => serde_json::Value::Object(entry_json(record).collect()),
            _ => serde_json::Value::Null,
        }
    }
}

fn entry_json(entry: &Entry) -> impl Iterator<Item = (String, serde_json::Value)> + '_ {
    entry.iter().map(|(key, value)| {
        (
            (*key).to_owned(),
            serde_json::to_value(value).unwrap_or(serde_json::Value::Null),
        )
    })
}

fn schema_of(doc: &Automerge) -> Result<u64, Unreadable> {
    match doc.get(ROOT, "schema")? {
        Some((AmValue::Scalar(value), _)) => value.as_u64().ok_or(Unreadable::WrongShape("schema")),
        _ => Err(Unreadable::Missing("schema")),
    }
}

fn known_keys(
    doc: &Automerge,
    map: &ObjId,
    under: &'static str,
    known: impl Fn(&str) -> bool,
) -> Result<(), Unreadable> {
    if doc.keys(map).all(|key| known(&key)) {
        Ok(())
    } else {
        Err(Unreadable::UnknownKey(under))
    }
}

struct Reader<'a> {
    doc: &'a Automerge,
    newer: bool,
    plain: &'a mut Plain,
}

impl Reader<'_> {
    fn field(&mut self, field: &'static Field) -> Result<(), Unreadable> {
        match field.shape {
            Shape::Text => self.text(field.name),
            Shape::Value(kind) => {
                if let Some(value) = self.single(&ROOT, field.name, field.name, kind, field.name)? {
                    self.plain.values.insert(field.name, value);
                }
                Ok(())
            }
            Shape::Record(slots) if field.name == "finished" => self.finished(slots),
            Shape::Record(slots) => {
                let id = self.made(field.name, ObjType::Map)?;
                let record = self.slots(&id, field.name, slots, field.name)?;
                self.plain.records.insert(field.name, record);
                Ok(())
            }
            Shape::Entries(slots) => self.entries(field.name, slots),
            Shape::Counters => self.counters(field.name),
        }
    }

    fn made(&self, name: &'static str, expected: ObjType) -> Result<ObjId, Unreadable> {
        match self.doc.get(ROOT, name)? {
            Some((AmValue::Object(found), id)) if found == expected => Ok(id),
            Some(_) => Err(Unreadable::WrongShape(name)),
            None => Err(Unreadable::Missing(name)),
        }
    }

    fn text(&mut self, name: &'static str) -> Result<(), Unreadable> {
        let id = self.made(name, ObjType::Text)?;
        if self.doc.length(&id) > MAX_TEXT_CHARS {
            return Err(Unreadable::WrongShape(name));
        }
        let text = self.doc.text(&id)?;
        for mark in self.doc.marks(&id)? {
            let known = MARKS.contains(&mark.name.as_str());
            match mark.value {
                ScalarValue::Boolean(true) if known => self.plain.private.push(Passage {
                    field: name,
                    start: mark.start,
                    end: mark.end,
                    kind: mark.name.to_string(),
                }),
                ScalarValue::Null if known => {}
                _ if self.newer => {}
                _ => return Err(Unreadable::WrongShape(name)),
            }
        }
        self.plain.texts.insert(name, text);
        Ok(())
    }

    /// The value that counts, with the others noted as a conflict. Of different `started_at` the
    /// earliest counts, of `ended_at` the latest; neither is worth a person's attention.
    fn single(
        &mut self,
        map: &ObjId,
        key: &str,
        name: &'static str,
        kind: Kind,
        path: &str,
    ) -> Result<Option<Value>, Unreadable> {
        let all = self.doc.get_all(map, key)?;
        let mut values = Vec::with_capacity(all.len());
        for (value, _) in all {
            match value {
                AmValue::Scalar(scalar) => values.extend(scalar_value(&scalar, kind, name)?),
                AmValue::Object(_) => return Err(Unreadable::WrongShape(name)),
            }
        }
        let Some(shown) = values.pop() else {
            return Ok(None);
        };
        let others: BTreeSet<Value> = values.into_iter().filter(|v| *v != shown).collect();
        if others.is_empty() {
            return Ok(Some(shown));
        }
        let settled = match path {
            "started_at" => others.iter().chain([&shown]).min().cloned(),
            "ended_at" => others.iter().chain([&shown]).max().cloned(),
            _ if path.ends_with(".joined_at") => others.iter().chain([&shown]).min().cloned(),
            _ => None,
        };
        if settled.is_some() {
            return Ok(settled);
        }
        self.plain.conflicts.push(Conflict {
            path: path.to_owned(),
            shown: shown.clone(),
            others: others.into_iter().collect(),
        });
        Ok(Some(shown))
    }

    fn slots(
        &mut self,
        map: &ObjId,
        name: &'static str,
        slots: &'static [Slot],
        path: &str,
    ) -> Result<Entry, Unreadable> {
        if !self.newer {
            known_keys(self.doc, map, name, |key| slots.iter().any(|s| s.name == key))?;
        }
        let mut entry = Entry::new();
        for slot in slots {
            let at = format!("{path}.{}", slot.name);
            if let Some(value) = self.single(map, slot.name, name, slot.kind, &at)? {
                entry.insert(slot.name, value);
            }
        }
        Ok(entry)
    }

    /// Two phones may each have finished: the earliest counts.
    fn finished(&mut self, slots: &'static [Slot]) -> Result<(), Unreadable> {
        let mut earliest: Option<Entry> = None;
        for id in finishes(self.doc)? {
            let record = self.slots(&id, "finished", slots, "finished")?;
            let (Some(_), Some(_)) = (record.get("at"), record.get("author")) else {
                return Err(Unreadable::WrongShape("finished"));
            };
            if earliest.as_ref().is_none_or(|e| record.get("at") < e.get("at")) {
                earliest = Some(record);
            }
        }
        if let Some(record) = earliest {
            self.plain.records.insert("finished", record);
        }
        Ok(())
    }

    fn entries(&mut self, name: &'static str, slots: &'static [Slot]) -> Result<(), Unreadable> {
        let map = self.made(name, ObjType::Map)?;
        let keys: Vec<String> = self.doc.keys(&map).take(MAX_ENTRIES + 1).collect();
        if keys.len() > MAX_ENTRIES {
            return Err(Unreadable::WrongShape(name));
        }
        let mut entries = BTreeMap::new();
        for key in keys {
            if key.is_empty() || key.len() > 64 {
                return Err(Unreadable::WrongShape(name));
            }
            let mut merged = Entry::new();
            for (value, id) in self.doc.get_all(&map, key.as_str())? {
                let AmValue::Object(ObjType::Map) = value else {
                    return Err(Unreadable::WrongShape(name));
                };
                let path = format!("{name}.{key}");
                let entry = self.slots(&id, name, slots, &path)?;
                self.join_twins(&path, &mut merged, entry);
            }
            entries.insert(key, merged);
        }
        self.plain.entries.insert(name, entries);
        Ok(())
    }

    /// Two entries under one key come only from two phones of one worker, or of one attachment
    /// added twice: their values are joined, and where they differ it is a conflict.
    fn join_twins(&mut self, path: &str, merged: &mut Entry, twin: Entry) {
        for (key, value) in twin {
            match merged.get(key) {
                Some(Value::Time(at)) if key == "joined_at" => {
                    let earliest = value.time().map_or(*at, |other| other.min(*at));
                    merged.insert(key, Value::Time(earliest));
                }
                Some(other) if *other != value => {
                    self.plain.conflicts.push(Conflict {
                        path: format!("{path}.{key}"),
                        shown: value.clone(),
                        others: vec![other.clone()],
                    });
                    merged.insert(key, value);
                }
                _ => {
                    merged.insert(key, value);
                }
            }
        }
    }

    fn counters(&mut self, name: &'static str) -> Result<(), Unreadable> {
        let map = self.made(name, ObjType::Map)?;
        let mut counters = BTreeMap::new();
        for item in self.doc.map_range(&map, ..).take(MAX_ENTRIES + 1) {
            let count = match item.value {
                ValueRef::Scalar(ScalarValueRef::Uint(count)) => Some(count),
                ValueRef::Scalar(ScalarValueRef::Int(count)) => u64::try_from(count).ok(),
                _ => None,
            };
            counters.insert(item.key.to_string(), count.ok_or(Unreadable::WrongShape(name))?);
        }
        if counters.len() > MAX_ENTRIES {
            return Err(Unreadable::WrongShape(name));
        }
        self.plain.counters.insert(name, counters);
        Ok(())
    }
}

/// Every `finished` record there is; concurrent ones stand side by side.
pub(super) fn finishes(doc: &Automerge) -> Result<Vec<ObjId>, Unreadable> {
    let all = doc.get_all(ROOT, "finished")?;
    all.into_iter()
        .map(|(value, id)| match value {
            AmValue::Object(ObjType::Map) => Ok(id),
            _ => Err(Unreadable::WrongShape("finished")),
        })
        .collect()
}

/// `None` for an explicit null, which counts as nothing set.
fn scalar_value(scalar: &ScalarValue, kind: Kind, name: &'static str) -> Result<Option<Value>, Unreadable> {
    let wrong = Unreadable::WrongShape(name);
    Ok(Some(match (kind, scalar) {
        (_, ScalarValue::Null) => return Ok(None),
        (Kind::Line | Kind::Code(_) | Kind::Date, ScalarValue::Str(text)) => {
            if text.len() > 4 * MAX_LINE_CHARS || !kind.admits(text) {
                return Err(wrong);
            }
            Value::Text(text.to_string())
        }
        (Kind::Time, ScalarValue::Timestamp(at)) => Value::Time(*at),
        (Kind::Flag, ScalarValue::Boolean(flag)) => Value::Flag(*flag),
        (Kind::Count, scalar) => Value::Count(scalar.as_u64().ok_or(wrong)?),
        _ => return Err(wrong),
    }))
}
