//! Importing people and workers from the case system's files: read whole, applied in one
//! transaction, told to the phones that are concerned. The same file twice changes nothing, and a dry
//! run is the same run, undone.

mod answer;
mod leave;
mod merge;
mod people;
mod workers;

pub use answer::{Change, Imported, What};
pub(super) use people::{audit_allocation, tell};

use serde_json::json;
use utoipa::ToSchema;

use super::OpError;
use crate::core::Core;
use crate::host::Host;
use crate::import::{self, Format};
use crate::store::{AuditEntry, StoreError, Tx};

/// What a file says of those whom it does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ToSchema)]
#[schema(as = ImportMode, rename_all = "snake_case")]
pub enum Mode {
    /// Nothing.
    #[default]
    Changes,
    /// That they have left.
    Whole,
}

impl Mode {
    /// The mode of this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "changes" => Some(Self::Changes),
            "whole" => Some(Self::Whole),
            _ => None,
        }
    }
}

/// How a file is to be taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// How it is written.
    pub format: Format,
    /// Whether it is everybody.
    pub mode: Mode,
    /// Only to see what would come of it.
    pub dry_run: bool,
    /// So many will leave, and somebody has looked at that.
    pub confirm: Option<u64>,
}

/// Imports people from a CSV file of changes.
///
/// # Errors
/// The file's, or the store's; nothing has changed then.
pub fn people(core: &Core, file: &[u8], by: &str) -> Result<Imported, OpError> {
    people_as(core, file, How::default(), by)
}

/// Imports workers from a CSV file of changes.
///
/// # Errors
/// The file's, or the store's; nothing has changed then.
pub fn workers(core: &Core, file: &[u8], by: &str) -> Result<Imported, OpError> {
    workers_as(core, file, How::default(), by)
}

/// Imports people.
///
/// # Errors
/// The file's, `leavers_unconfirmed`, or the store's; nothing has changed then.
pub fn people_as(core: &Core, file: &[u8], how: How, by: &str) -> Result<Imported, OpError> {
    let parsed = import::people_in(how.format, file)?;
    run(core, how, by, "people.imported", |run| people::apply(run, parsed))
}

/// Imports workers.
///
/// # Errors
/// The file's, `leavers_unconfirmed`, or the store's; nothing has changed then.
pub fn workers_as(core: &Core, file: &[u8], how: How, by: &str) -> Result<Imported, OpError> {
    let parsed = import::workers_in(how.format, file)?;
    run(core, how, by, "workers.imported", |run| {
        workers::apply(run, parsed)
    })
}

/// A file while it is being applied.
struct Run<'a> {
    tx: &'a Tx<'a>,
    host: &'a Host,
    how: How,
    by: &'a str,
    answer: Imported,
}

/// Why a transaction is undone.
enum Halt {
    /// It was a dry run, with this answer.
    Dry(Box<Imported>),
    Op(OpError),
}

impl<E: Into<OpError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Op(error.into())
    }
}

fn run(
    core: &Core,
    how: How,
    by: &str,
    what: &str,
    apply: impl FnOnce(&mut Run<'_>) -> Result<(), OpError>,
) -> Result<Imported, OpError> {
    let outcome = core.store.write(|tx| {
        let mut run = Run {
            tx,
            host: &core.host,
            how,
            by,
            answer: Imported {
                dry_run: how.dry_run,
                ..Imported::default()
            },
        };
        apply(&mut run)?;
        run.sign(what)?;
        let mut answer = run.answer;
        answer.rejected.sort_by_key(|fault| fault.line);
        answer
            .changes
            .sort_by_key(|change| change.line.unwrap_or(u64::MAX));
        if how.dry_run {
            return Err(Halt::Dry(Box::new(answer)));
        }
        Ok(answer)
    });
    match outcome {
        Ok(answer) => {
            if answer.merged > 0 {
                // The desk wrote into notes, and that waits for the judge.
                core.bell.ring();
            }
            Ok(answer)
        }
        Err(Halt::Dry(answer)) => Ok(*answer),
        Err(Halt::Op(error)) => Err(error),
    }
}

impl Run<'_> {
    /// Writes down that the file came, where it changed anything.
    fn sign(&self, what: &str) -> Result<(), StoreError> {
        let answer = &self.answer;
        if answer.is_quiet() {
            return Ok(());
        }
        self.audit(
            what,
            None,
            &json!({
                "added": answer.added, "changed": answer.changed, "unchanged": answer.unchanged,
                "rejected": answer.rejected.len(), "left": answer.left.len(), "merged": answer.merged,
            }),
        )
    }

    fn audit(
        &self,
        what: &str,
        person: Option<notes::ids::PersonId>,
        detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        self.tx.audit(&AuditEntry {
            at: self.host.now_ms(),
            who: self.by.to_owned(),
            what: what.to_owned(),
            person,
            document: None,
            detail: detail.to_string(),
        })
    }
}
