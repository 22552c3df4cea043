//! A document read into plain values, field by field along the table. Whatever the table does not
//! know is refused, so no reader ever recurses into what a stranger nested. Where two phones
//! disagree, the value that counts is shown and the others stand in `conflicts`.

use std::collections::{BTreeMap, BTreeSet};

use automerge::iter::MapRangeItem;
use automerge::{
    Automerge, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, ScalarValueRef, Value as AmValue, ValueRef,
};
use serde::Serialize;

use super::fields::{
    Field, Kind, MARKS, MAX_ENTRIES, MAX_ID_BYTES, MAX_LINE_CHARS, MAX_TEXT_CHARS, Shape, Slot, TIMES,
    Template,
};
use super::genesis;
use crate::gate::Said;

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "types",
    derive(ts_rs::TS),
    ts(type = "string | number | boolean | null")
)]
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
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Passage {
    /// The text field.
    pub field: &'static str,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// `third_party` or `do_not_share`.
    #[cfg_attr(feature = "types", ts(type = "Private"))]
    pub kind: String,
}

/// One field on which phones disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
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
        Self::read_beside(doc, template, Vec::new())
    }

    /// Reads a document that was loaded from one chunk, of which the gate has told what the texts say. What it did
    /// not tell, Automerge does.
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub fn read_beside(doc: &Automerge, template: Template, said: Vec<Said>) -> Result<Self, Unreadable> {
        let mut plain = Self {
            schema: schema_of(doc)?,
            ..Self::default()
        };
        let newer = plain.schema > genesis::SCHEMA;
        let mut reader = Reader {
            doc,
            newer,
            root: Keys::read(doc, ROOT, |key| template.field(key).is_some(), newer, "root")?,
            said,
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

/// The highest that anyone wrote: what a newer schema added is there whoever wins.
fn schema_of(doc: &Automerge) -> Result<u64, Unreadable> {
    let wrong = Unreadable::WrongShape("schema");
    let mut highest = None;
    for (value, _) in doc.get_all(ROOT, "schema")? {
        let number = match &value {
            AmValue::Scalar(scalar) => whole(scalar).filter(|number| *number > 0),
            AmValue::Object(_) => None,
        };
        highest = highest.max(Some(number.ok_or_else(|| wrong.clone())?));
    }
    highest.ok_or(Unreadable::Missing("schema"))
}

/// A whole number, zero or more; Automerge's own conversion wraps negative ones round.
fn whole(scalar: &ScalarValue) -> Option<u64> {
    match scalar {
        ScalarValue::Uint(number) => Some(*number),
        ScalarValue::Int(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

/// What stands under the keys of one map, read in one go: looking each up would search the whole
/// document for every one.
struct Keys<'a> {
    doc: &'a Automerge,
    map: ObjId,
    items: Vec<MapRangeItem<'a>>,
}

impl<'a> Keys<'a> {
    /// Reads the keys that are known. Another one is refused, or skipped where the schema is newer.
    fn read(
        doc: &'a Automerge,
        map: ObjId,
        known: impl Fn(&str) -> bool,
        newer: bool,
        under: &'static str,
    ) -> Result<Self, Unreadable> {
        let mut items = Vec::new();
        for item in doc.map_range(&map, ..) {
            if known(&item.key) {
                items.push(item);
            } else if !newer {
                return Err(Unreadable::UnknownKey(under));
            }
        }
        Ok(Self { doc, map, items })
    }

    /// Every value under a key; several where phones disagree. The last one counts.
    fn all(&self, key: &str) -> Result<Vec<(AmValue<'a>, ObjId)>, Unreadable> {
        match self.items.binary_search_by(|item| item.key.as_ref().cmp(key)) {
            Err(_) => Ok(Vec::new()),
            Ok(index) => match self.items.get(index) {
                Some(item) if !item.conflict => Ok(vec![(item.value.clone().into_value(), item.id())]),
                _ => Ok(self.doc.get_all(&self.map, key)?),
            },
        }
    }
}

struct Reader<'a> {
    doc: &'a Automerge,
    newer: bool,
    root: Keys<'a>,
    said: Vec<Said>,
    plain: &'a mut Plain,
}

impl Reader<'_> {
    fn field(&mut self, field: &'static Field) -> Result<(), Unreadable> {
        match field.shape {
            Shape::Text => self.text(field.name),
            Shape::Value(kind) => {
                let all = self.root.all(field.name)?;
                if let Some(value) = self.single(all, field.name, kind, field.name)? {
                    self.plain.values.insert(field.name, value);
                }
                Ok(())
            }
            Shape::Record(slots) if field.name == "finished" => self.finished(slots),
            Shape::Record(slots) => {
                let id = self.made(field.name, ObjType::Map)?;
                let record = self.slots(&[id], field.name, slots, field.name)?;
                self.plain.records.insert(field.name, record);
                Ok(())
            }
            Shape::Entries(slots) => self.entries(field.name, slots),
            Shape::Counters => self.counters(field.name),
        }
    }

    /// The one object of a field, as the genesis change made it: another in its place would hide
    /// all that was written.
    fn made(&self, name: &'static str, expected: ObjType) -> Result<ObjId, Unreadable> {
        let mut all = self.root.all(name)?;
        match (all.pop(), all.is_empty()) {
            (Some((AmValue::Object(found), id)), true) if found == expected && genesis::made(&id) => Ok(id),
            (None, _) => Err(Unreadable::Missing(name)),
            _ => Err(Unreadable::WrongShape(name)),
        }
    }

    fn text(&mut self, name: &'static str) -> Result<(), Unreadable> {
        let id = self.made(name, ObjType::Text)?;
        let length = self.doc.length(&id);
        if length > MAX_TEXT_CHARS {
            return Err(Unreadable::WrongShape(name));
        }
        let text = match self.said(&id) {
            Some(text) if text.chars().count() == length => text,
            _ => self.doc.text(&id)?,
        };
        self.letters_only(&id, &text, name)?;
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

    /// What the gate has told of a text; it is asked for once.
    fn said(&mut self, id: &ObjId) -> Option<String> {
        let ObjId::Id(counter, actor, _) = id else {
            return None;
        };
        let is_it = |said: &Said| said.counter == *counter && said.actor == *actor.to_bytes();
        let at = self.said.iter().position(is_it)?;
        Some(self.said.swap_remove(at).text)
    }

    /// Automerge shows this character for whatever stands in a text and is no letter.
    fn letters_only(&self, id: &ObjId, text: &str, name: &'static str) -> Result<(), Unreadable> {
        for (position, _) in text.chars().enumerate().filter(|(_, c)| *c == '\u{fffc}') {
            match self.doc.get(id, position)? {
                Some((AmValue::Scalar(scalar), _)) if scalar.is_str() => {}
                _ => return Err(Unreadable::WrongShape(name)),
            }
        }
        Ok(())
    }

    /// The value that counts of all that stand under a key.
    fn single(
        &mut self,
        all: Vec<(AmValue<'_>, ObjId)>,
        name: &'static str,
        kind: Kind,
        path: &str,
    ) -> Result<Option<Value>, Unreadable> {
        let mut values = Vec::new();
        for (value, _) in all {
            let read = match value {
                AmValue::Scalar(scalar) => scalar_value(&scalar, kind, name),
                AmValue::Object(_) => Err(Unreadable::WrongShape(name)),
            };
            match read {
                Ok(value) => values.extend(value),
                // A newer schema may have new words; what is not understood is not shown.
                Err(_) if self.newer => {}
                Err(wrong) => return Err(wrong),
            }
        }
        Ok(self.settle(values, path))
    }

    /// The last value wins, with the others noted as a conflict. Of different `started_at` the
    /// earliest counts, of `ended_at` the latest; neither is worth a person's attention.
    fn settle(&mut self, mut values: Vec<Value>, path: &str) -> Option<Value> {
        let shown = values.pop()?;
        let others: BTreeSet<Value> = values.into_iter().filter(|v| *v != shown).collect();
        if others.is_empty() {
            return Some(shown);
        }
        match path {
            "ended_at" => others.into_iter().chain([shown]).max(),
            _ if path == "started_at" || path.ends_with(".joined_at") => {
                others.into_iter().chain([shown]).min()
            }
            _ => {
                self.plain.conflicts.push(Conflict {
                    path: path.to_owned(),
                    shown: shown.clone(),
                    others: others.into_iter().collect(),
                });
                Some(shown)
            }
        }
    }

    /// The values of a record or an entry. Several maps stand under one key only where two phones
    /// of one worker joined, or one attachment was added twice: their values are brought together.
    fn slots(
        &mut self,
        maps: &[ObjId],
        name: &'static str,
        slots: &'static [Slot],
        path: &str,
    ) -> Result<Entry, Unreadable> {
        let known = |key: &str| slots.iter().any(|slot| slot.name == key);
        let read = |map: &ObjId| Keys::read(self.doc, map.clone(), known, self.newer, name);
        let maps = maps.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let mut entry = Entry::new();
        for slot in slots {
            let mut all = Vec::new();
            for map in &maps {
                all.extend(map.all(slot.name)?);
            }
            if all.is_empty() {
                continue;
            }
            let at = format!("{path}.{}", slot.name);
            if let Some(value) = self.single(all, name, slot.kind, &at)? {
                entry.insert(slot.name, value);
            }
        }
        Ok(entry)
    }

    /// Two phones may each have finished: the earliest counts.
    fn finished(&mut self, slots: &'static [Slot]) -> Result<(), Unreadable> {
        let mut earliest: Option<Entry> = None;
        for id in self.finishes()? {
            let record = self.slots(&[id], "finished", slots, "finished")?;
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

    /// Every `finished` record there is; concurrent ones stand side by side.
    fn finishes(&self) -> Result<Vec<ObjId>, Unreadable> {
        maps_only(self.root.all("finished")?, "finished")
    }

    fn entries(&mut self, name: &'static str, slots: &'static [Slot]) -> Result<(), Unreadable> {
        let id = self.made(name, ObjType::Map)?;
        let items: Vec<_> = self.doc.map_range(&id, ..).take(MAX_ENTRIES + 1).collect();
        if items.len() > MAX_ENTRIES {
            return Err(Unreadable::WrongShape(name));
        }
        let keys: Vec<String> = items.iter().map(|item| item.key.to_string()).collect();
        let map = Keys {
            doc: self.doc,
            map: id,
            items,
        };
        let mut entries = BTreeMap::new();
        for key in keys {
            if key.is_empty() || key.len() > MAX_ID_BYTES {
                return Err(Unreadable::WrongShape(name));
            }
            let twins = maps_only(map.all(&key)?, name)?;
            let entry = self.slots(&twins, name, slots, &format!("{name}.{key}"))?;
            entries.insert(key, entry);
        }
        self.plain.entries.insert(name, entries);
        Ok(())
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
            let count = count.filter(|_| (1..=MAX_ID_BYTES).contains(&item.key.len()));
            counters.insert(item.key.to_string(), count.ok_or(Unreadable::WrongShape(name))?);
        }
        if counters.len() > MAX_ENTRIES {
            return Err(Unreadable::WrongShape(name));
        }
        self.plain.counters.insert(name, counters);
        Ok(())
    }
}

/// The maps that stand under one key, and nothing else.
fn maps_only(all: Vec<(AmValue<'_>, ObjId)>, name: &'static str) -> Result<Vec<ObjId>, Unreadable> {
    all.into_iter()
        .map(|(value, id)| match value {
            AmValue::Object(ObjType::Map) => Ok(id),
            _ => Err(Unreadable::WrongShape(name)),
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
        (Kind::Time, ScalarValue::Timestamp(at)) if TIMES.contains(at) => Value::Time(*at),
        (Kind::Flag, ScalarValue::Boolean(flag)) => Value::Flag(*flag),
        (Kind::Count, scalar) => Value::Count(whole(scalar).ok_or(wrong)?),
        _ => return Err(wrong),
    }))
}
