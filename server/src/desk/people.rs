//! People at the desk: found by name or number, each with who they are, what is open about them, and the thread of their
//! notes.

use notes::ids::{DocumentId, PersonId};
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Scope, looked, seen};
use crate::core::Core;
use crate::ops::OpError;
use crate::store::{DocumentRecord, PersonRecord, StoreError, Tx};

/// People or notes in one page.
const PAGE: u32 = 50;

/// Longest question, in characters.
const MAX_QUESTION_CHARS: usize = 200;

/// People, page by page or as they were found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = People)]
pub struct Found {
    /// In the order of their names.
    pub people: Vec<PersonRow>,
    /// For the next page; none at the end, and where a question was asked.
    #[schema(required)]
    pub next: Option<String>,
    /// More were found than are shown: ask with more words.
    pub more: bool,
}

/// A person in a list: two identifiers, and with whom they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonRow {
    /// Id in the case system.
    pub case_id: String,
    /// As it is shown.
    pub name: String,
    /// `YYYY-MM-DD`.
    #[schema(required)]
    pub date_of_birth: Option<String>,
    /// On whose caseload they are.
    #[schema(required)]
    pub worker: Option<WorkerName>,
    /// Their team.
    #[schema(required)]
    pub team: Option<String>,
}

/// A worker by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkerName {
    /// Id in the case system.
    pub id: String,
    /// As it is shown; the id where nobody of that id is known yet.
    pub name: String,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    /// As in lists.
    #[serde(flatten)]
    pub row: PersonRow,
    /// What they like to be called.
    #[schema(required)]
    pub preferred_name: Option<String>,
    /// Ten digits.
    #[schema(required)]
    pub nhs_number: Option<String>,
    /// On one line.
    #[schema(required)]
    pub address: Option<String>,
    /// A telephone number.
    #[schema(required)]
    pub phone: Option<String>,
    /// How to speak with them.
    #[schema(required)]
    pub communication_needs: Option<String>,
    /// What a visitor must know.
    #[schema(required)]
    pub alerts: Option<String>,
    /// Case ids that were given up for this one.
    pub earlier_case_ids: Vec<String>,
    /// When the case system named them no longer, RFC 3339.
    #[schema(required)]
    pub left_at: Option<String>,
    /// Nothing about them is removed while this holds.
    pub on_hold: bool,
    /// What waits for a decision about them.
    pub issues: Vec<OpenIssue>,
}

/// What waits for a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenIssue {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// RFC 3339.
    pub opened_at: String,
}

/// Which page of people, by the cursor of the page before; or who answers to a question.
///
/// # Errors
/// `parameter_invalid` for a question that is too long, `cursor_unknown`, the database's.
pub fn find(core: &Core, scope: Scope, question: &str, after: Option<&str>) -> Result<Found, OpError> {
    if question.chars().count() > MAX_QUESTION_CHARS {
        let detail = format!("ask with at most {MAX_QUESTION_CHARS} characters");
        return Err(OpError::Because(Code::ParameterInvalid, detail));
    }
    core.store.read(|tx| {
        let team = scope.team();
        if question.trim().is_empty() {
            let place = after.map(place).transpose()?.unwrap_or_default();
            let people = tx.people_page(team, (&place.0, PersonId(place.1)), PAGE)?;
            let next = people.last().filter(|_| people.len() == PAGE as usize);
            let next = next.map(|last| format!("{}{}", last.id, last.name));
            let people = people.iter().map(|one| row(tx, one)).collect::<Result<_, _>>()?;
            return Ok(Found {
                people,
                next,
                more: false,
            });
        }
        let mut found = tx.people_found(team, question, PAGE + 1)?;
        let more = found.len() > PAGE as usize;
        found.truncate(PAGE as usize);
        found.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let people = found.iter().map(|one| row(tx, one)).collect::<Result<_, _>>()?;
        Ok(Found {
            people,
            next: None,
            more,
        })
    })
}

/// The cursor is the id, which has always the same length, and the name.
fn place(cursor: &str) -> Result<(String, [u8; 16]), Code> {
    const ID: usize = 36;
    let (id, name) = cursor.split_at_checked(ID).ok_or(Code::CursorUnknown)?;
    let id: PersonId = id.parse().map_err(|_| Code::CursorUnknown)?;
    Ok((name.to_owned(), id.0))
}

/// A person within a scope, by case id. `by` is in the audit, unless that was so a moment ago.
///
/// # Errors
/// `not_found`.
pub fn person(core: &Core, scope: Scope, by: Option<&str>, case_id: &str) -> Result<Person, OpError> {
    looked(core, by.is_some(), |tx| {
        let known = within(tx, scope, case_id)?;
        if let Some(by) = by {
            seen(
                tx,
                &core.host,
                by,
                "person.seen",
                Some(known.id),
                None,
                &json!({}),
            )?;
        }
        let open = tx.issues_about(known.id)?.into_iter().map(|issue| OpenIssue {
            id: issue.opened.id,
            kind: issue.opened.kind,
            opened_at: rfc3339(issue.opened.opened_at),
        });
        Ok(Person {
            row: row(tx, &known)?,
            issues: open.collect(),
            earlier_case_ids: tx.aliases_of(known.id)?,
            left_at: tx.person_left(known.id)?.map(rfc3339),
            on_hold: tx.is_held(known.id)?,
            address: known.address(),
            preferred_name: known.preferred_name,
            nhs_number: known.nhs_number,
            phone: known.phone,
            communication_needs: known.communication_needs,
            alerts: known.alerts,
        })
    })
}

/// The person of a case id, where they are in the scope; an earlier case id leads to who they are now.
pub(super) fn within(tx: &Tx<'_>, scope: Scope, case_id: &str) -> Result<PersonRecord, OpError> {
    let known = match tx.person_by_case(case_id)? {
        Some(known) => tx.person_surviving(known.id)?,
        None => match tx.alias(case_id)? {
            Some(id) => tx.person_surviving(id)?,
            None => None,
        },
    };
    let seen = known.filter(|known| scope.has(known.team));
    Ok(seen.ok_or(Code::NotFound)?)
}

pub(super) fn row(tx: &Tx<'_>, known: &PersonRecord) -> Result<PersonRow, StoreError> {
    let team = known.team.map(|team| tx.team(team)).transpose()?.flatten();
    Ok(PersonRow {
        case_id: known.case_id.clone(),
        name: known.name.clone(),
        date_of_birth: known.date_of_birth.clone(),
        worker: known
            .allocated_worker
            .as_deref()
            .map(|id| worker_name(tx, id))
            .transpose()?,
        team: team.map(|team| team.name),
    })
}

/// A worker by name.
///
/// # Errors
/// The database's.
pub fn worker_name(tx: &Tx<'_>, id: &str) -> Result<WorkerName, StoreError> {
    let known = tx.worker(id)?;
    Ok(WorkerName {
        id: id.to_owned(),
        name: known.map_or_else(|| id.to_owned(), |worker| worker.name),
    })
}

/// A page of a person's notes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Thread {
    /// The latest contact first.
    pub notes: Vec<NoteRow>,
    /// For the next page, where there is one.
    #[schema(required)]
    pub next: Option<String>,
}

/// A note in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteRow {
    /// Its id.
    pub id: String,
    /// Its kind, as a code.
    #[schema(required)]
    pub kind: Option<String>,
    /// When the contact began, RFC 3339.
    #[schema(required)]
    pub started_at: Option<String>,
    /// When it was finished, RFC 3339; none while it is open.
    #[schema(required)]
    pub finished_at: Option<String>,
    /// `open`, `waiting`, `imported`, `duplicate`, `refused`, `deferred`, `withdrawn`.
    pub state: String,
    /// The newest version that case systems were given; 0 where there is none.
    pub version: u64,
    /// The case system's own id.
    #[schema(required)]
    pub case_system_ref: Option<String>,
}

/// A page of a person's notes, the latest contact first.
///
/// # Errors
/// `not_found`, `cursor_unknown`.
pub fn thread(core: &Core, scope: Scope, case_id: &str, after: Option<&str>) -> Result<Thread, OpError> {
    let after = match after {
        None => None,
        Some(text) => Some(thread_place(text)?),
    };
    core.store.read(|tx| {
        let known = within(tx, scope, case_id)?;
        let found = tx.notes_page(known.id, after, PAGE)?;
        let next = found.last().filter(|_| found.len() == PAGE as usize);
        let next = next.map(|(id, started_at)| format!("{}.{id}", started_at.unwrap_or(i64::MIN)));
        let mut notes = Vec::new();
        for (id, _) in found {
            if let Some(record) = tx.document(id)? {
                notes.push(note_row(tx, &record)?);
            }
        }
        Ok(Thread { notes, next })
    })
}

fn thread_place(cursor: &str) -> Result<(i64, DocumentId), Code> {
    let (at, id) = cursor.split_once('.').ok_or(Code::CursorUnknown)?;
    let at = at.parse().map_err(|_| Code::CursorUnknown)?;
    Ok((at, id.parse().map_err(|_| Code::CursorUnknown)?))
}

pub(super) fn note_row(tx: &Tx<'_>, record: &DocumentRecord) -> Result<NoteRow, StoreError> {
    let newest = tx.outbox_newest(record.id)?;
    let mut state = if record.finished_at.is_some() {
        "waiting"
    } else {
        "open"
    };
    let mut case_system_ref = None;
    let version = newest.as_ref().map_or(0, |event| event.version);
    let mut outcome = String::new();
    if let Some(event) = newest {
        if event.kind == "note.withdrawn" {
            state = "withdrawn";
        } else if let Some(receipt) = tx.receipts(&event.event_id)?.into_iter().next() {
            outcome = receipt.state.outcome;
            case_system_ref = receipt.state.case_system_ref;
        }
    }
    Ok(NoteRow {
        id: record.id.to_string(),
        kind: record.kind.clone(),
        started_at: record.started_at.map(rfc3339),
        finished_at: record.finished_at.map(rfc3339),
        state: if outcome.is_empty() {
            state.to_owned()
        } else {
            outcome
        },
        version,
        case_system_ref,
    })
}
