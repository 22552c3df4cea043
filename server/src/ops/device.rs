//! Devices: who has one, what one is called, what one is ordered to do, and taking one's rights away. A revoked device
//! may still hand over what it has, so that nothing written on it is lost; all of it is held for a person to decide.
//!
//! What never happens: a plain wipe takes anything with it that the server does not have. The phone sees to that; here a
//! wipe that does goes by another name, which nobody says by mistake.

use notes::ids::DeviceId;
use notes::problem::Code;
use serde_json::{Value, json};

use super::OpError;
use crate::core::Core;
use crate::host::Host;
use crate::store::{Audience, AuditEntry, DeviceRecord, NewsKind, StoreError, Tx};

/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 2_000;

/// Longest name of a device, in characters.
const MAX_NAME_CHARS: usize = 60;

/// All devices, oldest first.
///
/// # Errors
/// The store's.
pub fn list(core: &Core) -> Result<Value, StoreError> {
    core.store.read(|tx| {
        let mut shown = Vec::new();
        for device in tx.devices()? {
            shown.push(shown_as(tx, &device)?);
        }
        Ok(Value::Array(shown))
    })
}

fn shown_as(tx: &Tx<'_>, d: &DeviceRecord) -> Result<Value, StoreError> {
    let state = tx.device_state(d.id)?.unwrap_or_default();
    Ok(json!({
            "id": d.id,
            "worker_id": d.worker,
            "app": d.app,
            "enrolled_at": d.enrolled_at,
            "last_seen_at": d.last_seen_at,
            "revoked_at": d.revoked_at,
            "waiting": d.waiting,
            "clock_offset_ms": d.clock_offset_ms,
            "name": state.name,
            "held": state.held,
            "passed_at": state.passed_at,
            "order": tx.order_standing(d.id)?.map(|order| order.what),
            "wiped_at": tx.device_wiped_at(d.id)?,
    }))
}

/// Revokes a device, with a reason where one is asked for. False where it was so before.
///
/// # Errors
/// `not_found`, `reason_missing` for an empty one, `parameter_invalid` for one that is too long.
pub fn revoke(
    tx: &Tx<'_>,
    host: &Host,
    device: &str,
    reason: Option<&str>,
    by: &str,
) -> Result<bool, OpError> {
    let reason = reason.map(checked).transpose()?;
    let now = host.now_ms();
    let known = known(tx, device)?;
    if !tx.device_revoke(known.id, now)? {
        return Ok(false);
    }
    let detail = reason.map_or_else(|| json!({}), |reason| json!({ "reason": reason }));
    audit(tx, &known, "device.revoked", (by, now), detail)?;
    Ok(true)
}

fn checked(reason: &str) -> Result<&str, OpError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Code::ParameterInvalid.into());
    }
    Ok(reason)
}

/// What became of an order that was to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// Its number.
    pub n: u64,
    /// False where the same stood already.
    pub new: bool,
}

/// Orders a device to ask for the PIN.
///
/// # Errors
/// `not_found`, `reason_missing`, `parameter_invalid` for a reason that is too long, `device_wiped`, `order_stands` where
/// it is to be wiped.
pub fn lock(tx: &Tx<'_>, host: &Host, device: &str, reason: &str, by: &str) -> Result<Ordered, OpError> {
    order(tx, host, device, "lock", (reason, by))
}

/// Orders a device to let go of everything, and revokes it. Without `unsent` it first sends what it has; with `unsent`
/// it does so at once, and what it has not sent is lost.
///
/// # Errors
/// As [`lock`]; `order_stands` where a device that is to be wiped at once is asked to send first.
pub fn wipe(
    tx: &Tx<'_>,
    host: &Host,
    device: &str,
    unsent: bool,
    (reason, by): (&str, &str),
) -> Result<Ordered, OpError> {
    let what = if unsent { "wipe_unsent" } else { "wipe" };
    order(tx, host, device, what, (reason, by))
}

/// Gives a device a name; an empty one takes it away.
///
/// # Errors
/// `not_found`, `parameter_invalid` for a name that is too long.
pub fn rename(tx: &Tx<'_>, host: &Host, device: &str, name: &str, by: &str) -> Result<(), OpError> {
    let name = name.trim();
    if name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(Code::ParameterInvalid.into());
    }
    let known = known(tx, device)?;
    tx.device_rename(known.id, Some(name).filter(|name| !name.is_empty()))?;
    let detail = json!({ "name": name });
    Ok(audit(tx, &known, "device.renamed", (by, host.now_ms()), detail)?)
}

/// The graver, the larger.
fn gravity(what: &str) -> u8 {
    match what {
        "lock" => 0,
        "wipe" => 1,
        _ => 2,
    }
}

fn order(
    tx: &Tx<'_>,
    host: &Host,
    device: &str,
    what: &str,
    (reason, by): (&str, &str),
) -> Result<Ordered, OpError> {
    let reason = checked(reason)?;
    let now = host.now_ms();
    let known = known(tx, device)?;
    if tx.device_wiped_at(known.id)?.is_some() {
        return Err(Code::DeviceWiped.into());
    }
    if let Some(standing) = tx.order_standing(known.id)? {
        if standing.what == what {
            let n = standing.n;
            return Ok(Ordered { n, new: false });
        }
        if gravity(&standing.what) > gravity(what) {
            return Err(Code::OrderStands.into());
        }
    }
    let n = tx.order_give(known.id, what, reason, (by, now))?;
    if gravity(what) > 0 {
        tx.device_revoke(known.id, now)?;
    }
    tx.tell(Audience::Device(known.id), NewsKind::Order, &[])?;
    let detail = json!({ "order": n, "reason": reason, "waiting": known.waiting });
    audit(tx, &known, &format!("device.{what}_ordered"), (by, now), detail)?;
    Ok(Ordered { n, new: true })
}

fn known(tx: &Tx<'_>, device: &str) -> Result<DeviceRecord, OpError> {
    let unknown = || OpError::Because(Code::NotFound, "no device has this id".to_owned());
    let id: DeviceId = device.parse().map_err(|_| unknown())?;
    tx.device(id)?.ok_or_else(unknown)
}

fn audit(
    tx: &Tx<'_>,
    device: &DeviceRecord,
    what: &str,
    (by, at): (&str, i64),
    mut detail: Value,
) -> Result<(), StoreError> {
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("device".to_owned(), json!(device.id));
        detail.insert("worker".to_owned(), json!(device.worker));
    }
    tx.audit(&AuditEntry {
        at,
        who: by.to_owned(),
        what: what.to_owned(),
        person: None,
        document: None,
        detail: detail.to_string(),
    })
}
