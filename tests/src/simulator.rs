//! The simulator: a whole village under one seed, in which everything goes wrong that we can make go
//! wrong, and a verdict at the end by a ledger of its own: nothing that was shown as sent is lost,
//! doubled or forged, and a minute after the faults have stopped everything is resolved or an issue
//! stands open.
//!
//! The same seed tells the same story again, in words. It is not for one rule at a time: those have
//! stories of their own in `tests/never`.

mod deeds;
mod end;
mod machines;
mod town;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use town::Town;

/// What people and machines do before the faults stop.
const STEPS: u32 = 120;

/// A story that ended well, in figures, so that no simulation passes in which nothing happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Notes that phones showed as sent.
    pub shown: usize,
    /// Versions that the case system took.
    pub taken: usize,
    /// Issues that a person ended.
    pub settled: usize,
    /// Requests that were lost, late, torn or doubled.
    pub faults: u32,
    /// Deaths of phones and of the server.
    pub deaths: u32,
    /// A sum over the whole story: the same seed gives the same one.
    pub fingerprint: u64,
}

impl Summary {
    /// Adds another story's figures.
    pub fn add(&mut self, other: &Self) {
        self.shown += other.shown;
        self.taken += other.taken;
        self.settled += other.settled;
        self.faults += other.faults;
        self.deaths += other.deaths;
        self.fingerprint ^= other.fingerprint;
    }
}

/// A story that ended badly.
#[derive(Debug)]
pub struct Failed {
    /// What was wrong.
    pub why: String,
    /// What happened until then, one line each.
    pub story: Vec<String>,
}

/// What happens, in words, while it happens.
#[derive(Clone, Default)]
struct Told(Rc<RefCell<Vec<String>>>);

impl Told {
    fn tell(&self, line: String) {
        self.0.borrow_mut().push(line);
    }
}

/// Tells the story of a seed, and judges it.
///
/// # Errors
/// The story, and what was wrong at its end.
pub fn run(seed: u64) -> Result<Summary, Box<Failed>> {
    let told = Told::default();
    let tale = catch_unwind(AssertUnwindSafe(|| {
        let mut town = Town::new(seed, told.clone());
        for _ in 0..STEPS {
            town.step();
        }
        town.end()
    }));
    tale.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let why = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Box::new(Failed {
            why: why.unwrap_or_default(),
            story: told.0.take(),
        })
    })
}
