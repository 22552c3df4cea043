//! When workers opened the pages about their own work. Before that nobody else sees one.

use rusqlite::{OptionalExtension as _, params};

use super::{StoreError, Tx};

impl Tx<'_> {
    /// When a worker first opened their page of a quarter.
    ///
    /// # Errors
    /// The database's.
    pub fn reflection_opened(&self, worker: &str, quarter: &str) -> Result<Option<i64>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT opened_at FROM reflection WHERE worker = ? AND quarter = ?")?;
        Ok(find
            .query_row(params![worker, quarter], |row| row.get(0))
            .optional()?)
    }

    /// Writes down that a worker opened their page; false where they had before.
    ///
    /// # Errors
    /// The database's.
    pub fn reflection_open(&self, worker: &str, quarter: &str, at: i64) -> Result<bool, StoreError> {
        let mut put = self
            .db
            .prepare_cached("INSERT OR IGNORE INTO reflection (worker, quarter, opened_at) VALUES (?,?,?)")?;
        Ok(put.execute(params![worker, quarter, at])? > 0)
    }
}
