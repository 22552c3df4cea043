//! What case systems and this server compare with one another: the events of a day, what no receipt has
//! ended, and what a case system took before a restore.

use notes::ids::DocumentId;
use rusqlite::{OptionalExtension as _, Row, params};

use super::export::{EVENT, event};
use super::{EventRecord, StoreError, Tx};

/// An event as it counts: which version of which note, and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Days since 1970, UTC.
    pub day: i64,
    /// The note.
    pub document: DocumentId,
    /// The version.
    pub version: u64,
    /// The event's hash.
    pub sha256: [u8; 32],
}

/// The newest version of a note that a case system took and this server does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The note.
    pub document: DocumentId,
    /// The version.
    pub version: u64,
    /// The event that carried it.
    pub event_id: String,
}

/// Events looked at in one go while the place of a client moves on.
const MOST_STEPS: u32 = 10_000;

impl Tx<'_> {
    /// Tells every event from one day to another, by day, note and version.
    ///
    /// # Errors
    /// The database's, or those of `each`.
    pub fn sent_between(
        &self,
        (first, last): (i64, i64),
        mut each: impl FnMut(Sent) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT day, document, version, sha256 FROM outbox WHERE day BETWEEN ? AND ? \
             ORDER BY day, document, version",
        )?;
        let mut rows = find.query([first, last])?;
        while let Some(row) = rows.next()? {
            each(Sent {
                day: row.get(0)?,
                document: DocumentId(row.get(1)?),
                version: row.get(2)?,
                sha256: row.get(3)?,
            })?;
        }
        Ok(())
    }

    /// The events of a day behind a place, by note and version, without their lines, each with what a client's
    /// receipt says of it.
    ///
    /// # Errors
    /// The database's.
    pub fn sent_on(
        &self,
        client: &str,
        day: i64,
        after: (DocumentId, u64),
        limit: u32,
    ) -> Result<Vec<(EventRecord, Option<String>)>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT o.n, o.event_id, o.kind, o.document, o.version, o.sha256, o.created_at, o.day, x'', r.outcome \
             FROM outbox o LEFT JOIN receipt r ON r.event_id = o.event_id AND r.client = ?1 \
             WHERE o.day = ?2 AND (o.document, o.version) > (?3, ?4) ORDER BY o.document, o.version LIMIT ?5",
        )?;
        let read = |row: &Row<'_>| Ok((event(row)?, row.get(9)?));
        let rows = find.query_map(params![client, day, after.0.0, after.1, limit], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Events that no receipt has ended for a client, oldest first: none came, or `deferred`. Without their lines.
    ///
    /// # Errors
    /// The database's.
    pub fn outstanding(&self, client: &str, limit: u32) -> Result<Vec<EventRecord>, StoreError> {
        let columns = EVENT.replace(", line", ", x''");
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {columns} FROM outbox o WHERE n > (SELECT ended_n FROM client WHERE id = ?1) \
             AND kind <> 'note.removed' AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.event_id = o.event_id \
             AND r.client = ?1 AND r.outcome <> 'deferred') ORDER BY n LIMIT ?2"
        ))?;
        let rows = find.query_map(params![client, limit], event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Moves the place up to which a client has ended everything, as far as it has.
    ///
    /// # Errors
    /// The database's.
    pub fn client_moves_on(&self, client: &str) -> Result<(), StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT n, kind = 'note.removed' OR EXISTS (SELECT 1 FROM receipt r WHERE r.event_id = o.event_id AND \
             r.client = ?1 AND r.outcome <> 'deferred') FROM outbox o \
             WHERE n > (SELECT ended_n FROM client WHERE id = ?1) ORDER BY n LIMIT ?2",
        )?;
        let mut rows = find.query(params![client, MOST_STEPS])?;
        let mut ended: Option<u64> = None;
        while let Some(row) = rows.next()? {
            if !row.get::<_, bool>(1)? {
                break;
            }
            ended = Some(row.get(0)?);
        }
        let Some(ended) = ended else { return Ok(()) };
        self.db
            .prepare_cached("UPDATE client SET ended_n = ? WHERE id = ?")?
            .execute(params![ended, client])?;
        Ok(())
    }

    /// Writes down what a case system took; of several versions of a note the newest counts.
    ///
    /// # Errors
    /// The database's.
    pub fn taken_put(&self, t: &Taken) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO taken (document, version, event_id) VALUES (?,?,?) ON CONFLICT (document) DO UPDATE \
             SET version = excluded.version, event_id = excluded.event_id WHERE excluded.version > version",
        )?;
        put.execute(params![t.document.0, t.version, t.event_id])?;
        Ok(())
    }

    /// The newest version of a note that a case system took and this server did not know.
    ///
    /// # Errors
    /// The database's.
    pub fn taken(&self, document: DocumentId) -> Result<Option<Taken>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT document, version, event_id FROM taken WHERE document = ?")?;
        let read = |row: &Row<'_>| {
            Ok(Taken {
                document: DocumentId(row.get(0)?),
                version: row.get(1)?,
                event_id: row.get(2)?,
            })
        };
        Ok(find.query_row([document.0], read).optional()?)
    }
}
