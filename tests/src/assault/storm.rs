//! Throws many inputs at one target. All that a round decides it reads off a string of bytes: so a round can be told
//! again, made shorter when it fails, and steered by any fuzzer that deals in bytes. The bytes come from a seed.
//!
//! No engine is built in: the ones that watch which code ran need a nightly compiler, and these must run everywhere.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::dice::Chance;
use crate::village::seed;

/// How many times longer the long form is.
const LONG: u64 = 60;
/// How many shorter strings are tried after a failure.
const SHORTER: usize = 300;
/// Enough for a recursion that is deep and honest.
const STACK_BYTES: usize = 256 << 20;

/// Decisions, read off bytes. Where they have run out, each is the first of its kind.
#[derive(Debug, Clone)]
pub struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    /// Reads from the first byte on.
    pub fn over(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => 0,
        }
    }

    /// Whether no decision is left.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    /// A number below `end`; 0 where nothing is below it.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end as u64;
        let number = match end {
            0 | 1 => return 0,
            2..=0x100 => u64::from(self.byte()),
            0x101..=0x1_0000 => u64::from(self.byte()) << 8 | u64::from(self.byte()),
            _ => self.number(),
        };
        usize::try_from(number % end).unwrap_or(0)
    }

    /// One of several.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// True once in so many.
    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == many - 1
    }

    /// A number that programs trip over, or a small one.
    pub fn extreme(&mut self) -> u64 {
        let near: u64 = self.pick(&[
            0,
            1,
            2,
            16,
            127,
            128,
            255,
            1 << 16,
            500_000,
            50_000_000,
            1 << 31,
            1 << 32,
            1 << 53,
            1 << 60,
            1 << 63,
            u64::MAX,
        ]);
        match self.below(4) {
            0 => near.wrapping_sub(1),
            1 => near.wrapping_add(1),
            2 => self.below(300) as u64,
            _ => near,
        }
    }

    /// Does to bytes what no grammar foresees: other numbers, bytes taken out, put in, swapped.
    pub fn scramble(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            let byte = self.pick(&[0, 1, 2, 3, 0x3f, 0x40, 0x7d, 0x7e, 0x7f, 0x80, 0xfe, 0xff]);
            match self.below(5) {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => _ = bytes.remove(at),
                2 if at + 1 < bytes.len() => bytes.swap(at, at + 1),
                3 => bytes.truncate(at.max(1)),
                _ if at < bytes.len() => bytes[at] = byte,
                _ => {}
            }
        }
    }
}

/// Whether the long forms are asked for (`cargo xtask test --long`).
pub fn is_long() -> bool {
    std::env::var_os("DOORSTEP_LONG").is_some()
}

/// Throws `rounds` strings of bytes at a target, in the long form sixty times as many, on a large stack. A target
/// says no by a panic. `target` makes it, in the long form anew after each sixtieth, so that the last rounds are no
/// slower than the first. The shortest bytes that were found to do it are printed, and `DOORSTEP_DECISIONS` tells that
/// one round again.
pub fn storm<T: Fn(&[u8])>(name: &str, own: u64, rounds: u64, target: impl Fn() -> T + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let work = move || through(name, own, rounds, &target);
        let thread = thread.spawn_scoped(scope, work).expect("a thread");
        if let Err(cause) = thread.join() {
            resume_unwind(cause);
        }
    });
}

fn through<T: Fn(&[u8])>(name: &str, own: u64, rounds: u64, target: &impl Fn() -> T) {
    if let Ok(told) = std::env::var("DOORSTEP_DECISIONS") {
        return target()(&unhex(&told));
    }
    let seed = seed(own);
    let laps = if is_long() { LONG } else { 1 };
    for lap in 0..laps {
        let target = target();
        for round in lap * rounds..(lap + 1) * rounds {
            one_round(name, seed, round, &target);
        }
    }
}

fn one_round(name: &str, seed: u64, round: u64, target: &impl Fn(&[u8])) {
    let chance = Chance::new(seed.wrapping_add(round), name);
    let length = usize::try_from(chance.below(256)).unwrap_or(0);
    let bytes = &chance.bytes::<256>()[..length];
    let Err(cause) = catch_unwind(AssertUnwindSafe(|| target(bytes))) else {
        return;
    };
    let least = shorten(bytes, |bytes| {
        catch_unwind(AssertUnwindSafe(|| target(bytes))).is_err()
    });
    println!("{name}: round {round} of seed {seed}");
    println!("DOORSTEP_DECISIONS={}", crate::hex::hex(&least));
    resume_unwind(cause);
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.bytes().filter_map(|c| char::from(c).to_digit(16)).collect();
    let pair = |pair: &[u32]| {
        pair.iter()
            .fold(0, |byte, digit| byte << 4 | u8::try_from(*digit).unwrap_or(0))
    };
    digits.chunks(2).map(pair).collect()
}

/// Takes stretches out, and makes bytes nought, as long as it still fails.
fn shorten(bytes: &[u8], fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let (mut least, mut tries) = (bytes.to_vec(), SHORTER);
    let mut stretch = least.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < least.len() && tries > 0 {
            tries -= 1;
            let end = (at + stretch).min(least.len());
            let out = [&least[..at], &least[end..]].concat();
            if fails(&out) {
                least = out;
            } else {
                at = end;
            }
        }
        if stretch == 1 || tries == 0 {
            return least;
        }
        stretch /= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_made_shorter() {
        let bytes: Vec<u8> = (0..200).collect();
        let least = shorten(&bytes, |bytes| bytes.contains(&17) && bytes.contains(&150));
        assert_eq!(least, [17, 150]);
    }

    #[test]
    fn decisions_are_read_off_bytes_and_end_in_the_first_of_each_kind() {
        let mut choices = Choices::over(&[5, 1, 2]);
        assert_eq!((choices.below(4), choices.below(1_000)), (1, 258));
        assert_eq!((choices.below(9), choices.pick(&["first", "last"])), (0, "first"));
        assert!(choices.is_empty() && !choices.one_in(2));
        assert_eq!(unhex("00ff1a"), [0, 0xff, 0x1a]);
    }
}
