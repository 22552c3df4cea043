//! Chance from a seed: who throws the same dice in the same order tells the same story again.

use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// Dice of one seed and one owner. Clones go on with the same throws.
#[derive(Clone)]
pub struct Chance(Arc<Mutex<ChaCha8Rng>>);

impl Chance {
    /// Dice of their own for each owner, so that one phone's throws do not move another's.
    pub fn new(seed: u64, owner: &str) -> Self {
        let mut mixed = seed ^ 0x9e37_79b9_7f4a_7c15;
        for byte in owner.bytes() {
            mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(mixed))))
    }

    fn throw(&self) -> u64 {
        self.0.lock().unwrap().next_u64()
    }

    /// A number below `end`.
    pub fn below(&self, end: u64) -> u64 {
        assert!(end > 0, "nothing is below nought");
        self.throw() % end
    }

    /// True once in so many throws.
    pub fn one_in(&self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// One of several.
    pub fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        let index = self.below(of.len() as u64);
        &of[usize::try_from(index).unwrap()]
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap().fill_bytes(&mut bytes);
        bytes
    }
}

impl client_core::host::Dice for Chance {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

impl server::host::Dice for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}
