//! Files on their way: what a device sends for a note, piece by piece, each durable by itself. What has arrived whole
//! goes over to `attachments.rs` with its pieces.

use notes::attachment::AttachmentId;
use notes::ids::{DeviceId, DocumentId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// Pieces are not longer than this.
pub const PIECE_BYTES: usize = 256 * 1024;

/// Whose upload of what, for which note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadKey {
    /// Who sends.
    pub device: DeviceId,
    /// What.
    pub id: AttachmentId,
    /// For which note.
    pub document: DocumentId,
}

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its number, and that of its pieces.
    pub n: u64,
    /// Whose, what, for which note.
    pub key: UploadKey,
    /// What kind of file it was said to be.
    pub media_type: String,
    /// How long it was said to be.
    pub bytes: u64,
    /// How many bytes are here.
    pub arrived: u64,
}

/// What a device has on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Underway {
    /// How many files.
    pub files: u64,
    /// How long they are together, arrived or not.
    pub bytes: u64,
}

const UPLOAD: &str = "n, device, sha256, document, media_type, bytes, arrived";

impl Tx<'_> {
    /// Begins an upload of which nothing is here yet; returns its number. One that was under way is thrown away.
    ///
    /// # Errors
    /// The database's.
    pub fn upload_begin(
        &self,
        key: UploadKey,
        media_type: &str,
        bytes: u64,
        now: i64,
    ) -> Result<u64, StoreError> {
        if let Some(before) = self.upload(key)? {
            self.upload_drop(before.n)?;
        }
        let mut put = self.db.prepare_cached(
            "INSERT INTO upload (device, sha256, document, media_type, bytes, arrived, touched_at) \
             VALUES (?,?,?,?,?,0,?) RETURNING n",
        )?;
        let args = params![key.device.0, key.id.0, key.document.0, media_type, bytes, now];
        Ok(put.query_row(args, |row| row.get(0))?)
    }

    /// An upload.
    ///
    /// # Errors
    /// The database's.
    pub fn upload(&self, key: UploadKey) -> Result<Option<Upload>, StoreError> {
        let sql = format!("SELECT {UPLOAD} FROM upload WHERE device = ? AND sha256 = ? AND document = ?");
        let mut find = self.db.prepare_cached(&sql)?;
        let args = params![key.device.0, key.id.0, key.document.0];
        Ok(find.query_row(args, upload).optional()?)
    }

    /// Appends bytes to an upload, at most a piece's worth, and counts them to the device's day. Short pieces are
    /// joined, so that a link that drops after every byte leaves no thousands of them.
    ///
    /// # Errors
    /// The database's.
    pub fn upload_append(&self, upload: &Upload, data: &[u8], now: i64) -> Result<(), StoreError> {
        let last: Option<(u64, usize)> = self
            .db
            .prepare_cached("SELECT at, length(data) FROM piece WHERE body = ? ORDER BY at DESC LIMIT 1")?
            .query_row([upload.n], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((at, _)) = last.filter(|(_, length)| length + data.len() <= PIECE_BYTES) {
            let sql = "UPDATE piece SET data = CAST(data || ? AS BLOB) WHERE body = ? AND at = ?";
            let mut join = self.db.prepare_cached(sql)?;
            join.execute(params![data, upload.n, at])?;
        } else {
            let sql = "INSERT INTO piece (body, at, data) VALUES (?,?,?)";
            let mut put = self.db.prepare_cached(sql)?;
            put.execute(params![upload.n, upload.arrived, data])?;
        }
        let length = data.len() as u64;
        self.db
            .prepare_cached("UPDATE upload SET arrived = arrived + ?, touched_at = ? WHERE n = ?")?
            .execute(params![length, now, upload.n])?;
        self.db
            .prepare_cached(
                "INSERT INTO upload_day (device, day, bytes) VALUES (?1,?2,?3) \
                 ON CONFLICT (device, day) DO UPDATE SET bytes = bytes + ?3",
            )?
            .execute(params![upload.key.device.0, day(now), length])?;
        Ok(())
    }

    /// Throws away what arrived; the upload begins anew.
    ///
    /// # Errors
    /// The database's.
    pub fn upload_restart(&self, n: u64, now: i64) -> Result<(), StoreError> {
        self.pieces_drop(n)?;
        self.db
            .prepare_cached("UPDATE upload SET arrived = 0, touched_at = ? WHERE n = ?")?
            .execute(params![now, n])?;
        Ok(())
    }

    /// Ends an upload; its pieces stay, for they are a file's now.
    ///
    /// # Errors
    /// The database's.
    pub fn upload_end(&self, n: u64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM upload WHERE n = ?")?
            .execute([n])?;
        Ok(())
    }

    /// Ends an upload and throws away what arrived.
    ///
    /// # Errors
    /// The database's.
    pub fn upload_drop(&self, n: u64) -> Result<(), StoreError> {
        self.pieces_drop(n)?;
        self.upload_end(n)
    }

    /// What a device has on its way.
    ///
    /// # Errors
    /// The database's.
    pub fn uploads_of(&self, device: DeviceId) -> Result<Underway, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM upload WHERE device = ?")?;
        let read = |row: &Row<'_>| {
            Ok(Underway {
                files: row.get(0)?,
                bytes: row.get(1)?,
            })
        };
        Ok(find.query_row([device.0], read)?)
    }

    /// How many bytes a device has sent on the day of a time.
    ///
    /// # Errors
    /// The database's.
    pub fn uploaded_on_day(&self, device: DeviceId, now: i64) -> Result<u64, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT bytes FROM upload_day WHERE device = ? AND day = ?")?;
        let bytes = find.query_row(params![device.0, day(now)], |row| row.get(0));
        Ok(bytes.optional()?.unwrap_or(0))
    }

    /// Numbers of uploads to which nothing came since a time.
    ///
    /// # Errors
    /// The database's.
    pub fn uploads_idle(&self, since: i64, limit: u32) -> Result<Vec<u64>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT n FROM upload WHERE touched_at <= ? ORDER BY touched_at LIMIT ?")?;
        let rows = find.query_map(params![since, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets how much was sent on days before that of a time.
    ///
    /// # Errors
    /// The database's.
    pub fn upload_days_forget(&self, now: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM upload_day WHERE day < ?")?
            .execute([day(now)])?;
        Ok(())
    }

    fn pieces_drop(&self, body: u64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM piece WHERE body = ?")?
            .execute([body])?;
        Ok(())
    }
}

fn day(now: i64) -> i64 {
    now.div_euclid(24 * 3_600_000)
}

fn upload(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        n: row.get(0)?,
        key: UploadKey {
            device: DeviceId(row.get(1)?),
            id: AttachmentId(row.get(2)?),
            document: DocumentId(row.get(3)?),
        },
        media_type: row.get(4)?,
        bytes: row.get(5)?,
        arrived: row.get(6)?,
    })
}
