//! One issue with all that a person needs in order to decide: what happened, to whom, on which device and when, the
//! versions side by side, and what may be done.

use notes::ids::DocumentId;
use notes::note::Template;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{Scope, looked, seen};
use crate::core::Core;
use crate::host::Host;
use crate::issues::{self, Difference, Offer, Step, Valued};
use crate::store::{Issue, IssueState, StoreError, Tx};
use crate::sync::said;

/// An issue as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Issue)]
pub struct IssueView {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What happened.
    pub words: String,
    /// When it was opened, RFC 3339.
    pub opened_at: String,
    /// How it ended; none while it is open.
    #[schema(required)]
    pub settled: Option<Settled>,
    /// The person.
    #[schema(required)]
    pub person: Option<PersonBrief>,
    /// The worker: who began the note, or whose device it is.
    #[schema(required)]
    pub worker: Option<WorkerBrief>,
    /// The device.
    #[schema(required)]
    pub device: Option<DeviceBrief>,
    /// The note and its times.
    #[schema(required)]
    pub note: Option<NoteBrief>,
    /// The values on which phones disagree, the shown one first.
    pub values: Vec<Valued>,
    /// What was held.
    #[schema(required)]
    pub held: Option<Held>,
    /// The notes that may be about one visit, side by side.
    pub notes: Vec<Beside>,
    /// All else that was written down when it was opened.
    #[schema(value_type = Object)]
    pub detail: Map<String, Value>,
    /// What was done about it, the first first.
    pub trail: Vec<Step>,
    /// What may be done.
    pub actions: Vec<Offer>,
}

/// How an issue ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueSettled)]
pub struct Settled {
    /// When, RFC 3339.
    pub at: String,
    /// Who decided, by name.
    pub by_name: String,
    /// What they decided.
    pub action: String,
    /// Why.
    pub reason: String,
    /// It can be undone.
    pub can_undo: bool,
}

/// A person, as far as it takes to tell them from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssuePerson)]
pub struct PersonBrief {
    /// Their id.
    pub id: String,
    /// Their case id.
    pub case_id: String,
    /// Their name.
    pub name: String,
    /// `yyyy-mm-dd`.
    #[schema(required)]
    pub date_of_birth: Option<String>,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueWorker)]
pub struct WorkerBrief {
    /// Their id in the case system.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their team.
    #[schema(required)]
    pub team: Option<i64>,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueDevice)]
pub struct DeviceBrief {
    /// Its id.
    pub id: String,
    /// App name and version.
    pub app: String,
    /// When it was last seen, RFC 3339.
    #[schema(required)]
    pub last_seen_at: Option<String>,
    /// When it was revoked.
    #[schema(required)]
    pub revoked_at: Option<String>,
    /// Notes that wait on it, by its own word.
    pub waiting: u64,
    /// Its clock less the server's, milliseconds.
    pub clock_offset_ms: i64,
}

/// A note and its times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueNote)]
pub struct NoteBrief {
    /// Its id.
    pub id: String,
    /// The kind of contact.
    #[schema(required)]
    pub kind: Option<String>,
    /// The contact began.
    #[schema(required)]
    pub started_at: Option<String>,
    /// It ended.
    #[schema(required)]
    pub ended_at: Option<String>,
    /// The note was finished.
    #[schema(required)]
    pub finished_at: Option<String>,
    /// The first part of it came.
    #[schema(required)]
    pub received_at: Option<String>,
    /// The last part of it came.
    #[schema(required)]
    pub last_received_at: Option<String>,
}

/// What was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueHeld)]
pub struct Held {
    /// Why, as a code.
    #[schema(required)]
    pub code: Option<String>,
    /// The reason that the phone gave when it sent it.
    #[schema(required)]
    pub reason_given: Option<String>,
    /// Each part.
    pub parts: Vec<Part>,
    /// The judge can read it.
    pub readable: bool,
    /// What the note would say otherwise with it.
    pub changes: Vec<Difference>,
}

/// A part of what was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueHeldPart)]
pub struct Part {
    /// Its number in the log.
    pub seq: u64,
    /// How long.
    pub bytes: usize,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// When it came.
    pub received_at: String,
}

/// One of several notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueBeside)]
pub struct Beside {
    /// Its id.
    pub id: String,
    /// Who began it.
    #[schema(required)]
    pub worker: Option<WorkerBrief>,
    /// Its times.
    #[schema(required)]
    pub note: Option<NoteBrief>,
    /// What it says, under the names of the fields.
    #[schema(value_type = Object)]
    pub says: Value,
}

/// An issue in scope, with all that is needed to decide. `by` is in the audit, unless that was so a moment ago.
///
/// # Errors
/// [`Code::NotFound`], or the database's.
pub fn issue(core: &Core, scope: Scope, by: Option<&str>, id: &str) -> Result<IssueView, Code> {
    let found = looked(core, by.is_some(), |tx| {
        let team = tx.issue_team(id)?;
        let outside = scope.team().is_some_and(|own| team != Some(Some(own)));
        let Some(issue) = tx.issue(id)?.filter(|_| !outside) else {
            return Ok(None);
        };
        if let Some(by) = by {
            let opened = &issue.opened;
            let about = json!({"issue": id, "kind": opened.kind});
            seen(
                tx,
                &core.host,
                by,
                "issue.seen",
                opened.person,
                opened.document,
                &about,
            )?;
        }
        view(tx, &core.host, scope, &issue).map(Some)
    });
    let found = found.map_err(|error: StoreError| issues::Refused::from(error).code())?;
    found.ok_or(Code::NotFound)
}

fn view(tx: &Tx<'_>, host: &Host, scope: Scope, issue: &Issue) -> Result<IssueView, StoreError> {
    let opened = &issue.opened;
    Ok(IssueView {
        id: opened.id.clone(),
        kind: opened.kind.clone(),
        words: words(issue),
        opened_at: rfc3339(opened.opened_at),
        settled: Settled::of(tx, issue)?,
        person: PersonBrief::of(tx, issue)?,
        worker: WorkerBrief::of(tx, opened.worker.as_deref())?,
        device: DeviceBrief::of(tx, issue)?,
        note: opened
            .document
            .map(|id| NoteBrief::of(tx, id))
            .transpose()?
            .flatten(),
        values: issues::values_of(tx, issue)?,
        held: Held::of(tx, host, scope, issue)?,
        notes: beside(tx, scope, issue)?,
        detail: issues::detail_of(issue),
        trail: trail(tx, issue)?,
        actions: issues::offers(tx, issue, scope.team())?,
    })
}

/// What was done so far; who was asked by name.
fn trail(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<Step>, StoreError> {
    let mut steps = issues::trail(issue);
    for to in steps.iter_mut().filter_map(|step| step.to.as_mut()) {
        if let Some(worker) = tx.worker(to)? {
            *to = worker.name;
        }
    }
    Ok(steps)
}

/// What happened, in words.
pub(super) fn words(issue: &Issue) -> String {
    let detail = issues::detail_of(issue);
    detail
        .get("words")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

impl Settled {
    pub(super) fn of(tx: &Tx<'_>, issue: &Issue) -> Result<Option<Self>, StoreError> {
        let IssueState::Settled {
            at,
            by,
            action,
            reason,
        } = &issue.state
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            at: rfc3339(*at),
            by_name: issues::name_of(tx, by)?,
            action: action.clone(),
            reason: reason.clone(),
            can_undo: issues::can_undo(action),
        }))
    }
}

impl PersonBrief {
    /// Whom an issue is about: the note's person of now before the one it was opened with.
    pub(super) fn of(tx: &Tx<'_>, issue: &Issue) -> Result<Option<Self>, StoreError> {
        let of_note = issue
            .opened
            .document
            .map(|id| tx.document_person(id))
            .transpose()?
            .flatten();
        let person = of_note.or(issue.opened.person);
        let person = person.map(|id| tx.person_surviving(id)).transpose()?.flatten();
        Ok(person.map(|person| Self {
            id: person.id.to_string(),
            case_id: person.case_id,
            name: person.name,
            date_of_birth: person.date_of_birth,
        }))
    }
}

impl WorkerBrief {
    pub(super) fn of(tx: &Tx<'_>, id: Option<&str>) -> Result<Option<Self>, StoreError> {
        let worker = id.map(|id| tx.worker(id)).transpose()?.flatten();
        Ok(worker.map(|worker| Self {
            id: worker.id,
            name: worker.name,
            team: worker.team,
        }))
    }
}

impl DeviceBrief {
    /// The issue's device; where it names none, the one that sent the first part of its note.
    fn of(tx: &Tx<'_>, issue: &Issue) -> Result<Option<Self>, StoreError> {
        let device = match (issue.opened.device, issue.opened.document) {
            (None, Some(document)) => tx.begun_on(document)?,
            (device, _) => device,
        };
        let device = device.map(|id| tx.device(id)).transpose()?.flatten();
        Ok(device.map(|device| Self {
            id: device.id.to_string(),
            app: device.app,
            last_seen_at: device.last_seen_at.map(rfc3339),
            revoked_at: device.revoked_at.map(rfc3339),
            waiting: device.waiting,
            clock_offset_ms: device.clock_offset_ms,
        }))
    }
}

impl NoteBrief {
    fn of(tx: &Tx<'_>, id: DocumentId) -> Result<Option<Self>, StoreError> {
        let came = tx.came_between(id)?;
        let record = tx.document(id)?;
        if record.is_none() && came.is_none() {
            return Ok(None);
        }
        let record = record.filter(|record| record.template == Template::Note);
        let time = |at: Option<i64>| at.map(rfc3339);
        Ok(Some(Self {
            id: id.to_string(),
            kind: record.as_ref().and_then(|record| record.kind.clone()),
            started_at: time(record.as_ref().and_then(|record| record.started_at)),
            ended_at: time(record.as_ref().and_then(|record| record.ended_at)),
            finished_at: time(record.as_ref().and_then(|record| record.finished_at)),
            received_at: time(came.map(|(first, _)| first)),
            last_received_at: time(came.map(|(_, last)| last)),
        }))
    }
}

impl Held {
    fn of(tx: &Tx<'_>, host: &Host, scope: Scope, issue: &Issue) -> Result<Option<Self>, StoreError> {
        if issue.opened.kind != "held" {
            return Ok(None);
        }
        let detail = issues::detail_of(issue);
        let text = |name: &str| detail.get(name).and_then(Value::as_str).map(str::to_owned);
        let entries = issues::held_entries(tx, issue)?;
        let mut changes = issues::held_changes(tx, host, issue, &entries)?;
        for one in changes.iter_mut().flatten() {
            for value in [&mut one.before, &mut one.after] {
                if let Some(name) = named(tx, scope, &one.path, value)? {
                    *value = name.into();
                }
            }
        }
        let parts = entries.iter().map(|entry| Part {
            seq: entry.seq,
            bytes: entry.entry.chunk.len(),
            sha256: crate::hex::hex(&entry.entry.hash),
            received_at: rfc3339(entry.entry.received_at),
        });
        Ok(Some(Self {
            code: text("code"),
            reason_given: text("reason_given"),
            parts: parts.collect(),
            readable: changes.is_some(),
            changes: changes.unwrap_or_default(),
        }))
    }
}

/// Whose id stands in a value of a note: by name, where it is somebody within the scope.
fn named(tx: &Tx<'_>, scope: Scope, path: &str, value: &Value) -> Result<Option<String>, StoreError> {
    let Some(id) = value.as_str() else {
        return Ok(None);
    };
    if path == "person" {
        let person = id.parse().ok().map(|id| tx.person(id)).transpose()?.flatten();
        let person = person.filter(|person| scope.has(person.team));
        return Ok(person.map(|person| format!("{} ({})", person.name, person.case_id)));
    }
    if path.ends_with(".author") {
        return Ok(tx.worker(id)?.map(|worker| worker.name));
    }
    Ok(None)
}

/// The notes of a pair; one that has come to another team since is not shown.
fn beside(tx: &Tx<'_>, scope: Scope, issue: &Issue) -> Result<Vec<Beside>, StoreError> {
    let detail = issues::detail_of(issue);
    let ids = detail
        .get("notes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let ids = ids.filter_map(|id| id.as_str()?.parse::<DocumentId>().ok());
    let mut notes = Vec::new();
    for id in ids {
        let team = tx.document_team(id)?.flatten();
        let Some(says) = said(tx, id)?.filter(|_| scope.has(team)) else {
            continue;
        };
        notes.push(Beside {
            id: id.to_string(),
            worker: WorkerBrief::of(tx, tx.begun_by(id)?.as_deref())?,
            note: NoteBrief::of(tx, id)?,
            says,
        });
    }
    Ok(notes)
}
