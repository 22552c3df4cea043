//! Two case ids that turned out to be one human: the old one leads to the survivor from then on, and
//! never through a third.

use notes::ids::PersonId;
use rusqlite::{OptionalExtension as _, params};

use super::people::{PERSON, person as person_of};
use super::{PersonRecord, StoreError, Tx};

impl Tx<'_> {
    /// Whose a case id is now that was given up; none for one that was not.
    ///
    /// # Errors
    /// The database's.
    pub fn alias(&self, case_id: &str) -> Result<Option<PersonId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT person FROM alias WHERE case_id = ?")?;
        Ok(find
            .query_row([case_id], |row| row.get(0).map(PersonId))
            .optional()?)
    }

    /// Gives a case id up, which leads to a person from now on.
    ///
    /// # Errors
    /// The database's; that of a case id that was given up before.
    pub fn alias_put(&self, case_id: &str, person: PersonId, since: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO alias (case_id, person, since) VALUES (?,?,?)")?
            .execute(params![case_id, person.0, since])?;
        Ok(())
    }

    /// Case ids that lead to a person, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn aliases_of(&self, person: PersonId) -> Result<Vec<String>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT case_id FROM alias WHERE person = ? ORDER BY case_id")?;
        let rows = find.query_map([person.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who was merged into a person, by their old case ids.
    ///
    /// # Errors
    /// The database's.
    pub fn merged_into(&self, person: PersonId) -> Result<Vec<PersonRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {PERSON} FROM person WHERE merged_into = ? ORDER BY case_id"
        ))?;
        let rows = find.query_map([person.0], person_of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One person is another from now on. Who was merged into the first is the other, too, and so is whom
    /// their old case ids mean; the issues about the first that are open are about the other.
    ///
    /// # Errors
    /// The database's.
    pub fn person_merge(&self, old: PersonId, into: PersonId) -> Result<(), StoreError> {
        for sql in [
            "UPDATE person SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1",
            "UPDATE alias SET person = ?2 WHERE person = ?1",
            "UPDATE issue SET person = ?2 WHERE person = ?1 AND settled_at IS NULL",
        ] {
            self.db.prepare_cached(sql)?.execute([old.0, into.0])?;
        }
        Ok(())
    }

    /// Who somebody is: themselves, or the one into whom they were merged.
    ///
    /// # Errors
    /// The database's.
    pub fn survivor(&self, id: PersonId) -> Result<PersonId, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT merged_into FROM person WHERE id = ?")?;
        let into: Option<Option<[u8; 16]>> = find.query_row([id.0], |row| row.get(0)).optional()?;
        Ok(into.flatten().map_or(id, PersonId))
    }
}
