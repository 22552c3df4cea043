//! An assertion is taken once, and memory does not grow without end.

use super::super::{Assertion, AuthRefusal, LEEWAY_MS, ReplayGuard};
use super::NOW;

const MINUTE: i64 = 60_000;

fn assertion(jti: &str, expires_at: i64) -> Assertion {
    Assertion {
        jti: jti.to_owned(),
        expires_at,
    }
}

#[test]
fn an_assertion_is_taken_once_for_as_long_as_it_would_pass() {
    let mut guard = ReplayGuard::default();
    let one = assertion("a", NOW + MINUTE);
    let last = NOW + MINUTE + LEEWAY_MS - 1;
    assert_eq!(guard.take("device-1", &one, NOW), Ok(()));
    for now_ms in [NOW, NOW - MINUTE, NOW + MINUTE, last] {
        let again = guard.take("device-1", &one, now_ms);
        assert_eq!(again, Err(AuthRefusal::AssertionReplayed), "{}", now_ms - NOW);
    }
    assert_eq!(
        AuthRefusal::AssertionReplayed.code().as_str(),
        "assertion_replayed"
    );
    assert_eq!(
        guard.take("device-2", &one, NOW),
        Ok(()),
        "the same id of another party"
    );
    assert_eq!(guard.take("device-1", &assertion("b", NOW + MINUTE), NOW), Ok(()));
    assert_eq!(guard.len(), 3);
}

#[test]
fn what_has_expired_is_forgotten() {
    let mut guard = ReplayGuard::with_room(2, 3);
    assert!(guard.is_empty());
    for (party, jti) in [("p", "a"), ("p", "b"), ("q", "a")] {
        assert_eq!(guard.take(party, &assertion(jti, NOW + MINUTE), NOW), Ok(()));
    }
    let later = NOW + MINUTE + LEEWAY_MS;
    assert_eq!(guard.take("p", &assertion("c", later + MINUTE), later), Ok(()));
    assert_eq!(guard.len(), 2, "p's own are gone, q's stay until there is need");
    assert_eq!(guard.take("r", &assertion("a", later + MINUTE), later), Ok(()));
    assert_eq!(guard.take("s", &assertion("a", later + MINUTE), later), Ok(()));
    assert_eq!(guard.len(), 3);
}

#[test]
fn what_cannot_be_remembered_is_not_taken() {
    let live = NOW + MINUTE;
    let mut guard = ReplayGuard::with_room(2, 3);
    assert_eq!(guard.take("p", &assertion("a", live), NOW), Ok(()));
    assert_eq!(guard.take("p", &assertion("b", live), NOW), Ok(()));
    let full = Err(AuthRefusal::TooManyAssertions);
    assert_eq!(
        guard.take("p", &assertion("c", live), NOW),
        full,
        "one party's room is used up"
    );
    assert_eq!(
        guard.take("q", &assertion("a", live), NOW),
        Ok(()),
        "another's is not"
    );
    assert_eq!(
        guard.take("r", &assertion("a", live), NOW),
        full,
        "all room is used up"
    );
    assert_eq!(
        guard.take("p", &assertion("a", live), NOW),
        Err(AuthRefusal::AssertionReplayed)
    );
    assert_eq!(guard.len(), 3);
    assert_eq!(AuthRefusal::TooManyAssertions.code().as_str(), "rate_limited");
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let mut guard = ReplayGuard::with_room(10, 100);
    let mut taken_count = 0;
    for n in 0..10_000_i64 {
        let now_ms = NOW + n * 100;
        let party = format!("p{}", n % 37);
        let taken = guard.take(&party, &assertion(&n.to_string(), now_ms + MINUTE), now_ms);
        taken_count += usize::from(taken.is_ok());
        assert!(guard.len() <= 100);
    }
    assert!(taken_count > 1_000, "only {taken_count} were taken");
    let much_later = NOW + 100 * MINUTE;
    for n in 0..100 {
        let party = format!("p{}", n % 10);
        assert_eq!(
            guard.take(
                &party,
                &assertion(&format!("z{n}"), much_later + MINUTE),
                much_later
            ),
            Ok(())
        );
    }
}
