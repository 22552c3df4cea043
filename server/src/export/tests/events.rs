//! One event, whole: its shape, its bytes, its hash.

use notes::note::{Plain, Template};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::town::{Copy, MARGARET, Phone, Town};
use crate::export;
use crate::export::content::content;
use crate::export::event::undressed;

const ACTION: &str = "01990000-0000-7000-8000-000000000001";
const ADDENDUM: &str = "01990000-0000-7000-8000-00000000000a";

/// A note with something in every field.
fn rich(phone: Phone) -> Copy {
    let mut note = phone.begin(1, MARGARET);
    let sets = [
        ("ended_at", r#""2026-09-03T10:05:30.250Z""#),
        ("workers.W1", r#"{"joined_at":"2026-09-03T09:15:00Z"}"#),
        ("workers.W2", r#"{"joined_at":"2026-09-03T09:20:00Z"}"#),
        (
            "present.p1",
            r#"{"name":"Rose Oduya","relationship":"daughter","private":"third_party"}"#,
        ),
        ("outcomes.o1", r#"{"text":"To cook again","progress":"some"}"#),
        (
            &format!("actions.{ACTION}"),
            r#"{"what":"Order a rail","who":"OT","by":"2026-09-10","done":false}"#,
        ),
        (
            "unmet_needs.u1",
            r#"{"need":"Yoruba speaker","reason_code":"language"}"#,
        ),
        (
            "feedback",
            r#"{"was_it_useful":"yes","words":"Glad you came","copy_offered":true}"#,
        ),
        (
            "concerns.c1",
            r#"{"kind":"safeguarding","text":"Letters about money"}"#,
        ),
        ("review", r#"{"was":"annual","kind":"annual","due":"2027-09-03"}"#),
        (
            "attachments.ab12",
            r#"{"media_type":"image/jpeg","bytes":20480,"caption":"The step"}"#,
        ),
        ("recording_ms.phone", "61000"),
    ];
    for (path, value) in sets {
        phone.set(&mut note, path, value);
    }
    let texts = [
        (
            "body",
            "Margaret said \"I manage\" – 👍🏾 and\na tab:\t. Rose pays the rent.",
        ),
        ("what_matters", "Her garden."),
        ("strengths", "Neighbours."),
        ("persons_words", "I manage."),
        ("analysis", "She does."),
        ("person_view", "The step is not high."),
    ];
    for (field, text) in texts {
        phone.type_in(&mut note, field, 0, text);
    }
    phone.mark(&mut note, "body", (43, 62), "third_party");
    phone.finish(&mut note, "W1");
    phone.add(&mut note, ADDENDUM, "W1", "She rang: the rail is in.");
    note
}

fn published() -> (Town, Vec<u8>) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    phone.publish(&town, &mut rich(phone), Some(MARGARET));
    let mut line = export::feed(
        &town.core,
        export::Asked {
            after: None,
            limit: 10,
            format: export::Format::Ndjson,
        },
    )
    .unwrap()
    .lines;
    assert_eq!(line.pop(), Some(b'\n'));
    (town, line)
}

#[test]
fn the_line_of_a_rich_note_is_this_one() {
    let (_town, line) = published();
    let expected = include_str!("../testdata/rich.ndjson").trim_end();
    assert_eq!(String::from_utf8(line).unwrap(), expected);
}

#[test]
fn a_line_gives_back_the_content_that_it_was_made_of() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = rich(phone);
    phone.publish(&town, &mut note, Some(MARGARET));
    let mut line = export::feed(
        &town.core,
        export::Asked {
            after: None,
            limit: 10,
            format: export::Format::Ndjson,
        },
    )
    .unwrap()
    .lines;
    line.pop();
    let plain = Plain::read(&note.doc, Template::Note).unwrap();
    let authors = ["W1".to_owned(), "W2".to_owned()];
    assert_eq!(
        undressed(&line).unwrap(),
        content(&plain, MARGARET, &authors, &[])
    );
    assert!(undressed(b"no event").is_err());
}

#[test]
fn the_line_has_the_fields_of_the_contract_and_no_others() {
    let (_town, line) = published();
    let event: Value = serde_json::from_slice(&line).unwrap();
    let mut names: Vec<&str> = event.as_object().unwrap().keys().map(String::as_str).collect();
    let mut contract: Vec<&str> = "event_id cursor type note_id version supersedes sha256 person kind started_at \
        ended_at finished_at received_at authors present title body what_matters strengths persons_words analysis \
        outcomes actions unmet_needs feedback person_view concerns review private attachments addenda \
        change_summary reason"
        .split_whitespace()
        .collect();
    names.sort_unstable();
    contract.sort_unstable();
    assert_eq!(names, contract);
    assert!(
        !String::from_utf8(line).unwrap().contains("61000"),
        "minutes spent stay out"
    );
}

#[test]
fn what_the_line_says_is_what_was_written() {
    let (_town, line) = published();
    let event: Value = serde_json::from_slice(&line).unwrap();
    let lines = [
        ("type", json!("note.finished")),
        ("version", json!(1)),
        ("supersedes", Value::Null),
        ("change_summary", Value::Null),
        ("reason", Value::Null),
        ("title", json!("Home visit, 3 September 2026")),
        ("started_at", json!("2026-09-03T09:15:00Z")),
        ("ended_at", json!("2026-09-03T10:05:30.25Z")),
        (
            "person",
            json!({"id": MARGARET, "case_id": "C1", "name": "Margaret Oduya"}),
        ),
        (
            "authors",
            json!([{"worker_id": "W1", "name": "Kofi Mensah"}, {"worker_id": "W2", "name": "Siân Powell"}]),
        ),
        (
            "private",
            json!([{"field": "body", "start": 43, "end": 62, "kind": "third_party"}]),
        ),
        (
            "attachments",
            json!([{"sha256": "ab12", "media_type": "image/jpeg", "bytes": 20480, "caption": "The step",
                    "private": null, "available": false}]),
        ),
        (
            "addenda",
            json!([{"id": ADDENDUM, "at": "2026-09-04T08:00:00Z", "private": null,
                    "author": {"worker_id": "W1", "name": "Kofi Mensah"}, "text": "She rang: the rail is in."}]),
        ),
    ];
    for (name, expected) in lines {
        assert_eq!(event[name], expected, "{name}");
    }
    let body: Vec<char> = event["body"].as_str().unwrap().chars().collect();
    assert_eq!(body[43..62].iter().collect::<String>(), "Rose pays the rent.");
}

#[test]
fn the_hash_can_be_worked_out_from_the_line() {
    let (town, line) = published();
    let event: Value = serde_json::from_slice(&line).unwrap();
    let said = event["sha256"].as_str().unwrap().to_owned();
    let canonical = |but: &[&str]| {
        // Sorted keys, no spaces, whole numbers only: then this is RFC 8785, by other hands.
        let mut sorted: std::collections::BTreeMap<&str, &Value> = event
            .as_object()
            .unwrap()
            .iter()
            .map(|(k, v)| (k.as_str(), v))
            .collect();
        sorted.retain(|key, _| !but.contains(key));
        Sha256::digest(serde_json::to_vec(&sorted).unwrap())
    };
    assert_eq!(crate::hex::hex(&canonical(&["sha256", "cursor"])), said);
    for wrong in [
        &["sha256"] as &[&str],
        &["cursor"],
        &["sha256", "cursor", "title"],
    ] {
        assert_ne!(crate::hex::hex(&canonical(wrong)), said, "{wrong:?}");
    }
    assert_eq!(
        serde_json_canonicalizer::to_vec(&event).unwrap(),
        line,
        "RFC 8785"
    );
    let stored = town
        .read(|tx| tx.outbox_event(event["event_id"].as_str().unwrap()))
        .unwrap();
    assert_eq!(crate::hex::hex(&stored.sha256), said);
    assert_eq!(stored.line, line);
}

#[test]
fn a_time_or_number_that_json_cannot_carry_is_null() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    let bytes = [
        (9_007_199_254_740_991_u64, true),
        (9_007_199_254_740_992, false),
        (u64::MAX, false),
    ];
    for (count, carried) in bytes {
        phone.set(&mut note, "attachments.a", &format!(r#"{{"bytes":{count}}}"#));
        let plain = Plain::read(&note.doc, notes::note::Template::Note).unwrap();
        let seen = content(&plain, MARGARET, &[], &[]);
        assert_eq!(seen["attachments"][0]["bytes"].is_u64(), carried, "{count}");
    }
    let times = [
        (0, json!("1970-01-01T00:00:00Z")),
        (253_402_207_200_000, json!("9999-12-30T22:00:00Z")),
        (253_402_300_800_000, Value::Null),
        (-62_167_219_200_000, json!("0000-01-01T00:00:00Z")),
        (-62_167_219_200_001, Value::Null),
        (i64::MAX, Value::Null),
        (i64::MIN, Value::Null),
    ];
    for (at, expected) in times {
        assert_eq!(export::shown::time(Some(at)), expected, "{at}");
    }
}

#[test]
fn the_plain_note_shows_every_field_by_its_name() {
    let town = Town::new();
    let note = rich(town.phone("W1", 1));
    let plain = Plain::read(&note.doc, notes::note::Template::Note).unwrap();
    let shown = export::show(&plain);
    for field in notes::note::fields::NOTE {
        let absent = field.name == "person_name";
        assert_eq!(shown.get(field.name).is_none(), absent, "{}", field.name);
    }
    assert_eq!(shown["recording_ms"], json!({"phone": 61000}));
    assert_eq!(
        shown["finished"],
        json!({"at": "2026-09-03T10:15:00Z", "author": "W1"})
    );
    assert_eq!(shown["actions"][0]["id"], ACTION);
    assert_eq!(shown["conflicts"], json!([]));
}
