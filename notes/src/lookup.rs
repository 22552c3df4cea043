//! Somebody who is not on a worker's caseload, looked up by the exact case id for a stated reason: what the server
//! answers (`POST /v1/lookups`), and what a phone keeps of it to read, for a day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::{DocumentId, PersonId};

/// How long it may be read, milliseconds.
pub const READABLE_MS: i64 = 24 * 3_600_000;

/// So many notes come with a person, the newest first.
pub const MOST_NOTES: usize = 100;

/// The least that a reason is, in letters.
pub const SHORTEST_REASON: usize = 5;

/// The most that a reason is, in letters.
pub const LONGEST_REASON: usize = 500;

/// A person, and what was written about them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Lookup {
    /// Who it is.
    pub person: Found,
    /// The texts of the person's own page that are not empty, by heading; none where nobody has begun one.
    pub about: Option<BTreeMap<String, String>>,
    /// Notes, the newest first.
    pub notes: Vec<FoundNote>,
    /// How many older notes did not come.
    pub left_out: u64,
    /// How long it may be read from now on, milliseconds.
    pub readable_ms: i64,
}

/// A person who was looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[expect(missing_docs, reason = "the columns of the case system's own export")]
pub struct Found {
    pub id: PersonId,
    pub case_id: String,
    pub name: String,
    pub preferred_name: Option<String>,
    pub date_of_birth: Option<String>,
    pub nhs_number: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub communication_needs: Option<String>,
    pub alerts: Option<String>,
    /// The name of the worker whose caseload they are on.
    pub worker: Option<String>,
    /// The name of the team.
    pub team: Option<String>,
}

/// One of their notes, with every field by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "types",
    derive(ts_rs::TS),
    ts(
        type = "Omit<Note, 'case_id' | 'name' | 'stage' | 'state' | 'version' | 'case_system_ref' | 'reason'> & { authors: string[] }"
    )
)]
pub struct FoundNote {
    /// Its id.
    pub id: DocumentId,
    /// Names of those who wrote it.
    pub authors: Vec<String>,
    /// Every field, as a phone shows it.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}
