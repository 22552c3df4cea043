//! Notes that have a name and no person yet.

use notes::problem::Code;
use serde_json::{Value, json};

use super::end;
use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town};
use crate::sync::said;

fn named(name: &str) -> (Town, Phone, Copy) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.empty(1);
    phone.set(&mut note, "person_name", &json!(name).to_string());
    phone.set(&mut note, "kind", "\"home_visit\"");
    phone.publish(&town, &mut note, None);
    (town, phone, note)
}

#[test]
fn the_issue_offers_people_of_that_name() {
    let lines = [
        ("margaret", json!(["C1"])),
        (" Oduya ", json!(["C1"])),
        ("r", json!(["C1", "C2", "C3"])),
        ("Nobody", json!([])),
        ("  ", json!([])),
        ("%", json!([])),
        ("_", json!([])),
    ];
    for (name, expected) in lines {
        let (town, _, note) = named(name);
        let issue = town.issue("unmatched_person");
        assert_eq!(issue["note_id"], json!(note.id));
        assert_eq!(issue["person"], Value::Null);
        assert_eq!(issue["detail"]["person_name"], name);
        assert!(
            issue["detail"]["words"].as_str().unwrap().contains(name.trim()),
            "lists show it"
        );
        let mut offered: Vec<&str> = issue["detail"]["candidates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|candidate| candidate["case_id"].as_str().unwrap())
            .collect();
        offered.sort_unstable();
        assert_eq!(json!(offered), expected, "{name}");
    }
}

#[test]
fn matching_writes_the_person_into_the_note() {
    let (town, _, note) = named("Tom");
    let issue = town.issue("unmatched_person");
    let lines = [
        (json!({}), Code::ParameterInvalid),
        (json!({"person": "C77"}), Code::PersonUnknown),
        (json!({"person": ""}), Code::PersonUnknown),
    ];
    for (args, expected) in lines {
        assert_eq!(end(&town, &issue, "match", args.clone()), Err(expected), "{args}");
    }
    end(&town, &issue, "match", json!({"person": "C2"})).unwrap();
    town.run();
    let record = town.read(|tx| tx.document(note.id)).unwrap();
    assert_eq!(record.person, Some(TOM));
    let shown = town.read(|tx| said(tx, note.id)).unwrap();
    assert_eq!(
        (&shown["person"], &shown["person_name"]),
        (&json!(TOM), &json!("Tom"))
    );
    assert_eq!(town.issues(), Vec::<Value>::new());
}

#[test]
fn a_phone_that_learns_who_it_is_ends_the_issue() {
    let (town, phone, mut note) = named("Margaret");
    phone.set(&mut note, "person", &format!("\"{MARGARET}\""));
    phone.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(town.issues(), Vec::<Value>::new());
    assert_eq!(town.read(|tx| tx.document_person(note.id)), Some(MARGARET));
}

#[test]
fn another_name_renews_the_issue() {
    let (town, phone, mut note) = named("Margaret");
    let id = town.issue("unmatched_person")["id"].clone();
    phone.set(&mut note, "person_name", "\"Tom\"");
    phone.publish(&town, &mut note, None);
    let issue = town.issue("unmatched_person");
    assert_eq!(issue["id"], id);
    assert_eq!(issue["detail"]["candidates"][0]["case_id"], "C2");
}
