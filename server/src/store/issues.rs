//! Issues: what software cannot settle. One open issue for one matter; a settled one stays.

use notes::ids::{DeviceId, DocumentId, PersonId};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// Open or settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssueState {
    /// Waits for a person.
    Open,
    /// Ended.
    Settled {
        /// UTC milliseconds.
        at: i64,
        /// By whom.
        by: String,
        /// How.
        action: String,
        /// Why.
        reason: String,
    },
}

/// What is known when an issue is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIssue {
    /// Its id (UUID text).
    pub id: String,
    /// `held`, `conflict`, …
    pub kind: String,
    /// UTC milliseconds.
    pub opened_at: i64,
    /// The note.
    pub document: Option<DocumentId>,
    /// The person.
    pub person: Option<PersonId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The worker.
    pub worker: Option<String>,
    /// The log entry, where one is held.
    pub seq: Option<u64>,
    /// What makes it the same matter: one open issue for each kind and subject.
    pub subject: String,
    /// What happened, as JSON with a `words` member.
    pub detail: String,
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// As it was opened.
    pub opened: NewIssue,
    /// What became of it.
    pub state: IssueState,
    /// What was done about it besides, as a JSON list.
    pub trail: String,
}

pub(super) const ISSUE: &str = "id, kind, opened_at, document, person, device, worker, seq, subject, detail, \
                                settled_at, settled_by, action, reason, trail";

impl Tx<'_> {
    /// Opens an issue; where the same matter is open already, its detail is renewed. Returns the id
    /// of the issue that is open now.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_open(&self, new: &NewIssue) -> Result<String, StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO issue (id, kind, opened_at, document, person, device, worker, seq, subject, detail) \
             VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (kind, subject) WHERE settled_at IS NULL \
             DO UPDATE SET detail = excluded.detail RETURNING id",
        )?;
        let id = put.query_row(
            params![
                new.id,
                new.kind,
                new.opened_at,
                new.document.map(|d| d.0),
                new.person.map(|p| p.0),
                new.device.map(|d| d.0),
                new.worker,
                new.seq,
                new.subject,
                new.detail,
            ],
            |row| row.get(0),
        )?;
        Ok(id)
    }

    /// An issue.
    ///
    /// # Errors
    /// The database's.
    pub fn issue(&self, id: &str) -> Result<Option<Issue>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {ISSUE} FROM issue WHERE id = ?"))?;
        Ok(find.query_row([id], issue).optional()?)
    }

    /// Open issues, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn issues_open(&self, limit: u32) -> Result<Vec<Issue>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE settled_at IS NULL ORDER BY opened_at, id LIMIT ?"
        ))?;
        let rows = find.query_map([limit], issue)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open issues of one document.
    ///
    /// # Errors
    /// The database's.
    pub fn issues_open_of(&self, document: DocumentId) -> Result<Vec<Issue>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE document = ? AND settled_at IS NULL"
        ))?;
        let rows = find.query_map([document.0], issue)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The issue of one document that was settled last.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_settled_last(&self, document: DocumentId) -> Result<Option<Issue>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE document = ? AND settled_at IS NOT NULL \
             ORDER BY settled_at DESC, id DESC LIMIT 1"
        ))?;
        Ok(find.query_row([document.0], issue).optional()?)
    }

    /// Issues about what one device sent of one document and was held, ended or not.
    ///
    /// # Errors
    /// The database's.
    pub fn issues_held_of(&self, document: DocumentId, device: DeviceId) -> Result<Vec<Issue>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE document = ? AND device = ? AND kind = 'held' ORDER BY opened_at, id"
        ))?;
        let rows = find.query_map(params![document.0, device.0], issue)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Open issues of a kind whose subject begins with a document's id and a slash.
    ///
    /// # Errors
    /// The database's.
    pub fn issues_open_under(&self, kind: &str, document: DocumentId) -> Result<Vec<Issue>, StoreError> {
        // What follows the slash begins with a hexadecimal digit, and those sort before `g`.
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE kind = ?1 AND subject > ?2 AND subject < ?2 || 'g' \
             AND settled_at IS NULL"
        ))?;
        let rows = find.query_map(params![kind, format!("{document}/")], issue)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether this matter was ever settled by this action.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_was_settled(&self, kind: &str, subject: &str, action: &str) -> Result<bool, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT 1 FROM issue WHERE kind = ? AND subject = ? AND action = ?")?;
        Ok(find.exists(params![kind, subject, action])?)
    }

    /// The issue of one matter that was settled last.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_settled_before(&self, kind: &str, subject: &str) -> Result<Option<Issue>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE kind = ? AND subject = ? AND settled_at IS NOT NULL \
             ORDER BY settled_at DESC, id DESC LIMIT 1"
        ))?;
        Ok(find.query_row(params![kind, subject], issue).optional()?)
    }

    /// Open issues of a kind, after a subject, in its order.
    ///
    /// # Errors
    /// The database's.
    pub fn issues_open_like(&self, kind: &str, after: &str, limit: u32) -> Result<Vec<Issue>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {ISSUE} FROM issue WHERE kind = ? AND subject > ? AND settled_at IS NULL ORDER BY subject LIMIT ?"
        ))?;
        let rows = find.query_map(params![kind, after, limit], issue)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether this matter is open.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_is_open(&self, kind: &str, subject: &str) -> Result<bool, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT 1 FROM issue WHERE kind = ? AND subject = ? AND settled_at IS NULL")?;
        Ok(find.exists(params![kind, subject])?)
    }

    /// Writes what was done about an issue besides.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_trail_put(&self, id: &str, trail: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE issue SET trail = ? WHERE id = ?")?
            .execute(params![trail, id])?;
        Ok(())
    }

    /// Opens a settled issue again; false where it is open, or where its matter was opened anew since.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_reopen(&self, id: &str) -> Result<bool, StoreError> {
        let mut put = self.db.prepare_cached(
            "UPDATE issue SET settled_at = NULL, settled_by = NULL, action = NULL, reason = NULL \
             WHERE id = ?1 AND settled_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM issue o \
             WHERE o.kind = issue.kind AND o.subject = issue.subject AND o.settled_at IS NULL)",
        )?;
        Ok(put.execute([id])? > 0)
    }

    /// Ends an issue; false where it was ended before.
    ///
    /// # Errors
    /// The database's.
    pub fn issue_settle(
        &self,
        id: &str,
        at: i64,
        by: &str,
        action: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let mut put = self.db.prepare_cached(
            "UPDATE issue SET settled_at = ?, settled_by = ?, action = ?, reason = ? \
             WHERE id = ? AND settled_at IS NULL",
        )?;
        Ok(put.execute(params![at, by, action, reason, id])? > 0)
    }
}

pub(super) fn issue(row: &Row<'_>) -> rusqlite::Result<Issue> {
    let settled_at: Option<i64> = row.get(10)?;
    let state = match settled_at {
        None => IssueState::Open,
        Some(at) => IssueState::Settled {
            at,
            by: row.get(11)?,
            action: row.get(12)?,
            reason: row.get(13)?,
        },
    };
    Ok(Issue {
        opened: NewIssue {
            id: row.get(0)?,
            kind: row.get(1)?,
            opened_at: row.get(2)?,
            document: row.get::<_, Option<[u8; 16]>>(3)?.map(DocumentId),
            person: row.get::<_, Option<[u8; 16]>>(4)?.map(PersonId),
            device: row.get::<_, Option<[u8; 16]>>(5)?.map(DeviceId),
            worker: row.get(6)?,
            seq: row.get(7)?,
            subject: row.get(8)?,
            detail: row.get(9)?,
        },
        state,
        trail: row.get(14)?,
    })
}
