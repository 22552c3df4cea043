//! What is said outside of a database that failed. The database's own words can quote a statement or
//! what a column holds, so they stop here; its number is enough to look the failure up.

use rusqlite::ErrorCode;

use crate::trouble::Trouble;

/// The database failed: failing disk, damaged file, or a statement that it does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreFault {
    /// SQLite's extended result code, where it was SQLite that failed.
    code: Option<i32>,
}

impl std::fmt::Display for StoreFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the store could not be read or written")?;
        if let Some(code) = self.code {
            write!(f, " (SQLite {code})")?;
        }
        f.write_str("; what was saved before is safe: see that the phone has room, and try again")
    }
}

impl std::error::Error for StoreFault {}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        let code = match error {
            rusqlite::Error::SqlInputError { error, .. } => Some(error.extended_code),
            other => other.sqlite_extended_error_code(),
        };
        Self { code }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Store(error.into()),
        }
    }
}
