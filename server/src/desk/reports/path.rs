//! How long a note takes on its way: from the contact to its finish, to the server, and into the case system.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::Scope;
use super::super::spread::Spread;
use super::cells::{Cells, together};
use super::recording::quarters;
use super::{Period, Report, Tabled, Teams, cell};
use crate::core::Core;
use crate::ops::OpError;
use crate::settings::TIMELINESS_H;
use crate::store::{CountedNote, Span, StoreError};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A team's notes of one kind. Each step is counted of the notes that have taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PathRow {
    /// The team; none where the people have none.
    #[schema(required)]
    pub team: Option<String>,
    /// The kind of visit; none for all kinds.
    #[schema(required)]
    pub kind: Option<String>,
    /// Minutes from the beginning of the contact to the finish, by the phone's clock.
    #[schema(required)]
    pub to_finish: Option<Spread>,
    /// Minutes from the finish to the server.
    #[schema(required)]
    pub to_server: Option<Spread>,
    /// Minutes from the server to a case system's receipt.
    #[schema(required)]
    pub to_case_system: Option<Spread>,
    /// Minutes from the beginning of the contact to the receipt.
    #[schema(required)]
    pub whole: Option<Spread>,
    /// Hundredths of the notes that were finished within the hours that the setting `timeliness_h` says.
    #[schema(required)]
    pub in_time_percent: Option<i64>,
}

/// The times of finished notes.
///
/// # Errors
/// The store's.
pub fn path(core: &Core, scope: Scope, period: Period) -> Result<Report<PathRow>, OpError> {
    let (from, until) = period.bounds();
    let span = Span {
        team: scope.team(),
        from,
        until,
    };
    let report = core.store.read(|tx| {
        let within = TIMELINESS_H.whole(tx)?.saturating_mul(HOUR_MS);
        let [mut finish, mut server, mut receipt, mut whole, mut in_time] = <[Cells; 5]>::default();
        tx.notes_counted(span, |note| {
            let steps = steps(&note);
            finish.enter(&note, steps[0].map(minutes));
            server.enter(&note, steps[1].map(minutes));
            receipt.enter(&note, steps[2].map(minutes));
            whole.enter(&note, steps[3].map(minutes));
            in_time.enter(&note, steps[0].map(|ms| i64::from(ms <= within)));
        })?;
        // Of the notes in time there is a share and no spread: the ones among noughts and ones.
        let shares = in_time.shares();
        let (groups, left_out) = together([finish, server, receipt, whole]);
        let mut teams = Teams::default();
        let rows = groups
            .into_iter()
            .map(|(group, [to_finish, to_server, to_case_system, whole])| {
                Ok(PathRow {
                    in_time_percent: shares.get(&group).copied(),
                    team: teams.name(tx, group.0)?,
                    kind: group.1,
                    to_finish,
                    to_server,
                    to_case_system,
                    whole,
                })
            });
        let rows = rows.collect::<Result<_, StoreError>>()?;
        Ok::<_, StoreError>(Report {
            left_out,
            ..Report::whole(period, rows)
        })
    });
    Ok(report?)
}

/// Milliseconds of the three steps and of the whole. Two clocks may disagree: no step takes less than nothing.
fn steps(note: &CountedNote) -> [Option<i64>; 4] {
    let between = |from: Option<i64>, to: Option<i64>| Some(to?.saturating_sub(from?).max(0));
    let (started, finished) = (Some(note.started_at), note.finished_at);
    let received = finished.and(note.received_at);
    let taken = finished.and(note.taken_at);
    [
        between(started, finished),
        between(finished, received),
        between(received, taken),
        between(started, taken),
    ]
}

const fn minutes(ms: i64) -> i64 {
    ms / MINUTE_MS
}

impl Tabled for PathRow {
    const COLUMNS: &'static [&'static str] = &[
        "team",
        "kind",
        "notes",
        "minutes_to_finish_lower",
        "minutes_to_finish_median",
        "minutes_to_finish_upper",
        "minutes_to_server_lower",
        "minutes_to_server_median",
        "minutes_to_server_upper",
        "minutes_to_case_system_lower",
        "minutes_to_case_system_median",
        "minutes_to_case_system_upper",
        "minutes_whole_lower",
        "minutes_whole_median",
        "minutes_whole_upper",
        "in_time_percent",
    ];

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![
            cell(self.team.as_ref()),
            cell(self.kind.as_ref()),
            cell(self.to_finish.map(|spread| spread.count).as_ref()),
        ];
        for spread in [self.to_finish, self.to_server, self.to_case_system, self.whole] {
            cells.extend(quarters(spread));
        }
        cells.push(cell(self.in_time_percent.as_ref()));
        cells
    }
}
