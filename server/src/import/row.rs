//! One row while it is being read: its cells by column name, and the faults found on the way.
//!
//! It knows how a cell can be unusable, not what any column is for.

use std::collections::HashMap;

use csv::StringRecord;

use super::cell::{Lines, identifier_fault, without_controls};
use super::quoting::RowShape;
use super::{Fault, MAX_CELL_CHARS};

/// A row is not kept; the fault has been written down.
pub(super) struct Rejected;

/// Where the known columns stand in this file.
pub(super) struct Header {
    pub(super) places: Vec<(&'static str, usize)>,
    pub(super) cells: usize,
}

/// One row while it is being read.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    pub(super) header: &'a Header,
    pub(super) record: &'a StringRecord,
    pub(super) seen: &'a mut HashMap<String, u64>,
    pub(super) warnings: &'a mut Vec<Fault>,
    pub(super) rejected: &'a mut Vec<Fault>,
}

/// A cell holds more than can be kept.
struct TooLong;

impl Row<'_> {
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// Whether the file has the column at all. One that is missing has been warned about already.
    pub(super) fn has_column(&self, column: &str) -> bool {
        self.header.places.iter().any(|(name, _)| *name == column)
    }

    pub(super) fn warn(&mut self, column: &str, reason: &str) {
        self.warnings.push(Fault::new(self.line, column, reason));
    }

    pub(super) fn reject(&mut self, column: &str, reason: impl Into<String>) -> Rejected {
        self.rejected.push(Fault::new(self.line, column, reason));
        Rejected
    }

    /// The identifier that the row is about. The row is rejected without one, or when an earlier row
    /// that was kept had the same.
    pub(super) fn identifier(&mut self, column: &str) -> Result<String, Rejected> {
        let text = self.raw(column).to_owned();
        if let Some(reason) = identifier_fault(&text) {
            return Err(self.reject(column, reason));
        }
        if let Some(first) = self.seen.get(&text) {
            let reason = format!("the same as on line {first}, which was kept");
            return Err(self.reject(column, reason));
        }
        Ok(text)
    }

    /// To be said once the row is sure to be kept, so that a rejected row bars no later one.
    pub(super) fn keep(&mut self, identifier: &str) {
        self.seen.insert(identifier.to_owned(), self.line);
    }

    /// A cell that the row cannot do without being able to read.
    pub(super) fn name(&mut self, column: &str) -> Result<Option<String>, Rejected> {
        self.text(column, Lines::One)
            .map_err(|TooLong| self.reject(column, "longer than 10,000 characters"))
    }

    /// A cell that is left blank when it cannot be used.
    pub(super) fn optional(&mut self, column: &str, lines: Lines) -> Option<String> {
        self.text(column, lines).unwrap_or_else(|TooLong| {
            self.warn(column, "longer than 10,000 characters; left blank");
            None
        })
    }

    /// An optional cell that names another row, here or in the other file.
    pub(super) fn reference(&mut self, column: &str) -> Option<String> {
        let text = self.raw(column).to_owned();
        match identifier_fault(&text) {
            None => Some(text),
            Some(_) if text.is_empty() => None,
            Some(reason) => {
                self.warn(column, &format!("{reason}; left blank"));
                None
            }
        }
    }

    fn text(&mut self, column: &str, lines: Lines) -> Result<Option<String>, TooLong> {
        let raw = self.raw(column);
        if raw.chars().nth(MAX_CELL_CHARS).is_some() {
            return Err(TooLong);
        }
        let (kept, altered) = without_controls(raw, lines);
        let kept = kept.trim().to_owned();
        if altered {
            self.warn(column, "held control characters, which were taken out");
        }
        Ok((!kept.is_empty()).then_some(kept))
    }

    /// The cell without outer white space; empty where the row or the file has none.
    fn raw(&self, column: &str) -> &str {
        let place = self.header.places.iter().find(|(name, _)| *name == column);
        place
            .and_then(|(_, at)| self.record.get(*at))
            .map_or("", str::trim)
    }

    pub(super) fn check_shape(&mut self, shape: &RowShape) {
        let (has, wants) = (self.record.len(), self.header.cells);
        if has > wants {
            let reason = format!("the row has {} cells too many; ignored", has - wants);
            self.warn(&format!("column {}", wants + 1), &reason);
        }
        if has < wants {
            let column = self.column_name(has);
            self.warn(
                &column,
                "the row ends before this column; left blank from here on",
            );
        }
        if let Some(at) = shape.text_after_quote {
            let column = self.column_name(at);
            self.warn(
                &column,
                "goes on after its closing quote; read without those quotes",
            );
        }
    }

    fn column_name(&self, place: usize) -> String {
        let known = self.header.places.iter().find(|(_, at)| *at == place);
        known.map_or_else(|| format!("column {}", place + 1), |(name, _)| (*name).to_owned())
    }
}
