//! When a note becomes a version, and when it does not.

use serde_json::{Map, Value, json};

use super::town::{MARGARET, MORNING, Phone, TOM, Town};
use crate::issues;
use crate::store::{Audience, NewsKind};

fn finished(town: &Town, phone: Phone) -> super::town::Copy {
    let mut note = phone.begin(1, MARGARET);
    phone.set(&mut note, "workers.W2", r#"{"joined_at":"2026-09-03T09:20:00Z"}"#);
    phone.type_in(&mut note, "body", 0, "Rose pays the rent.");
    phone.set(&mut note, "actions.a1", r#"{"what":"Order a rail"}"#);
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(MARGARET));
    note
}

#[test]
fn an_open_note_stays_in_the_house() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, "Not done yet.");
    phone.publish(&town, &mut note, Some(MARGARET));
    assert!(town.read(|tx| tx.document(note.id)).is_some(), "it was published");
    assert_eq!(town.events(), Vec::<Value>::new());
    assert!(town.read(|tx| tx.version_newest(note.id)).is_none());
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(town.events().len(), 1);
}

#[test]
fn what_is_added_later_makes_the_next_version() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = finished(&town, phone);
    town.clock.forward(86_400_000);
    phone.add(&mut note, "z1", "W1", "The rail is in.");
    phone.mark(&mut note, "body", (0, 4), "third_party");
    phone.set(&mut note, "actions.a1.private", "\"do_not_share\"");
    phone.publish(&town, &mut note, Some(MARGARET));
    let events = town.events();
    assert_eq!(events.len(), 2);
    let [first, second] = [&events[0], &events[1]];
    let lines = [
        ("type", json!("note.amended")),
        ("version", json!(2)),
        ("supersedes", first["event_id"].clone()),
        ("note_id", first["note_id"].clone()),
        ("body", first["body"].clone()),
        (
            "change_summary",
            json!(
                "Addendum added by Kofi Mensah on 4 September 2026. Action marked do not share. \
                 Passage marked third party."
            ),
        ),
    ];
    for (name, expected) in lines {
        assert_eq!(second[name], expected, "{name}");
    }
    assert_ne!(second["event_id"], first["event_id"]);
    assert_ne!(second["sha256"], first["sha256"]);
    assert_eq!(first["received_at"], "2026-09-21T14:13:20Z");
    assert_eq!(second["received_at"], "2026-09-22T14:13:20Z");
    let newest = town.read(|tx| tx.version_newest(note.id)).unwrap();
    assert_eq!(
        (newest.version, newest.event_id.as_str()),
        (2, second["event_id"].as_str().unwrap())
    );
}

#[test]
fn what_no_reader_sees_makes_no_version_but_moves_the_heads() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = kofi.begin(1, MARGARET);
    kofi.set(&mut note, "workers.W2", r#"{"joined_at":"2026-09-03T09:20:00Z"}"#);
    let mut hers = sian.join(&note);
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(MARGARET));
    let before = town.read(|tx| tx.version_newest(note.id)).unwrap();
    let news = town.news();
    // Written before she knew of the finish, and only the time that she spent.
    sian.set(&mut hers, "recording_ms.hers", "5000");
    sian.publish(&town, &mut hers, Some(MARGARET));
    let after = town.read(|tx| tx.version_newest(note.id)).unwrap();
    assert_eq!(town.events().len(), 1);
    assert_eq!((after.version, &after.event_id), (1, &before.event_id));
    assert_ne!(after.heads, before.heads);
    let told = town.read(|tx| tx.news_for(Audience::Device(sian.id), news, 100));
    assert!(
        told.iter()
            .any(|n| n.kind == NewsKind::Version && n.key == note.id.0),
        "{told:?}"
    );
}

#[test]
fn the_same_entry_again_makes_nothing() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let note = finished(&town, phone);
    let chunk: Vec<minicbor::bytes::ByteVec> = vec![note.doc.save_nocompress().into()];
    let before = town.read(|tx| tx.version_newest(note.id));
    phone.send(&town, note.id, Some(MARGARET), chunk);
    town.run();
    assert_eq!(town.events().len(), 1);
    assert_eq!(town.read(|tx| tx.version_newest(note.id)), before);
}

#[test]
fn a_new_name_of_a_person_or_worker_makes_no_version() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = finished(&town, phone);
    let first = town.events().remove(0);
    let rename = |tx: &crate::store::Tx<'_>| {
        let mut margaret = tx.person(MARGARET)?.unwrap();
        margaret.name = "Margaret Ade".into();
        tx.person_put(&margaret)?;
        let mut kofi = tx.worker("W1")?.unwrap();
        kofi.name = "Kofi Boateng".into();
        tx.worker_put(&kofi)
    };
    town.core.store.write(rename).unwrap();
    // A mark that stands already: a new change, and nothing new to see.
    phone.set(&mut note, "actions.a1.private", "\"third_party\"");
    phone.publish(&town, &mut note, Some(MARGARET));
    phone.set(&mut note, "actions.a1.private", "\"third_party\"");
    phone.mark(&mut note, "body", (0, 4), "third_party");
    phone.publish(&town, &mut note, Some(MARGARET));
    let events = town.events();
    assert_eq!(events.len(), 3);
    assert_eq!(events[0], first, "what was said stays said");
    assert_eq!(events[1]["change_summary"], "Action marked third party.");
    assert_eq!(events[2]["change_summary"], "Passage marked third party.");
    assert_eq!(events[2]["person"]["name"], "Margaret Ade");
    assert_eq!(events[2]["authors"][0]["name"], "Kofi Boateng");
}

#[test]
fn a_note_with_only_a_name_waits_until_somebody_says_who_it_is() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.empty(1);
    phone.set(&mut note, "person_name", "\"Margaret\"");
    phone.set(&mut note, "kind", "\"phone_call\"");
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, None);
    assert_eq!(town.events(), Vec::<Value>::new());
    let issue = town.issue("unmatched_person");
    let args: Map<String, Value> = [("person".to_owned(), json!("C1"))].into_iter().collect();
    let id = issue["id"].as_str().unwrap();
    issues::settle(&town.core, id, "match", &args, "operator", "She told me.").unwrap();
    town.run();
    let events = town.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "note.finished");
    assert_eq!(events[0]["person"]["case_id"], "C1");
    assert_eq!(events[0]["title"], "Phone call");
    assert_eq!(events[0]["started_at"], Value::Null);
    assert_eq!(town.issues(), Vec::<Value>::new());
}

#[test]
fn everybody_who_holds_the_note_hears_of_its_version() {
    let town = Town::new();
    let (kofi, sian, ana) = (town.phone("W1", 1), town.phone("W2", 2), town.phone("W3", 3));
    let mut note = kofi.begin(1, TOM);
    kofi.publish(&town, &mut note, Some(TOM));
    let mut hers = sian.join(&note);
    sian.type_in(&mut hers, "body", 0, "I was there too.");
    sian.publish(&town, &mut hers, Some(TOM));
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(TOM));
    let heard = |audience: Audience<'_>| {
        let news = town.read(|tx| tx.news_for(audience, 0, 100));
        news.iter()
            .any(|n| n.kind == NewsKind::Version && n.key == note.id.0)
    };
    assert!(heard(Audience::Person(TOM)));
    assert!(heard(Audience::Device(kofi.id)));
    assert!(heard(Audience::Device(sian.id)));
    assert!(!heard(Audience::Device(ana.id)), "she has nothing to do with it");
    assert!(!heard(Audience::Person(MARGARET)));
    let authors = &town.events()[0]["authors"];
    assert_eq!(authors[0]["worker_id"], "W1");
    assert_eq!(authors[1], json!({"worker_id": "W2", "name": "Siân Powell"}));
    assert_eq!(MORNING, 1_788_426_900_000);
}
