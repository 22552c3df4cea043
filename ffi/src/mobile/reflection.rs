//! The worker's own quarter, for apps.

use client_core::Talk;
use client_core::notebook::Ended;
use notes::reflection::{OwnBesideTeam, Reflection, ReflectionConcern, ReflectionWords};

use super::host::{Link, Transport};
use super::{Arc, Notebook, NotebookError};

/// The worker's own quarter, for reflective supervision.
#[uniffi::remote(Record)]
pub struct Reflection {
    /// The quarter, `yyyy-Qn`.
    pub quarter: String,
    /// Whose page it is.
    pub worker_id: String,
    /// Their name.
    pub worker_name: String,
    /// When they first opened it, RFC 3339.
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
#[uniffi::remote(Record)]
pub struct OwnBesideTeam {
    /// Their own; none of no notes.
    pub own: Option<i64>,
    /// The team's; none where it is of too few notes.
    pub team: Option<i64>,
}

/// What somebody said.
#[uniffi::remote(Record)]
pub struct ReflectionWords {
    /// The note.
    pub note_id: String,
    /// The answer with it.
    pub answer: Option<String>,
    /// Their words.
    pub words: String,
}

/// A concern that the worker raised.
#[uniffi::remote(Record)]
pub struct ReflectionConcern {
    /// The note.
    pub note_id: String,
    /// `safeguarding` or `professional_disagreement`.
    pub kind: Option<String>,
    /// When somebody at the desk took note of it, RFC 3339.
    pub acknowledged_at: Option<String>,
}

/// How asking for one's own quarter ended.
#[derive(Debug, uniffi::Enum)]
pub enum Reflected {
    /// The page.
    Page(Reflection),
    /// None: the server is out of reach, or refuses.
    Not(Ended),
}

#[uniffi::export]
impl Notebook {
    /// Opens the worker's own page of a quarter (1 to 4). From then on their team's desk may see it, too; say so first.
    ///
    /// # Errors
    /// Where the store fails; that the server refuses or is out of reach is a value.
    pub fn reflection(
        &self,
        transport: Arc<dyn Transport>,
        year: u16,
        quarter: u8,
    ) -> Result<Reflected, NotebookError> {
        let link = Link(transport);
        let answer = self.pass(Talk::between(self, &link).reflection(year, quarter))?;
        Ok(answer.map_or_else(Reflected::Not, Reflected::Page))
    }
}
