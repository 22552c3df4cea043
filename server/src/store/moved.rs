//! Notes that were moved to another record, or into another note. Of the old one the log stays, which is truth and may be
//! evidence; all that others see is gone, and where it went is written here.

use notes::attachment::AttachmentId;
use notes::ids::{DeviceId, DocumentId, PersonId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// A note that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The old one.
    pub document: DocumentId,
    /// What it became, or what it went into.
    pub to_document: DocumentId,
    /// Whom the old one was about.
    pub person_from: Option<PersonId>,
    /// Whom it is about.
    pub person_to: PersonId,
    /// UTC milliseconds.
    pub at: i64,
    /// By whom, as the audit has it.
    pub by: String,
    /// Why.
    pub reason: String,
}

const MOVED: &str = "document, to_document, person_from, person_to, at, moved_by, reason";

/// What others see of a document, in this order: mail is found by those who follow it.
const LEAVE: [&str; 9] = [
    "DELETE FROM mail WHERE device IN (SELECT device FROM follow WHERE document = ?1) \
     AND pub IN (SELECT pub FROM published WHERE document = ?1)",
    "DELETE FROM follow WHERE document = ?1",
    "DELETE FROM published WHERE document = ?1",
    "DELETE FROM version WHERE document = ?1",
    "DELETE FROM document WHERE id = ?1",
    "DELETE FROM named WHERE document = ?1",
    "DELETE FROM judging WHERE document = ?1",
    "DELETE FROM piece WHERE body IN (SELECT n FROM upload WHERE document = ?1)",
    "DELETE FROM upload WHERE document = ?1",
];

impl Tx<'_> {
    /// Writes down that a note was moved, and takes from it all that others see. Its files are held for what it became,
    /// and for it no more.
    ///
    /// # Errors
    /// The database's.
    pub fn move_away(&self, moved: &Moved) -> Result<(), StoreError> {
        self.db
            .prepare_cached(&format!("INSERT INTO moved ({MOVED}) VALUES (?,?,?,?,?,?,?)"))?
            .execute(params![
                moved.document.0,
                moved.to_document.0,
                moved.person_from.map(|p| p.0),
                moved.person_to.0,
                moved.at,
                moved.by,
                moved.reason,
            ])?;
        for (file, device) in self.files_of(moved.document)? {
            self.holding_put(file, moved.to_document, device, moved.at)?;
        }
        self.db
            .prepare_cached("DELETE FROM holding WHERE document = ?")?
            .execute([moved.document.0])?;
        for sql in LEAVE {
            self.db.prepare_cached(sql)?.execute([moved.document.0])?;
        }
        Ok(())
    }

    fn files_of(&self, document: DocumentId) -> Result<Vec<(AttachmentId, DeviceId)>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT sha256, device FROM holding WHERE document = ? ORDER BY n")?;
        let rows = find.query_map([document.0], |row| {
            Ok((AttachmentId(row.get(0)?), DeviceId(row.get(1)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where a note went; none where it was not moved.
    ///
    /// # Errors
    /// The database's.
    pub fn moved(&self, document: DocumentId) -> Result<Option<Moved>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {MOVED} FROM moved WHERE document = ?"))?;
        Ok(find.query_row([document.0], moved).optional()?)
    }

    /// The notes that went into one.
    ///
    /// # Errors
    /// The database's.
    pub fn moved_into(&self, document: DocumentId) -> Result<Vec<Moved>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {MOVED} FROM moved WHERE to_document = ? ORDER BY at, document"
        ))?;
        let rows = find.query_map([document.0], moved)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The notes that left somebody's record or came to it, the first first.
    ///
    /// # Errors
    /// The database's.
    pub fn moved_about(&self, person: PersonId) -> Result<Vec<Moved>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {MOVED} FROM moved WHERE person_from = ?1 OR person_to = ?1 ORDER BY at, document"
        ))?;
        let rows = find.query_map([person.0], moved)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes that were moved and of which something is seen all the same; there should be none.
    ///
    /// # Errors
    /// The database's.
    pub fn moved_and_seen(&self) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT document FROM moved m WHERE EXISTS (SELECT 1 FROM published p WHERE p.document = m.document) \
             OR EXISTS (SELECT 1 FROM document d WHERE d.id = m.document) \
             OR EXISTS (SELECT 1 FROM holding h WHERE h.document = m.document) \
             OR NOT EXISTS (SELECT 1 FROM log l WHERE l.document = m.to_document)",
        )?;
        let rows = find.query_map([], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn moved(row: &Row<'_>) -> rusqlite::Result<Moved> {
    Ok(Moved {
        document: DocumentId(row.get(0)?),
        to_document: DocumentId(row.get(1)?),
        person_from: row.get::<_, Option<[u8; 16]>>(2)?.map(PersonId),
        person_to: PersonId(row.get(3)?),
        at: row.get(4)?,
        by: row.get(5)?,
        reason: row.get(6)?,
    })
}
