//! `doorstep device list`, and what is done with one: revoke, lock, wipe, rename.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Call, Failure, OPERATOR, Said};
use crate::ops::device;
use crate::store::Tx;

#[derive(Subcommand)]
pub(super) enum Device {
    /// All devices and their standing.
    List,
    /// Take a device's rights away. What it still sends is kept, and held for a decision.
    Revoke {
        /// The device's id.
        device_id: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Order a device to ask for the PIN, the next time it is online.
    Lock {
        /// The device's id.
        device_id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Order a device to let go of everything once it has sent what is unsent, and revoke it.
    Wipe {
        /// The device's id.
        device_id: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// At once: what it has not sent is lost.
        #[arg(long)]
        unsent_too: bool,
    },
    /// Call a device something; an empty name takes it away.
    Rename {
        /// The device's id.
        device_id: String,
        /// Its name.
        name: String,
    },
}

pub(super) fn run(call: &Call, command: &Device) -> Result<Said, Failure> {
    let core = call.core()?;
    match command {
        Device::List => {
            let value = device::list(&core)?;
            let lines = value.as_array().into_iter().flatten().map(line);
            let words = lines.collect::<Vec<_>>().join("\n");
            Ok(Said { value, words })
        }
        Device::Revoke { device_id, reason } => {
            let revoke = |tx: &Tx<'_>| device::revoke(tx, &core.host, device_id, reason.as_deref(), OPERATOR);
            let revoked = core.store.write(revoke)?;
            let words = if revoked { "revoked" } else { "was revoked before" };
            Ok(Said {
                value: json!({ "id": device_id, "revoked": true, "changed": revoked }),
                words: words.to_owned(),
            })
        }
        Device::Lock { device_id, reason } => Ok(ordered(
            device_id,
            core.store
                .write(|tx| device::lock(tx, &core.host, device_id, reason, OPERATOR))?,
        )),
        Device::Wipe {
            device_id,
            reason,
            unsent_too,
        } => {
            let given = core
                .store
                .write(|tx| device::wipe(tx, &core.host, device_id, *unsent_too, (reason, OPERATOR)))?;
            Ok(ordered(device_id, given))
        }
        Device::Rename { device_id, name } => {
            core.store
                .write(|tx| device::rename(tx, &core.host, device_id, name, OPERATOR))?;
            Ok(Said {
                value: json!({ "id": device_id, "name": name }),
                words: "renamed".to_owned(),
            })
        }
    }
}

fn ordered(device_id: &str, given: device::Ordered) -> Said {
    let words = if given.new {
        "ordered; the device hears it when it is online"
    } else {
        "was ordered before"
    };
    Said {
        value: json!({ "id": device_id, "order": given.n, "changed": given.new }),
        words: words.to_owned(),
    }
}

fn line(device: &Value) -> String {
    let text = |name: &str| device.get(name).and_then(Value::as_str).unwrap_or("-");
    let revoked = device.get("revoked_at").is_some_and(|at| !at.is_null());
    let waiting = device.get("waiting").and_then(Value::as_u64).unwrap_or(0);
    let standing = if revoked { "revoked" } else { "in use" };
    format!(
        "{}  {}  {standing}  {waiting} waiting  {}",
        text("id"),
        text("worker_id"),
        text("app")
    )
}
