//! The schema, step by step. A step that was released is never edited; a new one is added. The
//! test walks the whole staircase and compares it with a fresh database.

use rusqlite::Connection;

use super::{StoreError, begin};

/// Each step brings a database from version `index` to `index + 1`.
const STEPS: &[&str] = &[include_str!("schema_1.sql")];

/// Brings a database up to the newest version, each step in a transaction of its own.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), StoreError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for (from, step) in STEPS.iter().enumerate() {
        let tx = begin(connection)?;
        // Asked again inside the transaction: another process may have taken the step meanwhile.
        let version: usize = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version == from {
            tx.execute_batch(step)?;
            tx.pragma_update(None, "user_version", version + 1)?;
            tx.commit()?;
        }
    }
    Ok(())
}
