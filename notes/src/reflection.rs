//! A worker's own quarter, for reflective supervision: what the server answers to the worker's phone
//! (`GET /v1/reflection`), and to the desk once they have opened it there.

use serde::{Deserialize, Serialize};

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[cfg_attr(feature = "schemas", derive(utoipa::ToSchema))]
pub struct Reflection {
    /// The quarter, `yyyy-Qn`.
    pub quarter: String,
    /// Whose page it is.
    pub worker_id: String,
    /// Their name.
    pub worker_name: String,
    /// When they first opened it.
    pub opened_at: String,
    /// Notes that they finished about their team's people.
    pub notes: u64,
    /// Minutes of writing.
    pub recording: OwnBesideTeam,
    /// Minutes of contact.
    pub contact: OwnBesideTeam,
    /// Minutes from the beginning of the contact to the finish.
    pub to_finish: OwnBesideTeam,
    /// What people said of the visits, the newest first.
    pub words: Vec<ReflectionWords>,
    /// Concerns that they raised, the newest first.
    pub concerns: Vec<ReflectionConcern>,
}

/// The worker's own middle note beside the team's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[cfg_attr(feature = "schemas", derive(utoipa::ToSchema))]
pub struct OwnBesideTeam {
    /// Their own; none of no notes.
    #[cfg_attr(feature = "schemas", schema(required))]
    pub own: Option<i64>,
    /// The team's, theirs among it; none where the others have fewer than five notes, who could be reckoned back.
    #[cfg_attr(feature = "schemas", schema(required))]
    pub team: Option<i64>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[cfg_attr(feature = "schemas", derive(utoipa::ToSchema))]
pub struct ReflectionWords {
    /// The note.
    pub note_id: String,
    /// The answer with it.
    #[cfg_attr(feature = "schemas", schema(required))]
    pub answer: Option<String>,
    /// Their words.
    pub words: String,
}

/// A concern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[cfg_attr(feature = "schemas", derive(utoipa::ToSchema))]
pub struct ReflectionConcern {
    /// The note.
    pub note_id: String,
    /// `safeguarding` or `professional_disagreement`.
    #[cfg_attr(feature = "schemas", schema(required))]
    pub kind: Option<String>,
    /// When somebody at the desk took note of it.
    #[cfg_attr(feature = "schemas", schema(required))]
    pub acknowledged_at: Option<String>,
}
