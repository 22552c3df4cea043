//! What time does to attachments: an upload that nobody goes on with is thrown away, and a file that a finished note
//! misses for too long becomes a question to a person.

use crate::core::Core;
use crate::issues;
use crate::store::StoreError;

/// Uploads and questions that one sweep takes on, so that no transaction is long.
const AT_ONCE: u32 = 50;

/// Missing files that are looked at; past it the oldest count.
const MOST_MISSING: u32 = 10_000;

/// Sweeps once.
///
/// # Errors
/// The store's.
pub fn sweep(core: &Core) -> Result<(), StoreError> {
    let now = core.host.now_ms();
    let idle_since = now.saturating_sub(core.attachments.idle_ms);
    let missing_since = now.saturating_sub(core.attachments.missing_ms);
    let (idle, missing) = core.store.read(|tx| {
        let missing = issues::unasked(tx, &tx.missing_since(missing_since, MOST_MISSING)?, AT_ONCE)?;
        Ok::<_, StoreError>((tx.uploads_idle(idle_since, AT_ONCE)?, missing))
    })?;
    if idle.is_empty() && missing.is_empty() {
        return Ok(());
    }
    core.store.write(|tx| {
        idle.iter().try_for_each(|n| tx.upload_drop(*n))?;
        tx.upload_days_forget(now)?;
        for (document, id) in missing {
            issues::attachment_missing(tx, &core.host, document, id)?;
        }
        Ok(())
    })
}
