//! A place in the feed as opaque text. It carries the epoch, so that a place that a restore took
//! away is told from one that is there.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::problem::Code;

use crate::store::{StoreError, Tx};

/// Bytes of the epoch, then the number of the last event that was read.
const LENGTH: usize = 16;

/// The epoch of this database; a restore begins another.
pub(super) fn epoch(tx: &Tx<'_>) -> Result<[u8; 8], StoreError> {
    let stored = tx.meta("epoch")?.unwrap_or_default();
    Ok(stored.try_into().unwrap_or([0; 8]))
}

/// The cursor of the place behind an event; 0 is the beginning.
pub(super) fn write(epoch: [u8; 8], n: u64) -> String {
    let mut bytes = [0; LENGTH];
    bytes[..8].copy_from_slice(&epoch);
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor.
pub(super) fn read(epoch: [u8; 8], head: u64, text: &str) -> Result<u64, Code> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Code::CursorUnknown)?;
    let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| Code::CursorUnknown)?;
    let (theirs, n) = bytes.split_at(8);
    if theirs != epoch {
        return Err(Code::EpochChanged);
    }
    let n = n.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    if n > head {
        return Err(Code::CursorUnknown);
    }
    Ok(n)
}
