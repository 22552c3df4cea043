//! Was it useful? The answers counted, and the words of those who gave any, without the worker's name or the
//! person's.

use std::collections::BTreeMap;

use notes::ids::DocumentId;
use notes::note::plain::{Value, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::Scope;
use super::super::page::{self, Page};
use super::{Period, Report, Tabled, Teams, cell};
use crate::core::Core;
use crate::ops::OpError;
use crate::store::{Span, StoreError, Tx};
use crate::sync;

/// A team's notes with one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedbackRow {
    /// The team; none where the people have none.
    #[schema(required)]
    pub team: Option<String>,
    /// `yes`, `partly`, `no` or `not_asked`; none where nothing was entered.
    #[schema(required)]
    pub answer: Option<String>,
    /// Finished notes.
    pub notes: u64,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WordsRow {
    /// The month of the visit, `yyyy-mm`.
    pub month: String,
    /// The team; none where the person has none.
    #[schema(required)]
    pub team: Option<String>,
    /// The answer with it.
    #[schema(required)]
    pub answer: Option<String>,
    /// Their words.
    pub words: String,
}

/// The answers of finished notes.
///
/// # Errors
/// The store's.
pub fn feedback(core: &Core, scope: Scope, period: Period) -> Result<Report<FeedbackRow>, OpError> {
    let (from, until) = period.bounds();
    let span = Span {
        team: scope.team(),
        from,
        until,
    };
    let rows = core.store.read(|tx| {
        let mut counts = BTreeMap::<_, u64>::new();
        tx.notes_counted(span, |note| {
            if note.finished_at.is_some() {
                *counts.entry((note.team, note.useful)).or_default() += 1;
            }
        })?;
        let mut teams = Teams::default();
        let rows = counts.into_iter().map(|((team, answer), notes)| {
            Ok(FeedbackRow {
                team: teams.name(tx, team)?,
                answer,
                notes,
            })
        });
        rows.collect::<Result<_, StoreError>>()
    });
    Ok(Report::whole(period, rows?))
}

/// Where a page of words ends: the contact's time and the note.
type Place = (i64, [u8; 16]);

/// The words, the newest first.
///
/// # Errors
/// `cursor_unknown`, or the store's.
pub fn words(
    core: &Core,
    scope: Scope,
    period: Period,
    after: Option<&str>,
) -> Result<Page<WordsRow>, OpError> {
    let (from, until) = period.bounds();
    let place: Option<Place> = page::read(after)?;
    let page = core.store.read(|tx| {
        let mut teams = Teams::default();
        page::walk(
            place,
            |place, limit| {
                // The place of a cursor may be somebody's invention: nothing outside the period is read by it.
                let (at, id) = place.copied().unwrap_or((until, [0; 16])).min((until, [0; 16]));
                let found = tx.words_before(from, (at, DocumentId(id)), limit)?;
                Ok(found
                    .into_iter()
                    .map(|said| ((said.started_at, said.document.0), said))
                    .collect())
            },
            |said| {
                if !scope.has(said.team) {
                    return Ok(None);
                }
                let Some(words) = words_of(tx, said.document)? else {
                    return Ok(None);
                };
                Ok::<_, StoreError>(Some(WordsRow {
                    month: rfc3339(said.started_at).chars().take(7).collect(),
                    team: teams.name(tx, said.team)?,
                    answer: said.useful,
                    words,
                }))
            },
        )
    });
    Ok(page?)
}

/// The words of the person's feedback in a note.
pub(in super::super) fn words_of(tx: &Tx<'_>, document: DocumentId) -> Result<Option<String>, StoreError> {
    let Some((_, plain)) = sync::read(tx, document)? else {
        return Ok(None);
    };
    let words = plain
        .records
        .get("feedback")
        .and_then(|record| record.get("words"));
    let words = words.and_then(Value::text).map(str::trim);
    Ok(words.filter(|words| !words.is_empty()).map(str::to_owned))
}

impl Tabled for FeedbackRow {
    const COLUMNS: &'static [&'static str] = &["team", "answer", "notes"];

    fn cells(&self) -> Vec<String> {
        vec![
            cell(self.team.as_ref()),
            cell(self.answer.as_ref()),
            self.notes.to_string(),
        ]
    }
}

impl Tabled for WordsRow {
    const COLUMNS: &'static [&'static str] = &["month", "team", "answer", "words"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.month.clone(),
            cell(self.team.as_ref()),
            cell(self.answer.as_ref()),
            self.words.clone(),
        ]
    }
}
