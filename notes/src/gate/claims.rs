//! Which operation counters the changes of a document claim, and which of them its rows have filled.
//!
//! Automerge panics when one operation appears twice, and writes a document that it cannot load again
//! when one is missing. So each claimed counter is to be filled exactly once: one bit for each.

use std::cell::Cell;

use super::Refusal;
use super::graph::Change;
use super::lanes::Slope;

const STRANGER: Refusal = Refusal::Malformed("operation without a change");
const TWICE: Refusal = Refusal::Malformed("operation listed twice");

/// The counters of one change, and where its bits begin.
#[derive(Debug, Clone, Copy)]
struct Span {
    actor: u32,
    first: u32,
    last: u32,
    base: u32,
}

/// A span without counters.
const NOWHERE: Span = Span {
    actor: 0,
    first: 1,
    last: 0,
    base: 0,
};

impl Span {
    #[inline]
    fn has(self, actor: u32, counter: u32) -> bool {
        self.actor == actor && (self.first..=self.last).contains(&counter)
    }
}

/// One bit for each operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn new(count: u64) -> Self {
        Self(vec![0; usize::try_from(count.div_ceil(64)).unwrap_or(0)])
    }

    /// A bit's number comes from [`Claims::bit`], which is below the count the bits were made for.
    fn word(bit: u32) -> (usize, u64) {
        (usize::try_from(bit >> 6).unwrap_or(usize::MAX), 1 << (bit & 63))
    }

    pub(super) fn get(&self, bit: u32) -> bool {
        let (word, mask) = Self::word(bit);
        self.0.get(word).is_some_and(|word| word & mask != 0)
    }

    /// Sets a bit, and tells whether it was unset.
    pub(super) fn set(&mut self, bit: u32) -> bool {
        let (word, mask) = Self::word(bit);
        self.0.get_mut(word).is_some_and(|word| {
            let fresh = *word & mask == 0;
            *word |= mask;
            fresh
        })
    }

    pub(super) fn clear(&mut self, bit: u32) {
        let (word, mask) = Self::word(bit);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !mask;
        }
    }

    /// Sets `count` bits, and tells whether all were unset.
    pub(super) fn set_range(&mut self, bit: u32, count: u32) -> bool {
        let mut fresh = true;
        self.words(bit, count, |word, mask| {
            fresh &= *word & mask == 0;
            *word |= mask;
        });
        fresh
    }

    pub(super) fn clear_range(&mut self, bit: u32, count: u32) {
        self.words(bit, count, |word, mask| *word &= !mask);
    }

    fn words(&mut self, mut bit: u32, mut count: u32, mut each: impl FnMut(&mut u64, u64)) {
        while count > 0 {
            let here = count.min(64 - (bit & 63));
            let mask = (u64::MAX >> (64 - here)) << (bit & 63);
            let (word, _) = Self::word(bit);
            let Some(word) = self.0.get_mut(word) else { return };
            each(word, mask);
            bit += here;
            count -= here;
        }
    }
}

/// All operations that the changes claim.
pub(super) struct Claims {
    spans: Vec<Span>,
    /// For each actor where its spans begin, and where the last one's end.
    starts: Vec<usize>,
    /// The two spans that were searched last: neighbours in a text are mostly of one change, and so is what
    /// replaced them.
    latest: Cell<[Span; 2]>,
    filled: Bits,
    open: u64,
}

impl Claims {
    /// Changes come in the order of the document, in which those of one actor rise and do not overlap.
    pub(super) fn new(changes: &[Change], actors: usize, ops: u64) -> Self {
        let mut order: Vec<&Change> = changes
            .iter()
            .filter(|change| change.start <= change.max)
            .collect();
        order.sort_by_key(|change| change.actor);
        let mut spans = Vec::with_capacity(order.len());
        let mut starts = Vec::with_capacity(actors + 1);
        let mut base = 0;
        for change in order {
            let actor = usize::try_from(change.actor).unwrap_or(usize::MAX);
            while starts.len() <= actor.min(actors) {
                starts.push(spans.len());
            }
            spans.push(Span {
                actor: change.actor,
                first: change.start,
                last: change.max,
                base,
            });
            base += change.max - change.start + 1;
        }
        starts.resize(actors + 1, spans.len());
        Self {
            spans,
            starts,
            latest: Cell::new([NOWHERE; 2]),
            filled: Bits::new(ops),
            open: ops,
        }
    }

    #[inline]
    fn span(&self, actor: u32, counter: u32) -> Result<Span, Refusal> {
        let [latest, before] = self.latest.get();
        if latest.has(actor, counter) {
            Ok(latest)
        } else if before.has(actor, counter) {
            Ok(before)
        } else {
            self.search(actor, counter)
        }
    }

    fn search(&self, actor: u32, counter: u32) -> Result<Span, Refusal> {
        let index = usize::try_from(actor).map_err(|_| STRANGER)?;
        let range = self
            .starts
            .get(index)
            .copied()
            .zip(self.starts.get(index + 1).copied());
        let spans = range
            .and_then(|(from, to)| self.spans.get(from..to))
            .ok_or(STRANGER)?;
        let at = spans.partition_point(|span| span.last < counter);
        let span = spans
            .get(at)
            .filter(|span| span.first <= counter)
            .copied()
            .ok_or(STRANGER)?;
        let [latest, _] = self.latest.get();
        self.latest.set([span, latest]);
        Ok(span)
    }

    /// The bit of an operation, if a change claims it.
    #[inline]
    pub(super) fn bit(&self, (counter, actor): (u32, u32)) -> Result<u32, Refusal> {
        let span = self.span(actor, counter)?;
        Ok(span.base + (counter - span.first))
    }

    /// The bit of the operation that follows in the same change, if there is one.
    pub(super) fn following(&self, (counter, actor): (u32, u32)) -> Option<u32> {
        let span = self
            .span(actor, counter)
            .ok()
            .filter(|span| counter < span.last)?;
        Some(span.base + (counter - span.first) + 1)
    }

    pub(super) fn is_filled(&self, bit: u32) -> bool {
        self.filled.get(bit)
    }

    /// Fills one operation, which must not have been filled.
    pub(super) fn fill(&mut self, bit: u32) -> Result<(), Refusal> {
        if !self.filled.set(bit) {
            return Err(TWICE);
        }
        self.open = self.open.saturating_sub(1);
        Ok(())
    }

    /// Fills evenly spaced operations of one actor, and gives their bits as ranges.
    pub(super) fn fill_all(
        &mut self,
        actor: u32,
        counter: Slope,
        count: u64,
        mut range: impl FnMut(u32, u32),
    ) -> Result<(), Refusal> {
        let (first, last) = (counter.first, counter.after(count.saturating_sub(1)));
        match counter.step {
            _ if count == 0 => Ok(()),
            _ if count == 1 => self.fill_between(actor, first, first, &mut range),
            1 => self.fill_between(actor, first, last, &mut range),
            -1 => self.fill_between(actor, last, first, &mut range),
            0 => Err(TWICE),
            _ => (0..count).try_for_each(|row| {
                let counter = counter.after(row);
                self.fill_between(actor, counter, counter, &mut range)
            }),
        }
    }

    fn fill_between(
        &mut self,
        actor: u32,
        low: i64,
        high: i64,
        range: &mut impl FnMut(u32, u32),
    ) -> Result<(), Refusal> {
        let mut low = u32::try_from(low).map_err(|_| STRANGER)?;
        let high = u32::try_from(high).map_err(|_| STRANGER)?;
        while low <= high {
            let span = self.span(actor, low)?;
            let last = span.last.min(high);
            let (bit, count) = (span.base + (low - span.first), last - low + 1);
            if !self.filled.set_range(bit, count) {
                return Err(TWICE);
            }
            range(bit, count);
            self.open = self.open.saturating_sub(u64::from(count));
            low = last + 1;
        }
        Ok(())
    }

    /// Nothing that a change claims is missing.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        if self.open == 0 {
            Ok(())
        } else {
            Err(Refusal::Malformed("operation missing"))
        }
    }
}
