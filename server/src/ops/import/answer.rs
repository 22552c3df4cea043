//! What became of a file: counted, and listed as far as that helps.

use serde::Serialize;
use utoipa::ToSchema;

use crate::import::Fault;

/// So many changes are listed; the others are counted.
const MOST_CHANGES: usize = 1_000;

/// What became of a file.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DeskImported)]
pub struct Imported {
    /// Rows that were new.
    pub added: u64,
    /// Rows that said something new of somebody known.
    pub changed: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows that could not be used.
    pub rejected: Vec<Fault>,
    /// Values that were left blank or altered.
    pub warnings: Vec<Fault>,
    /// Who has left with this file: case ids, or worker ids.
    pub left: Vec<String>,
    /// Case ids that were merged into others.
    pub merged: u64,
    /// Nothing of it was done.
    pub dry_run: bool,
    /// What changed, in the order of the file, then who is not in it; the first thousand.
    pub changes: Vec<Change>,
    /// How many more there were.
    pub changes_unlisted: u64,
}

/// What became of one person or worker.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// The line of the file; none for who is not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Which person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
    /// Which worker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<String>,
    /// What became of them.
    pub what: What,
    /// In which columns, by name alone.
    pub columns: Vec<&'static str>,
}

/// What became of one person or worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// They are new.
    Added,
    /// Something of them is.
    Changed,
    /// They have left.
    Left,
    /// They are somebody else.
    Merged,
}

/// Whom a change is about.
#[derive(Clone, Copy)]
pub(super) enum Whom<'a> {
    /// A person, by case id.
    Person(&'a str),
    /// A worker, by id.
    Worker(&'a str),
}

impl Imported {
    /// Whether it changed nothing.
    pub(super) const fn is_quiet(&self) -> bool {
        self.added + self.changed + self.merged == 0 && self.left.is_empty()
    }

    /// Writes down a change; a row's is counted, too.
    pub(super) fn note(&mut self, line: Option<u64>, whom: Whom<'_>, what: What, columns: Vec<&'static str>) {
        let (case_id, worker_id) = match whom {
            Whom::Person(id) => (Some(id.to_owned()), None),
            Whom::Worker(id) => (None, Some(id.to_owned())),
        };
        match what {
            What::Added => self.added += 1,
            _ if line.is_some() => self.changed += 1,
            _ => {}
        }
        match what {
            What::Left => self.left.extend(case_id.clone().or(worker_id.clone())),
            What::Merged => self.merged += 1,
            What::Added | What::Changed => {}
        }
        if self.changes.len() >= MOST_CHANGES {
            self.changes_unlisted += 1;
            return;
        }
        self.changes.push(Change {
            line,
            case_id,
            worker_id,
            what,
            columns,
        });
    }

    pub(super) fn warn(&mut self, line: u64, column: &str, reason: &str) {
        self.warnings.push(Fault {
            line,
            column: column.to_owned(),
            reason: reason.to_owned(),
        });
    }

    pub(super) fn reject(&mut self, line: u64, column: &str, reason: &str) {
        self.rejected.push(Fault {
            line,
            column: column.to_owned(),
            reason: reason.to_owned(),
        });
    }
}
