//! What could not go into a document, kept: pulled chunks that wait for others, and copies that were
//! set aside whole.

use notes::ids::DocumentId;
use rusqlite::Connection;
use sha2::Digest as _;

use crate::trouble::Trouble;

/// Keeps something whole, with the reason.
pub(crate) fn keep(
    conn: &Connection,
    doc: DocumentId,
    now: i64,
    why: &str,
    content: &[u8],
) -> Result<(), Trouble> {
    let sql = "INSERT INTO aside (doc, at, why, content) VALUES (?1, ?2, ?3, ?4)";
    conn.execute(sql, (doc.0, now, why, content))?;
    Ok(())
}

/// Copies set aside for a document: why, and the bytes.
#[cfg(test)]
pub(crate) fn kept(conn: &Connection, doc: DocumentId) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT why, content FROM aside WHERE doc = ?1 ORDER BY nr")?;
    let rows = statement.query_map([doc.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Pulled chunks that wait, in the order in which they came.
pub(crate) fn waiting(conn: &Connection, doc: DocumentId) -> Result<Vec<Vec<u8>>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT chunk FROM waiting_chunk WHERE doc = ?1 ORDER BY nr")?;
    let rows = statement.query_map([doc.0], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Lets chunks wait; the same bytes wait once.
pub(crate) fn wait(conn: &Connection, doc: DocumentId, chunks: &[Vec<u8>]) -> Result<(), Trouble> {
    let sql = "INSERT OR IGNORE INTO waiting_chunk (doc, hash, chunk) VALUES (?1, ?2, ?3)";
    let mut statement = conn.prepare_cached(sql)?;
    for chunk in chunks {
        let hash: [u8; 32] = sha2::Sha256::digest(chunk).into();
        statement.execute((doc.0, hash, chunk))?;
    }
    Ok(())
}

/// The waiting is over.
pub(crate) fn clear_waiting(conn: &Connection, doc: DocumentId) -> Result<(), Trouble> {
    conn.prepare_cached("DELETE FROM waiting_chunk WHERE doc = ?1")?
        .execute([doc.0])?;
    Ok(())
}
