//! What follows once a file is whole for a note: those who wait for it learn of it, in the same transaction.

use crate::host::Host;
use crate::store::{StoreError, Tx, UploadKey};
use crate::{export, issues};

/// Holds a file for a note: the case system gets a version in which it is available, and nobody is asked any more
/// where it is.
pub(super) fn held(tx: &Tx<'_>, host: &Host, key: UploadKey) -> Result<(), StoreError> {
    tx.holding_put(key.id, key.document, key.device, host.now_ms())?;
    export::attachment_arrived(tx, host, key.document)?;
    issues::attachment_arrived(tx, host, key.document, key.id)
}
