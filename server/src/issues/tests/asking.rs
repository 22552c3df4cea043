//! Asking a worker, and waiting for the answer: the issue stays open, says so, and ends when the matter is over.

use notes::problem::Code;
use serde_json::{Value, json};

use super::{end, none, states, told};
use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town};
use crate::issues::trail;
use crate::store::{Audience, MessageRecord, NewsKind, PersonRecord};
use crate::sync::said;

fn messages(town: &Town, worker: &str) -> Vec<MessageRecord> {
    town.read(|tx| tx.messages_to(worker, None, 100))
}

fn apart() -> (Town, [Phone; 2], [Copy; 2]) {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = kofi.begin(1, MARGARET);
    kofi.publish(&town, &mut note, Some(MARGARET));
    let mut copy = sian.join(&note);
    kofi.set(&mut note, "review.due", "\"2027-01-01\"");
    sian.set(&mut copy, "review.due", "\"2027-02-02\"");
    kofi.publish(&town, &mut note, Some(MARGARET));
    sian.publish(&town, &mut copy, Some(MARGARET));
    (town, [kofi, sian], [note, copy])
}

#[test]
fn whoever_wrote_the_other_value_is_asked_and_ends_it_on_their_phone() {
    let (town, [kofi, sian], [mut note, mut copy]) = apart();
    let issue = town.issue("conflict");
    let other = &issue["detail"]["values"][1];
    let (asked, name) = if other == "2027-01-01" {
        ("W1", "Kofi Mensah")
    } else {
        ("W2", "Siân Powell")
    };
    let done = end(&town, &issue, "ask", none()).unwrap();
    assert_eq!(done["asked_at"], "2026-09-21T14:13:20Z");
    let sent = messages(&town, asked);
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].kind.as_str(), sent[0].document), ("ask", Some(note.id)));
    assert_eq!(sent[0].issue.as_deref(), issue["id"].as_str());
    assert!(
        sent[0].text.contains("“2027-01-01”") && sent[0].text.contains("“2027-02-02”"),
        "{}",
        sent[0].text
    );
    let stored = town.read(|tx| tx.issue(issue["id"].as_str().unwrap())).unwrap();
    let step = trail(&stored).pop().unwrap();
    assert_eq!((step.action.as_str(), step.to.as_deref()), ("ask", Some(asked)));
    assert!(done["effects"][0].as_str().unwrap().starts_with(name), "{done}");
    // Something else is published meanwhile: what was asked stays known.
    kofi.type_in(&mut note, "body", 0, "More.");
    kofi.publish(&town, &mut note, Some(MARGARET));
    let stored = town.read(|tx| tx.issue(issue["id"].as_str().unwrap())).unwrap();
    assert_eq!(trail(&stored), [step]);
    sian.merge(&mut copy, &note);
    sian.set(&mut copy, "review.due", "\"2027-02-02\"");
    sian.publish(&town, &mut copy, Some(MARGARET));
    assert_eq!(town.issues(), Vec::<Value>::new());
}

#[test]
fn one_of_the_writers_may_be_chosen_and_nobody_else() {
    let (town, ..) = apart();
    let issue = town.issue("conflict");
    for wrong in [
        json!({"worker": "W3"}),
        json!({"worker": 7}),
        json!({"message": "é".repeat(1_500)}),
    ] {
        assert_eq!(
            end(&town, &issue, "ask", wrong.clone()),
            Err(Code::ParameterInvalid),
            "{wrong}"
        );
    }
    assert_eq!(
        town.read(|tx| tx.audit_after(0, 100))
            .iter()
            .filter(|r| r.entry.what == "issue.asked")
            .count(),
        0
    );
    for worker in ["W1", "W2"] {
        town.clock.forward(61_000);
        end(
            &town,
            &issue,
            "ask",
            json!({"worker": worker, "message": " Which? "}),
        )
        .unwrap();
        assert_eq!(messages(&town, worker)[0].text, "Which?");
    }
    assert_eq!(messages(&town, "W3"), []);
}

#[test]
fn two_admins_who_ask_at_once_ask_once() {
    let (town, ..) = apart();
    let issue = town.issue("conflict");
    end(&town, &issue, "ask", none()).unwrap();
    assert_eq!(end(&town, &issue, "ask", none()), Err(Code::IssueAsked));
    assert_eq!(messages(&town, "W1").len() + messages(&town, "W2").len(), 1);
    town.clock.forward(61_000);
    end(&town, &issue, "ask", none()).unwrap();
    assert_eq!(messages(&town, "W1").len() + messages(&town, "W2").len(), 2);
}

#[test]
fn what_is_returned_may_come_with_a_word() {
    for (args, count) in [(none(), 0), (json!({"message": "Add it as an addendum."}), 1)] {
        let (town, phone, note) = held();
        end(&town, &town.issue("held"), "return", args).unwrap();
        let sent = messages(&town, "W1");
        assert_eq!(sent.len(), count);
        assert!(
            sent.iter()
                .all(|m| m.kind == "returned" && m.document == Some(note.id))
        );
        assert!(told(&town, Audience::Device(phone.id), 0, NewsKind::Reset, &note));
    }
}

/// A finished note whose phone then changed it all the same: words put in, words taken out, an action.
fn held() -> (Town, Phone, Copy) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, "She said yes.");
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    town.clock.forward(5_000);
    phone.type_in(&mut note, "body", 13, " Then no.");
    phone.set(&mut note, "actions.a1", r#"{"what":"Ring her"}"#);
    phone.publish(&town, &mut note, Some(MARGARET));
    (town, phone, note)
}

#[test]
fn what_was_written_late_becomes_an_addendum_by_whoever_wrote_it() {
    let (town, phone, note) = held();
    town.clock.forward(60_000);
    let issue = town.issue("held");
    end(&town, &issue, "addendum", none()).unwrap();
    town.run();
    assert_eq!(states(&town, &note), [2, 0, 0, 2], "the change itself is kept");
    let shown = town.read(|tx| said(tx, note.id)).unwrap();
    assert_eq!(
        (&shown["body"], &shown["actions"]),
        (&json!("She said yes."), &json!([]))
    );
    let addendum = &shown["addenda"][0];
    assert_eq!(addendum["author"], "W1");
    assert_eq!(
        addendum["text"],
        "What happened: Then no.\nAction: what: Ring her"
    );
    assert_eq!(
        addendum["at"], "2026-09-21T14:13:25Z",
        "when it came, not when it was decided"
    );
    assert_eq!(town.events()[1]["addenda"][0]["text"], addendum["text"]);
    assert!(told(&town, Audience::Device(phone.id), 0, NewsKind::Reset, &note));
    let against = town.read(|tx| crate::issues::decided_against(tx, note.id, phone.id));
    assert_eq!(
        against.len(),
        2,
        "the phone leaves both parts out when it writes again"
    );
    assert_eq!(town.issues(), Vec::<Value>::new());
}

#[test]
fn what_was_kept_from_the_persons_copy_stays_so_in_the_addendum() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    phone.type_in(&mut note, "body", 0, "Her son drinks.");
    phone.mark(&mut note, "body", (0, 15), "third_party");
    phone.publish(&town, &mut note, Some(MARGARET));
    end(&town, &town.issue("held"), "addendum", none()).unwrap();
    town.run();
    let shown = town.read(|tx| said(tx, note.id)).unwrap();
    assert_eq!(shown["addenda"][0]["private"], "third_party");
}

#[test]
fn a_case_id_is_asked_for_and_whoever_is_imported_then_is_offered() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.empty(1);
    phone.set(&mut note, "person_name", "\"Ada Nwosu\"");
    phone.type_in(
        &mut note,
        "body",
        0,
        "Ada, born 5 May 1950, lives at 3 Hill St, AB1 2CD.",
    );
    phone.publish(&town, &mut note, None);
    let issue = town.issue("unmatched_person");
    assert_eq!(
        end(&town, &issue, "ask_case_id", none()),
        Err(Code::ParameterInvalid)
    );
    end(&town, &issue, "ask_case_id", json!({"from": "Customer services"})).unwrap();
    let id = issue["id"].as_str().unwrap();
    let stored = town.read(|tx| tx.issue(id)).unwrap();
    assert_eq!(trail(&stored)[0].to.as_deref(), Some("Customer services"));
    let offered = || {
        let offers = town.read(|tx| crate::issues::offers(tx, &tx.issue(id)?.unwrap(), None));
        let all = offers[0].args[0].candidates.clone();
        all.into_iter()
            .map(|one| (one.value, one.hint.unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(offered(), []);
    let tom = town.read(|tx| tx.person(TOM)).unwrap();
    let imported = |n: u8, case_id: &str, name: &str, born: &str, postcode: &str| PersonRecord {
        id: notes::ids::PersonId([n; 16]),
        case_id: case_id.into(),
        name: name.into(),
        date_of_birth: Some(born.into()),
        postcode: Some(postcode.into()),
        ..tom.clone()
    };
    town.core
        .store
        .write(|tx| {
            tx.person_put(&imported(20, "C20", "Ada Nwosu", "1950-05-05", "AB12CD"))?;
            tx.person_put(&imported(21, "C21", "Ben Nwosu", "1950-05-05", "ZZ1 1ZZ"))?;
            tx.person_put(&imported(22, "C22", "Zed Other", "1990-01-01", "ZZ1 1ZZ"))
        })
        .unwrap();
    let expected = [
        (
            json!("C20"),
            "The same: date of birth, name, postcode.".to_owned(),
        ),
        (
            json!("C21"),
            "The same: date of birth, part of the name.".to_owned(),
        ),
    ];
    assert_eq!(offered(), expected);
    end(&town, &issue, "match", json!({"person": "C20"})).unwrap();
    town.run();
    assert_eq!(town.issues(), Vec::<Value>::new());
}
