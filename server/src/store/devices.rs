//! Devices, their actors, and the one-time codes that enrol them.

use notes::ids::{Actor, DeviceId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// An enrolled device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub worker: String,
    /// P-256 public key, SEC1 uncompressed, 65 bytes.
    pub public_key: Vec<u8>,
    /// App name and version.
    pub app: String,
    /// UTC milliseconds.
    pub enrolled_at: i64,
    /// UTC milliseconds.
    pub last_seen_at: Option<i64>,
    /// UTC milliseconds; then it may only push, and all it pushes is held.
    pub revoked_at: Option<i64>,
    /// Notes that it said were waiting.
    pub waiting: u64,
    /// Its clock less the server's, milliseconds.
    pub clock_offset_ms: i64,
    /// Up to which published number it has pulled.
    pub pulled_pub: u64,
}

/// A one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolCode {
    /// Whose device it enrols.
    pub worker: String,
    /// UTC milliseconds.
    pub expires_at: i64,
    /// The device that used it.
    pub device: Option<DeviceId>,
    /// It let that device in again, and enrolled none.
    pub let_in: bool,
}

pub(super) const DEVICE: &str = "id, worker, public_key, app, enrolled_at, last_seen_at, revoked_at, waiting, clock_offset_ms, \
                      pulled_pub";

impl Tx<'_> {
    /// Stores a one-time code by its hash.
    ///
    /// # Errors
    /// The database's.
    pub fn code_put(&self, hash: &[u8; 32], worker: &str, expires_at: i64) -> Result<(), StoreError> {
        let mut put = self
            .db
            .prepare_cached("INSERT INTO enrol_code (hash, worker, expires_at) VALUES (?,?,?)")?;
        put.execute(params![hash, worker, expires_at])?;
        Ok(())
    }

    /// A code by its hash.
    ///
    /// # Errors
    /// The database's.
    pub fn code(&self, hash: &[u8; 32]) -> Result<Option<EnrolCode>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT worker, expires_at, device, let_in FROM enrol_code WHERE hash = ?")?;
        let read = |row: &Row<'_>| {
            Ok(EnrolCode {
                worker: row.get(0)?,
                expires_at: row.get(1)?,
                device: row.get::<_, Option<[u8; 16]>>(2)?.map(DeviceId),
                let_in: row.get(3)?,
            })
        };
        Ok(find.query_row([hash], read).optional()?)
    }

    /// Notes who used a code, and whether to be let in again.
    ///
    /// # Errors
    /// The database's.
    pub fn code_used(&self, hash: &[u8; 32], device: DeviceId, let_in: bool) -> Result<(), StoreError> {
        let mut put = self
            .db
            .prepare_cached("UPDATE enrol_code SET device = ?, let_in = ? WHERE hash = ?")?;
        put.execute(params![device.0, let_in, hash])?;
        Ok(())
    }

    /// Keeps a device's spare: with it, and only on that phone, a forgotten PIN can be replaced.
    ///
    /// # Errors
    /// The database's.
    pub fn spare_put(&self, device: DeviceId, spare: &[u8; 32]) -> Result<(), StoreError> {
        let mut put = self
            .db
            .prepare_cached("UPDATE device SET spare = ? WHERE id = ?")?;
        put.execute(params![spare, device.0])?;
        Ok(())
    }

    /// A device's spare, where it left one.
    ///
    /// # Errors
    /// The database's.
    pub fn spare(&self, device: DeviceId) -> Result<Option<[u8; 32]>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT spare FROM device WHERE id = ?")?;
        Ok(find.query_row([device.0], |row| row.get(0)).optional()?.flatten())
    }

    /// Adds a device.
    ///
    /// # Errors
    /// The database's.
    pub fn device_add(&self, d: &DeviceRecord) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO device (id, worker, public_key, app, enrolled_at) VALUES (?,?,?,?,?)",
        )?;
        put.execute(params![d.id.0, d.worker, d.public_key, d.app, d.enrolled_at])?;
        Ok(())
    }

    /// A device.
    ///
    /// # Errors
    /// The database's.
    pub fn device(&self, id: DeviceId) -> Result<Option<DeviceRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {DEVICE} FROM device WHERE id = ?"))?;
        Ok(find.query_row([id.0], device).optional()?)
    }

    /// All devices, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn devices(&self) -> Result<Vec<DeviceRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {DEVICE} FROM device ORDER BY enrolled_at, id"))?;
        let rows = find.query_map([], device)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A worker's devices.
    ///
    /// # Errors
    /// The database's.
    pub fn devices_of(&self, worker: &str) -> Result<Vec<DeviceRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {DEVICE} FROM device WHERE worker = ?"))?;
        let rows = find.query_map([worker], device)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes down that a device was here.
    ///
    /// # Errors
    /// The database's.
    pub fn device_seen(
        &self,
        id: DeviceId,
        at: i64,
        (waiting, clock_offset_ms, pulled_pub): (u64, i64, u64),
        app: &str,
    ) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "UPDATE device SET last_seen_at = ?, waiting = ?, clock_offset_ms = ?, pulled_pub = max(pulled_pub, ?), \
             app = ? WHERE id = ?",
        )?;
        put.execute(params![at, waiting, clock_offset_ms, pulled_pub, app, id.0])?;
        Ok(())
    }

    /// Revokes a device; one that was revoked before stays as it was.
    ///
    /// # Errors
    /// The database's.
    pub fn device_revoke(&self, id: DeviceId, at: i64) -> Result<bool, StoreError> {
        let mut put = self
            .db
            .prepare_cached("UPDATE device SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")?;
        Ok(put.execute(params![at, id.0])? > 0)
    }

    /// Gives an actor to a device; returns whose it is afterwards (none: the server's own), and
    /// whether that is new.
    ///
    /// # Errors
    /// The database's.
    pub fn actor_claim(
        &self,
        actor: Actor,
        device: DeviceId,
        at: i64,
    ) -> Result<(Option<DeviceId>, bool), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT OR IGNORE INTO actor (actor, device, since) SELECT ?1, ?2, ?3 \
             WHERE NOT EXISTS (SELECT 1 FROM desk_actor WHERE actor = ?1)",
        )?;
        let new = put.execute(params![actor.0, device.0, at])? > 0;
        Ok((self.actor_owner(actor)?, new))
    }

    /// Keeps an actor for one decision of the server's.
    ///
    /// # Errors
    /// The database's; also where it was kept before.
    pub fn actor_of_desk(&self, actor: Actor) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO desk_actor (actor) VALUES (?)")?
            .execute([actor.0])?;
        Ok(())
    }

    /// Whose an actor is.
    ///
    /// # Errors
    /// The database's.
    pub fn actor_owner(&self, actor: Actor) -> Result<Option<DeviceId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT device FROM actor WHERE actor = ?")?;
        Ok(find
            .query_row([actor.0], |row| row.get(0).map(DeviceId))
            .optional()?)
    }

    /// All actors of a device.
    ///
    /// # Errors
    /// The database's.
    pub fn actors_of(&self, device: DeviceId) -> Result<Vec<Actor>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT actor FROM actor WHERE device = ?")?;
        let rows = find.query_map([device.0], |row| row.get(0).map(Actor))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The worker who writes under an actor.
    ///
    /// # Errors
    /// The database's.
    pub fn actor_worker(&self, actor: Actor) -> Result<Option<String>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT d.worker FROM actor a JOIN device d ON d.id = a.device WHERE a.actor = ?",
        )?;
        Ok(find.query_row([actor.0], |row| row.get(0)).optional()?)
    }
}

pub(super) fn device(row: &Row<'_>) -> rusqlite::Result<DeviceRecord> {
    Ok(DeviceRecord {
        id: DeviceId(row.get(0)?),
        worker: row.get(1)?,
        public_key: row.get(2)?,
        app: row.get(3)?,
        enrolled_at: row.get(4)?,
        last_seen_at: row.get(5)?,
        revoked_at: row.get(6)?,
        waiting: row.get(7)?,
        clock_offset_ms: row.get(8)?,
        pulled_pub: row.get(9)?,
    })
}
