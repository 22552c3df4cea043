//! The list of issues: filtered, in pages, with how many there are of each kind.

use std::collections::BTreeMap;

use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use utoipa::ToSchema;

use super::Scope;
use super::issue::{PersonBrief, Settled, WorkerBrief};
use crate::core::Core;
use crate::issues::{Step, trail};
use crate::store::{Issue, IssueRow, StoreError, Tx};

/// Rows of a page.
const PAGE: usize = 50;
/// Rows looked at for one page.
const MOST_LOOKED_AT: u32 = 2_000;

/// Which issues.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<String>,
    /// Of this team; within the scope only.
    pub team: Option<i64>,
    /// About this worker.
    pub worker: Option<String>,
    /// Opened before this time, UTC milliseconds.
    pub opened_before: Option<i64>,
    /// Settled ones, those settled last first; else open ones, the oldest first.
    pub settled: bool,
}

/// A page of issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Issues)]
pub struct Page {
    /// The issues.
    pub issues: Vec<Brief>,
    /// Where to go on; none at the end. A page may be short and still not be the last.
    #[schema(required)]
    pub next: Option<String>,
    /// How many are open of each kind, in this team and about this worker, whatever else was asked.
    pub counts: BTreeMap<String, u64>,
    /// There are more than were counted.
    pub counts_more: bool,
    /// The teams that one may choose from; none where one sees one's own only.
    pub teams: Vec<Team>,
}

/// A team to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueTeam)]
pub struct Team {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// An issue in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueBrief)]
pub struct Brief {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What happened.
    pub words: String,
    /// When it was opened, RFC 3339.
    pub opened_at: String,
    /// The team that it is of.
    #[schema(required)]
    pub team: Option<i64>,
    /// The person.
    #[schema(required)]
    pub person: Option<PersonBrief>,
    /// The worker.
    #[schema(required)]
    pub worker: Option<WorkerBrief>,
    /// The note.
    #[schema(required)]
    pub note_id: Option<String>,
    /// What was done about it last, where it is open.
    #[schema(required)]
    pub last: Option<Step>,
    /// How it ended.
    #[schema(required)]
    pub settled: Option<Settled>,
}

/// How many issues are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenIssues {
    /// How many.
    pub open: u64,
    /// There are more than were counted.
    pub more: bool,
}

/// How many issues are open: what every page of the console asks again and again.
///
/// # Errors
/// The database's.
pub fn open_issues(core: &Core, scope: Scope) -> Result<OpenIssues, StoreError> {
    core.store.read(|tx| {
        let (counts, more) = counts(tx, scope, &Filter::default())?;
        let open = counts.values().sum();
        Ok(OpenIssues { open, more })
    })
}

/// A page of issues behind a cursor.
///
/// # Errors
/// [`Code::CursorUnknown`], or the database's.
pub fn issues(core: &Core, scope: Scope, filter: &Filter, cursor: Option<&str>) -> Result<Page, Code> {
    let place = place(filter, cursor)?;
    let page = core.store.read(|tx| page(tx, scope, filter, &place));
    page.map_err(|error: StoreError| crate::issues::Refused::from(error).code())
}

fn place(filter: &Filter, cursor: Option<&str>) -> Result<(i64, String), Code> {
    match cursor {
        None if filter.settled => Ok((i64::MAX, String::new())),
        None => Ok((i64::MIN, String::new())),
        Some(text) => {
            let (at, id) = text.split_once('.').ok_or(Code::CursorUnknown)?;
            let at = at.parse().map_err(|_| Code::CursorUnknown)?;
            Ok((at, id.to_owned()))
        }
    }
}

fn page(tx: &Tx<'_>, scope: Scope, filter: &Filter, place: &(i64, String)) -> Result<Page, StoreError> {
    let after = (place.0, place.1.as_str());
    let rows = if filter.settled {
        tx.issue_rows_ended(after, MOST_LOOKED_AT)?
    } else {
        tx.issue_rows_open(after, MOST_LOOKED_AT)?
    };
    let full = rows.len() >= MOST_LOOKED_AT as usize;
    let end = rows.last().map(cursor_of);
    let mut fitting = rows.iter().filter(|row| filter.takes(scope, row));
    let mut found = Vec::new();
    for row in fitting.by_ref().take(PAGE) {
        found.extend(tx.issue(&row.id)?.map(|issue| (issue, row)));
    }
    let next = match (fitting.next(), found.last()) {
        (Some(_), Some((_, last))) => Some(cursor_of(last)),
        _ if full => end,
        _ => None,
    };
    let issues = found.iter().map(|(issue, row)| brief(tx, issue, row));
    let issues = issues.collect::<Result<_, _>>()?;
    let (counts, counts_more) = counts(tx, scope, filter)?;
    Ok(Page {
        issues,
        next,
        counts,
        counts_more,
        teams: teams(tx, scope)?,
    })
}

fn teams(tx: &Tx<'_>, scope: Scope) -> Result<Vec<Team>, StoreError> {
    if scope.team().is_some() {
        return Ok(Vec::new());
    }
    let all = tx.teams()?.into_iter();
    Ok(all
        .map(|team| Team {
            id: team.id,
            name: team.name,
        })
        .collect())
}

fn cursor_of(row: &IssueRow) -> String {
    format!("{}.{}", row.at, row.id)
}

impl Filter {
    fn is_theirs(&self, scope: Scope, row: &IssueRow) -> bool {
        let in_team = |team: Option<i64>| team.is_none_or(|team| row.team == Some(team));
        let about = self
            .worker
            .as_ref()
            .is_none_or(|worker| row.worker.as_ref() == Some(worker));
        in_team(scope.team()) && in_team(self.team) && about
    }

    fn takes(&self, scope: Scope, row: &IssueRow) -> bool {
        self.is_theirs(scope, row)
            && self.kind.as_ref().is_none_or(|kind| *kind == row.kind)
            && self.opened_before.is_none_or(|before| row.opened_at < before)
    }
}

fn counts(tx: &Tx<'_>, scope: Scope, filter: &Filter) -> Result<(BTreeMap<String, u64>, bool), StoreError> {
    let rows = tx.issue_rows_open((i64::MIN, ""), MOST_LOOKED_AT)?;
    let mut counts = BTreeMap::new();
    for row in rows.iter().filter(|row| filter.is_theirs(scope, row)) {
        *counts.entry(row.kind.clone()).or_default() += 1;
    }
    Ok((counts, rows.len() >= MOST_LOOKED_AT as usize))
}

fn brief(tx: &Tx<'_>, issue: &Issue, row: &IssueRow) -> Result<Brief, StoreError> {
    let opened = &issue.opened;
    let settled = Settled::of(tx, issue)?;
    Ok(Brief {
        id: opened.id.clone(),
        kind: opened.kind.clone(),
        words: super::issue::words(issue),
        opened_at: rfc3339(opened.opened_at),
        team: row.team,
        person: PersonBrief::of(tx, issue)?,
        worker: WorkerBrief::of(tx, opened.worker.as_deref())?,
        note_id: opened.document.map(|id| id.to_string()),
        last: trail(issue).pop().filter(|_| settled.is_none()),
        settled,
    })
}
