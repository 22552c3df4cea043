//! Notes that are taken back: the case systems are told, with a reason and without what was written.

use notes::problem::Code;
use serde_json::{Value, json};

use super::town::{Copy, MARGARET, Phone, Town, client};
use crate::export::{outstanding, receipts};

/// Two finished notes of one visit.
fn pair() -> (Town, Phone, [Copy; 2]) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let notes = [1, 2].map(|number| {
        let mut note = phone.begin(number, MARGARET);
        phone.type_in(&mut note, "body", 0, "A secret of the neighbour's.");
        phone.mark(&mut note, "body", (0, 8), "third_party");
        phone.set(&mut note, "feedback", r#"{"words":"A secret"}"#);
        phone.set(&mut note, "actions.x", r#"{"what":"A secret"}"#);
        phone.set(&mut note, "ended_at", "\"2026-09-03T10:15:00Z\"");
        phone.finish(&mut note, "W1");
        phone.publish(&town, &mut note, Some(MARGARET));
        note
    });
    (town, phone, notes)
}

fn settle(town: &Town, note: &str) -> Result<Value, Code> {
    let issue = town.issue("possible_duplicate");
    let args = json!({ "note": note }).as_object().unwrap().clone();
    let id = issue["id"].as_str().unwrap();
    crate::issues::settle(&town.core, id, "withdraw", &args, "operator", "Written twice.")
        .map_err(|refused| refused.code())
}

#[test]
fn one_of_two_notes_is_taken_back_with_a_reason_and_no_body() {
    let (town, _, notes) = pair();
    let note = notes[1].id.to_string();
    settle(&town, &note).unwrap();
    let events = town.events();
    assert_eq!(events.len(), 3);
    let event = &events[2];
    assert_eq!(
        (&event["type"], &event["reason"]),
        (&json!("note.withdrawn"), &json!("Written twice."))
    );
    assert_eq!((&event["note_id"], &event["version"]), (&json!(note), &json!(2)));
    assert_eq!(event["supersedes"], events[1]["event_id"]);
    assert_eq!(event["person"]["case_id"], "C1");
    assert_eq!(event["title"], "Home visit, 3 September 2026");
    assert!(!event.to_string().to_lowercase().contains("secret"), "{event}");
    assert_eq!(
        event.as_object().unwrap().len(),
        events[0].as_object().unwrap().len(),
        "all members are there"
    );
    assert_eq!(town.issues(), Vec::<Value>::new());
    // It wants a receipt too.
    let open = outstanding(&town.core, &client("mosaic"), 10).unwrap();
    assert_eq!(open["outstanding"].as_array().unwrap().len(), 3);
    let receipt = json!([{"event_id": event["event_id"], "sha256": event["sha256"], "outcome": "imported"}]);
    let said = receipts(&town.core, &client("mosaic"), receipt.to_string().as_bytes()).unwrap();
    assert_eq!(said[0]["status"], "accepted");
}

#[test]
fn what_is_written_in_it_later_stays_here() {
    let (town, phone, mut notes) = pair();
    settle(&town, &notes[1].id.to_string()).unwrap();
    phone.add(&mut notes[1], "a", "W1", "One more thing.");
    phone.publish(&town, &mut notes[1], Some(MARGARET));
    assert_eq!(town.events().len(), 3);
    // The other one goes on as before.
    phone.add(&mut notes[0], "a", "W1", "One more thing.");
    phone.publish(&town, &mut notes[0], Some(MARGARET));
    assert_eq!(town.events().len(), 4);
    assert_eq!(
        town.issues(),
        Vec::<Value>::new(),
        "nobody is asked again about the two"
    );
}

#[test]
fn only_one_of_the_two_and_only_what_was_sent_can_be_taken_back() {
    let (town, phone, _) = pair();
    for note in ["", "x", "01a0668c-d220-7101-8101-090909090909"] {
        assert_eq!(settle(&town, note).unwrap_err(), Code::ParameterInvalid, "{note}");
    }
    assert_eq!(town.events().len(), 2);
    assert_eq!(town.issues().len(), 1, "a refusal settles nothing");
    let mut open = phone.begin(3, MARGARET);
    phone.publish(&town, &mut open, Some(MARGARET));
    assert_eq!(town.events().len(), 2);
}
