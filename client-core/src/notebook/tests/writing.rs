//! Writing a note: real typing sessions, fields, marks, the finish and what comes after it.

use std::collections::BTreeMap;

use notes::note::{Plain, Template, load};
use serde_json::json;

use super::*;
use crate::Trouble;
use crate::store::docs;

const TYPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/typing.ndjson");
const NOTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/notes.ndjson");

fn lines(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn typing_sessions_at_their_own_pace_give_exactly_the_bodies() {
    let bodies: BTreeMap<String, String> = lines(NOTES)
        .iter()
        .map(|n| {
            (
                n["ref"].as_str().unwrap().into(),
                n["body"].as_str().unwrap().into(),
            )
        })
        .collect();
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let sessions = lines(TYPING);
    assert_eq!(sessions.len(), 10);
    for session in &sessions {
        let name = session["ref"].as_str().unwrap();
        let note = phone.note("P1");
        let began = phone.hands.now();
        let (mut last, mut pauses) = (0, 0);
        for event in session["events"].as_array().unwrap() {
            let number = |n: usize| event[n].as_u64().unwrap();
            let at_ms = i64::try_from(number(0)).unwrap();
            phone.hands.set(began + at_ms);
            if last > 0 && at_ms - last >= 2_000 {
                pauses += 1;
            }
            let spent = u64::try_from(at_ms - last).unwrap();
            let (at, delete, insert) = (Some(number(1)), number(2), event[3].as_str().unwrap());
            phone
                .book
                .type_text(note, "body", at, delete, insert, spent)
                .unwrap();
            last = at_ms;
        }
        let shown = phone.book.show(note).unwrap();
        assert_eq!(shown["body"], bodies[name].as_str(), "{name}");
        let device = phone.book.device().unwrap().to_string();
        assert_eq!(shown["recording_ms"][device], last, "{name}");
        // One change for each pause, one for the beginning, one for the end, and one every 500 keys.
        let row = docs::find(phone.book.store.read(), note).unwrap().unwrap();
        let doc = load(&docs::snapshot(phone.book.store.read(), row.nr).unwrap()).unwrap();
        let changes = doc.get_changes(&[]).len();
        let keys = session["events"].as_array().unwrap().len();
        assert!(
            changes >= pauses + 2 && changes <= pauses + 4 + keys / 500,
            "{name}: {changes}, {pauses}"
        );
    }
    phone.sync();
    assert_eq!(phone.book.list().unwrap().len(), 10);
}

#[test]
fn a_key_outside_the_text_is_refused_and_changes_nothing() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "aẹ́🙂");
    let lines: [(&str, Option<u64>, u64); 6] = [
        ("body", Some(5), 0),
        ("body", Some(4), 1),
        ("body", Some(0), 5),
        ("body", None, 5),
        ("body", Some(u64::MAX), u64::MAX),
        ("kind", Some(0), 0),
    ];
    for (field, at, delete) in lines {
        assert!(
            phone.book.type_text(note, field, at, delete, "x", 0).is_err(),
            "{field} {at:?} {delete}"
        );
    }
    assert_eq!(phone.body(note), "aẹ́🙂");
    phone.book.type_text(note, "body", None, 1, "!", 0).unwrap();
    assert_eq!(phone.body(note), "aẹ́!");
}

#[test]
fn a_note_begins_with_one_change_that_says_whose_it_is() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    let shown = phone.book.show(note).unwrap();
    assert_eq!(shown["case_id"], "P1");
    assert_eq!(shown["person"], server::ANN.to_string());
    assert_eq!(shown["kind"], "home_visit");
    assert_eq!(shown["started_at"], "2026-09-14T09:00:00Z");
    assert_eq!(
        shown["workers"],
        json!([{"id": "W1", "joined_at": "2026-09-14T09:00:00Z"}])
    );
    assert_eq!(
        (&shown["stage"], &shown["state"]),
        (&json!("open"), &json!("on_phone"))
    );
    let row = docs::find(phone.book.store.read(), note).unwrap().unwrap();
    let doc = load(&docs::snapshot(phone.book.store.read(), row.nr).unwrap()).unwrap();
    let times: Vec<i64> = doc
        .get_changes(&[])
        .iter()
        .map(automerge::Change::timestamp)
        .collect();
    assert_eq!(times, [0, MONDAY]);
    assert_eq!(note.to_string().as_bytes()[14], b'7');
}

#[test]
fn beginnings_that_make_no_sense_are_refused() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let hour = 3_600_000;
    let lines = [
        (Who::CaseId("P9"), "home_visit", None, None),
        (Who::CaseId("P1"), "tea_party", None, None),
        (Who::Name("  "), "home_visit", None, None),
        (Who::CaseId("P1"), "home_visit", Some(MONDAY + hour), None),
        (Who::CaseId("P1"), "home_visit", None, Some(MONDAY - hour)),
    ];
    for (who, kind, started_at, ended_at) in lines {
        let new = NewNote {
            who,
            kind,
            started_at,
            ended_at,
        };
        assert!(phone.book.new_note(&new).is_err(), "{new:?}");
    }
    assert!(phone.book.list().unwrap().is_empty());
    let new = NewNote {
        who: Who::Name(" Mrs Unknown "),
        kind: "phone_call",
        started_at: None,
        ended_at: None,
    };
    let note = phone.book.new_note(&new).unwrap();
    assert_eq!(phone.item(note)["name"], "Mrs Unknown");
}

#[test]
fn fields_are_set_by_their_paths() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    let action = phone
        .book
        .set(note, "actions.+", &json!({"what": "ring GP", "by": "2026-09-20"}))
        .unwrap()
        .unwrap();
    let set = |phone: &mut Phone, path: &str, value: Value| phone.book.set(note, path, &value);
    set(&mut phone, &format!("actions.{action}.done"), json!(true)).unwrap();
    set(
        &mut phone,
        "feedback",
        json!({"was_it_useful": "yes", "copy_offered": true}),
    )
    .unwrap();
    set(&mut phone, "ended_at", json!("2026-09-14T09:30:00Z")).unwrap();
    let refused = [
        ("body", json!("x")),
        ("kind", json!("tea_party")),
        ("started_at", json!("2026-09-15T09:00:00Z")),
        ("person", json!("x")),
        ("workers.W2.joined_at", json!("2026-09-14T09:00:00Z")),
        ("addenda.+", json!({"text": "x"})),
        ("recording_ms.x", json!(1)),
        ("actions.+", json!({})),
        ("actions.+", json!({"what": 1})),
        ("actions.x.by", json!("soon")),
        ("nothing", json!(1)),
        ("finished", json!({"at": "2026-09-14T09:00:00Z"})),
    ];
    for (path, value) in refused {
        assert!(set(&mut phone, path, value.clone()).is_err(), "{path} {value}");
    }
    let shown = phone.book.show(note).unwrap();
    assert_eq!(
        shown["actions"],
        json!([{"id": action, "by": "2026-09-20", "done": true, "what": "ring GP"}])
    );
    assert_eq!(
        shown["feedback"],
        json!({"was_it_useful": "yes", "copy_offered": true})
    );
    assert_eq!(shown["ended_at"], "2026-09-14T09:30:00Z");
    phone
        .book
        .set(note, &format!("actions.{action}"), &Value::Null)
        .unwrap();
    assert_eq!(phone.book.show(note).unwrap()["actions"], json!([]));
}

#[test]
fn a_finished_note_takes_addenda_and_private_marks_and_nothing_else() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Her brother drinks.");
    let action = phone
        .book
        .set(note, "actions.+", &json!({"what": "x"}))
        .unwrap()
        .unwrap();
    assert!(matches!(
        phone.book.add(note, "too early"),
        Err(Trouble::NotAllowed(_))
    ));
    phone.book.finish(note).unwrap();
    phone.book.finish(note).unwrap();
    let refusals: [&dyn Fn(&mut Notebook) -> bool; 6] = [
        &|b| b.type_text(note, "body", None, 0, "x", 0).is_err(),
        &|b| b.set(note, "kind", &json!("phone_call")).is_err(),
        &|b| {
            b.set(note, &format!("actions.{action}.private"), &Value::Null)
                .is_err()
        },
        &|b| {
            b.set(note, "actions.none.private", &json!("third_party"))
                .is_err()
        },
        &|b| b.set(note, "actions.+", &json!({"what": "y"})).is_err(),
        &|b| b.join(note).is_err(),
    ];
    for (n, refused) in refusals.iter().enumerate() {
        assert!(refused(&mut phone.book), "{n}");
    }
    phone.book.mark(note, "body", 4, 11, "third_party").unwrap();
    phone
        .book
        .set(note, &format!("actions.{action}.private"), &json!("do_not_share"))
        .unwrap();
    phone.book.add(note, "The GP rang.").unwrap();
    let shown = phone.book.show(note).unwrap();
    assert_eq!(shown["body"], "Her brother drinks.");
    assert_eq!(shown["finished"]["author"], "W1");
    assert_eq!(shown["addenda"][0]["text"], "The GP rang.");
    assert_eq!(
        shown["private"],
        json!([{"field": "body", "start": 4, "end": 11, "kind": "third_party"}])
    );
    assert_eq!(shown["actions"][0]["private"], "do_not_share");
    // What the phone allowed, the rules allow.
    phone.sync();
    let doc = server.document(note);
    let fresh = doc.get_changes(&[]).iter().map(automerge::Change::hash).collect();
    let nobody = std::collections::HashSet::new();
    let new = notes::note::finish::Newcomers {
        fresh: &fresh,
        knew: &nobody,
        desk: &|_| false,
    };
    assert_eq!(notes::note::finish::violations(&doc, &new).unwrap(), []);
    assert!(Plain::read(&doc, Template::Note).is_ok());
}

#[test]
fn a_persons_page_is_one_document_and_is_never_finished() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let page = phone.book.about("P1").unwrap();
    assert_eq!(phone.book.about("P1").unwrap(), page);
    assert_eq!(page, DocumentId::about(server::ANN));
    assert_eq!(phone.sync().sent, 0, "an empty page is nothing to send");
    phone
        .book
        .type_text(page, "what_matters_most", None, 0, "Her garden.", 0)
        .unwrap();
    assert!(phone.book.finish(page).is_err());
    assert!(phone.book.join(page).is_err());
    assert_eq!(phone.book.show(page).unwrap()["what_matters_most"], "Her garden.");
    assert!(phone.book.list().unwrap().is_empty());
    assert_eq!(phone.sync().sent, 1);
}

#[test]
fn search_finds_words_by_their_beginning_without_their_accents() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Gwelais Llŷr gartref. Fọlákẹ́ was there.");
    phone
        .book
        .set(note, "actions.+", &json!({"what": "Order a commode"}))
        .unwrap();
    let other = phone.note("P1");
    phone.write(other, "Nothing of the kind");
    let lines = [
        ("llyr", 1),
        ("LLŶR gart", 1),
        ("folake", 1),
        ("Fọlákẹ́", 1),
        ("commo", 1),
        ("of kind", 1),
        ("gartref kind", 0),
        ("", 0),
        ("\" XOR \"", 0),
        ("text:llyr", 0),
        ("NEAR(", 0),
        ("*", 0),
    ];
    for (words, expected) in lines {
        assert_eq!(phone.book.search(words).unwrap().len(), expected, "{words}");
    }
    phone
        .book
        .type_text(other, "body", Some(0), 19, "Commode came", 0)
        .unwrap();
    assert_eq!(phone.book.search("commode").unwrap().len(), 2);
    assert_eq!(phone.book.search("nothing").unwrap().len(), 0);
}

#[test]
fn what_was_begun_to_be_added_outlives_a_kill_and_is_forgotten_once_added() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 1);
    let note = phone.note("P1");
    phone.book.keep_addition(note, "She rang ba").unwrap();
    phone.book.finish(note).unwrap();
    let twin = phone.twin(&server);
    let mut after_kill = twin.book;
    assert_eq!(after_kill.addition(note).unwrap().as_deref(), Some("She rang ba"));
    phone.book.keep_addition(note, "She rang back").unwrap();
    phone.book.add(note, "She rang back").unwrap();
    assert_eq!(phone.book.addition(note).unwrap(), None);
    // A kill between adding it and forgetting it does not bring it back either.
    phone.book.keep_addition(note, "She rang back").unwrap();
    assert_eq!(phone.book.addition(note).unwrap(), None);
    phone.book.keep_addition(note, "And again").unwrap();
    phone.book.keep_addition(note, "").unwrap();
    assert_eq!(phone.book.addition(note).unwrap(), None);
    let nowhere = DocumentId([9; 16]);
    assert!(phone.book.keep_addition(nowhere, "x").is_err());
}
