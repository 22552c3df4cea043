//! The two chains, the log's and the audit's: followed entry by entry from any place, and how far they were followed
//! when nobody was looking. That mark is for people who ask; whoever must know has the whole verified.

use notes::note::plain::rfc3339;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::core::Core;
use crate::store::{Entry, EntryState, StoreError, Tx, audit_chain, chain};
use crate::sync;

/// Rows that are read at once.
const BATCH: u32 = 500;
/// Entries of each chain that are followed between other work.
const SLICE: u64 = 2_000;
/// Where it is kept how far they were followed.
const MARK: &str = "chains_followed";

/// A place in a chain: an entry's number and its chain; 0 before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The entry's number.
    pub n: u64,
    /// Its chain.
    pub chain: [u8; 32],
}

/// How far the chains were followed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Followed {
    /// In the log.
    pub log: Place,
    /// In the audit.
    pub audit: Place,
    /// When, UTC milliseconds.
    pub at: i64,
    /// The first thing that differed; from there nothing is followed until a whole verification finds nothing.
    pub fault: Option<String>,
}

/// How far the chains were followed; none where they never were.
///
/// # Errors
/// The database's.
pub fn followed(tx: &Tx<'_>) -> Result<Option<Followed>, StoreError> {
    let stored = tx.meta(MARK)?;
    Ok(stored.and_then(|stored| serde_json::from_slice(&stored).ok()))
}

/// Leaves a mark of how far the chains were followed.
///
/// # Errors
/// The database's.
pub fn mark(tx: &Tx<'_>, followed: &Followed) -> Result<(), StoreError> {
    let text = serde_json::to_vec(followed);
    let text = text.map_err(|_| StoreError::Inconsistent("a place that cannot be written"))?;
    tx.meta_put(MARK, &text)
}

/// Follows both chains a little further.
///
/// # Errors
/// The store's.
pub fn sweep(core: &Core) -> Result<(), StoreError> {
    let next = core.store.read(|tx| {
        let before = followed(tx)?.unwrap_or_default();
        if before.fault.is_some() {
            return Ok(None);
        }
        let next = further(tx, &before)?;
        Ok::<_, StoreError>((next != before).then_some(next))
    })?;
    let Some(next) = next else { return Ok(()) };
    if let Some(fault) = &next.fault {
        tracing::error!(fault, "a chain does not hold; run `doorstep verify`");
    }
    let now = core.host.now_ms();
    core.store.write(|tx| mark(tx, &Followed { at: now, ..next }))
}

fn further(tx: &Tx<'_>, before: &Followed) -> Result<Followed, StoreError> {
    let mut differences = Vec::new();
    let stands = |here: Option<[u8; 32]>, place: Place| place.n == 0 || here == Some(place.chain);
    if !stands(tx.log_chain(before.log.n)?, before.log) {
        differences.push(format!("log entry {}: it is not what it was", before.log.n));
    }
    if !stands(tx.audit_chain_of(before.audit.n)?, before.audit) {
        differences.push(format!("audit entry {}: it is not what it was", before.audit.n));
    }
    Ok(Followed {
        log: log(tx, before.log, SLICE, &mut differences)?,
        audit: audit(tx, before.audit, SLICE, &mut differences)?,
        at: before.at,
        fault: differences.into_iter().next(),
    })
}

/// In a sentence, for whoever asks.
#[must_use]
pub fn words(followed: &Followed) -> String {
    let at = rfc3339(followed.at);
    match &followed.fault {
        Some(fault) => format!("{fault} (found at {at})"),
        None => format!(
            "verified at {at} up to log entry {} and audit entry {}",
            followed.log.n, followed.audit.n
        ),
    }
}

/// Follows the log for about so many entries; returns where that ended.
///
/// # Errors
/// The database's.
pub fn log(
    tx: &Tx<'_>,
    mut place: Place,
    most: u64,
    differences: &mut Vec<String>,
) -> Result<Place, StoreError> {
    let until = place.n.saturating_add(most);
    while place.n < until {
        let entries = tx.log_after(place.n, BATCH)?;
        if entries.is_empty() {
            break;
        }
        for each in entries {
            let number = each.seq;
            let mut differ = |what: &str| differences.push(format!("log entry {number}: {what}"));
            if number != place.n + 1 {
                differ("the entry before it is missing");
            }
            if let Some(what) = bytes(tx, &each)? {
                differ(what);
            }
            if each.chain != chain(&place.chain, number, &each.entry) {
                differ("it does not fit the chain");
            }
            // The chain as it is written: one fault is told once.
            place = Place {
                n: number,
                chain: each.chain,
            };
        }
    }
    Ok(place)
}

/// What is wrong with the bytes of an entry. Only a tombstone behind it makes it right that they are gone, and where
/// there is one, they must be.
fn bytes(tx: &Tx<'_>, each: &Entry) -> Result<Option<&'static str>, StoreError> {
    let entry = &each.entry;
    let removed = tx
        .log_tombstone(entry.document)?
        .is_some_and(|stone| stone > each.seq);
    let empty = entry.chunk.is_empty();
    Ok(match entry.state {
        EntryState::Erased if !removed => Some("its bytes are gone, and no tombstone says why"),
        EntryState::Erased if empty => None,
        EntryState::Tombstone if !sync::is_tombstone(each) => Some("it is no tombstone"),
        _ if removed && entry.state != EntryState::Tombstone => {
            Some("it stands although its document was removed")
        }
        _ if entry.hash == <[u8; 32]>::from(Sha256::digest(&entry.chunk)) => None,
        _ => Some("its bytes are not those of its hash"),
    })
}

/// Follows the audit for about so many entries; returns where that ended.
///
/// # Errors
/// The database's.
pub fn audit(
    tx: &Tx<'_>,
    mut place: Place,
    most: u64,
    differences: &mut Vec<String>,
) -> Result<Place, StoreError> {
    let until = place.n.saturating_add(most);
    while place.n < until {
        let records = tx.audit_after(place.n, BATCH)?;
        if records.is_empty() {
            break;
        }
        for each in records {
            let n = each.n;
            if n != place.n + 1 || each.chain != audit_chain(&place.chain, n, &each.entry) {
                differences.push(format!("audit entry {n}: it does not fit the chain"));
            }
            place = Place { n, chain: each.chain };
        }
    }
    Ok(place)
}
