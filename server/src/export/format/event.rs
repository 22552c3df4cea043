//! One event of the feed as a value: read from the line that every reader gets, so that another format
//! can never say more or less than NDJSON does. The names are the feed's own (docs/data-model.md).

use serde::{Deserialize, Serialize};

use super::Mapping;
use crate::export::words;
use crate::store::StoreError;

/// An event. What was withdrawn or removed keeps its envelope; its texts are empty then.
#[expect(clippy::struct_field_names, reason = "the names are the feed's")]
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) event_id: String,
    pub(super) cursor: String,
    /// `note.finished`, `note.amended`, `note.withdrawn` or `note.removed`.
    #[serde(rename = "type")]
    pub(super) event_type: String,
    pub(super) note_id: String,
    pub(super) version: u64,
    /// The event id of the version before.
    pub(super) supersedes: Option<String>,
    /// Hexadecimal.
    pub(super) sha256: String,
    pub(super) person: Option<Person>,
    /// A code of the table of fields; none where the note does not say it.
    pub(super) kind: Option<String>,
    /// Times are RFC 3339, UTC.
    pub(super) started_at: Option<String>,
    pub(super) ended_at: Option<String>,
    pub(super) finished_at: Option<String>,
    pub(super) received_at: Option<String>,
    pub(super) authors: Vec<Worker>,
    pub(super) present: Vec<Present>,
    pub(super) title: Option<String>,
    pub(super) body: String,
    pub(super) what_matters: String,
    pub(super) strengths: String,
    pub(super) persons_words: String,
    pub(super) analysis: String,
    pub(super) person_view: String,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) actions: Vec<Action>,
    pub(super) unmet_needs: Vec<UnmetNeed>,
    pub(super) feedback: Option<Feedback>,
    pub(super) concerns: Vec<Concern>,
    pub(super) review: Option<Review>,
    pub(super) private: Vec<Passage>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) addenda: Vec<Addendum>,
    pub(super) change_summary: Option<String>,
    /// Why it was withdrawn or removed.
    pub(super) reason: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Person {
    /// The person's id here, a UUID.
    pub(super) id: String,
    pub(super) case_id: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Worker {
    pub(super) worker_id: String,
    /// None for somebody who is not on the list of workers.
    pub(super) name: Option<String>,
}

/// `private` of an entry is a mark for all of it: `third_party` or `do_not_share`.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Present {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) relationship: Option<String>,
    pub(super) private: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Outcome {
    pub(super) id: String,
    pub(super) text: Option<String>,
    /// `new`, `some`, `met` or `not_met`.
    pub(super) progress: Option<String>,
    pub(super) private: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Action {
    pub(super) id: String,
    pub(super) what: Option<String>,
    pub(super) who: Option<String>,
    /// `yyyy-mm-dd`.
    pub(super) by: Option<String>,
    pub(super) done: Option<bool>,
    pub(super) private: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct UnmetNeed {
    pub(super) id: String,
    pub(super) need: Option<String>,
    /// `budget`, `language`, `none_available`, `declined` or `other`.
    pub(super) reason_code: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) private: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Feedback {
    /// `yes`, `partly`, `no` or `not_asked`.
    pub(super) was_it_useful: Option<String>,
    pub(super) words: Option<String>,
    pub(super) copy_offered: Option<bool>,
    pub(super) how_to_reach_us: Option<bool>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Concern {
    pub(super) id: String,
    /// `safeguarding` or `professional_disagreement`.
    pub(super) kind: Option<String>,
    pub(super) text: Option<String>,
    pub(super) private: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Review {
    /// The review that this visit was: `initial`, `annual` or `direct_payment`.
    pub(super) was: Option<String>,
    /// The next one.
    pub(super) kind: Option<String>,
    /// `yyyy-mm-dd`.
    pub(super) due: Option<String>,
}

/// A marked passage of a text. Places are in Unicode scalar values, the end is not in it.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(super) struct Passage {
    pub(super) field: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// `third_party` or `do_not_share`.
    pub(super) kind: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Attachment {
    pub(super) sha256: String,
    pub(super) media_type: Option<String>,
    pub(super) bytes: Option<u64>,
    pub(super) caption: Option<String>,
    pub(super) private: Option<String>,
    /// Whether this server can give the file.
    pub(super) available: bool,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Addendum {
    pub(super) id: String,
    pub(super) at: Option<String>,
    pub(super) author: Option<Worker>,
    pub(super) text: Option<String>,
    pub(super) private: Option<String>,
}

impl Event {
    /// Reads a line of the feed.
    pub(super) fn read(line: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(line).map_err(|_| StoreError::Inconsistent("an event cannot be read"))
    }

    /// The title in a council's own words, else the feed's.
    pub(super) fn title_in(&self, mapping: &Mapping) -> String {
        let at = self
            .started_at
            .as_deref()
            .and_then(|at| at.parse::<jiff::Timestamp>().ok());
        let date = at.and_then(|at| words::day(at.as_millisecond()));
        let own = self.title.as_deref().unwrap_or_default();
        mapping.title(self.kind.as_deref().unwrap_or_default(), date.as_deref(), own)
    }

    /// The note's texts by field, in the order in which a reader wants them.
    pub(super) fn texts(&self) -> [(&'static str, &str); 6] {
        [
            ("body", &self.body),
            ("what_matters", &self.what_matters),
            ("strengths", &self.strengths),
            ("persons_words", &self.persons_words),
            ("analysis", &self.analysis),
            ("person_view", &self.person_view),
        ]
    }
}
