//! Grouped columns of operation ids: for each row a number, and behind one another that many ids.
//! A change lists so what it replaces, a document what replaced the row.
//!
//! Not for whether the ids exist.

use super::frame::Columns;
use super::lanes::{Delta, Lane, Slope};
use super::ops::narrow;
use super::{Limits, Refusal};

/// The three columns of a group.
pub(super) struct Links<'a> {
    number: Lane<'a, u64>,
    actor: Lane<'a, u64>,
    counter: Delta<'a>,
    actors: u64,
    /// How many ids may still come.
    allowed: u64,
}

impl<'a> Links<'a> {
    /// `group` is the specification of the column of numbers; actor and counter follow it.
    pub(super) fn new(columns: &Columns<'a>, group: u8, actors: usize, limits: &Limits) -> Self {
        let range = (1, limits.counter.cast_signed());
        Self {
            number: Lane::full(columns.get(group)),
            actor: Lane::full(columns.get(group | 1)),
            counter: Delta::full(columns.get(group | 3), range, "link"),
            actors: actors as u64,
            allowed: limits.ops,
        }
    }

    /// How many rows from here on have the same number of ids.
    pub(super) fn left(&mut self) -> Result<u64, Refusal> {
        self.number.left()
    }

    /// How many ids each of the next `rows` rows has. Moves behind the rows; their ids are to be taken next.
    pub(super) fn each(&mut self, rows: u64) -> Result<u64, Refusal> {
        let number = self.number.known()?;
        let all = number
            .checked_mul(rows)
            .and_then(|all| self.allowed.checked_sub(all));
        self.allowed = all.ok_or(Refusal::TooLarge("links"))?;
        self.number.skip(rows);
        Ok(number)
    }

    /// The next ids that have one actor and evenly spaced counters, `most` at most.
    pub(super) fn take(&mut self, most: u64) -> Result<(u64, u32, Slope), Refusal> {
        let ids = most.min(self.actor.left()?).min(self.counter.left()?);
        let actor = narrow(
            self.actor.known()?,
            self.actors,
            Refusal::Malformed("actor index"),
        )?;
        let counter = self.counter.known()?;
        self.actor.skip(ids);
        self.counter.skip(ids);
        Ok((ids, actor, counter))
    }

    pub(super) fn finish(&self) -> Result<(), Refusal> {
        self.number.finish()?;
        self.actor.finish()?;
        self.counter.finish()
    }
}
