//! Who is there, by the case system's last word, and who has left. Nothing is deleted of either.

use notes::ids::PersonId;
use rusqlite::{OptionalExtension as _, params};

use super::{StoreError, Tx};

impl Tx<'_> {
    /// Since when a person has left; none where they are there, or not known.
    ///
    /// # Errors
    /// The database's.
    pub fn person_left(&self, id: PersonId) -> Result<Option<i64>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT left_at FROM person WHERE id = ?")?;
        Ok(find.query_row([id.0], |row| row.get(0)).optional()?.flatten())
    }

    /// Says since when a person has left, or that they are there.
    ///
    /// # Errors
    /// The database's.
    pub fn person_left_put(&self, id: PersonId, at: Option<i64>) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE person SET left_at = ? WHERE id = ?")?
            .execute(params![at, id.0])?;
        Ok(())
    }

    /// Ids and case ids of the people who are there, by case id. Who was merged is there as another.
    ///
    /// # Errors
    /// The database's.
    pub fn people_here(&self) -> Result<Vec<(PersonId, String)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT id, case_id FROM person WHERE left_at IS NULL AND merged_into IS NULL ORDER BY case_id",
        )?;
        let rows = find.query_map([], |row| Ok((PersonId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Since when a worker has left; none where they are there, or not known.
    ///
    /// # Errors
    /// The database's.
    pub fn worker_left(&self, id: &str) -> Result<Option<i64>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT left_at FROM worker WHERE id = ?")?;
        Ok(find.query_row([id], |row| row.get(0)).optional()?.flatten())
    }

    /// Says since when a worker has left, or that they are there.
    ///
    /// # Errors
    /// The database's.
    pub fn worker_left_put(&self, id: &str, at: Option<i64>) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE worker SET left_at = ? WHERE id = ?")?
            .execute(params![at, id])?;
        Ok(())
    }

    /// Ids of the workers who are there, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn workers_here(&self) -> Result<Vec<String>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT id FROM worker WHERE left_at IS NULL ORDER BY id")?;
        let rows = find.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
