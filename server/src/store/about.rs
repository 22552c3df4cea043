//! All about one person, for the copy that they are given: what happened to their record, which versions of
//! their notes went out, what is open and what has not been judged yet.

use notes::ids::{DocumentId, PersonId};
use rusqlite::params;

use super::audit::record;
use super::export::{EVENT, event};
use super::issues::{ISSUE, issue};
use super::{AuditRecord, EventRecord, Issue, StoreError, Tx};

/// When the published parts of a document came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// The first, UTC milliseconds.
    pub first_at: i64,
    /// The last.
    pub last_at: i64,
}

pub(super) const AUDIT_ABOUT: &str = "SELECT n, chain, at, who, what, person, document, detail FROM audit \
                                      WHERE person = ? AND n > ? ORDER BY n LIMIT ?";
const EVENTS_OF: &str = "WHERE document = ? ORDER BY version, n";
const CAME: &str = "SELECT min(received_at), max(received_at) FROM log WHERE document = ? AND state = 1";
// One question for each state: each has an index of its own, of what waits only.
const UNJUDGED_ABOUT: &str = "SELECT (SELECT count(*) FROM log WHERE state = 0 AND person = ?1) \
                                         + (SELECT count(*) FROM log WHERE state = 3 AND person = ?1)";

impl Tx<'_> {
    /// What the audit has about a person after a number, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn audit_about(&self, person: PersonId, n: u64, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let mut find = self.db.prepare_cached(AUDIT_ABOUT)?;
        let rows = find.query_map(params![person.0, n, limit], record)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All events of a note, by version.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_of(&self, document: DocumentId) -> Result<Vec<EventRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {EVENT} FROM outbox {EVENTS_OF}"))?;
        let rows = find.query_map([document.0], event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open issues about a person or a document of theirs, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn issues_about(&self, person: PersonId) -> Result<Vec<Issue>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE settled_at IS NULL AND (person = ?1 OR document IN \
             (SELECT id FROM document WHERE person = ?1)) ORDER BY opened_at, id"
        ))?;
        let rows = find.query_map([person.0], issue)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the published parts of a document came; none where nothing is published of it.
    ///
    /// # Errors
    /// The database's.
    pub fn came(&self, document: DocumentId) -> Result<Option<Came>, StoreError> {
        let mut find = self.db.prepare_cached(CAME)?;
        let (first, last): (Option<i64>, Option<i64>) =
            find.query_row([document.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(first
            .zip(last)
            .map(|(first_at, last_at)| Came { first_at, last_at }))
    }

    /// How many entries about a person wait to be judged, or for what they build on.
    ///
    /// # Errors
    /// The database's.
    pub fn unjudged_about(&self, person: PersonId) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached(UNJUDGED_ABOUT)?;
        Ok(find.query_row([person.0], |row| row.get(0))?)
    }
}
