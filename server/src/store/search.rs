//! Finding people at the desk: page by page in the order of their names, or by the beginnings of words of their name, case
//! id, date of birth, postcode or NHS number.

use notes::ids::{DocumentId, PersonId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::export::{EVENT, event};
use super::people::person;
use super::{EventRecord, PersonRecord, StoreError, Tx};

/// The columns of a person, in a query with other tables.
const P: &str = "p.id, p.case_id, p.name, p.title, p.forename, p.surname, p.preferred_name, p.date_of_birth, \
                 p.nhs_number, p.address_line_1, p.address_line_2, p.postcode, p.phone, p.communication_needs, p.alerts, \
                 p.allocated_worker, p.team";

/// Words in one question; more tell nothing more.
const MAX_WORDS: usize = 8;

impl Tx<'_> {
    /// People of a team, or of all, who come after a name and an id, in that order, at most so many. Who was merged into
    /// somebody is not among them.
    ///
    /// # Errors
    /// The database's.
    pub fn people_page(
        &self,
        team: Option<i64>,
        (name, id): (&str, PersonId),
        limit: u32,
    ) -> Result<Vec<PersonRecord>, StoreError> {
        // Two statements, each with an index of its own.
        let team_is = if team.is_some() {
            "p.team = ?1"
        } else {
            "?1 IS NULL"
        };
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {P} FROM person p WHERE {team_is} AND (p.name, p.id) > (?2, ?3) AND p.merged_into IS NULL \
             ORDER BY p.name, p.id LIMIT ?4"
        ))?;
        let rows = find.query_map(params![team, name, id.0, limit], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// People of a team, or of all, of whom every word of a question is the beginning of something, at most so many.
    ///
    /// # Errors
    /// The database's.
    pub fn people_found(
        &self,
        team: Option<i64>,
        question: &str,
        limit: u32,
    ) -> Result<Vec<PersonRecord>, StoreError> {
        let words = question.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).take(MAX_WORDS);
        // The team is a word of the index, so that other teams' people are never looked at.
        let team = team.map_or_else(|| "anybody".to_owned(), |team| format!("team{team}"));
        let query = words.fold(format!("\"{team}\""), |query, word| {
            format!("{query} AND \"{word}\"*")
        });
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {P} FROM person_words f JOIN person_n n ON n.n = f.rowid JOIN person p ON p.id = n.person \
             WHERE person_words MATCH ?1 AND p.merged_into IS NULL LIMIT ?2"
        ))?;
        let rows = find.query_map(params![query, limit], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes about a person with when their contact began, the latest first, after one of them, at most so many. Those
    /// without a time come last.
    ///
    /// # Errors
    /// The database's.
    pub fn notes_page(
        &self,
        person: PersonId,
        after: Option<(i64, DocumentId)>,
        limit: u32,
    ) -> Result<Vec<(DocumentId, Option<i64>)>, StoreError> {
        let (at, id) = after.unwrap_or((i64::MAX, DocumentId([0xff; 16])));
        let mut find = self.db.prepare_cached(
            "SELECT id, started_at FROM document WHERE person = ?1 AND template = 0 \
             AND (ifnull(started_at, -9223372036854775807 - 1), id) < (?2, ?3) \
             ORDER BY started_at DESC, id DESC LIMIT ?4",
        )?;
        let read = |row: &Row<'_>| Ok((DocumentId(row.get(0)?), row.get(1)?));
        let rows = find.query_map(params![person.0, at, id.0, limit], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the last contact with a person began, and how many notes of theirs are not finished.
    ///
    /// # Errors
    /// The database's.
    pub fn contacts(&self, person: PersonId) -> Result<(Option<i64>, u64), StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT max(started_at), count(*) FILTER (WHERE finished_at IS NULL) FROM document \
             WHERE person = ? AND template = 0",
        )?;
        Ok(find.query_row([person.0], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// The newest event of a note.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_newest(&self, document: DocumentId) -> Result<Option<EventRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {EVENT} FROM outbox WHERE document = ? ORDER BY version DESC, n DESC LIMIT 1"
        ))?;
        Ok(find.query_row([document.0], event).optional()?)
    }
}
