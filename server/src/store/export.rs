//! The outbox with its exact bytes, the versions of notes, the case systems and their receipts.

use notes::ids::DocumentId;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// A version of a finished note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// The note.
    pub document: DocumentId,
    /// 1, 2, …
    pub version: u64,
    /// The event that carried it.
    pub event_id: String,
    /// The document's heads in it.
    pub heads: Vec<[u8; 32]>,
}

/// An event of the feed, with the bytes that every reader gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Its place in the feed.
    pub n: u64,
    /// Its id.
    pub event_id: String,
    /// `note.finished`, `note.amended`, …
    pub kind: String,
    /// The note.
    pub document: DocumentId,
    /// The version.
    pub version: u64,
    /// SHA-256 over the canonical JSON without `sha256` and `cursor`.
    pub sha256: [u8; 32],
    /// UTC milliseconds.
    pub created_at: i64,
    /// The day of its `received_at`: days since 1970, UTC.
    pub day: i64,
    /// One line of NDJSON without the line feed.
    pub line: Vec<u8>,
}

/// A case system's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRecord {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Scopes, space-separated.
    pub scope: String,
    /// Public keys, PEM, one after another.
    pub public_keys: String,
    /// UTC milliseconds.
    pub created_at: i64,
    /// UTC milliseconds.
    pub revoked_at: Option<i64>,
}

/// What a case system said of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The event.
    pub event_id: String,
    /// Who said it.
    pub client: String,
    /// What they said.
    pub state: ReceiptState,
    /// UTC milliseconds.
    pub received_at: i64,
}

/// The content of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptState {
    /// `imported`, `duplicate`, `refused` or `deferred`.
    pub outcome: String,
    /// The case system's own id.
    pub case_system_ref: Option<String>,
    /// Its code.
    pub reason_code: Option<String>,
    /// Its words.
    pub reason: Option<String>,
}

const CLIENT: &str = "id, name, scope, public_keys, created_at, revoked_at";
pub(super) const EVENT: &str = "n, event_id, kind, document, version, sha256, created_at, day, line";

impl Tx<'_> {
    /// The number that the next event will have.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_next(&self) -> Result<u64, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT seq + 1 FROM sqlite_sequence WHERE name = 'outbox'")?;
        Ok(find.query_row([], |row| row.get(0)).optional()?.unwrap_or(1))
    }

    /// Writes an event.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_put(&self, e: &EventRecord) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(&format!(
            "INSERT INTO outbox ({EVENT}) VALUES (?,?,?,?,?,?,?,?,?)"
        ))?;
        put.execute(params![
            e.n,
            e.event_id,
            e.kind,
            e.document.0,
            e.version,
            e.sha256,
            e.created_at,
            e.day,
            e.line
        ])?;
        Ok(())
    }

    /// Events after a number, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_after(&self, n: u64, limit: u32) -> Result<Vec<EventRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {EVENT} FROM outbox WHERE n > ? ORDER BY n LIMIT ?"
        ))?;
        let rows = find.query_map(params![n, limit], event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An event by its id.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_event(&self, event_id: &str) -> Result<Option<EventRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {EVENT} FROM outbox WHERE event_id = ?"))?;
        Ok(find.query_row([event_id], event).optional()?)
    }

    /// The newest version of a note.
    ///
    /// # Errors
    /// The database's.
    pub fn version_newest(&self, document: DocumentId) -> Result<Option<VersionRecord>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT document, version, event_id, heads FROM version WHERE document = ? \
             ORDER BY version DESC LIMIT 1",
        )?;
        let read = |row: &Row<'_>| {
            let heads: Vec<u8> = row.get(3)?;
            Ok(VersionRecord {
                document: DocumentId(row.get(0)?),
                version: row.get(1)?,
                event_id: row.get(2)?,
                heads: heads.chunks_exact(32).filter_map(|h| h.try_into().ok()).collect(),
            })
        };
        Ok(find.query_row([document.0], read).optional()?)
    }

    /// Writes a version.
    ///
    /// # Errors
    /// The database's.
    pub fn version_put(&self, v: &VersionRecord) -> Result<(), StoreError> {
        let mut put = self
            .db
            .prepare_cached("INSERT INTO version (document, version, event_id, heads) VALUES (?,?,?,?)")?;
        put.execute(params![v.document.0, v.version, v.event_id, v.heads.concat()])?;
        Ok(())
    }

    /// The heads of a version, where only they have changed and nothing that a reader sees.
    ///
    /// # Errors
    /// The database's.
    pub fn version_heads(
        &self,
        document: DocumentId,
        version: u64,
        heads: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        let mut put = self
            .db
            .prepare_cached("UPDATE version SET heads = ? WHERE document = ? AND version = ?")?;
        put.execute(params![heads.concat(), document.0, version])?;
        Ok(())
    }

    /// Adds a case system.
    ///
    /// # Errors
    /// The database's.
    pub fn client_put(&self, c: &ClientRecord) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO client (id, name, scope, public_keys, created_at, revoked_at) VALUES (?,?,?,?,?,?) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, scope = excluded.scope, \
             public_keys = excluded.public_keys, revoked_at = excluded.revoked_at",
        )?;
        put.execute(params![
            c.id,
            c.name,
            c.scope,
            c.public_keys,
            c.created_at,
            c.revoked_at
        ])?;
        Ok(())
    }

    /// A case system.
    ///
    /// # Errors
    /// The database's.
    pub fn client(&self, id: &str) -> Result<Option<ClientRecord>, StoreError> {
        self.one_client("id", id)
    }

    /// The oldest case system of this name.
    ///
    /// # Errors
    /// The database's.
    pub fn client_named(&self, name: &str) -> Result<Option<ClientRecord>, StoreError> {
        self.one_client("name", name)
    }

    /// All case systems, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn clients(&self) -> Result<Vec<ClientRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {CLIENT} FROM client ORDER BY created_at, id"))?;
        let rows = find.query_map([], client)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn one_client(&self, column: &str, value: &str) -> Result<Option<ClientRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {CLIENT} FROM client WHERE {column} = ? ORDER BY created_at, id LIMIT 1"
        ))?;
        Ok(find.query_row([value], client).optional()?)
    }

    /// Writes a receipt.
    ///
    /// # Errors
    /// The database's.
    pub fn receipt_put(&self, r: &Receipt) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT OR REPLACE INTO receipt (event_id, client, outcome, case_system_ref, reason_code, reason, \
             received_at) VALUES (?,?,?,?,?,?,?)",
        )?;
        let s = &r.state;
        put.execute(params![
            r.event_id,
            r.client,
            s.outcome,
            s.case_system_ref,
            s.reason_code,
            s.reason,
            r.received_at
        ])?;
        Ok(())
    }

    /// Receipts for an event, the newest last.
    ///
    /// # Errors
    /// The database's.
    pub fn receipts(&self, event_id: &str) -> Result<Vec<Receipt>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT event_id, client, outcome, case_system_ref, reason_code, reason, received_at FROM receipt \
             WHERE event_id = ? ORDER BY received_at, client",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Receipt {
                event_id: row.get(0)?,
                client: row.get(1)?,
                state: ReceiptState {
                    outcome: row.get(2)?,
                    case_system_ref: row.get(3)?,
                    reason_code: row.get(4)?,
                    reason: row.get(5)?,
                },
                received_at: row.get(6)?,
            })
        };
        let rows = find.query_map([event_id], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An event by its note and version.
    ///
    /// # Errors
    /// The database's.
    pub fn outbox_version(
        &self,
        document: DocumentId,
        version: u64,
    ) -> Result<Option<EventRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {EVENT} FROM outbox WHERE document = ? AND version = ?"
        ))?;
        Ok(find.query_row(params![document.0, version], event).optional()?)
    }
}

fn client(row: &Row<'_>) -> rusqlite::Result<ClientRecord> {
    Ok(ClientRecord {
        id: row.get(0)?,
        name: row.get(1)?,
        scope: row.get(2)?,
        public_keys: row.get(3)?,
        created_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}

pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    Ok(EventRecord {
        n: row.get(0)?,
        event_id: row.get(1)?,
        kind: row.get(2)?,
        document: DocumentId(row.get(3)?),
        version: row.get(4)?,
        sha256: row.get(5)?,
        created_at: row.get(6)?,
        day: row.get(7)?,
        line: row.get(8)?,
    })
}
