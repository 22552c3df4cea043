//! Files attached on this phone: their bytes in pieces, kept until the server has the file whole, a backup has it too
//! and the safe period is over.

use notes::attachment::{AttachmentId, PART_BYTES};
use notes::ids::DocumentId;
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::trouble::Trouble;

/// One file of one note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) nr: i64,
    pub(crate) doc: DocumentId,
    pub(crate) id: AttachmentId,
    pub(crate) media_type: String,
    pub(crate) bytes: u64,
    pub(crate) begun: bool,
    pub(crate) whole: bool,
    pub(crate) code: Option<String>,
}

const COLUMNS: &str = "a.nr, a.doc, a.sha256, a.media_type, a.bytes, a.begun, a.whole_at IS NOT NULL, a.code";

fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        nr: row.get(0)?,
        doc: DocumentId(row.get(1)?),
        id: AttachmentId(row.get(2)?),
        media_type: row.get(3)?,
        bytes: row.get(4)?,
        begun: row.get(5)?,
        whole: row.get(6)?,
        code: row.get(7)?,
    })
}

/// Keeps a file for a note; one that is kept for it already stays as it is.
pub(crate) fn keep(
    conn: &Connection,
    doc: DocumentId,
    id: AttachmentId,
    media_type: &str,
    bytes: &[u8],
) -> Result<(), Trouble> {
    let mut put =
        conn.prepare_cached("INSERT OR IGNORE INTO attachment_piece (sha256, at, data) VALUES (?1, ?2, ?3)")?;
    let mut at = 0u64;
    for piece in bytes.chunks(PART_BYTES) {
        put.execute((id.0, at, piece))?;
        at += piece.len() as u64;
    }
    let sql =
        "INSERT INTO attachment (doc, sha256, media_type, bytes, begun, aside) VALUES (?1, ?2, ?3, ?4, 0, 0)
        ON CONFLICT (doc, sha256) DO UPDATE SET aside = 0, code = NULL";
    conn.prepare_cached(sql)?.execute((doc.0, id.0, media_type, at))?;
    Ok(())
}

/// A file that is kept for a note.
pub(crate) fn find(conn: &Connection, doc: DocumentId, id: AttachmentId) -> Result<Option<Kept>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM attachment a WHERE a.doc = ?1 AND a.sha256 = ?2");
    let mut statement = conn.prepare_cached(&sql)?;
    Ok(statement.query_row((doc.0, id.0), read).optional()?)
}

/// Files that the server has not said it has, of notes of which it has everything else, oldest first.
pub(crate) fn to_send(conn: &Connection) -> Result<Vec<Kept>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM attachment a JOIN doc d ON d.id = a.doc
         WHERE a.whole_at IS NULL AND a.aside = 0 AND d.gone = 0 AND d.unoffered = 0 AND d.resetting = 0
         AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.doc = a.doc AND o.verdict IS NULL) ORDER BY a.nr"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Files of which the server is to be asked whether a backup has them.
pub(crate) fn to_ask(conn: &Connection, now: i64) -> Result<Vec<Kept>, Trouble> {
    let sql =
        format!("SELECT {COLUMNS} FROM attachment a WHERE a.ask_at <= ?1 AND a.aside = 0 ORDER BY a.nr");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map([now], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Bytes of a file from a place on, at most a part; none behind the end, or where they were let go.
pub(crate) fn part(conn: &Connection, id: AttachmentId, at: u64) -> Result<Vec<u8>, Trouble> {
    let sql = "SELECT at, data FROM attachment_piece WHERE sha256 = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1";
    let mut statement = conn.prepare_cached(sql)?;
    let found: Option<(u64, Vec<u8>)> = statement
        .query_row((id.0, at), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((begin, data)) = found else {
        return Ok(Vec::new());
    };
    let skip = usize::try_from(at - begin).unwrap_or(usize::MAX);
    Ok(data.get(skip..).unwrap_or_default().to_vec())
}

/// Whether the bytes of a file are here.
pub(crate) fn has_bytes(conn: &Connection, id: AttachmentId) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attachment_piece WHERE sha256 = ?1)";
    Ok(conn.prepare_cached(sql)?.query_row([id.0], |row| row.get(0))?)
}

/// How many files of a note the server has not said it has.
pub(crate) fn waiting(conn: &Connection, doc: DocumentId) -> Result<u64, Trouble> {
    let sql = "SELECT count(*) FROM attachment WHERE doc = ?1 AND whole_at IS NULL AND aside = 0";
    Ok(conn.prepare_cached(sql)?.query_row([doc.0], |row| row.get(0))?)
}

/// Why the server did not take a file of a note, where it did not.
pub(crate) fn refused(conn: &Connection, doc: DocumentId) -> Result<Option<String>, Trouble> {
    let sql =
        "SELECT code FROM attachment WHERE doc = ?1 AND whole_at IS NULL AND aside = 0 AND code IS NOT NULL
        ORDER BY nr LIMIT 1";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_row([doc.0], |row| row.get(0)).optional()?)
}

/// The server knows of the upload.
pub(crate) fn begun(conn: &Connection, nr: i64) -> Result<(), Trouble> {
    conn.execute("UPDATE attachment SET begun = 1, code = NULL WHERE nr = ?1", [nr])?;
    Ok(())
}

/// The server has the file whole; it is kept so long.
pub(crate) fn whole(conn: &Connection, nr: i64, now: i64, sealed_ms: i64) -> Result<(), Trouble> {
    let sql = "UPDATE attachment SET begun = 1, code = NULL, whole_at = ?2, ask_at = ?3 WHERE nr = ?1";
    conn.execute(sql, (nr, now, now.saturating_add(sealed_ms)))?;
    Ok(())
}

/// The server did not take it, and says why.
pub(crate) fn refuse(conn: &Connection, nr: i64, code: &str) -> Result<(), Trouble> {
    conn.execute("UPDATE attachment SET code = ?2 WHERE nr = ?1", (nr, code))?;
    Ok(())
}

/// The note does not name it any more: it is kept, and not sent.
pub(crate) fn set_aside(conn: &Connection, nr: i64) -> Result<(), Trouble> {
    conn.execute("UPDATE attachment SET aside = 1 WHERE nr = ?1", [nr])?;
    Ok(())
}

/// No backup has it yet: asked again at another time.
pub(crate) fn ask_later(conn: &Connection, nr: i64, at: i64) -> Result<(), Trouble> {
    conn.execute("UPDATE attachment SET ask_at = ?2 WHERE nr = ?1", (nr, at))?;
    Ok(())
}

/// The server does not have it (any more): it is to be sent again.
pub(crate) fn send_again(conn: &Connection, nr: i64) -> Result<(), Trouble> {
    let sql = "UPDATE attachment SET whole_at = NULL, ask_at = NULL, begun = 0 WHERE nr = ?1";
    conn.execute(sql, [nr])?;
    Ok(())
}

/// The server was restored: whatever is kept is asked for and sent again.
pub(crate) fn send_all_again(conn: &Connection) -> Result<(), Trouble> {
    conn.execute("UPDATE attachment SET whole_at = NULL, ask_at = NULL", [])?;
    Ok(())
}

/// Lets go of a file of a note that a backup of the server has, after the safe period.
pub(crate) fn let_go(conn: &Connection, kept: &Kept) -> Result<(), Trouble> {
    conn.execute("DELETE FROM attachment WHERE nr = ?1", [kept.nr])?;
    let sql = "DELETE FROM attachment_piece WHERE sha256 = ?1
        AND NOT EXISTS (SELECT 1 FROM attachment WHERE sha256 = ?1)";
    conn.execute(sql, [kept.id.0])?;
    Ok(())
}

/// Lets go of all files of a note that the server removed for good; one that another note names too stays.
pub(crate) fn drop_all(conn: &Connection, doc: DocumentId) -> Result<(), Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM attachment a WHERE a.doc = ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    let all = statement
        .query_map([doc.0], read)?
        .collect::<Result<Vec<_>, _>>()?;
    all.iter().try_for_each(|kept| let_go(conn, kept))
}
