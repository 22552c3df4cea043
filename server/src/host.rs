//! What the server asks of its surroundings: the time, chance, and a process apart. They are passed
//! in, so that a test can set the clock and replay the dice.

use std::sync::Arc;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// UTC milliseconds since 1970.
    fn now_ms(&self) -> i64;
}

/// Gives random bytes, good enough for keys.
pub trait Dice: Send + Sync {
    /// Fills the slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// How a judgement in another process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It came back.
    Well,
    /// It died, or never came back.
    Badly,
    /// It could not be tried.
    Unknown,
}

/// Lets another process judge first, so that this one does not die of it.
pub trait Apart: Send + Sync {
    /// Gives a case to [`crate::sync::judge_apart`] elsewhere.
    fn judge(&self, case: &[u8]) -> Ended;
}

/// All of it, as it is handed around.
#[derive(Clone)]
pub struct Host {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The dice.
    pub dice: Arc<dyn Dice>,
    /// Another process, where there can be one.
    pub apart: Option<Arc<dyn Apart>>,
}

impl Host {
    /// The machine's own clock and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            dice: Arc::new(SystemDice),
            apart: None,
        }
    }

    /// UTC milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// `N` random bytes.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.dice.fill(&mut bytes);
        bytes
    }
}

struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the server reads the machine's clock"
    )]
    fn now_ms(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
    }
}

struct SystemDice;

impl Dice for SystemDice {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "no server may run without randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}
