//! The columns of a file, or the members of its lines: which there are, and what it means where one
//! is not there.

use super::decode::Format;
use super::row::{Rejected, Row};
use super::{FileRefusal, Parsed, ndjson, table};

/// Whether a file can do without a column.
#[derive(Clone, Copy)]
pub(super) enum Need {
    /// Without it no row could be used.
    Always,
    /// The same, but for a file that has one of these.
    Unless(&'static [&'static str]),
    /// A whole export has it; where it is missing that is said.
    Expected,
    /// Few files have it.
    Seldom,
}

/// A column that may stand in the file.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) need: Need,
}

impl Column {
    pub(super) const fn required(name: &'static str) -> Self {
        Self::of(name, Need::Always)
    }

    pub(super) const fn optional(name: &'static str) -> Self {
        Self::of(name, Need::Expected)
    }

    pub(super) const fn of(name: &'static str, need: Need) -> Self {
        Self { name, need }
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.trim())
    }
}

/// Reads a whole file in its format, asking `read_row` for a value per row.
pub(super) fn read<T>(
    format: Format,
    bytes: &[u8],
    columns: &[Column],
    read_row: &dyn Fn(&mut Row<'_>) -> Result<T, Rejected>,
) -> Result<Parsed<T>, FileRefusal> {
    match format {
        Format::Csv => table::read(bytes, columns, read_row),
        Format::Ndjson => {
            ndjson::read(bytes, columns, read_row).map_err(|why| FileRefusal::Ndjson(Box::new(why)))
        }
    }
}

/// The columns of which a row says nothing.
pub(super) fn unsaid(row: &Row<'_>, columns: &[Column]) -> Vec<&'static str> {
    let names = columns.iter().map(|column| column.name);
    names.filter(|name| !row.has_column(name)).collect()
}
