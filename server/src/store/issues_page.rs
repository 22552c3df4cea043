//! Issues in pages, and whose team each is: that of its person, and where there is none that of its worker. A page
//! looks at a bounded number of rows, so that no team's page costs more because another team has many.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// What is needed of an issue to decide whether it stands on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueRow {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// When it was opened, or settled where settled ones are looked at: UTC milliseconds.
    pub at: i64,
    /// When it was opened.
    pub opened_at: i64,
    /// The worker.
    pub worker: Option<String>,
    /// The team.
    pub team: Option<i64>,
}

/// Whose an issue is. A note may have come to another person since, and a person may have been merged.
const TEAM: &str = "LEFT JOIN document d ON d.id = i.document LEFT JOIN person q ON q.id = coalesce(d.person, i.person) \
                    LEFT JOIN person p ON p.id = coalesce(q.merged_into, q.id) LEFT JOIN worker w ON w.id = i.worker";
const OWNER: &str = "CASE WHEN p.id IS NULL THEN w.team ELSE p.team END";

pub(super) const OPEN: &str = "SELECT id, kind, opened_at AS at, opened_at, worker, document, person FROM issue \
     WHERE settled_at IS NULL AND (opened_at, id) > (?1, ?2) ORDER BY opened_at, id LIMIT ?3";
pub(super) const ENDED: &str = "SELECT id, kind, settled_at AS at, opened_at, worker, document, person FROM issue \
     WHERE settled_at IS NOT NULL AND (settled_at, id) < (?1, ?2) ORDER BY settled_at DESC, id DESC LIMIT ?3";

impl Tx<'_> {
    /// Open issues behind a place, the oldest first; at most so many.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_rows_open(&self, after: (i64, &str), limit: u32) -> Result<Vec<IssueRow>, StoreError> {
        self.issue_rows(OPEN, "", after, limit)
    }

    /// Settled issues behind a place, those settled last first; at most so many.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_rows_ended(&self, after: (i64, &str), limit: u32) -> Result<Vec<IssueRow>, StoreError> {
        self.issue_rows(ENDED, "DESC", after, limit)
    }

    fn issue_rows(
        &self,
        inner: &str,
        order: &str,
        (at, id): (i64, &str),
        limit: u32,
    ) -> Result<Vec<IssueRow>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT i.id, i.kind, i.at, i.opened_at, i.worker, {OWNER} FROM ({inner}) i {TEAM} \
             ORDER BY i.at {order}, i.id {order}"
        ))?;
        let rows = find.query_map(params![at, id, limit], row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whose team an issue is; none where there is no such issue.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_team(&self, id: &str) -> Result<Option<Option<i64>>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {OWNER} FROM issue i {TEAM} WHERE i.id = ?"))?;
        Ok(find.query_row([id], |row| row.get(0)).optional()?)
    }

    /// Whose team a note is; none where nothing of it is published.
    ///
    /// # Errors
    /// The database's.
    pub fn document_team(&self, id: notes::ids::DocumentId) -> Result<Option<Option<i64>>, StoreError> {
        let Some(record) = self.document(id)? else {
            return Ok(None);
        };
        if let Some(person) = record
            .person
            .map(|id| self.person_surviving(id))
            .transpose()?
            .flatten()
        {
            return Ok(Some(person.team));
        }
        let worker = self
            .begun_by(id)?
            .map(|id| self.worker(&id))
            .transpose()?
            .flatten();
        Ok(Some(worker.and_then(|worker| worker.team)))
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<IssueRow> {
    Ok(IssueRow {
        id: row.get(0)?,
        kind: row.get(1)?,
        at: row.get(2)?,
        opened_at: row.get(3)?,
        worker: row.get(4)?,
        team: row.get(5)?,
    })
}
