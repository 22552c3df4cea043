//! Removal: what leaves the store for good when a document goes. Of each of its log entries the number, chain,
//! document, device, time and hash stay, so that the chain recomputes; a tombstone behind them says that their
//! bytes are gone. Of what case systems were sent the place in the feed and the hash stay.

use notes::ids::DocumentId;
use notes::note::Template;
use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError, Tx, lock};

/// How long writers may be kept waiting for readers that still see what was removed.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

pub(super) const TOMBSTONE: &str = "SELECT max(seq) FROM log WHERE document = ? AND state = 6";

/// What goes with a document, in this order: mail is found by those who follow it.
const FORGET: [&str; 13] = [
    "DELETE FROM mail WHERE device IN (SELECT device FROM follow WHERE document = ?1) \
     AND pub IN (SELECT pub FROM published WHERE document = ?1)",
    "DELETE FROM follow WHERE document = ?1",
    "DELETE FROM published WHERE document = ?1",
    "DELETE FROM version WHERE document = ?1",
    "DELETE FROM document WHERE id = ?1",
    "DELETE FROM named WHERE document = ?1",
    "DELETE FROM concern WHERE document = ?1",
    "DELETE FROM unmet WHERE document = ?1",
    "DELETE FROM acknowledged WHERE document = ?1",
    "DELETE FROM reading WHERE document = ?1",
    "DELETE FROM judging WHERE document = ?1",
    "DELETE FROM piece WHERE body IN (SELECT n FROM upload WHERE document = ?1)",
    "DELETE FROM upload WHERE document = ?1",
];

impl Store {
    /// Brings the log of changes into the database and cuts it to nothing, so that what was removed does not stand
    /// there either. False where a reader still needs it: then to be tried again.
    ///
    /// # Errors
    /// The database's.
    pub fn clear_changes(&self) -> Result<bool, StoreError> {
        let connection = lock(&self.writer);
        connection.busy_timeout(PATIENCE)?;
        let busy: Result<i64, _> =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        connection.busy_timeout(super::BUSY)?;
        Ok(busy? == 0)
    }
}

impl Tx<'_> {
    /// The number of the newest tombstone of a document; none where it was not removed.
    ///
    /// # Errors
    /// The database's.
    pub fn log_tombstone(&self, document: DocumentId) -> Result<Option<u64>, StoreError> {
        let mut find = self.db.prepare_cached(TOMBSTONE)?;
        Ok(find.query_row([document.0], |row| row.get(0))?)
    }

    /// What a document was when it first came; none where nothing of it ever did.
    ///
    /// # Errors
    /// The database's.
    pub fn log_template(&self, document: DocumentId) -> Result<Option<Template>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT template FROM log WHERE document = ? ORDER BY seq LIMIT 1")?;
        let number: Option<i64> = find.query_row([document.0], |row| row.get(0)).optional()?;
        let template = |number| match number {
            1 => Template::About,
            _ => Template::Note,
        };
        Ok(number.map(template))
    }

    /// Overwrites the bytes of all entries of a document with nothing, and forgets for whom and why they were sent;
    /// returns how many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn log_erase(&self, document: DocumentId) -> Result<usize, StoreError> {
        let mut erase = self.db.prepare_cached(
            "UPDATE log SET chunk = x'', state = 5, person = NULL, reason = NULL, code = NULL, overruled = 0 \
             WHERE document = ? AND state NOT IN (5, 6)",
        )?;
        Ok(erase.execute([document.0])?)
    }

    /// Forgets what was published of a document, who follows it, what it looked like, who read it and which files
    /// came for it. A file that another note holds too stays.
    ///
    /// # Errors
    /// The database's.
    pub fn document_forget(&self, document: DocumentId) -> Result<(), StoreError> {
        for sql in FORGET {
            self.db.prepare_cached(sql)?.execute([document.0])?;
        }
        let mut find = self
            .db
            .prepare_cached("SELECT sha256 FROM holding WHERE document = ?")?;
        let files = find.query_map([document.0], |row| row.get::<_, [u8; 32]>(0))?;
        let files = files.collect::<Result<Vec<_>, _>>()?;
        self.db
            .prepare_cached("DELETE FROM holding WHERE document = ?")?
            .execute([document.0])?;
        for file in files {
            for sql in [
                "DELETE FROM piece WHERE body = (SELECT body FROM attachment WHERE sha256 = ?1) \
                 AND NOT EXISTS (SELECT 1 FROM holding WHERE sha256 = ?1)",
                "DELETE FROM attachment WHERE sha256 = ?1 \
                 AND NOT EXISTS (SELECT 1 FROM holding WHERE sha256 = ?1)",
            ] {
                self.db.prepare_cached(sql)?.execute([file])?;
            }
        }
        Ok(())
    }

    /// Takes the words out of the issues about a document and out of what case systems said of it; that there were
    /// any, and how they ended, stays.
    ///
    /// # Errors
    /// The database's.
    pub fn words_forget(&self, document: DocumentId) -> Result<(), StoreError> {
        // A question about two notes stands at the later one, with the earlier one first in its subject.
        self.db
            .prepare_cached(
                "UPDATE issue SET detail = '{}', trail = '[]', reason = CASE WHEN settled_at IS NULL THEN NULL ELSE '' END \
                 WHERE document = ?1 OR (kind = 'possible_duplicate' AND subject > ?2 AND subject < ?2 || 'g')",
            )?
            .execute(params![document.0, format!("{document}/")])?;
        self.db
            .prepare_cached("UPDATE moved SET reason = '' WHERE document = ?1 OR to_document = ?1")?
            .execute([document.0])?;
        self.db
            .prepare_cached(
                "UPDATE receipt SET reason = NULL \
                 WHERE event_id IN (SELECT event_id FROM outbox WHERE document = ?)",
            )?
            .execute([document.0])?;
        Ok(())
    }

    /// Puts another line in the place of an event's, under another kind. What it counts as stays.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_empty(&self, n: u64, kind: &str, line: &[u8]) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE outbox SET kind = ?, line = ? WHERE n = ?")?
            .execute(params![kind, line, n])?;
        Ok(())
    }
}
