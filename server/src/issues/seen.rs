//! What the desk shows of an issue beside its row: the values with their writers, and what was held as far as it can be
//! read.

use notes::note::plain::rfc3339;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::detail;
use super::differs::{Difference, differences};
use super::history::written;
use super::settle::{entries, values};
use crate::host::Host;
use crate::store::{Entry, Issue, StoreError, Tx};
use crate::sync::{read, said_then, would_say};

/// A value on which phones disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueValue)]
pub struct Valued {
    /// Its place, for `take`.
    pub index: usize,
    /// The value.
    pub value: Value,
    /// The note shows it now.
    pub shown: bool,
    /// Who wrote it.
    #[schema(required)]
    pub worker_id: Option<String>,
    /// By name.
    #[schema(required)]
    pub worker_name: Option<String>,
    /// When, by their phone's clock, RFC 3339.
    #[schema(required)]
    pub written_at: Option<String>,
}

/// The values of a conflict; none of another issue.
///
/// # Errors
/// The database's.
pub fn values_of(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<Valued>, StoreError> {
    let document = issue.opened.document.filter(|_| issue.opened.kind == "conflict");
    let (Some(document), Some(path)) = (document, detail::text(issue, "path")) else {
        return Ok(Vec::new());
    };
    let mut writers = Vec::new();
    if let (Some(record), Some((doc, _))) = (tx.document(document)?, read(tx, document)?) {
        writers = written(tx, &doc, record.template, &path)?;
    }
    let mut all = Vec::new();
    for (index, value) in values(issue).into_iter().enumerate() {
        let writer = writers
            .iter()
            .position(|one| one.value == value)
            .map(|at| writers.remove(at));
        let worker_id = writer.as_ref().and_then(|writer| writer.worker.clone());
        let worker = worker_id
            .as_deref()
            .map(|id| tx.worker(id))
            .transpose()?
            .flatten();
        all.push(Valued {
            index,
            value,
            shown: index == 0,
            worker_id,
            worker_name: worker.map(|worker| worker.name),
            written_at: writer.map(|writer| rfc3339(writer.at)),
        });
    }
    Ok(all)
}

/// The entries that are held under an issue.
///
/// # Errors
/// The database's.
pub fn held_entries(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<Entry>, StoreError> {
    entries(tx, issue)
}

/// What the note would say otherwise with what is held; none where it cannot be read.
///
/// # Errors
/// The database's.
pub fn held_changes(
    tx: &Tx<'_>,
    host: &Host,
    issue: &Issue,
    entries: &[Entry],
) -> Result<Option<Vec<Difference>>, StoreError> {
    let Some(document) = issue.opened.document else {
        return Ok(None);
    };
    let Some(after) = would_say(tx, host, document, entries)? else {
        return Ok(None);
    };
    let before = said_then(tx, document)?;
    Ok(Some(differences(before.as_ref(), &after)))
}
