//! People in brief, as lists name them.

use notes::ids::PersonId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{StoreError, Tx};

/// Somebody who is written about, as lists name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PersonNamed)]
pub struct PersonBrief {
    /// Their id.
    pub id: String,
    /// The case system's id.
    pub case_id: String,
    /// Their name.
    pub name: String,
}

impl PersonBrief {
    /// Somebody by id; none where nobody has it.
    ///
    /// # Errors
    /// The database's.
    pub fn of(tx: &Tx<'_>, id: Option<PersonId>) -> Result<Option<Self>, StoreError> {
        let person = id.map(|id| tx.person(id)).transpose()?.flatten();
        Ok(person.map(|person| Self {
            id: person.id.to_string(),
            case_id: person.case_id,
            name: person.name,
        }))
    }
}

/// How somebody is named who did something: a worker by name, others as the audit has them.
///
/// # Errors
/// The database's.
pub(crate) fn named(tx: &Tx<'_>, who: &str) -> Result<String, StoreError> {
    let worker = who.strip_prefix("worker:").map(|id| tx.worker(id)).transpose()?;
    Ok(worker
        .flatten()
        .map_or_else(|| who.to_owned(), |worker| worker.name))
}
