//! The projection of a document: the row that is made of what was published, its snapshot, and who
//! wrote in it. All of it can be made again at any time; nothing here decides what is published.

use std::panic::catch_unwind;

use automerge::{ActorId, Automerge};
use notes::attachment::AttachmentId;
use notes::ids::{Actor, DocumentId, PersonId};
use notes::note::{self, Plain, Template, genesis};

use super::docket::published;
use super::figures;
use super::project::on_large_stack;
use crate::core::Core;
use crate::export;
use crate::host::Host;
use crate::store::{DocumentRecord, Figures, StoreError, Tx};

/// So many published chunks later a new snapshot is made.
const SNAPSHOT_EVERY: usize = 32;

/// A document's projection, with the snapshot that it had before.
pub(super) fn record_of(
    before: Option<&DocumentRecord>,
    (id, template, person): (DocumentId, Template, Option<PersonId>),
    heads: Vec<[u8; 32]>,
    plain: &Plain,
) -> DocumentRecord {
    DocumentRecord {
        id,
        template,
        person,
        heads,
        kind: plain.text("kind").map(str::to_owned),
        started_at: plain.time("started_at"),
        ended_at: plain.time("ended_at"),
        finished_at: plain.finished().map(|(at, _)| at),
        figures: Some(Figures {
            received_at: before.and_then(|r| r.figures.as_ref()?.received_at),
            ..figures::figures(template, plain)
        }),
        snapshot_pub: before.map_or(0, |r| r.snapshot_pub),
        snapshot: before.and_then(|r| r.snapshot.clone()),
    }
}

/// Whether a projection is what a document says.
pub(crate) fn agrees(record: &DocumentRecord, plain: &Plain) -> bool {
    let place = (record.id, record.template, record.person);
    let mut right = record_of(Some(record), place, record.heads.clone(), plain);
    if record.figures.is_none() {
        right.figures = None;
    }
    right == *record
}

/// What a published document says, as JSON; none where nothing is published of it.
///
/// # Errors
/// The database's, or a document that cannot be read.
pub(crate) fn said(tx: &Tx<'_>, id: DocumentId) -> Result<Option<serde_json::Value>, StoreError> {
    Ok(read(tx, id)?.map(|(_, plain)| export::show(&plain)))
}

/// A published document and what it says; none where nothing is published of it.
///
/// # Errors
/// The database's, or a document that cannot be read.
pub(crate) fn read(tx: &Tx<'_>, id: DocumentId) -> Result<Option<(Automerge, Plain)>, StoreError> {
    let Some(record) = tx.document(id)? else {
        return Ok(None);
    };
    let Some(doc) = published(tx, id, Some(&record))? else {
        return Ok(None);
    };
    let plain = Plain::read(&doc, record.template)
        .map_err(|_| StoreError::Inconsistent("a published document cannot be read"))?;
    Ok(Some((doc, plain)))
}

/// The ids of those who were there or wrote in a document.
///
/// # Errors
/// The database's.
pub(crate) fn authors_of(tx: &Tx<'_>, doc: &Automerge, plain: &Plain) -> Result<Vec<String>, StoreError> {
    let mut writers = Vec::new();
    for change in doc.get_changes_meta(&[]) {
        if !writers.contains(&*change.actor) {
            writers.push(change.actor.into_owned());
        }
    }
    authors(tx, &writers, plain)
}

/// The files that a note names. What is no hash names none.
pub(crate) fn named(plain: &Plain) -> Vec<AttachmentId> {
    let names = plain.entries.get("attachments").into_iter().flatten();
    names.filter_map(|(name, _)| name.parse().ok()).collect()
}

/// Writes a projection with what follows from it.
pub(super) fn put(
    tx: &Tx<'_>,
    host: &Host,
    before: Option<&DocumentRecord>,
    record: &DocumentRecord,
    plain: &Plain,
) -> Result<(), StoreError> {
    let now = host.now_ms();
    tx.document_put(record)?;
    figures::put(tx, before, record, plain, now)?;
    tx.named_put(record.id, &named(plain), now)
}

/// Renews the snapshot where loading the document would otherwise mean many chunks. A note that
/// came as one chunk needs none: the chunk is its own.
pub(super) fn renew_snapshot(
    tx: &Tx<'_>,
    record: &mut DocumentRecord,
    doc: &Automerge,
    newest: u64,
) -> Result<(), StoreError> {
    let behind = tx
        .numbers_of(record.id, record.snapshot_pub, SNAPSHOT_EVERY)?
        .len();
    if behind >= SNAPSHOT_EVERY
        && let Some(save) = sound_save(doc)
    {
        record.snapshot_pub = newest;
        record.snapshot = Some(save);
    }
    Ok(())
}

/// Automerge's save, but only where loading it gives the same document again.
fn sound_save(doc: &Automerge) -> Option<Vec<u8>> {
    let save = doc.save();
    let again = catch_unwind(|| note::load(&save)).ok()?.ok()?;
    let sound = again.get_heads() == doc.get_heads();
    if !sound {
        tracing::error!("a document's save does not load as the same document; the chunks are kept instead");
    }
    sound.then_some(save)
}

/// Workers who were there or wrote, in order of first appearance.
pub(super) fn authors(tx: &Tx<'_>, writers: &[ActorId], plain: &Plain) -> Result<Vec<String>, StoreError> {
    let mut authors = Vec::new();
    for writer in writers {
        let bytes = writer.to_bytes();
        if genesis::is_genesis(bytes) {
            continue;
        }
        if let Some(worker) = Actor::from_slice(bytes)
            .map(|a| tx.actor_worker(a))
            .transpose()?
            .flatten()
            && !authors.contains(&worker)
        {
            authors.push(worker);
        }
    }
    for worker in plain.entries.get("workers").into_iter().flat_map(|w| w.keys()) {
        if !authors.contains(worker) {
            authors.push(worker.clone());
        }
    }
    Ok(authors)
}

/// Makes all document projections again from what was published. Events, versions and issues are
/// truth and stay. Returns how many documents there were.
///
/// # Errors
/// The database's; then the projections are as they were.
pub fn reproject(core: &Core) -> Result<u64, StoreError> {
    on_large_stack(|| {
        core.store.write(|tx| {
            tx.documents_clear()?;
            let mut count = 0;
            let mut after = DocumentId([0; 16]);
            loop {
                let ids = tx.documents_after(after, 500)?;
                let Some(last) = ids.last() else { return Ok(count) };
                after = *last;
                for id in ids {
                    reproject_one(tx, &core.host, id)?;
                    count += 1;
                }
            }
        })
    })?
}

fn reproject_one(tx: &Tx<'_>, host: &Host, id: DocumentId) -> Result<(), StoreError> {
    let doc = published(tx, id, None)?.ok_or(StoreError::Inconsistent("a published document is empty"))?;
    let chunks = tx.published_of(id, 0, u32::MAX)?;
    let newest = chunks
        .last()
        .ok_or(StoreError::Inconsistent("a published document is empty"))?;
    let template = newest.template;
    let plain = Plain::read(&doc, template)
        .map_err(|_| StoreError::Inconsistent("a published document cannot be read"))?;
    let heads = doc.get_heads().into_iter().map(|head| head.0).collect();
    let mut record = record_of(None, (id, template, newest.person), heads, &plain);
    if let Some(figures) = &mut record.figures {
        figures.received_at = tx.finish_received(id)?;
    }
    renew_snapshot(tx, &mut record, &doc, newest.number)?;
    figures::put_again(tx, &record, &plain, host.now_ms())?;
    put(tx, host, None, &record, &plain)
}

/// Counts what an older version left uncounted, at most so many documents; returns how many there were. One that
/// cannot be read counts as nothing; `verify` tells of it.
///
/// # Errors
/// The database's.
pub fn count_again(core: &Core, most: u32) -> Result<usize, StoreError> {
    if core.store.read(|tx| tx.documents_uncounted(1))?.is_empty() {
        return Ok(0);
    }
    on_large_stack(|| {
        core.store.write(|tx| {
            let ids = tx.documents_uncounted(most)?;
            for id in &ids {
                match tx.attempt(|tx| reproject_one(tx, &core.host, *id)) {
                    Err(error) if error.is_the_machines() => return Err(error),
                    Err(error) => {
                        tracing::error!(%error, "a document cannot be counted");
                        tx.document_counts_nothing(*id)?;
                    }
                    Ok(()) => {}
                }
            }
            Ok(ids.len())
        })
    })?
}
