//! The gate against honest chunks made by Automerge, against forged ones, and against every flipped byte
//! with Automerge itself behind it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod flips;
mod forged;
mod honest;
mod judge;
mod samples;

/// A xorshift generator: a seed is all it takes to see a failure again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll(sides as u64)).unwrap_or(0)
    }
}

fn seed() -> u64 {
    let seed = std::env::var("DOORSTEP_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_122);
    println!("DOORSTEP_TEST_SEED={seed}");
    seed
}
