//! How long writing took against how long the contact was, by team and kind of visit.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::Scope;
use super::super::spread::Spread;
use super::cells::{Cells, together};
use super::{Period, Report, Tabled, Teams, cell};
use crate::core::Core;
use crate::ops::OpError;
use crate::store::{CountedNote, Span, StoreError};

const MINUTE_MS: i64 = 60_000;

/// A team's notes of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordingRow {
    /// The team; none where the people have none.
    #[schema(required)]
    pub team: Option<String>,
    /// The kind of visit; none for all kinds.
    #[schema(required)]
    pub kind: Option<String>,
    /// Minutes of writing.
    #[schema(required)]
    pub recording: Option<Spread>,
    /// Minutes of contact.
    #[schema(required)]
    pub contact: Option<Spread>,
    /// Writing in hundredths of the contact.
    #[schema(required)]
    pub share: Option<Spread>,
}

/// Recording time against contact time, of finished notes whose contact has an end.
///
/// # Errors
/// The store's.
pub fn recording(core: &Core, scope: Scope, period: Period) -> Result<Report<RecordingRow>, OpError> {
    let (from, until) = period.bounds();
    let span = Span {
        team: scope.team(),
        from,
        until,
    };
    let report = core.store.read(|tx| {
        let [mut writing, mut contact, mut share] = <[Cells; 3]>::default();
        tx.notes_counted(span, |note| {
            let measured = measure(&note);
            writing.enter(&note, measured.map(|(writing, _)| minutes(writing)));
            contact.enter(&note, measured.map(|(_, contact)| minutes(contact)));
            share.enter(
                &note,
                measured.map(|(writing, contact)| writing.saturating_mul(100) / contact),
            );
        })?;
        let (groups, left_out) = together([writing, contact, share]);
        let mut teams = Teams::default();
        let rows = groups
            .into_iter()
            .map(|((team, kind), [recording, contact, share])| {
                Ok(RecordingRow {
                    team: teams.name(tx, team)?,
                    kind,
                    recording,
                    contact,
                    share,
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

/// Milliseconds of writing and of contact, where both are known.
fn measure(note: &CountedNote) -> Option<(i64, i64)> {
    let contact = note.ended_at?.checked_sub(note.started_at)?;
    (note.finished_at.is_some() && contact > 0 && note.recording_ms > 0)
        .then_some((note.recording_ms, contact))
}

/// Rounded to the nearest minute.
const fn minutes(ms: i64) -> i64 {
    ms.saturating_add(MINUTE_MS / 2) / MINUTE_MS
}

impl Tabled for RecordingRow {
    const COLUMNS: &'static [&'static str] = &[
        "team",
        "kind",
        "notes",
        "recording_minutes_lower",
        "recording_minutes_median",
        "recording_minutes_upper",
        "contact_minutes_lower",
        "contact_minutes_median",
        "contact_minutes_upper",
        "recording_percent_of_contact_lower",
        "recording_percent_of_contact_median",
        "recording_percent_of_contact_upper",
    ];

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![
            cell(self.team.as_ref()),
            cell(self.kind.as_ref()),
            cell(self.recording.map(|spread| spread.count).as_ref()),
        ];
        for spread in [self.recording, self.contact, self.share] {
            cells.extend(quarters(spread));
        }
        cells
    }
}

/// The three quarters of a spread as cells.
pub(super) fn quarters(spread: Option<Spread>) -> [String; 3] {
    spread.map_or_else(<[String; 3]>::default, |s| {
        [s.lower, s.median, s.upper].map(|n| n.to_string())
    })
}
