//! That somebody at the desk looked at something is written down like what phones read, in the transaction that
//! shows it.

use notes::ids::{DocumentId, PersonId};
use serde_json::Value;

use crate::host::Host;
use crate::store::{AuditEntry, StoreError, Tx};

/// Writes down that somebody looked. `who` is as in `worker:W110`, `what` a verb such as `note.seen`.
///
/// # Errors
/// The database's.
pub fn seen(
    tx: &Tx<'_>,
    host: &Host,
    who: &str,
    what: &str,
    person: Option<PersonId>,
    document: Option<DocumentId>,
    detail: &Value,
) -> Result<(), StoreError> {
    tx.audit(&AuditEntry {
        at: host.now_ms(),
        who: who.to_owned(),
        what: what.to_owned(),
        person,
        document,
        detail: detail.to_string(),
    })
}
