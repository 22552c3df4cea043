//! Messages of the team's desk, and which of them were read here. What is unread outlives rows that come anew.

use notes::ids::DocumentId;
use notes::wire::MessageRow;
use rusqlite::Connection;

use crate::trouble::Trouble;

/// Takes one in as the server has it. One that was read here, and that the server takes for unread, is told again.
pub(crate) fn put(conn: &Connection, row: &MessageRow, now: i64) -> Result<(), Trouble> {
    if row.read {
        let sql = "UPDATE message SET read_at = coalesce(read_at, ?2), told = 1, text = '', by_name = '' WHERE id = ?1";
        conn.prepare_cached(sql)?.execute((&row.id, now))?;
        return Ok(());
    }
    let sql = "INSERT INTO message (id, doc, kind, text, by_name, sent_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (id) DO UPDATE SET told = 0";
    let doc = row.document.map(|doc| doc.0);
    conn.prepare_cached(sql)?
        .execute((&row.id, doc, &row.kind, &row.text, &row.from, row.sent_at))?;
    Ok(())
}

/// Those that were not read, oldest first.
pub(crate) fn unread(conn: &Connection) -> Result<Vec<MessageRow>, Trouble> {
    let sql = "SELECT id, doc, kind, text, by_name, sent_at FROM message WHERE read_at IS NULL ORDER BY sent_at, id";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(MessageRow {
            id: row.get(0)?,
            document: row.get::<_, Option<[u8; 16]>>(1)?.map(DocumentId),
            kind: row.get(2)?,
            text: row.get(3)?,
            from: row.get(4)?,
            sent_at: row.get(5)?,
            read: false,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The worker has read one.
pub(crate) fn read(conn: &Connection, id: &str, now: i64) -> Result<(), Trouble> {
    let sql = "UPDATE message SET read_at = ?2 WHERE id = ?1 AND read_at IS NULL";
    conn.execute(sql, (id, now))?;
    Ok(())
}

/// Ids of those that were read here and of which the server has not been told.
pub(crate) fn to_tell(conn: &Connection, most: usize) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT id FROM message WHERE read_at IS NOT NULL AND told = 0 ORDER BY id LIMIT ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The server has been told of these: their words are not needed any more.
pub(crate) fn told(conn: &Connection, ids: &[String]) -> Result<(), Trouble> {
    let mut statement =
        conn.prepare_cached("UPDATE message SET told = 1, text = '', by_name = '' WHERE id = ?1")?;
    for id in ids {
        statement.execute([id])?;
    }
    Ok(())
}
