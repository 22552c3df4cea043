//! A case system refused an event: somebody must mend the note or the case system's record.

use notes::ids::PersonId;
use serde_json::{Value, json};

use super::detail;
use crate::host::Host;
use crate::store::{EventRecord, Receipt, StoreError, Tx};

const KIND: &str = "export_refused";
const SILENT: &str = "export_silent";

/// Opens the issue, with the case system's own reason.
pub(crate) fn export_refused(
    tx: &Tx<'_>,
    host: &Host,
    event: &EventRecord,
    person: Option<PersonId>,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let what = json!({
        "words": "The case system refused the note.",
        "event_id": event.event_id,
        "version": event.version,
        "client": receipt.client,
        "reason_code": receipt.state.reason_code,
        "reason": receipt.state.reason,
    });
    let subject = format!("{}/{}", event.event_id, receipt.client);
    let mut issue = detail::new(host, KIND, subject, &what);
    issue.document = Some(event.document);
    issue.person = person;
    issue.worker = tx.begun_by(event.document)?;
    tx.issue_open(&issue)?;
    Ok(())
}

/// The case system has answered, whatever it said: it is silent no more about this version and earlier ones.
pub(crate) fn export_answered(
    tx: &Tx<'_>,
    host: &Host,
    event: &EventRecord,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let reason = "The case system has answered.";
    over(tx, host, &[SILENT], event, receipt, reason)
}

/// The case system has taken this version: refusals of it and of earlier ones are over.
pub(crate) fn export_taken(
    tx: &Tx<'_>,
    host: &Host,
    event: &EventRecord,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    over(
        tx,
        host,
        &[KIND],
        event,
        receipt,
        "The case system has taken the note.",
    )
}

/// Ends what is open between a case system and a note, up to a version.
fn over(
    tx: &Tx<'_>,
    host: &Host,
    kinds: &[&str],
    event: &EventRecord,
    receipt: &Receipt,
    reason: &str,
) -> Result<(), StoreError> {
    for issue in tx.issues_open_of(event.document)? {
        let what = detail::read(&issue);
        let earlier = what.get("version").and_then(Value::as_u64) <= Some(event.version);
        let theirs = what.get("client").and_then(Value::as_str) == Some(receipt.client.as_str());
        if kinds.contains(&issue.opened.kind.as_str()) && earlier && theirs {
            let (id, by, action) = (&issue.opened.id, "server", "resolved by receipt");
            tx.issue_settle(id, host.now_ms(), by, action, reason)?;
        }
    }
    Ok(())
}
