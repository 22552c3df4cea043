//! One time for the whole village. It stands still until a story moves it; each phone may be off by
//! an offset of its own, as phones are.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A second, in milliseconds.
pub const SECOND: i64 = 1_000;
/// A minute, in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// An hour, in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// A day, in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// When every story begins: 31 August 2026, 07:00 UTC, before the first note of the corpus.
const BEGIN: i64 = 1_788_159_600_000;

/// The village's time, shared by everybody in it.
#[derive(Clone)]
pub struct Time(Arc<AtomicI64>);

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(BEGIN)))
    }

    /// UTC milliseconds.
    pub fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Lets time pass.
    pub fn pass(&self, ms: i64) {
        assert!(ms >= 0, "time does not go back; set a phone's offset instead");
        self.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// Lets time pass until a moment, where it has not come yet.
    pub fn until(&self, at: i64) {
        self.0.fetch_max(at, Ordering::Relaxed);
    }
}

impl server::host::Clock for Time {
    fn now_ms(&self) -> i64 {
        self.now()
    }
}

/// A phone's own clock: the village's, and how far it is off.
#[derive(Clone)]
pub(crate) struct PhoneClock {
    pub(crate) time: Time,
    pub(crate) offset: Arc<AtomicI64>,
}

impl client_core::host::Clock for PhoneClock {
    fn now_ms(&self) -> i64 {
        self.time.now() + self.offset.load(Ordering::Relaxed)
    }
}
