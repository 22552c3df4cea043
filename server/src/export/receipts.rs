//! Receipts: what a case system says of each event that it read. One batch is one transaction, and
//! each receipt in it stands alone: a bad one does not spoil the others.
//!
//! Which outcome may follow which, for one event and one case system:
//! - the same receipt again changes nothing;
//! - `deferred` may become anything;
//! - `refused` may become `imported` or `duplicate`, because people mend the record and try again,
//!   or give a better reason;
//! - `imported` and `duplicate` stand. Only the case system's own id may come later.

use notes::problem::Code;
use serde::Deserialize;
use serde_json::{Value, json};

use super::publish;
use super::removed::REMOVED;
use crate::core::Core;
use crate::hex::hex;
use crate::host::Host;
use crate::issues::{self, Halt};
use crate::store::{AuditEntry, ClientRecord, EventRecord, Receipt, ReceiptState, Tx};

/// Most receipts in one body.
const MAX_RECEIPTS: usize = 1_000;
/// Largest body.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Longest id or code of the case system, in characters.
const MAX_REF_CHARS: usize = 200;
/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 2_000;

#[derive(Deserialize)]
struct Given {
    event_id: String,
    sha256: String,
    outcome: String,
    case_system_ref: Option<String>,
    reason_code: Option<String>,
    reason: Option<String>,
}

/// Takes a batch of receipts: a JSON array in, and an array of the same length out, with
/// `{"event_id","status":"accepted"}` or `{"event_id","code","title"}` for each.
///
/// # Errors
/// [`Code::MessageTooLarge`], [`Code::MessageMalformed`], [`Code::Internal`]; nothing was changed.
pub fn receipts(core: &Core, client: &ClientRecord, body: &[u8]) -> Result<Value, Code> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Code::MessageTooLarge);
    }
    let batch: Vec<Value> = serde_json::from_slice(body).map_err(|_| Code::MessageMalformed)?;
    if batch.len() > MAX_RECEIPTS {
        return Err(Code::MessageTooLarge);
    }
    Ok(core.store.write(|tx| take_all(tx, &core.host, client, batch))?)
}

fn take_all(tx: &Tx<'_>, host: &Host, client: &ClientRecord, batch: Vec<Value>) -> Result<Value, Halt> {
    let mut answers = Vec::with_capacity(batch.len());
    for item in batch {
        let event_id = item.get("event_id").and_then(Value::as_str).map(str::to_owned);
        match take(tx, host, client, item) {
            Ok(()) => answers.push(json!({"event_id": event_id, "status": "accepted"})),
            Err(Halt::Code(code)) => {
                answers.push(json!({"event_id": event_id, "code": code.as_str(), "title": code.title()}));
            }
            Err(halt) => return Err(halt),
        }
    }
    tx.client_moves_on(&client.id)?;
    Ok(Value::Array(answers))
}

fn take(tx: &Tx<'_>, host: &Host, client: &ClientRecord, item: Value) -> Result<(), Halt> {
    let given: Given = serde_json::from_value(item).map_err(|_| Code::RowInvalid)?;
    let state = checked(&given)?;
    let event = tx.outbox_event(&given.event_id)?.ok_or(Code::ReceiptUnknown)?;
    if !given.sha256.eq_ignore_ascii_case(&hex(&event.sha256)) {
        return Err(Code::ReceiptHashWrong.into());
    }
    let earlier = tx.receipts(&event.event_id)?;
    let earlier = earlier.into_iter().find(|receipt| receipt.client == client.id);
    let state = match earlier {
        None => state,
        Some(earlier) => match following(&earlier.state, state)? {
            None => return Ok(()),
            Some(state) => state,
        },
    };
    let receipt = Receipt {
        event_id: event.event_id.clone(),
        client: client.id.clone(),
        state,
        received_at: host.now_ms(),
    };
    write(tx, host, &event, &receipt)?;
    Ok(())
}

/// The receipt in the form in which it is kept; an empty text is none.
fn checked(given: &Given) -> Result<ReceiptState, Code> {
    let text = |text: &Option<String>, most: usize, breaks: bool| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let bad = |c: char| c.is_control() && !(breaks && matches!(c, '\n' | '\r' | '\t'));
        match text {
            Some(text) if text.chars().count() > most || text.chars().any(bad) => Err(Code::RowInvalid),
            text => Ok(text.map(str::to_owned)),
        }
    };
    if !["imported", "duplicate", "refused", "deferred"].contains(&given.outcome.as_str()) {
        return Err(Code::RowInvalid);
    }
    Ok(ReceiptState {
        outcome: given.outcome.clone(),
        case_system_ref: text(&given.case_system_ref, MAX_REF_CHARS, false)?,
        reason_code: text(&given.reason_code, MAX_REF_CHARS, false)?,
        reason: text(&given.reason, MAX_REASON_CHARS, true)?,
    })
}

/// What stands after a second receipt; none where the first already said it.
fn following(earlier: &ReceiptState, new: ReceiptState) -> Result<Option<ReceiptState>, Code> {
    if *earlier == new {
        return Ok(None);
    }
    match (earlier.outcome.as_str(), new.outcome.as_str()) {
        ("deferred", _) | ("refused", "imported" | "duplicate" | "refused") => Ok(Some(new)),
        ("imported", "imported") | ("duplicate", "duplicate") => {
            if new.case_system_ref.is_none() || new.case_system_ref == earlier.case_system_ref {
                return Ok(None);
            }
            if earlier.case_system_ref.is_none() {
                return Ok(Some(new));
            }
            Err(Code::ReceiptContradicts)
        }
        _ => Err(Code::ReceiptContradicts),
    }
}

fn write(tx: &Tx<'_>, host: &Host, event: &EventRecord, receipt: &Receipt) -> Result<(), Halt> {
    if event.kind == REMOVED {
        // It answers a line that was read before: it is kept without its words, and asks nobody anything.
        let mut receipt = receipt.clone();
        receipt.state.reason = None;
        return Ok(tx.receipt_put(&receipt)?);
    }
    tx.receipt_put(receipt)?;
    let person = tx.document_person(event.document)?;
    issues::export_answered(tx, host, event, receipt)?;
    match receipt.state.outcome.as_str() {
        "refused" => issues::export_refused(tx, host, event, person, receipt)?,
        "imported" | "duplicate" => issues::export_taken(tx, host, event, receipt)?,
        _ => {}
    }
    publish::tell(tx, person, event.document)?;
    tx.audit(&AuditEntry {
        at: receipt.received_at,
        who: format!("client:{}", receipt.client),
        what: format!("receipt.{}", receipt.state.outcome),
        person,
        document: Some(event.document),
        detail: json!({
            "event_id": event.event_id,
            "version": event.version,
            "case_system_ref": receipt.state.case_system_ref,
        })
        .to_string(),
    })?;
    Ok(())
}
