//! What the rule of retention asks: about whom something is kept, when there was last any contact, and what case
//! systems said of a note. A person stands here for all who were merged into them.

use notes::ids::{DocumentId, PersonId};
use rusqlite::params;

use super::holds::FAMILY;
use super::{StoreError, Tx};

/// What a case system that ever answered anything for a note says of its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the case system was revoked.
    pub revoked: bool,
    /// Its outcome; none where it has said nothing of that version.
    pub outcome: Option<String>,
}

impl Tx<'_> {
    /// Everybody about whom something is published, by id.
    ///
    /// # Errors
    /// The database's.
    pub fn people_written_about(&self) -> Result<Vec<PersonId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT DISTINCT coalesce(p.merged_into, p.id) FROM person p \
             WHERE EXISTS (SELECT 1 FROM document d WHERE d.person = p.id) ORDER BY 1",
        )?;
        let rows = find.query_map([], |row| row.get(0).map(PersonId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is published about a person: the notes, the oldest first, then the pages.
    ///
    /// # Errors
    /// The database's.
    pub fn written_about(&self, person: PersonId) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT id FROM document WHERE person IN {FAMILY} ORDER BY template, started_at, id"
        ))?;
        let rows = find.query_map([person.0], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest time that the notes about a person say of themselves, or at which the person left.
    ///
    /// # Errors
    /// The database's.
    pub fn contact_said(&self, person: PersonId) -> Result<Option<i64>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT max(at) FROM ( \
             SELECT max(started_at) AS at FROM document WHERE person IN {FAMILY} \
             UNION ALL SELECT max(ended_at) FROM document WHERE person IN {FAMILY} \
             UNION ALL SELECT max(finished_at) FROM document WHERE person IN {FAMILY} \
             UNION ALL SELECT max(left_at) FROM person WHERE id IN {FAMILY})"
        ))?;
        Ok(find.query_row([person.0], |row| row.get(0))?)
    }

    /// When the last part came of anything that is kept about a person.
    ///
    /// # Errors
    /// The database's.
    pub fn contact_received(&self, person: PersonId) -> Result<Option<i64>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT max(received_at) FROM log \
             WHERE document IN (SELECT id FROM document WHERE person IN {FAMILY})"
        ))?;
        Ok(find.query_row([person.0], |row| row.get(0))?)
    }

    /// Whether an open issue names a person.
    ///
    /// # Errors
    /// The database's.
    pub fn is_asked_about(&self, person: PersonId) -> Result<bool, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT 1 FROM issue WHERE settled_at IS NULL AND person IN {FAMILY}"
        ))?;
        Ok(find.exists([person.0])?)
    }

    /// Whether something of a document is not judged, held or on its way: an entry of the log, or a file.
    ///
    /// # Errors
    /// The database's.
    pub fn is_unsettled(&self, document: DocumentId) -> Result<bool, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT 1 FROM log WHERE document = ?1 AND state IN (0, 2, 3) \
             UNION ALL SELECT 1 FROM upload WHERE document = ?1",
        )?;
        Ok(find.exists([document.0])?)
    }

    /// What the case systems that ever answered anything for a note say of one version.
    ///
    /// # Errors
    /// The database's.
    pub fn answers(&self, document: DocumentId, event_id: &str) -> Result<Vec<Answer>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT c.revoked_at IS NOT NULL, r.outcome FROM client c \
             LEFT JOIN receipt r ON r.event_id = ?2 AND r.client = c.id \
             WHERE c.id IN (SELECT a.client FROM outbox o JOIN receipt a ON a.event_id = o.event_id \
             WHERE o.document = ?1) ORDER BY c.id",
        )?;
        let rows = find.query_map(params![document.0, event_id], |row| {
            Ok(Answer {
                revoked: row.get(0)?,
                outcome: row.get(1)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
