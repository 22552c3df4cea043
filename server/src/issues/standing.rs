//! Where a note stands for one phone: whether something that it sent is held, whether phones
//! disagree, and what a person last said to its worker.

use notes::ids::{DeviceId, DocumentId, PersonId};

use super::detail;
use crate::store::{Audience, IssueState, NewsKind, StoreError, Tx};

/// What a standing row says now: the state (`held`, `conflict` or `clear`), the code where held,
/// and in words why, or what a person said when they returned it.
pub type Standing = (&'static str, Option<String>, Option<String>);

/// Where a document stands for a device. What is held concerns only the device that sent it; a
/// conflict concerns all who hold the note.
///
/// # Errors
/// The database's.
pub fn standing(tx: &Tx<'_>, document: DocumentId, device: Option<DeviceId>) -> Result<Standing, StoreError> {
    let open = tx.issues_open_of(document)?;
    let held = open
        .iter()
        .find(|issue| issue.opened.kind == "held" && device.is_some() && issue.opened.device == device);
    if let Some(issue) = held {
        return Ok(("held", detail::text(issue, "code"), detail::text(issue, "words")));
    }
    if let Some(issue) = open.iter().find(|issue| issue.opened.kind == "conflict") {
        return Ok(("conflict", None, detail::text(issue, "words")));
    }
    let last = tx.issue_settled_last(document)?;
    let message = last.and_then(|issue| match issue.state {
        IssueState::Settled { action, reason, .. }
            if action == "return" && device.is_some() && issue.opened.device == device =>
        {
            Some(reason)
        }
        _ => None,
    });
    Ok(("clear", None, message))
}

/// Tells everybody who holds a note that its standing may be another.
pub(super) fn tell_holders(
    tx: &Tx<'_>,
    person: Option<PersonId>,
    document: DocumentId,
) -> Result<(), StoreError> {
    if let Some(person) = person {
        tx.tell(Audience::Person(person), NewsKind::Standing, &document.0)?;
    }
    for device in tx.followers(document)? {
        tx.tell(Audience::Device(device), NewsKind::Standing, &document.0)?;
    }
    Ok(())
}
