//! What is held, and what each decision does with it.

use notes::problem::Code;
use notes::wire::Outcome;
use serde_json::{Value, json};

use super::{end, none, standing, stands, states, told};
use crate::export::tests::town::{Copy, MARGARET, NOBODY, Phone, TOM, Town, ZOE};
use crate::issues::held;
use crate::store::{Audience, EntryState, NewsKind};
use crate::sync::said;

/// A finished note in which its phone then changed the body all the same, and wrote on after that.
fn changed_after_finish() -> (Town, Phone, Copy) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, "As it was.");
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    phone.type_in(&mut note, "body", 0, "Not ");
    phone.publish(&town, &mut note, Some(MARGARET));
    phone.add(&mut note, "z1", "W1", "And more.");
    phone.publish(&town, &mut note, Some(MARGARET));
    (town, phone, note)
}

#[test]
fn what_is_held_stands_in_the_list_with_all_that_is_known() {
    let (town, _, note) = changed_after_finish();
    assert_eq!(
        states(&town, &note),
        [1, 1, 1, 0],
        "published, held, waiting for what is held"
    );
    let issue = town.issue("held");
    let names: Vec<&str> = issue.as_object().unwrap().keys().map(String::as_str).collect();
    for name in [
        "id",
        "kind",
        "opened_at",
        "note_id",
        "person",
        "worker_id",
        "detail",
        "actions",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(names.len(), 8);
    let lines = [
        ("note_id", json!(note.id)),
        ("worker_id", json!("W1")),
        ("opened_at", json!("2026-09-21T14:13:20Z")),
        (
            "person",
            json!({"id": MARGARET, "case_id": "C1", "name": "Margaret Oduya"}),
        ),
        ("actions", json!(["accept", "addendum", "return", "set_aside"])),
    ];
    for (name, expected) in lines {
        assert_eq!(issue[name], expected, "{name}");
    }
    assert_eq!(issue["detail"]["code"], "changed_after_finish");
    assert_eq!(issue["detail"]["words"], Code::ChangedAfterFinish.title());
}

#[test]
fn only_the_sender_hears_that_it_is_held() {
    let (town, phone, note) = changed_after_finish();
    let other = town.phone("W2", 2);
    let (state, code, message) = stands(&town, &note, Some(phone.id));
    assert_eq!((state, code.as_deref()), ("held", Some("changed_after_finish")));
    assert_eq!(message.as_deref(), Some(Code::ChangedAfterFinish.title()));
    assert_eq!(stands(&town, &note, Some(other.id)), ("clear", None, None));
    assert_eq!(stands(&town, &note, None), ("clear", None, None));
    assert!(told(
        &town,
        Audience::Device(phone.id),
        0,
        NewsKind::Standing,
        &note
    ));
    assert!(!told(
        &town,
        Audience::Device(other.id),
        0,
        NewsKind::Standing,
        &note
    ));
    assert!(!told(
        &town,
        Audience::Person(MARGARET),
        0,
        NewsKind::Standing,
        &note
    ));
}

#[test]
fn accepting_publishes_it_and_what_waited_for_it() {
    let (town, phone, note) = changed_after_finish();
    let before = town.news();
    end(&town, &town.issue("held"), "accept", none()).unwrap();
    town.run();
    assert_eq!(states(&town, &note), [3, 0, 0, 0]);
    let events = town.events();
    assert_eq!(events.last().unwrap()["body"], "Not As it was.");
    assert_eq!(events.last().unwrap()["addenda"][0]["text"], "And more.");
    assert_eq!(town.issues(), Vec::<Value>::new());
    assert_eq!(stands(&town, &note, Some(phone.id)), ("clear", None, None));
    assert!(told(
        &town,
        Audience::Device(phone.id),
        before,
        NewsKind::Standing,
        &note
    ));
    assert!(!told(
        &town,
        Audience::Device(phone.id),
        before,
        NewsKind::Reset,
        &note
    ));
}

#[test]
fn what_is_set_aside_is_kept_and_the_phone_begins_anew() {
    for (action, message) in [("return", Some("We talked.")), ("set_aside", None)] {
        let (town, phone, note) = changed_after_finish();
        let before = town.news();
        let chunks = |town: &Town| town.read(|tx| tx.log_after(0, 100)).len();
        let count = chunks(&town);
        end(&town, &town.issue("held"), action, none()).unwrap();
        town.run();
        assert_eq!(states(&town, &note), [1, 0, 0, 2], "{action}");
        assert_eq!(chunks(&town), count, "nothing is deleted");
        assert_eq!(town.events().len(), 1);
        let standing = stands(&town, &note, Some(phone.id));
        assert_eq!(standing, ("clear", None, message.map(str::to_owned)), "{action}");
        assert_eq!(
            stands(&town, &note, Some(town.phone("W2", 2).id)),
            ("clear", None, None)
        );
        for kind in [NewsKind::Reset, NewsKind::Standing] {
            assert!(
                told(&town, Audience::Device(phone.id), before, kind, &note),
                "{action} {kind:?}"
            );
        }
        assert!(!told(
            &town,
            Audience::Person(MARGARET),
            before,
            NewsKind::Reset,
            &note
        ));
    }
}

#[test]
fn many_parts_held_for_one_reason_are_one_issue() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    town.core.store.write(|tx| tx.device_revoke(phone.id, 5)).unwrap();
    for text in ["one ", "two ", "three "] {
        phone.type_in(&mut note, "body", 0, text);
        let verdict = phone.push(&town, &mut note, Some(MARGARET));
        assert_eq!(
            (verdict.outcome, verdict.code.as_deref()),
            (Outcome::Held, Some("revoked_device"))
        );
    }
    let issue = town.issue("held");
    assert_eq!(town.issues().len(), 1);
    end(&town, &issue, "accept", none()).unwrap();
    town.run();
    assert_eq!(states(&town, &note), [4, 0, 0, 0]);
}

#[test]
fn a_person_of_another_team_may_be_accepted_and_an_unknown_one_only_changed() {
    let lines = [
        (ZOE, json!(["accept", "accept_for", "return", "set_aside"])),
        (NOBODY, json!(["accept_for", "return", "set_aside"])),
    ];
    for (person, actions) in lines {
        let town = Town::new();
        let phone = town.phone("W1", 1);
        let mut note = phone.begin(1, person);
        phone.finish(&mut note, "W1");
        let verdict = phone.push(&town, &mut note, Some(person));
        assert_eq!(verdict.code.as_deref(), Some("person_unknown"));
        let issue = town.issue("held");
        assert_eq!(issue["actions"], actions);
        let accepted = end(&town, &issue, "accept", none());
        town.run();
        if person == ZOE {
            assert!(accepted.is_ok());
            assert_eq!(town.events()[0]["person"]["case_id"], "C3");
        } else {
            assert_eq!(accepted, Err(Code::ActionUnknown));
            assert_eq!(town.events(), Vec::<Value>::new());
        }
    }
}

#[test]
fn accepted_for_another_person_the_note_says_so_itself() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, NOBODY);
    phone.finish(&mut note, "W1");
    phone.push(&town, &mut note, Some(NOBODY));
    let issue = town.issue("held");
    let lines = [
        (json!({}), Code::ParameterInvalid),
        (json!({"person": 7}), Code::ParameterInvalid),
        (json!({"person": "C9"}), Code::PersonUnknown),
    ];
    for (args, expected) in lines {
        assert_eq!(end(&town, &issue, "accept_for", args), Err(expected));
        assert_eq!(states(&town, &note), [0, 1, 0, 0]);
    }
    end(&town, &issue, "accept_for", json!({"person": " C2 "})).unwrap();
    town.run();
    assert_eq!(town.read(|tx| tx.document_person(note.id)), Some(TOM));
    let shown = town.read(|tx| said(tx, note.id)).unwrap();
    assert_eq!(
        shown["person"],
        json!(TOM),
        "the note's own history has the decision"
    );
    // And it stays so when the phone writes on without having heard of it.
    phone.add(&mut note, "z1", "W1", "And more.");
    phone.publish(&town, &mut note, None);
    assert_eq!(town.read(|tx| tx.document_person(note.id)), Some(TOM));
    for event in town.events() {
        assert_eq!(event["person"]["case_id"], "C2");
    }
    assert_eq!(town.issues(), Vec::<Value>::new());
}

#[test]
fn a_note_that_was_published_for_one_person_is_not_let_in_for_another() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    phone.type_in(&mut note, "body", 0, "x");
    let verdict = phone.push(&town, &mut note, Some(TOM));
    assert_eq!(verdict.code.as_deref(), Some("wrong_document"));
    let issue = town.issue("held");
    assert_eq!(issue["actions"], json!(["accept_for", "return", "set_aside"]));
    let moved = end(&town, &issue, "accept_for", json!({"person": "C2"}));
    assert_eq!(moved, Err(Code::WrongDocument));
    end(&town, &issue, "accept_for", json!({"person": "C1"})).unwrap();
    town.run();
    assert_eq!(states(&town, &note), [2, 0, 0, 0]);
    assert_eq!(town.read(|tx| tx.document_person(note.id)), Some(MARGARET));
}

#[test]
fn rules_that_keep_a_document_true_cannot_be_overruled() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    let entry = town.read(|tx| tx.log_entry(1)).unwrap();
    let overruled = [
        Code::ChangedAfterFinish,
        Code::RevokedDevice,
        Code::PersonUnknown,
        Code::WrongDocument,
    ];
    let may_be_held = Code::ALL.iter().filter(|code| code.status() == 422);
    for code in may_be_held.filter(|code| !overruled.contains(code)) {
        town.core
            .store
            .write(|tx| held(tx, &town.core.host, &entry, *code))
            .unwrap();
        let issue = town.issue("held");
        assert_eq!(issue["detail"]["code"], code.as_str());
        assert_eq!(issue["actions"], json!(["return", "set_aside"]), "{code}");
        for action in ["accept", "accept_for"] {
            let answer = end(&town, &issue, action, json!({"person": "C1"}));
            assert_eq!(answer, Err(Code::ActionUnknown), "{code}");
        }
        end(&town, &issue, "set_aside", none()).unwrap();
    }
}

#[test]
fn two_phones_under_one_name_are_an_issue_of_their_own() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    // A copy of the phone wrote something else under the same number.
    let mut copy = phone.join(&note);
    phone.type_in(&mut note, "body", 0, "One.");
    phone.type_in(&mut copy, "body", 0, "Two.");
    phone.publish(&town, &mut note, Some(MARGARET));
    phone.publish(&town, &mut copy, Some(MARGARET));
    assert_eq!(town.issue("held")["detail"]["code"], "seq_taken");
    let forked = town.issue("forked_device");
    assert_eq!(forked["actions"], json!(["ask_again", "close"]));
    assert_eq!(forked["worker_id"], "W1");
    end(&town, &forked, "close", none()).unwrap();
    assert_eq!(
        states(&town, &note),
        [2, 1, 0, 0],
        "closing it decides nothing about the note"
    );
}

#[test]
fn a_change_of_the_servers_own_that_is_held_tells_no_phone() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    let mut entry = town.read(|tx| tx.log_entry(1)).unwrap();
    entry.entry.device = None;
    entry.entry.state = EntryState::Held;
    let before = town.news();
    town.core
        .store
        .write(|tx| held(tx, &town.core.host, &entry, Code::Unprocessable))
        .unwrap();
    assert_eq!(town.news(), before);
    assert_eq!(town.issue("held")["worker_id"], Value::Null);
    let standing = town.read(|tx| standing(tx, note.id, None));
    assert_eq!(standing.0, "clear");
    end(&town, &town.issue("held"), "set_aside", none()).unwrap();
}

/// A part that builds on what never comes: nobody objected to it, so a phone to which it is returned writes it again.
#[test]
fn what_is_returned_for_want_of_a_part_is_not_decided_against() {
    for (action, against) in [("return", 0), ("set_aside", 1)] {
        let town = Town::new();
        let phone = town.phone("W1", 1);
        let mut note = phone.begin(1, MARGARET);
        phone.publish(&town, &mut note, Some(MARGARET));
        phone.type_in(&mut note, "body", 0, "As it was.");
        phone.publish(&town, &mut note, Some(MARGARET));
        let entries = town.read(|tx| tx.log_of(note.id, &[EntryState::Published]));
        let last = entries.last().unwrap().clone();
        town.core
            .store
            .write(|tx| {
                let code = Code::DependencyMissing;
                tx.log_set_state(last.seq, EntryState::Held, Some(code.as_str()))?;
                held(tx, &town.core.host, &last, code)
            })
            .unwrap();
        end(&town, &town.issue("held"), action, none()).unwrap();
        let decided = town
            .core
            .store
            .read(|tx| crate::issues::decided_against(tx, note.id, phone.id));
        assert_eq!(decided.unwrap().len(), against, "{action}");
    }
}
