//! A pass: requests until both sides are quiet. Each is durable by itself: what is offered is frozen
//! in the store before it is sent, and an answer's effects and its cursor are one transaction. A link
//! that drops costs one request.

use std::collections::BTreeSet;

use notes::ids::DocumentId;
use notes::note;
use notes::wire::{MAX_FILLS, MAX_READINGS, Outcome, REQUEST_TARGET_BYTES, Subject};
use serde::Serialize;

use super::commit::freeze;
use super::gone::GONE;
use super::link::{Ended, Stop};
use super::standing::in_words;
use super::talk::alone;
use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, Transport};
use crate::store::meta::{self, key};
use crate::store::{docs, fills, outgoing};
use crate::sync::{self, Effects, Outlook, Plan};
use crate::trouble::Trouble;

/// No honest pass takes more requests; a server that always says `more` is not listened to for ever.
const MOST_REQUESTS: usize = 10_000;

/// Who writes on and on while a pass goes on is not run after: so often it looks whether there is more to send when
/// there had been room for all of it.
const MOST_SHORT_ONES: u32 = 8;

/// An answer is asked for again so often, because something was typed meanwhile in what it is about.
const MOST_PUT_OFF: u32 = 3;

/// Which half of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncMode {
    /// Send and fetch.
    Both,
    /// Only send.
    PushOnly,
    /// Only fetch.
    PullOnly,
}

/// A note that the server holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Held {
    /// The note.
    pub id: DocumentId,
    /// Code of the refusal.
    pub code: String,
    /// In words.
    pub reason: String,
}

/// What a pass did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct SyncReport {
    /// Notes whose news the server now has.
    pub sent: u64,
    /// Notes in which something new came.
    pub received: u64,
    /// Notes that the server holds, from this pass or an earlier one; and with `gone` those that it removed for good
    /// in this pass, while something of them was only here. That is kept aside.
    pub held: Vec<Held>,
    /// Notes of which something still waits here.
    pub waiting: u64,
    /// How many sync requests it took.
    #[serde(skip)]
    pub requests: u64,
    /// How it ended.
    #[serde(skip)]
    pub ended: Ended,
    /// How far the server's clock was ahead of this phone's, milliseconds; none where no answer came.
    #[serde(skip)]
    pub clock_offset_ms: Option<i64>,
}

/// What one pass has seen so far.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) sent: BTreeSet<DocumentId>,
    pub(super) received: BTreeSet<DocumentId>,
    /// Documents that were removed for good, of which something was only here.
    pub(super) gone: BTreeSet<DocumentId>,
    /// Histories that are not asked for again in this pass.
    pub(super) asked: BTreeSet<Subject>,
    pub(super) rewinds: u32,
    requests: u64,
    clock_offset_ms: Option<i64>,
    /// Requests that had room for all that was to be sent.
    short_ones: u32,
    /// Answers that were asked for again.
    put_off: u32,
}

/// Whether the same is to be asked again once an answer is taken in.
pub(super) fn asks_again(plan: &Plan, effects: &Effects, mode: SyncMode) -> bool {
    let brought = !effects.arrivals.is_empty() || !effects.rows.is_empty();
    let moved = brought || effects.cursor.as_ref() != Some(&plan.request.cursor);
    // `more` without anything new would go on for ever.
    let pull_left = mode != SyncMode::PushOnly && !plan.request.pull;
    (effects.more && moved) || effects.rewound || pull_left
}

fn is_short(plan: &Plan) -> bool {
    let pushes = plan.request.pushes.iter();
    let bytes: usize = pushes
        .flat_map(|push| &push.chunks)
        .map(|chunk| chunk.len())
        .sum();
    bytes < REQUEST_TARGET_BYTES
}

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// One pass. What is typed meanwhile goes with the next one, or with the rest of this.
    ///
    /// # Errors
    /// Where the store fails. An unreachable or refusing server is told by the report.
    pub async fn sync(&self, mode: SyncMode) -> Result<SyncReport, Trouble> {
        self.book.with(|book| {
            book.me()?;
            book.settle_all()
        })?;
        let mut tally = Tally::default();
        let mut stopped = self.talk(mode, &mut tally).await?;
        if stopped.is_none() && mode != SyncMode::PullOnly {
            stopped = self.send_files().await?;
        }
        if stopped.is_none() && self.book.with(Notebook::obey)? {
            // The server is to know before the host takes away what can tell it.
            stopped = self.talk(mode, &mut tally).await?;
        }
        let ended = stopped.map_or(Ended::Quiet, Into::into);
        self.book.with(|book| book.report(&tally, ended))
    }

    async fn talk(&self, mode: SyncMode, tally: &mut Tally) -> Result<Option<Stop>, Trouble> {
        for _ in 0..MOST_REQUESTS {
            let plan = self
                .book
                .with(|book| book.next(mode, tally, REQUEST_TARGET_BYTES))?;
            tally.requests += 1;
            let response = match self.exchange(&plan.request).await? {
                Ok(response) => response,
                Err(stop) => return Ok(Some(stop)),
            };
            tally.short_ones += u32::from(is_short(&plan));
            let Ok(effects) = sync::take(&plan, response) else {
                return Ok(Some(Stop::not_understood()));
            };
            match self.digest(&plan, effects, mode, tally).await? {
                Some(true) => {}
                Some(false) => return Ok(None),
                None => return Ok(Some(Stop::not_understood())),
            }
        }
        Ok(Some(Stop::not_understood()))
    }

    /// Takes an answer in, part by part. Says whether there is more to ask or to say; none where the answer cannot be
    /// understood.
    async fn digest(
        &self,
        plan: &Plan,
        mut effects: Effects,
        mode: SyncMode,
        tally: &mut Tally,
    ) -> Result<Option<bool>, Trouble> {
        let again = asks_again(plan, &effects, mode);
        while let Some(part) = effects.next_part() {
            let in_the_way = self.book.with(|book| {
                if book.writes_behind(&part, mode, tally)? {
                    return Ok(true);
                }
                book.take_in(&part, tally).map(|()| false)
            })?;
            if in_the_way {
                return Ok(Some(true));
            }
            self.host.breathe().await;
        }
        self.book.with(|book| {
            if book.writes_behind(&effects, mode, tally)? {
                return Ok(Some(true));
            }
            if !book.conclude(plan, &effects, tally)? {
                return Ok(None);
            }
            Ok(Some(again || book.has_more(mode, tally)?))
        })
    }
}

impl Notebook {
    /// One pass, on a transport that waits in place.
    ///
    /// # Errors
    /// Where the store fails. An unreachable or refusing server is told by the report.
    pub fn sync(&mut self, transport: &mut dyn Transport, mode: SyncMode) -> Result<SyncReport, Trouble> {
        alone!(self, transport, |talk| talk.sync(mode))
    }

    fn report(&mut self, tally: &Tally, ended: Ended) -> Result<SyncReport, Trouble> {
        if ended == Ended::Quiet {
            self.live.passed();
        }
        let mut held = outgoing::all_held(self.store.read())?;
        // Told once: the copy stays aside, and there is nothing more to decide.
        held.extend(tally.gone.iter().map(|id| (*id, GONE.to_owned())));
        Ok(SyncReport {
            sent: tally.sent.len() as u64,
            received: tally.received.len() as u64,
            held: held
                .into_iter()
                .map(|(id, code)| Held {
                    id,
                    reason: in_words(&code),
                    code,
                })
                .collect(),
            waiting: docs::waiting(self.store.read())?,
            requests: tally.requests,
            ended,
            clock_offset_ms: tally.clock_offset_ms,
        })
    }

    /// Takes a whole answer in, or the last part of one; false where it makes no sense.
    pub(super) fn conclude(
        &mut self,
        plan: &Plan,
        effects: &Effects,
        tally: &mut Tally,
    ) -> Result<bool, Trouble> {
        tally.clock_offset_ms = Some(effects.server_at.saturating_sub(self.now()));
        for answer in effects.answers.iter().filter(|a| a.outcome == Outcome::Accepted) {
            tally.sent.insert(answer.document);
        }
        if effects.fills.is_empty() && !effects.more {
            // A server that answers no history (a revoked phone gets none) is not asked on and on.
            tally
                .asked
                .extend(plan.request.fills.iter().map(|fill| fill.subject));
        }
        self.take_in(effects, tally)?;
        Ok(tally.rewinds <= 2)
    }

    /// Before an answer touches a document what was typed meanwhile is made a change; else it waits for its pause. Where
    /// something was written meanwhile in what the answer brings news of, it was written knowing nothing of them, a finish
    /// perhaps, and is to be sent so: then this is true, and the same is asked for again, behind it.
    fn writes_behind(
        &mut self,
        effects: &Effects,
        mode: SyncMode,
        tally: &mut Tally,
    ) -> Result<bool, Trouble> {
        if effects.arrivals.is_empty() && effects.rows.is_empty() && effects.fills.is_empty() {
            return Ok(false);
        }
        self.settle_all()?;
        if mode == SyncMode::PullOnly || tally.put_off >= MOST_PUT_OFF {
            return Ok(false);
        }
        let written = docs::unoffered(self.store.read(), usize::MAX)?;
        let written: BTreeSet<DocumentId> = written.into_iter().map(|row| row.id).collect();
        let mut news = effects.arrivals.iter().filter(|arrival| !arrival.asked);
        let behind = news.any(|news| written.contains(&news.document));
        tally.put_off += u32::from(behind);
        Ok(behind)
    }

    /// Whether another request has something to say.
    pub(super) fn has_more(&self, mode: SyncMode, tally: &Tally) -> Result<bool, Trouble> {
        let conn = self.store.read();
        let pushes = mode != SyncMode::PullOnly
            && tally.short_ones < MOST_SHORT_ONES
            && (!docs::unoffered(conn, 1)?.is_empty() || !outgoing::unsent(conn, 1)?.is_empty());
        let pulls = mode != SyncMode::PushOnly
            && fills::wanted(conn)?
                .iter()
                .any(|fill| !tally.asked.contains(&fill.subject));
        Ok(pushes || pulls || !fills::readings(conn, 1)?.is_empty() || self.has_to_tell()?)
    }

    /// The next request; what it offers is frozen when this returns.
    pub(super) fn next(
        &mut self,
        mode: SyncMode,
        tally: &Tally,
        target_bytes: usize,
    ) -> Result<Plan, Trouble> {
        let mut unsent = Vec::new();
        if mode != SyncMode::PullOnly {
            self.freeze(target_bytes)?;
            unsent = outgoing::unsent(self.store.read(), target_bytes)?;
        }
        let conn = self.store.read();
        let bytes: usize = unsent.iter().map(|unsent| unsent.chunk.len()).sum();
        let backlog = bytes >= target_bytes || !docs::unoffered(conn, 1)?.is_empty();
        let mut wanted = fills::wanted(conn)?;
        wanted.retain(|fill| !tally.asked.contains(&fill.subject));
        wanted.truncate(MAX_FILLS);
        Ok(sync::plan(Outlook {
            now: self.now(),
            actor: self.actor,
            cursor: meta::get(conn, key::CURSOR)?.unwrap_or_default(),
            unsent,
            readings: fills::readings(conn, MAX_READINGS)?,
            fills: wanted,
            waiting: docs::waiting(conn)?,
            // All that was written is pushed first: the server tells by it what was written knowing what.
            pull: mode != SyncMode::PushOnly && (mode == SyncMode::PullOnly || !backlog),
            app: self.host.app.clone(),
            to_desk: self.to_desk()?,
        }))
    }

    /// Freezes what has not been offered, until there is a request's worth of it.
    fn freeze(&mut self, target_bytes: usize) -> Result<(), Trouble> {
        let now = self.now();
        if docs::unoffered(self.store.read(), 1)?.is_empty() {
            return Ok(());
        }
        let waiting = outgoing::unsent(self.store.read(), target_bytes)?;
        let mut bytes: usize = waiting.iter().map(|unsent| unsent.chunk.len()).sum();
        let mut frozen = Vec::new();
        let Self {
            store, desk, mine, ..
        } = self;
        store.write(|tx| {
            while bytes < target_bytes {
                let Some(mut row) = docs::unoffered(tx, 1)?.pop() else {
                    break;
                };
                let open = desk.get(row.id).filter(|open| open.row.heads == row.heads);
                let loaded;
                let doc = if let Some(open) = open {
                    &open.doc
                } else {
                    loaded = note::load(&docs::snapshot(tx, row.nr)?)?;
                    &loaded
                };
                bytes += freeze(tx, &mut row, doc, mine, now)?;
                docs::offered(tx, row.nr, &row.offered_heads)?;
                frozen.push((row.id, row.offered_heads));
            }
            Ok(())
        })?;
        for (id, heads) in frozen {
            if let Some(open) = self.desk.get(id) {
                open.row.offered_heads = heads;
                open.row.unoffered = false;
            }
        }
        Ok(())
    }
}
