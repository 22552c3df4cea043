//! Documents: the snapshot, where it stands with the server, and the columns that lists read.

use automerge::ChangeHash;
use notes::ids::{DocumentId, PersonId};
use notes::note::Template;
use rusqlite::{Connection, Row};

use super::rows::blob;
use crate::trouble::Trouble;

/// What a list shows of a document, read out of it when it was saved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Face {
    pub(crate) person_name: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) started_at: Option<i64>,
    pub(crate) finished_at: Option<i64>,
    /// Paths on which phones disagree, one a line; empty where they agree.
    pub(crate) conflicts: String,
}

/// Why a document is being built anew from the server's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reset {
    /// It is not.
    No,
    /// Two phones wrote under one actor.
    Fork,
    /// A person decided against something in it.
    Order,
}

impl Reset {
    fn number(self) -> i64 {
        match self {
            Self::No => 0,
            Self::Fork => 1,
            Self::Order => 2,
        }
    }
}

/// A document's row, without the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of one row")]
pub(crate) struct DocRow {
    pub(crate) nr: i64,
    pub(crate) id: DocumentId,
    pub(crate) template: Template,
    pub(crate) person: Option<PersonId>,
    pub(crate) heads: Vec<ChangeHash>,
    /// The heads up to which this phone's changes stand in `outgoing`.
    pub(crate) offered_heads: Vec<ChangeHash>,
    /// Whether it holds changes of this phone that were not offered yet.
    pub(crate) unoffered: bool,
    /// Whether nobody else has written in it, as far as this phone knows.
    pub(crate) alone: bool,
    /// Whether this phone joined a colleague's note.
    pub(crate) joined: bool,
    pub(crate) hidden: bool,
    /// Removed by decision.
    pub(crate) gone: bool,
    /// Whether it waits for the server's history, to be built anew from it.
    pub(crate) reset: Reset,
    pub(crate) face: Face,
}

impl DocRow {
    /// Whether its changes go to the server: not what was removed, nor what is about to be built anew.
    pub(crate) fn is_offered(&self) -> bool {
        !self.gone && self.reset == Reset::No
    }
}

/// Heads as one blob.
pub(crate) fn join(heads: &[ChangeHash]) -> Vec<u8> {
    heads.iter().flat_map(|h| h.0).collect()
}

/// A blob as heads.
pub(crate) fn split(blob: &[u8]) -> Vec<ChangeHash> {
    let (hashes, _) = blob.as_chunks::<32>();
    hashes.iter().map(|h| ChangeHash(*h)).collect()
}

const COLUMNS: &str =
    "nr, id, template, person, heads, offered_heads, unoffered, alone, joined, hidden, gone,
    resetting, person_name, kind, started_at, finished_at, conflicts";

fn template_number(template: Template) -> i64 {
    match template {
        Template::Note => 0,
        Template::About => 1,
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<DocRow> {
    let template = match row.get::<_, i64>("template")? {
        0 => Template::Note,
        _ => Template::About,
    };
    Ok(DocRow {
        nr: row.get("nr")?,
        id: DocumentId(row.get("id")?),
        template,
        person: row.get::<_, Option<[u8; 16]>>("person")?.map(PersonId),
        heads: split(&row.get::<_, Vec<u8>>("heads")?),
        offered_heads: split(&row.get::<_, Vec<u8>>("offered_heads")?),
        unoffered: row.get("unoffered")?,
        alone: row.get("alone")?,
        joined: row.get("joined")?,
        hidden: row.get("hidden")?,
        gone: row.get("gone")?,
        reset: match row.get::<_, i64>("resetting")? {
            0 => Reset::No,
            1 => Reset::Fork,
            _ => Reset::Order,
        },
        face: Face {
            person_name: row.get("person_name")?,
            kind: row.get("kind")?,
            started_at: row.get("started_at")?,
            finished_at: row.get("finished_at")?,
            conflicts: row.get("conflicts")?,
        },
    })
}

fn select(conn: &Connection, rest: &str, args: impl rusqlite::Params) -> Result<Vec<DocRow>, Trouble> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM doc {rest}"))?;
    let rows = statement.query_map(args, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn find(conn: &Connection, id: DocumentId) -> Result<Option<DocRow>, Trouble> {
    Ok(select(conn, "WHERE id = ?1", [id.0])?.pop())
}

pub(crate) fn snapshot(conn: &Connection, nr: i64) -> Result<Vec<u8>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT snapshot FROM doc WHERE nr = ?1")?;
    Ok(statement.query_row([nr], |row| row.get(0))?)
}

/// Notes to show, newest first.
pub(crate) fn shown(conn: &Connection) -> Result<Vec<DocRow>, Trouble> {
    select(
        conn,
        "WHERE hidden = 0 AND template = 0 ORDER BY started_at DESC, id DESC",
        [],
    )
}

/// Documents of any template that hold something to offer.
pub(crate) fn unoffered(conn: &Connection, most: usize) -> Result<Vec<DocRow>, Trouble> {
    let rest = "WHERE unoffered = 1 AND resetting = 0 AND gone = 0 ORDER BY nr LIMIT ?1";
    select(conn, rest, [i64::try_from(most).unwrap_or(i64::MAX)])
}

/// Writes a document's row and snapshot, new or again; gives its number.
pub(crate) fn save(conn: &Connection, doc: &DocRow, snapshot: &[u8]) -> Result<i64, Trouble> {
    let sql = "INSERT INTO doc (id, template, person, snapshot, heads, offered_heads, unoffered, alone, joined,
            hidden, gone, resetting, person_name, kind, started_at, finished_at, conflicts)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
        ON CONFLICT (id) DO UPDATE SET template = ?2, person = ?3, snapshot = ?4, heads = ?5,
            offered_heads = ?6, unoffered = ?7, alone = ?8, joined = ?9, hidden = ?10, gone = ?11,
            resetting = ?12, person_name = ?13, kind = ?14, started_at = ?15, finished_at = ?16, conflicts = ?17
        RETURNING nr";
    let face = &doc.face;
    let args = rusqlite::params![
        doc.id.0,
        template_number(doc.template),
        doc.person.map(|p| p.0),
        snapshot,
        join(&doc.heads),
        join(&doc.offered_heads),
        doc.unoffered,
        doc.alone,
        doc.joined,
        doc.hidden,
        doc.gone,
        doc.reset.number(),
        face.person_name,
        face.kind,
        face.started_at,
        face.finished_at,
        face.conflicts,
    ];
    Ok(conn.prepare_cached(sql)?.query_row(args, |row| row.get(0))?)
}

/// All that there is to send stands in `outgoing`.
pub(crate) fn offered(conn: &Connection, nr: i64, heads: &[ChangeHash]) -> Result<(), Trouble> {
    let sql = "UPDATE doc SET offered_heads = ?2, unoffered = 0 WHERE nr = ?1";
    conn.prepare_cached(sql)?.execute((nr, join(heads)))?;
    Ok(())
}

pub(crate) fn set_reset(conn: &Connection, nr: i64, why: Reset) -> Result<(), Trouble> {
    conn.execute("UPDATE doc SET resetting = ?2 WHERE nr = ?1", (nr, why.number()))?;
    Ok(())
}

/// Removed by decision: hidden, and never offered again.
pub(crate) fn set_gone(conn: &Connection, nr: i64) -> Result<(), Trouble> {
    let sql = "UPDATE doc SET gone = 1, hidden = 1, unoffered = 0, resetting = 0 WHERE nr = ?1";
    conn.execute(sql, [nr])?;
    Ok(())
}

/// Whether anything of a document is only here: not a change yet, not offered, not answered, or refused; a file too.
pub(crate) fn has_unsent(conn: &Connection, row: &DocRow) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM journal WHERE doc = ?1)
        OR EXISTS (SELECT 1 FROM outgoing WHERE doc = ?2 AND verdict IS NOT 0)
        OR EXISTS (SELECT 1 FROM attachment WHERE doc = ?2 AND whole_at IS NULL AND aside = 0)";
    let waits: bool = conn
        .prepare_cached(sql)?
        .query_row((row.nr, row.id.0), |row| row.get(0))?;
    Ok(waits || row.unoffered)
}

/// The server removed it and has had all of it: it is let go with the next copies that are.
pub(crate) fn abandon(conn: &Connection, nr: i64) -> Result<(), Trouble> {
    let sql = "UPDATE doc SET hidden = 1, resetting = 0 WHERE nr = ?1";
    conn.execute(sql, [nr])?;
    Ok(())
}

/// Hides a person's documents, or shows them again. Joined notes are seen whoever the person is, and
/// notes removed by decision stay hidden.
pub(crate) fn hide_person(conn: &Connection, person: PersonId, hidden: bool) -> Result<(), Trouble> {
    let sql = "UPDATE doc SET hidden = ?2 WHERE person = ?1 AND joined = 0 AND gone = 0";
    conn.execute(sql, (blob(&person.0), hidden))?;
    Ok(())
}

/// Lets go of hidden copies of which nothing waits to be sent and nothing is kept for safety.
pub(crate) fn let_go(conn: &Connection) -> Result<Vec<DocumentId>, Trouble> {
    let idle = "hidden = 1 AND gone = 0 AND unoffered = 0 AND resetting = 0
        AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.doc = doc.nr)
        AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.doc = doc.id)
        AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.doc = doc.id)";
    let words = format!("DELETE FROM words WHERE rowid IN (SELECT nr FROM doc WHERE {idle})");
    conn.prepare_cached(&words)?.execute([])?;
    let mut statement = conn.prepare_cached(&format!("DELETE FROM doc WHERE {idle} RETURNING id"))?;
    let rows = statement.query_map([], |row| Ok(DocumentId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Numbers of documents that hold something that the server has not answered for. Looked for from what waits, and not
/// from the documents: those are thousands, and each would be read past its snapshot.
const WAITING: &str = "SELECT nr FROM doc WHERE unoffered = 1
    UNION SELECT doc FROM journal
    UNION SELECT d.nr FROM attachment a JOIN doc d ON d.id = a.doc WHERE a.whole_at IS NULL AND a.aside = 0
    UNION SELECT d.nr FROM outgoing o JOIN doc d ON d.id = o.doc WHERE o.verdict IS NULL";

/// Numbers of documents with which something may be amiss: held, refused, in conflict.
const AMISS: &str = "SELECT nr FROM doc WHERE conflicts <> ''
    UNION SELECT d.nr FROM standing s JOIN doc d ON d.id = s.doc WHERE s.state IN ('held', 'conflict')
    UNION SELECT d.nr FROM outgoing o JOIN doc d ON d.id = o.doc WHERE o.verdict = 1
    UNION SELECT d.nr FROM version v JOIN doc d ON d.id = v.doc WHERE v.outcome = 'refused'";

/// How many notes hold something that the server has not answered for.
pub(crate) fn waiting(conn: &Connection) -> Result<u64, Trouble> {
    let sql = format!("SELECT count(*) FROM doc WHERE nr IN ({WAITING}) AND gone = 0");
    let count: i64 = conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The same, as notes to show, newest first.
pub(crate) fn shown_waiting(conn: &Connection) -> Result<Vec<DocRow>, Trouble> {
    shown_among(conn, WAITING)
}

/// Notes to show with which something may be amiss, newest first.
pub(crate) fn shown_amiss(conn: &Connection) -> Result<Vec<DocRow>, Trouble> {
    shown_among(conn, AMISS)
}

fn shown_among(conn: &Connection, numbers: &str) -> Result<Vec<DocRow>, Trouble> {
    let rest =
        format!("WHERE nr IN ({numbers}) AND hidden = 0 AND template = 0 ORDER BY started_at DESC, id DESC");
    select(conn, &rest, [])
}

/// Documents that are being built anew.
pub(crate) fn resetting(conn: &Connection) -> Result<Vec<DocRow>, Trouble> {
    select(conn, "WHERE resetting <> 0 AND gone = 0 ORDER BY nr", [])
}

/// Whom a document is about, where the server knows better than the document.
pub(crate) fn set_person(conn: &Connection, nr: i64, person: PersonId) -> Result<(), Trouble> {
    let sql = "UPDATE doc SET person = ?2 WHERE nr = ?1";
    conn.prepare_cached(sql)?.execute((nr, blob(&person.0)))?;
    Ok(())
}

/// Documents about a person, and notes of which it is not known whom they are about.
pub(crate) fn perhaps_about(conn: &Connection, person: PersonId) -> Result<Vec<DocRow>, Trouble> {
    let sql = "WHERE (person = ?1 OR person IS NULL) AND gone = 0 ORDER BY nr";
    select(conn, sql, [blob(&person.0)])
}

/// Notes of colleagues that this phone joined.
pub(crate) fn joined(conn: &Connection) -> Result<Vec<DocRow>, Trouble> {
    select(conn, "WHERE joined = 1 AND gone = 0 ORDER BY nr", [])
}
