//! A change chunk: one author's operations, numbered on from `start_op`.
//!
//! Not for whether the document has what the change builds on: that takes the other chunks.

use std::collections::BTreeSet;

use super::frame::{self, Columns};
use super::lanes::Slope;
use super::links::Links;
use super::ops::{Action, Id, Key, OpLanes, Stretch};
use super::{Bytes, Counted, Kind, Limits, Place, Refusal, plausible};

const COLUMNS: [u8; 14] = [
    0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73, 0x94, 0xa5,
];
const PRED: u8 = 0x70;
/// Times are milliseconds; Automerge keeps the differences between them, which must not overflow.
const TIME: std::ops::RangeInclusive<i64> = -(1 << 53)..=1 << 53;
const PREDECESSOR: Refusal = Refusal::Malformed("predecessor");
const MARK: Refusal = Refusal::Malformed("mark");

pub(super) fn count(mut bytes: Bytes<'_>, hash: [u8; 32], limits: &Limits) -> Result<Counted, Refusal> {
    let length = bytes.len();
    let deps = frame::hashes(&mut bytes, limits, "dependencies")?;
    // Automerge sorts them, but a document does not tell the hashes that it sorts by, and keeps any order.
    let mut sorted = deps.clone();
    sorted.sort_unstable();
    frame::rising(&sorted, "dependency listed twice")?;
    let author = frame::actor(&mut bytes)?;
    let seq = counter(bytes.unsigned()?, limits, "seq")?;
    let start_op = counter(bytes.unsigned()?, limits, "start_op")?;
    if !TIME.contains(&bytes.signed()?) {
        return Err(Refusal::Counter("time"));
    }
    if bytes.unsigned()? != 0 {
        return Err(Refusal::Extra);
    }
    let others = frame::actors(&mut bytes, limits)?;
    if others.binary_search(&author).is_ok() {
        return Err(Refusal::Malformed("author listed twice"));
    }
    let mut actors = vec![author];
    actors.extend(others);
    let mut columns = Columns::headers(&mut bytes, &COLUMNS)?;
    columns.fill(&mut bytes)?;
    if !bytes.is_empty() {
        return Err(Refusal::Extra);
    }
    let most = plausible(length).min(limits.change_ops);
    let (ops, places) = Walk::new(&columns, &actors, start_op, most, limits).walk(limits)?;
    let max_op = start_op + ops - 1;
    let counted = Counted {
        kind: Kind::Change,
        hash,
        actors,
        heads: vec![hash],
        deps,
        changes: 1,
        ops,
        max_op,
        seq,
        start_op,
        closings: None,
        course: None,
        places,
    };
    Ok(counted)
}

fn counter(number: u64, limits: &Limits, what: &'static str) -> Result<u64, Refusal> {
    if (1..=limits.counter).contains(&number) {
        Ok(number)
    } else {
        Err(Refusal::Counter(what))
    }
}

/// Whether the operation before began a mark, and in which object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Closed,
    Open(Option<Id>),
}

/// The way over the operations, first to last.
struct Walk<'a> {
    ops: OpLanes<'a>,
    preds: Links<'a>,
    actors: &'a [[u8; 16]],
    /// Actors that an operation names. Others would be lost when the change is written again.
    used: Vec<bool>,
    /// The counter of the next operation.
    next: u64,
    mark: Mark,
    /// How many operations other than deletions may still come.
    plausible: u64,
    /// Objects that were written in, and whether by elements.
    places: BTreeSet<(Id, bool)>,
}

impl<'a> Walk<'a> {
    fn new(
        columns: &Columns<'a>,
        actors: &'a [[u8; 16]],
        start_op: u64,
        plausible: u64,
        limits: &Limits,
    ) -> Self {
        let mut used = vec![false; actors.len()];
        if let Some(author) = used.first_mut() {
            *author = true;
        }
        Self {
            ops: OpLanes::new(columns, actors.len(), limits.counter),
            preds: Links::new(columns, PRED, actors.len(), limits),
            actors,
            used,
            next: start_op,
            mark: Mark::Closed,
            plausible,
            places: BTreeSet::new(),
        }
    }

    /// Walks to the end; gives how many operations there are, and where they write.
    fn walk(mut self, limits: &Limits) -> Result<(u64, Vec<Place>), Refusal> {
        let start = self.next;
        while !self.ops.at_end() {
            let rows = self.ops.left()?.min(self.preds.left()?);
            if rows > limits.ops - (self.next - start) {
                return Err(Refusal::TooLarge("operations"));
            }
            if self.next + rows - 1 > limits.counter {
                return Err(Refusal::Counter("operation"));
            }
            let stretch = self.ops.read(rows)?;
            self.stretch(&stretch)?;
            self.next += rows;
        }
        self.ops.finish()?;
        self.preds.finish()?;
        match (self.mark, self.used.iter().all(|used| *used)) {
            (Mark::Open(_), _) => Err(MARK),
            (Mark::Closed, false) => Err(Refusal::Malformed("actor without a use")),
            (Mark::Closed, true) => Ok((self.next - start, self.places())),
        }
    }

    fn places(&self) -> Vec<Place> {
        let place = |((counter, actor), sequence): &(Id, bool)| {
            let actor = self.actors.get(usize::try_from(*actor).ok()?)?;
            Some(Place {
                actor: *actor,
                counter: u64::from(*counter),
                sequence: *sequence,
            })
        };
        self.places.iter().filter_map(place).collect()
    }

    fn stretch(&mut self, stretch: &Stretch<'a>) -> Result<(), Refusal> {
        stretch.check_order(Slope {
            first: self.next.cast_signed(),
            step: 1,
        })?;
        if let Some(object) = stretch.object {
            self.mark_used(object.1);
            self.places.insert((object, !matches!(stretch.key, Key::Map(_))));
        }
        if let Key::Element { actor, .. } = stretch.key {
            self.mark_used(actor);
        }
        self.mark(stretch)?;
        if stretch.action != Action::Delete {
            let left = self.plausible.checked_sub(stretch.rows);
            self.plausible = left.ok_or(Refusal::TooLarge("operations for its bytes"))?;
        }
        let number = self.preds.each(stretch.rows)?;
        // A deletion of nothing vanishes when the document is saved, which then cannot be loaded.
        let wrong = if number == 0 {
            stretch.action == Action::Delete
        } else {
            stretch.insert
        };
        if wrong {
            return Err(PREDECESSOR);
        }
        match number {
            0 => Ok(()),
            1 => self.single(stretch.rows),
            _ => (0..stretch.rows).try_for_each(|row| self.several(row, number)),
        }
    }

    /// Automerge pairs the end of a mark with the operation before it.
    fn mark(&mut self, stretch: &Stretch<'a>) -> Result<(), Refusal> {
        self.mark = match (self.mark, stretch.action) {
            (Mark::Closed, Action::MarkBegin) if stretch.rows == 1 => Mark::Open(stretch.object),
            (Mark::Open(object), Action::MarkEnd) if stretch.rows == 1 && object == stretch.object => {
                Mark::Closed
            }
            (Mark::Closed, action) if !matches!(action, Action::MarkBegin | Action::MarkEnd) => Mark::Closed,
            _ => return Err(MARK),
        };
        Ok(())
    }

    /// One predecessor for each row.
    fn single(&mut self, rows: u64) -> Result<(), Refusal> {
        let mut row = 0;
        while row < rows {
            let (ids, actor, counter) = self.preds.take(rows - row)?;
            let own = Slope {
                first: (self.next + row).cast_signed(),
                step: 1,
            };
            if counter.first >= own.first || counter.after(ids - 1) >= own.after(ids - 1) {
                return Err(PREDECESSOR);
            }
            self.mark_used(actor);
            row += ids;
        }
        Ok(())
    }

    /// Several predecessors of one row, in rising order.
    fn several(&mut self, row: u64, number: u64) -> Result<(), Refusal> {
        let mut last = None;
        for _ in 0..number {
            let (_, actor, counter) = self.preds.take(1)?;
            let name = usize::try_from(actor)
                .ok()
                .and_then(|actor| self.actors.get(actor));
            let id = Some((counter.first, name));
            if id <= last || counter.first >= (self.next + row).cast_signed() {
                return Err(PREDECESSOR);
            }
            last = id;
            self.mark_used(actor);
        }
        Ok(())
    }

    fn mark_used(&mut self, actor: u32) {
        if let Some(used) = usize::try_from(actor)
            .ok()
            .and_then(|actor| self.used.get_mut(actor))
        {
            *used = true;
        }
    }
}
