//! `doorstep device list`, `doorstep device revoke DEVICE_ID`.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Call, Failure, OPERATOR, Said};
use crate::ops::device;

#[derive(Subcommand)]
pub(super) enum Device {
    /// All devices and their standing.
    List,
    /// Take a device's rights away. What it still sends is kept, and held for a decision.
    Revoke {
        /// The device's id.
        device_id: String,
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
        Device::Revoke { device_id } => {
            let revoked = device::revoke(&core, device_id, OPERATOR)?;
            let words = if revoked { "revoked" } else { "was revoked before" };
            Ok(Said {
                value: json!({ "id": device_id, "revoked": true, "changed": revoked }),
                words: words.to_owned(),
            })
        }
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
