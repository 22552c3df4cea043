//! Which fields of a note are used, and which never are: so that a form is not kept for its own sake.

use notes::note::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::Scope;
use super::{Period, Report, Tabled};
use crate::core::Core;
use crate::ops::OpError;
use crate::store::{Span, StoreError};
use crate::sync::bit_of;

/// What the app fills in by itself says nothing.
const BY_ITSELF: [&str; 9] = [
    "schema",
    "person",
    "person_name",
    "kind",
    "started_at",
    "ended_at",
    "workers",
    "recording_ms",
    "finished",
];
/// Used in fewer notes than one in so many is seldom.
const SELDOM: u64 = 20;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldRow {
    /// The field's name.
    pub field: String,
    /// Finished notes that used it.
    pub used: u64,
    /// Finished notes.
    pub notes: u64,
    /// `never`, `seldom` (in fewer than one note in twenty) or `used`.
    pub usage: String,
}

/// The fields, in the order in which a note has them.
///
/// # Errors
/// The store's.
pub fn fields(core: &Core, scope: Scope, period: Period) -> Result<Report<FieldRow>, OpError> {
    let (from, until) = period.bounds();
    let span = Span {
        team: scope.team(),
        from,
        until,
    };
    let names = Template::Note.fields().iter().map(|field| field.name);
    let names: Vec<_> = names.filter(|name| !BY_ITSELF.contains(name)).collect();
    let mut counts: Vec<(u64, u64)> = names
        .iter()
        .map(|name| (bit_of(Template::Note, name), 0))
        .collect();
    let mut notes = 0;
    core.store.read(|tx| {
        tx.notes_counted(span, |note| {
            if note.finished_at.is_some() {
                notes += 1;
                for (bit, used) in &mut counts {
                    *used += u64::from(note.fields & *bit != 0);
                }
            }
        })?;
        Ok::<_, StoreError>(())
    })?;
    let row = |(name, (_, used)): (&str, (u64, u64))| FieldRow {
        field: name.to_owned(),
        used,
        notes,
        usage: usage(used, notes).to_owned(),
    };
    let rows = names.into_iter().zip(counts).map(row);
    Ok(Report::whole(period, rows.collect()))
}

const fn usage(used: u64, notes: u64) -> &'static str {
    if used == 0 {
        "never"
    } else if used.saturating_mul(SELDOM) < notes {
        "seldom"
    } else {
        "used"
    }
}

impl Tabled for FieldRow {
    const COLUMNS: &'static [&'static str] = &["field", "used", "notes", "usage"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.field.clone(),
            self.used.to_string(),
            self.notes.to_string(),
            self.usage.clone(),
        ]
    }
}
