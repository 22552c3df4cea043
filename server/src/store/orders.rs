//! Orders to devices, and what devices last said of themselves. Of a device one order stands at most; those before it
//! stay here.

use notes::ids::DeviceId;
use notes::wire::ToDesk;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// An order to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceOrder {
    /// Its number.
    pub n: u64,
    /// `lock`, `wipe` or `wipe_unsent`.
    pub what: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub given_by: String,
    /// UTC milliseconds.
    pub given_at: i64,
    /// UTC milliseconds; when the device said that it obeyed.
    pub obeyed_at: Option<i64>,
    /// UTC milliseconds; when a graver one took its place.
    pub replaced_at: Option<i64>,
}

/// What the desk knows of a device beside its standing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceState {
    /// What the desk calls it.
    pub name: Option<String>,
    /// How many notes the server holds, as the device last said.
    pub held: Option<u64>,
    /// Whether it promised to keep the app's storage.
    pub persisted: Option<bool>,
    /// How much the app uses.
    pub used_bytes: Option<u64>,
    /// How much more it may use.
    pub free_bytes: Option<u64>,
    /// UTC milliseconds; when it last had nothing more to send and asked for what is new.
    pub passed_at: Option<i64>,
}

const ORDER: &str = "n, what, reason, given_by, given_at, obeyed_at, replaced_at";

pub(super) const STANDING: &str = "SELECT n, what, reason, given_by, given_at, obeyed_at, replaced_at FROM device_order \
                                   WHERE device = ? AND obeyed_at IS NULL AND replaced_at IS NULL";

impl Tx<'_> {
    /// Gives a device an order in place of the one that stands; returns its number.
    ///
    /// # Errors
    /// The database's.
    pub fn order_give(
        &self,
        device: DeviceId,
        what: &str,
        reason: &str,
        (by, at): (&str, i64),
    ) -> Result<u64, StoreError> {
        self.db
            .prepare_cached(
                "UPDATE device_order SET replaced_at = ? \
                 WHERE device = ? AND obeyed_at IS NULL AND replaced_at IS NULL",
            )?
            .execute(params![at, device.0])?;
        let mut put = self.db.prepare_cached(
            "INSERT INTO device_order (device, what, reason, given_by, given_at) VALUES (?,?,?,?,?) RETURNING n",
        )?;
        Ok(put.query_row(params![device.0, what, reason, by, at], |row| row.get(0))?)
    }

    /// The order that stands.
    ///
    /// # Errors
    /// The database's.
    pub fn order_standing(&self, device: DeviceId) -> Result<Option<DeviceOrder>, StoreError> {
        let mut find = self.db.prepare_cached(STANDING)?;
        Ok(find.query_row([device.0], order).optional()?)
    }

    /// All orders that a device was given, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn orders_of(&self, device: DeviceId) -> Result<Vec<DeviceOrder>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ORDER} FROM device_order WHERE device = ? ORDER BY n DESC"
        ))?;
        let rows = find.query_map([device.0], order)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes that a device obeyed the order that stands. None where another stands, or none.
    ///
    /// # Errors
    /// The database's.
    pub fn order_obeyed(&self, device: DeviceId, n: u64, at: i64) -> Result<Option<DeviceOrder>, StoreError> {
        let mut put = self.db.prepare_cached(&format!(
            "UPDATE device_order SET obeyed_at = ?1 \
             WHERE n = ?2 AND device = ?3 AND obeyed_at IS NULL AND replaced_at IS NULL RETURNING {ORDER}"
        ))?;
        Ok(put.query_row(params![at, n, device.0], order).optional()?)
    }

    /// Ids of workers, those of a team where one is named, in order from behind an id.
    ///
    /// # Errors
    /// The database's.
    pub fn workers_after(
        &self,
        team: Option<i64>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let sql = match team {
            Some(_) => "SELECT id FROM worker WHERE team = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            None => "SELECT id FROM worker WHERE ?1 IS NULL AND id > ?2 ORDER BY id LIMIT ?3",
        };
        let mut find = self.db.prepare_cached(sql)?;
        let rows = find.query_map(params![team, after, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When a device said that nothing is left on it; none where it did not.
    ///
    /// # Errors
    /// The database's.
    pub fn device_wiped_at(&self, device: DeviceId) -> Result<Option<i64>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT max(obeyed_at) FROM device_order WHERE device = ? AND what IN ('wipe', 'wipe_unsent')",
        )?;
        Ok(find.query_row([device.0], |row| row.get(0))?)
    }

    /// Gives a device another name, or none.
    ///
    /// # Errors
    /// The database's.
    pub fn device_rename(&self, device: DeviceId, name: Option<&str>) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE device SET name = ? WHERE id = ?")?
            .execute(params![name, device.0])?;
        Ok(())
    }

    /// Writes down what a device says of itself. What it leaves out stays as it was, and so does the time of its last
    /// whole pass where none is given.
    ///
    /// # Errors
    /// The database's.
    pub fn device_says(
        &self,
        device: DeviceId,
        told: &ToDesk,
        passed_at: Option<i64>,
    ) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "UPDATE device SET held = coalesce(?, held), persisted = coalesce(?, persisted), \
             used_bytes = coalesce(?, used_bytes), free_bytes = coalesce(?, free_bytes), \
             passed_at = coalesce(?, passed_at) WHERE id = ?",
        )?;
        put.execute(params![
            told.held,
            told.persisted,
            told.used_bytes,
            told.free_bytes,
            passed_at,
            device.0
        ])?;
        Ok(())
    }

    /// What the desk knows of a device.
    ///
    /// # Errors
    /// The database's.
    pub fn device_state(&self, device: DeviceId) -> Result<Option<DeviceState>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT name, held, persisted, used_bytes, free_bytes, passed_at FROM device WHERE id = ?",
        )?;
        let read = |row: &Row<'_>| {
            Ok(DeviceState {
                name: row.get(0)?,
                held: row.get(1)?,
                persisted: row.get(2)?,
                used_bytes: row.get(3)?,
                free_bytes: row.get(4)?,
                passed_at: row.get(5)?,
            })
        };
        Ok(find.query_row([device.0], read).optional()?)
    }
}

fn order(row: &Row<'_>) -> rusqlite::Result<DeviceOrder> {
    Ok(DeviceOrder {
        n: row.get(0)?,
        what: row.get(1)?,
        reason: row.get(2)?,
        given_by: row.get(3)?,
        given_at: row.get(4)?,
        obeyed_at: row.get(5)?,
        replaced_at: row.get(6)?,
    })
}
