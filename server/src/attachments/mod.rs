//! Attachments: files that go with notes. Their bytes come apart from the note, in parts that are durable each by
//! itself, and are compared with their hash before anybody relies on them. Here is who may send and read what, and how
//! much; how requests look is `api`'s business, where the bytes lie `store`'s.
//!
//! What never happens: a phone is told that a file is whole before it is on disk and proven; naming a hash opens
//! somebody's file; a file that was not asked for fills the disk.

mod arrive;
mod read;
mod rights;
mod sweep;
mod upload;

#[cfg(test)]
pub(crate) mod tests;

use notes::problem::Code;

use crate::store::StoreError;

pub use read::{Opened, for_case_system, for_device, piece};
pub use sweep::sweep;
pub use upload::{Begun, Place, append, begin, finish, place};

/// How much is taken from one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The largest file.
    pub file_bytes: u64,
    /// Files under way together, by their whole length.
    pub underway_bytes: u64,
    /// What may come on one day (UTC).
    pub day_bytes: u64,
    /// An upload to which nothing comes for so long is thrown away.
    pub idle_ms: i64,
    /// A finished note misses a file for so long before somebody is asked.
    pub missing_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        const HOUR_MS: i64 = 3_600_000;
        Self {
            file_bytes: notes::attachment::MAX_BYTES,
            underway_bytes: 200 * 1024 * 1024,
            day_bytes: 1024 * 1024 * 1024,
            idle_ms: 7 * 24 * HOUR_MS,
            missing_ms: 24 * HOUR_MS,
        }
    }
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Declined {
    /// By the rules.
    #[error("{}", .0.title())]
    Refused(Code),
    /// The upload goes on at this byte.
    #[error("the upload goes on at {0}")]
    Elsewhere(u64),
    /// Enough for now: try again in so many seconds.
    #[error("enough for {0} seconds")]
    Enough(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Code> for Declined {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}
