//! What time brings before a person: a phone that waits with notes and is not seen, a note that is not finished, a clock
//! that is wrong, a case system that does not answer. Each issue closes by itself once the matter is over, and is not
//! opened again over what a person has closed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use notes::ids::DocumentId;
use notes::note::plain::rfc3339;
use serde_json::{Value, json};

use super::detail;
use crate::core::Core;
use crate::host::Host;
use crate::settings;
use crate::store::{DeviceRecord, Issue, IssueState, StoreError, Tx, Unanswered};

/// When something becomes an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// A phone on which something waits was not seen for so long.
    pub stale_device_ms: i64,
    /// A note was begun so long ago.
    pub overdue_draft_ms: i64,
    /// A clock is further off than this.
    pub wrong_clock_ms: i64,
    /// A case system has not answered for so long.
    pub export_silent_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stale_device_ms: 24 * HOUR_MS,
            overdue_draft_ms: 72 * HOUR_MS,
            wrong_clock_ms: 600_000,
            export_silent_ms: 48 * HOUR_MS,
        }
    }
}

const HOUR_MS: i64 = 3_600_000;

impl Limits {
    /// The limits that count: the desk's word, then the configuration's.
    ///
    /// # Errors
    /// The database's.
    pub fn settled(core: &Core, tx: &Tx<'_>) -> Result<Self, StoreError> {
        let configured = &core.issue_limits;
        let hours = |setting: settings::Setting, otherwise: i64| -> Result<i64, StoreError> {
            Ok(setting.whole_or(tx, otherwise / HOUR_MS)?.saturating_mul(HOUR_MS))
        };
        Ok(Self {
            stale_device_ms: hours(settings::STALE_DEVICE_H, configured.stale_device_ms)?,
            overdue_draft_ms: hours(settings::OVERDUE_DRAFT_H, configured.overdue_draft_ms)?,
            wrong_clock_ms: configured.wrong_clock_ms,
            export_silent_ms: hours(settings::EXPORT_SILENT_H, configured.export_silent_ms)?,
        })
    }
}

/// How far the feed was looked through for each case system.
#[derive(Default)]
pub struct Place(Mutex<BTreeMap<String, u64>>);

impl Place {
    fn of(&self, client: &str) -> u64 {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(client).copied().unwrap_or(0)
    }

    fn goes_on(&self, client: &str, end: Option<u64>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(client.to_owned(), end.unwrap_or(0));
    }
}

/// Most matters of one kind that one sweep looks at.
const MOST: u32 = 1_000;
/// Most that it opens.
const MOST_OPENED: u32 = 50;
/// What a case system must be allowed in order to be waited for.
const READS: &str = "export.read";

/// Sweeps once.
///
/// # Errors
/// The store's.
pub fn sweep(core: &Core) -> Result<(), StoreError> {
    let found = core.store.read(|tx| look(tx, core))?;
    if found.is_empty() {
        return Ok(());
    }
    core.store.write(|tx| {
        found
            .into_iter()
            .try_for_each(|one| one.carry_out(tx, &core.host))
    })
}

/// What a sweep found to be done.
enum Found {
    Stale(DeviceRecord),
    Clock(DeviceRecord),
    Draft(DocumentId),
    Silent(String, Unanswered),
    Over(Issue),
}

fn look(tx: &Tx<'_>, core: &Core) -> Result<Vec<Found>, StoreError> {
    let (limits, now) = (Limits::settled(core, tx)?, core.host.now_ms());
    let mut found = over(tx, &limits, now)?;
    let stale = tx.devices_waiting_since(now.saturating_sub(limits.stale_device_ms), MOST)?;
    for device in stale {
        let last = tx.issue_settled_before("stale_device", &device.id.to_string())?;
        // It was seen since a person closed it: then this is another time.
        let anew = settled_at(last.as_ref()).is_none_or(|at| device.last_seen_at > Some(at));
        if anew && !is_open(tx, "stale_device", &device.id.to_string())? {
            found.push(Found::Stale(device));
        }
    }
    for device in tx.devices_off_by(limits.wrong_clock_ms, MOST)? {
        let subject = device.id.to_string();
        let last = tx.issue_settled_before("wrong_clock", &subject)?;
        let known = last.filter(by_person).and_then(|last| offset_of(&last));
        // A person has seen that this phone is off by about so much.
        let same = known.is_some_and(|known| {
            known.saturating_sub(device.clock_offset_ms).saturating_abs() <= limits.wrong_clock_ms
        });
        if !same && !is_open(tx, "wrong_clock", &subject)? {
            found.push(Found::Clock(device));
        }
    }
    let drafts = tx.drafts_before(now.saturating_sub(limits.overdue_draft_ms), MOST_OPENED)?;
    found.extend(drafts.into_iter().map(Found::Draft));
    let before = now.saturating_sub(limits.export_silent_ms);
    silent(tx, &core.issue_place, before, &mut found)?;
    Ok(found)
}

/// Versions sent before a time that a case system has not answered.
fn silent(tx: &Tx<'_>, place: &Place, before: i64, found: &mut Vec<Found>) -> Result<(), StoreError> {
    for client in tx.clients()? {
        let reads = client.scope.split_whitespace().any(|scope| scope == READS);
        // One that came later than the version has had no time to answer.
        if !reads || client.revoked_at.is_some() || client.created_at >= before {
            continue;
        }
        let mut opened = 0;
        let (silent, end) = tx.unanswered(&client.id, place.of(&client.id), before, MOST)?;
        // Where there is more than one sweep looks at, the next one goes on; at the end it begins anew.
        place.goes_on(&client.id, end);
        for version in silent {
            let subject = silent_subject(&client.id, version.document);
            let last = tx.issue_settled_before("export_silent", &subject)?;
            let closed = last.filter(by_person).and_then(|last| version_of(&last));
            let open = is_open(tx, "export_silent", &subject)?;
            if !open && closed.is_none_or(|closed| closed < version.version) {
                found.push(Found::Silent(client.id.clone(), version));
                opened += 1;
                if opened >= MOST_OPENED {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Open issues whose matter is over.
fn over(tx: &Tx<'_>, limits: &Limits, now: i64) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for issue in tx.issues_open_like("stale_device", "", MOST)? {
        let device = tx.device_of_subject(&issue.opened.subject)?;
        let stale = |device: DeviceRecord| {
            let since = now.saturating_sub(limits.stale_device_ms);
            device.waiting > 0 && device.last_seen_at.is_some_and(|at| at < since)
        };
        if !device.is_some_and(stale) {
            found.push(Found::Over(issue));
        }
    }
    for issue in tx.issues_open_like("wrong_clock", "", MOST)? {
        let device = tx.device_of_subject(&issue.opened.subject)?;
        if device.is_none_or(|device| device.clock_offset_ms.saturating_abs() <= limits.wrong_clock_ms) {
            found.push(Found::Over(issue));
        }
    }
    Ok(found)
}

fn is_open(tx: &Tx<'_>, kind: &str, subject: &str) -> Result<bool, StoreError> {
    tx.issue_is_open(kind, subject)
}

fn settled_at(issue: Option<&Issue>) -> Option<i64> {
    match issue?.state {
        IssueState::Settled { at, .. } => Some(at),
        IssueState::Open => None,
    }
}

/// Whether a person ended it, and not the server itself.
fn by_person(issue: &Issue) -> bool {
    matches!(&issue.state, IssueState::Settled { by, .. } if by != "server")
}

fn offset_of(issue: &Issue) -> Option<i64> {
    detail::read(issue).get("clock_offset_ms").and_then(Value::as_i64)
}

fn version_of(issue: &Issue) -> Option<u64> {
    detail::read(issue).get("version").and_then(Value::as_u64)
}

fn silent_subject(client: &str, document: DocumentId) -> String {
    format!("{document}/{client}")
}

impl Found {
    fn carry_out(self, tx: &Tx<'_>, host: &Host) -> Result<(), StoreError> {
        match self {
            Self::Stale(device) => {
                let what = json!({
                    "words": format!(
                        "{} notes or files wait on this phone, and it was not seen since then. Nothing is lost while \
                         the phone is there.", device.waiting),
                    "waiting": device.waiting,
                    "last_seen_at": device.last_seen_at.map(rfc3339),
                });
                of_device(tx, host, "stale_device", &device, &what)
            }
            Self::Clock(device) => {
                let what = json!({
                    "words": format!(
                        "The clock of this phone is wrong by {} minutes. Times of visits that it wrote may be wrong by \
                         as much; when notes came is known by the server's own clock.",
                        device.clock_offset_ms / 60_000),
                    "clock_offset_ms": device.clock_offset_ms,
                });
                of_device(tx, host, "wrong_clock", &device, &what)
            }
            Self::Draft(document) => draft(tx, host, document),
            Self::Silent(client, version) => unheard(tx, host, &client, &version),
            Self::Over(issue) => {
                let reason = "The phone came, and all is well.";
                let by = ("server", "resolved by pass");
                tx.issue_settle(&issue.opened.id, host.now_ms(), by.0, by.1, reason)?;
                Ok(())
            }
        }
    }
}

fn of_device(
    tx: &Tx<'_>,
    host: &Host,
    kind: &str,
    device: &DeviceRecord,
    what: &Value,
) -> Result<(), StoreError> {
    let mut issue = detail::new(host, kind, device.id.to_string(), what);
    issue.device = Some(device.id);
    issue.worker = Some(device.worker.clone());
    tx.issue_open(&issue)?;
    Ok(())
}

fn draft(tx: &Tx<'_>, host: &Host, document: DocumentId) -> Result<(), StoreError> {
    let what = json!({
        "words": "This note was begun some days ago and is not finished. It waits here and not in the case system.",
    });
    let mut issue = detail::new(host, "overdue_draft", document.to_string(), &what);
    issue.document = Some(document);
    issue.person = tx.document_person(document)?;
    issue.worker = tx.begun_by(document)?;
    tx.issue_open(&issue)?;
    Ok(())
}

fn unheard(tx: &Tx<'_>, host: &Host, client: &str, version: &Unanswered) -> Result<(), StoreError> {
    let name = tx
        .client(client)?
        .map_or_else(|| client.to_owned(), |client| client.name);
    let what = json!({
        "words": format!(
            "{name} has not said what became of version {} of this note. It may not read the feed, or have lost it.",
            version.version),
        "client": client,
        "event_id": version.event_id,
        "version": version.version,
        "sent_at": rfc3339(version.created_at),
    });
    let mut issue = detail::new(
        host,
        "export_silent",
        silent_subject(client, version.document),
        &what,
    );
    issue.document = Some(version.document);
    issue.person = tx.document_person(version.document)?;
    issue.worker = tx.begun_by(version.document)?;
    tx.issue_open(&issue)?;
    Ok(())
}
