//! A docket: all that is needed to judge one document, read in one moment. Documents that were
//! judged last stay in a small memory, so that a note that two people write at once is not loaded
//! anew for each sentence.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use automerge::{Automerge, ReadDoc as _};
use notes::gate;
use notes::ids::{DocumentId, PersonId};
use notes::note::{self, Template};

use super::judge::Candidate;
use crate::store::{DocumentRecord, Entry, EntryState, StoreError, Tx};

/// Most documents that are remembered: of several hundred that are written live at once, those of the last moments.
const REMEMBERED: usize = 128;
/// About so much memory they may take together.
const REMEMBERED_BYTES: usize = 64 * 1024 * 1024;
/// What an operation takes, by estimate.
const OPERATION_BYTES: usize = 64;
/// Most entries of one document in one judgement.
const MOST_ENTRIES: usize = 2_000;

/// Documents that the projector saw last, each with the published number that it goes up to: one that was
/// published beyond it, or is not published any more, is not taken.
#[derive(Default)]
pub struct Memory {
    documents: Mutex<VecDeque<(DocumentId, u64, Automerge)>>,
    /// How many batches this process has brought to an end.
    batches: AtomicU32,
}

impl Memory {
    fn take(&self, id: DocumentId, newest: u64) -> Option<Automerge> {
        let mut all = self
            .documents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let place = all.iter().position(|(known, _, _)| *known == id)?;
        let (_, upto, doc) = all.remove(place)?;
        (upto == newest).then_some(doc)
    }

    /// How many documents to judge at once: one at first, then ever more. A process that is killed
    /// again and again soon after it has begun must get something done each time.
    pub(super) fn stride(&self) -> u32 {
        1 << self.batches.load(Ordering::Relaxed).min(16)
    }

    pub(super) fn batch_ended(&self) {
        self.batches.fetch_add(1, Ordering::Relaxed);
    }

    /// Lets go of a document that was removed.
    pub fn forget(&self, id: DocumentId) {
        let mut all = self
            .documents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        all.retain(|(known, _, _)| *known != id);
    }

    pub(super) fn keep(&self, id: DocumentId, newest: u64, doc: Automerge) {
        let mut all = self
            .documents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        all.retain(|(known, _, _)| *known != id);
        all.push_back((id, newest, doc));
        let size = |doc: &Automerge| bytes_of(doc);
        let mut bytes: usize = all.iter().map(|(_, _, doc)| size(doc)).sum();
        while all.len() > REMEMBERED || bytes > REMEMBERED_BYTES {
            let Some((_, _, oldest)) = all.pop_front() else {
                break;
            };
            bytes = bytes.saturating_sub(size(&oldest));
        }
    }
}

/// About what a document takes in memory.
fn bytes_of(doc: &Automerge) -> usize {
    let operations = usize::try_from(doc.stats().num_ops).unwrap_or(usize::MAX);
    operations.saturating_mul(OPERATION_BYTES)
}

/// Whom an entry vouches for. A note that is there already may be on its way from a person to the one into whom
/// they were merged: then it is known to be the same human, and nobody need be named.
fn named(
    tx: &Tx<'_>,
    entry: &Entry,
    record: Option<&DocumentRecord>,
) -> Result<Option<PersonId>, StoreError> {
    let (Some(named), Some(record)) = (entry.entry.person, record) else {
        return Ok(entry.entry.person);
    };
    let moving = match record.person {
        _ if tx.survivor(named)? != named => true,
        Some(about) if about != named => tx.survivor(about)? == named,
        _ => false,
    };
    Ok((!moving).then_some(named))
}

/// One document with what waits for it.
pub(super) struct Docket {
    pub(super) id: DocumentId,
    pub(super) template: Template,
    /// What is published of it.
    pub(super) base: Option<Automerge>,
    /// The published number that the base goes up to.
    pub(super) newest: u64,
    pub(super) record: Option<DocumentRecord>,
    /// Entries under judgement, in order.
    pub(super) entries: Vec<Entry>,
    pub(super) candidates: Vec<Candidate>,
    /// More may wait than are here.
    pub(super) cut: bool,
}

impl Docket {
    /// Reads a docket; none where nothing waits any more.
    pub(super) fn read(tx: &Tx<'_>, memory: &Memory, id: DocumentId) -> Result<Option<Self>, StoreError> {
        let mut entries = tx.log_open_of(id, MOST_ENTRIES)?;
        let cut = entries.len() >= MOST_ENTRIES;
        let Some(template) = entries.first().map(|e| e.entry.template) else {
            return Ok(None);
        };
        let newest = tx.published_newest(id)?;
        // Of a first push there is nothing to look up.
        let known = newest > 0;
        let record = if known { tx.document(id)? } else { None };
        let finish = if known { tx.published_finish(id)? } else { None };
        let base = match memory.take(id, newest) {
            Some(doc) => Some(doc),
            None if known => published(tx, id, record.as_ref())?,
            None => None,
        };
        let mut candidates = Vec::with_capacity(entries.len());
        for e in &mut entries {
            candidates.push(Candidate {
                chunk: std::mem::take(&mut e.entry.chunk),
                person: named(tx, e, record.as_ref())?.map(|p| p.to_string()),
                knew_finish: finish.is_some_and(|finish| finish <= e.entry.pulled_pub),
                overruled: e.overruled,
                desk: e.entry.device.is_none(),
                sender: e.entry.device,
            });
        }
        Ok(Some(Self {
            id,
            template,
            base,
            newest,
            record,
            entries,
            candidates,
            cut,
        }))
    }

    /// A docket of which only the entries can be read: what is published of it cannot.
    pub(super) fn unreadable(tx: &Tx<'_>, id: DocumentId) -> Result<Option<Self>, StoreError> {
        let entries = tx.log_open_of(id, MOST_ENTRIES)?;
        let Some(template) = entries.first().map(|e| e.entry.template) else {
            return Ok(None);
        };
        let newest = tx.published_newest(id)?;
        let cut = false;
        Ok(Some(Self {
            id,
            template,
            base: None,
            newest,
            record: None,
            entries,
            candidates: Vec::new(),
            cut,
        }))
    }
}

/// The document as published: the snapshot, where there is one, and what was published since; none
/// where nothing was published.
///
/// # Errors
/// The database's, or that a chunk which was published cannot be loaded any more.
pub fn published(
    tx: &Tx<'_>,
    id: DocumentId,
    record: Option<&DocumentRecord>,
) -> Result<Option<Automerge>, StoreError> {
    let broken = |_| StoreError::Inconsistent("a published chunk cannot be loaded");
    let (mut doc, after) = match record.map(|r| (r.snapshot.as_deref(), r.snapshot_pub)) {
        Some((Some(snapshot), number)) => (Some(note::load(snapshot).map_err(broken)?), number),
        _ => (None, 0),
    };
    let chunks = tx.published_of(id, after, u32::MAX)?;
    let chunks = chunks.into_iter().map(|published| published.chunk);
    put_together(&mut doc, chunks.collect())?;
    Ok(doc)
}

/// A document that was moved, as it was published before, out of the log; none where nothing was.
pub(super) fn once_published(tx: &Tx<'_>, id: DocumentId) -> Result<Option<Automerge>, StoreError> {
    let mut doc = None;
    let entries = tx.log_of(id, &[EntryState::Published])?;
    put_together(
        &mut doc,
        entries.into_iter().map(|entry| entry.entry.chunk).collect(),
    )?;
    Ok(doc)
}

/// Adds published chunks to a document.
fn put_together(doc: &mut Option<Automerge>, chunks: Vec<Vec<u8>>) -> Result<(), StoreError> {
    let broken = |_| StoreError::Inconsistent("a published chunk cannot be loaded");
    let mut changes = Vec::new();
    for chunk in chunks {
        // Counted before it was published; a document chunk begins with its type, 0.
        let is_document = chunk.get(8) == Some(&kind_byte(gate::Kind::Document));
        if is_document {
            let loaded = note::load(&chunk).map_err(broken)?;
            match doc {
                None if changes.is_empty() => *doc = Some(loaded),
                _ => changes.extend(loaded.get_changes(&[])),
            }
        } else {
            let change = automerge::Change::from_bytes(chunk);
            changes.push(change.map_err(|_| StoreError::Inconsistent("a published change cannot be read"))?);
        }
    }
    if !changes.is_empty() {
        let doc = doc.get_or_insert_with(note::empty);
        doc.apply_changes(changes).map_err(broken)?;
    }
    Ok(())
}

fn kind_byte(kind: gate::Kind) -> u8 {
    match kind {
        gate::Kind::Document => 0,
        gate::Kind::Change => 1,
    }
}

#[cfg(test)]
mod tests {
    use automerge::transaction::Transactable as _;
    use automerge::{ObjType, ROOT};

    use super::*;

    fn of(letters: usize) -> Automerge {
        let mut doc = note::empty();
        let mut tx = doc.transaction();
        let text = tx.put_object(ROOT, "t", ObjType::Text).unwrap();
        tx.splice_text(&text, 0, 0, &"a".repeat(letters)).unwrap();
        tx.commit();
        doc
    }

    fn id(n: usize) -> DocumentId {
        DocumentId::at(i64::try_from(n).unwrap(), [0; 10])
    }

    #[test]
    fn a_document_is_taken_once_and_only_as_it_was_published() {
        let memory = Memory::default();
        memory.keep(id(1), 5, of(1));
        assert!(memory.take(id(1), 6).is_none(), "something was published since");
        assert!(memory.take(id(1), 5).is_none(), "so it is forgotten");
        memory.keep(id(1), 6, of(1));
        assert!(memory.take(id(1), 6).is_some());
        assert!(memory.take(id(1), 6).is_none());
    }

    #[test]
    fn many_or_long_documents_push_the_oldest_out() {
        let memory = Memory::default();
        for n in 0..=REMEMBERED {
            memory.keep(id(n), 1, of(1));
        }
        assert!(memory.take(id(0), 1).is_none());
        assert!(memory.take(id(1), 1).is_some());
        let third = REMEMBERED_BYTES / OPERATION_BYTES / 3 + 1;
        for n in 0..3 {
            memory.keep(id(1_000 + n), 1, of(third));
        }
        assert!(
            memory.take(id(REMEMBERED), 1).is_none(),
            "the small ones went first"
        );
        assert!(memory.take(id(1_000), 1).is_none());
        assert!(memory.take(id(1_002), 1).is_some());
    }
}
