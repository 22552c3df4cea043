//! A note and a person's own page, each field by its name and type, so that an app reads them without a JSON reader
//! of its own. They follow the table in `notes`: tests.rs walks it and sees that nothing of it is left out here.

use std::collections::HashMap;

use client_core::notebook::{Bytes, NoteItem};
use notes::ids::DocumentId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Notebook, NotebookError};

/// Where the bytes of an attachment are.
#[uniffi::remote(Enum)]
pub enum Bytes {
    /// Only here: the server does not have them whole yet.
    OnPhone,
    /// The server has them whole, and they are still here too.
    OnBoth,
    /// Not here: the server is asked for them.
    OnServer,
}

/// Somebody of ours who was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Worker {
    /// The worker's id in the case system.
    pub id: String,
    /// RFC 3339.
    pub joined_at: Option<String>,
}

/// Somebody else who was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Present {
    /// Of the entry.
    pub id: String,
    /// Their name.
    pub name: Option<String>,
    /// What they are to the person.
    pub relationship: Option<String>,
    /// `third_party` or `do_not_share`: it stays out of the person's copy.
    pub private: Option<String>,
}

/// What the person wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Outcome {
    /// Of the entry.
    pub id: String,
    /// In words.
    pub text: Option<String>,
    /// `new`, `some`, `met` or `not_met`.
    pub progress: Option<String>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
}

/// What somebody will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Action {
    /// Of the entry.
    pub id: String,
    /// In words.
    pub what: Option<String>,
    /// Free text.
    pub who: Option<String>,
    /// `yyyy-mm-dd`.
    pub by: Option<String>,
    /// Whether it is done.
    pub done: Option<bool>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
}

/// What could not be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct UnmetNeed {
    /// Of the entry.
    pub id: String,
    /// In words.
    pub need: Option<String>,
    /// `budget`, `language`, `none_available`, `declined` or `other`.
    pub reason_code: Option<String>,
    /// In words.
    pub reason: Option<String>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
}

/// What somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Concern {
    /// Of the entry.
    pub id: String,
    /// `safeguarding` or `professional_disagreement`.
    pub kind: Option<String>,
    /// In words.
    pub text: Option<String>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
}

/// A file of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Attachment {
    /// Its SHA-256 in hexadecimal.
    pub id: String,
    /// As `image/png`.
    pub media_type: Option<String>,
    /// Its length.
    pub bytes: Option<u64>,
    /// In words.
    pub caption: Option<String>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
    /// Where its bytes are; none in what was looked up, whose files do not come along.
    #[serde(rename = "where")]
    pub whereabouts: Option<Bytes>,
    /// Why the server refused them, in words.
    pub reason: Option<String>,
}

/// What was added after the finish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Addendum {
    /// Of the entry.
    pub id: String,
    /// RFC 3339.
    pub at: Option<String>,
    /// The worker's id.
    pub author: Option<String>,
    /// In words.
    pub text: Option<String>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
}

/// What the person said of the visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Feedback {
    /// `yes`, `partly`, `no` or `not_asked`.
    pub was_it_useful: Option<String>,
    /// In their words.
    pub words: Option<String>,
    /// Whether a copy was offered.
    pub copy_offered: Option<bool>,
    /// Whether they know how to reach us.
    pub how_to_reach_us: Option<bool>,
}

/// The review that this visit was, and the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct ReviewPlan {
    /// `initial`, `annual` or `direct_payment`; none where it was no review.
    pub was: Option<String>,
    /// The kind of the next.
    pub kind: Option<String>,
    /// Its date, `yyyy-mm-dd`.
    pub due: Option<String>,
}

/// When and by whom a note was finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Finished {
    /// RFC 3339.
    pub at: String,
    /// The worker's id.
    pub author: String,
}

/// A passage that stays out of the person's copy. Places count Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Passage {
    /// The text field.
    pub field: String,
    /// Its first character.
    pub start: u64,
    /// One past the last.
    pub end: u64,
    /// `third_party` or `do_not_share`.
    pub kind: String,
}

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
#[serde(untagged)]
pub enum SingleValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// Text, a code, a date, or a time as RFC 3339.
    Text(String),
}

/// A value on which two phones disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Conflict {
    /// As [`Notebook::set`] takes it.
    pub path: String,
    /// The one that is shown.
    pub shown: SingleValue,
    /// The others, each once.
    pub others: Vec<SingleValue>,
}

/// What stands in a note, every field by its name (docs/data-model.md).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
#[expect(
    missing_docs,
    reason = "the fields are those of docs/data-model.md, by their names"
)]
pub struct NoteFields {
    pub schema: u64,
    pub person: Option<String>,
    pub person_name: Option<String>,
    /// RFC 3339.
    pub ended_at: Option<String>,
    pub workers: Vec<Worker>,
    pub present: Vec<Present>,
    pub body: String,
    pub what_matters: String,
    pub strengths: String,
    pub persons_words: String,
    pub analysis: String,
    pub person_view: String,
    pub outcomes: Vec<Outcome>,
    pub actions: Vec<Action>,
    pub unmet_needs: Vec<UnmetNeed>,
    pub concerns: Vec<Concern>,
    pub attachments: Vec<Attachment>,
    pub addenda: Vec<Addendum>,
    pub feedback: Option<Feedback>,
    pub review: Option<ReviewPlan>,
    pub finished: Option<Finished>,
    /// Milliseconds by device.
    pub recording_ms: HashMap<String, u64>,
    pub private: Vec<Passage>,
    pub conflicts: Vec<Conflict>,
}

/// A note that is on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct NoteView {
    /// As a list shows it: whom it is about, kind and time, and where it stands.
    #[serde(flatten)]
    pub item: NoteItem,
    /// All else.
    #[serde(flatten)]
    pub fields: NoteFields,
}

/// Somebody who matters to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct Contact {
    /// Of the entry.
    pub id: String,
    /// Their name.
    pub name: Option<String>,
    /// What they are to the person.
    pub relationship: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
}

/// What the team has to know before a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct PageAlert {
    /// Of the entry.
    pub id: String,
    /// In words.
    pub text: Option<String>,
    /// `third_party` or `do_not_share`.
    pub private: Option<String>,
}

/// A person's own page: a text for each heading, and what the team keeps beside them (docs/data-model.md).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
#[expect(
    missing_docs,
    reason = "the fields are those of docs/data-model.md, by their names"
)]
pub struct PageView {
    /// As a list shows it.
    #[serde(flatten)]
    pub item: NoteItem,
    pub schema: u64,
    pub what_matters_most: String,
    pub people_who_matter: String,
    pub how_i_communicate: String,
    pub my_wellness: String,
    pub please_do: String,
    pub please_dont: String,
    pub how_and_when_to_support: String,
    pub also_worth_knowing: String,
    pub written_with: String,
    pub contacts: Vec<Contact>,
    pub alerts: Vec<PageAlert>,
    pub private: Vec<Passage>,
    pub conflicts: Vec<Conflict>,
}

/// What `show` gives, typed. It does not fit only where a note was asked for as a page, or a page as a note.
pub(super) fn typed<T: for<'de> Deserialize<'de>>(shown: Value) -> Result<T, NotebookError> {
    serde_json::from_value(shown)
        .map_err(|_| NotebookError::BadCall("a note is read as a note, and a person's page as a page"))
}

#[uniffi::export]
impl Notebook {
    /// A note with every field by its name and type. It counts as a reading.
    ///
    /// # Errors
    /// No such note here, one that this app cannot read, or a person's page.
    pub fn note(&self, note: DocumentId) -> Result<NoteView, NotebookError> {
        typed(self.book()?.show(note)?)
    }

    /// A person's own page, by the id that [`Self::about`] gives. It counts as a reading.
    ///
    /// # Errors
    /// No such page here, one that this app cannot read, or a note.
    pub fn page(&self, page: DocumentId) -> Result<PageView, NotebookError> {
        typed(self.book()?.show(page)?)
    }
}
