//! What the rules did not let through: kept whole, and put before a person.

use notes::problem::Code;
use serde_json::json;

use super::detail;
use crate::host::Host;
use crate::store::{Audience, Entry, NewsKind, StoreError, Tx};

/// Opens an issue for an entry that stands held, and tells the device that sent it. What one device
/// sends for one note and is held for one reason is one issue, however many parts it has. Two
/// phones under one actor are an issue of their own.
///
/// # Errors
/// The database's.
pub fn held(tx: &Tx<'_>, host: &Host, entry: &Entry, code: Code) -> Result<(), StoreError> {
    let sent = &entry.entry;
    let device = sent.device;
    let worker = match device {
        Some(device) => tx.device(device)?.map(|device| device.worker),
        None => None,
    };
    let sender = device.map_or_else(|| "server".to_owned(), |device| device.to_string());
    let moved = tx.moved(sent.document)?.map(|moved| moved.person_to);
    let person = match moved.or(sent.person) {
        Some(person) => Some(person),
        None => tx.document_person(sent.document)?,
    };
    // Whoever settles it knows them by the case id that they have now.
    let person = person.map(|person| tx.survivor(person)).transpose()?;
    let what = json!({
        "words": code.title(),
        "code": code.as_str(),
        "reason_given": sent.reason,
    });
    let mut issue = detail::new(host, "held", format!("{}/{sender}/{code}", sent.document), &what);
    issue.document = Some(sent.document);
    issue.person = person;
    issue.device = device;
    issue.worker.clone_from(&worker);
    issue.seq = Some(entry.seq);
    tx.issue_open(&issue)?;
    let Some(device) = device else { return Ok(()) };
    tx.tell(Audience::Device(device), NewsKind::Standing, &sent.document.0)?;
    if code == Code::SeqTaken {
        let what = json!({
            "words": "Two phones write under one name. One was probably restored from a copy of the other. \
                      It has been told to take a new name; what both wrote is kept.",
        });
        let mut issue = detail::new(host, "forked_device", sender, &what);
        issue.document = Some(sent.document);
        issue.device = Some(device);
        issue.worker = worker;
        tx.issue_open(&issue)?;
    }
    Ok(())
}
