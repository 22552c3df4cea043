//! The elements of the list or text that is being walked: an insertion behind any other makes Automerge panic
//! when its change is applied.
//!
//! Not for the order of the elements.

use super::claims::Bits;

/// One bit for each operation that inserted an element, and which of them are set.
pub(super) struct Elements {
    bits: Bits,
    ranges: Vec<(u32, u32)>,
}

impl Elements {
    pub(super) fn new(ops: u64) -> Self {
        Self {
            bits: Bits::new(ops),
            ranges: Vec::new(),
        }
    }

    pub(super) fn has(&self, bit: u32) -> bool {
        self.bits.get(bit)
    }

    pub(super) fn add(&mut self, bit: u32, count: u32) {
        self.bits.set_range(bit, count);
        match self.ranges.last_mut() {
            Some((first, known)) if *first + *known == bit => *known += count,
            _ => self.ranges.push((bit, count)),
        }
    }

    /// Forgets all, for another object comes.
    pub(super) fn leave(&mut self) {
        for (bit, count) in self.ranges.drain(..) {
            self.bits.clear_range(bit, count);
        }
    }
}
