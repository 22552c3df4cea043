//! Chunks that were offered: frozen byte for byte before they are sent, sent again until a verdict
//! came, and kept after it until the server's backup has them and the safe period is over.

use notes::ids::DocumentId;
use notes::note::Template;
use notes::wire::Outcome;
use rusqlite::Connection;
use sha2::Digest as _;

use crate::sync::{Answer, Unsent};
use crate::trouble::Trouble;

/// How long a chunk is kept at least, though a backup has it.
pub(crate) const SEALED_MS: i64 = 14 * 24 * 60 * 60 * 1000;

/// Freezes a chunk. The same bytes count once.
pub(crate) fn freeze(conn: &Connection, doc: DocumentId, chunk: &[u8], now: i64) -> Result<(), Trouble> {
    let hash: [u8; 32] = sha2::Sha256::digest(chunk).into();
    let sql = "INSERT OR IGNORE INTO outgoing (doc, hash, chunk, offered_at) VALUES (?1, ?2, ?3, ?4)";
    conn.prepare_cached(sql)?.execute((doc.0, hash, chunk, now))?;
    Ok(())
}

/// Chunks without a verdict, in the order in which they were frozen, up to about so many bytes; the
/// first is given however long it is. A document that is built anew sends only what a server had before.
pub(crate) fn unsent(conn: &Connection, target_bytes: usize) -> Result<Vec<Unsent>, Trouble> {
    let sql = "SELECT o.nr, o.doc, o.chunk, d.template, d.person, d.joined, o.superseded
        FROM outgoing o JOIN doc d ON d.id = o.doc
        WHERE o.verdict IS NULL AND (d.resetting = 0 OR o.seq IS NOT NULL) ORDER BY o.nr";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let chunk: Vec<u8> = row.get(2)?;
        if !found.is_empty() && bytes + chunk.len() > target_bytes {
            break;
        }
        bytes += chunk.len();
        found.push(Unsent {
            nr: row.get(0)?,
            document: DocumentId(row.get(1)?),
            template: if row.get::<_, i64>(3)? == 0 {
                Template::Note
            } else {
                Template::About
            },
            person: row.get::<_, Option<[u8; 16]>>(4)?.map(notes::ids::PersonId),
            joined: row.get(5)?,
            superseded: row.get(6)?,
            chunk,
        });
    }
    Ok(found)
}

/// Writes down what became of the chunks of one push.
pub(crate) fn answer(conn: &Connection, answer: &Answer) -> Result<(), Trouble> {
    let sql = "UPDATE outgoing SET verdict = ?2, code = ?3, seq = ?4 WHERE nr = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let verdict = match answer.outcome {
        Outcome::Accepted => 0,
        Outcome::Held => 1,
        Outcome::Gone => 2,
    };
    let seq = i64::try_from(answer.seq).unwrap_or(i64::MAX);
    for nr in &answer.chunks {
        statement.execute((nr, verdict, &answer.code, seq))?;
    }
    Ok(())
}

/// The code of the newest held chunk of a document.
pub(crate) fn held_code(conn: &Connection, doc: DocumentId) -> Result<Option<String>, Trouble> {
    let sql =
        "SELECT coalesce(code, '') FROM outgoing WHERE doc = ?1 AND verdict = 1 ORDER BY nr DESC LIMIT 1";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([doc.0])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

/// A chunk of a document that counts: not superseded, not removed.
pub(crate) struct Offered {
    pub(crate) nr: i64,
    pub(crate) chunk: Vec<u8>,
    /// Whether the server took it without refusing it, as far as it was judged.
    pub(crate) accepted: bool,
}

/// Chunks of a document that were offered, in order.
pub(crate) fn offered(conn: &Connection, doc: DocumentId) -> Result<Vec<Offered>, Trouble> {
    let sql = "SELECT nr, chunk, verdict IS 0 AND code IS NULL FROM outgoing
        WHERE doc = ?1 AND superseded = 0 AND verdict IS NOT 2 ORDER BY nr";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([doc.0], |row| {
        Ok(Offered {
            nr: row.get(0)?,
            chunk: row.get(1)?,
            accepted: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every document that is held, with the code.
pub(crate) fn all_held(conn: &Connection) -> Result<Vec<(DocumentId, String)>, Trouble> {
    let sql = "SELECT doc, max(code) FROM (
            SELECT doc, coalesce(code, '') AS code FROM standing WHERE state = 'held'
            UNION SELECT doc, coalesce(code, '') FROM outgoing WHERE verdict = 1)
        GROUP BY doc ORDER BY doc";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((DocumentId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a document has chunks without a verdict.
pub(crate) fn unanswered(conn: &Connection, doc: DocumentId) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outgoing WHERE doc = ?1 AND verdict IS NULL)";
    Ok(conn.prepare_cached(sql)?.query_row([doc.0], |row| row.get(0))?)
}

/// Whether something that a server had, and may have lost since, has not been answered again.
pub(crate) fn comes_again(conn: &Connection, doc: DocumentId) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outgoing WHERE doc = ?1 AND verdict IS NULL AND seq IS NOT NULL)";
    Ok(conn.prepare_cached(sql)?.query_row([doc.0], |row| row.get(0))?)
}

/// A person has decided: what was held is settled. The code stays, for a reset that may follow.
pub(crate) fn settle(conn: &Connection, doc: DocumentId) -> Result<(), Trouble> {
    let sql = "UPDATE outgoing SET verdict = 0 WHERE doc = ?1 AND verdict = 1";
    conn.execute(sql, [doc.0])?;
    Ok(())
}

/// Drops what will never be sent: the document was removed by decision, or begins again. The caller has
/// set the copy aside.
pub(crate) fn drop_unsettled(conn: &Connection, doc: DocumentId) -> Result<(), Trouble> {
    let sql = "DELETE FROM outgoing WHERE doc = ?1 AND (verdict IS NULL OR verdict IN (1, 2))";
    conn.execute(sql, [doc.0])?;
    Ok(())
}

/// Lets go of all chunks of a document: the server removed it for good, and has had them.
pub(crate) fn drop_all(conn: &Connection, doc: DocumentId) -> Result<(), Trouble> {
    conn.execute("DELETE FROM outgoing WHERE doc = ?1", [doc.0])?;
    Ok(())
}

/// The words of these chunks were written again under another actor. They go to the server once more,
/// which keeps them and does not publish them, and are kept here like the others.
pub(crate) fn supersede(conn: &Connection, numbers: &[i64]) -> Result<(), Trouble> {
    let sql = "UPDATE outgoing SET superseded = 1, verdict = NULL WHERE nr = ?1";
    each(conn, sql, numbers)
}

/// A person decided against what these chunks bring: the server will not publish them, though it took them.
pub(crate) fn leave_out(conn: &Connection, numbers: &[i64]) -> Result<(), Trouble> {
    let sql = "UPDATE outgoing SET code = coalesce(code, 'decided_against') WHERE nr = ?1";
    each(conn, sql, numbers)
}

/// Runs a statement for each of these chunks.
fn each(conn: &Connection, sql: &str, numbers: &[i64]) -> Result<(), Trouble> {
    let mut statement = conn.prepare_cached(sql)?;
    for nr in numbers {
        statement.execute([nr])?;
    }
    Ok(())
}

/// The server was restored: everything that is kept is to be sent again. That a server once had it is
/// told by its number, which stays.
pub(crate) fn send_all_again(conn: &Connection) -> Result<(), Trouble> {
    conn.execute(
        "UPDATE outgoing SET verdict = NULL, code = NULL WHERE verdict IN (0, 1)",
        [],
    )?;
    Ok(())
}

/// Lets go of chunks that a backup of the server has, after the safe period.
pub(crate) fn release(conn: &Connection, safe_seq: u64, now: i64, sealed_ms: i64) -> Result<(), Trouble> {
    let sql = "DELETE FROM outgoing WHERE verdict = 0 AND seq <= ?1 AND offered_at <= ?2";
    let safe = i64::try_from(safe_seq).unwrap_or(i64::MAX);
    conn.prepare_cached(sql)?
        .execute((safe, now.saturating_sub(sealed_ms)))?;
    Ok(())
}
