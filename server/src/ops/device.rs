//! Devices: who has one, and taking one's rights away. A revoked device may still hand over what
//! it has, so that nothing written on it is lost; all of it is held for a person to decide.

use notes::ids::DeviceId;
use notes::problem::Code;
use serde_json::{Value, json};

use super::OpError;
use crate::core::Core;
use crate::store::{AuditEntry, StoreError};

/// All devices, oldest first.
///
/// # Errors
/// The store's.
pub fn list(core: &Core) -> Result<Value, StoreError> {
    let devices = core.store.read(|tx| tx.devices())?;
    let shown = devices.iter().map(|d| {
        json!({
            "id": d.id,
            "worker_id": d.worker,
            "app": d.app,
            "enrolled_at": d.enrolled_at,
            "last_seen_at": d.last_seen_at,
            "revoked_at": d.revoked_at,
            "waiting": d.waiting,
            "clock_offset_ms": d.clock_offset_ms,
        })
    });
    Ok(Value::Array(shown.collect()))
}

/// Revokes a device. False where it was so before.
///
/// # Errors
/// `not_found`.
pub fn revoke(core: &Core, device: &str, by: &str) -> Result<bool, OpError> {
    let unknown = || OpError::Because(Code::NotFound, "no device has this id".to_owned());
    let id: DeviceId = device.parse().map_err(|_| unknown())?;
    let now = core.host.now_ms();
    core.store.write(|tx| {
        let known = tx.device(id)?.ok_or_else(unknown)?;
        if !tx.device_revoke(id, now)? {
            return Ok(false);
        }
        tx.audit(&AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "device.revoked".to_owned(),
            person: None,
            document: None,
            detail: json!({ "device": id, "worker": known.worker }).to_string(),
        })?;
        Ok(true)
    })
}
