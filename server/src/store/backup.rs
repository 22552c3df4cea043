//! Copies of the whole database: made while it is in use, checked before anybody relies on them,
//! and opened again under a new epoch.

use std::path::Path;
use std::sync::PoisonError;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{Head, Store, StoreError, Tx, connect};

impl Store {
    /// Copies the database as it is at this moment into an empty file, encrypted with the same key.
    /// Writers go on meanwhile.
    ///
    /// # Errors
    /// The database's, or the disk's.
    pub fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let source = self.reader()?;
        let mut target = Connection::open(file)?;
        if let Some(key) = self.key {
            // As it is: pages are copied with the room that their seals take.
            let seal: String = source.query_row("PRAGMA cipher_hmac_algorithm", [], |row| row.get(0))?;
            super::set_key(&target, &key, &seal)?;
        }
        {
            let backup = Backup::new(&source, &mut target)?;
            // All pages in one step: one moment, however many write meanwhile.
            if backup.step(-1)? != StepResult::Done {
                return Err(StoreError::Inconsistent("the copy could not be finished"));
            }
        }
        in_one_file(&target)?;
        target.close().map_err(|(_, error)| error)?;
        super::lock(&self.readers).push(source);
        Ok(())
    }

    /// Closes the database and leaves it in one file that may be moved.
    ///
    /// # Errors
    /// The database's, or the disk's; then part of it may stand in a log beside the file.
    pub fn close_in_one_file(self) -> Result<(), StoreError> {
        drop(self.readers);
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        in_one_file(&writer)?;
        Ok(writer.close().map_err(|(_, error)| error)?)
    }

    /// Whether a file is a whole database under a key; gives the head of its log and of its holdings.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], or [`StoreError::Inconsistent`] where pages are damaged.
    pub fn check_file(file: &Path, key: Option<[u8; 32]>) -> Result<(Head, u64), StoreError> {
        let db = connect(file, key, true)?;
        if key.is_some() {
            // Says a line for each page whose seal is broken.
            let mut broken = db.prepare("PRAGMA cipher_integrity_check")?;
            if broken.exists([])? {
                return Err(StoreError::Inconsistent("a page of the file was damaged"));
            }
        }
        let said: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if said != "ok" {
            return Err(StoreError::Inconsistent("a page of the file was damaged"));
        }
        let tx = Tx { db: &db };
        Ok((tx.log_head()?, tx.holding_head()?))
    }
}

/// Brings the log of changes into the file and does without one. Where `SQLite` cannot, it says so by
/// the mode in which it stays, or by an error after it has given the mode: so it is heard to its end.
fn in_one_file(connection: &Connection) -> Result<(), StoreError> {
    let mut switch = connection.prepare("PRAGMA journal_mode = DELETE")?;
    let mut rows = switch.query([])?;
    let mut mode = String::new();
    while let Some(row) = rows.next()? {
        mode = row.get(0)?;
    }
    if mode == "delete" {
        Ok(())
    } else {
        Err(StoreError::Inconsistent("it could not be brought into one file"))
    }
}

impl Tx<'_> {
    /// Forgets the one-time codes that nobody has used; returns how many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn codes_void(&self) -> Result<usize, StoreError> {
        Ok(self
            .db
            .execute("DELETE FROM enrol_code WHERE device IS NULL", [])?)
    }
}

#[cfg(test)]
impl Tx<'_> {
    /// Does to the database what only somebody with its file could do.
    pub(crate) fn tamper(&self, sql: &str) {
        self.db.execute_batch(sql).unwrap();
    }
}
