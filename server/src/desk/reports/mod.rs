//! Reports: what a team learns of its own recording. They are about the work, and never about one worker: nobody is
//! ranked, and nothing is said of the times of a few notes.
//!
//! **Nothing by difference.** The times of notes are kept in cells: one team, one kind of visit, one calendar month.
//! A cell with fewer than five notes is in no report, in none of its totals and in no longer period. So whatever two
//! reports differ by is made of whole cells, each of five notes or more. That is why a period is whole months, and
//! why a report says that something was left out, and not how much. What is counted and has no times (needs,
//! answers, reviews, fields) is counted fully.

mod cells;
pub mod feedback;
pub mod fields;
pub mod path;
pub mod period;
pub mod recording;
pub mod reviews;
pub mod unmet;

pub use period::Period;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::export::plain_line;
use crate::store::{StoreError, Tx};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report<R> {
    /// The first month, `yyyy-mm`.
    pub from: String,
    /// The last month.
    pub until: String,
    /// The rows.
    pub rows: Vec<R>,
    /// Whether something was left out because it was about fewer than five notes.
    pub left_out: bool,
}

impl<R> Report<R> {
    fn whole(period: Period, rows: Vec<R>) -> Self {
        Self {
            from: period.from(),
            until: period.until(),
            rows,
            left_out: false,
        }
    }
}

/// A row that has a place in a table.
pub trait Tabled {
    /// The heads of the columns.
    const COLUMNS: &'static [&'static str];
    /// What stands in them.
    fn cells(&self) -> Vec<String>;
}

impl<R: Tabled> Report<R> {
    /// As CSV (RFC 4180, UTF-8), safe to open in a spreadsheet.
    #[must_use]
    pub fn csv(&self) -> Vec<u8> {
        let mut out = Vec::new();
        plain_line(R::COLUMNS, &mut out);
        for row in &self.rows {
            plain_line(&row.cells(), &mut out);
        }
        out
    }
}

/// A cell of a table; what there is none of is empty.
fn cell<T: ToString>(value: Option<&T>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}

/// The names of teams, each looked up once.
#[derive(Default)]
struct Teams(BTreeMap<i64, String>);

impl Teams {
    fn name(&mut self, tx: &Tx<'_>, id: Option<i64>) -> Result<Option<String>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        if let Some(name) = self.0.get(&id) {
            return Ok(Some(name.clone()));
        }
        let name = tx.team(id)?.map_or_else(|| id.to_string(), |team| team.name);
        self.0.insert(id, name.clone());
        Ok(Some(name))
    }
}
