//! Retention: so many months after the last contact with a person, what was written about them goes, if nothing
//! speaks against it. What speaks against it is looked at once more in the transaction that removes.
//!
//! What never happens: something goes of which no case system has the newest version, that somebody is still asked
//! about, or on which a legal hold stands.

mod rule;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

pub use rule::{Item, Stays};
use rule::{about, may_go};

use super::OpError;
use crate::core::Core;
use crate::settings;
use crate::store::StoreError;
use crate::sync::{self, Why};

/// Documents that go in one sweep, so that phones and case systems are not kept waiting.
const AT_ONCE: usize = 50;
const DAY_MS: i64 = 24 * 3_600_000;

/// What the rule says at this moment of everything whose time is over.
///
/// # Errors
/// The store's.
pub fn plan(core: &Core) -> Result<Vec<Item>, OpError> {
    let Some(before) = cutoff(core)? else {
        return Ok(Vec::new());
    };
    let people = core.store.read(|tx| tx.people_written_about())?;
    let mut items = Vec::new();
    for person in people {
        items.extend(core.store.read(|tx| about(tx, person, before))?);
    }
    Ok(items)
}

/// Removes what the rule says, at most so many documents, each in a transaction of its own; returns what went.
///
/// # Errors
/// The store's; what went before it has gone.
pub fn remove(core: &Core, most: usize, by: &str) -> Result<Vec<Item>, OpError> {
    let Some(before) = cutoff(core)? else {
        return Ok(Vec::new());
    };
    let mut went = Vec::new();
    for person in core.store.read(|tx| tx.people_written_about())? {
        for item in core.store.read(|tx| about(tx, person, before))? {
            if went.len() < most && item.stays.is_empty() && one(core, &item, before, by)? {
                went.push(item);
            }
        }
        if went.len() >= most {
            break;
        }
    }
    clear(core)?;
    Ok(went)
}

/// Cuts the log of changes where something was removed since it was last cut; where a reader is in the way, that is
/// left to the next sweep.
fn clear(core: &Core) -> Result<(), StoreError> {
    let Some(since) = core.store.read(sync::uncleared)? else {
        return Ok(());
    };
    if core.store.clear_changes()? {
        core.store.write(|tx| sync::cleared(tx, since))
    } else {
        tracing::warn!(
            "a reader is in the way: what was removed stands in the log of changes a little longer"
        );
        Ok(())
    }
}

/// What the server itself does between other work: once a day, and soon again where there was more than goes at once.
///
/// # Errors
/// The store's.
pub fn sweep(core: &Core, next_at: &mut i64) -> Result<(), StoreError> {
    let now = core.host.now_ms();
    clear(core)?;
    if now < *next_at || core.store.read(|tx| settings::retention_months(core, tx))? == 0 {
        return Ok(());
    }
    let went = match remove(core, AT_ONCE, "server") {
        Ok(went) => went.len(),
        Err(OpError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::error!(%error, "retention");
            0
        }
    };
    if went > 0 {
        tracing::info!(documents = went, "removed what is kept no longer");
    }
    if went < AT_ONCE {
        *next_at = now.saturating_add(DAY_MS);
    }
    Ok(())
}

/// Removes one document, unless something has come to speak against it.
fn one(core: &Core, item: &Item, before: i64, by: &str) -> Result<bool, StoreError> {
    let went = core.store.write(|tx| {
        if !may_go(tx, item, before)? {
            return Ok(None);
        }
        sync::erase(tx, &core.host, item.document, Why::Retention, by)
    })?;
    core.memory.forget(item.document);
    Ok(went.is_some())
}

/// The time before which the last contact must have been; none where nothing ever goes.
fn cutoff(core: &Core) -> Result<Option<i64>, StoreError> {
    let months = core.store.read(|tx| settings::retention_months(core, tx))?;
    Ok((months != 0)
        .then(|| months_ago(core.host.now_ms(), months))
        .flatten())
}

fn months_ago(now_ms: i64, months: i64) -> Option<i64> {
    let now = Timestamp::from_millisecond(now_ms).ok()?;
    let span = Span::new().try_months(months).ok()?;
    let then = now.to_zoned(TimeZone::UTC).checked_sub(span).ok()?;
    Some(then.timestamp().as_millisecond())
}
