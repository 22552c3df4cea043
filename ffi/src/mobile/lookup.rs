//! Somebody who is not on the caseload, for apps: asked for by the exact case id with a reason, readable for a day.

use std::collections::HashMap;

use client_core::Talk;
use client_core::notebook::{Ended, LookedUp};
use notes::ids::PersonId;
use notes::lookup::Found;
use serde::{Deserialize, Serialize};

use super::host::{Link, Transport};
use super::note::{NoteFields, typed};
use super::{Arc, Notebook, NotebookError};

/// Somebody who was looked up, as a list shows them.
#[uniffi::remote(Record)]
pub struct LookedUp {
    /// The case system's id.
    pub case_id: String,
    /// Their name.
    pub name: String,
    /// Until when they can be read here, UTC milliseconds.
    pub until_ms: i64,
}

/// A person who was looked up.
#[uniffi::remote(Record)]
pub struct Found {
    /// Their id.
    pub id: PersonId,
    /// The case system's id.
    pub case_id: String,
    /// Name as shown.
    pub name: String,
    /// What they like to be called.
    pub preferred_name: Option<String>,
    /// `yyyy-mm-dd`.
    pub date_of_birth: Option<String>,
    /// NHS number.
    pub nhs_number: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// How to communicate.
    pub communication_needs: Option<String>,
    /// Alerts.
    pub alerts: Option<String>,
    /// The name of the worker whose caseload they are on.
    pub worker: Option<String>,
    /// The name of the team.
    pub team: Option<String>,
}

/// One of their notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct FoundNoteView {
    /// Its id.
    pub id: String,
    /// Names of those who wrote it.
    pub authors: Vec<String>,
    /// Kind of visit or conversation.
    pub kind: Option<String>,
    /// Contact time, RFC 3339.
    pub started_at: Option<String>,
    /// All else.
    #[serde(flatten)]
    pub fields: NoteFields,
}

/// A person who was looked up, and what was written about them.
#[derive(Debug, Clone, uniffi::Record)]
pub struct LookupView {
    /// Who it is.
    pub person: Found,
    /// The texts of the person's own page that are not empty, by heading; none where nobody has begun one.
    pub about: Option<HashMap<String, String>>,
    /// Notes, the newest first.
    pub notes: Vec<FoundNoteView>,
    /// How many older notes did not come.
    pub left_out: u64,
}

#[uniffi::export]
impl Notebook {
    /// Asks for somebody who is not on the caseload, by the exact case id and with a reason, which is recorded. What comes
    /// is read by [`Self::lookup`], for a day.
    ///
    /// # Errors
    /// Where the store fails; that the server refuses or is out of reach is a value.
    pub fn look_up(
        &self,
        transport: Arc<dyn Transport>,
        case_id: &str,
        reason: &str,
    ) -> Result<Ended, NotebookError> {
        let link = Link(transport);
        self.pass(Talk::between(self, &link).look_up(case_id, reason))
    }

    /// Who was looked up and can still be read, the newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn looked_up(&self) -> Result<Vec<LookedUp>, NotebookError> {
        Ok(self.book()?.looked_up()?)
    }

    /// Somebody who was looked up. It counts as a reading of all that is shown.
    ///
    /// # Errors
    /// `NoPerson` where nobody was, or the day is over.
    pub fn lookup(&self, case_id: &str) -> Result<LookupView, NotebookError> {
        let found = self.book()?.lookup(case_id)?;
        let notes = found.notes.iter().map(|note| {
            let whole = serde_json::to_value(note).map_err(|_| NotebookError::Damaged("a note"))?;
            typed(whole)
        });
        Ok(LookupView {
            notes: notes.collect::<Result<_, NotebookError>>()?,
            about: found.about.map(|texts| texts.into_iter().collect()),
            left_out: found.left_out,
            person: found.person,
        })
    }
}
