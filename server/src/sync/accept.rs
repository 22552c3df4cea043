//! Accepting: a push that passes the gate and the caller's rights is appended to the log and, once
//! that is on disk, answered `accepted`. What does not pass is appended too, held, so that nothing
//! a phone has let go of can be lost.

use notes::ids::{Actor, DocumentId, PersonId};
use notes::note::{Template, genesis};
use notes::problem::Code;
use notes::wire::{JOINT_VISIT, Outcome, Push, Reading, Verdict, WRITTEN_AGAIN};

use super::Pusher;
use super::check::{self, CheckedChunk, CheckedPush};
use super::view;
use crate::host::Host;
use crate::issues;
use crate::store::{Audience, AuditEntry, Entry, EntryState, Head, NewEntry, NewsKind, StoreError, Tx};

/// Which install pushes, and what it knew.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Its line; none where it came with a cursor that is not known here.
    pub(super) line: Option<u64>,
    /// Up to where the device has pulled.
    pub(super) pulled_pub: u64,
}

/// Appends all pushes of a request; one verdict each, in order.
pub(super) fn accept(
    tx: &Tx<'_>,
    host: &Host,
    who: &Pusher,
    pushes: Vec<CheckedPush>,
    place: Place,
) -> Result<Vec<Verdict>, StoreError> {
    if pushes.is_empty() {
        return Ok(Vec::new());
    }
    let mut head = tx.log_head()?;
    let actors = tx.actors_of(who.device.id)?;
    let mut verdicts = Vec::with_capacity(pushes.len());
    for CheckedPush { mut push, chunks } in pushes {
        if tx.log_tombstone(push.document)?.is_some() {
            verdicts.push(gone(push.document));
            continue;
        }
        push.person = vouched_for(tx, who, &push)?;
        let refused = refusal(tx, who, &push)?;
        let mut taken = false;
        let mut verdict = Verdict {
            document: push.document,
            outcome: Outcome::Accepted,
            code: None,
            seq: 0,
        };
        if push.reason.as_deref() == Some(WRITTEN_AGAIN) {
            for chunk in chunks {
                verdict.seq = verdict
                    .seq
                    .max(set_aside(tx, host, who, &mut head, &push, (chunk, place))?);
            }
            verdicts.push(verdict);
            continue;
        }
        for chunk in chunks {
            let code = refused.or_else(|| authors_refusal(&chunk, &actors));
            taken |= code.is_none();
            let (seq, held) = append(tx, host, who, &mut head, &push, (chunk, place), code)?;
            verdict.seq = verdict.seq.max(seq);
            if let Some(code) = held
                && verdict.code.is_none()
            {
                verdict.outcome = Outcome::Held;
                verdict.code = Some(code);
            }
        }
        // Who had nothing taken has no part in the note.
        if taken {
            tx.follow(push.document, who.device.id, push.reason.as_deref())?;
        }
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

/// What was removed stays removed: of what comes for it nothing is kept.
const fn gone(document: DocumentId) -> Verdict {
    Verdict {
        document,
        outcome: Outcome::Gone,
        code: None,
        seq: 0,
    }
}

/// Keeps a chunk whose words its device has written again under another actor: what of it is not
/// published yet never will be, or they would stand in the note twice. Returns its number.
fn set_aside(
    tx: &Tx<'_>,
    host: &Host,
    who: &Pusher,
    head: &mut Head,
    push: &Push,
    sent: (CheckedChunk, Place),
) -> Result<u64, StoreError> {
    let entry = NewEntry {
        state: EntryState::SetAside,
        code: Some(WRITTEN_AGAIN.to_owned()),
        ..entry(host, who, push, sent)
    };
    let (seq, new) = tx.log_append(head, &entry)?;
    if !new
        && let Some(known) = tx.log_entry(seq)?
        && known.entry.device == entry.device
        && issues::UNPUBLISHED.contains(&known.entry.state)
    {
        tx.log_set_state(seq, EntryState::SetAside, Some(WRITTEN_AGAIN))?;
    }
    Ok(seq)
}

/// Appends one chunk; returns its number, and the code where it stands held.
fn append(
    tx: &Tx<'_>,
    host: &Host,
    who: &Pusher,
    head: &mut Head,
    push: &Push,
    sent: (CheckedChunk, Place),
    code: Option<Code>,
) -> Result<(u64, Option<String>), StoreError> {
    let mut entry = entry(host, who, push, sent);
    if let Some(code) = code {
        entry.state = EntryState::Held;
        entry.code = Some(code.as_str().to_owned());
    }
    let (seq, new) = tx.log_append(head, &entry)?;
    if new {
        if let Some(code) = code {
            let entry = Entry {
                seq,
                chain: head.chain,
                entry,
                overruled: false,
            };
            issues::held(tx, host, &entry, code)?;
        }
        return Ok((seq, code.map(|c| c.as_str().to_owned())));
    }
    // It came before: its verdict is what became of it since.
    let known = tx
        .log_entry(seq)?
        .ok_or(StoreError::Inconsistent("a log entry vanished"))?;
    // What a person set aside is settled: it is durable, and the phone hears what to do by an order.
    let held = known.entry.state == EntryState::Held;
    let code = known
        .entry
        .code
        .unwrap_or_else(|| Code::Unprocessable.as_str().to_owned());
    Ok((seq, held.then_some(code)))
}

fn entry(host: &Host, who: &Pusher, push: &Push, (chunk, place): (CheckedChunk, Place)) -> NewEntry {
    NewEntry {
        document: push.document,
        device: Some(who.device.id),
        line: place.line,
        received_at: host.now_ms(),
        hash: chunk.hash,
        chunk: chunk.bytes,
        template: push.template,
        person: push.person,
        reason: push.reason.clone(),
        pulled_pub: place.pulled_pub,
        state: EntryState::Pending,
        code: None,
    }
}

/// A visit is joined; a person's own page is not.
fn joins(push: &Push) -> bool {
    push.reason.as_deref() == Some(JOINT_VISIT) && push.template == Template::Note
}

/// The person for whom a push vouches. Who joins a visit may have heard whom the note is about and not see them;
/// where the server does not know it (not yet, or not any more: it was set back), that is for whoever began the
/// note to say, and the part waits for the rest as if nobody were named.
fn vouched_for(tx: &Tx<'_>, who: &Pusher, push: &Push) -> Result<Option<PersonId>, StoreError> {
    match push.person {
        Some(named) if joins(push) && tx.document_person(push.document)?.is_none() => {
            Ok(view::may_see_id(tx, &who.worker, named)?.then_some(named))
        }
        person => Ok(person),
    }
}

/// The caller's rights to the person and the document that a push names.
fn refusal(tx: &Tx<'_>, who: &Pusher, push: &Push) -> Result<Option<Code>, StoreError> {
    if who.device.revoked_at.is_some() {
        return Ok(Some(Code::RevokedDevice));
    }
    if tx.moved(push.document)?.is_some() {
        return Ok(Some(Code::NoteMoved));
    }
    if !check::id_fits(push) {
        return Ok(Some(Code::WrongDocument));
    }
    let about = tx.document_person(push.document)?;
    let allowed = match (push.person, about) {
        (Some(named), Some(about)) if named != about && tx.survivor(named)? != tx.survivor(about)? => {
            return Ok(Some(Code::WrongDocument));
        }
        (Some(named), about) => {
            // That the note is about them already is known here; its id is the proof.
            let joins = joins(push) && about.is_some();
            joins || view::may_see_id(tx, &who.worker, named)?
        }
        (None, Some(about)) => {
            joins(push) || view::may_read(tx, &who.worker, who.device.id, push.document, Some(about))?
        }
        (None, None) => true,
    };
    Ok(if allowed { None } else { Some(Code::PersonUnknown) })
}

/// A chunk may only hold changes that its sender wrote (and the genesis change).
fn authors_refusal(chunk: &CheckedChunk, own: &[Actor]) -> Option<Code> {
    match &chunk.authors {
        Err(code) => Some(*code),
        Ok(authors) if authors.iter().all(|actor| own.contains(actor)) => None,
        Ok(_) => Some(Code::ActorNotYours),
    }
}

/// Gives the request's actor to the device that uses it; refuses one that is another's.
pub(super) fn claim(tx: &Tx<'_>, who: &Pusher, actor: Actor, now: i64) -> Result<bool, StoreError> {
    if genesis::is_genesis(&actor.0) {
        return Ok(false);
    }
    let (owner, new) = tx.actor_claim(actor, who.device.id, now)?;
    if new {
        tx.tell(Audience::All, NewsKind::Actor, &actor.0)?;
    }
    Ok(owner == Some(who.device.id))
}

/// Writes the readings into the audit, each once. Also those of notes that are not in view any
/// more, and those of a device that was revoked since: they are what an audit is for.
pub(super) fn readings(tx: &Tx<'_>, who: &Pusher, readings: &[Reading], now: i64) -> Result<(), StoreError> {
    for reading in readings {
        if tx.reading_new(who.device.id, reading.document, reading.opened_at)? {
            tx.audit(&AuditEntry {
                at: now,
                who: format!("worker:{}", who.worker.id),
                what: "note.read".to_owned(),
                person: tx.document_person(reading.document)?,
                document: Some(reading.document),
                detail: format!(
                    r#"{{"device":"{}","opened_at":{}}}"#,
                    who.device.id, reading.opened_at
                ),
            })?;
        }
    }
    Ok(())
}
