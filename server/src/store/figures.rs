//! What reports count of a note: its figures, the concerns raised in it and the needs that were not met. They stand
//! where the note's projection stands; when a concern was first seen is kept beside it.

use notes::ids::{DocumentId, PersonId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// The figures of one document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// One bit for each field that was used, by its place in the table of fields.
    pub fields: u64,
    /// When what finished it came, UTC milliseconds.
    pub received_at: Option<i64>,
    /// Who finished it.
    pub author: Option<String>,
    /// How long writing took, all phones together.
    pub recording_ms: i64,
    /// How many workers were there.
    pub workers: u32,
    /// `yes`, `partly`, `no` or `not_asked`.
    pub useful: Option<String>,
    /// Whether the person's feedback has words.
    pub words: bool,
    /// The review that it was.
    pub was: Option<String>,
    /// The next review's kind.
    pub next: Option<String>,
    /// When that is due: a calendar date.
    pub due: Option<String>,
}

/// A concern as the desk lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// The note.
    pub document: DocumentId,
    /// Its id in the note.
    pub entry: String,
    /// `safeguarding` or `professional_disagreement`.
    pub kind: Option<String>,
    /// When the server first saw it, UTC milliseconds.
    pub seen_at: i64,
    /// Whom the note is about.
    pub person: Option<PersonId>,
    /// Who took note of it, and when.
    pub acknowledged: Option<(i64, String)>,
}

pub(super) const CONCERNS: &str = "SELECT c.document, c.entry, c.kind, c.seen_at, d.person, a.at, a.by FROM concern c \
     LEFT JOIN document d ON d.id = c.document \
     LEFT JOIN acknowledged a ON a.document = c.document AND a.entry = c.entry \
     WHERE (c.seen_at, c.document, c.entry) < (?1, ?2, ?3) \
     ORDER BY c.seen_at DESC, c.document DESC, c.entry DESC LIMIT ?4";
pub(super) const UNCOUNTED: &str = "SELECT id FROM document WHERE fields IS NULL LIMIT ?";

impl Tx<'_> {
    /// Concerns, the newest first, before one that was seen; from the newest where none is given.
    ///
    /// # Errors
    /// The database's.
    pub fn concerns_before(
        &self,
        before: Option<(i64, DocumentId, &str)>,
        limit: u32,
    ) -> Result<Vec<Concern>, StoreError> {
        let (at, document, entry) = before.unwrap_or((i64::MAX, DocumentId([0xff; 16]), ""));
        let mut find = self.db.prepare_cached(CONCERNS)?;
        let rows = find.query_map(params![at, document.0, entry, limit], concern)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One concern.
    ///
    /// # Errors
    /// The database's.
    pub fn concern(&self, document: DocumentId, entry: &str) -> Result<Option<Concern>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT c.document, c.entry, c.kind, c.seen_at, d.person, a.at, a.by FROM concern c \
             LEFT JOIN document d ON d.id = c.document \
             LEFT JOIN acknowledged a ON a.document = c.document AND a.entry = c.entry \
             WHERE c.document = ? AND c.entry = ?",
        )?;
        Ok(find.query_row(params![document.0, entry], concern).optional()?)
    }

    /// What a note's concerns are: id and kind, by id.
    ///
    /// # Errors
    /// The database's.
    pub fn concerns_of(&self, document: DocumentId) -> Result<Vec<(String, Option<String>)>, StoreError> {
        self.pairs(
            "SELECT entry, kind FROM concern WHERE document = ? ORDER BY entry",
            document,
        )
    }

    /// Makes a note's concerns these. When one was first seen stays.
    ///
    /// # Errors
    /// The database's.
    pub fn concerns_put(
        &self,
        document: DocumentId,
        all: &[(String, Option<String>)],
        now: i64,
    ) -> Result<(), StoreError> {
        for (entry, _) in self.concerns_of(document)? {
            if !all.iter().any(|(id, _)| *id == entry) {
                self.db
                    .prepare_cached("DELETE FROM concern WHERE document = ? AND entry = ?")?
                    .execute(params![document.0, entry])?;
            }
        }
        let mut put = self.db.prepare_cached(
            "INSERT INTO concern (document, entry, kind, seen_at) VALUES (?,?,?,?) \
             ON CONFLICT DO UPDATE SET kind = excluded.kind WHERE kind IS NOT excluded.kind",
        )?;
        for (entry, kind) in all {
            put.execute(params![document.0, entry, kind, now])?;
        }
        Ok(())
    }

    /// Writes down who took note of a concern; false where somebody had before.
    ///
    /// # Errors
    /// The database's.
    pub fn acknowledge(
        &self,
        document: DocumentId,
        entry: &str,
        at: i64,
        by: &str,
    ) -> Result<bool, StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT OR IGNORE INTO acknowledged (document, entry, at, by) VALUES (?,?,?,?)",
        )?;
        Ok(put.execute(params![document.0, entry, at, by])? > 0)
    }

    /// The needs that a note says were not met: id and reason code, by id.
    ///
    /// # Errors
    /// The database's.
    pub fn unmet_of(&self, document: DocumentId) -> Result<Vec<(String, Option<String>)>, StoreError> {
        self.pairs(
            "SELECT entry, reason_code FROM unmet WHERE document = ? ORDER BY entry",
            document,
        )
    }

    /// Makes a note's unmet needs these.
    ///
    /// # Errors
    /// The database's.
    pub fn unmet_put(
        &self,
        document: DocumentId,
        all: &[(String, Option<String>)],
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM unmet WHERE document = ?")?
            .execute([document.0])?;
        let mut put = self
            .db
            .prepare_cached("INSERT INTO unmet (document, entry, reason_code) VALUES (?,?,?)")?;
        for (entry, code) in all {
            put.execute(params![document.0, entry, code])?;
        }
        Ok(())
    }

    /// When what finished a note came.
    ///
    /// # Errors
    /// The database's.
    pub fn finish_received(&self, document: DocumentId) -> Result<Option<i64>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT l.received_at FROM published p JOIN log l ON l.seq = p.seq \
             WHERE p.document = ? AND p.finishes = 1 ORDER BY p.pub LIMIT 1",
        )?;
        Ok(find.query_row([document.0], |row| row.get(0)).optional()?)
    }

    /// Documents that were not counted yet.
    ///
    /// # Errors
    /// The database's.
    pub fn documents_uncounted(&self, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(UNCOUNTED)?;
        let rows = find.query_map([limit], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A document that cannot be read counts as nothing.
    ///
    /// # Errors
    /// The database's.
    pub fn document_counts_nothing(&self, document: DocumentId) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE document SET fields = 0, recording_ms = 0, workers = 0, words = 0, received_at = NULL, \
                 author = NULL, useful = NULL, was = NULL, next = NULL, due = NULL WHERE id = ?",
            )?
            .execute([document.0])?;
        Ok(())
    }

    fn pairs(&self, sql: &str, document: DocumentId) -> Result<Vec<(String, Option<String>)>, StoreError> {
        let mut find = self.db.prepare_cached(sql)?;
        let rows = find.query_map([document.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Figures whose columns begin at a place, in the order of the struct.
pub(super) fn figures(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Figures>> {
    let fields: Option<u64> = row.get(at)?;
    let Some(fields) = fields else {
        return Ok(None);
    };
    Ok(Some(Figures {
        fields,
        received_at: row.get(at + 1)?,
        author: row.get(at + 2)?,
        recording_ms: row.get(at + 3)?,
        workers: row.get(at + 4)?,
        useful: row.get(at + 5)?,
        words: row.get(at + 6)?,
        was: row.get(at + 7)?,
        next: row.get(at + 8)?,
        due: row.get(at + 9)?,
    }))
}

fn concern(row: &Row<'_>) -> rusqlite::Result<Concern> {
    let at: Option<i64> = row.get(5)?;
    Ok(Concern {
        document: DocumentId(row.get(0)?),
        entry: row.get(1)?,
        kind: row.get(2)?,
        seen_at: row.get(3)?,
        person: row.get::<_, Option<[u8; 16]>>(4)?.map(PersonId),
        acknowledged: at
            .map(|at| Ok::<_, rusqlite::Error>((at, row.get(6)?)))
            .transpose()?,
    })
}
