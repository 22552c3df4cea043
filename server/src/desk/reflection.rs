//! The page for reflective supervision: one worker's own quarter against the middle of their team, with what people
//! said to them and the concerns that they raised. It is the worker's: the desk sees it once they have opened it on
//! their phone, and never a list of several.

use notes::ids::DocumentId;
use notes::note::Template;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use notes::reflection::{OwnBesideTeam, Reflection, ReflectionConcern, ReflectionWords};
use serde_json::json;

use super::reports::Period;
use super::reports::feedback::words_of;
use super::spread::spread;
use super::{Scope, seen};
use crate::core::Core;
use crate::ops::OpError;
use crate::store::{CountedNote, Span, StoreError, Tx, WorkerRecord};
use crate::sync::{Pusher, bit_of};

const MINUTE_MS: i64 = 60_000;
/// What people said, and concerns, that stand on the page: the newest.
const MOST: usize = 50;

/// The worker's own page, opened on their phone. That they opened it lets the desk see it.
///
/// # Errors
/// `device_revoked`; `parameter_invalid` for what is no quarter, or one that has not begun; the store's.
pub fn open(core: &Core, who: &Pusher, quarter: &str) -> Result<Reflection, OpError> {
    if who.device.revoked_at.is_some() {
        return Err(Code::DeviceRevoked.into());
    }
    let period = begun(core, quarter)?;
    core.store.write(|tx| {
        if tx.reflection_open(&who.worker.id, quarter, core.host.now_ms())? {
            let by = format!("worker:{}", who.worker.id);
            let detail = json!({ "device": who.device.id, "quarter": quarter });
            seen(tx, &core.host, &by, "reflection.opened", None, None, &detail)?;
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(core.store.read(|tx| page(tx, &who.worker, quarter, period))?)
}

/// A worker's page at the desk; who looked is written down.
///
/// # Errors
/// `not_found` for a worker out of view; `not_yet_seen` while the worker has not opened it; `parameter_invalid`; the
/// store's.
pub fn show(core: &Core, scope: Scope, worker: &str, quarter: &str, by: &str) -> Result<Reflection, OpError> {
    let period = begun(core, quarter)?;
    let worker = core.store.write(|tx| {
        scope.worker(tx, worker)?;
        let worker = tx.worker(worker)?.ok_or(Code::NotFound)?;
        if tx.reflection_opened(&worker.id, quarter)?.is_none() {
            return Err(OpError::from(Code::NotYetSeen));
        }
        let detail = json!({ "worker": worker.id, "quarter": quarter });
        seen(tx, &core.host, by, "reflection.seen", None, None, &detail)?;
        Ok(worker)
    })?;
    Ok(core.store.read(|tx| page(tx, &worker, quarter, period))?)
}

fn begun(core: &Core, quarter: &str) -> Result<Period, OpError> {
    let period = Period::quarter(quarter)?;
    if period.bounds().0 > core.host.now_ms() {
        return Err(Code::ParameterInvalid.into());
    }
    Ok(period)
}

/// One measure of the worker's notes, and of the others' in the team.
#[derive(Default)]
struct Measure {
    own: Vec<i64>,
    others: Vec<i64>,
}

impl Measure {
    fn enter(&mut self, mine: bool, ms: Option<i64>) {
        let minutes = ms.map(|ms| ms.max(0) / MINUTE_MS);
        if mine {
            self.own.extend(minutes);
        } else {
            self.others.extend(minutes);
        }
    }

    fn beside(mut self) -> OwnBesideTeam {
        self.own.sort_unstable();
        let middle = self.own.len().saturating_sub(1) / 2;
        let own = self.own.get(middle).copied();
        let enough = spread(&mut self.others).is_some();
        self.others.extend(&self.own);
        OwnBesideTeam {
            own,
            team: spread(&mut self.others).filter(|_| enough).map(|all| all.median),
        }
    }
}

fn page(tx: &Tx<'_>, worker: &WorkerRecord, quarter: &str, period: Period) -> Result<Reflection, StoreError> {
    let (mut own, [mut recording, mut contact, mut to_finish]) = (Vec::new(), <[Measure; 3]>::default());
    if let Some(team) = worker.team {
        let (from, until) = period.bounds();
        let span = Span {
            team: Some(team),
            from,
            until,
        };
        tx.notes_counted(span, |note| {
            let Some(finished) = note.finished_at else { return };
            let mine = note.author.as_deref() == Some(worker.id.as_str());
            let lasted = note.ended_at.map(|end| end.saturating_sub(note.started_at));
            recording.enter(mine, Some(note.recording_ms).filter(|ms| *ms > 0));
            contact.enter(mine, lasted.filter(|ms| *ms > 0));
            to_finish.enter(mine, Some(finished.saturating_sub(note.started_at)));
            if mine {
                own.push(note);
            }
        })?;
    }
    own.sort_by_key(|note| std::cmp::Reverse((note.started_at, note.document)));
    let opened_at = tx.reflection_opened(&worker.id, quarter)?.unwrap_or_default();
    Ok(Reflection {
        quarter: quarter.to_owned(),
        worker_id: worker.id.clone(),
        worker_name: worker.name.clone(),
        opened_at: rfc3339(opened_at),
        notes: own.len() as u64,
        recording: recording.beside(),
        contact: contact.beside(),
        to_finish: to_finish.beside(),
        words: words(tx, &own)?,
        concerns: concerns(tx, &own)?,
    })
}

/// The newest notes that used a field.
fn using<'a>(own: &'a [CountedNote], field: &str) -> impl Iterator<Item = (DocumentId, &'a CountedNote)> {
    let bit = bit_of(Template::Note, field);
    let used = own.iter().filter(move |note| note.fields & bit != 0);
    used.take(MOST).map(|note| (note.document, note))
}

fn words(tx: &Tx<'_>, own: &[CountedNote]) -> Result<Vec<ReflectionWords>, StoreError> {
    let mut said = Vec::new();
    for (id, note) in using(own, "feedback") {
        said.extend(words_of(tx, id)?.map(|words| ReflectionWords {
            note_id: id.to_string(),
            answer: note.useful.clone(),
            words,
        }));
    }
    Ok(said)
}

fn concerns(tx: &Tx<'_>, own: &[CountedNote]) -> Result<Vec<ReflectionConcern>, StoreError> {
    let mut raised = Vec::new();
    for (id, _) in using(own, "concerns") {
        for (entry, kind) in tx.concerns_of(id)? {
            let concern = tx.concern(id, &entry)?;
            let acknowledged = concern.and_then(|concern| concern.acknowledged);
            raised.push(ReflectionConcern {
                note_id: id.to_string(),
                kind,
                acknowledged_at: acknowledged.map(|(at, _)| rfc3339(at)),
            });
        }
    }
    Ok(raised)
}
