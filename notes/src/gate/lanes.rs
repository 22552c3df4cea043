//! Columns read side by side: each lane holds its current run, and all lanes are skipped by the same number
//! of rows, so that a table is walked in stretches where no column changes, and never row by row.
//!
//! Not for what the values mean.

use super::rle::{Cell, Rle};
use super::{Bytes, Refusal};

const SHORT: Refusal = Refusal::Malformed("column is too short");
const LONG: Refusal = Refusal::Malformed("column is too long");
/// A column that Automerge leaves out when it says nothing.
const IDLE: Refusal = Refusal::Malformed("column without a value");
/// What is left of a column that is not there.
const FOREVER: u64 = u64::MAX;
const NULL: Refusal = Refusal::Malformed("null");

/// A run-length encoded column.
#[derive(Debug, Clone)]
pub(super) struct Lane<'a, V> {
    rle: Rle<'a, V>,
    left: u64,
    value: Option<V>,
    /// The column is not there, which means null in every row.
    absent: bool,
    nullable: bool,
    said: bool,
}

impl<'a, V: Cell<'a>> Lane<'a, V> {
    /// A column that has a value in every row.
    pub(super) fn full(data: &'a [u8]) -> Self {
        Self {
            rle: Rle::new(data),
            left: 0,
            value: None,
            absent: false,
            nullable: false,
            said: false,
        }
    }

    /// A column that may be null, and is absent when it always is.
    pub(super) fn sparse(data: &'a [u8]) -> Self {
        let absent = data.is_empty();
        Self {
            left: if absent { u64::MAX } else { 0 },
            absent,
            nullable: true,
            ..Self::full(data)
        }
    }

    /// How many rows the current value still covers, at least one.
    #[inline]
    pub(super) fn left(&mut self) -> Result<u64, Refusal> {
        if self.left == 0 {
            self.load()?;
        }
        Ok(self.left)
    }

    fn load(&mut self) -> Result<(), Refusal> {
        let run = self.rle.next()?.ok_or(SHORT)?;
        if run.value.is_none() && !self.nullable {
            return Err(NULL);
        }
        self.said |= run.value.is_some();
        self.left = run.count;
        self.value = run.value;
        Ok(())
    }

    #[inline]
    pub(super) fn value(&self) -> Option<V> {
        self.value
    }

    /// The value of a column that has one in every row.
    #[inline]
    pub(super) fn known(&self) -> Result<V, Refusal> {
        self.value.ok_or(NULL)
    }

    /// Moves on by rows of the current value.
    #[inline]
    pub(super) fn skip(&mut self, rows: u64) {
        if !self.absent {
            self.left = self.left.saturating_sub(rows);
        }
    }

    pub(super) fn at_end(&self) -> bool {
        self.left == 0 && self.rle.is_empty()
    }

    /// All rows were read, and the column had a reason to be there.
    pub(super) fn finish(&self) -> Result<(), Refusal> {
        match self {
            lane if lane.absent => Ok(()),
            lane if !lane.at_end() => Err(LONG),
            lane if lane.nullable && !lane.said => Err(IDLE),
            _ => Ok(()),
        }
    }
}

/// Values that rise or fall by the same step from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slope {
    pub(super) first: i64,
    pub(super) step: i64,
}

impl Slope {
    /// The value `rows` further on. Both lie in a range that was checked when the run was read.
    #[inline]
    pub(super) fn after(self, rows: u64) -> i64 {
        self.first
            .wrapping_add(self.step.wrapping_mul(rows.cast_signed()))
    }
}

/// A column that holds differences. Each run is checked at both ends when it is met: `n` steps of `d` lead
/// from `a + d` to `a + n*d`, and what lies between cannot leave the range if these do not.
#[derive(Debug, Clone)]
pub(super) struct Delta<'a> {
    lane: Lane<'a, i64>,
    at: i64,
    low: i64,
    high: i64,
    what: &'static str,
}

impl<'a> Delta<'a> {
    pub(super) fn full(data: &'a [u8], range: (i64, i64), what: &'static str) -> Self {
        Self {
            lane: Lane::full(data),
            at: 0,
            low: range.0,
            high: range.1,
            what,
        }
    }

    pub(super) fn sparse(data: &'a [u8], range: (i64, i64), what: &'static str) -> Self {
        Self {
            lane: Lane::sparse(data),
            ..Self::full(data, range, what)
        }
    }

    #[inline]
    pub(super) fn left(&mut self) -> Result<u64, Refusal> {
        if self.lane.left == 0 {
            self.lane.load()?;
            self.check()?;
        }
        Ok(self.lane.left)
    }

    fn check(&self) -> Result<(), Refusal> {
        let Some(step) = self.lane.value else {
            return Ok(());
        };
        let within = |value: Option<i64>| value.is_some_and(|v| (self.low..=self.high).contains(&v));
        let first = self.at.checked_add(step);
        let last = i64::try_from(self.lane.left)
            .ok()
            .and_then(|rows| step.checked_mul(rows))
            .and_then(|way| self.at.checked_add(way));
        if within(first) && within(last) {
            Ok(())
        } else {
            Err(Refusal::Counter(self.what))
        }
    }

    #[inline]
    pub(super) fn value(&self) -> Option<Slope> {
        self.lane.value.map(|step| Slope {
            first: self.at.wrapping_add(step),
            step,
        })
    }

    #[inline]
    pub(super) fn known(&self) -> Result<Slope, Refusal> {
        self.value().ok_or(NULL)
    }

    #[inline]
    pub(super) fn skip(&mut self, rows: u64) {
        if let Some(step) = self.lane.value {
            self.at = Slope { first: self.at, step }.after(rows);
        }
        self.lane.skip(rows);
    }

    pub(super) fn finish(&self) -> Result<(), Refusal> {
        self.lane.finish()
    }
}

/// A column of yes and no: lengths of alternating runs, the first of them no.
#[derive(Debug, Clone)]
pub(super) struct Flags<'a> {
    bytes: Bytes<'a>,
    left: u64,
    value: bool,
    started: bool,
    /// The column is to be left out when it is always no.
    optional: bool,
}

impl<'a> Flags<'a> {
    pub(super) fn full(data: &'a [u8]) -> Self {
        Self {
            bytes: Bytes::new(data),
            left: 0,
            value: false,
            started: false,
            optional: false,
        }
    }

    pub(super) fn sparse(data: &'a [u8]) -> Self {
        let left = if data.is_empty() { FOREVER } else { 0 };
        Self {
            left,
            optional: true,
            ..Self::full(data)
        }
    }

    #[inline]
    pub(super) fn left(&mut self) -> Result<u64, Refusal> {
        while self.left == 0 {
            if self.bytes.is_empty() {
                return Err(SHORT);
            }
            self.left = self.bytes.unsigned()?;
            // Only the first run may be empty: it stands for a column that begins with yes.
            if self.left == FOREVER || (self.left == 0 && (self.started || self.bytes.is_empty())) {
                return Err(Refusal::Malformed("run"));
            }
            if self.optional && !self.started && self.bytes.is_empty() {
                return Err(IDLE);
            }
            self.value = self.started && !self.value;
            self.started = true;
        }
        Ok(self.left)
    }

    #[inline]
    pub(super) fn value(&self) -> bool {
        self.value
    }

    #[inline]
    pub(super) fn skip(&mut self, rows: u64) {
        if self.left != FOREVER {
            self.left = self.left.saturating_sub(rows);
        }
    }

    pub(super) fn finish(&self) -> Result<(), Refusal> {
        match self.left {
            FOREVER => Ok(()),
            0 if self.bytes.is_empty() => Ok(()),
            _ => Err(LONG),
        }
    }
}
