//! What a case system may say of an event, and what becomes of it.

use notes::problem::Code;
use serde_json::{Value, json};

use super::town::{MARGARET, Town, client};
use crate::export::{outstanding, receipts};
use crate::store::{Audience, NewsKind, Tx};

/// A town with one finished note; its event id and hash.
fn one() -> (Town, String, String) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    let event = town.events().remove(0);
    let text = |name: &str| event[name].as_str().unwrap().to_owned();
    (town, text("event_id"), text("sha256"))
}

fn post(town: &Town, who: &str, batch: &Value) -> Result<Value, Code> {
    receipts(&town.core, &client(who), batch.to_string().as_bytes())
}

fn heads(town: &Town) -> (u64, usize) {
    let audit = |tx: &Tx<'_>| tx.audit_after(0, 1_000);
    (town.news(), town.read(audit).len())
}

/// What one receipt is answered: `accepted`, or the code.
fn told(answer: &Value) -> String {
    let answer = &answer[0];
    answer["status"]
        .as_str()
        .or(answer["code"].as_str())
        .unwrap()
        .to_owned()
}

/// `imported:M1` as outcome and the case system's id.
fn outcome(text: &str) -> (&str, Option<&str>) {
    text.split_once(':')
        .map_or((text, None), |(outcome, reference)| (outcome, Some(reference)))
}

#[test]
fn outcomes_follow_each_other_as_the_table_says() {
    // What was given, what the last was answered, what stands.
    let lines = [
        ("imported:M1", "accepted", "imported:M1"),
        ("imported:M1 imported:M1", "accepted", "imported:M1"),
        ("imported imported:M1", "accepted", "imported:M1"),
        ("imported:M1 imported", "accepted", "imported:M1"),
        ("imported:M1 imported:M2", "receipt_contradicts", "imported:M1"),
        ("imported:M1 duplicate:M1", "receipt_contradicts", "imported:M1"),
        ("imported refused", "receipt_contradicts", "imported"),
        ("imported deferred", "receipt_contradicts", "imported"),
        ("duplicate imported", "receipt_contradicts", "duplicate"),
        ("duplicate refused", "receipt_contradicts", "duplicate"),
        ("refused imported:M1", "accepted", "imported:M1"),
        ("refused duplicate:M1", "accepted", "duplicate:M1"),
        ("refused deferred", "receipt_contradicts", "refused"),
        ("refused imported refused", "receipt_contradicts", "imported"),
        ("deferred imported", "accepted", "imported"),
        ("deferred refused", "accepted", "refused"),
        ("deferred duplicate", "accepted", "duplicate"),
        ("deferred deferred:later", "accepted", "deferred:later"),
    ];
    for (given, last, stands) in lines {
        let (town, event_id, sha256) = one();
        let mut answer = Value::Null;
        for (outcome, reference) in given.split(' ').map(outcome) {
            let receipt = json!([{"event_id": event_id, "sha256": sha256, "outcome": outcome,
                                  "case_system_ref": reference}]);
            answer = post(&town, "mosaic", &receipt).unwrap();
        }
        assert_eq!(told(&answer), last, "{given}");
        let kept = town.read(|tx| tx.receipts(&event_id));
        assert_eq!(kept.len(), 1);
        let state = &kept[0].state;
        let state = (state.outcome.as_str(), state.case_system_ref.as_deref());
        assert_eq!(state, outcome(stands), "{given}");
    }
}

#[test]
fn repeating_a_batch_changes_nothing() {
    let (town, event_id, sha256) = one();
    let batch = json!([{"event_id": event_id, "sha256": sha256, "outcome": "refused", "reason_code": "E7",
                        "reason": "No such case"}]);
    let first = post(&town, "mosaic", &batch).unwrap();
    let before = (
        heads(&town),
        town.issues(),
        town.read(|tx| tx.receipts(&event_id)),
    );
    town.clock.forward(60_000);
    assert_eq!(post(&town, "mosaic", &batch).unwrap(), first);
    assert_eq!(
        (
            heads(&town),
            town.issues(),
            town.read(|tx| tx.receipts(&event_id))
        ),
        before
    );
}

#[test]
fn a_bad_receipt_does_not_spoil_the_others() {
    let (town, event_id, sha256) = one();
    let good = json!({"event_id": event_id, "sha256": sha256.to_uppercase(), "outcome": "imported"});
    let mut wrong_hash = good.clone();
    wrong_hash["sha256"] = json!("0".repeat(64));
    let long = |n: usize| "é".repeat(n);
    let with = |name: &str, value: Value| {
        let mut receipt = good.clone();
        receipt[name] = value;
        receipt
    };
    let lines = [
        (
            json!({"event_id": "0199", "sha256": sha256, "outcome": "imported"}),
            "receipt_unknown",
        ),
        (wrong_hash, "receipt_hash_wrong"),
        (with("sha256", json!("")), "receipt_hash_wrong"),
        (with("sha256", Value::Null), "row_invalid"),
        (with("outcome", json!("lost")), "row_invalid"),
        (with("outcome", json!("IMPORTED")), "row_invalid"),
        (with("event_id", json!(7)), "row_invalid"),
        (with("case_system_ref", json!(long(201))), "row_invalid"),
        (with("case_system_ref", json!("M\n1")), "row_invalid"),
        (with("reason_code", json!(long(201))), "row_invalid"),
        (with("reason", json!(long(2_001))), "row_invalid"),
        (with("reason", json!("a\u{0}b")), "row_invalid"),
        (json!("text"), "row_invalid"),
        (Value::Null, "row_invalid"),
        (json!([[]]), "row_invalid"),
    ];
    let mut batch: Vec<Value> = lines.iter().map(|(receipt, _)| receipt.clone()).collect();
    batch.push(with("reason", json!(long(2_000))));
    let answers = post(&town, "mosaic", &Value::Array(batch)).unwrap();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), lines.len() + 1);
    for (answer, (receipt, code)) in answers.iter().zip(&lines) {
        assert_eq!(answer["code"], *code, "{receipt:.80}");
        assert!(answer.get("status").is_none());
    }
    assert_eq!(
        answers.last().unwrap(),
        &json!({"event_id": event_id, "status": "accepted"})
    );
}

#[test]
fn a_body_that_is_no_batch_is_refused_whole() {
    let (town, event_id, sha256) = one();
    let receipt = json!({"event_id": event_id, "sha256": sha256, "outcome": "imported"});
    let many = Value::Array(vec![receipt.clone(); 1_001]).to_string();
    let lines = [
        (b"".to_vec(), Code::MessageMalformed),
        (b"{}".to_vec(), Code::MessageMalformed),
        (b"[{}".to_vec(), Code::MessageMalformed),
        (b"[\"\xff\"]".to_vec(), Code::MessageMalformed),
        (vec![b'['; 100_000], Code::MessageMalformed),
        (vec![b' '; 2 * 1024 * 1024 + 1], Code::MessageTooLarge),
        (many.into_bytes(), Code::MessageTooLarge),
    ];
    let before = heads(&town);
    for (body, expected) in lines {
        let answer = receipts(&town.core, &client("mosaic"), &body);
        assert_eq!(answer, Err(expected), "{} bytes", body.len());
    }
    assert_eq!(heads(&town), before);
    assert!(town.read(|tx| tx.receipts(&event_id)).is_empty());
    let thousand = Value::Array(vec![receipt; 1_000]);
    let answers = post(&town, "mosaic", &thousand).unwrap();
    assert!(
        answers
            .as_array()
            .unwrap()
            .iter()
            .all(|answer| answer["status"] == "accepted")
    );
    assert_eq!(post(&town, "mosaic", &json!([])), Ok(json!([])));
}

#[test]
fn a_receipt_is_told_to_phones_and_written_into_the_audit() {
    let (town, event_id, sha256) = one();
    let note = town.read(|tx| tx.outbox_event(&event_id)).unwrap().document;
    let (news, audits) = heads(&town);
    let batch =
        json!([{"event_id": event_id, "sha256": sha256, "outcome": "imported", "case_system_ref": "M1"}]);
    post(&town, "mosaic", &batch).unwrap();
    let told = town.read(|tx| tx.news_for(Audience::Person(MARGARET), news, 10));
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].kind, told[0].key.as_slice()),
        (NewsKind::Version, &note.0[..])
    );
    let audit = town.read(|tx| tx.audit_after(audits as u64, 10));
    assert_eq!(audit.len(), 1);
    let entry = &audit[0].entry;
    assert_eq!(
        (entry.who.as_str(), entry.what.as_str()),
        ("client:mosaic", "receipt.imported")
    );
    assert_eq!((entry.person, entry.document), (Some(MARGARET), Some(note)));
    assert_eq!(
        serde_json::from_str::<Value>(&entry.detail).unwrap()["case_system_ref"],
        "M1"
    );
}

#[test]
fn a_refusal_is_an_issue_until_the_case_system_takes_the_note() {
    let (town, event_id, sha256) = one();
    let receipt = |outcome: &str, reason: &str| json!([{"event_id": event_id, "sha256": sha256, "outcome": outcome, "reason_code": "E7", "reason": reason}]);
    post(&town, "mosaic", &receipt("refused", "No such case")).unwrap();
    post(&town, "mosaic", &receipt("refused", "The case is closed")).unwrap();
    let issue = town.issue("export_refused");
    assert_eq!(issue["detail"]["reason"], "The case is closed");
    assert_eq!(issue["detail"]["reason_code"], "E7");
    assert_eq!(issue["person"]["case_id"], "C1");
    assert_eq!(issue["actions"], json!(["send_again", "close"]));
    post(&town, "eclipse", &receipt("imported", "")).unwrap();
    assert_eq!(
        town.issues().len(),
        1,
        "another case system took it, not this one"
    );
    post(&town, "mosaic", &receipt("imported", "")).unwrap();
    assert_eq!(town.issues(), Vec::<Value>::new());
}

#[test]
fn outstanding_is_what_was_not_ended() {
    let (town, event_id, sha256) = one();
    let phone = town.phone("W1", 2);
    let mut note = phone.begin(2, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    let ids = |who: &str, limit: u32| {
        let answer = outstanding(&town.core, &client(who), limit).unwrap();
        let rows = answer["outstanding"].as_array().unwrap();
        let ids: Vec<String> = rows
            .iter()
            .map(|row| row["event_id"].as_str().unwrap().to_owned())
            .collect();
        (ids, answer["more"].as_bool().unwrap())
    };
    let (all, more) = ids("mosaic", 10);
    assert_eq!((all.len(), more), (2, false));
    assert_eq!(ids("mosaic", 1), (vec![event_id.clone()], true));
    let receipt =
        |outcome: &str| json!([{"event_id": event_id, "sha256": sha256, "outcome": outcome, "reason": "r"}]);
    post(&town, "mosaic", &receipt("deferred")).unwrap();
    assert_eq!(ids("mosaic", 10).0, all);
    let rows = outstanding(&town.core, &client("mosaic"), 10).unwrap();
    let row = &rows["outstanding"][0];
    assert_eq!(
        (&row["outcome"], &row["reason"], &row["sha256"]),
        (&json!("deferred"), &json!("r"), &json!(sha256))
    );
    assert_eq!(rows["outstanding"][1]["outcome"], Value::Null);
    post(&town, "mosaic", &receipt("imported")).unwrap();
    assert_eq!(ids("mosaic", 10), (all[1..].to_vec(), false));
    assert_eq!(ids("eclipse", 10).0, all, "each case system answers for itself");
    // Reading the feed after the place that a row names gives its event.
    let page = crate::export::feed(
        &town.core,
        crate::export::Asked {
            after: row["after"].as_str(),
            limit: 1,
            format: crate::export::Format::Ndjson,
        },
    )
    .unwrap();
    assert!(String::from_utf8(page.lines).unwrap().contains(&event_id));
    for limit in [0, 1_001] {
        assert_eq!(
            outstanding(&town.core, &client("mosaic"), limit),
            Err(Code::ParameterInvalid)
        );
    }
}

#[test]
fn a_refused_note_is_sent_again_with_the_persons_details_of_now() {
    let (town, event_id, sha256) = one();
    let first = town.events().remove(0);
    post(
        &town,
        "mosaic",
        &json!([{"event_id": event_id, "sha256": sha256, "outcome": "refused"}]),
    )
    .unwrap();
    let mut person = town.read(|tx| tx.person(MARGARET)).unwrap();
    person.case_id = "C100".into();
    town.core.store.write(|tx| tx.person_put(&person)).unwrap();
    let issue = town.issue("export_refused");
    let none = serde_json::Map::new();
    let id = issue["id"].as_str().unwrap();
    let done =
        crate::issues::settle(&town.core, id, "send_again", &none, "operator", "Case id mended.").unwrap();
    assert!(
        done["effects"][0].as_str().unwrap().contains("version 2"),
        "{done}"
    );
    let events = town.events();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0], first, "what was sent stays as it was");
    let second = &events[1];
    assert_eq!(
        (&second["version"], &second["supersedes"]),
        (&json!(2), &first["event_id"])
    );
    assert_eq!(second["person"]["case_id"], "C100");
    assert_eq!(second["change_summary"], "Sent again at the team's wish.");
    let taken = json!([{"event_id": second["event_id"], "sha256": second["sha256"], "outcome": "imported"}]);
    post(&town, "mosaic", &taken).unwrap();
    assert_eq!(town.issues(), Vec::<Value>::new());
}
