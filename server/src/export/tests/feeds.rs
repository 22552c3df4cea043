//! Reading the feed: pages, cursors, restores.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::problem::Code;
use serde_json::Value;

use super::town::{MARGARET, Town};
use crate::export::feed::{Making, page};
use crate::export::{Asked, FeedPage, Format, feed};

/// A town with so many finished notes.
fn notes(count: u8) -> Town {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    for number in 1..=count {
        let mut note = phone.begin(number, MARGARET);
        phone.type_in(&mut note, "body", 0, &format!("Visit {number}."));
        phone.finish(&mut note, "W1");
        phone.publish(&town, &mut note, Some(MARGARET));
    }
    town
}

fn read(town: &Town, after: Option<&str>, limit: u32) -> FeedPage {
    ask(town, after, limit).unwrap()
}

fn ask(town: &Town, after: Option<&str>, limit: u32) -> Result<FeedPage, Code> {
    feed(&town.core, asked(after, limit))
}

fn asked(after: Option<&str>, limit: u32) -> Asked<'_> {
    let format = Format::Ndjson;
    Asked { after, limit, format }
}

#[test]
fn pages_of_any_size_make_the_same_whole() {
    let town = notes(7);
    let whole = read(&town, None, 1_000);
    assert_eq!(whole.events, 7);
    for limit in 1..=8 {
        let (mut lines, mut after, mut rounds) = (Vec::new(), None::<String>, 0);
        loop {
            let page = read(&town, after.as_deref(), limit);
            assert!(page.events <= limit as usize);
            assert_eq!(
                page.lines,
                read(&town, after.as_deref(), limit).lines,
                "read twice"
            );
            if page.events == 0 {
                assert_eq!(
                    Some(&page.next),
                    after.as_ref(),
                    "an empty page stays where it is"
                );
                break;
            }
            lines.extend(page.lines);
            after = Some(page.next);
            rounds += 1;
        }
        assert_eq!(lines, whole.lines, "{limit}");
        assert_eq!(rounds, 7_usize.div_ceil(limit as usize), "{limit}");
    }
}

#[test]
fn each_line_says_where_to_go_on() {
    let town = notes(3);
    let events = town.events();
    for (n, event) in events.iter().enumerate() {
        let page = read(&town, event["cursor"].as_str(), 10);
        assert_eq!(page.events, events.len() - n - 1);
    }
    let last = events.last().unwrap()["cursor"].as_str().unwrap();
    assert_eq!(read(&town, None, 10).next, last);
}

#[test]
fn an_empty_feed_has_a_cursor_that_stays_good() {
    let town = Town::new();
    let page = read(&town, None, 10);
    assert_eq!((page.events, page.lines.len()), (0, 0));
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(read(&town, Some(&page.next), 10).events, 1);
}

#[test]
fn cursors_that_are_not_ours_are_refused() {
    let town = notes(2);
    let cursor = |epoch: u8, n: u64| {
        let mut bytes = vec![epoch; 8];
        bytes.extend(n.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    };
    let good = cursor(7, 2);
    let lines = [
        ("", Code::CursorUnknown),
        ("0", Code::CursorUnknown),
        ("not base64!", Code::CursorUnknown),
        (&good[1..], Code::CursorUnknown),
        (&format!("{good}AAAA"), Code::CursorUnknown),
        (&format!("{good}=="), Code::CursorUnknown),
        (&cursor(7, 3), Code::CursorUnknown),
        (&cursor(7, u64::MAX), Code::CursorUnknown),
        (&cursor(8, 2), Code::EpochChanged),
        (&cursor(8, 3), Code::EpochChanged),
    ];
    assert_eq!(read(&town, Some(&good), 1).events, 0);
    for (after, expected) in lines {
        assert_eq!(ask(&town, Some(after), 10), Err(expected), "{after}");
    }
    for limit in [0, 1_001, u32::MAX] {
        assert_eq!(ask(&town, None, limit), Err(Code::ParameterInvalid), "{limit}");
    }
}

#[test]
fn after_a_restore_old_cursors_end_and_old_events_stay() {
    let town = notes(2);
    let before = town.events();
    town.core.store.write(|tx| tx.meta_put("epoch", &[8; 8])).unwrap();
    let old = before[0]["cursor"].as_str();
    assert_eq!(ask(&town, old, 10), Err(Code::EpochChanged));
    let after = town.events();
    for (old, new) in before.iter().zip(&after) {
        assert_ne!(old["cursor"], new["cursor"]);
        let mut same: Value = new.clone();
        same["cursor"] = old["cursor"].clone();
        assert_eq!(&same, old, "all but the cursor, the hash too");
    }
    assert_eq!(read(&town, after[0]["cursor"].as_str(), 10).events, 1);
    assert_eq!(read(&town, None, 10).lines, read(&town, None, 10).lines);
}

#[test]
fn long_notes_end_a_page_early() {
    let town = notes(6);
    let size = read(&town, None, 1).lines.len();
    let lines = [(1, 1), (size, 1), (size + 1, 2), (3 * size, 3), (1_000_000, 6)];
    for (enough_bytes, expected) in lines {
        let making = Making {
            mapping: &town.core.mapping,
            enough_bytes,
            between: &|| (),
        };
        let page = |after: Option<&str>| {
            town.core
                .store
                .read(|tx| page(tx, &making, asked(after, 1_000)))
                .unwrap()
        };
        let first = page(None);
        assert_eq!(first.events, expected, "{enough_bytes}");
        assert_eq!(
            page(Some(&first.next)).events,
            expected.min(6 - expected),
            "{enough_bytes}"
        );
    }
}
