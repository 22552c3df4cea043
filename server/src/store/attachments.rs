//! Files that were proven to be what their hash says: stored once, held for each note for which they were sent
//! whole, and named by the notes that were published. What is still on its way is in `uploads.rs`.

use notes::attachment::AttachmentId;
use notes::ids::{DeviceId, DocumentId, PersonId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRecord {
    /// SHA-256 of its bytes.
    pub id: AttachmentId,
    /// The number of its pieces.
    pub body: u64,
    /// Its media type.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// UTC milliseconds.
    pub stored_at: i64,
}

/// That a file was sent whole for a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Its number; they only grow.
    pub n: u64,
    /// Who sent it.
    pub device: DeviceId,
}

/// A piece of a file: where it begins, and its bytes.
pub type Piece = (u64, Vec<u8>);

const ATTACHMENT: &str = "sha256, body, media_type, bytes, stored_at";
pub(super) const MISSING: &str = "SELECT n.document, n.sha256 FROM named n JOIN document d ON d.id = n.document \
                                  WHERE n.missing_since <= ? AND d.finished_at IS NOT NULL \
                                  ORDER BY n.missing_since LIMIT ?";

impl Tx<'_> {
    /// Stores a whole file, whose pieces stand under its number already.
    ///
    /// # Errors
    /// The database's; also where it is stored already.
    pub fn attachment_put(&self, a: &AttachmentRecord) -> Result<(), StoreError> {
        let sql = format!("INSERT INTO attachment ({ATTACHMENT}) VALUES (?,?,?,?,?)");
        let mut put = self.db.prepare_cached(&sql)?;
        put.execute(params![a.id.0, a.body, a.media_type, a.bytes, a.stored_at])?;
        Ok(())
    }

    /// A whole file.
    ///
    /// # Errors
    /// The database's.
    pub fn attachment(&self, id: AttachmentId) -> Result<Option<AttachmentRecord>, StoreError> {
        let sql = format!("SELECT {ATTACHMENT} FROM attachment WHERE sha256 = ?");
        let mut find = self.db.prepare_cached(&sql)?;
        Ok(find.query_row([id.0], attachment).optional()?)
    }

    /// Whole files behind one, by their hashes.
    ///
    /// # Errors
    /// The database's.
    pub fn attachments_after(
        &self,
        id: Option<AttachmentId>,
        limit: u32,
    ) -> Result<Vec<AttachmentRecord>, StoreError> {
        let sql = format!("SELECT {ATTACHMENT} FROM attachment WHERE sha256 > ? ORDER BY sha256 LIMIT ?");
        let mut find = self.db.prepare_cached(&sql)?;
        // An empty blob sorts before all others.
        let after = id.map_or(Vec::new(), |id| id.0.to_vec());
        let rows = find.query_map(params![after, limit], attachment)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The piece in which a byte stands; none behind the last one.
    ///
    /// # Errors
    /// The database's.
    pub fn piece_at(&self, body: u64, at: u64) -> Result<Option<Piece>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT at, data FROM piece WHERE body = ? AND at <= ? ORDER BY at DESC LIMIT 1",
        )?;
        let found: Option<Piece> = find
            .query_row(params![body, at], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.filter(|(begin, data)| at - begin < data.len() as u64))
    }

    /// Notes that a file was sent whole for a note; the first one stays.
    ///
    /// # Errors
    /// The database's.
    pub fn holding_put(
        &self,
        id: AttachmentId,
        document: DocumentId,
        device: DeviceId,
        at: i64,
    ) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT OR IGNORE INTO holding (sha256, document, device, held_at) VALUES (?,?,?,?)",
        )?;
        put.execute(params![id.0, document.0, device.0, at])?;
        let mut here = self
            .db
            .prepare_cached("UPDATE named SET missing_since = NULL WHERE document = ? AND sha256 = ?")?;
        here.execute(params![document.0, id.0])?;
        Ok(())
    }

    /// Whether, and by whom, a file was sent whole for a note.
    ///
    /// # Errors
    /// The database's.
    pub fn holding(&self, id: AttachmentId, document: DocumentId) -> Result<Option<Holding>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT n, device FROM holding WHERE sha256 = ? AND document = ?")?;
        let read = |row: &Row<'_>| {
            Ok(Holding {
                n: row.get(0)?,
                device: DeviceId(row.get(1)?),
            })
        };
        Ok(find.query_row(params![id.0, document.0], read).optional()?)
    }

    /// The number of the newest holding; 0 where there is none.
    ///
    /// # Errors
    /// The database's.
    pub fn holding_head(&self) -> Result<u64, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT coalesce(max(n), 0) FROM holding")?;
        Ok(find.query_row([], |row| row.get(0))?)
    }

    /// Whether a file was sent whole for any published note about a person that names it.
    ///
    /// # Errors
    /// The database's.
    pub fn held_for_person(&self, id: AttachmentId, person: PersonId) -> Result<bool, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT 1 FROM holding h JOIN document d ON d.id = h.document \
             JOIN named n ON n.document = h.document AND n.sha256 = h.sha256 WHERE h.sha256 = ? AND d.person = ?",
        )?;
        Ok(find.exists(params![id.0, person.0])?)
    }

    /// Writes down which files a published note names, and since when those are missed that are not here.
    ///
    /// # Errors
    /// The database's.
    pub fn named_put(&self, document: DocumentId, ids: &[AttachmentId], now: i64) -> Result<(), StoreError> {
        let before = self.named(document)?;
        let mut forget = self
            .db
            .prepare_cached("DELETE FROM named WHERE document = ? AND sha256 = ?")?;
        for id in before.iter().filter(|id| !ids.contains(id)) {
            forget.execute(params![document.0, id.0])?;
        }
        let mut put = self
            .db
            .prepare_cached("INSERT INTO named (document, sha256, missing_since) VALUES (?,?,?)")?;
        for id in ids.iter().filter(|id| !before.contains(id)) {
            let missing = self.holding(*id, document)?.is_none().then_some(now);
            put.execute(params![document.0, id.0, missing])?;
        }
        Ok(())
    }

    /// The files that a published note names, by their hashes.
    ///
    /// # Errors
    /// The database's.
    pub fn named(&self, document: DocumentId) -> Result<Vec<AttachmentId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT sha256 FROM named WHERE document = ? ORDER BY sha256")?;
        let rows = find.query_map([document.0], |row| row.get(0).map(AttachmentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The published notes that name a file and for which it was sent whole.
    ///
    /// # Errors
    /// The database's.
    pub fn notes_with(&self, id: AttachmentId) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT n.document FROM named n JOIN holding h ON h.document = n.document AND h.sha256 = n.sha256 \
             WHERE n.sha256 = ? ORDER BY n.document",
        )?;
        let rows = find.query_map([id.0], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Files that finished notes have missed since a time or longer, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn missing_since(&self, at: i64, limit: u32) -> Result<Vec<(DocumentId, AttachmentId)>, StoreError> {
        let mut find = self.db.prepare_cached(MISSING)?;
        let rows = find.query_map(params![at, limit], |row| {
            Ok((DocumentId(row.get(0)?), AttachmentId(row.get(1)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn attachment(row: &Row<'_>) -> rusqlite::Result<AttachmentRecord> {
    Ok(AttachmentRecord {
        id: AttachmentId(row.get(0)?),
        body: row.get(1)?,
        media_type: row.get(2)?,
        bytes: row.get(3)?,
        stored_at: row.get(4)?,
    })
}
