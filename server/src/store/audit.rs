//! The audit log: who did or looked at what, each entry chained to the one before. It is written
//! in the transaction of the deed itself, so neither is there without the other.

use notes::ids::{DeviceId, DocumentId, PersonId};
use rusqlite::{OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use super::{StoreError, Tx};

/// What is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// UTC milliseconds.
    pub at: i64,
    /// `worker:W101`, `client:…`, `operator`, `server`.
    pub who: String,
    /// A verb: `note.read`, `device.enrolled`, `issue.settled`, …
    pub what: String,
    /// The person concerned.
    pub person: Option<PersonId>,
    /// The document concerned.
    pub document: Option<DocumentId>,
    /// More, as JSON.
    pub detail: String,
}

/// An entry with its number and chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number.
    pub n: u64,
    /// `SHA-256` over the chain before and the entry.
    pub chain: [u8; 32],
    /// What is written.
    pub entry: AuditEntry,
}

impl Tx<'_> {
    /// Writes an entry.
    ///
    /// # Errors
    /// The database's.
    pub fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT n, chain FROM audit ORDER BY n DESC LIMIT 1")?;
        let head: Option<(u64, [u8; 32])> = find
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (n, before) = head.unwrap_or((0, [0; 32]));
        let mut put = self.db.prepare_cached(
            "INSERT INTO audit (n, chain, at, who, what, person, document, detail) VALUES (?,?,?,?,?,?,?,?)",
        )?;
        put.execute(params![
            n + 1,
            audit_chain(&before, n + 1, entry),
            entry.at,
            entry.who,
            entry.what,
            entry.person.map(|p| p.0),
            entry.document.map(|d| d.0),
            entry.detail,
        ])?;
        Ok(())
    }

    /// Entries after a number, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn audit_after(&self, n: u64, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT n, chain, at, who, what, person, document, detail FROM audit WHERE n > ? ORDER BY n LIMIT ?",
        )?;
        let rows = find.query_map(params![n, limit], record)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest entry of a kind.
    ///
    /// # Errors
    /// The database's.
    pub fn audit_last(&self, what: &str) -> Result<Option<AuditRecord>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT n, chain, at, who, what, person, document, detail FROM audit WHERE what = ? ORDER BY n DESC LIMIT 1",
        )?;
        Ok(find.query_row([what], record).optional()?)
    }

    /// Notes that a device opened a document; false where that was told before.
    ///
    /// # Errors
    /// The database's.
    pub fn reading_new(
        &self,
        device: DeviceId,
        document: DocumentId,
        opened_at: i64,
    ) -> Result<bool, StoreError> {
        let mut put = self
            .db
            .prepare_cached("INSERT OR IGNORE INTO reading (device, document, opened_at) VALUES (?,?,?)")?;
        Ok(put.execute(params![device.0, document.0, opened_at])? > 0)
    }

    /// A setting of the store itself.
    ///
    /// # Errors
    /// The database's.
    pub fn meta(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT value FROM meta WHERE name = ?")?;
        Ok(find.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Writes a setting of the store itself.
    ///
    /// # Errors
    /// The database's.
    pub fn meta_put(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO meta VALUES (?,?)")?
            .execute(params![name, value])?;
        Ok(())
    }

    /// The server's signing keys, the newest first: kid and PEM.
    ///
    /// # Errors
    /// The database's.
    pub fn signing_keys(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT kid, pem FROM signing_key ORDER BY made_at DESC, kid")?;
        let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Adds a signing key.
    ///
    /// # Errors
    /// The database's.
    pub fn signing_key_put(&self, kid: &str, pem: &str, made_at: i64) -> Result<(), StoreError> {
        let mut put = self
            .db
            .prepare_cached("INSERT INTO signing_key (kid, pem, made_at) VALUES (?,?,?)")?;
        put.execute(params![kid, pem, made_at])?;
        Ok(())
    }
}

pub(super) fn record(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    Ok(AuditRecord {
        n: row.get(0)?,
        chain: row.get(1)?,
        entry: AuditEntry {
            at: row.get(2)?,
            who: row.get(3)?,
            what: row.get(4)?,
            person: row.get::<_, Option<[u8; 16]>>(5)?.map(PersonId),
            document: row.get::<_, Option<[u8; 16]>>(6)?.map(DocumentId),
            detail: row.get(7)?,
        },
    })
}

/// `SHA-256(chain before ‖ n ‖ at ‖ each field with its length)`, numbers big-endian.
#[must_use]
pub fn audit_chain(before: &[u8; 32], n: u64, entry: &AuditEntry) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(n.to_be_bytes());
    hasher.update(entry.at.to_be_bytes());
    let person = entry.person.map(|p| p.0.to_vec()).unwrap_or_default();
    let document = entry.document.map(|d| d.0.to_vec()).unwrap_or_default();
    for field in [
        entry.who.as_bytes(),
        entry.what.as_bytes(),
        &person,
        &document,
        entry.detail.as_bytes(),
    ] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    hasher.finalize().into()
}
