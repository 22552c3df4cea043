//! The first page of the morning: what needs a person, and whether anything is stuck. Every figure is of this moment;
//! days are UTC.

use std::collections::BTreeMap;

use notes::note::plain::rfc3339;
use serde::Serialize;
use utoipa::ToSchema;

use super::concerns::{self, ConcernRow};
use super::spread::spread;
use super::{PersonBrief, Scope};
use crate::core::Core;
use crate::issues::Limits;
use crate::ops::OpError;
use crate::store::{CountedNote, DeviceGist, IssueGist, Span, StoreError, Tx};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days that are drawn.
const DAYS: i64 = 28;
/// Issues and phones that are named.
const NAMED: usize = 20;
/// Issues, and events of a case system, that are counted at most.
const MOST_COUNTED: u32 = 2_000;

/// Kinds of issue, the gravest first: what may be lost or wrong before what merely waits.
const GRAVEST: [&str; 11] = [
    "server_restored",
    "held",
    "unmatched_person",
    "conflict",
    "export_refused",
    "possible_duplicate",
    "forked_device",
    "missing_attachment",
    "stale_device",
    "export_silent",
    "wrong_clock",
];

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Today {
    /// When it was counted, to the minute: what has not changed since is not sent twice.
    pub at: String,
    /// How many open issues there are of each kind, the gravest first.
    pub issues: Vec<IssueCount>,
    /// The open issues to begin with, the gravest and oldest first.
    pub first_issues: Vec<IssueRow>,
    /// The newest concerns.
    pub concerns: Vec<ConcernRow>,
    /// The phones.
    pub phones: Phones,
    /// The phones on which most waits.
    pub waiting: Vec<WaitingPhone>,
    /// The last backup; none where there never was one. Teams see it too: it concerns their notes.
    #[schema(required)]
    pub backup_at: Option<String>,
    /// Each case system.
    pub feeds: Vec<Feed>,
    /// Notes by the day of contact, the oldest first.
    pub days: Vec<Day>,
}

/// Open issues of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueCount {
    /// The kind.
    pub kind: String,
    /// How many; counting ends at 2,000 of all kinds.
    pub open: u32,
    /// When the oldest was opened.
    pub oldest_at: String,
}

/// An open issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TodayIssue)]
pub struct IssueRow {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// When it was opened.
    pub opened_at: String,
    /// The note.
    #[schema(required)]
    pub note_id: Option<String>,
    /// Whom it is about.
    #[schema(required)]
    pub person: Option<PersonBrief>,
}

/// How many phones are how; each is counted once, revoked ones not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Phones {
    /// Seen lately, and nothing waits on them.
    pub up_to_date: u32,
    /// Seen lately, and something waits on them.
    pub waiting: u32,
    /// Not seen for as long as the setting `stale_device_h` says.
    pub silent: u32,
}

/// A phone on which something waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingPhone {
    /// The device.
    pub device_id: String,
    /// Whose it is.
    pub worker_id: String,
    /// Their name.
    pub worker_name: String,
    /// Notes that waited when it was last seen.
    pub waiting: u32,
    /// When that was.
    #[schema(required)]
    pub last_seen_at: Option<String>,
}

/// What a case system has to answer, of the notes in view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FeedState)]
pub struct Feed {
    /// The case system's id.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// Events without an answer that ends them; counting ends at 2,000 of all teams'.
    pub outstanding: u32,
    /// Since when the oldest of them waits.
    #[schema(required)]
    pub oldest_at: Option<String>,
}

/// The notes whose contact was on one day, each counted once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = DayCount)]
pub struct Day {
    /// The day, `yyyy-mm-dd`.
    pub day: String,
    /// Begun and not finished.
    pub drafts: u32,
    /// Finished, and no case system has it yet.
    pub on_server: u32,
    /// A case system has it.
    pub in_case_system: u32,
    /// A case system refused the newest version.
    pub refused: u32,
    /// Hours from contact to case system, the middle note of those that are there; none of fewer than five.
    #[schema(required)]
    pub median_hours: Option<i64>,
}

/// Counts all of it.
///
/// # Errors
/// The store's.
pub fn today(core: &Core, scope: Scope) -> Result<Today, OpError> {
    let now = core.host.now_ms();
    Ok(core.store.read(|tx| count(core, tx, scope, now))?)
}

fn count(core: &Core, tx: &Tx<'_>, scope: Scope, now: i64) -> Result<Today, StoreError> {
    let mut issues = tx.issue_gists(scope.team(), MOST_COUNTED)?;
    issues
        .sort_by(|a, b| (gravity(&a.kind), a.opened_at, &a.id).cmp(&(gravity(&b.kind), b.opened_at, &b.id)));
    let first = issues.iter().take(NAMED).map(|issue| issue_row(tx, issue));
    let devices = tx.device_gists(scope.team())?;
    let silent_ms = Limits::settled(core, tx)?.stale_device_ms;
    let mut concerns = concerns::list(tx, scope, None)?.rows;
    concerns.truncate(NAMED);
    Ok(Today {
        at: rfc3339(now - now.rem_euclid(MINUTE_MS)),
        first_issues: first.collect::<Result<_, StoreError>>()?,
        issues: by_kind(&issues),
        concerns,
        phones: phones(&devices, now.saturating_sub(silent_ms)),
        waiting: devices
            .iter()
            .filter(|device| device.waiting > 0)
            .take(NAMED)
            .map(waiting)
            .collect(),
        backup_at: tx
            .audit_last("backup.made")?
            .map(|record| rfc3339(record.entry.at)),
        feeds: feeds(tx, scope)?,
        days: days(tx, scope, now)?,
    })
}

fn gravity(kind: &str) -> usize {
    GRAVEST
        .iter()
        .position(|known| *known == kind)
        .unwrap_or(GRAVEST.len())
}

fn by_kind(issues: &[IssueGist]) -> Vec<IssueCount> {
    let mut counts: Vec<IssueCount> = Vec::new();
    // They stand in order of gravity and age, so the first of a kind is its oldest.
    for issue in issues {
        match counts.iter_mut().find(|count| count.kind == issue.kind) {
            Some(count) => count.open += 1,
            None => counts.push(IssueCount {
                kind: issue.kind.clone(),
                open: 1,
                oldest_at: rfc3339(issue.opened_at),
            }),
        }
    }
    counts
}

fn issue_row(tx: &Tx<'_>, issue: &IssueGist) -> Result<IssueRow, StoreError> {
    Ok(IssueRow {
        id: issue.id.clone(),
        kind: issue.kind.clone(),
        opened_at: rfc3339(issue.opened_at),
        note_id: issue.document.map(|id| id.to_string()),
        person: PersonBrief::of(tx, issue.person)?,
    })
}

fn phones(devices: &[DeviceGist], since: i64) -> Phones {
    let mut phones = Phones::default();
    for device in devices {
        let seen = device.last_seen_at.unwrap_or(device.enrolled_at);
        let place = if seen < since {
            &mut phones.silent
        } else if device.waiting > 0 {
            &mut phones.waiting
        } else {
            &mut phones.up_to_date
        };
        *place += 1;
    }
    phones
}

fn waiting(device: &DeviceGist) -> WaitingPhone {
    WaitingPhone {
        device_id: device.id.to_string(),
        worker_id: device.worker.clone(),
        worker_name: device.worker_name.clone(),
        waiting: device.waiting,
        last_seen_at: device.last_seen_at.map(rfc3339),
    }
}

fn feeds(tx: &Tx<'_>, scope: Scope) -> Result<Vec<Feed>, StoreError> {
    let mut feeds = Vec::new();
    for client in tx.clients()? {
        let reads = client.scope.split(' ').any(|scope| scope == "export.read");
        if client.revoked_at.is_some() || !reads {
            continue;
        }
        let mut feed = Feed {
            client_id: client.id.clone(),
            name: client.name,
            outstanding: 0,
            oldest_at: None,
        };
        for event in tx.outstanding_gists(&client.id, MOST_COUNTED)? {
            if scope == Scope::All || scope.has_document(tx, event.document)? {
                feed.outstanding += 1;
                feed.oldest_at.get_or_insert_with(|| rfc3339(event.created_at));
            }
        }
        feeds.push(feed);
    }
    Ok(feeds)
}

fn days(tx: &Tx<'_>, scope: Scope, now: i64) -> Result<Vec<Day>, StoreError> {
    let today = now.div_euclid(DAY_MS);
    let first = today - DAYS + 1;
    let mut days: BTreeMap<i64, (Day, Vec<i64>)> = (first..=today).map(|day| (day, <_>::default())).collect();
    let span = Span {
        team: scope.team(),
        from: first * DAY_MS,
        until: (today + 1) * DAY_MS,
    };
    tx.notes_counted(span, |note| {
        if let Some((day, hours)) = days.get_mut(&note.started_at.div_euclid(DAY_MS)) {
            enter(day, hours, &note);
        }
    })?;
    let shown = days.into_iter().map(|(n, (mut day, mut hours))| {
        day.day = rfc3339(n * DAY_MS).chars().take(10).collect();
        day.median_hours = spread(&mut hours).map(|spread| spread.median);
        day
    });
    Ok(shown.collect())
}

fn enter(day: &mut Day, hours: &mut Vec<i64>, note: &CountedNote) {
    let state = if note.finished_at.is_none() {
        &mut day.drafts
    } else if note.refused {
        &mut day.refused
    } else if note.taken_at.is_some() {
        &mut day.in_case_system
    } else {
        &mut day.on_server
    };
    *state += 1;
    hours.extend(note.taken_at.map(|at| (at - note.started_at).max(0) / HOUR_MS));
}
