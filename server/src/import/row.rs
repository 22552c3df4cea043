//! One row while it is being read: its cells by column name, and the faults found on the way.
//!
//! It knows how a cell can be unusable, not what any column is for, nor in which format it came.

use std::collections::HashMap;

use csv::StringRecord;

use super::cell::{Lines, identifier_fault, without_controls};
use super::ndjson::{Cell, Members};
use super::{Fault, MAX_CELL_CHARS, Standing};

/// A row is not kept; the fault has been written down.
pub(super) struct Rejected;

/// Where the known columns stand in a CSV file.
pub(super) struct Header {
    pub(super) places: Vec<(&'static str, usize)>,
    pub(super) cells: usize,
}

/// The cells of a row, as the file has them.
pub(super) enum Cells<'a> {
    /// By their place.
    Csv(&'a Header, &'a StringRecord),
    /// By their name.
    Ndjson(&'a Members),
}

impl Cells<'_> {
    fn has(&self, column: &str) -> bool {
        match self {
            Self::Csv(header, _) => header.places.iter().any(|(name, _)| *name == column),
            Self::Ndjson(members) => members.get(column).is_some(),
        }
    }

    /// The text; empty where the row or the file has none.
    fn text(&self, column: &str) -> &str {
        match self {
            Self::Csv(header, record) => {
                let place = header.places.iter().find(|(name, _)| *name == column);
                place.and_then(|(_, at)| record.get(*at)).unwrap_or_default()
            }
            Self::Ndjson(members) => match members.get(column) {
                Some(Cell::Text(text)) => text,
                _ => "",
            },
        }
    }

    /// What stands there in place of a text.
    fn wrong(&self, column: &str) -> Option<&'static str> {
        match self {
            Self::Csv(..) => None,
            Self::Ndjson(members) => match members.get(column) {
                Some(Cell::Wrong(what)) => Some(what),
                _ => None,
            },
        }
    }
}

/// One row while it is being read.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    pub(super) cells: Cells<'a>,
    pub(super) seen: &'a mut HashMap<String, u64>,
    pub(super) warnings: &'a mut Vec<Fault>,
    pub(super) rejected: &'a mut Vec<Fault>,
    /// Whom the row is about, once that could be read.
    pub(super) about: Option<String>,
}

/// Why a cell cannot be used.
struct Unusable(&'static str);

impl Row<'_> {
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// Whether the row says anything of a column, be it that the value is gone.
    pub(super) fn has_column(&self, column: &str) -> bool {
        self.cells.has(column)
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
        if let Some(wrong) = self.cells.wrong(column) {
            return Err(self.reject(column, wrong));
        }
        let text = self.raw(column).to_owned();
        if let Some(reason) = identifier_fault(&text) {
            return Err(self.reject(column, reason));
        }
        self.about = Some(text.clone());
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
            .map_err(|Unusable(reason)| self.reject(column, reason))
    }

    /// A cell that is left blank when it cannot be used.
    pub(super) fn optional(&mut self, column: &str, lines: Lines) -> Option<String> {
        self.text(column, lines).unwrap_or_else(|Unusable(reason)| {
            self.warn(column, &format!("{reason}; left blank"));
            None
        })
    }

    /// An optional cell that names another row, here or in the other file.
    pub(super) fn reference(&mut self, column: &str) -> Option<String> {
        let text = self.raw(column).to_owned();
        let fault = self.cells.wrong(column).or_else(|| identifier_fault(&text));
        match fault {
            None => Some(text),
            Some("blank") => None,
            Some(reason) => {
                self.warn(column, &format!("{reason}; left blank"));
                None
            }
        }
    }

    /// What the column `status` says. Who is named is there, unless it says that they are not.
    pub(super) fn standing(&mut self) -> Standing {
        let status = self.text("status", Lines::One);
        match status.map(|status| status.map(|status| status.to_ascii_lowercase())) {
            Ok(Some(word)) if word == "left" => Standing::Left,
            Ok(None) => Standing::Here,
            Ok(Some(word)) if word == "active" => Standing::Here,
            _ => {
                self.warn("status", "neither active nor left; that stays as it was");
                Standing::AsItWas
            }
        }
    }

    fn text(&mut self, column: &str, lines: Lines) -> Result<Option<String>, Unusable> {
        if let Some(wrong) = self.cells.wrong(column) {
            return Err(Unusable(wrong));
        }
        let raw = self.raw(column);
        if raw.chars().nth(MAX_CELL_CHARS).is_some() {
            return Err(Unusable("longer than 10,000 characters"));
        }
        let (kept, altered) = without_controls(raw, lines);
        let kept = kept.trim().to_owned();
        if altered {
            self.warn(column, "held control characters, which were taken out");
        }
        Ok((!kept.is_empty()).then_some(kept))
    }

    /// The cell without outer white space.
    fn raw(&self, column: &str) -> &str {
        self.cells.text(column).trim()
    }
}
