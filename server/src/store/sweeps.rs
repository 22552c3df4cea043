//! What the sweeps for issues look for, each by an index: phones on which something waits, clocks that are wrong, notes
//! that were begun long ago, versions that nobody answered.

use notes::ids::{DeviceId, DocumentId};
use rusqlite::{Row, params};

use super::devices::{DEVICE, device};
use super::{DeviceRecord, StoreError, Tx};

/// A version that a case system has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Its place in the feed.
    pub n: u64,
    /// Its event.
    pub event_id: String,
    /// The note.
    pub document: DocumentId,
    /// The version.
    pub version: u64,
    /// When it was written: UTC milliseconds.
    pub created_at: i64,
}

pub(super) const STALE: &str = "SELECT * FROM device INDEXED BY device_waiting \
     WHERE waiting > 0 AND last_seen_at < ? ORDER BY last_seen_at LIMIT ?";
pub(super) const AHEAD: &str =
    "SELECT * FROM device WHERE clock_offset_ms > ? ORDER BY clock_offset_ms DESC LIMIT ?";
pub(super) const BEHIND: &str =
    "SELECT * FROM device WHERE clock_offset_ms < -? ORDER BY clock_offset_ms LIMIT ?";
pub(super) const DRAFTS: &str = "SELECT d.id FROM document d INDEXED BY document_draft \
     WHERE d.finished_at IS NULL AND d.template = 0 AND d.id < ?1 AND NOT EXISTS (SELECT 1 FROM issue i \
     WHERE i.document = d.id AND i.kind = 'overdue_draft') ORDER BY d.id LIMIT ?2";
pub(super) const SILENT: &str = "SELECT n, event_id, document, version, created_at, created_at < ?3 \
     AND kind <> 'note.removed' AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.event_id = o.event_id AND r.client = ?1) \
     AND NOT EXISTS (SELECT 1 FROM outbox later WHERE later.document = o.document AND later.version > o.version) \
     FROM outbox o WHERE n > max(?2, (SELECT ended_n FROM client WHERE id = ?1)) ORDER BY n LIMIT ?4";

impl Tx<'_> {
    /// Devices on which something waits by their own word, not seen since a time.
    ///
    /// # Errors
    /// The database's.
    pub fn devices_waiting_since(&self, before: i64, limit: u32) -> Result<Vec<DeviceRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&STALE.replacen('*', DEVICE, 1))?;
        let rows = find.query_map(params![before, limit], device)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Devices whose clock is further from the server's than so much: at most so many ahead of it, and as many behind.
    ///
    /// # Errors
    /// The database's.
    pub fn devices_off_by(&self, more_than_ms: i64, limit: u32) -> Result<Vec<DeviceRecord>, StoreError> {
        let mut found = Vec::new();
        for sql in [AHEAD, BEHIND] {
            let mut find = self.db.prepare_cached(&sql.replacen('*', DEVICE, 1))?;
            let rows = find.query_map(params![more_than_ms, limit], device)?;
            found.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(found)
    }

    /// Notes that are not finished, whose ids were made before a time, and about which nobody was ever asked.
    ///
    /// # Errors
    /// The database's.
    pub fn drafts_before(&self, at: i64, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(DRAFTS)?;
        let rows = find.query_map(params![DocumentId::at(at, [0; 10]).0, limit], |row| {
            row.get(0).map(DocumentId)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest versions of notes, written before a time, to which a case system has said nothing: among so many
    /// events behind a place in the feed. Also the place of the last one looked at, where there may be more.
    ///
    /// # Errors
    /// The database's.
    pub fn unanswered(
        &self,
        client: &str,
        after: u64,
        before: i64,
        most: u32,
    ) -> Result<(Vec<Unanswered>, Option<u64>), StoreError> {
        let mut find = self.db.prepare_cached(SILENT)?;
        let rows = find.query_map(params![client, after, before, most], |row| {
            Ok((unanswered(row)?, row.get(5)?))
        })?;
        let all: Vec<(Unanswered, bool)> = rows.collect::<Result<_, _>>()?;
        let full = all.len() >= most as usize;
        let end = all.last().map(|(last, _)| last.n).filter(|_| full);
        let silent = all.into_iter().filter(|(_, silent)| *silent);
        Ok((silent.map(|(one, _)| one).collect(), end))
    }

    /// The device of an id, as it stands under an issue.
    ///
    /// # Errors
    /// The database's.
    pub fn device_of_subject(&self, subject: &str) -> Result<Option<DeviceRecord>, StoreError> {
        let id: Option<DeviceId> = subject.parse().ok();
        Ok(id.map(|id| self.device(id)).transpose()?.flatten())
    }
}

fn unanswered(row: &Row<'_>) -> rusqlite::Result<Unanswered> {
    Ok(Unanswered {
        n: row.get(0)?,
        event_id: row.get(1)?,
        document: DocumentId(row.get(2)?),
        version: row.get(3)?,
        created_at: row.get(4)?,
    })
}
