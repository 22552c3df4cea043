//! Histories being fetched, how far each has come, and readings not yet sent.

use notes::ids::{DocumentId, PersonId};
use notes::wire::{Fill, Reading, Subject};
use rusqlite::Connection;

use crate::trouble::Trouble;

fn key(subject: Subject) -> (i64, [u8; 16]) {
    match subject {
        Subject::Person(id) => (0, id.0),
        Subject::Document(id) => (1, id.0),
    }
}

/// Asks for a history, unless it was fetched or is being fetched.
pub(crate) fn want(conn: &Connection, subject: Subject) -> Result<(), Trouble> {
    let (kind, id) = key(subject);
    let sql = "INSERT OR IGNORE INTO fill (subject_kind, subject, after, done) VALUES (?1, ?2, 0, 0)";
    conn.execute(sql, (kind, id))?;
    Ok(())
}

/// Asks for a history from the beginning, whatever was fetched before.
pub(crate) fn want_anew(conn: &Connection, subject: Subject) -> Result<(), Trouble> {
    forget(conn, subject)?;
    want(conn, subject)
}

/// Forgets that a history was fetched.
pub(crate) fn forget(conn: &Connection, subject: Subject) -> Result<(), Trouble> {
    let (kind, id) = key(subject);
    conn.execute(
        "DELETE FROM fill WHERE subject_kind = ?1 AND subject = ?2",
        (kind, id),
    )?;
    Ok(())
}

/// Forgets them all.
pub(crate) fn forget_all(conn: &Connection) -> Result<(), Trouble> {
    conn.execute("DELETE FROM fill", [])?;
    Ok(())
}

/// Notes how far a history has come; `None` is the end.
pub(crate) fn progress(conn: &Connection, subject: Subject, next: Option<u64>) -> Result<(), Trouble> {
    let (kind, id) = key(subject);
    let (after, done) = (
        i64::try_from(next.unwrap_or(0)).unwrap_or(i64::MAX),
        next.is_none(),
    );
    let sql = "UPDATE fill SET after = ?3, done = ?4 WHERE subject_kind = ?1 AND subject = ?2";
    conn.execute(sql, (kind, id, after, done))?;
    Ok(())
}

/// Histories still wanted.
pub(crate) fn wanted(conn: &Connection) -> Result<Vec<Fill>, Trouble> {
    let mut statement =
        conn.prepare_cached("SELECT subject_kind, subject, after FROM fill WHERE done = 0 ORDER BY 1, 2")?;
    let rows = statement.query_map([], |row| {
        let id = row.get(1)?;
        let subject = match row.get::<_, i64>(0)? {
            0 => Subject::Person(PersonId(id)),
            _ => Subject::Document(DocumentId(id)),
        };
        let after = row.get::<_, i64>(2)?.unsigned_abs();
        Ok(Fill { subject, after })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that a document was opened, for the audit.
pub(crate) fn opened(conn: &Connection, document: DocumentId, now: i64) -> Result<(), Trouble> {
    let sql = "INSERT OR IGNORE INTO reading (doc, opened_at) VALUES (?1, ?2)";
    conn.execute(sql, (document.0, now))?;
    Ok(())
}

/// Readings to send, oldest first.
pub(crate) fn readings(conn: &Connection, most: usize) -> Result<Vec<Reading>, Trouble> {
    let sql = "SELECT doc, opened_at FROM reading ORDER BY opened_at LIMIT ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| {
        Ok(Reading {
            document: DocumentId(row.get(0)?),
            opened_at: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The server has these readings.
pub(crate) fn read_out(conn: &Connection, readings: &[Reading]) -> Result<(), Trouble> {
    let mut statement = conn.prepare_cached("DELETE FROM reading WHERE doc = ?1 AND opened_at = ?2")?;
    for reading in readings {
        statement.execute((reading.document.0, reading.opened_at))?;
    }
    Ok(())
}
