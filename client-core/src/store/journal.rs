//! The journal: every key, durable before it is acknowledged, until a snapshot holds it.

use notes::ids::DocumentId;
use notes::note::Edit;
use rusqlite::Connection;

use crate::trouble::Trouble;

/// One acknowledged edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) n: i64,
    pub(crate) at: i64,
    /// Time spent writing since the last one.
    pub(crate) spent_ms: u64,
    /// The edit's CBOR, as it was written.
    pub(crate) edit: Vec<u8>,
}

impl Entry {
    pub(crate) fn new(n: i64, at: i64, spent_ms: u64, edit: &Edit) -> Self {
        Self {
            n,
            at,
            spent_ms,
            // Writing CBOR into memory cannot fail.
            edit: minicbor::to_vec(edit).unwrap_or_default(),
        }
    }

    /// The edit; `None` where it cannot be read.
    pub(crate) fn read(&self) -> Option<Edit> {
        minicbor::decode(&self.edit).ok()
    }
}

pub(crate) fn append(conn: &Connection, doc: i64, entry: &Entry) -> Result<(), Trouble> {
    let sql = "INSERT INTO journal (doc, n, at, spent_ms, edit) VALUES (?1, ?2, ?3, ?4, ?5)";
    let spent = i64::try_from(entry.spent_ms).unwrap_or(i64::MAX);
    conn.prepare_cached(sql)?
        .execute((doc, entry.n, entry.at, spent, &entry.edit))?;
    Ok(())
}

pub(crate) fn entries(conn: &Connection, doc: i64) -> Result<Vec<Entry>, Trouble> {
    let sql = "SELECT n, at, spent_ms, edit FROM journal WHERE doc = ?1 ORDER BY n";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([doc], |row| {
        Ok(Entry {
            n: row.get(0)?,
            at: row.get(1)?,
            spent_ms: row.get::<_, i64>(2)?.unsigned_abs(),
            edit: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes what a snapshot now holds.
pub(crate) fn clear(conn: &Connection, doc: i64) -> Result<(), Trouble> {
    conn.prepare_cached("DELETE FROM journal WHERE doc = ?1")?
        .execute([doc])?;
    Ok(())
}

/// Documents with keys that no snapshot holds: after a kill, those to be replayed.
pub(crate) fn open_docs(conn: &Connection) -> Result<Vec<DocumentId>, Trouble> {
    let sql = "SELECT DISTINCT d.id FROM journal j JOIN doc d ON d.nr = j.doc";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok(DocumentId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
