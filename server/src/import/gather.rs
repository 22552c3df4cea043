//! What comes out of a file, row by row: the values that are kept, and what is wrong with the others.
//! The same for every format.

use std::collections::HashMap;

use super::row::{Cells, Rejected, Row};
use super::{Fault, MAX_WARNINGS, Parsed};

/// A file that is being read.
pub(super) struct Gathering<T> {
    parsed: Parsed<T>,
    /// The identifiers that were kept, each with its line.
    seen: HashMap<String, u64>,
    unlisted: usize,
}

impl<T> Gathering<T> {
    pub(super) fn new(parsed: Parsed<T>) -> Self {
        Self {
            parsed,
            seen: HashMap::new(),
            unlisted: 0,
        }
    }

    /// One more row.
    pub(super) fn row(
        &mut self,
        line: u64,
        cells: Cells<'_>,
        read: impl FnOnce(&mut Row<'_>) -> Result<T, Rejected>,
    ) {
        let mut warnings = Vec::new();
        let mut row = Row {
            line,
            cells,
            seen: &mut self.seen,
            warnings: &mut warnings,
            rejected: &mut self.parsed.rejected,
            about: None,
        };
        let value = read(&mut row);
        let about = row.about.take();
        match (value, about) {
            (Ok(value), _) => {
                self.parsed.rows.push(value);
                warnings.into_iter().for_each(|warning| self.warn(warning));
            }
            // A rejected row's warnings would only hide why it was rejected.
            (Err(Rejected), Some(about)) => self.parsed.named.push(about),
            (Err(Rejected), None) => self.nameless(line),
        }
    }

    /// A line that is no row at all.
    pub(super) fn no_row(&mut self, fault: Fault) {
        self.nameless(fault.line);
        self.parsed.rejected.push(fault);
    }

    fn nameless(&mut self, line: u64) {
        self.parsed.nameless.get_or_insert(line);
    }

    pub(super) fn warn(&mut self, warning: Fault) {
        if self.parsed.warnings.len() < MAX_WARNINGS {
            self.parsed.warnings.push(warning);
        } else {
            self.unlisted += 1;
        }
    }

    /// All rows were read; `line` is where the file begins.
    pub(super) fn end(mut self, line: u64, empty: &str) -> Parsed<T> {
        if self.unlisted > 0 {
            let reason = format!("there are {} more warnings, which are not listed", self.unlisted);
            self.parsed.warnings.push(Fault::new(line, "column 1", reason));
        }
        if self.parsed.rows.is_empty() && self.parsed.rejected.is_empty() {
            self.parsed.warnings.push(Fault::new(line, "column 1", empty));
        }
        self.parsed
    }
}
