//! What stands in the copy, once and for both files: the page and the JSON are made of these values, so that
//! neither has anything that the other lacks, and all free text in them came through the sieve. docs/copy.md
//! has the JSON member by member.

use notes::note::plain::rfc3339;
use serde_json::{Map, Value, json};

use super::sieve::{Said, Why};

/// The shape of the JSON; it goes up where a member changes its meaning.
const FORMAT: &str = "doorstep-copy/1";

pub(super) struct Copy {
    pub(super) made_at: i64,
    pub(super) contact: Option<String>,
    pub(super) name: String,
    /// What the case system says, by the names of its columns.
    pub(super) person: Columns,
    /// The same of those who turned out to be the same human.
    pub(super) earlier: Vec<Columns>,
    pub(super) earlier_case_ids: Vec<String>,
    pub(super) left_at: Option<i64>,
    pub(super) worker: Option<Who>,
    pub(super) team: Option<String>,
    pub(super) about_me: Option<Vec<Part>>,
    pub(super) notes: Vec<Note>,
    pub(super) open: Vec<Open>,
    pub(super) trail: Vec<Step>,
    /// Passages and entries that the person can see are missing.
    pub(super) gaps: usize,
}

/// What the case system says of somebody.
pub(super) type Columns = Vec<(&'static str, Said)>;

pub(super) struct Note {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) kind: Option<String>,
    pub(super) started_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
    pub(super) finished: Option<(i64, Who)>,
    pub(super) received_at: Option<i64>,
    pub(super) authors: Vec<Who>,
    pub(super) parts: Vec<Part>,
    pub(super) versions: Vec<Version>,
    pub(super) systems: Vec<InSystem>,
}

/// A version of a finished note: what came of it.
pub(super) struct Version {
    pub(super) number: u64,
    pub(super) at: i64,
    pub(super) what: &'static str,
    pub(super) words: Said,
}

/// What a case system said of a version.
pub(super) struct InSystem {
    pub(super) system: String,
    pub(super) version: u64,
    pub(super) outcome: String,
    pub(super) at: i64,
    pub(super) reference: Said,
    pub(super) reason: Said,
}

/// Somebody who did something: a worker, a case system, or the people who run the server.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Who {
    pub(super) name: String,
    pub(super) role: Option<String>,
    pub(super) team: Option<String>,
}

impl Who {
    /// Somebody of whom only a name is known.
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            role: None,
            team: None,
        }
    }
}

/// Something that waits for a decision.
pub(super) struct Open {
    pub(super) kind: String,
    pub(super) words: &'static str,
    pub(super) since: i64,
    /// The title of the note.
    pub(super) note: Option<String>,
}

/// Something that happened to the record.
pub(super) struct Step {
    pub(super) at: i64,
    pub(super) who: Who,
    pub(super) what: What,
    pub(super) note: Option<String>,
    /// More in words: a reason, or from whom to whom.
    pub(super) words: Said,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    LookedUp,
    Read,
    FileRead,
    Allocated,
    Decided,
    CopyPrepared,
    CopyReleased,
    Other,
}

impl What {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::LookedUp => "looked_up",
            Self::Read => "note_read",
            Self::FileRead => "file_read",
            Self::Allocated => "allocated",
            Self::Decided => "decided",
            Self::CopyPrepared => "copy_prepared",
            Self::CopyReleased => "copy_released",
            Self::Other => "other",
        }
    }
}

/// A field with what it says.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) body: Body,
}

pub(super) enum Body {
    Text(Said),
    Value(Cell),
    Record(Slots),
    Rows(Vec<Row>),
}

/// An entry of a list.
pub(super) enum Row {
    Slots(Slots),
    LeftOut(Why),
}

pub(super) type Slots = Vec<(&'static str, Cell)>;

pub(super) enum Cell {
    Said(Said),
    /// One word of a list.
    Code(String),
    Day(String),
    Time(i64),
    Flag(bool),
    Count(u64),
    Who(Who),
}

fn time(at: Option<i64>) -> Value {
    at.map_or(Value::Null, |at| rfc3339(at).into())
}

impl From<&Copy> for Value {
    fn from(copy: &Copy) -> Self {
        let mut person = columns(&copy.person);
        person.insert("left_at".into(), time(copy.left_at));
        person.insert("earlier_case_ids".into(), json!(copy.earlier_case_ids));
        let earlier = copy.earlier.iter().map(|one| Self::Object(columns(one)));
        person.insert("earlier".into(), earlier.collect());
        person.insert("worker".into(), copy.worker.as_ref().map(Value::from).into());
        person.insert("team".into(), json!(copy.team));
        json!({
            "format": FORMAT,
            "made_at": rfc3339(copy.made_at),
            "contact": copy.contact,
            "person": person,
            "about_me": copy.about_me.as_ref().map(|parts| Value::Object(parts_json(parts).collect())),
            "notes": copy.notes.iter().map(Value::from).collect::<Vec<_>>(),
            "open_questions": copy.open.iter().map(Value::from).collect::<Vec<_>>(),
            "what_happened": copy.trail.iter().map(Value::from).collect::<Vec<_>>(),
            "left_out": copy.gaps,
        })
    }
}

fn columns(columns: &Columns) -> Map<String, Value> {
    let each = columns
        .iter()
        .map(|(name, said)| ((*name).to_owned(), said.to_string().into()));
    each.collect()
}

impl From<&Note> for Value {
    fn from(note: &Note) -> Self {
        let mut object: Map<String, Value> = parts_json(&note.parts).collect();
        let members = [
            ("note_id", json!(note.id)),
            ("title", json!(note.title)),
            ("kind", json!(note.kind)),
            ("started_at", time(note.started_at)),
            ("ended_at", time(note.ended_at)),
            ("finished_at", time(note.finished.as_ref().map(|(at, _)| *at))),
            (
                "finished_by",
                note.finished.as_ref().map(|(_, who)| Self::from(who)).into(),
            ),
            ("received_at", time(note.received_at)),
            ("authors", note.authors.iter().map(Self::from).collect()),
            ("versions", note.versions.iter().map(Self::from).collect()),
            ("case_systems", note.systems.iter().map(Self::from).collect()),
        ];
        object.extend(members.map(|(name, value)| (name.to_owned(), value)));
        Self::Object(object)
    }
}

impl From<&Version> for Value {
    fn from(version: &Version) -> Self {
        json!({
            "version": version.number,
            "at": time(Some(version.at)),
            "what": version.what,
            "words": version.words.to_string(),
        })
    }
}

impl From<&InSystem> for Value {
    fn from(system: &InSystem) -> Self {
        json!({
            "system": system.system,
            "version": system.version,
            "outcome": system.outcome,
            "at": time(Some(system.at)),
            "reference": system.reference.to_string(),
            "reason": system.reason.to_string(),
        })
    }
}

impl From<&Who> for Value {
    fn from(who: &Who) -> Self {
        json!({"name": who.name, "role": who.role, "team": who.team})
    }
}

impl From<&Open> for Value {
    fn from(open: &Open) -> Self {
        json!({"kind": open.kind, "words": open.words, "since": time(Some(open.since)), "note": open.note})
    }
}

impl From<&Step> for Value {
    fn from(step: &Step) -> Self {
        json!({
            "at": time(Some(step.at)),
            "who": Self::from(&step.who),
            "what": step.what.code(),
            "note": step.note,
            "words": step.words.to_string(),
        })
    }
}

fn parts_json(parts: &[Part]) -> impl Iterator<Item = (String, Value)> {
    parts.iter().map(|part| {
        let value = match &part.body {
            Body::Text(said) => said.to_string().into(),
            Body::Value(cell) => cell.into(),
            Body::Record(slots) => slots_json(slots),
            Body::Rows(rows) => rows.iter().map(Value::from).collect(),
        };
        (part.name.to_owned(), value)
    })
}

fn slots_json(slots: &Slots) -> Value {
    let all = slots
        .iter()
        .map(|(name, cell)| ((*name).to_owned(), Value::from(cell)));
    Value::Object(all.collect())
}

impl From<&Row> for Value {
    fn from(row: &Row) -> Self {
        match row {
            Row::Slots(slots) => slots_json(slots),
            Row::LeftOut(why) => json!({"left_out": why.code(), "words": why.instead()}),
        }
    }
}

impl From<&Cell> for Value {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::Said(said) => said.to_string().into(),
            Cell::Code(text) | Cell::Day(text) => text.as_str().into(),
            Cell::Time(at) => time(Some(*at)),
            Cell::Flag(flag) => (*flag).into(),
            Cell::Count(count) => (*count).into(),
            Cell::Who(who) => who.into(),
        }
    }
}
