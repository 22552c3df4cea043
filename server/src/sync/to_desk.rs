//! What a phone tells the team's desk with a request: messages that its worker has read, an order that it obeyed,
//! and how it stands.

use notes::wire::{Request, ToDesk};
use serde_json::json;

use super::Pusher;
use crate::messages;
use crate::store::{AuditEntry, StoreError, Tx};

/// Whether there is something in it that is to be written down now, however lately the phone was seen.
pub(super) fn says_more(told: &ToDesk) -> bool {
    told.obeyed.is_some() || told.read.as_ref().is_some_and(|read| !read.is_empty())
}

/// Writes it down, beside that the phone was here. A phone asks for what is new once all that it has was offered.
pub(super) fn take(tx: &Tx<'_>, who: &Pusher, request: &Request, now: i64) -> Result<(), StoreError> {
    let nothing = ToDesk::default();
    let told = request.to_desk.as_ref().unwrap_or(&nothing);
    for id in told.read.iter().flatten() {
        messages::read(tx, &who.worker.id, id, now)?;
    }
    if let Some(n) = told.obeyed {
        obeyed(tx, who, n, now)?;
    }
    let passed_at = (request.pull && request.to_desk.is_some()).then_some(now);
    tx.device_says(who.device.id, told, passed_at)
}

fn obeyed(tx: &Tx<'_>, who: &Pusher, n: u64, now: i64) -> Result<(), StoreError> {
    let Some(order) = tx.order_obeyed(who.device.id, n, now)? else {
        return Ok(());
    };
    let what = match order.what.as_str() {
        "lock" => "device.locked",
        _ => "device.wiped",
    };
    tx.audit(&AuditEntry {
        at: now,
        who: format!("worker:{}", who.worker.id),
        what: what.to_owned(),
        person: None,
        document: None,
        detail: json!({ "device": who.device.id, "order": n, "waiting_before": who.device.waiting })
            .to_string(),
    })
}
