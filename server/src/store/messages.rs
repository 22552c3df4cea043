//! Messages from the team's desk to workers. One is read once, on whichever phone; it stays here until its note
//! is removed.

use notes::ids::DocumentId;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRecord {
    /// Its id (UUID text).
    pub id: String,
    /// To whom.
    pub worker: String,
    /// The note that it is about.
    pub document: Option<DocumentId>,
    /// The issue that it belongs to.
    pub issue: Option<String>,
    /// `nudge`, `ask`, `returned` or `note`.
    pub kind: String,
    /// The words.
    pub text: String,
    /// Who says it, as shown.
    pub by_name: String,
    /// UTC milliseconds.
    pub sent_at: i64,
    /// UTC milliseconds.
    pub read_at: Option<i64>,
}

const MESSAGE: &str = "id, worker, document, issue, kind, text, by_name, sent_at, read_at";

impl Tx<'_> {
    /// Keeps a message.
    ///
    /// # Errors
    /// The database's; that of an id that was given before, and of a worker who is not known.
    pub fn message_add(&self, new: &MessageRecord) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(&format!(
            "INSERT INTO message ({MESSAGE}) VALUES (?,?,?,?,?,?,?,?,?)"
        ))?;
        put.execute(params![
            new.id,
            new.worker,
            new.document.map(|d| d.0),
            new.issue,
            new.kind,
            new.text,
            new.by_name,
            new.sent_at,
            new.read_at,
        ])?;
        Ok(())
    }

    /// A message.
    ///
    /// # Errors
    /// The database's.
    pub fn message(&self, id: &str) -> Result<Option<MessageRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {MESSAGE} FROM message WHERE id = ?"))?;
        Ok(find.query_row([id], message).optional()?)
    }

    /// A worker's messages, newest first, those before an id.
    ///
    /// # Errors
    /// The database's.
    pub fn messages_to(
        &self,
        worker: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<MessageRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {MESSAGE} FROM message WHERE worker = ? AND id < ? ORDER BY id DESC LIMIT ?"
        ))?;
        // No id is behind this letter.
        let rows = find.query_map(params![worker, before.unwrap_or("~"), limit], message)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The messages of an issue, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn messages_of_issue(&self, issue: &str) -> Result<Vec<MessageRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {MESSAGE} FROM message WHERE issue = ? ORDER BY id"
        ))?;
        let rows = find.query_map([issue], message)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The messages about a document, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn messages_about(&self, document: DocumentId) -> Result<Vec<MessageRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {MESSAGE} FROM message WHERE document = ? ORDER BY id"
        ))?;
        let rows = find.query_map([document.0], message)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes that a message of this worker's was read; false where there is none, or it was read before.
    ///
    /// # Errors
    /// The database's.
    pub fn message_read(&self, id: &str, worker: &str, at: i64) -> Result<bool, StoreError> {
        let mut put = self.db.prepare_cached(
            "UPDATE message SET read_at = ? WHERE id = ? AND worker = ? AND read_at IS NULL",
        )?;
        Ok(put.execute(params![at, id, worker])? > 0)
    }

    /// Deletes the messages about a document.
    ///
    /// # Errors
    /// The database's.
    pub fn messages_forget(&self, document: DocumentId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM message WHERE document = ?")?
            .execute([document.0])?;
        Ok(())
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<MessageRecord> {
    Ok(MessageRecord {
        id: row.get(0)?,
        worker: row.get(1)?,
        document: row.get::<_, Option<[u8; 16]>>(2)?.map(DocumentId),
        issue: row.get(3)?,
        kind: row.get(4)?,
        text: row.get(5)?,
        by_name: row.get(6)?,
        sent_at: row.get(7)?,
        read_at: row.get(8)?,
    })
}
