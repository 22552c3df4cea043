//! Needs that were not met, by team and reason: counted for the team, never hidden.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::Scope;
use super::{Period, Report, Tabled, Teams, cell};
use crate::core::Core;
use crate::ops::OpError;
use crate::store::{Span, StoreError};

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmetRow {
    /// The team; none where the people have none.
    #[schema(required)]
    pub team: Option<String>,
    /// `budget`, `language`, `none_available`, `declined` or `other`; none where no reason was chosen.
    #[schema(required)]
    pub reason_code: Option<String>,
    /// Needs.
    pub needs: u64,
    /// Notes that say so.
    pub notes: u64,
}

/// Unmet needs in finished notes.
///
/// # Errors
/// The store's.
pub fn unmet(core: &Core, scope: Scope, period: Period) -> Result<Report<UnmetRow>, OpError> {
    let (from, until) = period.bounds();
    let span = Span {
        team: scope.team(),
        from,
        until,
    };
    let rows = core.store.read(|tx| {
        let mut teams = Teams::default();
        let counts = tx.unmet_counted(span)?.into_iter().map(|count| {
            Ok(UnmetRow {
                team: teams.name(tx, count.team)?,
                reason_code: count.reason_code,
                needs: count.needs,
                notes: count.notes,
            })
        });
        counts.collect::<Result<_, StoreError>>()
    });
    Ok(Report::whole(period, rows?))
}

impl Tabled for UnmetRow {
    const COLUMNS: &'static [&'static str] = &["team", "reason_code", "needs", "notes"];

    fn cells(&self) -> Vec<String> {
        vec![
            cell(self.team.as_ref()),
            cell(self.reason_code.as_ref()),
            self.needs.to_string(),
            self.notes.to_string(),
        ]
    }
}
