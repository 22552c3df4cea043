//! Who hears that a file has come, and that one has not: the case system by a version, a person by an issue.

use super::*;
use crate::attachments::sweep;
use crate::ops::verify::verify;

/// How many files a person is asked for.
fn asked(town: &Town) -> usize {
    town.issues()
        .iter()
        .filter(|issue| issue["kind"] == "missing_attachment")
        .count()
}

fn finished(town: &Town, phone: Phone, bytes: &[u8]) -> Copy {
    let mut note = phone.begin(1, MARGARET);
    name(phone, &mut note, bytes);
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(MARGARET));
    note
}

#[test]
fn bytes_that_come_after_the_event_make_a_new_version() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("bruise");
    let note = finished(&town, kofi, &bytes);
    assert_eq!(newest(&town)[0]["available"], false);
    sends(&town, kofi, note.id, &bytes, 5).unwrap();
    let events = town.events();
    assert_eq!(events.len(), 2);
    assert_eq!(events[1]["type"], "note.amended");
    assert_eq!(events[1]["version"], 2);
    assert_eq!(events[1]["supersedes"], events[0]["event_id"]);
    assert_eq!(events[1]["change_summary"], "A photograph arrived.");
    assert_eq!(newest(&town)[0]["available"], true);
    assert_eq!(newest(&town)[0]["sha256"], AttachmentId::of(&bytes).to_string());
    sends(&town, kofi, note.id, &bytes, 5).unwrap();
    assert_eq!(town.events().len(), 2, "the same file again is no news");
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
}

#[test]
fn bytes_that_are_there_first_are_in_the_first_event() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("bruise");
    let mut note = kofi.begin(1, MARGARET);
    name(kofi, &mut note, &bytes);
    kofi.push(&town, &mut note, Some(MARGARET));
    // Accepted, and not judged yet.
    sends(&town, kofi, note.id, &bytes, 5).unwrap();
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(town.events().len(), 1);
    assert_eq!(newest(&town)[0]["available"], true);
    kofi.add(&mut note, "z", "W1", "More.");
    kofi.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(newest(&town)[0]["available"], true, "and stays so");
}

#[test]
fn a_person_is_asked_for_a_file_that_does_not_come_and_not_any_more_when_it_does() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("bruise");
    let note = finished(&town, kofi, &bytes);
    let open = noted(&town, kofi, 2, &photo("of an open note"));
    town.clock.forward(DAY_MS - 1);
    sweep(&town.core).unwrap();
    assert_eq!(asked(&town), 0, "a day has not passed");
    town.clock.forward(1);
    sweep(&town.core).unwrap();
    let issue = town.issue("missing_attachment");
    assert_eq!(issue["note_id"], note.id.to_string());
    assert_ne!(
        issue["note_id"],
        open.id.to_string(),
        "an open note is not asked for"
    );
    assert_eq!(issue["worker_id"], "W1");
    assert_eq!(issue["detail"]["sha256"], AttachmentId::of(&bytes).to_string());
    sweep(&town.core).unwrap();
    assert_eq!(town.issue("missing_attachment")["id"], issue["id"], "asked once");
    sends(&town, kofi, note.id, &bytes, 5).unwrap();
    assert_eq!(asked(&town), 0, "it settles itself");
}

#[test]
fn who_said_that_it_will_not_come_is_not_asked_again() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    finished(&town, kofi, &photo("bruise"));
    town.clock.forward(2 * DAY_MS);
    sweep(&town.core).unwrap();
    let issue = town.issue("missing_attachment");
    assert_eq!(issue["actions"], serde_json::json!(["ask_again", "close"]));
    let id = issue["id"].as_str().unwrap();
    crate::issues::settle(
        &town.core,
        id,
        "close",
        &serde_json::Map::new(),
        "operator",
        "The phone drowned.",
    )
    .unwrap();
    sweep(&town.core).unwrap();
    assert_eq!(asked(&town), 0);
}

#[test]
fn a_rebuild_forgets_neither_what_is_here_nor_since_when_it_is_missed() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let (here, missed) = (photo("here"), photo("missed"));
    let mut note = kofi.begin(1, MARGARET);
    name(kofi, &mut note, &here);
    name(kofi, &mut note, &missed);
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(MARGARET));
    sends(&town, kofi, note.id, &here, 5).unwrap();
    town.clock.forward(DAY_MS);
    crate::sync::reproject(&town.core).unwrap();
    sweep(&town.core).unwrap();
    let issue = town.issue("missing_attachment");
    assert_eq!(issue["detail"]["sha256"], AttachmentId::of(&missed).to_string());
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
}

#[test]
fn an_altered_file_is_found() {
    for (sql, part) in [
        (
            "UPDATE piece SET data = x'00'",
            "its bytes are not those of its hash",
        ),
        ("DELETE FROM piece", "its bytes are not those of its hash"),
        (
            "UPDATE attachment SET bytes = bytes - 1",
            "its bytes are not those of its hash",
        ),
        (
            "DELETE FROM named",
            "its files are not those that its chunks name",
        ),
    ] {
        let town = Town::new();
        let kofi = town.phone("W1", 1);
        let bytes = photo("bruise");
        let note = finished(&town, kofi, &bytes);
        sends(&town, kofi, note.id, &bytes, 5).unwrap();
        let done = town.core.store.write(|tx| {
            tx.tamper(sql);
            Ok::<_, crate::store::StoreError>(())
        });
        done.unwrap();
        let verified = verify(&town.core).unwrap();
        assert_eq!(verified.attachments, 1);
        assert!(
            verified.differences.iter().any(|d| d.ends_with(part)),
            "{sql}: {:?}",
            verified.differences
        );
    }
}
