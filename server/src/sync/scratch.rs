//! What a document would say with what was held in it: judged as if a person had let it in, on scratch, and forgotten.
//! For the person who has to decide, and for what they may take out of it.

use automerge::Automerge;
use notes::gate;
use notes::ids::DocumentId;
use notes::note::{Plain, Template};

use super::apart::survives;
use super::docket::{once_published, published};
use super::judge::Candidate;
use super::project::judge_guarded;
use crate::host::Host;
use crate::store::{Entry, StoreError, Tx};

/// What the document would say; none where the judge cannot read it, or might not survive it.
///
/// # Errors
/// The database's.
pub(crate) fn would_say(
    tx: &Tx<'_>,
    host: &Host,
    document: DocumentId,
    entries: &[Entry],
) -> Result<Option<Plain>, StoreError> {
    let Some(template) = entries.first().map(|e| e.entry.template) else {
        return Ok(None);
    };
    let readable = |entry: &&Entry| gate::count(&entry.entry.chunk, &gate::Limits::default()).is_ok();
    let candidates: Vec<Candidate> = entries.iter().filter(readable).map(candidate).collect();
    let base = as_it_was(tx, document)?;
    if candidates.is_empty() || !survives(host, template, base.as_ref(), &candidates)? {
        return Ok(None);
    }
    let judged = judge_guarded(base.as_ref(), template, &candidates)?;
    Ok(judged.outcome.map(|sound| sound.plain))
}

/// A note as it says now; one that was moved, as it said then.
pub(crate) fn said_then(tx: &Tx<'_>, document: DocumentId) -> Result<Option<Plain>, StoreError> {
    let doc = as_it_was(tx, document)?;
    let template = tx.log_template(document)?.unwrap_or(Template::Note);
    let plain = doc.map(|doc| Plain::read(&doc, template)).transpose();
    plain.map_err(|_| StoreError::Inconsistent("a published document cannot be read"))
}

fn as_it_was(tx: &Tx<'_>, document: DocumentId) -> Result<Option<Automerge>, StoreError> {
    if tx.moved(document)?.is_some() {
        return once_published(tx, document);
    }
    let record = tx.document(document)?;
    published(tx, document, record.as_ref())
}

fn candidate(entry: &Entry) -> Candidate {
    Candidate {
        chunk: entry.entry.chunk.clone(),
        person: entry.entry.person.map(|person| person.to_string()),
        knew_finish: false,
        overruled: true,
        desk: entry.entry.device.is_none(),
        sender: entry.entry.device,
    }
}
