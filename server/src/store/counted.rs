//! What the desk counts: notes of a time, open issues, phones and what case systems have not answered, each for one
//! team or for all. A note's team is its person's of today; where nobody knows the person, that of who began it.

use notes::ids::{DeviceId, DocumentId, PersonId};
use rusqlite::{Row, params};

use super::{StoreError, Tx};

/// Notes whose contact began in a time: from its first millisecond up to, and without, its last; about people of one
/// team, or of all.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The team; none for all.
    pub team: Option<i64>,
    /// UTC milliseconds.
    pub from: i64,
    /// UTC milliseconds.
    pub until: i64,
}

/// A note as it counts. One whose person is not known counts once that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the document's record")]
pub struct CountedNote {
    pub document: DocumentId,
    pub team: Option<i64>,
    pub kind: Option<String>,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub received_at: Option<i64>,
    pub author: Option<String>,
    pub recording_ms: i64,
    pub fields: u64,
    pub workers: u32,
    pub useful: Option<String>,
    pub was: Option<String>,
    /// When a case system first said that it has it.
    pub taken_at: Option<i64>,
    /// Whether a case system refused the newest version.
    pub refused: bool,
}

/// A need that was not met, as it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetCount {
    /// The team; none where the person has none.
    pub team: Option<i64>,
    /// The reason's code; none where none was given.
    pub reason_code: Option<String>,
    /// How many needs.
    pub needs: u64,
    /// In how many notes.
    pub notes: u64,
}

/// A finished note in which the person said something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the note")]
pub struct SaidNote {
    pub document: DocumentId,
    pub started_at: i64,
    pub useful: Option<String>,
    pub team: Option<i64>,
}

/// A finished note that was a review, or says when the next one is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the note")]
pub struct ReviewNote {
    pub person: PersonId,
    pub team: Option<i64>,
    pub started_at: i64,
    pub was: Option<String>,
    pub next: Option<String>,
    pub due: Option<String>,
}

/// An open issue, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the issue")]
pub struct IssueGist {
    pub id: String,
    pub kind: String,
    pub opened_at: i64,
    pub document: Option<DocumentId>,
    pub person: Option<PersonId>,
}

/// A phone that is not revoked, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the device's record")]
pub struct DeviceGist {
    pub id: DeviceId,
    pub worker: String,
    pub worker_name: String,
    pub waiting: u32,
    pub enrolled_at: i64,
    pub last_seen_at: Option<i64>,
}

/// An event that a case system has not answered for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedGist {
    /// The note.
    pub document: DocumentId,
    /// UTC milliseconds.
    pub created_at: i64,
}

const NOTE: &str = "d.id, p.team, d.kind, d.started_at, d.ended_at, d.finished_at, d.received_at, d.author, \
     coalesce(d.recording_ms, 0), coalesce(d.fields, 0), coalesce(d.workers, 0), d.useful, d.was, \
     (SELECT min(r.received_at) FROM outbox o CROSS JOIN receipt r ON r.event_id = o.event_id \
      WHERE o.document = d.id AND r.outcome IN ('imported', 'duplicate')), \
     EXISTS (SELECT 1 FROM receipt r WHERE r.outcome = 'refused' AND r.event_id = \
      (SELECT o.event_id FROM outbox o WHERE o.document = d.id ORDER BY o.version DESC LIMIT 1))";
const OF_ALL: &str = "FROM document d CROSS JOIN person p ON p.id = d.person \
     WHERE d.template = 0 AND d.started_at >= ?1 AND d.started_at < ?2";
const OF_TEAM: &str = "FROM person p CROSS JOIN document d ON d.person = p.id \
     WHERE d.template = 0 AND d.started_at >= ?1 AND d.started_at < ?2 AND p.team = ?3";

/// Who began a document.
const BEGAN: &str = "SELECT w.team FROM log l JOIN device v ON v.id = l.device JOIN worker w ON w.id = v.worker \
     WHERE l.document = ?1 ORDER BY +l.seq LIMIT 1";

const UNMET: &str = "CROSS JOIN unmet u ON u.document = d.id";

pub(super) fn unmet_sql(team: Option<i64>) -> String {
    let of = if team.is_some() { OF_TEAM } else { OF_ALL };
    let of = of.replacen(" WHERE", &format!(" {UNMET} WHERE"), 1);
    format!(
        "SELECT p.team, u.reason_code, count(*), count(DISTINCT d.id) {of} AND d.finished_at IS NOT NULL \
         GROUP BY p.team, u.reason_code ORDER BY p.team, u.reason_code"
    )
}

/// Notes with the person's own words, the newest first.
pub(super) const WORDS: &str = "SELECT d.id, d.started_at, d.useful, p.team \
     FROM document d INDEXED BY document_words CROSS JOIN person p ON p.id = d.person \
     WHERE d.words = 1 AND d.started_at >= ?1 AND d.started_at <= ?2 AND (d.started_at, d.id) < (?2, ?3) \
     AND d.finished_at IS NOT NULL ORDER BY d.started_at DESC, d.id DESC LIMIT ?4";

pub(super) fn reviews_sql(team: Option<i64>) -> String {
    const REVIEW: &str = "(d.was IS NOT NULL OR d.next IS NOT NULL) AND d.finished_at IS NOT NULL \
         AND d.started_at IS NOT NULL AND p.left_at IS NULL";
    let columns = "p.id, p.team, d.started_at, d.was, d.next, d.due";
    match team {
        None => format!(
            "SELECT {columns} FROM document d INDEXED BY document_review CROSS JOIN person p ON p.id = d.person \
             WHERE {REVIEW} ORDER BY d.person, d.started_at"
        ),
        Some(_) => format!(
            "SELECT {columns} FROM person p INDEXED BY person_by_team CROSS JOIN document d INDEXED BY document_review ON d.person = p.id \
             WHERE {REVIEW} AND p.team = ?1 ORDER BY p.rowid, d.started_at"
        ),
    }
}

pub(super) fn notes_sql(team: Option<i64>) -> String {
    format!("SELECT {NOTE} {}", if team.is_some() { OF_TEAM } else { OF_ALL })
}

impl Tx<'_> {
    /// Hands over each note of a time.
    ///
    /// # Errors
    /// The database's.
    pub fn notes_counted(&self, span: Span, mut each: impl FnMut(CountedNote)) -> Result<(), StoreError> {
        let mut find = self.db.prepare_cached(&notes_sql(span.team))?;
        let mut rows = match span.team {
            None => find.query(params![span.from, span.until])?,
            Some(team) => find.query(params![span.from, span.until, team])?,
        };
        while let Some(row) = rows.next()? {
            each(counted(row)?);
        }
        Ok(())
    }

    /// The needs that finished notes of a time say were not met, by team and reason.
    ///
    /// # Errors
    /// The database's.
    pub fn unmet_counted(&self, span: Span) -> Result<Vec<UnmetCount>, StoreError> {
        let mut find = self.db.prepare_cached(&unmet_sql(span.team))?;
        let count = |row: &Row<'_>| {
            Ok(UnmetCount {
                team: row.get(0)?,
                reason_code: row.get(1)?,
                needs: row.get(2)?,
                notes: row.get(3)?,
            })
        };
        let rows = match span.team {
            None => find.query_map(params![span.from, span.until], count)?,
            Some(team) => find.query_map(params![span.from, span.until, team], count)?,
        };
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Finished notes of a time whose feedback has words, the newest first, before a place.
    ///
    /// # Errors
    /// The database's.
    pub fn words_before(
        &self,
        from: i64,
        (before, document): (i64, DocumentId),
        limit: u32,
    ) -> Result<Vec<SaidNote>, StoreError> {
        let mut find = self.db.prepare_cached(WORDS)?;
        let rows = find.query_map(params![from, before, document.0, limit], |row| {
            Ok(SaidNote {
                document: DocumentId(row.get(0)?),
                started_at: row.get(1)?,
                useful: row.get(2)?,
                team: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hands over the notes that are about reviews, of everybody who is still here, person by person, each person's in
    /// the order of their contacts.
    ///
    /// # Errors
    /// The database's.
    pub fn reviews(&self, team: Option<i64>, mut each: impl FnMut(ReviewNote)) -> Result<(), StoreError> {
        let mut find = self.db.prepare_cached(&reviews_sql(team))?;
        let mut rows = match team {
            None => find.query([])?,
            Some(team) => find.query([team])?,
        };
        while let Some(row) = rows.next()? {
            each(ReviewNote {
                person: PersonId(row.get(0)?),
                team: row.get(1)?,
                started_at: row.get(2)?,
                was: row.get(3)?,
                next: row.get(4)?,
                due: row.get(5)?,
            });
        }
        Ok(())
    }

    /// Open issues of a team, or all of them, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_gists(&self, team: Option<i64>, limit: u32) -> Result<Vec<IssueGist>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT i.id, i.kind, i.opened_at, i.document, coalesce(d.person, i.person) FROM issue i \
             LEFT JOIN document d ON d.id = i.document \
             LEFT JOIN person p ON p.id = coalesce(d.person, i.person) \
             WHERE i.settled_at IS NULL AND (?1 IS NULL OR ?1 = CASE WHEN p.id IS NOT NULL THEN p.team ELSE coalesce( \
             ({}), (SELECT team FROM worker w WHERE w.id = i.worker), \
             (SELECT w.team FROM device v JOIN worker w ON w.id = v.worker WHERE v.id = i.device)) END) \
             ORDER BY i.opened_at, i.id LIMIT ?2",
            BEGAN.replace("?1", "i.document")
        ))?;
        let rows = find.query_map(params![team, limit], |row| {
            Ok(IssueGist {
                id: row.get(0)?,
                kind: row.get(1)?,
                opened_at: row.get(2)?,
                document: row.get::<_, Option<[u8; 16]>>(3)?.map(DocumentId),
                person: row.get::<_, Option<[u8; 16]>>(4)?.map(PersonId),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The phones of a team, or all, that are not revoked; those with most waiting first.
    ///
    /// # Errors
    /// The database's.
    pub fn device_gists(&self, team: Option<i64>) -> Result<Vec<DeviceGist>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT v.id, w.id, w.name, v.waiting, v.enrolled_at, v.last_seen_at \
             FROM device v JOIN worker w ON w.id = v.worker \
             WHERE v.revoked_at IS NULL AND (?1 IS NULL OR w.team = ?1) ORDER BY v.waiting DESC, w.id, v.id",
        )?;
        let rows = find.query_map([team], |row| {
            Ok(DeviceGist {
                id: DeviceId(row.get(0)?),
                worker: row.get(1)?,
                worker_name: row.get(2)?,
                waiting: row.get(3)?,
                enrolled_at: row.get(4)?,
                last_seen_at: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Events that a case system has not answered for good, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn outstanding_gists(&self, client: &str, limit: u32) -> Result<Vec<FeedGist>, StoreError> {
        let events = self.outstanding(client, limit)?;
        let gist = |event: super::EventRecord| FeedGist {
            document: event.document,
            created_at: event.created_at,
        };
        Ok(events.into_iter().map(gist).collect())
    }
}

fn counted(row: &Row<'_>) -> rusqlite::Result<CountedNote> {
    Ok(CountedNote {
        document: DocumentId(row.get(0)?),
        team: row.get(1)?,
        kind: row.get(2)?,
        started_at: row.get(3)?,
        ended_at: row.get(4)?,
        finished_at: row.get(5)?,
        received_at: row.get(6)?,
        author: row.get(7)?,
        recording_ms: row.get(8)?,
        fields: row.get(9)?,
        workers: row.get(10)?,
        useful: row.get(11)?,
        was: row.get(12)?,
        taken_at: row.get(13)?,
        refused: row.get(14)?,
    })
}
