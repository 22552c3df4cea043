//! Limits on how often something may go wrong for one caller, in fixed windows, in memory. Who
//! guesses enrolment codes or tries tokens is slowed down; who is merely busy is not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How long a window is, in milliseconds.
const WINDOW_MS: i64 = 60_000;
/// The most callers that are remembered; past it the window's counts are dropped.
const MAX_CALLERS: usize = 50_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// A one-time code that is not one.
    CodeGuess,
    /// A sign-in at the desk that is refused.
    SignIn,
    /// An assertion that is refused.
    TokenFailure,
    /// A request of a revoked device.
    RevokedPush,
    /// Somebody who is not on the caseload is looked up.
    Lookup,
    /// A frame on a live socket.
    LiveFrame,
}

impl Deed {
    /// How many a window takes.
    const fn allowed(self) -> u32 {
        match self {
            Self::CodeGuess | Self::SignIn => 30,
            Self::TokenFailure => 100,
            Self::RevokedPush => 60,
            Self::Lookup => 10,
            // Two who type as fast as they can make some 30 changes a second.
            Self::LiveFrame => 3_000,
        }
    }
}

#[derive(Default)]
struct Window {
    begun_at: i64,
    counts: HashMap<(Deed, String), u32>,
}

/// The counts of the window that is running.
#[derive(Default)]
pub struct Limits(Mutex<Window>);

impl Limits {
    /// Whether a caller may go on; else how many seconds to wait.
    ///
    /// # Errors
    /// The seconds until the window is over.
    pub fn check(&self, deed: Deed, caller: &str, now_ms: i64) -> Result<(), u64> {
        let window = self.window(now_ms);
        let count = window.counts.get(&(deed, caller.to_owned())).copied();
        if count.unwrap_or(0) < deed.allowed() {
            return Ok(());
        }
        let left_ms = window.begun_at.saturating_add(WINDOW_MS).saturating_sub(now_ms);
        Err(u64::try_from(left_ms).unwrap_or(0).div_ceil(1000).max(1))
    }

    /// Counts a deed.
    pub fn count(&self, deed: Deed, caller: &str, now_ms: i64) {
        let mut window = self.window(now_ms);
        if window.counts.len() >= MAX_CALLERS {
            window.counts.clear();
        }
        let count = window.counts.entry((deed, caller.to_owned())).or_default();
        *count = count.saturating_add(1);
    }

    fn window(&self, now_ms: i64) -> std::sync::MutexGuard<'_, Window> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age_ms = now_ms.saturating_sub(window.begun_at);
        if !(0..WINDOW_MS).contains(&age_ms) {
            *window = Window {
                begun_at: now_ms,
                counts: HashMap::new(),
            };
        }
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_window_forgives() {
        let limits = Limits::default();
        let now = 1_790_000_000_000;
        for _ in 0..Deed::CodeGuess.allowed() {
            assert_eq!(limits.check(Deed::CodeGuess, "a", now), Ok(()));
            limits.count(Deed::CodeGuess, "a", now);
        }
        assert_eq!(limits.check(Deed::CodeGuess, "a", now + 1_000), Err(59));
        assert_eq!(limits.check(Deed::CodeGuess, "b", now), Ok(()));
        assert_eq!(limits.check(Deed::TokenFailure, "a", now), Ok(()));
        assert_eq!(limits.check(Deed::CodeGuess, "a", now + WINDOW_MS), Ok(()));
    }

    #[test]
    fn many_callers_take_no_more_room_than_allowed() {
        let limits = Limits::default();
        for n in 0..=MAX_CALLERS {
            limits.count(Deed::CodeGuess, &n.to_string(), 5);
        }
        assert!(limits.0.lock().unwrap().counts.len() <= MAX_CALLERS);
    }
}
