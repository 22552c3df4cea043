//! Phones first: who does long work for others, such as a page of the feed, lets phones go before it. On a small
//! machine even work on another core slows a phone's pass down.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The longest that one step of other work waits for phones. Without an end, a morning's storm would stop it.
const PATIENCE: Duration = Duration::from_millis(20);
/// How long between two looks.
const A_MOMENT: Duration = Duration::from_millis(1);

/// How many passes of phones are under way.
#[derive(Default)]
pub struct Courtesy(AtomicUsize);

/// A pass that is under way, for as long as this is held.
pub struct UnderWay<'a>(&'a Courtesy);

impl Courtesy {
    /// A phone's pass begins.
    pub fn phone(&self) -> UnderWay<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        UnderWay(self)
    }

    /// Waits until no pass is under way, but not for long. To be called between the steps of long work, on a thread of
    /// its own.
    pub fn give_way(&self) {
        let mut waited = Duration::ZERO;
        while self.0.load(Ordering::Relaxed) > 0 && waited < PATIENCE {
            std::thread::sleep(A_MOMENT);
            waited += A_MOMENT;
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_work_waits_for_a_pass_and_not_for_ever() {
        let courtesy = Courtesy::default();
        courtesy.give_way();
        let (first, second) = (courtesy.phone(), courtesy.phone());
        std::thread::scope(|scope| {
            let other = scope.spawn(|| courtesy.give_way());
            drop(first);
            // Nobody ends the second: it comes back all the same.
            other.join().unwrap();
        });
        drop(second);
        assert_eq!(courtesy.0.load(Ordering::Relaxed), 0);
    }
}
