//! Remembers the assertions that were taken, so that a copy of one gets no second token.
//!
//! Only until they expire, and only in memory: what is replayed within minutes of a restart is not
//! seen, and gets a token that the thief of a live assertion could have had anyway.

use std::collections::HashMap;

use super::{Assertion, AuthRefusal, LEEWAY_MS};

/// The live assertions of all parties, by party and `jti`.
#[derive(Debug)]
pub struct ReplayGuard {
    taken: HashMap<String, HashMap<String, i64>>,
    count: usize,
    max_per_party: usize,
    max_count: usize,
}

impl Default for ReplayGuard {
    /// Far more than a council's phones sign in five minutes, and at most some 60 MB.
    fn default() -> Self {
        Self::with_room(4_096, 200_000)
    }
}

impl ReplayGuard {
    /// A guard that remembers so many assertions of one party, and so many of all. The first bound
    /// keeps one party that signs without end from shutting out the others.
    #[must_use]
    pub fn with_room(max_per_party: usize, max_count: usize) -> Self {
        Self {
            taken: HashMap::new(),
            count: 0,
            max_per_party,
            max_count,
        }
    }

    /// Takes an assertion that was verified, once. `party` is whose key verified it.
    ///
    /// # Errors
    /// `assertion_replayed`, or `rate_limited` when there is no room to remember it: what cannot be
    /// remembered is not taken.
    pub fn take(&mut self, party: &str, assertion: &Assertion, now_ms: i64) -> Result<(), AuthRefusal> {
        self.forget_expired_of(party, now_ms);
        if self.count >= self.max_count {
            self.forget_expired(now_ms);
        }
        let (count, max_count, max_per_party) = (self.count, self.max_count, self.max_per_party);
        let of_party = self.taken.entry(party.to_owned()).or_default();
        if of_party.contains_key(&assertion.jti) {
            return Err(AuthRefusal::AssertionReplayed);
        }
        if count >= max_count || of_party.len() >= max_per_party {
            return Err(AuthRefusal::TooManyAssertions);
        }
        of_party.insert(assertion.jti.clone(), assertion.expires_at);
        self.count += 1;
        Ok(())
    }

    /// How many are remembered.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether none is remembered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn forget_expired_of(&mut self, party: &str, now_ms: i64) {
        if let Some(of_party) = self.taken.get_mut(party) {
            let before = of_party.len();
            of_party.retain(|_, expires_at| is_live(*expires_at, now_ms));
            self.count -= before - of_party.len();
        }
    }

    fn forget_expired(&mut self, now_ms: i64) {
        self.taken.retain(|_, of_party| {
            of_party.retain(|_, expires_at| is_live(*expires_at, now_ms));
            !of_party.is_empty()
        });
        self.count = self.taken.values().map(HashMap::len).sum();
    }
}

/// As long as it would still pass, leeway included.
const fn is_live(expires_at: i64, now_ms: i64) -> bool {
    now_ms < expires_at.saturating_add(LEEWAY_MS)
}
