//! Which failures are the disk's: somebody has to make room or mend it, and until then nothing is
//! wrong with what was asked. Told apart here, because only the store knows SQLite's numbers.

use std::io::ErrorKind;

use notes::problem::Code;
use rusqlite::ErrorCode;

use super::StoreError;

/// What is the matter with the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// No room is left.
    Full,
    /// It cannot be read or written for another reason; some file systems say so of a full disk, too.
    Failing,
}

impl StoreError {
    /// What the caller is told of it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self.disk() {
            Some(Disk::Full) => Code::DiskFull,
            Some(Disk::Failing) => Code::DiskFailing,
            None => Code::Internal,
        }
    }

    /// Whether it is the disk's trouble, and which.
    #[must_use]
    pub fn disk(&self) -> Option<Disk> {
        match self {
            Self::Sqlite(error) => match error.sqlite_error_code()? {
                ErrorCode::DiskFull => Some(Disk::Full),
                ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly => {
                    Some(Disk::Failing)
                }
                _ => None,
            },
            Self::Folder(error) => match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(Disk::Full),
                _ => Some(Disk::Failing),
            },
            Self::NotCommitted(disk) => *disk,
            Self::WrongKey | Self::TooNew { .. } | Self::Inconsistent(_) | Self::HalfRestored => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_failing_one_and_both_from_a_wrong_row() {
        let sqlite = |code| {
            StoreError::from(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(code),
                None,
            ))
        };
        let file = |kind: ErrorKind| StoreError::from(std::io::Error::from(kind));
        let cases = [
            (sqlite(rusqlite::ffi::SQLITE_FULL), Some(Disk::Full)),
            (sqlite(rusqlite::ffi::SQLITE_IOERR_FSYNC), Some(Disk::Failing)),
            (sqlite(rusqlite::ffi::SQLITE_IOERR_SHMSIZE), Some(Disk::Failing)),
            (sqlite(rusqlite::ffi::SQLITE_CANTOPEN), Some(Disk::Failing)),
            (sqlite(rusqlite::ffi::SQLITE_READONLY), Some(Disk::Failing)),
            (sqlite(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE), None),
            (sqlite(rusqlite::ffi::SQLITE_BUSY), None),
            (file(ErrorKind::StorageFull), Some(Disk::Full)),
            (file(ErrorKind::QuotaExceeded), Some(Disk::Full)),
            (file(ErrorKind::PermissionDenied), Some(Disk::Failing)),
            (StoreError::NotCommitted(Some(Disk::Full)), Some(Disk::Full)),
            (StoreError::NotCommitted(None), None),
            (StoreError::Inconsistent("x"), None),
            (StoreError::HalfRestored, None),
        ];
        for (error, disk) in cases {
            assert_eq!(error.disk(), disk, "{error:?}");
            // A disk is waited for; anything else is a fault.
            assert_eq!(
                error.code().status(),
                if disk.is_some() { 503 } else { 500 },
                "{error:?}"
            );
        }
    }
}
