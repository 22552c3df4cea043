//! Writing live: what is said over the line while there is one. Requests and answers are those of a pass and are
//! taken in by the same code; only who speaks first differs. A note that a colleague has open too is turned into
//! changes at once, at most one each 50 ms.
//!
//! Whatever fails here, nothing is lost: what was offered stays frozen, and the next pass brings the rest.

use std::collections::{BTreeMap, BTreeSet};

use notes::ids::DocumentId;
use notes::wire::{self, Coding, LIVE_PROTOCOL, MAX_FRAME_BYTES, MAX_WATCHED, Response, Subject};

use super::pass::{SyncMode, Tally, asks_again};
use super::talk::alone;
use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, Transport};
use crate::live::{Action, Door, Event, Line, Order};
use crate::store::fills;
use crate::sync::{self, Plan};
use crate::trouble::Trouble;

/// While a colleague has the note open, a change is made so often at most; the first key makes one at once.
const PACE_MS: i64 = 50;
/// Between two looks of the notebook's at what has come to rest.
const LOOK_MS: i64 = 1_000;
/// Without an answer for so long the line is dead.
const ANSWER_MS: i64 = 30_000;
/// After so long a silence the server is asked all the same: that shows whether the line lives.
const QUIET_MS: i64 = 60_000;
/// A request is filled up to about this, which leaves room in a frame for all else that is in it.
const TARGET_BYTES: usize = MAX_FRAME_BYTES / 2;

/// The conversation over the line.
#[derive(Default)]
pub(super) struct Live {
    line: Line,
    /// The request that has no answer yet, and when it was sent.
    asked: Option<(Plan, i64)>,
    tally: Tally,
    /// There is a reason to ask.
    due: bool,
    watched: Vec<DocumentId>,
    /// The server knows what is watched.
    told: bool,
    /// Notes that a colleague has open too.
    company: BTreeSet<DocumentId>,
    /// When a change was made last, of those.
    changed_at: BTreeMap<DocumentId, i64>,
    /// When the server was heard last.
    heard_at: i64,
    /// Something is too long for a frame: until a pass was made, or this time, the line only listens.
    only_listens_until: i64,
    /// From when on a pass is called for again.
    next_pass_at: i64,
}

impl Live {
    fn begin(&mut self, now: i64) {
        self.asked = None;
        self.tally = Tally::default();
        self.due = true;
        self.told = false;
        self.heard_at = now;
        self.only_listens_until = 0;
        self.next_pass_at = 0;
        self.company.clear();
    }

    /// A pass went through beside the line.
    pub(super) fn passed(&mut self) {
        self.only_listens_until = 0;
    }
}

impl Notebook {
    /// Says whether a live socket is wanted: while the app is in front, and not in the background. The next
    /// step of [`Self::live`] acts on it.
    pub fn go_live(&mut self, wanted: bool) {
        self.live.line.want(wanted);
    }

    /// Says which notes are open on the screen now, in place of those said before; at most eight. Opening one
    /// counts as a reading.
    ///
    /// # Errors
    /// A note that is not here, or too many.
    pub fn watch(&mut self, notes: &[DocumentId]) -> Result<(), Trouble> {
        if notes.len() > MAX_WATCHED {
            return Err(Trouble::NotAllowed("so many notes cannot be open at once"));
        }
        for note in notes {
            self.in_view(*note)?;
        }
        let opened = notes.iter().filter(|note| !self.live.watched.contains(note));
        // Whoever was shown the note has opened it already.
        let opened: Vec<DocumentId> = opened.copied().collect();
        self.note_readings(opened, true)?;
        self.live.watched = notes.to_vec();
        self.live.told = false;
        Ok(())
    }

    /// Whether a note is open on the screen.
    pub(super) fn watches(&self, note: DocumentId) -> bool {
        self.live.watched.contains(&note)
    }

    /// Whether the socket is open.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live.line.is_open()
    }

    /// Whether a colleague has this note open too, as far as the server has said.
    #[must_use]
    pub fn in_company(&self, note: DocumentId) -> bool {
        self.live.line.is_open() && self.live.company.contains(&note)
    }

    /// One step: tells what happened to the socket, and gives what the host is to do, in order. The transport
    /// is for a token only, and waits in place.
    ///
    /// # Errors
    /// Where the store fails. The socket is to be closed then, and comes back by itself.
    pub fn live(&mut self, transport: &mut dyn Transport, event: Event<'_>) -> Result<Vec<Action>, Trouble> {
        alone!(self, transport, |talk| talk.live(event))
    }

    fn live_step(&mut self, event: Event<'_>) -> Result<Step, Trouble> {
        self.me()?;
        let mut step = Step::default();
        let done = self.stepped(event, &mut step);
        if done.is_err() {
            self.line_lost();
        }
        done.map(|()| step)
    }

    fn stepped(&mut self, event: Event<'_>, step: &mut Step) -> Result<(), Trouble> {
        let (now, thrown) = (self.now(), self.thrown());
        match self.live.line.step(&event, now, thrown) {
            Some(Order::Open { fresh_token }) => {
                if fresh_token {
                    self.forget_token()?;
                }
                step.knocks = true;
            }
            Some(Order::Close) => step.actions.push(Action::Close),
            None => {}
        }
        if matches!(event, Event::Opened) {
            self.live.begin(now);
        }
        if self.is_live() {
            let understood = match event {
                Event::Frame(bytes) => self.hear(bytes, now)?,
                _ => true,
            };
            let dead = self
                .live
                .asked
                .as_ref()
                .is_some_and(|(_, at)| now - at >= ANSWER_MS);
            if dead || !understood {
                self.hang_up(&mut step.actions);
            } else {
                self.pace(now)?;
                self.speak(now, &mut step.actions)?;
            }
        }
        self.tick()
    }

    fn line_lost(&mut self) {
        let (now, thrown) = (self.now(), self.thrown());
        self.live.line.step(&Event::Lost { code: None }, now, thrown);
    }

    fn waits(&mut self) -> Action {
        let now = self.now();
        Action::WaitUntil(self.next_step_at(now))
    }

    /// Takes a frame in; false where it makes no sense.
    fn hear(&mut self, bytes: &[u8], now: i64) -> Result<bool, Trouble> {
        let Ok(mut response) = wire::decode::<Response>(bytes, Coding::Identity) else {
            return Ok(false);
        };
        // Before a pull touches a document its journal is a change.
        self.settle_all()?;
        let company = response.company.take();
        let understood = if response.unasked == Some(true) {
            self.hear_unasked(response)?
        } else if let Some((plan, _)) = self.live.asked.take() {
            let Ok(effects) = sync::take(&plan, response) else {
                return Ok(false);
            };
            let mut tally = std::mem::take(&mut self.live.tally);
            let again = asks_again(&plan, &effects, SyncMode::Both);
            let understood = self.conclude(&plan, &effects, &mut tally)?;
            self.live.tally = tally;
            self.live.line.answered();
            self.live.due |= again;
            understood
        } else {
            false
        };
        if let Some(company) = company {
            self.live.company = company.into_iter().collect();
        }
        self.live.heard_at = now;
        Ok(understood)
    }

    /// What the server says by itself: what was written in a note that is open, or that there is something.
    fn hear_unasked(&mut self, response: Response) -> Result<bool, Trouble> {
        if response.more {
            self.live.due = true;
            self.live.tally = Tally::default();
        }
        if response.pulls.is_empty() && response.rows.is_empty() && !response.rows_anew {
            return Ok(true);
        }
        let Ok(effects) = sync::take(&sync::unasked(), response) else {
            return Ok(false);
        };
        let mut tally = std::mem::take(&mut self.live.tally);
        let taken = self.take_in(&effects, &mut tally);
        self.live.tally = tally;
        taken.map(|()| true)
    }

    /// Makes changes of what was typed where a colleague looks on.
    fn pace(&mut self, now: i64) -> Result<(), Trouble> {
        for id in self.desk.typed() {
            if self.is_due(id, now) {
                self.change_on_beat(id, now)?;
            }
        }
        Ok(())
    }

    /// Whether what is typed now becomes a change at once: a colleague looks on, and the last one is long enough ago.
    pub(super) fn is_due(&self, id: DocumentId, now: i64) -> bool {
        self.in_company(id) && now >= self.paced_at(id)
    }

    /// Makes a change of what was typed.
    pub(super) fn change_on_beat(&mut self, id: DocumentId, now: i64) -> Result<(), Trouble> {
        // By the beat and not by the clock: a late step must not push all that follow later still.
        let beat = self.paced_at(id);
        let on_beat = now.saturating_sub(beat) < PACE_MS;
        self.settle_and_offer(id)?;
        self.live.changed_at.insert(id, if on_beat { beat } else { now });
        Ok(())
    }

    fn paced_at(&self, id: DocumentId) -> i64 {
        self.live.changed_at.get(&id).map_or(i64::MIN, |at| at + PACE_MS)
    }

    /// Sends the next request, where the last one is answered and there is something to say.
    fn speak(&mut self, now: i64, actions: &mut Vec<Action>) -> Result<(), Trouble> {
        if self.live.asked.is_some() || now < self.live.only_listens_until {
            return Ok(());
        }
        if now - self.live.heard_at >= QUIET_MS {
            self.live.due = true;
            self.live.tally = Tally::default();
        }
        if self.leaves_histories_to_a_pass(now)? {
            actions.push(Action::Pass);
        }
        if !self.live.due && self.live.told && !self.has_more(SyncMode::Both, &self.live.tally)? {
            return Ok(());
        }
        let tally = std::mem::take(&mut self.live.tally);
        let plan = self.next(SyncMode::Both, &tally, TARGET_BYTES);
        self.live.tally = tally;
        let mut plan = plan?;
        plan.request.watch = (!self.live.told).then(|| self.live.watched.clone());
        if !self.has_to_tell()? {
            // How the phone stands goes with passes; here it would be in the way of words.
            plan.request.to_desk = None;
        }
        // Writing into memory cannot fail; an empty frame would be refused.
        let frame = minicbor::to_vec(&plan.request).unwrap_or_default();
        self.live.due = false;
        if frame.len() > MAX_FRAME_BYTES {
            self.live.only_listens_until = now + QUIET_MS;
            actions.push(Action::Pass);
            return Ok(());
        }
        self.live.told = true;
        self.live.asked = Some((plan, now));
        actions.push(Action::Send(frame));
        Ok(())
    }

    /// The history of a person may be thousands of notes: it is not asked for over the line, where it would stand in the
    /// way of words. Says whether it is time for a pass that brings it.
    fn leaves_histories_to_a_pass(&mut self, now: i64) -> Result<bool, Trouble> {
        let wanted = fills::wanted(self.store.read())?
            .into_iter()
            .map(|fill| fill.subject);
        let people: Vec<Subject> = wanted
            .filter(|subject| matches!(subject, Subject::Person(_)))
            .collect();
        let is_time = !people.is_empty() && now >= self.live.next_pass_at;
        if is_time {
            self.live.next_pass_at = now + QUIET_MS;
        }
        self.live.tally.asked.extend(people);
        Ok(is_time)
    }

    fn hang_up(&mut self, actions: &mut Vec<Action>) {
        self.line_lost();
        actions.push(Action::Close);
    }

    fn next_step_at(&self, now: i64) -> i64 {
        let line = self.live.line.next_at();
        let typed = self.desk.typed();
        let paced = typed
            .iter()
            .filter(|id| self.in_company(**id))
            .map(|id| self.paced_at(*id));
        let looks = (!typed.is_empty()).then_some(now + LOOK_MS);
        let answer = match &self.live.asked {
            _ if !self.is_live() => None,
            Some((_, at)) => Some(at + ANSWER_MS),
            None => Some(self.live.heard_at + QUIET_MS),
        };
        let all = line.into_iter().chain(paced).chain(looks).chain(answer);
        all.min().unwrap_or(now + QUIET_MS).max(now)
    }

    fn thrown(&mut self) -> u32 {
        u32::from_be_bytes(self.host.random())
    }
}

/// What a step comes to.
#[derive(Default)]
struct Step {
    actions: Vec<Action>,
    /// The line is to be opened, for which a token is needed.
    knocks: bool,
}

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// One step: tells what happened to the socket, and gives what the host is to do, in order. It asks the server
    /// for a token at most.
    ///
    /// # Errors
    /// Where the store fails. The socket is to be closed then, and comes back by itself.
    pub async fn live(&self, event: Event<'_>) -> Result<Vec<Action>, Trouble> {
        let mut step = self.book.with(|book| book.live_step(event))?;
        if step.knocks {
            let token = self.token().await;
            self.book.with(|book| match token {
                Ok(Ok(token)) => {
                    step.actions.push(Action::Open(Door {
                        path: "/v1/live",
                        token,
                        protocol: LIVE_PROTOCOL,
                    }));
                    Ok(())
                }
                said => {
                    book.line_lost();
                    said.map(drop)
                }
            })?;
        }
        step.actions.push(self.book.with(|book| Ok(book.waits()))?);
        Ok(step.actions)
    }
}
