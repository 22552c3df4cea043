//! What a case system has not answered yet, so that it can see for itself whether it missed
//! something.

use notes::problem::Code;
use serde_json::{Value, json};

use super::cursor;
use super::shown::time;
use crate::core::Core;
use crate::hex::hex;
use crate::issues::Halt;
use crate::store::{ClientRecord, Tx};

/// Most events in one answer.
const MAX_EVENTS: u32 = 1_000;

/// Events without a receipt of this client that ends them, the oldest first:
/// `{"outstanding": […], "more": bool}`.
///
/// # Errors
/// [`Code::ParameterInvalid`] for a limit outside 1 to 1,000, [`Code::Internal`].
pub fn outstanding(core: &Core, client: &ClientRecord, limit: u32) -> Result<Value, Code> {
    if !(1..=MAX_EVENTS).contains(&limit) {
        return Err(Code::ParameterInvalid);
    }
    Ok(core.store.read(|tx| list(tx, client, limit))?)
}

fn list(tx: &Tx<'_>, client: &ClientRecord, limit: u32) -> Result<Value, Halt> {
    let epoch = cursor::epoch(tx)?;
    let mut events = tx.outstanding(&client.id, limit + 1)?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let mut rows = Vec::with_capacity(events.len());
    for e in events {
        // Only a deferral leaves an event outstanding.
        let deferred = tx
            .receipts(&e.event_id)?
            .into_iter()
            .find(|r| r.client == client.id);
        rows.push(json!({
            "event_id": e.event_id,
            "note_id": e.document,
            "version": e.version,
            "type": e.kind,
            "sha256": hex(&e.sha256),
            "created_at": time(Some(e.created_at)),
            // Reading the feed after this gives the event.
            "after": cursor::write(epoch, e.n.saturating_sub(1)),
            "outcome": deferred.as_ref().map(|r| &r.state.outcome),
            "reason": deferred.as_ref().and_then(|r| r.state.reason.as_ref()),
        }));
    }
    Ok(json!({"outstanding": rows, "more": more}))
}
