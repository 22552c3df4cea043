//! Two notes that may be about one visit.

use serde_json::{Value, json};

use super::{end, none};
use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town};

/// A note about somebody from one time of the morning to another.
fn note(phone: Phone, number: u8, person: notes::ids::PersonId, (from, to): (&str, Option<&str>)) -> Copy {
    let mut note = phone.begin(number, person);
    phone.set(&mut note, "started_at", &format!("\"2026-09-03T{from}Z\""));
    if let Some(to) = to {
        phone.set(&mut note, "ended_at", &format!("\"2026-09-03T{to}Z\""));
    }
    note
}

#[test]
fn times_that_overlap_are_asked_about() {
    let lines = [
        (
            ("09:00:00", Some("10:00:00")),
            ("09:30:00", Some("10:30:00")),
            true,
        ),
        (
            ("09:00:00", Some("10:00:00")),
            ("09:00:00", Some("10:00:00")),
            true,
        ),
        (("09:00:00", Some("10:00:00")), ("09:30:00", None), true),
        (
            ("09:00:00", Some("12:00:00")),
            ("09:30:00", Some("10:00:00")),
            true,
        ),
        (("09:00:00", None), ("09:00:00", None), true),
        (("09:00:00", Some("10:00:00")), ("09:59:59.999", None), true),
        (
            ("09:00:00", Some("10:00:00")),
            ("10:00:00", Some("11:00:00")),
            false,
        ),
        (("09:00:00", Some("10:00:00")), ("10:00:00", None), false),
        (("09:00:00", None), ("09:00:00.001", None), false),
        (("09:00:00", Some("08:00:00")), ("08:30:00", None), false),
    ];
    for (first, second, expected) in lines {
        for (first, second) in [(first, second), (second, first)] {
            let town = Town::new();
            let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
            kofi.publish(&town, &mut note(kofi, 1, MARGARET, first), Some(MARGARET));
            sian.publish(&town, &mut note(sian, 2, MARGARET, second), Some(MARGARET));
            assert_eq!(town.issues().len(), usize::from(expected), "{first:?} {second:?}");
        }
    }
}

#[test]
fn notes_about_two_people_are_two_notes() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let morning = ("09:00:00", Some("10:00:00"));
    phone.publish(&town, &mut note(phone, 1, MARGARET, morning), Some(MARGARET));
    phone.publish(&town, &mut note(phone, 2, TOM, morning), Some(TOM));
    assert_eq!(town.issues(), Vec::<Value>::new());
}

fn pair() -> (Town, Phone, [Copy; 2]) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let morning = ("09:00:00", Some("10:00:00"));
    let mut notes = [
        note(phone, 1, MARGARET, morning),
        note(phone, 2, MARGARET, morning),
    ];
    for note in &mut notes {
        phone.publish(&town, note, Some(MARGARET));
    }
    (town, phone, notes)
}

#[test]
fn who_keeps_both_is_not_asked_again() {
    let (town, phone, mut notes) = pair();
    let issue = town.issue("possible_duplicate");
    assert_eq!(issue["actions"], json!(["keep_both", "join"]));
    let mut named = issue["detail"]["notes"].as_array().unwrap().clone();
    named.sort_unstable_by_key(ToString::to_string);
    assert_eq!(named, [json!(notes[0].id), json!(notes[1].id)]);
    end(&town, &issue, "keep_both", none()).unwrap();
    for note in &mut notes {
        phone.type_in(note, "body", 0, "More.");
        phone.publish(&town, note, Some(MARGARET));
    }
    assert_eq!(town.issues(), Vec::<Value>::new());
}

#[test]
fn another_time_of_either_note_ends_it() {
    for which in [0, 1] {
        let (town, phone, mut notes) = pair();
        assert_eq!(town.issues().len(), 1);
        phone.set(&mut notes[which], "started_at", "\"2026-09-03T12:00:00Z\"");
        phone.set(&mut notes[which], "ended_at", "\"2026-09-03T13:00:00Z\"");
        phone.publish(&town, &mut notes[which], Some(MARGARET));
        assert_eq!(town.issues(), Vec::<Value>::new(), "{which}");
        // Ended by an edit, not by a decision: when they overlap again, it is asked again.
        phone.set(&mut notes[which], "started_at", "\"2026-09-03T09:30:00Z\"");
        phone.publish(&town, &mut notes[which], Some(MARGARET));
        assert_eq!(town.issues().len(), 1, "{which}");
    }
}

#[test]
fn the_next_part_of_a_note_does_not_ask_twice() {
    let (town, phone, mut notes) = pair();
    let id = town.issue("possible_duplicate")["id"].clone();
    for note in &mut notes {
        phone.type_in(note, "body", 0, "More.");
        phone.publish(&town, note, Some(MARGARET));
    }
    assert_eq!(town.issue("possible_duplicate")["id"], id);
}

#[test]
fn a_crowd_of_notes_does_not_ask_about_every_pair() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let morning = ("09:00:00", Some("10:00:00"));
    for number in 1..=12 {
        phone.publish(&town, &mut note(phone, number, MARGARET, morning), Some(MARGARET));
    }
    // The second asks about one other, the third about two, each later one about three.
    assert_eq!(town.issues().len(), 1 + 2 + 3 * 9);
}

#[test]
fn a_visit_of_a_week_is_a_slip_and_asks_nothing() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut long = phone.begin(1, MARGARET);
    phone.set(&mut long, "ended_at", "\"2026-09-10T09:15:00Z\"");
    phone.publish(&town, &mut long, Some(MARGARET));
    for (number, (day, expected)) in [(2, ("07", 0)), (3, ("05T09:15:00", 0)), (4, ("05T09:14:59", 1))] {
        let mut other = phone.begin(number, MARGARET);
        let at = if day.len() == 2 {
            format!("2026-09-{day}T09:00:00Z")
        } else {
            format!("2026-09-{day}Z")
        };
        phone.set(&mut other, "started_at", &format!("\"{at}\""));
        phone.publish(&town, &mut other, Some(MARGARET));
        assert_eq!(town.issues().len(), expected, "{at}");
    }
}
