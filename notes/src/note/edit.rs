//! The edits that change a document. A phone's journal keeps them one by one as they were made; a
//! pause in typing turns those that came since the last one into a single Automerge change.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as AmValue};
use minicbor::{Decode, Encode};

use super::fields::{Kind, MARKS, Shape, Slot, Template};
use super::plain::Value;

/// One edit. Positions and lengths count Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Edit {
    /// Deletes `delete` characters at `at`, then inserts `insert` there.
    #[n(0)]
    Splice {
        /// A text field.
        #[n(0)]
        field: String,
        /// Position.
        #[n(1)]
        at: u64,
        /// How many to delete.
        #[n(2)]
        delete: u64,
        /// What to insert.
        #[n(3)]
        insert: String,
    },
    /// Sets one single value, or clears it.
    #[n(1)]
    Put {
        /// `ended_at`, `feedback.words`, `actions.<id>.done`.
        #[n(0)]
        path: String,
        /// The value, in the kind that the table says.
        #[n(1)]
        value: Option<Scalar>,
    },
    /// Takes an entry out, as `actions.<id>`.
    #[n(2)]
    Remove {
        /// The entry.
        #[n(0)]
        path: String,
    },
    /// Marks a passage.
    #[n(3)]
    Mark {
        /// A text field.
        #[n(0)]
        field: String,
        /// First character.
        #[n(1)]
        start: u64,
        /// One past the last.
        #[n(2)]
        end: u64,
        /// `third_party` or `do_not_share`.
        #[n(3)]
        kind: String,
    },
    /// Closes the note.
    #[n(4)]
    Finish {
        /// When.
        #[n(0)]
        at: i64,
        /// The worker who closed it.
        #[n(1)]
        author: String,
    },
}

/// A single value as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Scalar {
    /// Text, a code or a date.
    #[n(0)]
    Text(#[n(0)] String),
    /// UTC milliseconds.
    #[n(1)]
    Time(#[n(0)] i64),
    /// Yes or no.
    #[n(2)]
    Flag(#[n(0)] bool),
    /// A whole number.
    #[n(3)]
    Count(#[n(0)] u64),
}

impl From<Value> for Scalar {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text),
            Value::Time(at) => Self::Time(at),
            Value::Flag(flag) => Self::Flag(flag),
            Value::Count(count) => Self::Count(count),
        }
    }
}

impl Scalar {
    fn automerge(&self) -> ScalarValue {
        match self {
            Self::Text(text) => ScalarValue::Str(text.as_str().into()),
            Self::Time(at) => ScalarValue::Timestamp(*at),
            Self::Flag(flag) => ScalarValue::Boolean(*flag),
            Self::Count(count) => ScalarValue::Uint(*count),
        }
    }

    fn fits(&self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Text(text), Kind::Line | Kind::Code(_) | Kind::Date) => kind.admits(text),
            (Self::Time(_), Kind::Time) | (Self::Flag(_), Kind::Flag) | (Self::Count(_), Kind::Count) => true,
            _ => false,
        }
    }
}

/// Why an edit cannot be made. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEdit {
    /// No such field, or it is not of that shape.
    #[error("there is no field '{0}' that can be changed this way")]
    NoField(String),
    /// The position is outside the text.
    #[error("the position is outside the text")]
    OutOfRange,
    /// The value is of another kind.
    #[error("'{0}' does not take this value")]
    BadValue(String),
    /// Automerge refused; a bug, or a damaged document.
    #[error("the document refused the change")]
    Document,
}

impl From<automerge::AutomergeError> for BadEdit {
    fn from(_: automerge::AutomergeError) -> Self {
        Self::Document
    }
}

impl Edit {
    /// Makes the edit in an open transaction.
    ///
    /// # Errors
    /// Says why it cannot be made; the transaction is then as it was.
    pub fn apply<T: Transactable + ReadDoc>(&self, tx: &mut T, template: Template) -> Result<(), BadEdit> {
        match self {
            Self::Splice {
                field,
                at,
                delete,
                insert,
            } => splice(tx, template, field, (*at, *delete), insert),
            Self::Put { path, value } => put(tx, template, path, value.as_ref()),
            Self::Remove { path } => remove(tx, template, path),
            Self::Mark {
                field,
                start,
                end,
                kind,
            } => mark(tx, template, field, (*start, *end), kind),
            Self::Finish { at, author } => {
                let record = tx.put_object(ROOT, "finished", ObjType::Map)?;
                tx.put(&record, "at", ScalarValue::Timestamp(*at))?;
                tx.put(&record, "author", author.as_str())?;
                Ok(())
            }
        }
    }
}

fn text_of<T: ReadDoc>(tx: &T, template: Template, name: &str) -> Result<ObjId, BadEdit> {
    let missing = || BadEdit::NoField(name.to_owned());
    let field = template.field(name).ok_or_else(missing)?;
    match (field.shape, tx.get(ROOT, name)?) {
        (Shape::Text, Some((AmValue::Object(ObjType::Text), id))) => Ok(id),
        _ => Err(missing()),
    }
}

fn map_of<T: ReadDoc>(tx: &T, name: &str) -> Result<ObjId, BadEdit> {
    match tx.get(ROOT, name)? {
        Some((AmValue::Object(ObjType::Map), id)) => Ok(id),
        _ => Err(BadEdit::NoField(name.to_owned())),
    }
}

fn splice<T: Transactable + ReadDoc>(
    tx: &mut T,
    template: Template,
    field: &str,
    (at, delete): (u64, u64),
    insert: &str,
) -> Result<(), BadEdit> {
    let text = text_of(tx, template, field)?;
    let length = tx.length(&text) as u64;
    if at > length || delete > length - at {
        return Err(BadEdit::OutOfRange);
    }
    let at = usize::try_from(at).map_err(|_| BadEdit::OutOfRange)?;
    let delete = isize::try_from(delete).map_err(|_| BadEdit::OutOfRange)?;
    tx.splice_text(&text, at, delete, insert)?;
    Ok(())
}

fn mark<T: Transactable + ReadDoc>(
    tx: &mut T,
    template: Template,
    field: &str,
    (start, end): (u64, u64),
    kind: &str,
) -> Result<(), BadEdit> {
    let text = text_of(tx, template, field)?;
    if start >= end || end > tx.length(&text) as u64 {
        return Err(BadEdit::OutOfRange);
    }
    if !MARKS.contains(&kind) {
        return Err(BadEdit::BadValue(kind.to_owned()));
    }
    let start = usize::try_from(start).map_err(|_| BadEdit::OutOfRange)?;
    let end = usize::try_from(end).map_err(|_| BadEdit::OutOfRange)?;
    let mark = Mark {
        start,
        end,
        name: kind.into(),
        value: ScalarValue::Boolean(true),
    };
    tx.mark(&text, mark, ExpandMark::None)?;
    Ok(())
}

fn slot_kind(slots: &[Slot], name: &str, path: &str) -> Result<Kind, BadEdit> {
    let slot = slots.iter().find(|s| s.name == name);
    slot.map(|s| s.kind)
        .ok_or_else(|| BadEdit::NoField(path.to_owned()))
}

/// Finds the map that holds a path's value, its key there and its kind; makes the entry of a path
/// such as `actions.<id>.what` where it is new.
fn put<T: Transactable + ReadDoc>(
    tx: &mut T,
    template: Template,
    path: &str,
    value: Option<&Scalar>,
) -> Result<(), BadEdit> {
    let missing = || BadEdit::NoField(path.to_owned());
    let mut steps = path.split('.');
    let name = steps.next().ok_or_else(missing)?;
    let field = template.field(name).ok_or_else(missing)?;
    let (second, third, rest) = (steps.next(), steps.next(), steps.next());
    if rest.is_some() || name == "finished" || name == "schema" {
        return Err(missing());
    }
    let checked = |kind: Kind| match value {
        Some(value) if !value.fits(kind) => Err(BadEdit::BadValue(path.to_owned())),
        _ => Ok(()),
    };
    let (map, key) = match (field.shape, second, third) {
        (Shape::Value(kind), None, None) => {
            checked(kind)?;
            (ROOT, name)
        }
        (Shape::Record(slots), Some(key), None) => {
            checked(slot_kind(slots, key, path)?)?;
            (map_of(tx, name)?, key)
        }
        (Shape::Counters, Some(key), None) => {
            checked(Kind::Count)?;
            (map_of(tx, name)?, key)
        }
        (Shape::Entries(slots), Some(id), Some(key)) => {
            checked(slot_kind(slots, key, path)?)?;
            (entry_of(tx, name, id)?, key)
        }
        _ => return Err(missing()),
    };
    match value {
        Some(value) => tx.put(&map, key, value.automerge())?,
        None if tx.get(&map, key)?.is_some() => tx.delete(&map, key)?,
        None => {}
    }
    Ok(())
}

fn entry_of<T: Transactable + ReadDoc>(tx: &mut T, name: &str, id: &str) -> Result<ObjId, BadEdit> {
    if id.is_empty() || id.len() > 64 {
        return Err(BadEdit::NoField(name.to_owned()));
    }
    let map = map_of(tx, name)?;
    match tx.get(&map, id)? {
        Some((AmValue::Object(ObjType::Map), entry)) => Ok(entry),
        _ => Ok(tx.put_object(&map, id, ObjType::Map)?),
    }
}

fn remove<T: Transactable + ReadDoc>(tx: &mut T, template: Template, path: &str) -> Result<(), BadEdit> {
    let missing = || BadEdit::NoField(path.to_owned());
    let (name, id) = path.split_once('.').ok_or_else(missing)?;
    let field = template.field(name).ok_or_else(missing)?;
    if !matches!(field.shape, Shape::Entries(_)) {
        return Err(missing());
    }
    let map = map_of(tx, name)?;
    if tx.get(&map, id)?.is_none() {
        return Err(missing());
    }
    tx.delete(&map, id)?;
    Ok(())
}

/// Turns `PATH JSON` into edits: `ended_at "2026-09-02T10:00:00Z"`, `feedback {"words":"…"}`,
/// `actions.<id> {"what":"…"}`, `actions.<id>.done true`, `actions.<id> null` (takes it out).
///
/// # Errors
/// Where the path or the value does not fit the table.
pub fn from_json(template: Template, path: &str, json: &serde_json::Value) -> Result<Vec<Edit>, BadEdit> {
    let missing = || BadEdit::NoField(path.to_owned());
    let (name, rest) = path.split_once('.').map_or((path, None), |(n, r)| (n, Some(r)));
    let shape = template.field(name).ok_or_else(missing)?.shape;
    let object = || json.as_object().ok_or_else(|| BadEdit::BadValue(path.to_owned()));
    match (shape, rest) {
        (Shape::Value(kind), None) => Ok(vec![put_json(path.to_owned(), kind, json)?]),
        (Shape::Record(slots), Some(key)) => Ok(vec![put_json(
            path.to_owned(),
            slot_kind(slots, key, path)?,
            json,
        )?]),
        (Shape::Counters, Some(_)) => Ok(vec![put_json(path.to_owned(), Kind::Count, json)?]),
        (Shape::Entries(slots), Some(rest)) => match rest.split_once('.') {
            Some((_, key)) => Ok(vec![put_json(
                path.to_owned(),
                slot_kind(slots, key, path)?,
                json,
            )?]),
            None if json.is_null() => Ok(vec![Edit::Remove {
                path: path.to_owned(),
            }]),
            None => put_slots(path, slots, object()?),
        },
        (Shape::Record(slots), None) => put_slots(path, slots, object()?),
        (Shape::Text, None) => {
            // Replacing a whole text is for a program that restores one; typing uses splices.
            Err(missing())
        }
        _ => Err(missing()),
    }
}

fn put_slots(
    path: &str,
    slots: &[Slot],
    object: &serde_json::Map<String, serde_json::Value>,
) -> Result<Vec<Edit>, BadEdit> {
    let each = |(key, value): (&String, &serde_json::Value)| {
        let path = format!("{path}.{key}");
        let kind = slot_kind(slots, key, &path)?;
        put_json(path, kind, value)
    };
    object.iter().map(each).collect()
}

fn put_json(path: String, kind: Kind, json: &serde_json::Value) -> Result<Edit, BadEdit> {
    let bad = || BadEdit::BadValue(path.clone());
    let value = match (kind, json) {
        (_, serde_json::Value::Null) => None,
        (Kind::Line | Kind::Code(_) | Kind::Date, serde_json::Value::String(text)) => {
            Some(Scalar::Text(text.clone()))
        }
        (Kind::Time, serde_json::Value::String(text)) => {
            let at: jiff::Timestamp = text.parse().map_err(|_| bad())?;
            Some(Scalar::Time(at.as_millisecond()))
        }
        (Kind::Flag, serde_json::Value::Bool(flag)) => Some(Scalar::Flag(*flag)),
        (Kind::Count, serde_json::Value::Number(n)) => Some(Scalar::Count(n.as_u64().ok_or_else(bad)?)),
        _ => return Err(bad()),
    };
    match value {
        Some(value) if !value.fits(kind) => Err(bad()),
        value => Ok(Edit::Put { path, value }),
    }
}
