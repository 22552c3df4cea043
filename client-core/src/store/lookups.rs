//! People who were looked up: what the server gave to read, for a day. A clock that was set back gives no second day.

use rusqlite::{Connection, OptionalExtension as _};

use crate::trouble::Trouble;

/// Keeps what was given, in place of what was given before.
pub(crate) fn put(
    conn: &Connection,
    case_id: &str,
    (found_at, until_at): (i64, i64),
    says: &str,
) -> Result<(), Trouble> {
    let sql = "INSERT OR REPLACE INTO lookup (case_id, found_at, until_at, says) VALUES (?1, ?2, ?3, ?4)";
    conn.prepare_cached(sql)?
        .execute((case_id, found_at, until_at, says))?;
    Ok(())
}

/// What was given of a person, and until when it may be read.
pub(crate) fn find(conn: &Connection, case_id: &str) -> Result<Option<(i64, String)>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT until_at, says FROM lookup WHERE case_id = ?1")?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(statement.query_row([case_id], read).optional()?)
}

/// All of them, the newest first.
pub(crate) fn all(conn: &Connection) -> Result<Vec<(i64, String)>, Trouble> {
    let mut statement =
        conn.prepare_cached("SELECT until_at, says FROM lookup ORDER BY found_at DESC, case_id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether there is one whose time is over, or that lies in the future.
pub(crate) fn any_over(conn: &Connection, now: i64) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM lookup WHERE until_at <= ?1 OR found_at > ?1)";
    Ok(conn.prepare_cached(sql)?.query_row([now], |row| row.get(0))?)
}

/// Takes those away.
pub(crate) fn clear_over(conn: &Connection, now: i64) -> Result<(), Trouble> {
    conn.prepare_cached("DELETE FROM lookup WHERE until_at <= ?1 OR found_at > ?1")?
        .execute([now])?;
    Ok(())
}
