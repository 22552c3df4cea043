//! Notes on the wrong record: moved, and of the wrong record nothing is left to see but that it was so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use notes::problem::Code;
use notes::wire::Outcome;
use serde_json::{Map, Value, json};

use super::{Scope, move_note, preview_move};
use crate::copy::Wanted;
use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town};
use crate::issues::settle;
use crate::ops::copy::prepare;
use crate::ops::verify::verify;
use crate::store::{AttachmentRecord, EntryState, NewsKind, StoreError};
use crate::sync::{reproject, said};

/// Kofi's finished note about Margaret that is really about Tom.
fn wrong() -> (Town, Phone, Copy) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, "He fell in the garden. His son shouted.");
    phone.mark(&mut note, "body", (23, 39), "third_party");
    phone.set(&mut note, "actions.a1", r#"{"what":"Order a rail","done":false}"#);
    phone.set(&mut note, "feedback", r#"{"was_it_useful":"yes"}"#);
    phone.set(&mut note, "recording_ms.d1", "5000");
    phone.finish(&mut note, "W1");
    phone.add(&mut note, "z1", "W1", "He rang.");
    phone.publish(&town, &mut note, Some(MARGARET));
    (town, phone, note)
}

fn moved(town: &Town, note: &Copy) -> notes::ids::DocumentId {
    let done = move_note(
        &town.core,
        Scope::All,
        "worker:W2",
        note.id,
        "C2",
        "It is Tom's, not Margaret's.",
    )
    .unwrap();
    town.run();
    done["became"].as_str().unwrap().parse().unwrap()
}

#[test]
fn the_note_says_the_same_on_the_right_record() {
    let (town, _, note) = wrong();
    let mut before = town.read(|tx| said(tx, note.id)).unwrap();
    let became = moved(&town, &note);
    let mut after = town.read(|tx| said(tx, became)).unwrap();
    assert_eq!(
        (&before["person"], &after["person"]),
        (&json!(MARGARET), &json!(TOM))
    );
    assert_eq!(
        after["workers"][0]["id"], "W1",
        "whoever wrote it is its author still"
    );
    for all in [&mut before, &mut after] {
        for name in ["person", "workers"] {
            all.as_object_mut().unwrap().remove(name);
        }
    }
    assert_eq!(before, after);
    assert_eq!(town.read(|tx| tx.document_person(became)), Some(TOM));
    assert_eq!(town.read(|tx| tx.begun_by(became)).as_deref(), Some("W1"));
}

#[test]
fn the_case_systems_take_it_back_and_get_it_anew() {
    let (town, _, note) = wrong();
    let became = moved(&town, &note);
    let told: Vec<_> = town
        .events()
        .into_iter()
        .map(|event| {
            (
                event["type"].clone(),
                event["note_id"].clone(),
                event["person"]["case_id"].clone(),
            )
        })
        .collect();
    let expected = [
        (json!("note.finished"), json!(note.id), json!("C1")),
        (json!("note.withdrawn"), json!(note.id), json!("C1")),
        (json!("note.finished"), json!(became), json!("C2")),
    ];
    assert_eq!(told, expected);
    let back = &town.events()[1];
    assert_eq!(back["reason"], "It was moved to another record.");
    assert_eq!(town.events()[2]["authors"][0]["worker_id"], "W1");
}

#[test]
fn of_the_wrong_record_nothing_is_left_but_the_log() {
    let (town, phone, note) = wrong();
    let file = notes::attachment::AttachmentId([9; 32]);
    town.core
        .store
        .write(|tx| -> Result<_, StoreError> {
            tx.attachment_put(&AttachmentRecord {
                id: file,
                body: 1,
                media_type: "image/png".into(),
                bytes: 1,
                stored_at: 1,
            })?;
            tx.holding_put(file, note.id, phone.id, 1)
        })
        .unwrap();
    let log = town.read(|tx| tx.log_of(note.id, &[EntryState::Published])).len();
    let became = moved(&town, &note);
    let left = town.read(|tx| {
        let gone = crate::sync::said(tx, note.id)?.is_none()
            && tx.document_person(note.id)?.is_none()
            && tx.numbers_of(note.id, 0, 10)?.is_empty()
            && tx.notes_about(MARGARET)?.is_empty()
            && tx.followers(note.id)?.is_empty();
        Ok((gone, tx.log_of(note.id, &[EntryState::Published])?.len()))
    });
    assert_eq!(left, (true, log), "it may be evidence");
    assert_eq!(town.read(|tx| tx.notes_about(TOM)), [became]);
    assert_eq!(town.read(|tx| tx.holding(file, note.id)), None);
    assert_eq!(town.read(|tx| tx.holding(file, became)).unwrap().device, phone.id);
    let copy_of = |case_id: &str| {
        let prepared = prepare(&town.core, case_id, &Wanted::default(), "operator").unwrap();
        prepared.json
    };
    let copy = copy_of("C1");
    assert!(!copy.contains("garden"), "not a word of it is in Margaret's copy");
    assert!(!copy.contains("Tom") && !copy.contains("C2"), "nor whose it is");
    assert!(copy.contains("A note was moved from your record"), "{copy}");
    let copy = copy_of("C2");
    assert!(copy.contains("garden") && copy.contains("A note about you was moved to your record"));
    assert!(!copy.contains("Margaret") && !copy.contains("C1"));
}

#[test]
fn phones_let_go_of_it_and_what_they_send_later_is_held() {
    let (town, phone, mut note) = wrong();
    let before = town.news();
    let became = moved(&town, &note);
    let news = town.read(|tx| tx.news_for(crate::store::Audience::Device(phone.id), before, 100));
    assert!(
        news.iter()
            .any(|one| one.kind == NewsKind::Version && one.key == note.id.0)
    );
    phone.add(&mut note, "z2", "W1", "He rang again.");
    let verdict = phone.push(&town, &mut note, Some(MARGARET));
    assert_eq!(
        (verdict.outcome, verdict.code.as_deref()),
        (Outcome::Held, Some("note_moved"))
    );
    town.run();
    let issue = town.issue("held");
    assert_eq!(issue["actions"], json!(["addendum", "return", "set_aside"]));
    assert_eq!(
        issue["person"]["case_id"], "C2",
        "whoever is of the right person's team decides"
    );
    let id = issue["id"].as_str().unwrap();
    settle(
        &town.core,
        id,
        "addendum",
        &Map::new(),
        "worker:W2",
        "It belongs there.",
    )
    .unwrap();
    town.run();
    let shown = town.read(|tx| said(tx, became)).unwrap();
    let texts: Vec<&Value> = shown["addenda"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["text"])
        .collect();
    assert_eq!(texts.len(), 2);
    assert!(
        texts
            .iter()
            .any(|text| text.as_str().unwrap().contains("He rang again.")),
        "{texts:?}"
    );
    assert_eq!(town.issues(), Vec::<Value>::new());
    assert!(town.read(|tx| said(tx, note.id)).is_none());
}

#[test]
fn what_waited_for_a_decision_waits_for_one_still() {
    let (town, phone, mut note) = wrong();
    phone.type_in(&mut note, "body", 0, "Late. ");
    phone.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(town.issue("held")["detail"]["code"], "changed_after_finish");
    moved(&town, &note);
    assert_eq!(town.issue("held")["detail"]["code"], "note_moved");
    assert_eq!(town.read(|tx| tx.log_of(note.id, &[EntryState::Held])).len(), 1);
}

#[test]
fn verify_and_rebuild_know_of_it() {
    let (town, _, note) = wrong();
    let became = moved(&town, &note);
    assert_eq!(verify(&town.core).unwrap().differences, Vec::<String>::new());
    let before = town.read(|tx| said(tx, became));
    reproject(&town.core).unwrap();
    assert_eq!(town.read(|tx| said(tx, became)), before);
    assert!(town.read(|tx| said(tx, note.id)).is_none());
    assert_eq!(verify(&town.core).unwrap().differences, Vec::<String>::new());
    let seq = town.read(|tx| tx.log_of(note.id, &[EntryState::Published]))[0].seq;
    town.core
        .store
        .write(|tx| tx.publish(seq, note.id, Some(MARGARET), false))
        .unwrap();
    let found = verify(&town.core).unwrap().differences;
    assert!(found.iter().any(|one| one.contains("it was moved")), "{found:?}");
}

#[test]
fn a_look_before_changes_nothing_and_says_what_follows() {
    let (town, _, note) = wrong();
    let before = (town.news(), town.read(|tx| tx.log_head()), town.events());
    let seen = preview_move(&town.core, Scope::All, "worker:W2", note.id, "C2").unwrap();
    assert_eq!(
        (town.news(), town.read(|tx| tx.log_head()), town.events()),
        before
    );
    let effects = seen["effects"].to_string();
    assert!(
        effects.contains("leaves one phone") && effects.contains("take it back"),
        "{effects}"
    );
}

#[test]
fn who_may_not_or_errs_changes_nothing() {
    let (town, _, note) = wrong();
    let team = |name: &str| Scope::Team(town.core.store.write(|tx| tx.team_named(name)).unwrap());
    let unknown = notes::ids::DocumentId([7; 16]);
    let long = "x".repeat(2_001);
    let lines = [
        (team("South"), note.id, "C2", "why", Code::NotFound),
        (team("North"), note.id, "C3", "why", Code::PersonUnknown),
        (Scope::All, unknown, "C2", "why", Code::NotFound),
        (Scope::All, note.id, "C77", "why", Code::PersonUnknown),
        (Scope::All, note.id, "C1", "why", Code::ParameterInvalid),
        (Scope::All, note.id, "C2", " ", Code::ReasonMissing),
        (Scope::All, note.id, "C2", &long, Code::ParameterInvalid),
    ];
    let before = (town.news(), town.events());
    for (scope, id, case_id, reason, code) in lines {
        let answer = move_note(&town.core, scope, "worker:W2", id, case_id, reason);
        assert_eq!(
            answer.map_err(|refused| refused.code()),
            Err(code),
            "{case_id} {reason:.5}"
        );
    }
    assert_eq!((town.news(), town.events()), before);
    moved(&town, &note);
    let again = move_note(&town.core, Scope::All, "worker:W2", note.id, "C2", "why");
    assert_eq!(again.map_err(|refused| refused.code()), Err(Code::NoteMoved));
}

/// Kofi and Siân each wrote a note about one visit to Margaret.
fn twice(finished: bool) -> (Town, [Phone; 2], [Copy; 2]) {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut his = kofi.begin(1, MARGARET);
    kofi.type_in(&mut his, "body", 0, "Tea.");
    let mut hers = sian.begin(2, MARGARET);
    sian.type_in(&mut hers, "body", 0, "Tea with Kofi.");
    sian.mark(&mut hers, "body", (9, 13), "third_party");
    sian.set(&mut hers, "actions.b1", r#"{"what":"Order a rail"}"#);
    sian.finish(&mut hers, "W2");
    if finished {
        kofi.finish(&mut his, "W1");
    }
    kofi.publish(&town, &mut his, Some(MARGARET));
    sian.publish(&town, &mut hers, Some(MARGARET));
    (town, [kofi, sian], [his, hers])
}

fn join(town: &Town) {
    let issue = town.issue("possible_duplicate");
    let id = issue["id"].as_str().unwrap();
    settle(&town.core, id, "join", &Map::new(), "worker:W2", "One visit.").unwrap();
    town.run();
}

#[test]
fn two_notes_become_one_while_the_earlier_is_open() {
    let (town, [_, sian], [his, mut hers]) = twice(false);
    join(&town);
    let shown = town.read(|tx| said(tx, his.id)).unwrap();
    assert_eq!(
        shown["body"],
        "Tea.\n\nFrom the note of Siân Powell:\nTea with Kofi."
    );
    assert_eq!(
        (&shown["private"][0]["start"], &shown["private"][0]["end"]),
        (&json!(45), &json!(49))
    );
    assert_eq!(shown["actions"][0]["what"], "Order a rail");
    assert_eq!(shown["workers"][0]["id"], "W2");
    assert_eq!(shown["finished"], Value::Null);
    assert!(town.read(|tx| said(tx, hers.id)).is_none());
    assert_eq!(town.issues(), Vec::<Value>::new());
    let kinds: Vec<Value> = town
        .events()
        .into_iter()
        .map(|event| event["type"].clone())
        .collect();
    assert_eq!(kinds, [json!("note.finished"), json!("note.withdrawn")]);
    sian.add(&mut hers, "z1", "W2", "Later.");
    let verdict = sian.push(&town, &mut hers, Some(MARGARET));
    assert_eq!(verdict.code.as_deref(), Some("note_moved"));
    assert_eq!(verify(&town.core).unwrap().differences, Vec::<String>::new());
}

#[test]
fn into_a_finished_note_the_other_comes_as_an_addendum_by_its_author() {
    let (town, _, [his, hers]) = twice(true);
    join(&town);
    let shown = town.read(|tx| said(tx, his.id)).unwrap();
    assert_eq!((&shown["body"], &shown["actions"]), (&json!("Tea."), &json!([])));
    let addendum = &shown["addenda"][0];
    assert_eq!(
        (&addendum["author"], &addendum["private"]),
        (&json!("W2"), &json!("third_party"))
    );
    let text = addendum["text"].as_str().unwrap();
    assert!(
        text.contains("What happened: Tea with Kofi.") && text.contains("Order a rail"),
        "{text}"
    );
    assert!(town.read(|tx| said(tx, hers.id)).is_none());
    let last = town.events().pop().unwrap();
    assert_eq!((&last["note_id"], &last["version"]), (&json!(his.id), &json!(2)));
    assert_eq!(town.issues(), Vec::<Value>::new());
}
