//! Reviews: how many were done, and whose is due or overdue, by the clocks of the settings. What a note says of the
//! next review counts before any clock.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Time, Timestamp};
use notes::ids::PersonId;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::page::{self, Page, ROWS};
use super::super::{PersonBrief, Scope};
use super::{Period, Report, Tabled, Teams, cell};
use crate::core::Core;
use crate::ops::OpError;
use crate::settings::{
    REVIEW_ANNUAL_MONTHS, REVIEW_DIRECT_PAYMENT_MONTHS, REVIEW_INITIAL_FROM_WEEKS, REVIEW_INITIAL_WEEKS,
};
use crate::store::{ReviewNote, Span, StoreError, Tx};

const INITIAL: &str = "initial";
const ANNUAL: &str = "annual";
const DIRECT_PAYMENT: &str = "direct_payment";
/// Two or more workers were there, whichever review it was.
const JOINT: &str = "joint";
/// A review that is due within so many weeks is due soon; the first one as soon as it may be held.
const SOON_WEEKS: i64 = 4;

/// A team's reviews of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ReviewRow {
    /// The team; none where the people have none.
    #[schema(required)]
    pub team: Option<String>,
    /// `initial`, `annual`, `direct_payment`; `joint` counts those of any kind with two or more workers.
    pub kind: String,
    /// Done in the period.
    pub done: u64,
    /// Today: due within four weeks; a first review: from the week on in which it may be held.
    pub due_soon: u64,
    /// Today: not done although due.
    pub overdue: u64,
}

/// Somebody whose review is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DueRow {
    /// Who.
    pub person: PersonBrief,
    /// Which review.
    pub kind: String,
    /// The day, `yyyy-mm-dd`.
    pub due: String,
    /// Whether that is past.
    pub overdue: bool,
}

/// The reviews of a time, and how they stand today.
///
/// # Errors
/// The store's.
pub fn reviews(core: &Core, scope: Scope, period: Period) -> Result<Report<ReviewRow>, OpError> {
    let (from, until) = period.bounds();
    let span = Span {
        team: scope.team(),
        from,
        until,
    };
    let rows = core.store.read(|tx| {
        let mut counts = BTreeMap::<(Option<i64>, &str), ReviewRow>::new();
        tx.notes_counted(span, |note| {
            let Some(kind) = note.was.as_deref().and_then(known) else {
                return;
            };
            if note.finished_at.is_none() {
                return;
            }
            counts.entry((note.team, kind)).or_default().done += 1;
            if note.workers >= 2 {
                counts.entry((note.team, JOINT)).or_default().done += 1;
            }
        })?;
        let clocks = Clocks::read(tx, core.host.now_ms())?;
        open(tx, scope, &clocks, |_, team, kind, due| {
            let row = counts.entry((team, kind)).or_default();
            if due < clocks.today {
                row.overdue += 1;
            } else if clocks.is_soon(kind, due) {
                row.due_soon += 1;
            }
        })?;
        let mut teams = Teams::default();
        let rows = counts.into_iter().map(|((team, kind), counts)| {
            Ok(ReviewRow {
                team: teams.name(tx, team)?,
                kind: kind.to_owned(),
                ..counts
            })
        });
        rows.collect::<Result<_, StoreError>>()
    });
    Ok(Report::whole(period, rows?))
}

/// Where a page of what is due ends: the day, the person, the kind.
type Place = (String, [u8; 16], String);

/// Whose reviews are overdue or due within four weeks, the longest overdue first.
///
/// # Errors
/// `cursor_unknown`, or the store's.
pub fn due(core: &Core, scope: Scope, after: Option<&str>) -> Result<Page<DueRow>, OpError> {
    let after: Option<Place> = page::read(after)?;
    let page = core.store.read(|tx| {
        let clocks = Clocks::read(tx, core.host.now_ms())?;
        // Of all that is due no more is kept than stands on this page, and one more to know that there is.
        let mut first = BTreeSet::<Place>::new();
        open(tx, scope, &clocks, |person, _, kind, due| {
            let place = (due.to_string(), person.0, kind.to_owned());
            if clocks.is_soon(kind, due) && after.as_ref().is_none_or(|after| place > *after) {
                first.insert(place);
                if first.len() > ROWS + 1 {
                    first.pop_last();
                }
            }
        })?;
        let more = first.len() > ROWS;
        let places: Vec<Place> = first.into_iter().take(ROWS).collect();
        let next = places.last().filter(|_| more).map(page::write);
        let mut rows = Vec::with_capacity(places.len());
        for (due, person, kind) in places {
            rows.extend(PersonBrief::of(tx, Some(PersonId(person)))?.map(|person| DueRow {
                person,
                kind,
                overdue: due < clocks.today.to_string(),
                due,
            }));
        }
        Ok::<_, StoreError>(Page { rows, next })
    });
    Ok(page?)
}

fn day_of(at: i64) -> Date {
    Timestamp::from_millisecond(at).map_or(Date::MIN, |at| at.to_zoned(TimeZone::UTC).date())
}

fn known(kind: &str) -> Option<&'static str> {
    [INITIAL, ANNUAL, DIRECT_PAYMENT]
        .into_iter()
        .find(|known| *known == kind)
}

/// How long after a visit a review is due where the note does not say a day.
struct Clocks {
    today: Date,
    initial: Time,
    initial_soon: Time,
    annual: Time,
    direct_payment: Time,
}

impl Clocks {
    fn read(tx: &Tx<'_>, now_ms: i64) -> Result<Self, StoreError> {
        let weeks = REVIEW_INITIAL_WEEKS.whole(tx)?;
        let early = weeks.saturating_sub(REVIEW_INITIAL_FROM_WEEKS.whole(tx)?).max(0);
        Ok(Self {
            today: day_of(now_ms),
            initial: Time::new().weeks(weeks),
            initial_soon: Time::new().weeks(early),
            annual: Time::new().months(REVIEW_ANNUAL_MONTHS.whole(tx)?),
            direct_payment: Time::new().months(REVIEW_DIRECT_PAYMENT_MONTHS.whole(tx)?),
        })
    }

    /// Whether somebody should see to it by now.
    fn is_soon(&self, kind: &str, due: Date) -> bool {
        let before = match kind {
            INITIAL => self.initial_soon,
            _ => Time::new().weeks(SOON_WEEKS),
        };
        due <= self.today.saturating_add(before)
    }
}

/// One person's reviews as their notes tell them, in order.
#[derive(Default)]
struct Standing {
    person: Option<(PersonId, Option<i64>)>,
    due: BTreeMap<&'static str, Date>,
    had_direct_payment: bool,
}

impl Standing {
    fn take(&mut self, note: &ReviewNote, clocks: &Clocks) {
        let was = note.was.as_deref().and_then(known);
        let next = note.next.as_deref().and_then(known);
        if let Some(was) = was {
            self.due.remove(was);
            if was == ANNUAL {
                self.due.remove(INITIAL);
            }
            self.had_direct_payment |= was == DIRECT_PAYMENT;
        }
        // Who says nothing of the next one has it in the usual time.
        let next = next.or(match was {
            Some(DIRECT_PAYMENT) => Some(DIRECT_PAYMENT),
            Some(_) => Some(ANNUAL),
            None => None,
        });
        let Some(next) = next else { return };
        let clock = match next {
            INITIAL => clocks.initial,
            DIRECT_PAYMENT if !self.had_direct_payment => clocks.direct_payment,
            _ => clocks.annual,
        };
        let said = note.due.as_deref().filter(|_| note.next.is_some());
        let said = said.and_then(|day| day.parse::<Date>().ok());
        let due = said.unwrap_or_else(|| day_of(note.started_at).saturating_add(clock));
        self.due.insert(next, due);
    }
}

/// Hands over each review that was not done yet, with its day.
fn open(
    tx: &Tx<'_>,
    scope: Scope,
    clocks: &Clocks,
    mut each: impl FnMut(PersonId, Option<i64>, &'static str, Date),
) -> Result<(), StoreError> {
    let mut standing = Standing::default();
    let mut end = |standing: &mut Standing| {
        let ended = std::mem::take(standing);
        if let Some((person, team)) = ended.person {
            for (kind, due) in ended.due {
                each(person, team, kind, due);
            }
        }
    };
    tx.reviews(scope.team(), |note| {
        if standing.person.is_none_or(|(person, _)| person != note.person) {
            end(&mut standing);
            standing.person = Some((note.person, note.team));
        }
        standing.take(&note, clocks);
    })?;
    end(&mut standing);
    Ok(())
}

impl Tabled for ReviewRow {
    const COLUMNS: &'static [&'static str] = &["team", "kind", "done", "due_soon", "overdue"];

    fn cells(&self) -> Vec<String> {
        vec![
            cell(self.team.as_ref()),
            self.kind.clone(),
            self.done.to_string(),
            self.due_soon.to_string(),
            self.overdue.to_string(),
        ]
    }
}
