//! Why a whole file is refused: it cannot be read at all, or reading it would guess whose row is whose.
//!
//! A fault of a single row is never a reason to refuse the others; those are `Fault`s.

use notes::problem::Code;

use super::{MAX_FILE_BYTES, MAX_ROWS};

/// A file of which nothing is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// Not UTF-8: most often Latin-1 or UTF-16, in which names would be garbled.
    #[error("the file is not UTF-8 (see line {line}); save it as UTF-8 and send it again")]
    Encoding {
        /// The first line that cannot be read.
        line: u64,
    },
    /// A NUL, which no text has.
    #[error("line {line} holds a NUL, so the file is damaged or is not a text")]
    Nul {
        /// The line of the first one.
        line: u64,
    },
    /// A column without which no row could be used.
    #[error("the first line names no column {column}")]
    ColumnMissing {
        /// The column that is missing.
        column: &'static str,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More than one file may hold.
    #[error(
        "the file is larger than {} MiB or has more than {} rows; send it in parts",
        MAX_FILE_BYTES / (1024 * 1024),
        MAX_ROWS
    )]
    TooLarge,
    /// Quotes or columns from which the rows cannot be told apart with certainty.
    #[error("line {line}: {reason}")]
    Malformed {
        /// Where it begins to go wrong.
        line: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// The same of a file of JSON lines.
    #[error("{0}")]
    Ndjson(Box<FileRefusal>),
}

impl FileRefusal {
    /// The code that the caller is told.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Ndjson(why) => why.code_of_lines(),
            Self::Encoding { .. } => Code::CsvEncoding,
            Self::Nul { .. } => Code::CsvNul,
            Self::ColumnMissing { .. } => Code::CsvColumnMissing,
            Self::Empty => Code::CsvEmpty,
            Self::TooLarge => Code::CsvTooLarge,
            Self::Malformed { .. } => Code::CsvMalformed,
        }
    }

    fn code_of_lines(&self) -> Code {
        match self {
            Self::Encoding { .. } => Code::NdjsonEncoding,
            Self::Empty => Code::NdjsonEmpty,
            Self::TooLarge => Code::NdjsonTooLarge,
            Self::Nul { .. } | Self::ColumnMissing { .. } | Self::Malformed { .. } | Self::Ndjson(_) => {
                Code::NdjsonMalformed
            }
        }
    }

    /// The line to look at, where there is one.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::Ndjson(why) => why.line(),
            Self::Encoding { line } | Self::Nul { line } | Self::Malformed { line, .. } => Some(*line),
            Self::ColumnMissing { .. } => Some(1),
            Self::Empty | Self::TooLarge => None,
        }
    }

    /// The column to look at, where there is one.
    #[must_use]
    pub const fn column(&self) -> Option<&'static str> {
        match self {
            Self::ColumnMissing { column } => Some(column),
            _ => None,
        }
    }
}
