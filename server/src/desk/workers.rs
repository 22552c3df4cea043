//! Workers and their devices, as the desk sees them: who has which phone, how each stands, and what is known to wait on
//! it. A worker of another team is answered like one who does not exist, and so are their devices.

use notes::ids::DeviceId;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Admin, Scope};
use crate::core::Core;
use crate::messages::Kind;
use crate::ops::message::Words;
use crate::ops::{OpError, allocate, device, message};
use crate::store::{AuditEntry, DeviceOrder, DeviceRecord, StoreError, Tx, WorkerRecord};

/// Workers in one page.
const PAGE: u32 = 50;
/// Messages that are shown of a worker's.
const MESSAGES: u32 = 20;
/// What must be typed before what is unsent is wiped.
pub const WIPE_UNSENT: &str = "wipe unsent";

/// Workers, by id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workers {
    /// By worker id.
    workers: Vec<WorkerLine>,
    /// For the next page, where there is one.
    #[schema(required)]
    next: Option<String>,
}

/// A worker, as the list shows them.
#[derive(Debug, Serialize, ToSchema)]
struct WorkerLine {
    /// Id in the case system.
    worker_id: String,
    /// As it is shown.
    name: String,
    /// The team's name.
    #[schema(required)]
    team: Option<String>,
    /// When they left, RFC 3339.
    #[schema(required)]
    left_at: Option<String>,
    /// How many devices may be written on.
    devices: usize,
    /// Notes that are known to wait on their devices.
    waiting: u64,
    /// When one of them was last here, RFC 3339.
    #[schema(required)]
    seen_at: Option<String>,
}

/// A worker with their devices.
#[derive(Debug, Serialize, ToSchema)]
pub struct Worker {
    /// Id in the case system.
    worker_id: String,
    /// As it is shown.
    name: String,
    /// The team's name.
    #[schema(required)]
    team: Option<String>,
    /// When they left, RFC 3339.
    #[schema(required)]
    left_at: Option<String>,
    /// How many people are on their caseload.
    caseload: usize,
    /// The newest first.
    devices: Vec<Device>,
    /// What the desk said to them, the newest first; at most 20.
    messages: Vec<Message>,
}

/// A device.
#[derive(Debug, Serialize, ToSchema)]
struct Device {
    /// Its id.
    device_id: String,
    /// What the desk calls it.
    #[schema(required)]
    name: Option<String>,
    /// Name and version of the app.
    app: String,
    /// RFC 3339.
    enrolled_at: String,
    /// RFC 3339; none where it never came.
    #[schema(required)]
    seen_at: Option<String>,
    /// When it last had nothing more to send, RFC 3339.
    #[schema(required)]
    passed_at: Option<String>,
    /// Notes that it said were waiting, when it was last here.
    waiting: u64,
    /// Notes that the server holds, as it said then.
    #[schema(required)]
    held: Option<u64>,
    /// How far its clock is ahead, milliseconds.
    clock_offset_ms: i64,
    /// Whether the phone promised to keep the app's storage.
    #[schema(required)]
    persisted: Option<bool>,
    /// How much the app uses.
    #[schema(required)]
    used_bytes: Option<u64>,
    /// How much more it may use.
    #[schema(required)]
    free_bytes: Option<u64>,
    /// RFC 3339; since then all that it sends is held, and it gets nothing.
    #[schema(required)]
    revoked_at: Option<String>,
    /// RFC 3339; when it said that nothing is left on it.
    #[schema(required)]
    wiped_at: Option<String>,
    /// The order that stands.
    #[schema(required)]
    order: Option<Order>,
}

/// An order that a device has not obeyed yet.
#[derive(Debug, Serialize, ToSchema)]
struct Order {
    /// `lock`, `wipe` or `wipe_unsent`.
    what: String,
    /// Why.
    reason: String,
    /// By whom, as the audit names them.
    by: String,
    /// RFC 3339.
    at: String,
}

/// What the desk said to a worker.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    /// Its id.
    message_id: String,
    /// `nudge`, `ask`, `returned` or `note`.
    kind: String,
    /// The words.
    text: String,
    /// Who said it.
    from: String,
    /// RFC 3339.
    sent_at: String,
    /// RFC 3339.
    #[schema(required)]
    read_at: Option<String>,
}

/// What came of a worker's leaving.
#[derive(Debug, Serialize, ToSchema)]
pub struct Left {
    /// Devices that lost their rights. What they still send is held.
    devices: usize,
    /// People who came to another caseload.
    handed_on: usize,
    /// People who are still on theirs.
    left_behind: usize,
}

/// One page of the workers that somebody may see.
///
/// # Errors
/// The store's.
pub fn list(core: &Core, scope: Scope, after: &str) -> Result<Workers, StoreError> {
    core.store.read(|tx| {
        let ids = tx.workers_after(scope.team(), after, PAGE)?;
        let next = ids.last().filter(|_| ids.len() == PAGE as usize).cloned();
        let mut workers = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(worker) = tx.worker(&id)? {
                workers.push(line(tx, worker)?);
            }
        }
        Ok(Workers { workers, next })
    })
}

fn line(tx: &Tx<'_>, worker: WorkerRecord) -> Result<WorkerLine, StoreError> {
    let devices = tx.devices_of(&worker.id)?;
    Ok(WorkerLine {
        team: team(tx, &worker)?,
        left_at: tx.worker_left(&worker.id)?.map(rfc3339),
        devices: devices.iter().filter(|d| d.revoked_at.is_none()).count(),
        waiting: devices.iter().map(|d| d.waiting).sum(),
        seen_at: devices.iter().filter_map(|d| d.last_seen_at).max().map(rfc3339),
        worker_id: worker.id,
        name: worker.name,
    })
}

fn team(tx: &Tx<'_>, worker: &WorkerRecord) -> Result<Option<String>, StoreError> {
    let team = worker.team.map(|team| tx.team(team)).transpose()?.flatten();
    Ok(team.map(|team| team.name))
}

/// A worker with their devices.
///
/// # Errors
/// `not_found`.
pub fn one(core: &Core, scope: Scope, worker: &str) -> Result<Worker, OpError> {
    core.store.read(|tx| {
        let worker = known(tx, scope, worker)?;
        let mut records = tx.devices_of(&worker.id)?;
        records.sort_by_key(|device| std::cmp::Reverse((device.enrolled_at, device.id)));
        let mut devices = Vec::new();
        for record in &records {
            devices.push(shown(tx, record)?);
        }
        let messages = tx.messages_to(&worker.id, None, MESSAGES)?;
        let messages = messages.into_iter().map(|m| Message {
            message_id: m.id,
            kind: m.kind,
            text: m.text,
            from: m.by_name,
            sent_at: rfc3339(m.sent_at),
            read_at: m.read_at.map(rfc3339),
        });
        Ok(Worker {
            team: team(tx, &worker)?,
            left_at: tx.worker_left(&worker.id)?.map(rfc3339),
            caseload: tx.caseload(&worker.id)?.len(),
            devices,
            messages: messages.collect(),
            worker_id: worker.id,
            name: worker.name,
        })
    })
}

fn shown(tx: &Tx<'_>, device: &DeviceRecord) -> Result<Device, StoreError> {
    let state = tx.device_state(device.id)?.unwrap_or_default();
    let order = tx.order_standing(device.id)?;
    Ok(Device {
        device_id: device.id.to_string(),
        name: state.name,
        app: device.app.clone(),
        enrolled_at: rfc3339(device.enrolled_at),
        seen_at: device.last_seen_at.map(rfc3339),
        passed_at: state.passed_at.map(rfc3339),
        waiting: device.waiting,
        held: state.held,
        clock_offset_ms: device.clock_offset_ms,
        persisted: state.persisted,
        used_bytes: state.used_bytes,
        free_bytes: state.free_bytes,
        revoked_at: device.revoked_at.map(rfc3339),
        wiped_at: tx.device_wiped_at(device.id)?.map(rfc3339),
        order: order.map(|order: DeviceOrder| Order {
            what: order.what,
            reason: order.reason,
            by: order.given_by,
            at: rfc3339(order.given_at),
        }),
    })
}

fn unknown(what: &str) -> OpError {
    OpError::Because(Code::NotFound, what.to_owned())
}

/// A worker who is there for who asks.
///
/// # Errors
/// `not_found`.
pub fn known(tx: &Tx<'_>, scope: Scope, worker: &str) -> Result<WorkerRecord, OpError> {
    let seen = tx.worker(worker)?.filter(|worker| scope.has(worker.team));
    seen.ok_or_else(|| unknown("no worker has this id"))
}

/// Does something with a device that is there for who asks: it is their worker's. Both in one transaction.
///
/// # Errors
/// `not_found`, and those of what is done.
pub fn with_device<T>(
    core: &Core,
    scope: Scope,
    device: &str,
    act: impl FnOnce(&Tx<'_>) -> Result<T, OpError>,
) -> Result<T, OpError> {
    let nobodys = || unknown("no device has this id");
    let id: DeviceId = device.parse().map_err(|_| nobodys())?;
    core.store.write(|tx| {
        let device = tx.device(id)?.ok_or_else(nobodys)?;
        known(tx, scope, &device.worker).map_err(|_| nobodys())?;
        act(tx)
    })
}

/// Orders a device to let go of everything. What is unsent goes too only where it was typed that it shall.
///
/// # Errors
/// Those of [`device::wipe`]; `parameter_invalid` where the words were not typed.
pub fn wipe(
    core: &Core,
    admin: &Admin,
    device: &str,
    unsent: Option<&str>,
    reason: &str,
) -> Result<device::Ordered, OpError> {
    if unsent.is_some_and(|typed| typed.trim() != WIPE_UNSENT) {
        let what = format!("type {WIPE_UNSENT:?} to wipe what was not sent");
        return Err(OpError::Because(Code::ParameterInvalid, what));
    }
    with_device(core, admin.scope, device, |tx| {
        device::wipe(tx, &core.host, device, unsent.is_some(), (reason, &admin.by()))
    })
}

/// Says something to a worker.
///
/// # Errors
/// Those of [`message::send`].
pub fn say(core: &Core, admin: &Admin, worker: &str, text: &str) -> Result<String, OpError> {
    let words = Words {
        worker,
        document: None,
        kind: Kind::Note,
        text,
        by_name: &admin.worker.name,
    };
    core.store.write(|tx| {
        known(tx, admin.scope, worker)?;
        message::send(tx, &core.host, &words, &admin.by())
    })
}

/// A worker has left: their devices lose their rights, what they still send is held, and their people come to another
/// caseload where one is named. All of it, or nothing.
///
/// # Errors
/// `not_found`, `reason_missing`, `worker_left` for who hands on to somebody who is gone.
pub fn left(
    core: &Core,
    admin: &Admin,
    worker: &str,
    to: Option<&str>,
    reason: &str,
) -> Result<Left, OpError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    let (now, by) = (core.host.now_ms(), admin.by());
    core.store.write(|tx| {
        let worker = known(tx, admin.scope, worker)?;
        let to = to.map(|to| known(tx, admin.scope, to)).transpose()?;
        if let Some(to) = &to {
            if to.id == worker.id {
                let what = "name another worker to hand on to".to_owned();
                return Err(OpError::Because(Code::ParameterInvalid, what));
            }
            if tx.worker_left(&to.id)?.is_some() {
                return Err(Code::WorkerLeft.into());
            }
        }
        let mut left = Left {
            devices: 0,
            handed_on: 0,
            left_behind: 0,
        };
        for device in tx.devices_of(&worker.id)? {
            left.devices += usize::from(tx.device_revoke(device.id, now)?);
        }
        for id in tx.caseload(&worker.id)? {
            let person = tx.person(id)?;
            match person.as_ref().zip(to.as_ref()) {
                Some((person, to)) => {
                    left.handed_on += usize::from(allocate::hand_to(tx, now, person, to, &by)?);
                }
                None => left.left_behind += 1,
            }
        }
        if tx.worker_left(&worker.id)?.is_none() {
            tx.worker_left_put(&worker.id, Some(now))?;
        }
        tx.audit(&AuditEntry {
            at: now,
            who: by.clone(),
            what: "worker.left".to_owned(),
            person: None,
            document: None,
            detail: json!({
                "worker": worker.id, "reason": reason, "devices": left.devices, "handed_on": left.handed_on,
                "to": to.as_ref().map(|to| &to.id),
            })
            .to_string(),
        })?;
        Ok(left)
    })
}
