//! The schema, step by step. A step that was released is never edited; a new one is added. The
//! test walks the whole staircase and compares it with a fresh database.

use rusqlite::Connection;

use super::{StoreError, begin};

/// Each step brings a database from version `index` to `index + 1`.
const STEPS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
    include_str!("schema_7.sql"),
    include_str!("schema_8.sql"),
    include_str!("schema_9.sql"),
    include_str!("schema_10.sql"),
    include_str!("schema_11.sql"),
    include_str!("schema_12.sql"),
    include_str!("schema_13.sql"),
];

/// Refuses a database that a newer version wrote.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    known(connection, STEPS)
}

/// Brings a database up to the newest version, each step in a transaction of its own.
pub(super) fn upgrade(connection: &mut Connection) -> Result<(), StoreError> {
    walk(connection, STEPS)
}

fn known(connection: &Connection, steps: &[&str]) -> Result<(), StoreError> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    Ok(())
}

pub(super) fn walk(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    known(connection, steps)?;
    for (from, step) in steps.iter().enumerate() {
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn empty() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    /// A database made in one go, and how many steps there are.
    pub(in super::super) fn fresh() -> (Connection, usize) {
        let mut db = empty();
        upgrade(&mut db).unwrap();
        (db, STEPS.len())
    }

    /// A database as an older version left it after so many steps, to be brought up to date.
    pub(in super::super) fn left_at(steps: usize) -> Connection {
        let mut db = empty();
        walk(&mut db, &STEPS[..steps]).unwrap();
        db
    }

    /// Brings it up to date.
    pub(in super::super) fn brought_up(mut db: Connection) -> Connection {
        upgrade(&mut db).unwrap();
        db
    }

    /// A database that an older version left after so many steps, then brought up to date.
    pub(in super::super) fn walked(steps: usize) -> Connection {
        brought_up(left_at(steps))
    }
}
