//! Looking before deciding, two who decide at once, and taking a decision back.

use notes::problem::Code;
use serde_json::{Map, Value, json};

use super::{end, none, states};
use crate::export::tests::town::{Copy, MARGARET, Phone, Town};
use crate::issues::{Refused, preview, reopen, settle, trail};
use crate::store::{EntryState, NewIssue, WorkerRecord};
use crate::sync::said;

/// Kofi and Siân each set a path of one note, apart from each other.
fn apart(path: &str, his: &str, hers: &str) -> (Town, [Phone; 2], [Copy; 2]) {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = kofi.begin(1, MARGARET);
    kofi.set(&mut note, "actions.a1", r#"{"what":"Order a rail"}"#);
    kofi.publish(&town, &mut note, Some(MARGARET));
    let mut copy = sian.join(&note);
    kofi.set(&mut note, path, his);
    sian.set(&mut copy, path, hers);
    kofi.publish(&town, &mut note, Some(MARGARET));
    sian.publish(&town, &mut copy, Some(MARGARET));
    (town, [kofi, sian], [note, copy])
}

fn args(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn id(issue: &Value) -> &str {
    issue["id"].as_str().unwrap()
}

#[test]
fn a_preview_says_what_will_happen_and_changes_nothing() {
    let (town, _, [note, _]) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
    let issue = town.issue("conflict");
    let other = issue["detail"]["values"][1].as_str().unwrap();
    let whose = if other == "2027-01-01" {
        "Kofi Mensah"
    } else {
        "Siân Powell"
    };
    let look = || {
        let log = town.read(|tx| tx.log_head());
        (
            town.issues(),
            town.news(),
            log,
            town.read(|tx| tx.audit_after(0, 100)).len(),
        )
    };
    let before = look();
    let seen = preview(
        &town.core,
        (id(&issue), None),
        "take",
        &args(&json!({"index": 0})),
        "worker:W2",
    )
    .unwrap();
    assert_eq!(look(), before);
    assert_eq!(seen["missing"], json!([]));
    let said = seen["effects"].as_array().unwrap().clone();
    assert!(
        said.contains(&json!(format!("{whose}'s “{other}” stays in its history."))),
        "{said:?}"
    );
    assert!(
        said.contains(&json!("2 phones get it at their next pass.")),
        "{said:?}"
    );
    let done = end(&town, &issue, "take", json!({"index": 0})).unwrap();
    assert_eq!(
        done["effects"], seen["effects"],
        "the preview and the deed say the same"
    );
    town.run();
    let shown = town.read(|tx| crate::sync::said(tx, note.id)).unwrap();
    assert_ne!(shown["review"]["due"], other);
}

#[test]
fn a_preview_names_what_it_must_be_told() {
    let (town, ..) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
    let issue = town.issue("conflict");
    let seen = preview(&town.core, (id(&issue), None), "take", &Map::new(), "worker:W2").unwrap();
    assert_eq!(
        (&seen["missing"], &seen["effects"]),
        (&json!(["index"]), &json!([]))
    );
    let labels: Vec<&Value> = seen["args"][0]["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["label"])
        .collect();
    assert_eq!(json!(labels), issue["detail"]["values"]);
    let wrong = [
        ("take", json!({"index": 7}), Code::ParameterInvalid),
        ("accept", json!({}), Code::ActionUnknown),
    ];
    for (action, given, code) in wrong {
        let refused =
            preview(&town.core, (id(&issue), None), action, &args(&given), "worker:W2").unwrap_err();
        assert_eq!(refused.code(), code, "{action}");
    }
    let unknown = preview(&town.core, ("0199", None), "take", &Map::new(), "worker:W2").unwrap_err();
    assert_eq!(unknown, Refused::Code(Code::NotFound));
}

#[test]
fn a_finished_notes_preview_names_the_next_version() {
    let (town, [kofi, sian], [mut note, copy]) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
    kofi.merge(&mut note, &copy);
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(town.events().len(), 1);
    let issue = town.issue("conflict");
    let seen = preview(
        &town.core,
        (id(&issue), None),
        "take",
        &args(&json!({"index": 1})),
        "worker:W2",
    )
    .unwrap();
    let said = seen["effects"].to_string();
    assert!(said.contains("The case systems get version 2."), "{said}");
    end(&town, &issue, "take", json!({"index": 1})).unwrap();
    town.run();
    assert_eq!(town.events()[1]["version"], 2);
    assert_eq!(sian.id.0, [2; 16]);
}

/// Bea and Cem sit at two screens, and both have the same issue open.
#[test]
fn of_two_who_decide_at_once_one_hears_who_was_faster() {
    for _ in 0..20 {
        let (town, _, [note, _]) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
        for (worker, name) in [("W7", "Bea Admin"), ("W8", "Cem Admin")] {
            let admin = WorkerRecord {
                id: worker.into(),
                name: name.into(),
                email: None,
                role: "team_admin".into(),
                team: None,
                profession: None,
            };
            town.core.store.write(|tx| tx.worker_put(&admin)).unwrap();
        }
        let issue = town.issue("conflict");
        let decide = |by: &str, index: u64| {
            settle(
                &town.core,
                id(&issue),
                "take",
                &args(&json!({"index": index})),
                by,
                "Asked them.",
            )
        };
        let before = town.read(|tx| tx.log_head()).seq;
        let (bea, cem) = std::thread::scope(|scope| {
            let bea = scope.spawn(|| decide("worker:W7", 0));
            let cem = scope.spawn(|| decide("worker:W8", 1));
            (bea.join().unwrap(), cem.join().unwrap())
        });
        let (winner, loser) = match (&bea, &cem) {
            (Ok(_), Err(loser)) => ("Bea Admin", loser),
            (Err(loser), Ok(_)) => ("Cem Admin", loser),
            both => panic!("one decision counts: {both:?}"),
        };
        let Refused::Settled(ended) = loser else {
            panic!("{loser:?}")
        };
        assert_eq!((ended.by.as_str(), ended.action.as_str()), (winner, "take"));
        assert_eq!(
            ended.words(),
            format!("Settled by {winner} at 2026-09-21T14:13:20Z: take.")
        );
        assert_eq!(town.read(|tx| tx.log_head()).seq, before + 1, "one change");
        town.run();
        assert_eq!(town.read(|tx| said(tx, note.id)).unwrap()["conflicts"], json!([]));
        let audit = town.read(|tx| tx.audit_after(0, 100));
        assert_eq!(
            audit
                .iter()
                .filter(|record| record.entry.what == "issue.settled")
                .count(),
            1
        );
    }
}

#[test]
fn both_texts_are_kept_in_the_order_that_was_chosen() {
    for first in [0, 1] {
        let (town, _, [note, _]) = apart("actions.a1.what", "\"A rail\"", "\"A ramp\"");
        let issue = town.issue("conflict");
        assert_eq!(issue["actions"], json!(["take", "take_both", "ask"]));
        let values = issue["detail"]["values"].clone();
        end(&town, &issue, "take_both", json!({"first": first})).unwrap();
        town.run();
        let text = |at: usize| values[at].as_str().unwrap();
        let expected = format!("{}\n{}", text(first), text(1 - first));
        assert_eq!(
            town.read(|tx| said(tx, note.id)).unwrap()["actions"][0]["what"],
            json!(expected)
        );
        assert_eq!(town.issues(), Vec::<Value>::new());
    }
}

#[test]
fn what_is_no_text_cannot_be_taken_twice() {
    let lines = [
        ("review.due", "\"2027-01-01\"", "\"2027-02-02\""),
        ("kind", "\"phone_call\"", "\"no_reply\""),
        ("actions.a1.done", "true", "false"),
        ("attachments.ab.media_type", "\"image/png\"", "\"image/jpeg\""),
    ];
    for (path, his, hers) in lines {
        let (town, ..) = apart(path, his, hers);
        let issue = town.issue("conflict");
        assert_eq!(issue["actions"], json!(["take", "ask"]), "{path}");
        assert_eq!(
            end(&town, &issue, "take_both", none()),
            Err(Code::ActionUnknown),
            "{path}"
        );
    }
}

/// A finished note whose phone changed it all the same.
fn held() -> (Town, Phone, Copy) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    phone.type_in(&mut note, "body", 0, "Late.");
    phone.publish(&town, &mut note, Some(MARGARET));
    (town, phone, note)
}

#[test]
fn what_was_set_aside_can_come_before_a_person_again() {
    let (town, phone, note) = held();
    let issue = town.issue("held");
    end(&town, &issue, "set_aside", none()).unwrap();
    assert_eq!(states(&town, &note), [1, 0, 0, 1]);
    let decided = |town: &Town| town.read(|tx| crate::issues::decided_against(tx, note.id, phone.id));
    let against = decided(&town);
    assert_eq!(against.len(), 1);
    reopen(&town.core, id(&issue), "worker:W2", "I was too quick.").unwrap();
    assert_eq!(states(&town, &note), [1, 1, 0, 0]);
    assert_eq!(town.issue("held")["id"], issue["id"]);
    assert_eq!(
        decided(&town),
        against,
        "the phone leaves it out all the same, or it would stand there twice"
    );
    let stored = town.read(|tx| tx.issue(id(&issue))).unwrap();
    let steps: Vec<_> = trail(&stored)
        .into_iter()
        .map(|step| (step.action, step.by_name))
        .collect();
    let expected = [("set_aside", "the operator"), ("reopen", "Siân Powell")];
    assert_eq!(
        steps,
        expected.map(|(action, by)| (action.to_owned(), by.to_owned()))
    );
    end(&town, &town.issue("held"), "accept", none()).unwrap();
    town.run();
    assert_eq!(town.read(|tx| said(tx, note.id)).unwrap()["body"], "Late.");
    assert_eq!(
        town.read(|tx| tx.log_of(note.id, &[EntryState::Published])).len(),
        2
    );
    assert_eq!(decided(&town), against);
}

#[test]
fn only_what_changed_nothing_outside_is_taken_back() {
    let (town, ..) = held();
    let issue = town.issue("held");
    let again = |reason: &str| reopen(&town.core, id(&issue), "operator", reason).map_err(|r| r.code());
    assert_eq!(again("why"), Err(Code::IssueOpen));
    end(&town, &issue, "return", none()).unwrap();
    assert_eq!(again(" "), Err(Code::ReasonMissing));
    assert_eq!(again("why"), Err(Code::ActionUnknown), "the worker has read it");
    let unknown = reopen(&town.core, "0199", "operator", "why").map_err(|r| r.code());
    assert_eq!(unknown, Err(Code::NotFound));
}

#[test]
fn a_matter_that_was_opened_anew_is_not_opened_twice() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    let mut copy = phone.join(&note);
    for (copy, text) in [(&mut note, "One."), (&mut copy, "Two.")] {
        phone.type_in(copy, "body", 0, text);
        phone.publish(&town, copy, Some(MARGARET));
    }
    let first = town.issue("forked_device");
    end(&town, &first, "close", none()).unwrap();
    let stored = town.read(|tx| tx.issue(id(&first))).unwrap();
    let anew = NewIssue {
        id: "anew".into(),
        ..stored.opened
    };
    town.core.store.write(|tx| tx.issue_open(&anew)).unwrap();
    let again = reopen(&town.core, id(&first), "operator", "why").map_err(|r| r.code());
    assert_eq!(again, Err(Code::IssueOpen));
}
