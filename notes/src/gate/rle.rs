//! Run-length encoding as Automerge writes it: a repeated value, a stretch of literals, a stretch of nulls.
//!
//! A change is hashed again from its decoded rows when a saved document is loaded, so another spelling
//! of the same rows would make a document that cannot be loaded. Hence only the canonical one passes.

use super::{Bytes, Refusal};

const SPELLING: Refusal = Refusal::Malformed("run");

/// A value that a column can hold.
pub(super) trait Cell<'a>: Copy + PartialEq {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, Refusal>;
}

impl Cell<'_> for u64 {
    fn read(bytes: &mut Bytes<'_>) -> Result<Self, Refusal> {
        bytes.unsigned()
    }
}

impl Cell<'_> for i64 {
    fn read(bytes: &mut Bytes<'_>) -> Result<Self, Refusal> {
        bytes.signed()
    }
}

impl<'a> Cell<'a> for &'a str {
    fn read(bytes: &mut Bytes<'a>) -> Result<Self, Refusal> {
        let length = bytes.unsigned()?;
        std::str::from_utf8(bytes.take(length)?).map_err(|_| Refusal::Malformed("text"))
    }
}

/// `count` rows of one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<V> {
    pub(super) count: u64,
    pub(super) value: Option<V>,
}

/// What the last run was: two that could have been one are not canonical.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Last<V> {
    Start,
    Nulls,
    Repeat(V),
    Literal(V),
}

/// The runs of a column, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Rle<'a, V> {
    bytes: Bytes<'a>,
    literals: u64,
    last: Last<V>,
}

impl<'a, V: Cell<'a>> Rle<'a, V> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            bytes: Bytes::new(data),
            literals: 0,
            last: Last::Start,
        }
    }

    /// The next run, `None` at the end. A literal is a run of one.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Run<V>>, Refusal> {
        if self.literals > 0 {
            return self.literal().map(Some);
        }
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let header = self.bytes.signed()?;
        match header {
            0 => self.nulls().map(Some),
            1.. => self.repeat(header.unsigned_abs()).map(Some),
            _ => {
                // Each literal takes a byte at least, so a claim above that is false.
                self.literals = header.unsigned_abs();
                if self.literals > self.bytes.len() || matches!(self.last, Last::Literal(_)) {
                    return Err(SPELLING);
                }
                self.literal().map(Some)
            }
        }
    }

    fn literal(&mut self) -> Result<Run<V>, Refusal> {
        let value = V::read(&mut self.bytes)?;
        if self.last == Last::Literal(value) || self.last == Last::Repeat(value) {
            return Err(SPELLING);
        }
        self.literals -= 1;
        self.last = Last::Literal(value);
        Ok(Run {
            count: 1,
            value: Some(value),
        })
    }

    fn repeat(&mut self, count: u64) -> Result<Run<V>, Refusal> {
        let value = V::read(&mut self.bytes)?;
        if count < 2 || self.last == Last::Literal(value) || self.last == Last::Repeat(value) {
            return Err(SPELLING);
        }
        self.last = Last::Repeat(value);
        Ok(Run {
            count,
            value: Some(value),
        })
    }

    fn nulls(&mut self) -> Result<Run<V>, Refusal> {
        let count = self.bytes.unsigned()?;
        if count == 0 || self.last == Last::Nulls {
            return Err(SPELLING);
        }
        self.last = Last::Nulls;
        Ok(Run { count, value: None })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.literals == 0 && self.bytes.is_empty()
    }
}
