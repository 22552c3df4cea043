//! The operations of a document chunk: sorted by object, then by key, each with the ids that replaced it.
//!
//! Deletions have no row of their own, they are only named as what replaced a row. So an id that replaces
//! is either a later row of the same key, or a deletion, and then all that it replaces has one key.

use super::claims::{Bits, Claims};
use super::elements::Elements;
use super::frame::Columns;
use super::graph::Graph;
use super::lanes::{Delta, Lane, Slope};
use super::links::Links;
use super::ops::{Action, Id, Key, OpLanes, Stretch, narrow};
use super::texts::Texts;
use super::{CLOSING_KEY, Limits, Refusal, plausible};

pub(super) const COLUMNS: [u8; 16] = [
    0x01, 0x02, 0x11, 0x13, 0x15, 0x21, 0x23, 0x34, 0x42, 0x56, 0x57, 0x80, 0x81, 0x83, 0x94, 0xa5,
];
const SUCC: u8 = 0x80;
const ORDER: Refusal = Refusal::Malformed("operations out of order");
const SUCCESSOR: Refusal = Refusal::Malformed("successor");
const MARK: Refusal = Refusal::Malformed("mark");
const OBJECT: Refusal = Refusal::Malformed("object");

/// What rows of one key have in common: the text, or the element, which an insertion makes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot<'a> {
    Map(&'a str),
    Element(Id),
}

/// Before the first element.
const HEAD: Slot<'static> = Slot::Element((0, 0));

/// The row before.
#[derive(Debug, Clone, Copy)]
struct Before<'a> {
    object: Option<Id>,
    slot: Slot<'a>,
    id: Id,
}

/// The way over the rows, first to last.
pub(super) struct Rows<'a> {
    ops: OpLanes<'a>,
    actor: Lane<'a, u64>,
    counter: Delta<'a>,
    succ: Links<'a>,
    actors: u64,
    claims: Claims,
    /// Ids that replace rows of the current key, and whether they are on the list.
    pending: Vec<u32>,
    is_pending: Bits,
    maps: Bits,
    lists: Bits,
    texts: Bits,
    elements: Elements,
    /// Where marks must end, which is next to where they begin, and where they do.
    due_ends: Bits,
    ends: Bits,
    before: Option<Before<'a>>,
    /// How many rows may still come.
    plausible: u64,
    /// Operations under the key that closes a note.
    closings: u64,
    /// What its texts say, where that is wanted.
    said: Option<Texts>,
}

impl<'a> Rows<'a> {
    /// `bytes` is the length of the whole chunk, which bounds how many rows it may claim.
    pub(super) fn new(
        columns: &Columns<'a>,
        graph: &Graph,
        actors: usize,
        bytes: u64,
        limits: &Limits,
        said: Option<Texts>,
    ) -> Self {
        let range = (1, limits.counter.cast_signed());
        Self {
            ops: OpLanes::new(columns, actors, limits.counter),
            actor: Lane::full(columns.get(0x21)),
            counter: Delta::full(columns.get(0x23), range, "operation"),
            succ: Links::new(columns, SUCC, actors, limits),
            actors: actors as u64,
            claims: Claims::new(&graph.changes, actors, graph.ops),
            pending: Vec::new(),
            is_pending: Bits::new(graph.ops),
            maps: Bits::new(graph.ops),
            lists: Bits::new(graph.ops),
            texts: Bits::new(graph.ops),
            elements: Elements::new(graph.ops),
            due_ends: Bits::new(graph.ops),
            ends: Bits::new(graph.ops),
            before: None,
            plausible: plausible(bytes),
            closings: 0,
            said,
        }
    }

    /// Walks to the end; says how often the key that closes a note was written or deleted, and what the texts say.
    pub(super) fn walk(mut self) -> Result<(u64, Option<Texts>), Refusal> {
        while !self.ops.at_end() {
            let rows = self
                .ops
                .left()?
                .min(self.succ.left()?)
                .min(self.actor.left()?)
                .min(self.counter.left()?);
            let left = self.plausible.checked_sub(rows);
            self.plausible = left.ok_or(Refusal::TooLarge("operations for its bytes"))?;
            let actor = narrow(
                self.actor.known()?,
                self.actors,
                Refusal::Malformed("actor index"),
            )?;
            let counter = self.counter.known()?;
            let stretch = self.ops.read(rows)?;
            let number = self.succ.each(rows)?;
            self.actor.skip(rows);
            self.counter.skip(rows);
            stretch.check_order(counter)?;
            if stretch.action == Action::Delete {
                return Err(Refusal::Malformed("action"));
            }
            self.stretch(&stretch, actor, counter, number)?;
            if let Some(said) = &mut self.said {
                said.add(&stretch, number > 0);
            }
        }
        self.flush()?;
        if self.ends != self.due_ends {
            return Err(MARK);
        }
        self.ops.finish()?;
        self.succ.finish()?;
        self.actor.finish()?;
        self.counter.finish()?;
        self.claims.finish()?;
        Ok((self.closings, self.said))
    }

    /// Typed text makes long stretches of insertions, which go by in one step: each has a key of its own, and
    /// what replaced it was a deletion. Only the last may be followed by a row of its key, if it was replaced.
    fn stretch(&mut self, stretch: &Stretch<'a>, actor: u32, own: Slope, number: u64) -> Result<(), Refusal> {
        let rows = stretch.rows;
        let plain = stretch.insert && stretch.action == Action::Set;
        let alone = if number == 0 { rows } else { rows - 1 };
        if !plain || number > 1 || alone == 0 || (rows > 1 && !Self::is_sorted(stretch, actor, own)) {
            return (0..rows).try_for_each(|row| self.row(stretch, row, (actor, own), number));
        }
        let first = (own_counter(own.first)?, actor);
        self.enter(stretch, named(stretch, 0)?, Slot::Element(first), first)?;
        let elements = &mut self.elements;
        let add = |bit, count| elements.add(bit, count);
        self.claims.fill_all(actor, own, alone, add)?;
        let id = (own_counter(own.after(alone - 1))?, actor);
        self.before = Some(Before {
            object: stretch.object,
            slot: Slot::Element(id),
            id,
        });
        if number == 0 {
            return Ok(());
        }
        self.replaced(own, alone)?;
        self.row(stretch, alone, (actor, own), number)
    }

    /// Whether every row of a stretch of insertions follows the one before it, or all stand at the head, where
    /// the last to come is first.
    fn is_sorted(stretch: &Stretch<'_>, actor: u32, own: Slope) -> bool {
        match stretch.key {
            Key::Element {
                actor: named,
                counter,
            } => named == actor && counter.step == own.step && counter.after(1) == own.first,
            _ => stretch.key == Key::Head && own.step < 0,
        }
    }

    /// Rows of a stretch of insertions that were each replaced by one id: a deletion, for no row follows
    /// that has their key.
    fn replaced(&mut self, own: Slope, rows: u64) -> Result<(), Refusal> {
        let mut row = 0;
        while row < rows {
            let (ids, actor, counter) = self.succ.take(rows - row)?;
            if counter.first <= own.after(row) || counter.after(ids - 1) <= own.after(row + ids - 1) {
                return Err(SUCCESSOR);
            }
            self.claims.fill_all(actor, counter, ids, |_, _| {})?;
            row += ids;
        }
        Ok(())
    }

    fn row(
        &mut self,
        stretch: &Stretch<'a>,
        row: u64,
        own: (u32, Slope),
        number: u64,
    ) -> Result<(), Refusal> {
        let id = (own_counter(own.1.after(row))?, own.0);
        let named = named(stretch, row)?;
        let slot = if stretch.insert { Slot::Element(id) } else { named };
        self.enter(stretch, named, slot, id)?;
        if stretch.object.is_none() && slot == Slot::Map(CLOSING_KEY) {
            self.closings += 1 + number;
        }
        let bit = self.claims.bit(id)?;
        self.claims.fill(bit)?;
        if stretch.insert {
            self.elements.add(bit, 1);
        }
        match stretch.action {
            Action::MakeMap => _ = self.maps.set(bit),
            Action::MakeList => _ = self.lists.set(bit),
            Action::MakeText => _ = self.texts.set(bit),
            Action::MarkBegin | Action::MarkEnd if !self.is_in_text(stretch)? => return Err(MARK),
            Action::MarkBegin => _ = self.due_ends.set(self.claims.following(id).ok_or(MARK)?),
            Action::MarkEnd => _ = self.ends.set(bit),
            _ => {}
        }
        self.before = Some(Before {
            object: stretch.object,
            slot,
            id,
        });
        self.successors(id, number)
    }

    /// What replaced a row: later operations, in rising order.
    fn successors(&mut self, own: Id, number: u64) -> Result<(), Refusal> {
        let mut last = own;
        for _ in 0..number {
            let (_, actor, counter) = self.succ.take(1)?;
            let id = (own_counter(counter.first)?, actor);
            if id <= last || id.0 == own.0 {
                return Err(SUCCESSOR);
            }
            last = id;
            self.replaces(id)?;
        }
        Ok(())
    }

    /// Checks that a row stands where Automerge would have put it, and closes the key before if it is another.
    fn enter(
        &mut self,
        stretch: &Stretch<'a>,
        named: Slot<'a>,
        slot: Slot<'a>,
        id: Id,
    ) -> Result<(), Refusal> {
        match self.before {
            Some(before) if before.object == stretch.object => {
                if before.slot == slot {
                    return if id > before.id { Ok(()) } else { Err(ORDER) };
                }
                let sorted = match (named, before.slot) {
                    (Slot::Map(text), Slot::Map(before)) => text > before,
                    (Slot::Element(element), Slot::Element(before)) => {
                        stretch.insert && (element == before || (id < before && self.is_element(element)?))
                    }
                    _ => false,
                };
                if !sorted {
                    return Err(ORDER);
                }
            }
            before => {
                if before.is_some_and(|before| before.object >= stretch.object) {
                    return Err(ORDER);
                }
                self.elements.leave();
                if named != HEAD && matches!(named, Slot::Element(_)) {
                    return Err(ORDER);
                }
                self.object(stretch, slot)?;
            }
        }
        self.flush()
    }

    /// Automerge panics when it reads a list that has a mark.
    fn is_in_text(&self, stretch: &Stretch<'a>) -> Result<bool, Refusal> {
        stretch
            .object
            .map_or(Ok(false), |object| Ok(self.texts.get(self.claims.bit(object)?)))
    }

    fn is_element(&self, element: Id) -> Result<bool, Refusal> {
        Ok(Slot::Element(element) == HEAD || self.elements.has(self.claims.bit(element)?))
    }

    /// An object was made by an earlier row, and as what its keys say that it is.
    fn object(&self, stretch: &Stretch<'a>, slot: Slot<'a>) -> Result<(), Refusal> {
        let made = match (stretch.object, slot) {
            (None, slot) => matches!(slot, Slot::Map(_)),
            (Some(id), Slot::Map(_)) => self.maps.get(self.claims.bit(id)?),
            (Some(id), Slot::Element(_)) => {
                let bit = self.claims.bit(id)?;
                stretch.insert && (self.lists.get(bit) || self.texts.get(bit))
            }
        };
        if made { Ok(()) } else { Err(OBJECT) }
    }

    fn replaces(&mut self, id: Id) -> Result<(), Refusal> {
        let bit = self.claims.bit(id)?;
        if self.claims.is_filled(bit) {
            return Err(SUCCESSOR);
        }
        if self.is_pending.set(bit) {
            self.pending.push(bit);
        }
        Ok(())
    }

    /// Closes a key: what replaced its rows and is no row of it was a deletion.
    fn flush(&mut self) -> Result<(), Refusal> {
        while let Some(bit) = self.pending.pop() {
            self.is_pending.clear(bit);
            if !self.claims.is_filled(bit) {
                self.claims.fill(bit)?;
            }
        }
        Ok(())
    }
}

/// The key that a row names.
fn named<'a>(stretch: &Stretch<'a>, row: u64) -> Result<Slot<'a>, Refusal> {
    Ok(match stretch.key {
        Key::Map(text) => Slot::Map(text),
        Key::Head => HEAD,
        Key::Element { actor, counter } => Slot::Element((own_counter(counter.after(row))?, actor)),
    })
}

fn own_counter(counter: i64) -> Result<u32, Refusal> {
    u32::try_from(counter).map_err(|_| Refusal::Counter("operation"))
}
