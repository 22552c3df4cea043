//! The projector: takes what waits in the log, has it judged on scratch, and publishes what passes
//! together with its projections, in one transaction. It runs behind the answers, so a storm of
//! uploads is absorbed at the speed of the disk.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::Automerge;
use notes::ids::{DocumentId, PersonId};
use notes::note::{Plain, Template};
use notes::problem::Code;

use super::apart::is_deadly;
use super::docket::Docket;
use super::judge::{Candidate, Finding, Judged, Sound, judge};
use super::merge;
use super::record::{authors, put, record_of, renew_snapshot};
use crate::core::Core;
use crate::host::Host;
use crate::store::{Audience, EntryState, NewsKind, StoreError, Troubles, Tx};
use crate::{export, issues};

/// Automerge recurses over what it loads; the gate bounds how far, and this is room enough.
const STACK_BYTES: usize = 256 * 1024 * 1024;
/// A document that could not be published so often is held.
const MOST_FAILURES: u32 = 5;
/// A change that waited so long for another becomes an issue.
const PATIENCE_MS: i64 = 24 * 3_600_000;

/// A document that was published, with its number: likely to be written in again.
type Kept = (DocumentId, u64, Automerge);

/// Judges and publishes what waits, for at most so many documents. Returns how many there were;
/// to be called until it says 0.
///
/// # Errors
/// The database's, or that of one document, which then did not keep the others from being
/// published; what was not published waits on.
pub fn project(core: &Core, most_documents: u32) -> Result<u32, StoreError> {
    if let Some(id) = core.store.marked_before()? {
        core.store.write(|tx| tx.judging_died(id))?;
        core.store.unmark()?;
    }
    let most = most_documents.min(core.memory.stride());
    let ids = core.store.read(|tx| tx.log_unjudged(most))?;
    if ids.is_empty() {
        return Ok(0);
    }
    let troubles = core.store.read(|tx| tx.judging_troubles(&ids))?;
    let (kept, trouble) = judge_and_publish(core, &ids, &troubles)?;
    core.memory.batch_ended();
    for (id, newest, doc) in kept {
        core.memory.keep(id, newest, doc);
    }
    trouble.map_or(Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX)), Err)
}

/// Judges, publishes, and says for which document that failed.
fn judge_and_publish(
    core: &Core,
    ids: &[DocumentId],
    troubles: &[Troubles],
) -> Result<(Vec<Kept>, Option<StoreError>), StoreError> {
    let dockets = core.store.read(|tx| {
        let each = ids
            .iter()
            .zip(troubles)
            .map(|(id, troubles)| read(core, tx, *id, *troubles));
        each.filter_map(Result::transpose)
            .collect::<Result<Vec<_>, StoreError>>()
    })?;
    let judged = on_large_stack(|| {
        let each = dockets.into_iter().map(|(docket, troubles)| {
            if troubles.failures >= MOST_FAILURES || is_deadly(core, &docket, troubles.deaths)? {
                let judged = all_held(&docket);
                return Ok((docket, judged));
            }
            core.store.mark(docket.id)?;
            let judged = judge_safely(&docket);
            core.store.unmark()?;
            Ok((docket, judged))
        });
        each.collect::<Result<Vec<_>, StoreError>>()
    })??;
    core.store.write(|tx| {
        let (mut kept, mut trouble) = (Vec::new(), None);
        let troubled = ids
            .iter()
            .zip(troubles)
            .filter(|(_, t)| **t != Troubles::default());
        let mut over: HashSet<DocumentId> = troubled.map(|(id, _)| *id).collect();
        for (docket, judged) in judged {
            let id = docket.id;
            match tx.attempt(|tx| publish(tx, &core.host, docket, judged)) {
                Ok(document) => kept.extend(document),
                Err(error) if error.is_the_machines() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "a document could not be published");
                    over.remove(&id);
                    tx.judging_failed(id)?;
                    trouble = Some(error);
                }
            }
        }
        over.iter().try_for_each(|id| tx.judging_end(*id))?;
        Ok((kept, trouble))
    })
}

/// One document's docket with its troubles. Where what is published of it cannot be read, what waits
/// is to be held.
fn read(
    core: &Core,
    tx: &Tx<'_>,
    id: DocumentId,
    mut troubles: Troubles,
) -> Result<Option<(Docket, Troubles)>, StoreError> {
    if troubles.failures < MOST_FAILURES {
        match Docket::read(tx, &core.memory, id) {
            Ok(docket) => return Ok(docket.map(|docket| (docket, troubles))),
            Err(error) if error.is_the_machines() => return Err(error),
            Err(error) => tracing::error!(%error, "a document cannot be read"),
        }
        troubles.failures = MOST_FAILURES;
    }
    Ok(Docket::unreadable(tx, id)?.map(|docket| (docket, troubles)))
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
            tx.log_set_state(
                entry.seq,
                EntryState::Held,
                Some(Code::DependencyMissing.as_str()),
            )?;
            issues::held(tx, &core.host, &entry, Code::DependencyMissing)?;
        }
        Ok(())
    })
}

/// Runs what Automerge may recurse in.
pub(super) fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, StoreError> {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work)?;
        worker
            .join()
            .map_err(|_| StoreError::Inconsistent("the judge's thread died"))
    })
}

/// Judges as the projector does: with room for recursion, and whatever Automerge panics over is held.
///
/// # Errors
/// Where there is no room, or the judge itself fell.
pub fn judge_guarded(
    base: Option<&Automerge>,
    template: Template,
    candidates: &[Candidate],
) -> Result<Judged, StoreError> {
    on_large_stack(|| without_falls(candidates, |candidates| judge(base, template, candidates)))
}

fn all_held(docket: &Docket) -> Judged {
    let hold = Finding::Hold(Code::Unprocessable);
    Judged {
        findings: vec![hold; docket.entries.len()],
        outcome: None,
    }
}

fn judge_safely(docket: &Docket) -> Judged {
    without_falls(&docket.candidates, |candidates| {
        judge(docket.base.as_ref(), docket.template, candidates)
    })
}

/// A chunk over which Automerge panics is held with all that its sender sent for the document, and the others are
/// judged without them.
pub(super) fn without_falls(candidates: &[Candidate], judge: impl Fn(&[Candidate]) -> Judged) -> Judged {
    let attempt = |indices: &[usize]| {
        let trial: Vec<Candidate> = indices
            .iter()
            .filter_map(|i| candidates.get(*i).cloned())
            .collect();
        catch_unwind(AssertUnwindSafe(|| judge(&trial))).ok()
    };
    if let Ok(judged) = catch_unwind(AssertUnwindSafe(|| judge(candidates))) {
        return judged;
    }
    let mut survivors: Vec<usize> = (0..candidates.len()).collect();
    let mut findings = vec![Finding::Hold(Code::Unprocessable); candidates.len()];
    let judged = loop {
        if let Some(judged) = attempt(&survivors) {
            break judged;
        }
        // By halving: with the first `stands` it goes, with the first `falls` it does not.
        let (mut stands, mut falls) = (0, survivors.len());
        while falls - stands > 1 {
            let middle = usize::midpoint(stands, falls);
            let trial = survivors.get(..middle).unwrap_or_default();
            if attempt(trial).is_some() {
                stands = middle;
            } else {
                falls = middle;
            }
        }
        if survivors.is_empty() {
            return Judged {
                findings,
                outcome: None,
            };
        }
        let fallen = survivors.remove(stands);
        // No honest phone makes such a chunk, and to find each of many would cost a judgement of all for each.
        if let Some(sender) = candidates.get(fallen).and_then(|c| c.sender) {
            survivors.retain(|i| candidates.get(*i).is_none_or(|c| c.sender != Some(sender)));
        }
    };
    for (index, finding) in survivors.iter().zip(judged.findings) {
        if let Some(place) = findings.get_mut(*index) {
            *place = finding;
        }
    }
    Judged {
        findings,
        outcome: judged.outcome,
    }
}

/// Publishes one document's findings. Gives the document back for the memory, where it is one that
/// is likely to be written in again.
fn publish(tx: &Tx<'_>, host: &Host, docket: Docket, judged: Judged) -> Result<Option<Kept>, StoreError> {
    // Somebody else (the command line) may have published meanwhile: then this was judged on sand.
    let stale = tx.published_newest(docket.id)? != docket.newest;
    if stale || !still_open(tx, &docket)? {
        return Ok(None);
    }
    let person = person_now(tx, &docket, person_of(&docket, &judged))?;
    let mut newest = docket.newest;
    if judged.outcome.is_some() && docket.record.as_ref().is_some_and(|r| r.person != person) {
        newest = publish_again(tx, &docket, person)?;
    }
    newest = enter(tx, host, &docket, &judged, (person, newest))?;
    let Some(sound) = judged.outcome else {
        return Ok(docket.base.map(|doc| (docket.id, newest, doc)));
    };
    let Sound { doc, plain, .. } = sound;
    call_back(tx, host, &docket)?;
    let place = (docket.id, docket.template, person);
    let before = docket.record.as_ref();
    let mut record = record_of(before, place, sound.heads, &plain);
    if finished_now(&docket, Some(&plain)) {
        let last = judged.findings.iter().rposition(|f| *f == Finding::Publish);
        let came = last.and_then(|last| docket.entries.get(last));
        if let (Some(figures), Some(entry)) = (&mut record.figures, came) {
            figures.received_at = Some(entry.entry.received_at);
        }
    }
    if let Some(doc) = &doc {
        renew_snapshot(tx, &mut record, doc, newest)?;
    }
    put(tx, host, before, &record, &plain)?;
    // One that is on its way to another person goes out as theirs.
    let follows = merge::follow(tx, host, &record)?;
    if record.finished_at.is_some() && !follows {
        let published = docket.entries.iter().zip(&judged.findings);
        let published = published.filter(|(_, finding)| **finding == Finding::Publish);
        let received_at = published.map(|(e, _)| e.entry.received_at).max().unwrap_or(0);
        let authors = authors(tx, &sound.writers, &plain)?;
        export::after_publish(tx, host, &record, &plain, &authors, received_at)?;
    }
    issues::after_publish(tx, host, &record, &plain)?;
    let kept = doc.filter(|_| docket.base.is_some());
    Ok(kept.map(|doc| (docket.id, newest, doc)))
}

/// Gives each entry the state that was found; returns the newest published number.
fn enter(
    tx: &Tx<'_>,
    host: &Host,
    docket: &Docket,
    judged: &Judged,
    (person, mut newest): (Option<PersonId>, u64),
) -> Result<u64, StoreError> {
    let finishes = finished_now(docket, judged.outcome.as_ref().map(|sound| &sound.plain));
    let last = judged.findings.iter().rposition(|f| *f == Finding::Publish);
    for (index, (entry, finding)) in docket.entries.iter().zip(&judged.findings).enumerate() {
        match finding {
            Finding::Publish => {
                let finishes = finishes && Some(index) == last;
                newest = tx.publish(entry.seq, docket.id, person, finishes)?;
                tx.log_set_state(entry.seq, EntryState::Published, None)?;
                let sender = entry.entry.device;
                // Another install of the device's has not what this one sent. What came by no line may be any
                // install's (the server was set back), or a person let it in and the sender let go of it.
                let several = sender.map(|device| tx.has_lines(device)).transpose()?;
                let but = sender.filter(|_| several == Some(false) && entry.entry.line.is_some());
                tx.publish_to_followers(newest, docket.id, but)?;
            }
            Finding::Wait if entry.entry.state == EntryState::Waiting => {}
            Finding::Wait => tx.log_set_state(entry.seq, EntryState::Waiting, None)?,
            Finding::Hold(code) => hold(tx, host, docket, index, *code)?,
        }
    }
    // Two installs write under one actor: each takes a fresh one, and writes again under it what was
    // not published.
    let forked = docket.entries.iter().zip(&judged.findings);
    let forked = forked.filter(|(_, finding)| **finding == Finding::Hold(Code::SeqTaken));
    let devices: HashSet<_> = forked.filter_map(|(entry, _)| entry.entry.device).collect();
    for device in devices {
        issues::fork(tx, docket.id, device)?;
    }
    Ok(newest)
}

/// Where something was published, what missed it is judged again: also what was not looked at yet,
/// and what waited so long that it became an issue.
fn call_back(tx: &Tx<'_>, host: &Host, docket: &Docket) -> Result<(), StoreError> {
    if docket.cut {
        tx.log_wake(docket.id)?;
    }
    let missing = Code::DependencyMissing.as_str();
    if tx.log_retry(docket.id, missing)? == 0 {
        return Ok(());
    }
    for issue in tx.issues_open_of(docket.id)? {
        let opened = &issue.opened;
        if opened.kind == "held" && opened.subject.ends_with(missing) {
            tx.issue_settle(
                &opened.id,
                host.now_ms(),
                "server",
                "arrived",
                "The missing part may have arrived.",
            )?;
            if let Some(device) = opened.device {
                tx.tell(Audience::Device(device), NewsKind::Standing, &docket.id.0)?;
            }
        }
    }
    Ok(())
}

fn still_open(tx: &Tx<'_>, docket: &Docket) -> Result<bool, StoreError> {
    for entry in &docket.entries {
        let open = tx.log_state(entry.seq)?;
        if open != Some((entry.entry.state, entry.overruled)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn hold(tx: &Tx<'_>, host: &Host, docket: &Docket, index: usize, code: Code) -> Result<(), StoreError> {
    let Some(entry) = docket.entries.get(index) else {
        return Ok(());
    };
    tx.log_set_state(entry.seq, EntryState::Held, Some(code.as_str()))?;
    // Read again: the docket's own copy gave its bytes to the judge.
    let Some(whole) = tx.log_entry(entry.seq)? else {
        return Ok(());
    };
    issues::held(tx, host, &whole, code)
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
    let published = docket
        .entries
        .iter()
        .zip(&judged.findings)
        .filter(|(_, f)| **f == Finding::Publish);
    let decided = published
        .clone()
        .filter(|(e, _)| e.overruled)
        .find_map(|(e, _)| e.entry.person);
    let said = judged
        .outcome
        .as_ref()
        .and_then(|sound| sound.plain.text("person")?.parse().ok());
    let pushed = || match docket.template {
        Template::About => published.clone().find_map(|(e, _)| e.entry.person),
        Template::Note => None,
    };
    decided
        .or(said)
        .or_else(pushed)
        .or_else(|| docket.record.as_ref().and_then(|r| r.person))
}

/// A note that followed its person into another stays theirs, also where something names the first.
fn person_now(tx: &Tx<'_>, docket: &Docket, found: Option<PersonId>) -> Result<Option<PersonId>, StoreError> {
    let before = docket.record.as_ref().and_then(|record| record.person);
    match (found, before) {
        (Some(found), Some(before)) if found != before && tx.survivor(found)? == before => Ok(Some(before)),
        _ => Ok(found),
    }
}

fn finished_now(docket: &Docket, plain: Option<&Plain>) -> bool {
    let before = docket.record.as_ref().is_some_and(|r| r.finished_at.is_some());
    !before && plain.is_some_and(|p| p.finished().is_some())
}
