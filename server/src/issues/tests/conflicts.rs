//! Two phones, one field, two values.

use notes::problem::Code;
use serde_json::{Value, json};

use super::{end, stands, told};
use crate::export::tests::town::{Copy, MARGARET, Phone, Town};
use crate::store::{Audience, NewsKind};
use crate::sync::said;

/// Kofi and Siân each set a path, apart from each other.
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

fn at<'a>(shown: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(shown, |value, step| match value {
        Value::Array(entries) => entries.iter().find(|entry| entry["id"] == step).unwrap(),
        value => &value[step],
    })
}

fn shown(town: &Town, note: &Copy) -> Value {
    town.read(|tx| said(tx, note.id)).unwrap()
}

#[test]
fn both_values_are_kept_and_everybody_who_holds_the_note_hears() {
    let (town, [kofi, sian], [note, _]) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
    let issue = town.issue("conflict");
    assert_eq!(issue["detail"]["path"], "review.due");
    let mut values = issue["detail"]["values"].as_array().unwrap().clone();
    assert_eq!(
        values[0],
        shown(&town, &note)["review"]["due"],
        "the first is the one that is shown"
    );
    values.sort_unstable_by_key(ToString::to_string);
    assert_eq!(values, [json!("2027-01-01"), json!("2027-02-02")]);
    assert_eq!(issue["person"]["case_id"], "C1");
    for phone in [kofi, sian] {
        assert_eq!(stands(&town, &note, Some(phone.id)).0, "conflict");
        assert!(told(
            &town,
            Audience::Device(phone.id),
            0,
            NewsKind::Standing,
            &note
        ));
    }
    assert!(told(
        &town,
        Audience::Person(MARGARET),
        0,
        NewsKind::Standing,
        &note
    ));
}

#[test]
fn any_value_may_be_taken_by_place_or_by_itself() {
    let cases = [
        ("review.due", "\"2027-01-01\"", "\"2027-02-02\""),
        ("actions.a1.done", "true", "false"),
        ("kind", "\"phone_call\"", "\"no_reply\""),
        ("actions.a1.what", "\"A rail\"", "\"true\""),
        ("attachments.ab.bytes", "5", "6"),
        ("attachments.ab.caption", "\"The step\"", "\"The door\""),
    ];
    for (path, his, hers) in cases {
        for (way, place) in [
            ("index", 0),
            ("index", 1),
            ("value", 0),
            ("value", 1),
            ("text", 0),
            ("text", 1),
        ] {
            let (town, [kofi, _], [note, _]) = apart(path, his, hers);
            let issue = town.issue("conflict");
            let wanted = issue["detail"]["values"][place].clone();
            let args = match way {
                "index" => json!({"index": place}),
                "value" => json!({"value": wanted}),
                _ => json!({"value": wanted.to_string()}),
            };
            let before = town.news();
            end(&town, &issue, "take", args).unwrap_or_else(|code| panic!("{path} {way} {place}: {code}"));
            town.run();
            let shown = shown(&town, &note);
            assert_eq!(at(&shown, path), &wanted, "{path} {way} {place}");
            assert_eq!(shown["conflicts"], json!([]), "{path} {way} {place}");
            assert_eq!(town.issues(), Vec::<Value>::new(), "{path} {way} {place}");
            assert_eq!(stands(&town, &note, Some(kofi.id)), ("clear", None, None));
            assert!(told(
                &town,
                Audience::Device(kofi.id),
                before,
                NewsKind::Standing,
                &note
            ));
        }
    }
}

#[test]
fn text_that_looks_like_json_can_be_taken_too() {
    for text in ["true", "5", "null"] {
        let (town, _, [note, _]) = apart("actions.a1.what", &json!(text).to_string(), "\"A rail\"");
        let value: Value = serde_json::from_str(text).unwrap();
        end(&town, &town.issue("conflict"), "take", json!({"value": value})).unwrap();
        town.run();
        assert_eq!(at(&shown(&town, &note), "actions.a1.what"), text);
    }
}

#[test]
fn an_attachment_that_is_written_again_keeps_the_rest_of_it() {
    let his = r#"{"media_type":"image/jpeg","caption":"The step","private":"third_party"}"#;
    let hers = r#"{"media_type":"image/jpeg","caption":"The door","bytes":7}"#;
    let (town, _, [note, _]) = apart("attachments.ab", his, hers);
    let issue = town.issue("conflict");
    assert_eq!(issue["detail"]["path"], "attachments.ab.caption");
    end(&town, &issue, "take", json!({"value": "The step"})).unwrap();
    town.run();
    let kept = json!({"id": "ab", "media_type": "image/jpeg", "caption": "The step", "bytes": 7,
                      "private": "third_party"});
    assert_eq!(shown(&town, &note)["attachments"], json!([kept]));
}

#[test]
fn only_one_of_the_values_can_be_taken() {
    let (town, _, [note, _]) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
    let issue = town.issue("conflict");
    let before = shown(&town, &note);
    let lines = [
        json!({}),
        json!({"index": 2}),
        json!({"index": -1}),
        json!({"index": "x"}),
        json!({"index": null}),
        json!({"value": "2027-03-03"}),
        json!({"value": null}),
        json!({"value": ["2027-01-01"]}),
    ];
    for args in lines {
        assert_eq!(
            end(&town, &issue, "take", args.clone()),
            Err(Code::ParameterInvalid),
            "{args}"
        );
    }
    town.run();
    assert_eq!(shown(&town, &note), before);
    assert_eq!(town.issues(), [issue]);
}

#[test]
fn a_phone_that_has_seen_both_ends_the_conflict_by_writing() {
    let (town, [kofi, sian], [mut note, copy]) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
    let id = town.issue("conflict")["id"].as_str().unwrap().to_owned();
    let before = town.news();
    kofi.merge(&mut note, &copy);
    kofi.set(&mut note, "review.due", "\"2027-03-03\"");
    kofi.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(town.issues(), Vec::<Value>::new());
    let settled = town.read(|tx| tx.issue(&id)).unwrap();
    let crate::store::IssueState::Settled { by, action, .. } = settled.state else {
        panic!("still open")
    };
    assert_eq!((by.as_str(), action.as_str()), ("server", "resolved by edit"));
    assert!(told(
        &town,
        Audience::Device(sian.id),
        before,
        NewsKind::Standing,
        &note
    ));
    assert_eq!(stands(&town, &note, Some(sian.id)), ("clear", None, None));
}

#[test]
fn times_of_a_visit_are_no_conflict() {
    let lines = [
        (
            "started_at",
            "\"2026-09-03T09:10:00Z\"",
            "\"2026-09-03T09:20:00Z\"",
            "2026-09-03T09:10:00Z",
        ),
        (
            "ended_at",
            "\"2026-09-03T10:10:00Z\"",
            "\"2026-09-03T10:20:00Z\"",
            "2026-09-03T10:20:00Z",
        ),
    ];
    for (path, his, hers, expected) in lines {
        let (town, _, [note, _]) = apart(path, his, hers);
        assert_eq!(town.issues(), Vec::<Value>::new(), "{path}");
        assert_eq!(shown(&town, &note)[path], expected);
    }
}

#[test]
fn two_fields_are_two_issues_and_the_same_one_is_not_opened_again() {
    let (town, [kofi, sian], [mut note, mut copy]) = apart("review.due", "\"2027-01-01\"", "\"2027-02-02\"");
    kofi.set(&mut note, "actions.a1.done", "true");
    sian.set(&mut copy, "actions.a1.done", "false");
    kofi.publish(&town, &mut note, Some(MARGARET));
    sian.publish(&town, &mut copy, Some(MARGARET));
    assert_eq!(town.issues().len(), 2);
    let before = town.news();
    kofi.type_in(&mut note, "body", 0, "More.");
    kofi.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(town.issues().len(), 2);
    assert!(
        !told(
            &town,
            Audience::Device(sian.id),
            before,
            NewsKind::Standing,
            &note
        ),
        "no news, no row"
    );
    let of_review = town
        .issues()
        .into_iter()
        .find(|issue| issue["detail"]["path"] == "review.due");
    end(&town, &of_review.unwrap(), "take", json!({"index": 0})).unwrap();
    town.run();
    assert_eq!(town.issue("conflict")["detail"]["path"], "actions.a1.done");
    assert_eq!(stands(&town, &note, Some(kofi.id)).0, "conflict", "one is left");
}
