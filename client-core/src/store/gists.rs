//! The gist of each note: what a person's page and the day's list gather from it, so that neither has to load notes.
//! It is made from the note and can be made again at any time.

use rusqlite::{Connection, Row};

use super::docs::{self, DocRow};
use crate::trouble::Trouble;
use notes::ids::{DocumentId, PersonId};

/// Puts a document's gist in place of the one that it had.
pub(crate) fn put(conn: &Connection, doc: i64, waits: bool, says: &str) -> Result<(), Trouble> {
    let sql = "INSERT INTO gist (doc, waits, says) VALUES (?1, ?2, ?3)
        ON CONFLICT (doc) DO UPDATE SET waits = excluded.waits, says = excluded.says
        WHERE waits <> excluded.waits OR says <> excluded.says";
    conn.prepare_cached(sql)?.execute((doc, waits, says))?;
    Ok(())
}

/// Takes a document's gist away.
pub(crate) fn clear(conn: &Connection, doc: i64) -> Result<(), Trouble> {
    conn.execute("DELETE FROM gist WHERE doc = ?1", [doc])?;
    Ok(())
}

/// Notes in view about a person, newest first, each with its gist.
pub(crate) fn about(conn: &Connection, person: PersonId) -> Result<Vec<(DocRow, String)>, Trouble> {
    let sql = "SELECT d.id, g.says FROM doc d JOIN gist g ON g.doc = d.nr
        WHERE d.person = ?1 AND d.hidden = 0 AND d.template = 0 ORDER BY d.started_at DESC, d.id DESC";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement
        .query_map([person.0], pair)?
        .collect::<Result<Vec<_>, _>>()?;
    with_rows(conn, found)
}

/// Notes in view that are open or have something to be done, newest first, each with its gist.
pub(crate) fn waiting(conn: &Connection) -> Result<Vec<(DocRow, String)>, Trouble> {
    let sql = "SELECT d.id, g.says FROM gist g JOIN doc d ON d.nr = g.doc
        WHERE d.nr IN (SELECT doc FROM gist WHERE waits = 1 UNION SELECT nr FROM doc WHERE finished_at IS NULL)
        AND d.hidden = 0 AND d.template = 0 ORDER BY d.started_at DESC, d.id DESC";
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_map([], pair)?.collect::<Result<Vec<_>, _>>()?;
    with_rows(conn, found)
}

/// Notes that have none yet: those of a store from before there were gists.
pub(crate) fn missing(conn: &Connection) -> Result<Vec<DocumentId>, Trouble> {
    let sql = "SELECT id FROM doc WHERE nr IN (SELECT nr FROM doc EXCEPT SELECT doc FROM gist)
        AND template = 0 AND gone = 0";
    let mut statement = conn.prepare(sql)?;
    let found = statement.query_map([], |row| Ok(DocumentId(row.get(0)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn pair(row: &Row<'_>) -> rusqlite::Result<(DocumentId, String)> {
    Ok((DocumentId(row.get(0)?), row.get(1)?))
}

fn with_rows(conn: &Connection, found: Vec<(DocumentId, String)>) -> Result<Vec<(DocRow, String)>, Trouble> {
    let mut rows = Vec::with_capacity(found.len());
    for (id, says) in found {
        if let Some(row) = docs::find(conn, id)? {
            rows.push((row, says));
        }
    }
    Ok(rows)
}
