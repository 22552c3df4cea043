//! A file that a finished note names and that has not come: its phone may be lost, broken or out of reach, and
//! somebody should look for it while there is time. Settles itself when the file comes.

use notes::attachment::AttachmentId;
use notes::ids::DocumentId;
use serde_json::json;

use super::detail;
use crate::host::Host;
use crate::store::{StoreError, Tx};

const KIND: &str = "missing_attachment";

fn subject(document: DocumentId, id: AttachmentId) -> String {
    format!("{document}/{id}")
}

/// Those of which nobody was asked yet, at most so many. Who said once that it will not come is not asked again.
///
/// # Errors
/// The database's.
pub fn unasked(
    tx: &Tx<'_>,
    missing: &[(DocumentId, AttachmentId)],
    most: u32,
) -> Result<Vec<(DocumentId, AttachmentId)>, StoreError> {
    let mut found = Vec::new();
    for (document, id) in missing {
        if found.len() >= most as usize {
            break;
        }
        let subject = subject(*document, *id);
        let open = tx.issues_open_of(*document)?;
        let asked = open
            .iter()
            .any(|issue| issue.opened.kind == KIND && issue.opened.subject == subject);
        if !asked && !tx.issue_was_settled(KIND, &subject, "close")? {
            found.push((*document, *id));
        }
    }
    Ok(found)
}

/// Asks where a file is.
///
/// # Errors
/// The database's.
pub fn attachment_missing(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    id: AttachmentId,
) -> Result<(), StoreError> {
    let what = json!({
        "words": "A file of this finished note has not come. The phone that has it may be switched off, lost or \
                  without a connection: ask the worker to open the app. If the file is gone for good, close this.",
        "sha256": id.to_string(),
    });
    let mut issue = detail::new(host, KIND, subject(document, id), &what);
    issue.document = Some(document);
    issue.person = tx.document_person(document)?;
    issue.worker = tx.begun_by(document)?;
    // With one phone there is no doubt whose it is.
    if let [device] = tx.followers(document)?[..] {
        issue.device = Some(device);
        issue.worker = tx.device(device)?.map(|device| device.worker);
    }
    tx.issue_open(&issue)?;
    Ok(())
}

/// It came: nobody need look for it any more.
///
/// # Errors
/// The database's.
pub fn attachment_arrived(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    id: AttachmentId,
) -> Result<(), StoreError> {
    let subject = subject(document, id);
    for issue in tx.issues_open_of(document)? {
        if issue.opened.kind == KIND && issue.opened.subject == subject {
            tx.issue_settle(
                &issue.opened.id,
                host.now_ms(),
                "server",
                "arrived",
                "The file has come.",
            )?;
        }
    }
    Ok(())
}
