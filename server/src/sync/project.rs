//! The projector: takes what waits in the log, has it judged on scratch, and publishes what passes
//! together with its projections, in one transaction. It runs behind the answers, so a storm of
//! uploads is absorbed at the speed of the disk.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::Automerge;
use notes::ids::{Actor, DocumentId, PersonId};
use notes::note::{self, Plain, Template, genesis};
use notes::problem::Code;

use super::docket::{Docket, published};
use super::judge::{Finding, Judged, judge};
use crate::core::Core;
use crate::host::Host;
use crate::store::{Audience, DocumentRecord, EntryState, NewsKind, StoreError, Tx};
use crate::{export, issues};

/// Automerge recurses over what it loads; the gate bounds how far, and this is room enough.
const STACK_BYTES: usize = 256 * 1024 * 1024;
/// So many published chunks later a new snapshot is made.
const SNAPSHOT_EVERY: usize = 32;
/// An entry at which the process died so often is not tried again.
const MOST_DEATHS: u32 = 2;
/// A change that waited so long for another becomes an issue.
const PATIENCE_MS: i64 = 24 * 3_600_000;

/// Judges and publishes what waits, for at most so many documents. Returns how many there were;
/// to be called until it says 0.
///
/// # Errors
/// The database's; what was not published waits on.
pub fn project(core: &Core, most_documents: u32) -> Result<u32, StoreError> {
    let ids = core.store.read(|tx| tx.log_unjudged(most_documents))?;
    if ids.is_empty() {
        return Ok(0);
    }
    // Written down first: if this process dies over one of them, the next one knows.
    let deaths = core.store.write(|tx| tx.judging_begin(&ids))?;
    let dockets = core.store.read(|tx| {
        let read = ids.iter().map(|id| Docket::read(tx, &core.memory, *id));
        read.collect::<Result<Vec<_>, StoreError>>()
    })?;
    let judged = on_large_stack(|| {
        let each = dockets.into_iter().zip(deaths).flat_map(|(docket, deaths)| {
            let docket = docket?;
            let judged = if deaths >= MOST_DEATHS { all_held(&docket) } else { judge_safely(&docket) };
            Some((docket, judged))
        });
        each.collect::<Vec<_>>()
    })?;
    let kept = core.store.write(|tx| {
        let mut kept = Vec::new();
        for (docket, judged) in judged {
            kept.extend(publish(tx, &core.host, docket, judged)?);
        }
        for id in &ids {
            tx.judging_end(*id)?;
        }
        Ok::<_, StoreError>(kept)
    })?;
    for (id, newest, doc) in kept {
        core.memory.keep(id, newest, doc);
    }
    Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX))
}

/// Opens an issue for changes that have waited too long for the ones before them.
///
/// # Errors
/// The database's.
pub fn sweep(core: &Core) -> Result<(), StoreError> {
    let before = core.host.now_ms() - PATIENCE_MS;
    if core.store.read(|tx| tx.log_waiting_since(before, 1))?.is_empty() {
        return Ok(());
    }
    core.store.write(|tx| {
        for entry in tx.log_waiting_since(before, 100)? {
            tx.log_set_state(entry.seq, EntryState::Held, Some(Code::DependencyMissing.as_str()))?;
            issues::held(tx, &core.host, &entry, Code::DependencyMissing)?;
        }
        Ok(())
    })
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, StoreError> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work)?;
        worker.join().map_err(|_| StoreError::Inconsistent("the judge's thread died"))
    })
}

fn all_held(docket: &Docket) -> Judged {
    let hold = Finding::Hold(Code::Unprocessable);
    Judged { findings: vec![hold; docket.candidates.len()], outcome: None }
}

/// A chunk over which Automerge panics is held, and the others are judged without it.
fn judge_safely(docket: &Docket) -> Judged {
    let attempt = |candidates: &[_]| {
        catch_unwind(AssertUnwindSafe(|| judge(docket.base.as_ref(), docket.template, candidates))).ok()
    };
    if let Some(judged) = attempt(&docket.candidates) {
        return judged;
    }
    let mut survivors = Vec::new();
    let mut findings = vec![Finding::Hold(Code::Unprocessable); docket.candidates.len()];
    for (index, candidate) in docket.candidates.iter().enumerate() {
        let mut trial: Vec<_> =
            survivors.iter().filter_map(|i: &usize| docket.candidates.get(*i).cloned()).collect();
        trial.push(candidate.clone());
        if attempt(&trial).is_some() {
            survivors.push(index);
        }
    }
    let trial: Vec<_> = survivors.iter().filter_map(|i| docket.candidates.get(*i).cloned()).collect();
    let Some(judged) = attempt(&trial) else { return Judged { findings, outcome: None } };
    for (index, finding) in survivors.iter().zip(judged.findings) {
        if let Some(place) = findings.get_mut(*index) {
            *place = finding;
        }
    }
    Judged { findings, outcome: judged.outcome }
}

/// Publishes one document's findings. Gives the document back for the memory, where it is one that
/// is likely to be written in again.
fn publish(
    tx: &Tx<'_>,
    host: &Host,
    docket: Docket,
    judged: Judged,
) -> Result<Option<(DocumentId, u64, Automerge)>, StoreError> {
    // Somebody else (the command line) may have published meanwhile: then this was judged on sand.
    let stale = tx.published_newest(docket.id)? != docket.newest;
    if stale || !still_open(tx, &docket)? {
        return Ok(None);
    }
    let person = person_of(&docket, &judged);
    let finishes = finished_now(&docket, judged.outcome.as_ref().map(|(_, plain)| plain));
    let last = judged.findings.iter().rposition(|f| *f == Finding::Publish);
    let mut newest = docket.newest;
    for (index, (entry, finding)) in docket.entries.iter().zip(&judged.findings).enumerate() {
        match finding {
            Finding::Publish => {
                let finishes = finishes && Some(index) == last;
                newest = tx.publish(entry.seq, docket.id, person, finishes)?;
                tx.log_set_state(entry.seq, EntryState::Published, None)?;
                tx.publish_to_followers(newest, docket.id, entry.entry.device)?;
            }
            Finding::Wait => tx.log_set_state(entry.seq, EntryState::Waiting, None)?,
            Finding::Hold(code) => hold(tx, host, &docket, index, *code)?,
        }
    }
    let Some((doc, plain)) = judged.outcome else { return Ok(None) };
    if docket.record.as_ref().is_some_and(|r| r.person != person) {
        newest = publish_again(tx, &docket, person)?;
    }
    let place = (docket.id, docket.template, person);
    let mut record = record_of(docket.record.as_ref(), place, &doc, &plain);
    renew_snapshot(tx, &mut record, &doc, newest)?;
    tx.document_put(&record)?;
    let received_at = docket.entries.iter().map(|e| e.entry.received_at).max().unwrap_or(0);
    if record.finished_at.is_some() {
        let authors = authors(tx, &doc, &plain)?;
        export::after_publish(tx, host, &record, &plain, &authors, received_at)?;
    }
    issues::after_publish(tx, host, &record, &plain)?;
    Ok(docket.base.is_some().then_some((docket.id, newest, doc)))
}

fn still_open(tx: &Tx<'_>, docket: &Docket) -> Result<bool, StoreError> {
    for entry in &docket.entries {
        let open = tx
            .log_entry(entry.seq)?
            .is_some_and(|now| now.entry.state == entry.entry.state && now.overruled == entry.overruled);
        if !open {
            return Ok(false);
        }
    }
    Ok(true)
}

fn hold(tx: &Tx<'_>, host: &Host, docket: &Docket, index: usize, code: Code) -> Result<(), StoreError> {
    let Some(entry) = docket.entries.get(index) else { return Ok(()) };
    tx.log_set_state(entry.seq, EntryState::Held, Some(code.as_str()))?;
    // Read again: the docket's own copy gave its bytes to the judge.
    let Some(whole) = tx.log_entry(entry.seq)? else { return Ok(()) };
    issues::held(tx, host, &whole, code)?;
    if let (Code::SeqTaken, Some(device)) = (code, entry.entry.device) {
        // Two installs write under one actor: each takes a fresh one, and the one that was held
        // writes again under it what it had written.
        tx.tell(Audience::Device(device), NewsKind::NewActor, &[])?;
        tx.tell(Audience::Device(device), NewsKind::Reset, &docket.id.0)?;
    }
    Ok(())
}

/// What was published before comes again under the note's new person, behind every cursor.
fn publish_again(tx: &Tx<'_>, docket: &Docket, person: Option<PersonId>) -> Result<u64, StoreError> {
    let mut newest = docket.newest;
    let mut seen = HashSet::new();
    for chunk in tx.published_of(docket.id, 0, u32::MAX)? {
        if chunk.person != person && seen.insert(chunk.seq) {
            newest = tx.publish(chunk.seq, docket.id, person, false)?;
        } else {
            newest = newest.max(chunk.number);
        }
    }
    Ok(newest)
}

/// Whom the note is about: a person's decision first, then the page's own id, then what it says.
fn person_of(docket: &Docket, judged: &Judged) -> Option<PersonId> {
    let published = docket.entries.iter().zip(&judged.findings).filter(|(_, f)| **f == Finding::Publish);
    let decided = published.clone().filter(|(e, _)| e.overruled).find_map(|(e, _)| e.entry.person);
    let said = judged.outcome.as_ref().and_then(|(_, plain)| plain.text("person")?.parse().ok());
    let pushed = || match docket.template {
        note::Template::About => published.clone().find_map(|(e, _)| e.entry.person),
        note::Template::Note => None,
    };
    decided.or(said).or_else(pushed).or_else(|| docket.record.as_ref().and_then(|r| r.person))
}

fn finished_now(docket: &Docket, plain: Option<&Plain>) -> bool {
    let before = docket.record.as_ref().is_some_and(|r| r.finished_at.is_some());
    !before && plain.is_some_and(|p| p.finished().is_some())
}

/// A document's projection, with the snapshot that it had before.
fn record_of(
    before: Option<&DocumentRecord>,
    (id, template, person): (DocumentId, Template, Option<PersonId>),
    doc: &Automerge,
    plain: &Plain,
) -> DocumentRecord {
    DocumentRecord {
        id,
        template,
        person,
        heads: doc.get_heads().into_iter().map(|h| h.0).collect(),
        plain: export::plain_json(plain),
        kind: plain.text("kind").map(str::to_owned),
        started_at: plain.time("started_at"),
        ended_at: plain.time("ended_at"),
        finished_at: plain.finished().map(|(at, _)| at),
        snapshot_pub: before.map_or(0, |r| r.snapshot_pub),
        snapshot: before.and_then(|r| r.snapshot.clone()),
    }
}

/// Renews the snapshot where loading the document would otherwise mean many chunks. A note that
/// came as one chunk needs none: the chunk is its own.
fn renew_snapshot(tx: &Tx<'_>, record: &mut DocumentRecord, doc: &Automerge, newest: u64) -> Result<(), StoreError> {
    let behind = tx.numbers_of(record.id, record.snapshot_pub, SNAPSHOT_EVERY)?.len();
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
fn authors(tx: &Tx<'_>, doc: &Automerge, plain: &Plain) -> Result<Vec<String>, StoreError> {
    let mut authors = Vec::new();
    let mut seen = HashSet::new();
    for meta in doc.get_changes_meta(&[]) {
        let bytes = meta.actor.to_bytes();
        if genesis::is_genesis(bytes) || !seen.insert(bytes.to_vec()) {
            continue;
        }
        if let Some(worker) = Actor::from_slice(bytes).map(|a| tx.actor_worker(a)).transpose()?.flatten()
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
                    reproject_one(tx, id)?;
                    count += 1;
                }
            }
        })
    })?
}

fn reproject_one(tx: &Tx<'_>, id: DocumentId) -> Result<(), StoreError> {
    let doc = published(tx, id, None)?.ok_or(StoreError::Inconsistent("a published document is empty"))?;
    let chunks = tx.published_of(id, 0, u32::MAX)?;
    let newest = chunks.last().ok_or(StoreError::Inconsistent("a published document is empty"))?;
    let template = newest.template;
    let plain = Plain::read(&doc, template)
        .map_err(|_| StoreError::Inconsistent("a published document cannot be read"))?;
    let mut record = record_of(None, (id, template, newest.person), &doc, &plain);
    renew_snapshot(tx, &mut record, &doc, newest.number)?;
    tx.document_put(&record)
}
