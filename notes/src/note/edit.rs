//! The edits that change a document. A phone's journal keeps them one by one as they were made; a
//! pause in typing turns those that came since the last one into a single Automerge change.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as AmValue};
use minicbor::{Decode, Encode};

use super::fields::{Kind, MARKS, MAX_ENTRIES, MAX_ID_BYTES, MAX_TEXT_CHARS, Shape, Slot, TIMES, Template};
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
            (Self::Time(at), Kind::Time) => TIMES.contains(at),
            (Self::Flag(_), Kind::Flag) | (Self::Count(_), Kind::Count) => true,
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
    /// One more letter or entry than a reader takes.
    #[error("'{0}' is full")]
    Full(String),
    /// A note is finished once.
    #[error("the note is finished already")]
    Finished,
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
    /// Takes the next key into this edit, where the two are one run of typing: the operations that come of it are the
    /// same, and Automerge looks for the place once. False where it is another edit; nothing was changed then.
    pub fn run_on(&mut self, next: &Self) -> bool {
        let (
            Self::Splice {
                field,
                at,
                delete: 0,
                insert,
            },
            Self::Splice {
                field: where_to,
                at: goes_on,
                delete: 0,
                insert: key,
            },
        ) = (self, next)
        else {
            return false;
        };
        let runs = field == where_to && !insert.is_empty() && *goes_on == *at + insert.chars().count() as u64;
        if runs {
            insert.push_str(key);
        }
        runs
    }

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
            Self::Finish { at, author } => finish(tx, template, *at, author),
        }
    }
}

fn finish<T: Transactable + ReadDoc>(
    tx: &mut T,
    template: Template,
    at: i64,
    author: &str,
) -> Result<(), BadEdit> {
    if template.field("finished").is_none() {
        return Err(BadEdit::NoField("finished".to_owned()));
    }
    if !TIMES.contains(&at) || !Kind::Line.admits(author) {
        return Err(BadEdit::BadValue("finished".to_owned()));
    }
    if tx.get(ROOT, "finished")?.is_some() {
        return Err(BadEdit::Finished);
    }
    let record = tx.put_object(ROOT, "finished", ObjType::Map)?;
    tx.put(&record, "at", ScalarValue::Timestamp(at))?;
    tx.put(&record, "author", author)?;
    Ok(())
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
    if length - delete + insert.chars().count() as u64 > MAX_TEXT_CHARS as u64 {
        return Err(BadEdit::Full(field.to_owned()));
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

/// Which map holds the value of a path.
#[derive(Clone, Copy)]
enum Holder<'a> {
    Root,
    Record,
    Counters,
    Entry(&'a str),
}

/// A path taken apart.
struct Target<'a> {
    name: &'a str,
    holder: Holder<'a>,
    key: &'a str,
    kind: Kind,
}

/// Takes a path apart. An id may have dots of its own: worker ids are the case system's.
fn target(template: Template, path: &str) -> Result<Target<'_>, BadEdit> {
    let missing = || BadEdit::NoField(path.to_owned());
    let (name, rest) = path.split_once('.').map_or((path, None), |(n, r)| (n, Some(r)));
    // These two are written by the genesis change and by finishing, and by nothing else.
    if name == "schema" || name == "finished" {
        return Err(missing());
    }
    let (holder, key, kind) = match (template.field(name).ok_or_else(missing)?.shape, rest) {
        (Shape::Value(kind), None) => (Holder::Root, name, kind),
        (Shape::Record(slots), Some(key)) => (Holder::Record, key, slot_kind(slots, key, path)?),
        (Shape::Counters, Some(key)) if is_id(key) => (Holder::Counters, key, Kind::Count),
        (Shape::Entries(slots), Some(rest)) => match rest.rsplit_once('.') {
            Some((id, key)) if is_id(id) => (Holder::Entry(id), key, slot_kind(slots, key, path)?),
            _ => return Err(missing()),
        },
        _ => return Err(missing()),
    };
    Ok(Target {
        name,
        holder,
        key,
        kind,
    })
}

fn is_id(id: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&id.len())
}

/// Sets or clears one value; makes the entry of a path such as `actions.<id>.what` where it is new.
fn put<T: Transactable + ReadDoc>(
    tx: &mut T,
    template: Template,
    path: &str,
    value: Option<&Scalar>,
) -> Result<(), BadEdit> {
    let target = target(template, path)?;
    if value.is_some_and(|value| !value.fits(target.kind)) {
        return Err(BadEdit::BadValue(path.to_owned()));
    }
    let key = target.key;
    let mut maps = match target.holder {
        Holder::Root => vec![ROOT],
        Holder::Record | Holder::Counters => vec![map_of(tx, target.name)?],
        Holder::Entry(id) => entries_of(tx, target.name, id, value.is_some())?,
    };
    if let Some(value) = value {
        let Some(map) = maps.pop() else {
            return Err(BadEdit::Document);
        };
        if matches!(target.holder, Holder::Counters) && tx.get(&map, key)?.is_none() {
            has_room(tx, &map, target.name)?;
        }
        tx.put(&map, key, value.automerge())?;
    }
    // Twins say the same from now on, or nothing.
    for map in maps {
        if tx.get(&map, key)?.is_some() {
            match value {
                Some(value) => tx.put(&map, key, value.automerge())?,
                None => tx.delete(&map, key)?,
            }
        }
    }
    Ok(())
}

/// The maps that stand under an id, the one that counts last; more than one where two phones made
/// the same entry. A new one is made where it is wanted.
fn entries_of<T: Transactable + ReadDoc>(
    tx: &mut T,
    name: &str,
    id: &str,
    wanted: bool,
) -> Result<Vec<ObjId>, BadEdit> {
    if id == "+" {
        // Stands for a fresh id, which the caller has to put in.
        return Err(BadEdit::NoField(format!("{name}.{id}")));
    }
    let map = map_of(tx, name)?;
    let found = tx.get_all(&map, id)?;
    if found.is_empty() && wanted {
        has_room(tx, &map, name)?;
        return Ok(vec![tx.put_object(&map, id, ObjType::Map)?]);
    }
    let maps = found.into_iter().map(|(value, entry)| match value {
        AmValue::Object(ObjType::Map) => Ok(entry),
        _ => Err(BadEdit::Document),
    });
    maps.collect()
}

fn has_room<T: ReadDoc>(tx: &T, map: &ObjId, name: &str) -> Result<(), BadEdit> {
    if tx.length(map) < MAX_ENTRIES {
        Ok(())
    } else {
        Err(BadEdit::Full(name.to_owned()))
    }
}

fn remove<T: Transactable + ReadDoc>(tx: &mut T, template: Template, path: &str) -> Result<(), BadEdit> {
    let missing = || BadEdit::NoField(path.to_owned());
    let (name, id) = path.split_once('.').ok_or_else(missing)?;
    let field = template.field(name).ok_or_else(missing)?;
    if !matches!(field.shape, Shape::Entries(_)) || !is_id(id) {
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
    let not_an_object = || BadEdit::BadValue(path.to_owned());
    match target(template, path) {
        Ok(target) => Ok(vec![put_json(path.to_owned(), target.kind, json)?]),
        Err(missing) => match whole(template, path) {
            Some((Shape::Entries(_), _)) if json.is_null() => Ok(vec![Edit::Remove {
                path: path.to_owned(),
            }]),
            Some((_, slots)) => put_slots(path, slots, json.as_object().ok_or_else(not_an_object)?),
            None => Err(missing),
        },
    }
}

/// A path that names a record or an entry as a whole. Replacing a whole text is not for edits:
/// typing uses splices.
fn whole(template: Template, path: &str) -> Option<(Shape, &'static [Slot])> {
    let (name, id) = path.split_once('.').map_or((path, None), |(n, id)| (n, Some(id)));
    let shape = template.field(name)?.shape;
    match (shape, id) {
        (Shape::Record(slots), None) if name != "finished" => Some((shape, slots)),
        (Shape::Entries(slots), Some(id)) if is_id(id) && !id.contains('.') => Some((shape, slots)),
        _ => None,
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
