//! The line under everything that happens to sockets.

use super::*;

const NOW: i64 = 1_790_000_000_000;

fn wanted() -> Line {
    let mut line = Line::default();
    line.want(true);
    line
}

fn open(fresh_token: bool) -> Order {
    Order::Open { fresh_token }
}

fn lost(code: u16) -> Event<'static> {
    Event::Lost { code: Some(code) }
}

fn refused(status: u16) -> Event<'static> {
    Event::Refused {
        status,
        retry_after_s: None,
    }
}

/// How long it rests after an event that ends an open socket, at most and at least.
fn rests(line: &mut Line, event: Event<'_>, thrown: u32) -> i64 {
    assert_eq!(line.step(&Event::Tick, NOW, 0).map(|_| ()), Some(()));
    line.step(&Event::Opened, NOW, 0);
    line.answered();
    line.step(&event, NOW, thrown);
    line.next_at().unwrap() - NOW
}

#[test]
fn it_opens_once_when_it_is_wanted_and_closes_when_it_is_not() {
    let mut line = Line::default();
    assert_eq!(line.step(&Event::Tick, NOW, 0), None);
    assert_eq!(line.next_at(), None);
    line.want(true);
    assert_eq!(line.step(&Event::Tick, NOW, 0), Some(open(false)));
    assert_eq!(line.step(&Event::Tick, NOW, 0), None, "it is opening");
    assert!(!line.is_open());
    assert_eq!(line.step(&Event::Opened, NOW, 0), None);
    assert!(line.is_open());
    line.want(false);
    assert_eq!(line.step(&Event::Tick, NOW, 0), Some(Order::Close));
    assert!(!line.is_open());
    assert_eq!(line.step(&Event::Tick, NOW, 0), None);
}

#[test]
fn each_failure_doubles_the_longest_wait_and_an_answer_forgives_all() {
    let mut line = wanted();
    let mut now = NOW;
    let mut most = Vec::new();
    for _ in 0..9 {
        assert_eq!(line.step(&Event::Tick, now, 0), Some(open(false)));
        line.step(&Event::Lost { code: None }, now, u32::MAX);
        // Whatever is thrown, the wait lies between nought and the longest.
        let mut longest = 0;
        for thrown in [0, 1, 999, 59_999, u32::MAX] {
            let mut twin = Line {
                failures: line.failures - 1,
                ..wanted()
            };
            longest = longest.max(twin.longer(thrown));
        }
        most.push(longest);
        now = line.next_at().unwrap();
        assert_eq!(line.step(&Event::Tick, now - 1, 0), None, "not before its time");
    }
    assert!(most.is_sorted(), "{most:?}");
    assert!(
        *most.last().unwrap() > 50_000 && most.iter().all(|ms| *ms <= LONGEST_WAIT_MS),
        "{most:?}"
    );
    line.answered();
    assert!(line.longer(u32::MAX) <= FIRST_WAIT_MS);
}

#[test]
fn a_token_that_expired_is_replaced_at_once_and_a_server_that_insists_is_waited_for() {
    let mut line = wanted();
    line.step(&Event::Tick, NOW, 0);
    line.step(&Event::Opened, NOW, 0);
    line.answered();
    assert_eq!(line.step(&lost(4401), NOW, 500), Some(open(true)));
    line.step(&Event::Opened, NOW, 0);
    assert_eq!(line.step(&lost(4401), NOW, 700), None);
    assert!(line.next_at().unwrap() > NOW, "no answer came in between");
    let mut line = wanted();
    line.step(&Event::Tick, NOW, 0);
    assert_eq!(line.step(&refused(401), NOW, 0), Some(open(true)));
    assert_eq!(line.step(&refused(401), NOW, 0), None);
    assert!(line.next_at().unwrap() >= NOW + LONG_REST_MS);
}

#[test]
fn what_a_retry_cannot_mend_is_tried_again_after_a_long_rest() {
    for event in [
        refused(200),
        refused(400),
        refused(403),
        refused(404),
        refused(426),
        lost(4400),
        lost(4403),
        lost(4409),
    ] {
        let mut line = wanted();
        let ms = rests(&mut line, event, u32::MAX);
        assert!(
            (LONG_REST_MS..=LONG_REST_MS + LONGEST_WAIT_MS).contains(&ms),
            "{event:?} {ms}"
        );
    }
    for event in [
        refused(500),
        refused(502),
        lost(1001),
        lost(1011),
        lost(4408),
        Event::Lost { code: None },
    ] {
        let mut line = wanted();
        assert!(rests(&mut line, event, u32::MAX) <= FIRST_WAIT_MS, "{event:?}");
    }
    assert!(rests(&mut wanted(), lost(4429), 0) >= LONGEST_WAIT_MS);
}

#[test]
fn a_busy_server_says_how_long_and_is_not_believed_for_ever() {
    let busy = |retry_after_s| Event::Refused {
        status: 503,
        retry_after_s: Some(retry_after_s),
    };
    assert_eq!(rests(&mut wanted(), busy(7), 0), 7_000);
    assert_eq!(rests(&mut wanted(), busy(u32::MAX), 0), LONG_REST_MS);
}

#[test]
fn without_a_network_it_stands_still_and_with_one_it_comes_soon() {
    let mut line = wanted();
    assert_eq!(line.step(&Event::Network(false), NOW, 0), None);
    assert_eq!(line.next_at(), None);
    assert_eq!(line.step(&Event::Tick, NOW + 3_600_000, 0), None);
    assert_eq!(line.step(&Event::Network(true), NOW, 400), None);
    assert_eq!(line.next_at(), Some(NOW + 400));
    assert_eq!(
        line.step(&Event::Network(true), NOW + 1, 900),
        None,
        "nothing new"
    );
    assert_eq!(line.step(&Event::Tick, NOW + 400, 0), Some(open(false)));
}

#[test]
fn a_socket_that_never_opens_is_given_up() {
    let mut line = wanted();
    line.step(&Event::Tick, NOW, 0);
    assert_eq!(line.next_at(), Some(NOW + OPENING_MS));
    assert_eq!(line.step(&Event::Tick, NOW + OPENING_MS - 1, 0), None);
    assert_eq!(line.step(&Event::Tick, NOW + OPENING_MS, 50), Some(Order::Close));
    assert_eq!(line.next_at(), Some(NOW + OPENING_MS + 50));
}

#[test]
fn a_web_page_offers_the_token_beside_the_protocol() {
    let door = Door {
        path: "/v1/live",
        token: "a.b.c".into(),
        protocol: notes::wire::LIVE_PROTOCOL,
    };
    assert_eq!(door.protocols_with_token(), ["doorstep.sync.v1", "bearer.a.b.c"]);
}
