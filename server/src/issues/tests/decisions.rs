//! Ending an issue: once, with a reason, whole or not at all.

use notes::problem::Code;
use serde_json::{Map, Value, json};

use super::{end, none};
use crate::export::tests::town::{MARGARET, Town};
use crate::issues::settle;
use crate::store::IssueState;

/// A town with a note held because its phone was revoked.
fn held() -> Town {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    town.core.store.write(|tx| tx.device_revoke(phone.id, 5)).unwrap();
    phone.type_in(&mut note, "body", 0, "x");
    phone.push(&town, &mut note, Some(MARGARET));
    town
}

#[test]
fn a_wrong_decision_changes_nothing() {
    let town = held();
    let issue = town.issue("held");
    let id = issue["id"].as_str().unwrap();
    let long = "é".repeat(2_001);
    let lines = [
        ("", "accept", "why", Code::NotFound),
        ("0199", "accept", "why", Code::NotFound),
        (id, "", "why", Code::ActionUnknown),
        (id, "take", "why", Code::ActionUnknown),
        (id, "Accept", "why", Code::ActionUnknown),
        (id, "close", "why", Code::ActionUnknown),
        (id, "accept", "", Code::ReasonMissing),
        (id, "accept", " \n\t", Code::ReasonMissing),
        (id, "accept", &long, Code::ParameterInvalid),
    ];
    let look = || {
        let audits = town.read(|tx| tx.audit_after(0, 100)).len();
        let news = town.news();
        let pending = town.read(|tx| tx.log_unjudged(10));
        (audits, news, pending, town.issues())
    };
    let before = look();
    for (id, action, reason, expected) in lines {
        let answer = settle(&town.core, id, action, &Map::new(), "operator", reason);
        assert_eq!(
            answer.map_err(|r| r.code()),
            Err(expected),
            "{id} {action} {reason:.5}"
        );
        assert_eq!(look(), before, "{id} {action} {reason:.5}");
    }
    let reason = "é".repeat(2_000);
    settle(&town.core, id, "accept", &Map::new(), "operator", &reason).unwrap();
}

#[test]
fn a_decision_is_taken_once_and_written_down() {
    let town = held();
    let issue = town.issue("held");
    town.clock.forward(1_000);
    let answer = end(&town, &issue, "return", none()).unwrap();
    let mut answer = answer;
    let effects = answer.as_object_mut().unwrap().remove("effects").unwrap();
    assert!(effects.to_string().contains("It is kept here"), "{effects}");
    assert_eq!(
        answer,
        json!({"id": issue["id"], "kind": "held", "action": "return", "settled_at": "2026-09-21T14:13:21Z"})
    );
    for action in ["return", "accept", "set_aside", "nonsense"] {
        assert_eq!(
            end(&town, &issue, action, none()),
            Err(Code::IssueSettled),
            "{action}"
        );
    }
    let stored = town.read(|tx| tx.issue(issue["id"].as_str().unwrap())).unwrap();
    let expected = IssueState::Settled {
        at: 1_790_000_001_000,
        by: "operator".into(),
        action: "return".into(),
        reason: "We talked.".into(),
    };
    assert_eq!(stored.state, expected);
    let audit = town.read(|tx| tx.audit_after(0, 100));
    let settled: Vec<_> = audit
        .iter()
        .filter(|record| record.entry.what == "issue.settled")
        .collect();
    assert_eq!(settled.len(), 1);
    let entry = &settled[0].entry;
    assert_eq!((entry.who.as_str(), entry.person), ("operator", Some(MARGARET)));
    let detail: Value = serde_json::from_str(&entry.detail).unwrap();
    assert_eq!(
        detail,
        json!({"issue": issue["id"], "kind": "held", "action": "return", "reason": "We talked."})
    );
}
