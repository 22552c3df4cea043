//! The audit as it is read at the desk: backwards along one trail, and by time.

use notes::ids::{DeviceId, PersonId};
use rusqlite::{OptionalExtension as _, params};

use super::audit::record;
use super::{AuditRecord, StoreError, Tx};

/// Along what the audit is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trail<'a> {
    /// Everything.
    All,
    /// Deeds about one person.
    Person(PersonId),
    /// Deeds by one actor, as in `worker:W101`.
    Who(&'a str),
    /// Deeds with or about one device.
    Device(DeviceId),
    /// Deeds of one kind.
    What(&'a str),
}

const DEVICE: &str = "CASE WHEN json_valid(detail) THEN json_extract(detail, '$.device') END";

/// The statement that reads along a trail: entries before a number and not before another, the newest first.
pub(super) fn trail_sql(trail: &Trail<'_>) -> String {
    let by = match trail {
        Trail::All => "?4 IS NULL".to_owned(),
        Trail::Person(_) => "person = ?4".to_owned(),
        Trail::Who(_) => "who = ?4".to_owned(),
        Trail::Device(_) => format!("{DEVICE} = ?4"),
        Trail::What(_) => "what = ?4".to_owned(),
    };
    format!(
        "SELECT n, chain, at, who, what, person, document, detail FROM audit \
         WHERE {by} AND n < ?1 AND n >= ?2 ORDER BY n DESC LIMIT ?3"
    )
}

impl Tx<'_> {
    /// Entries along a trail whose numbers are below the first and not below the second, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn audit_before(
        &self,
        trail: Trail<'_>,
        (before, least): (u64, u64),
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&trail_sql(&trail))?;
        let before = before.min(i64::MAX.unsigned_abs());
        let rows = match trail {
            Trail::All => find.query_map(params![before, least, limit, None::<i64>], record)?,
            Trail::Person(id) => find.query_map(params![before, least, limit, id.0], record)?,
            Trail::Who(text) | Trail::What(text) => {
                find.query_map(params![before, least, limit, text], record)?
            }
            Trail::Device(id) => find.query_map(params![before, least, limit, id.to_string()], record)?,
        };
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of the first entry that was written at a time or after it; one past the last where there is none.
    /// Numbers follow time as far as the server's clock did.
    ///
    /// # Errors
    /// The database's.
    pub fn audit_since(&self, at: i64) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached("SELECT coalesce(max(n), 0) FROM audit")?;
        let (mut low, mut high): (u64, u64) = (1, find.query_row([], |row| row.get::<_, u64>(0))? + 1);
        let mut time = self.db.prepare_cached("SELECT at FROM audit WHERE n = ?")?;
        while low < high {
            let middle = low + (high - low) / 2;
            let written: Option<i64> = time.query_row([middle], |row| row.get(0)).optional()?;
            if written.is_none_or(|written| written < at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// The chain of one entry; none where it is not there.
    ///
    /// # Errors
    /// The database's.
    pub fn audit_chain_of(&self, n: u64) -> Result<Option<[u8; 32]>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT chain FROM audit WHERE n = ?")?;
        Ok(find.query_row([n], |row| row.get(0)).optional()?)
    }
}
