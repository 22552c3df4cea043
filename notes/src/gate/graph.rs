//! The table of changes in a document chunk: who, in which order, on what, up to which counter.
//!
//! Not for the operations themselves.

use super::frame::Columns;
use super::lanes::{Delta, Lane, Slope};
use super::ops::narrow;
use super::{Course, Limits, Refusal};

pub(super) const COLUMNS: [u8; 9] = [0x01, 0x03, 0x13, 0x23, 0x35, 0x40, 0x43, 0x56, 0x57];
const TIME: (i64, i64) = (-(1 << 53), 1 << 53);
const ORDER: Refusal = Refusal::Malformed("changes out of order");
const DEPENDENCY: Refusal = Refusal::Malformed("dependency");
/// An honest change takes several bytes: a letter, and the time since the one before. A phone sends what has more as
/// change chunks.
const BYTES_A_CHANGE: u64 = 4;
/// So many changes may a chunk of any size claim: other programs write a change for each letter.
const SPARE_CHANGES: u64 = 1_024;
/// So many dependencies may all changes have together beyond one for each. A document chunk is what one phone
/// wrote by itself, where a change depends on the one before; each join of two pasts costs whoever walks them.
const SPARE_DEPENDENCIES: u64 = 256;

/// What one change claims. It has no operations when `start` is above `max`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) actor: u32,
    pub(super) start: u32,
    pub(super) max: u32,
}

/// All changes, with what was counted over them.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) changes: Vec<Change>,
    pub(super) ops: u64,
    pub(super) max_op: u64,
    pub(super) max_seq: u64,
    /// Changes that no other depends on.
    pub(super) tips: usize,
    /// Actors in order of first appearance, with the number of their changes.
    writers: Vec<(u32, u64)>,
    /// The largest `start` of a change.
    last_start: u64,
    /// A change that is not the first depends on none, or one not on its author's last by name.
    winds: bool,
}

/// What is known of an actor while its changes go by.
#[derive(Debug, Clone, Copy, Default)]
struct Actor {
    seq: i64,
    max_op: u32,
    /// Index of its last change, and its place among the writers.
    last: usize,
    place: usize,
}

/// The columns, side by side.
struct Lanes<'a> {
    actor: Lane<'a, u64>,
    seq: Delta<'a>,
    max_op: Delta<'a>,
    time: Delta<'a>,
    number: Lane<'a, u64>,
    dep: Delta<'a>,
    extra: Lane<'a, u64>,
}

impl<'a> Lanes<'a> {
    fn new(columns: &Columns<'a>, limits: &Limits) -> Self {
        let counter = limits.counter.cast_signed();
        Self {
            actor: Lane::full(columns.get(0x01)),
            seq: Delta::full(columns.get(0x03), (1, counter), "seq"),
            max_op: Delta::full(columns.get(0x13), (0, counter), "max_op"),
            time: Delta::full(columns.get(0x23), TIME, "time"),
            number: Lane::full(columns.get(0x40)),
            dep: Delta::full(columns.get(0x43), (0, counter), "dependency"),
            extra: Lane::full(columns.get(0x56)),
        }
    }

    fn rows(&mut self) -> Result<u64, Refusal> {
        Ok(self
            .actor
            .left()?
            .min(self.seq.left()?)
            .min(self.max_op.left()?)
            .min(self.time.left()?)
            .min(self.number.left()?)
            .min(self.extra.left()?))
    }

    fn skip(&mut self, rows: u64) {
        self.actor.skip(rows);
        self.seq.skip(rows);
        self.max_op.skip(rows);
        self.time.skip(rows);
        self.number.skip(rows);
        self.extra.skip(rows);
    }

    fn finish(&self) -> Result<(), Refusal> {
        self.actor.finish()?;
        self.seq.finish()?;
        self.max_op.finish()?;
        self.time.finish()?;
        self.number.finish()?;
        self.dep.finish()?;
        self.extra.finish()
    }
}

impl Graph {
    /// See [`Counted::course`](super::Counted::course).
    pub(super) fn course(&self, actors: &[[u8; 16]]) -> Option<Course> {
        let named = |(index, changes): &(u32, u64)| {
            let actor = actors.get(usize::try_from(*index).ok()?)?;
            Some((*actor, *changes))
        };
        let writers = self.writers.iter().map(named).collect::<Option<_>>()?;
        (!self.winds).then_some(Course {
            writers,
            last_start: self.last_start,
        })
    }

    /// Reads the table. `bytes` is the length of the whole chunk, which bounds what is kept of its claims.
    pub(super) fn read(
        columns: &Columns<'_>,
        actors: usize,
        bytes: u64,
        limits: &Limits,
    ) -> Result<Self, Refusal> {
        if !columns.get(0x35).is_empty() || !columns.get(0x57).is_empty() {
            return Err(Refusal::Extra);
        }
        let lanes = Lanes::new(columns, limits);
        let most = limits.changes.min(bytes / BYTES_A_CHANGE + SPARE_CHANGES);
        let graph = Self::default();
        Reader {
            lanes,
            graph,
            actors: vec![Actor::default(); actors],
            needed: Vec::new(),
            most,
            deps: 0,
        }
        .read(limits)
    }
}

struct Reader<'a> {
    lanes: Lanes<'a>,
    graph: Graph,
    actors: Vec<Actor>,
    /// For each change the last one that depends on it, counted from 1.
    needed: Vec<u32>,
    most: u64,
    deps: u64,
}

impl Reader<'_> {
    fn read(mut self, limits: &Limits) -> Result<Graph, Refusal> {
        while !self.lanes.actor.at_end() {
            let rows = self.lanes.rows()?;
            if rows > self.most - self.graph.changes.len() as u64 {
                return Err(Refusal::TooLarge("changes"));
            }
            // Type 7 with length 0: Automerge writes no bytes as empty bytes.
            match self.lanes.extra.known()? {
                7 => {}
                meta if meta >> 4 > 0 => return Err(Refusal::Extra),
                _ => return Err(Refusal::Malformed("extra bytes")),
            }
            let actor = self.lanes.actor.known()?;
            let (seq, max_op) = (self.lanes.seq.known()?, self.lanes.max_op.known()?);
            let number = self.lanes.number.known()?;
            for row in 0..rows {
                self.change(actor, seq.after(row), max_op.after(row), number, limits)?;
            }
            self.lanes.skip(rows);
        }
        self.lanes.finish()?;
        if self.actors.iter().any(|actor| actor.seq == 0) {
            return Err(Refusal::Malformed("actor without a change"));
        }
        self.graph.tips = self.needed.iter().filter(|needed| **needed == 0).count();
        Ok(self.graph)
    }

    fn change(
        &mut self,
        actor: u64,
        seq: i64,
        max_op: i64,
        deps: u64,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        let index = narrow(actor, self.actors.len() as u64, Refusal::Malformed("actor index"))?;
        let max = u32::try_from(max_op).map_err(|_| Refusal::Counter("max_op"))?;
        let number = usize::try_from(actor).unwrap_or(usize::MAX);
        let before = *self.actors.get(number).ok_or(ORDER)?;
        let (largest, follows) = self.deps(deps, before.last, limits)?;
        let start = largest + 1;
        let at = self.graph.changes.len();
        let known = self.actors.get_mut(number).ok_or(ORDER)?;
        if seq != known.seq + 1 || start <= known.max_op {
            return Err(ORDER);
        }
        if max + 1 < start {
            return Err(Refusal::Counter("max_op"));
        }
        known.seq = seq;
        known.max_op = max;
        known.last = at;
        if before.seq == 0 {
            known.place = self.graph.writers.len();
            self.graph.writers.push((index, 0));
        }
        if let Some((_, changes)) = self.graph.writers.get_mut(known.place) {
            *changes += 1;
        }
        self.graph.winds |= (deps == 0 && at > 0) || (before.seq > 0 && !follows);
        self.graph.last_start = self.graph.last_start.max(u64::from(start));
        self.graph.changes.push(Change {
            actor: index,
            start,
            max,
        });
        self.needed.push(0);
        self.graph.ops += u64::from(max + 1 - start);
        self.graph.max_op = self.graph.max_op.max(u64::from(max));
        self.graph.max_seq = self.graph.max_seq.max(seq.unsigned_abs());
        if self.graph.ops > limits.ops || u64::from(max + 1 - start) > limits.change_ops {
            Err(Refusal::TooLarge("operations"))
        } else {
            Ok(())
        }
    }

    /// Reads the dependencies of the next change: earlier ones, each once. Gives their largest counter, and whether
    /// a certain one is among them.
    fn deps(&mut self, number: u64, wanted: usize, limits: &Limits) -> Result<(u32, bool), Refusal> {
        self.deps = self.deps.saturating_add(number);
        if number > limits.deps as u64 || self.deps > self.graph.changes.len() as u64 + SPARE_DEPENDENCIES {
            return Err(Refusal::TooLarge("dependencies"));
        }
        let stamp = u32::try_from(self.graph.changes.len() + 1).map_err(|_| Refusal::TooLarge("changes"))?;
        let (mut largest, mut found) = (0, false);
        for _ in 0..number {
            self.lanes.dep.left()?;
            let Slope { first: dep, .. } = self.lanes.dep.known()?;
            self.lanes.dep.skip(1);
            let dep = usize::try_from(dep).map_err(|_| DEPENDENCY)?;
            let needed = self.needed.get_mut(dep).ok_or(DEPENDENCY)?;
            if *needed == stamp {
                return Err(DEPENDENCY);
            }
            *needed = stamp;
            largest = largest.max(self.graph.changes.get(dep).ok_or(DEPENDENCY)?.max);
            found |= dep == wanted;
        }
        Ok((largest, found))
    }
}
