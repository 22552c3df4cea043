//! The columns that operations have in change chunks and document chunks alike, read in stretches of rows
//! that are alike, and the rules that hold for each operation by itself.
//!
//! Not for identity: which operation this is, and what it replaces, the two kinds of chunk write differently.

use super::frame::Columns;
use super::lanes::{Delta, Flags, Lane, Slope};
use super::{Bytes, Refusal};

const ACTION: Refusal = Refusal::Malformed("action");
const KEY: Refusal = Refusal::Malformed("key");
const VALUE: Refusal = Refusal::Malformed("value");
const COUNTER: Refusal = Refusal::Counter("operation");

/// The type of a value that is text.
const TEXT: u64 = 6;

/// An operation id inside one chunk: the counter first, as Automerge orders them.
pub(super) type Id = (u32, u32);

/// A number that is below a limit which fits 32 bits, or a refusal.
pub(super) fn narrow(number: u64, below: u64, refusal: Refusal) -> Result<u32, Refusal> {
    if number < below {
        u32::try_from(number).map_err(|_| refusal)
    } else {
        Err(refusal)
    }
}

/// What an operation does. Counters and tables are not used by notes, and Automerge has gaps in both:
/// it panics on an operation in a table, and on an increment that stands apart from its counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    MakeMap,
    MakeList,
    MakeText,
    Set,
    Delete,
    MarkBegin,
    MarkEnd,
}

/// Where in its object an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'a> {
    Map(&'a str),
    /// Before the first element of a list or text.
    Head,
    /// An element. The counter changes by the same step from row to row.
    Element {
        actor: u32,
        counter: Slope,
    },
}

/// Rows that differ by nothing but a steadily changing element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'a> {
    pub(super) rows: u64,
    /// The object, `None` for the root.
    pub(super) object: Option<Id>,
    pub(super) key: Key<'a>,
    pub(super) insert: bool,
    pub(super) action: Action,
    /// The values of all rows, where they are text.
    pub(super) letters: Option<&'a [u8]>,
}

/// The columns, side by side.
pub(super) struct OpLanes<'a> {
    object_actor: Lane<'a, u64>,
    object_counter: Lane<'a, u64>,
    key_actor: Lane<'a, u64>,
    key_counter: Delta<'a>,
    key_text: Lane<'a, &'a str>,
    insert: Flags<'a>,
    action: Lane<'a, u64>,
    value_meta: Lane<'a, u64>,
    value: Bytes<'a>,
    expand: Flags<'a>,
    mark_name: Lane<'a, &'a str>,
    actors: u64,
    counter: u64,
}

impl<'a> OpLanes<'a> {
    pub(super) fn new(columns: &Columns<'a>, actors: usize, counter: u64) -> Self {
        let range = (0, counter.cast_signed());
        Self {
            object_actor: Lane::sparse(columns.get(0x01)),
            object_counter: Lane::sparse(columns.get(0x02)),
            key_actor: Lane::sparse(columns.get(0x11)),
            key_counter: Delta::sparse(columns.get(0x13), range, "element"),
            key_text: Lane::sparse(columns.get(0x15)),
            insert: Flags::full(columns.get(0x34)),
            action: Lane::full(columns.get(0x42)),
            value_meta: Lane::full(columns.get(0x56)),
            value: Bytes::new(columns.get(0x57)),
            expand: Flags::sparse(columns.get(0x94)),
            mark_name: Lane::sparse(columns.get(0xa5)),
            actors: actors as u64,
            counter,
        }
    }

    pub(super) fn at_end(&self) -> bool {
        self.action.at_end()
    }

    /// How many rows from here on are alike.
    pub(super) fn left(&mut self) -> Result<u64, Refusal> {
        Ok(self
            .action
            .left()?
            .min(self.object_actor.left()?)
            .min(self.object_counter.left()?)
            .min(self.key_actor.left()?)
            .min(self.key_counter.left()?)
            .min(self.key_text.left()?)
            .min(self.insert.left()?)
            .min(self.value_meta.left()?)
            .min(self.expand.left()?)
            .min(self.mark_name.left()?))
    }

    /// Reads `rows` rows, no more than are left alike, and moves behind them.
    pub(super) fn read(&mut self, rows: u64) -> Result<Stretch<'a>, Refusal> {
        let action = self.action()?;
        let insert = self.insert.value();
        let key = self.key(rows)?;
        let object = self.object()?;
        let letters = self.value(action, rows)?;
        let fits = match (key, action) {
            (_, Action::Delete) => !insert && key != Key::Head,
            (Key::Map(_), Action::MarkBegin | Action::MarkEnd) => false,
            (Key::Map(_), _) => !insert,
            (Key::Head, _) | (_, Action::MarkBegin | Action::MarkEnd) => insert,
            _ => true,
        };
        if !fits {
            return Err(KEY);
        }
        self.skip(rows);
        Ok(Stretch {
            rows,
            object,
            key,
            insert,
            action,
            letters,
        })
    }

    fn action(&self) -> Result<Action, Refusal> {
        let named = self.mark_name.value().is_some();
        let action = match (self.action.known()?, named) {
            (0, false) => Action::MakeMap,
            (1, false) => Action::Set,
            (2, false) => Action::MakeList,
            (4, false) => Action::MakeText,
            (3, false) => Action::Delete,
            (7, true) => Action::MarkBegin,
            (7, false) => Action::MarkEnd,
            _ => return Err(ACTION),
        };
        let mark = matches!(action, Action::MarkBegin | Action::MarkEnd);
        if self.expand.value() && !mark {
            Err(ACTION)
        } else {
            Ok(action)
        }
    }

    fn object(&self) -> Result<Option<Id>, Refusal> {
        match (self.object_counter.value(), self.object_actor.value()) {
            (None, None) => Ok(None),
            (Some(counter @ 1..), Some(actor)) => {
                let counter = narrow(counter, self.counter + 1, Refusal::Counter("object"))?;
                Ok(Some((counter, self.actor(actor)?)))
            }
            _ => Err(Refusal::Malformed("object")),
        }
    }

    fn key(&self, rows: u64) -> Result<Key<'a>, Refusal> {
        match (
            self.key_text.value(),
            self.key_actor.value(),
            self.key_counter.value(),
        ) {
            (Some(text), None, None) => Ok(Key::Map(text)),
            (None, None, Some(head)) if head.first == 0 && head.after(rows - 1) == 0 => Ok(Key::Head),
            (None, Some(actor), Some(counter)) if counter.first > 0 && counter.after(rows - 1) > 0 => {
                Ok(Key::Element {
                    actor: self.actor(actor)?,
                    counter,
                })
            }
            _ => Err(KEY),
        }
    }

    fn actor(&self, index: u64) -> Result<u32, Refusal> {
        narrow(index, self.actors, Refusal::Malformed("actor index"))
    }

    /// Moves over the values of `rows` rows. The lower four bits are the type, the rest is the length.
    fn value(&mut self, action: Action, rows: u64) -> Result<Option<&'a [u8]>, Refusal> {
        let meta = self.value_meta.known()?;
        let (kind, length) = (meta & 15, meta >> 4);
        let sound = match kind {
            0..=2 => length == 0,
            3 | 4 | 9 => (1..=10).contains(&length),
            5 => length == 8,
            6 | 7 => true,
            _ => false,
        };
        let bare = !matches!(action, Action::Set | Action::MarkBegin);
        if !sound || (bare && kind != 0) {
            return Err(VALUE);
        }
        let bytes = length.checked_mul(rows).ok_or(VALUE)?;
        let values = self.value.take(bytes)?;
        Ok((kind == TEXT).then_some(values))
    }

    fn skip(&mut self, rows: u64) {
        self.object_actor.skip(rows);
        self.object_counter.skip(rows);
        self.key_actor.skip(rows);
        self.key_counter.skip(rows);
        self.key_text.skip(rows);
        self.insert.skip(rows);
        self.action.skip(rows);
        self.value_meta.skip(rows);
        self.expand.skip(rows);
        self.mark_name.skip(rows);
    }

    /// No column goes on behind the last row.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        self.object_actor.finish()?;
        self.object_counter.finish()?;
        self.key_actor.finish()?;
        self.key_counter.finish()?;
        self.key_text.finish()?;
        self.insert.finish()?;
        self.action.finish()?;
        self.value_meta.finish()?;
        self.expand.finish()?;
        self.mark_name.finish()?;
        if self.value.is_empty() { Ok(()) } else { Err(VALUE) }
    }
}

impl Stretch<'_> {
    /// Every operation comes after the object and the element that it names: without this an object could
    /// lie within itself. `own` is the counter of the rows, both lines are compared at both ends.
    pub(super) fn check_order(&self, own: Slope) -> Result<(), Refusal> {
        let last = self.rows - 1;
        let lowest = own.first.min(own.after(last));
        if self
            .object
            .is_some_and(|(counter, _)| i64::from(counter) >= lowest)
        {
            return Err(COUNTER);
        }
        match self.key {
            Key::Element { counter, .. }
                if counter.first >= own.first || counter.after(last) >= own.after(last) =>
            {
                Err(COUNTER)
            }
            _ => Ok(()),
        }
    }
}
