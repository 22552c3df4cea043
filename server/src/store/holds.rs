//! Legal holds: while one stands on somebody, nothing about them is removed. A hold follows its person into the one
//! they were merged into. None is ever deleted; one that was lifted says when, by whom and why.

use notes::ids::PersonId;
use rusqlite::params;

use super::{StoreError, Tx};

/// A hold that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its number.
    pub n: u64,
    /// On whom: the person of today, also where it was put on somebody who was merged.
    pub person: PersonId,
    /// Why.
    pub reason: String,
    /// By whom.
    pub put_by: String,
    /// UTC milliseconds.
    pub put_at: i64,
}

/// A person and those who were merged into them.
pub(super) const FAMILY: &str = "(SELECT id FROM person WHERE id = ?1 OR merged_into = ?1)";

impl Tx<'_> {
    /// Puts a hold on a person; returns its number. Several may stand at once.
    ///
    /// # Errors
    /// The database's.
    pub fn hold_put(&self, person: PersonId, reason: &str, by: &str, at: i64) -> Result<u64, StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO hold (person, reason, put_by, put_at) VALUES (?,?,?,?) RETURNING n",
        )?;
        Ok(put.query_row(params![person.0, reason, by, at], |row| row.get(0))?)
    }

    /// Lifts all holds that stand on a person; returns how many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn holds_lift(&self, person: PersonId, reason: &str, by: &str, at: i64) -> Result<usize, StoreError> {
        let mut lift = self.db.prepare_cached(&format!(
            "UPDATE hold SET lifted_reason = ?2, lifted_by = ?3, lifted_at = ?4 \
             WHERE person IN {FAMILY} AND lifted_at IS NULL"
        ))?;
        Ok(lift.execute(params![person.0, reason, by, at])?)
    }

    /// The holds that stand, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn holds(&self) -> Result<Vec<Hold>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT h.n, coalesce(p.merged_into, p.id), h.reason, h.put_by, h.put_at \
             FROM hold h JOIN person p ON p.id = h.person WHERE h.lifted_at IS NULL ORDER BY h.n",
        )?;
        let rows = find.query_map([], |row| {
            Ok(Hold {
                n: row.get(0)?,
                person: PersonId(row.get(1)?),
                reason: row.get(2)?,
                put_by: row.get(3)?,
                put_at: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a hold stands on a person.
    ///
    /// # Errors
    /// The database's.
    pub fn is_held(&self, person: PersonId) -> Result<bool, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT 1 FROM hold WHERE person IN {FAMILY} AND lifted_at IS NULL"
        ))?;
        Ok(find.exists([person.0])?)
    }
}
