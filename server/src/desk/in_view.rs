//! What lies within somebody's scope. What does not is answered as if it were not there.

use notes::ids::{DeviceId, DocumentId, PersonId};
use notes::problem::Code;

use super::Scope;
use crate::ops::OpError;
use crate::store::{StoreError, Tx};

impl Scope {
    /// Whether something of this team is within it. What has no team is the organisation's.
    #[must_use]
    pub fn has(self, team: Option<i64>) -> bool {
        match self {
            Self::All => true,
            Self::Team(own) => team == Some(own),
        }
    }

    /// Whether somebody who is written about is within it.
    ///
    /// # Errors
    /// The database's.
    pub fn has_person(self, tx: &Tx<'_>, id: PersonId) -> Result<bool, StoreError> {
        Ok(tx.person(id)?.is_some_and(|person| self.has(person.team)))
    }

    /// Whether a worker is within it.
    ///
    /// # Errors
    /// The database's.
    pub fn has_worker(self, tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
        Ok(tx.worker(id)?.is_some_and(|worker| self.has(worker.team)))
    }

    /// Whether a document is within it: by its person, or by who began it where nobody knows the person.
    ///
    /// # Errors
    /// The database's.
    pub fn has_document(self, tx: &Tx<'_>, id: DocumentId) -> Result<bool, StoreError> {
        Ok(self.has(tx.document_team(id)?.flatten()))
    }

    /// A worker's id, where the worker is within it.
    ///
    /// # Errors
    /// `not_found`, or the store's.
    pub fn worker<'a>(self, tx: &Tx<'_>, id: &'a str) -> Result<&'a str, OpError> {
        if self.has_worker(tx, id)? {
            Ok(id)
        } else {
            Err(Code::NotFound.into())
        }
    }

    /// A device's worker, where the device is within it.
    ///
    /// # Errors
    /// `not_found`, or the store's.
    pub fn device(self, tx: &Tx<'_>, id: DeviceId) -> Result<String, OpError> {
        let worker = tx.device(id)?.map(|device| device.worker).ok_or(Code::NotFound)?;
        self.worker(tx, &worker)?;
        Ok(worker)
    }
}
