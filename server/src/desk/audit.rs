//! Who looked at or changed what, and why. A team admin sees the deeds about their team's people and by their team's
//! workers; where a deed by one of theirs was about another team's person, that it was done and why, but not about whom.

use notes::ids::{DeviceId, PersonId};
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::page::{self, Page};
use super::{PersonBrief, Scope, named, seen};
use crate::core::Core;
use crate::ops::OpError;
use crate::ops::verify::chains;
use crate::store::{AuditRecord, StoreError, Trail, Tx};

/// The verb of a look-up outside one's own caseload, for a stated reason.
pub const BREAK_GLASS: &str = "person.looked_up";

/// What is asked for. All of it must hold; nothing asked is everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// About whom.
    pub person: Option<PersonId>,
    /// By which worker.
    pub worker: Option<&'a str>,
    /// With or about which device.
    pub device: Option<DeviceId>,
    /// Which verb, as in `note.read`.
    pub what: Option<&'a str>,
    /// Not before, UTC milliseconds.
    pub from: Option<i64>,
    /// Before, UTC milliseconds.
    pub until: Option<i64>,
}

/// A deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Deed {
    /// Its number in the audit.
    pub n: u64,
    /// When.
    pub at: String,
    /// By whom: `worker:W101`, `client:…`, `operator`, `server`.
    pub who: String,
    /// The same by name, where a name is known.
    pub who_name: String,
    /// The verb.
    pub what: String,
    /// About whom; none where it was about nobody, or about somebody of another team.
    #[schema(required)]
    pub person: Option<PersonBrief>,
    /// Whether it was about somebody of another team.
    pub outside: bool,
    /// The note.
    #[schema(required)]
    pub note_id: Option<String>,
    /// The device.
    #[schema(required)]
    pub device_id: Option<String>,
    /// Why, where a reason was given.
    #[schema(required)]
    pub reason: Option<String>,
    /// What else is written; nothing where it was about somebody of another team.
    #[schema(value_type = Object)]
    pub detail: Map<String, Value>,
}

/// Deeds, the newest first.
///
/// # Errors
/// `not_found` for a person, worker or device out of view; `cursor_unknown`; the store's.
pub fn deeds(
    core: &Core,
    scope: Scope,
    asked: &Asked<'_>,
    after: Option<&str>,
) -> Result<Page<Deed>, OpError> {
    let place: Option<u64> = page::read(after)?;
    core.store.read(|tx| {
        in_view(tx, scope, asked)?;
        let who = asked.worker.map(|id| format!("worker:{id}"));
        let least = asked.from.map_or(Ok(0), |from| tx.audit_since(from))?;
        let until = asked.until.map_or(Ok(u64::MAX), |until| tx.audit_since(until))?;
        let trail = trail(asked, who.as_deref());
        let page = page::walk(
            place,
            |place: Option<&u64>, limit| {
                let before = place.copied().unwrap_or(u64::MAX).min(until);
                let found = tx.audit_before(trail, (before, least), limit)?;
                Ok(found.into_iter().map(|record| (record.n, record)).collect())
            },
            |record| {
                if fits(&record, asked, who.as_deref()) {
                    deed(tx, scope, record)
                } else {
                    Ok(None)
                }
            },
        );
        Ok(page.map_err(|error: StoreError| error)?)
    })
}

/// Look-ups outside one's own caseload, the newest first: they stand on top of the page.
///
/// # Errors
/// `cursor_unknown`, or the store's.
pub fn break_glass(core: &Core, scope: Scope, after: Option<&str>) -> Result<Page<Deed>, OpError> {
    let asked = Asked {
        what: Some(BREAK_GLASS),
        ..Asked::default()
    };
    deeds(core, scope, &asked, after)
}

/// The page of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditView {
    /// How far the chains hold.
    pub chain: ChainState,
    /// The newest look-ups outside one's own caseload.
    pub break_glass: Vec<Deed>,
    /// The deeds that were asked for, the newest first.
    pub rows: Vec<Deed>,
    /// Where the next page begins; none after the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// Look-ups that stand on top of the page.
const ON_TOP: usize = 10;

/// The page of the audit. Where `by` says who looks, that is written down first, and so it is on the page.
///
/// # Errors
/// `not_found`; `cursor_unknown`; the store's.
pub fn view(
    core: &Core,
    scope: Scope,
    asked: &Asked<'_>,
    after: Option<&str>,
    by: Option<&str>,
) -> Result<AuditView, OpError> {
    page::read::<u64>(after)?;
    if let Some(by) = by {
        core.store.write(|tx| {
            in_view(tx, scope, asked)?;
            let device = asked.device.map(|id| id.to_string());
            let detail = json!({ "worker": asked.worker, "device": device, "what": asked.what });
            seen(tx, &core.host, by, "audit.seen", asked.person, None, &detail)?;
            Ok::<_, OpError>(())
        })?;
    }
    let page = deeds(core, scope, asked, after)?;
    let mut on_top = break_glass(core, scope, None)?.rows;
    on_top.truncate(ON_TOP);
    Ok(AuditView {
        chain: chain_state(core)?,
        break_glass: on_top,
        rows: page.rows,
        next: page.next,
    })
}

/// Somebody by the case system's id.
///
/// # Errors
/// `not_found` where nobody in view has it; the store's.
pub fn person(core: &Core, scope: Scope, case_id: &str) -> Result<PersonId, OpError> {
    core.store.read(|tx| {
        let person = tx.person_by_case(case_id)?.ok_or(Code::NotFound)?;
        if !scope.has_person(tx, person.id)? {
            return Err(Code::NotFound.into());
        }
        Ok(person.id)
    })
}

fn in_view(tx: &Tx<'_>, scope: Scope, asked: &Asked<'_>) -> Result<(), OpError> {
    if let Some(person) = asked.person
        && !scope.has_person(tx, person)?
    {
        return Err(Code::NotFound.into());
    }
    if let Some(worker) = asked.worker {
        scope.worker(tx, worker)?;
    }
    if let Some(device) = asked.device {
        scope.device(tx, device)?;
    }
    Ok(())
}

/// The trail on which least is read for nothing.
const fn trail<'a>(asked: &Asked<'a>, who: Option<&'a str>) -> Trail<'a> {
    match (asked.person, asked.device, who, asked.what) {
        (Some(person), ..) => Trail::Person(person),
        (_, Some(device), ..) => Trail::Device(device),
        (_, _, Some(who), _) => Trail::Who(who),
        (_, _, _, Some(what)) => Trail::What(what),
        _ => Trail::All,
    }
}

fn fits(record: &AuditRecord, asked: &Asked<'_>, who: Option<&str>) -> bool {
    let entry = &record.entry;
    let device = asked.device.map(|id| id.to_string());
    asked.person.is_none_or(|person| entry.person == Some(person))
        && who.is_none_or(|who| entry.who == who)
        && asked.what.is_none_or(|what| entry.what == what)
        && device.is_none_or(|device| text(&detail(record), "device").is_some_and(|found| found == device))
}

fn detail(record: &AuditRecord) -> Map<String, Value> {
    serde_json::from_str(&record.entry.detail).unwrap_or_default()
}

fn text(detail: &Map<String, Value>, name: &str) -> Option<String> {
    detail.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// A deed as somebody of this scope sees it; none where they do not.
fn deed(tx: &Tx<'_>, scope: Scope, record: AuditRecord) -> Result<Option<Deed>, StoreError> {
    let about_theirs = about(tx, scope, &record)?;
    let worker = record.entry.who.strip_prefix("worker:");
    let by_theirs = worker.map_or(Ok(scope == Scope::All), |id| scope.has_worker(tx, id))?;
    if about_theirs != Some(true) && !(by_theirs) {
        return Ok(None);
    }
    let outside = about_theirs == Some(false);
    let (n, mut detail, entry) = (record.n, detail(&record), record.entry);
    let (device_id, reason) = (text(&detail, "device"), text(&detail, "reason"));
    if outside {
        detail = Map::new();
    }
    Ok(Some(Deed {
        n,
        at: rfc3339(entry.at),
        who_name: named(tx, &entry.who)?,
        who: entry.who,
        what: entry.what,
        person: PersonBrief::of(tx, entry.person.filter(|_| !outside))?,
        outside,
        note_id: entry.document.filter(|_| !outside).map(|id| id.to_string()),
        device_id,
        reason,
        detail,
    }))
}

/// Whether a deed was about somebody or something within the scope; none where it was about nobody.
fn about(tx: &Tx<'_>, scope: Scope, record: &AuditRecord) -> Result<Option<bool>, StoreError> {
    if scope == Scope::All {
        return Ok(Some(true));
    }
    match (record.entry.person, record.entry.document) {
        (Some(person), _) => scope.has_person(tx, person).map(Some),
        (None, Some(document)) => scope.has_document(tx, document).map(Some),
        (None, None) => Ok(None),
    }
}

/// How far the chains of log and audit were followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChainState {
    /// In a sentence; none where they were never followed.
    #[schema(required)]
    pub words: Option<String>,
    /// Up to this entry the log's holds.
    pub log_n: u64,
    /// Up to this entry the audit's holds.
    pub audit_n: u64,
    /// When they were last followed.
    #[schema(required)]
    pub at: Option<String>,
    /// Whether nothing was found that differs.
    pub holds: bool,
}

/// How far the chains were followed, by the server between other work or by `doorstep verify`.
///
/// # Errors
/// The store's.
pub fn chain_state(core: &Core) -> Result<ChainState, OpError> {
    let followed = core.store.read(chains::followed)?;
    let known = followed.clone().unwrap_or_default();
    Ok(ChainState {
        words: followed.as_ref().map(chains::words),
        log_n: known.log.n,
        audit_n: known.audit.n,
        at: followed.map(|followed| rfc3339(followed.at)),
        holds: known.fault.is_none(),
    })
}
