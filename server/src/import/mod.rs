//! Reads the people and workers that a legacy case system exports, as CSV or as JSON lines.
//!
//! A council's export is old and full of slips, and a person with a wrong date of birth still needs
//! a visit. So a row is kept whenever it says who it is about; what cannot be used is left blank and
//! named by line and column. Only a file that cannot be read safely is refused whole.
//!
//! Bytes in, values out: this module knows no database, and comparing with what is already stored is
//! not its work. Nothing it says repeats what a cell holds.

mod cell;
mod column;
mod decode;
mod gather;
mod ndjson;
mod people;
mod quoting;
mod refusal;
mod row;
mod table;
#[cfg(test)]
mod tests;
mod workers;

pub use decode::Format;
pub use people::{PersonRow, people, people_in, shown_name};
pub use refusal::FileRefusal;
pub use workers::{Role, WorkerRow, workers, workers_in};

use serde::Serialize;
use utoipa::ToSchema;

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 20 * 1024 * 1024;
/// The most rows that one file may hold, without a header.
pub const MAX_ROWS: usize = 100_000;
/// The longest text that one cell may hold, in characters.
pub const MAX_CELL_CHARS: usize = 10_000;
/// The most warnings that are listed; a last one says how many more there were.
pub const MAX_WARNINGS: usize = 10_000;

/// What a row says of whether somebody is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// They are.
    #[default]
    Here,
    /// They have left.
    Left,
    /// It could not be read.
    AsItWas,
}

/// What is wrong with one cell or row, in words that hold no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// The line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// The column's name; `column N` or `member N` for one that has no known name, `line` for the whole of it.
    pub column: String,
    /// What was found and what was done about it.
    pub reason: String,
}

impl Fault {
    fn new(line: u64, column: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            line,
            column: column.into(),
            reason: reason.into(),
        }
    }
}

/// What came out of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The rows that are kept, in the order of the file.
    pub rows: Vec<T>,
    /// One fault for each row that is not kept.
    pub rejected: Vec<Fault>,
    /// What was left blank or altered in rows that are kept.
    pub warnings: Vec<Fault>,
    /// Whom the rows are about that are not kept, where that could be read.
    pub named: Vec<String>,
    /// The first row that is not kept and of which nobody knows whom it is about.
    pub nameless: Option<u64>,
    /// Optional columns that the file does not have. A blank cell says that a value is gone; a column
    /// that is not there says nothing, so what is stored already should stay.
    pub missing_columns: Vec<&'static str>,
}

impl<T> Parsed<T> {
    const fn empty() -> Self {
        Self {
            rows: Vec::new(),
            rejected: Vec::new(),
            warnings: Vec::new(),
            named: Vec::new(),
            nameless: None,
            missing_columns: Vec::new(),
        }
    }
}
