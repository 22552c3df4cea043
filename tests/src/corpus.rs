//! The real input of the tests: notes as practitioners would have written them, and the sessions in
//! which some were typed, key by key.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::village::file;

/// A line of `notes.ndjson`. Its README says what each is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Source {
    #[serde(rename = "ref")]
    pub reference: String,
    pub case_id: String,
    pub kind: String,
    pub started_at: String,
    pub ended_at: String,
    pub author: String,
    pub co_author: Option<String>,
    pub present: Vec<Value>,
    pub body: String,
    pub what_matters: Option<String>,
    pub strengths: Option<String>,
    pub persons_words: Option<String>,
    pub analysis: Option<String>,
    pub outcomes: Option<Vec<Value>>,
    pub actions: Option<Vec<Value>>,
    pub unmet_need: Option<Value>,
    pub feedback: Option<Value>,
    pub third_party: Vec<String>,
    pub do_not_share: Vec<String>,
    pub concern: Option<Value>,
    pub review_due: Option<String>,
    pub addenda: Vec<Addendum>,
    pub minutes_recording: u64,
}

/// What was added after finishing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Addendum {
    pub at: String,
    pub author: String,
    pub text: String,
}

/// One event of typing.
#[derive(Debug, Clone, Deserialize)]
pub struct Key(
    /// Milliseconds since the start.
    pub i64,
    /// Position, in Unicode scalar values.
    pub u64,
    /// How many are deleted there.
    pub u64,
    /// What is inserted.
    pub String,
);

#[derive(Deserialize)]
struct Session {
    #[serde(rename = "ref")]
    reference: String,
    events: Vec<Key>,
}

fn lines(path: &str) -> String {
    std::fs::read_to_string(file(path)).expect("the data is there")
}

/// All notes, in the file's order.
pub fn notes() -> Vec<Source> {
    let text = lines("tests/data/notes.ndjson");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a note"))
        .collect()
}

/// The typing sessions, by note.
pub fn typing() -> BTreeMap<String, Vec<Key>> {
    let text = lines("tests/data/typing.ndjson");
    let sessions = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("a session"));
    sessions.map(|s: Session| (s.reference, s.events)).collect()
}

/// RFC 3339 to UTC milliseconds.
pub fn time(text: &str) -> i64 {
    let at: jiff::Timestamp = text.parse().expect("a time");
    at.as_millisecond()
}
