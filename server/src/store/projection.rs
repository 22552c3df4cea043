//! What was published, and the projection of each document that the log's entries make. Published
//! numbers are truth (cursors point at them); the document rows can be made again.

use notes::ids::{DeviceId, DocumentId, PersonId};
use notes::note::Template;
use rusqlite::{OptionalExtension as _, Row, params};

use super::figures::{Figures, figures};
use super::{StoreError, Tx};

/// A document as the projector last saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    /// Its id.
    pub id: DocumentId,
    /// Note or page.
    pub template: Template,
    /// Whom it is about, where known.
    pub person: Option<PersonId>,
    /// Automerge heads, 32 bytes each.
    pub heads: Vec<[u8; 32]>,
    /// Kind of visit.
    pub kind: Option<String>,
    /// Contact time, UTC milliseconds.
    pub started_at: Option<i64>,
    /// End of it.
    pub ended_at: Option<i64>,
    /// When it was finished.
    pub finished_at: Option<i64>,
    /// What reports count of it; none where it was not counted yet.
    pub figures: Option<Figures>,
    /// The published number up to which the snapshot goes; 0 where there is none.
    pub snapshot_pub: u64,
    /// Automerge's own save, made now and then.
    pub snapshot: Option<Vec<u8>>,
}

/// How the judgements of a document ended that were not brought to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Troubles {
    /// The process died over it.
    pub deaths: u32,
    /// It could not be published.
    pub failures: u32,
}

/// One published chunk.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its place in the order that phones see.
    pub number: u64,
    /// Its log entry.
    pub seq: u64,
    /// The document.
    pub document: DocumentId,
    /// Note or page.
    pub template: Template,
    /// Whom it is about.
    pub person: Option<PersonId>,
    /// Who sent it; none for the server.
    pub device: Option<DeviceId>,
    /// The bytes.
    pub chunk: Vec<u8>,
}

const PUBLISHED: &str = "SELECT p.pub, p.seq, p.document, l.template, p.person, l.device, l.chunk \
                         FROM published p JOIN log l ON l.seq = p.seq";

pub(super) const FINISH: &str = "SELECT min(pub) FROM published WHERE document = ? AND finishes = 1";
pub(super) const ABOUT: &str = "SELECT p.pub FROM published p JOIN log l ON l.seq = p.seq \
                                WHERE p.person = ?1 AND p.pub > ?2 AND l.line IS NOT ?3 ORDER BY p.pub LIMIT ?4";
pub(super) const OF: &str = "SELECT pub FROM published WHERE document = ? AND pub > ? ORDER BY pub LIMIT ?";
pub(super) const FOLLOWED: &str = "SELECT document FROM follow WHERE device = ?";
pub(super) const IN_MAIL: &str = "SELECT m.pub FROM mail m JOIN published p ON p.pub = m.pub JOIN log l ON l.seq = p.seq \
                                  WHERE m.device = ?1 AND m.pub > ?2 AND l.line IS NOT ?3 ORDER BY m.pub LIMIT ?4";

impl Tx<'_> {
    /// The largest published number that was ever given, also where its document was removed since.
    ///
    /// # Errors
    /// The database's.
    pub fn published_head(&self) -> Result<u64, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'published'")?;
        Ok(find.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Publishes an entry; returns its number. `finishes` says that its note is finished with it.
    ///
    /// # Errors
    /// The database's.
    pub fn publish(
        &self,
        seq: u64,
        document: DocumentId,
        person: Option<PersonId>,
        finishes: bool,
    ) -> Result<u64, StoreError> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO published (seq, document, person, finishes) VALUES (?,?,?,?) RETURNING pub",
        )?;
        Ok(
            insert.query_row(params![seq, document.0, person.map(|p| p.0), finishes], |row| {
                row.get(0)
            })?,
        )
    }

    /// The published number with which a note was finished.
    ///
    /// # Errors
    /// The database's.
    pub fn published_finish(&self, document: DocumentId) -> Result<Option<u64>, StoreError> {
        let mut find = self.db.prepare_cached(FINISH)?;
        Ok(find.query_row([document.0], |row| row.get(0))?)
    }

    /// The newest published number of a document; 0 where there is none.
    ///
    /// # Errors
    /// The database's.
    pub fn published_newest(&self, document: DocumentId) -> Result<u64, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT coalesce(max(pub), 0) FROM published WHERE document = ?")?;
        Ok(find.query_row([document.0], |row| row.get(0))?)
    }

    /// Puts a published number into the mail of those who follow the document, but for the sender.
    ///
    /// # Errors
    /// The database's.
    pub fn publish_to_followers(
        &self,
        number: u64,
        document: DocumentId,
        sender: Option<DeviceId>,
    ) -> Result<(), StoreError> {
        let mut insert = self.db.prepare_cached(
            "INSERT OR IGNORE INTO mail SELECT device, ?1 FROM follow WHERE document = ?2 AND device IS NOT ?3",
        )?;
        insert.execute(params![number, document.0, sender.map(|d| d.0)])?;
        Ok(())
    }

    /// Notes that a device follows a document. The first reason given stays.
    ///
    /// # Errors
    /// The database's.
    pub fn follow(
        &self,
        document: DocumentId,
        device: DeviceId,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO follow (document, device, reason) VALUES (?,?,?) \
             ON CONFLICT DO UPDATE SET reason = excluded.reason WHERE reason IS NULL AND excluded.reason IS NOT NULL",
        )?;
        insert.execute(params![document.0, device.0, reason])?;
        Ok(())
    }

    /// Devices that follow a document.
    ///
    /// # Errors
    /// The database's.
    pub fn followers(&self, document: DocumentId) -> Result<Vec<DeviceId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT device FROM follow WHERE document = ?")?;
        let rows = find.query_map([document.0], |row| row.get(0).map(DeviceId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Documents that a device follows.
    ///
    /// # Errors
    /// The database's.
    pub fn followed_by(&self, device: DeviceId) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(FOLLOWED)?;
        let rows = find.query_map([device.0], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The reason for which a device follows a document; none where it does not, or gave none.
    ///
    /// # Errors
    /// The database's.
    pub fn follow_reason(
        &self,
        document: DocumentId,
        device: DeviceId,
    ) -> Result<Option<String>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT reason FROM follow WHERE document = ? AND device = ?")?;
        let found: Option<Option<String>> = find
            .query_row(params![document.0, device.0], |row| row.get(0))
            .optional()?;
        Ok(found.flatten())
    }

    /// Published numbers about one person after a number, but for what came by the given line.
    ///
    /// # Errors
    /// The database's.
    pub fn numbers_about(
        &self,
        person: PersonId,
        after: u64,
        but: Option<u64>,
        limit: usize,
    ) -> Result<Vec<u64>, StoreError> {
        let mut find = self.db.prepare_cached(ABOUT)?;
        // The server's own changes came by none, and are for everybody. No line is 0.
        let but = but.unwrap_or(0);
        let rows = find.query_map(params![person.0, after, but, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Published numbers of one document after a number.
    ///
    /// # Errors
    /// The database's.
    pub fn numbers_of(&self, document: DocumentId, after: u64, limit: usize) -> Result<Vec<u64>, StoreError> {
        let mut find = self.db.prepare_cached(OF)?;
        let rows = find.query_map(params![document.0, after, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Published numbers in a device's mail after a number, but for what came by the given line.
    ///
    /// # Errors
    /// The database's.
    pub fn numbers_in_mail(
        &self,
        device: DeviceId,
        after: u64,
        but: Option<u64>,
        limit: usize,
    ) -> Result<Vec<u64>, StoreError> {
        let mut find = self.db.prepare_cached(IN_MAIL)?;
        let rows = find.query_map(params![device.0, after, but.unwrap_or(0), limit], |row| {
            row.get(0)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One published chunk.
    ///
    /// # Errors
    /// The database's.
    pub fn published(&self, number: u64) -> Result<Option<Published>, StoreError> {
        let mut find = self.db.prepare_cached(&format!("{PUBLISHED} WHERE p.pub = ?"))?;
        Ok(find.query_row([number], published).optional()?)
    }

    /// Chunks of one document after a number.
    ///
    /// # Errors
    /// The database's.
    pub fn published_of(
        &self,
        document: DocumentId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Published>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "{PUBLISHED} WHERE p.document = ? AND p.pub > ? ORDER BY p.pub LIMIT ?"
        ))?;
        let rows = find.query_map(params![document.0, after, limit], published)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A document's projection.
    ///
    /// # Errors
    /// The database's.
    pub fn document(&self, id: DocumentId) -> Result<Option<DocumentRecord>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT id, template, person, heads, kind, started_at, ended_at, finished_at, snapshot_pub, snapshot, \
             fields, received_at, author, recording_ms, workers, useful, words, was, next, due \
             FROM document WHERE id = ?",
        )?;
        Ok(find.query_row([id.0], document).optional()?)
    }

    /// Whom a document is about; none where it is not known, or not yet published.
    ///
    /// # Errors
    /// The database's.
    pub fn document_person(&self, id: DocumentId) -> Result<Option<PersonId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT person FROM document WHERE id = ?")?;
        let found: Option<Option<[u8; 16]>> = find.query_row([id.0], |row| row.get(0)).optional()?;
        Ok(found.flatten().map(PersonId))
    }

    /// Writes a document's projection.
    ///
    /// # Errors
    /// The database's.
    pub fn document_put(&self, record: &DocumentRecord) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT OR REPLACE INTO document (id, template, person, heads, kind, started_at, ended_at, finished_at, \
             snapshot_pub, snapshot, fields, received_at, author, recording_ms, workers, useful, words, was, next, due) \
             VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?;
        let figures = record.figures.as_ref();
        put.execute(params![
            record.id.0,
            record.template as i64,
            record.person.map(|p| p.0),
            record.heads.concat(),
            record.kind,
            record.started_at,
            record.ended_at,
            record.finished_at,
            record.snapshot_pub,
            record.snapshot,
            figures.map(|f| f.fields),
            figures.and_then(|f| f.received_at),
            figures.and_then(|f| f.author.as_deref()),
            figures.map(|f| f.recording_ms),
            figures.map(|f| f.workers),
            figures.and_then(|f| f.useful.as_deref()),
            figures.map(|f| f.words),
            figures.and_then(|f| f.was.as_deref()),
            figures.and_then(|f| f.next.as_deref()),
            figures.and_then(|f| f.due.as_deref()),
        ])?;
        Ok(())
    }

    /// All documents, by id, for `verify` and `rebuild`.
    ///
    /// # Errors
    /// The database's.
    pub fn documents_after(&self, id: DocumentId, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT DISTINCT document FROM published WHERE document > ? ORDER BY document LIMIT ?",
        )?;
        let rows = find.query_map(params![id.0, limit], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Other notes about a person whose time overlaps this one's, the latest first, at most so many.
    /// A time ends before its end, one without an end is a moment, and none lasts longer than two
    /// days: that bounds what has to be looked at.
    ///
    /// # Errors
    /// The database's.
    pub fn notes_overlapping(
        &self,
        note: &DocumentRecord,
        only: Option<DocumentId>,
        limit: u32,
    ) -> Result<Vec<DocumentId>, StoreError> {
        const LONGEST_MS: i64 = 2 * 86_400_000;
        let (Some(person), Some(from)) = (note.person, note.started_at) else {
            return Ok(Vec::new());
        };
        let moment = from.saturating_add(1);
        let until = note.ended_at.unwrap_or(moment).max(moment);
        let until = until.min(from.saturating_add(LONGEST_MS));
        let mut find = self.db.prepare_cached(
            "SELECT id FROM document WHERE person = ?1 AND template = 0 AND id <> ?2 \
             AND started_at > ?3 AND started_at < ?4 \
             AND max(coalesce(ended_at, started_at), started_at + 1) > ?5 AND (?6 IS NULL OR id = ?6) \
             ORDER BY started_at DESC, id DESC LIMIT ?7",
        )?;
        let earliest = from.saturating_sub(LONGEST_MS);
        let only = only.map(|id| id.0);
        let rows = find.query_map(
            params![person.0, note.id.0, earliest, until, from, only, limit],
            |row| row.get(0).map(DocumentId),
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The notes about a person, the latest contact first.
    ///
    /// # Errors
    /// The database's.
    pub fn notes_about(&self, person: PersonId) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT id FROM document WHERE person = ? AND template = 0 ORDER BY started_at DESC, id DESC",
        )?;
        let rows = find.query_map([person.0], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Projections of documents of which nothing is published; there should be none.
    ///
    /// # Errors
    /// The database's.
    pub fn documents_unpublished(&self) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT id FROM document d WHERE NOT EXISTS (SELECT 1 FROM published p WHERE p.document = d.id)",
        )?;
        let rows = find.query_map([], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets all document projections; truth stays.
    ///
    /// # Errors
    /// The database's.
    pub fn documents_clear(&self) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM document", [])?;
        self.db.execute("DELETE FROM unmet", [])?;
        Ok(())
    }

    /// Writes down that the process died over this document.
    ///
    /// # Errors
    /// The database's.
    pub fn judging_died(&self, document: DocumentId) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO judging (document, deaths) VALUES (?, 1) \
             ON CONFLICT (document) DO UPDATE SET deaths = deaths + 1",
        )?;
        put.execute([document.0])?;
        Ok(())
    }

    /// Writes down that this document could not be published.
    ///
    /// # Errors
    /// The database's.
    pub fn judging_failed(&self, document: DocumentId) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO judging (document, failures) VALUES (?, 1) \
             ON CONFLICT (document) DO UPDATE SET failures = failures + 1",
        )?;
        put.execute([document.0])?;
        Ok(())
    }

    /// How often that happened to each.
    ///
    /// # Errors
    /// The database's.
    pub fn judging_troubles(&self, documents: &[DocumentId]) -> Result<Vec<Troubles>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT deaths, failures FROM judging WHERE document = ?")?;
        let each = documents.iter().map(|id| {
            let troubles = find.query_row([id.0], |row| {
                Ok(Troubles {
                    deaths: row.get(0)?,
                    failures: row.get(1)?,
                })
            });
            Ok(troubles.optional()?.unwrap_or_default())
        });
        each.collect()
    }

    /// Strikes out what was judged.
    ///
    /// # Errors
    /// The database's.
    pub fn judging_end(&self, document: DocumentId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM judging WHERE document = ?")?
            .execute([document.0])?;
        Ok(())
    }
}

fn published(row: &Row<'_>) -> rusqlite::Result<Published> {
    let template: i64 = row.get(3)?;
    Ok(Published {
        number: row.get(0)?,
        seq: row.get(1)?,
        document: DocumentId(row.get(2)?),
        template: if template == 1 {
            Template::About
        } else {
            Template::Note
        },
        person: row.get::<_, Option<[u8; 16]>>(4)?.map(PersonId),
        device: row.get::<_, Option<[u8; 16]>>(5)?.map(DeviceId),
        chunk: row.get(6)?,
    })
}

fn document(row: &Row<'_>) -> rusqlite::Result<DocumentRecord> {
    let template: i64 = row.get(1)?;
    let heads: Vec<u8> = row.get(3)?;
    Ok(DocumentRecord {
        id: DocumentId(row.get(0)?),
        template: if template == 1 {
            Template::About
        } else {
            Template::Note
        },
        person: row.get::<_, Option<[u8; 16]>>(2)?.map(PersonId),
        heads: heads.chunks_exact(32).filter_map(|h| h.try_into().ok()).collect(),
        kind: row.get(4)?,
        started_at: row.get(5)?,
        ended_at: row.get(6)?,
        finished_at: row.get(7)?,
        figures: figures(row, 10)?,
        snapshot_pub: row.get(8)?,
        snapshot: row.get(9)?,
    })
}
