//! A note goes for good: its bytes, and what was made of them; its place in the log and in the count of both sides
//! stays, and whoever brings it again is told.

use notes::ids::DocumentId;
use notes::problem::Code;
use notes::wire::Outcome;
use serde_json::{Value, json};

use crate::attachments::tests::{key, name, photo, sends, starts, who};
use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town, client};
use crate::export::{Asked, Format, days, feed, outstanding, receipts};
use crate::ops::verify::verify;
use crate::store::{EntryState, StoreError};
use crate::sync::{Removed, Why, erase, reproject};

const WORDS: &str = "Her neighbour Mr Whitcombe keeps her pension book";

/// Kofi's finished note about Margaret, in two versions, the second of which came as a change.
fn noted(town: &Town, phone: Phone, number: u8) -> Copy {
    let mut note = phone.begin(number, MARGARET);
    phone.type_in(&mut note, "body", 0, WORDS);
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(MARGARET));
    phone.add(&mut note, "a", "W1", WORDS);
    phone.publish(town, &mut note, Some(MARGARET));
    note
}

fn removed(town: &Town, note: DocumentId) -> Option<Removed> {
    let host = &town.core.host;
    let done = town
        .core
        .store
        .write(|tx| erase(tx, host, note, Why::Retention, "operator"));
    assert!(town.core.store.clear_changes().unwrap());
    done.unwrap()
}

/// Whether the text stands anywhere in the database or beside it.
fn stands(town: &Town, text: &str) -> bool {
    let files = std::fs::read_dir(&town.core.folder).unwrap();
    let contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let mut contents = contents.filter(|bytes| !bytes.is_empty());
    contents.any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

fn page(town: &Town, format: Format) -> String {
    let asked = Asked {
        after: None,
        limit: 100,
        format,
    };
    String::from_utf8(feed(&town.core, asked).unwrap().lines).unwrap()
}

#[test]
fn its_bytes_go_from_the_disk_and_its_place_stays() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let note = noted(&town, phone, 1);
    let other = noted(&town, phone, 2);
    let before = town.read(|tx| tx.log_after(0, 100));
    assert!(stands(&town, WORDS));
    let went = removed(&town, note.id).unwrap();
    assert_eq!((went.entries, went.versions), (2, 2));
    assert!(stands(&town, WORDS), "the other note says the same");
    removed(&town, other.id).unwrap();
    assert!(!stands(&town, WORDS), "no byte of it is left");
    assert_eq!(removed(&town, note.id), None, "it goes once");

    let after = town.read(|tx| tx.log_after(0, 100));
    assert_eq!(after.len(), before.len() + 2, "a tombstone for each");
    for (was, is) in before.iter().zip(&after) {
        assert_eq!((was.seq, was.chain), (is.seq, is.chain));
        assert_eq!(
            (was.entry.hash, was.entry.received_at),
            (is.entry.hash, is.entry.received_at)
        );
        assert_eq!(
            (was.entry.document, was.entry.device),
            (is.entry.document, is.entry.device)
        );
        assert_eq!((is.entry.state, is.entry.person), (EntryState::Erased, None));
        assert!(is.entry.chunk.is_empty());
    }
    let stone = String::from_utf8(after.last().unwrap().entry.chunk.clone()).unwrap();
    let stone: Value = serde_json::from_str(&stone).unwrap();
    assert_eq!(
        (&stone["document"], &stone["removed"]),
        (&json!(other.id), &json!("retention"))
    );
    let verified = verify(&town.core).unwrap();
    assert_eq!((verified.differences, verified.documents), (Vec::new(), 0));
    assert_eq!(reproject(&town.core).unwrap(), 0);
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
    // What a backup has is the same, and as whole.
    let restored = town.restored(&town.backup());
    assert_eq!(verify(&restored.core).unwrap().differences, [""; 0]);
}

#[test]
fn who_removed_what_and_why_stands_in_the_audit_without_a_word_of_it() {
    let town = Town::new();
    let note = noted(&town, town.phone("W1", 1), 1);
    removed(&town, note.id);
    let audit = town.read(|tx| tx.audit_after(0, 100)).pop().unwrap().entry;
    assert_eq!(
        (audit.who.as_str(), audit.what.as_str()),
        ("operator", "note.removed")
    );
    assert_eq!((audit.person, audit.document), (Some(MARGARET), Some(note.id)));
    let detail: Value = serde_json::from_str(&audit.detail).unwrap();
    assert_eq!(
        detail,
        json!({"reason": "retention", "versions": 2, "entries": 2})
    );
}

#[test]
fn whoever_brings_it_again_is_told_and_nothing_of_it_is_kept() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = noted(&town, kofi, 1);
    let mut hers = sian.join(&note);
    let untouched = kofi.begin(1, MARGARET);
    removed(&town, note.id);
    let head = town.read(|tx| tx.log_head());
    kofi.add(&mut note, "b", "W1", "Something new");
    sian.add(&mut hers, "c", "W2", "Something else");
    let mut old = untouched.clone();
    let told = [
        kofi.push(&town, &mut note, Some(MARGARET)),
        sian.push(&town, &mut hers, Some(MARGARET)),
        kofi.push(&town, &mut old, Some(MARGARET)),
        kofi.push(&town, &mut untouched.clone(), None),
        kofi.push(&town, &mut untouched.clone(), Some(TOM)),
    ];
    for (n, verdict) in told.iter().enumerate() {
        assert_eq!((verdict.outcome, verdict.seq), (Outcome::Gone, 0), "push {n}");
    }
    town.run();
    assert_eq!(town.read(|tx| tx.log_head()), head);
    assert_eq!(town.read(|tx| tx.followers(note.id)), []);
    assert_eq!(town.issues(), Vec::<Value>::new());
    assert!(!stands(&town, "Something new"));
    // And what else they write is taken as ever.
    noted(&town, kofi, 3);
}

#[test]
fn a_phone_that_had_pulled_everything_goes_on_from_where_it_was() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let note = noted(&town, phone, 1);
    let head = town.read(|tx| tx.published_head());
    removed(&town, note.id);
    assert_eq!(town.read(|tx| tx.published_head()), head, "numbers only grow");
    noted(&town, phone, 2);
    assert!(town.read(|tx| tx.published_head()) > head);
}

#[test]
fn case_systems_go_on_counting_the_same_and_read_nothing_of_it() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    noted(&town, phone, 1);
    let note = noted(&town, phone, 2);
    let (before, counted) = (town.events(), days(&town.core, None, None).unwrap());
    let refused = json!([{"event_id": before[2]["event_id"], "sha256": before[2]["sha256"], "outcome": "refused",
        "reason_code": "no", "reason": WORDS}]);
    receipts(&town.core, &client("mosaic"), refused.to_string().as_bytes()).unwrap();
    removed(&town, note.id);

    let after = town.events();
    assert_eq!(after[..2], before[..2], "the other note's lines are as they were");
    for (was, is) in before[2..].iter().zip(&after[2..]) {
        assert_eq!(
            (&is["type"], &is["reason"]),
            (&json!("note.removed"), &json!("retention"))
        );
        for same in [
            "event_id",
            "cursor",
            "note_id",
            "version",
            "supersedes",
            "received_at",
            "sha256",
        ] {
            assert_eq!(was[same], is[same], "{same}");
        }
        for none in [
            "person",
            "title",
            "kind",
            "started_at",
            "ended_at",
            "finished_at",
            "change_summary",
            "feedback",
            "review",
        ] {
            assert_eq!(is[none], Value::Null, "{none}");
        }
        for empty in [
            "authors",
            "present",
            "outcomes",
            "actions",
            "private",
            "attachments",
            "addenda",
        ] {
            assert_eq!(is[empty], json!([]), "{empty}");
        }
        assert_eq!(is["body"], "");
        let members = |event: &Value| event.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members(was), members(is), "all members are there, and no others");
    }
    assert_eq!(days(&town.core, None, None).unwrap(), counted);
    // Removed lines want no receipt, and one that comes late is taken and asks nobody anything.
    let open = outstanding(&town.core, &client("mosaic"), 10).unwrap();
    assert_eq!(open["outstanding"].as_array().unwrap().len(), 2);
    let late = json!([{"event_id": before[3]["event_id"], "sha256": before[3]["sha256"], "outcome": "refused",
        "reason": WORDS}]);
    let said = receipts(&town.core, &client("mosaic"), late.to_string().as_bytes()).unwrap();
    assert_eq!(said[0]["status"], "accepted");
    assert_eq!(town.issues(), Vec::<Value>::new());
    let kept = town.read(|tx| tx.receipts(before[3]["event_id"].as_str().unwrap()));
    assert_eq!(kept[0].state.reason, None);
    let csv = page(&town, Format::Csv);
    assert_eq!(csv.matches("note.removed").count(), 2);
    let fhir = page(&town, Format::Fhir);
    assert_eq!(fhir.lines().count(), 4);
    for text in [&csv, &fhir] {
        assert_eq!(text.contains("Margaret"), text.contains(WORDS));
    }
}

#[test]
fn a_file_goes_with_its_last_note() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let (shared, alone) = (
        photo("the stairs of number nine"),
        photo("the kitchen of number nine"),
    );
    let notes = [1, 2].map(|number| {
        let mut note = phone.begin(number, MARGARET);
        name(phone, &mut note, &shared);
        if number == 1 {
            name(phone, &mut note, &alone);
        }
        phone.publish(&town, &mut note, Some(MARGARET));
        sends(&town, phone, note.id, &shared, 10).unwrap();
        note
    });
    sends(&town, phone, notes[0].id, &alone, 10).unwrap();
    assert!(stands(&town, "the kitchen of number nine") && stands(&town, "the stairs of number nine"));
    removed(&town, notes[0].id);
    assert!(!stands(&town, "the kitchen of number nine"));
    assert!(
        stands(&town, "the stairs of number nine"),
        "the other note holds it too"
    );
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
    let late = starts(&town, phone, notes[0].id, &shared);
    assert!(
        matches!(
            &late,
            Err(crate::attachments::Declined::Refused(Code::WithdrawnNote))
        ),
        "{late:?}"
    );
    removed(&town, notes[1].id);
    assert!(!stands(&town, "the stairs of number nine"));
    assert_eq!(town.read(|tx| tx.attachments_after(None, 10)), []);
    assert_eq!(
        town.read(|tx| tx.uploads_of(key(phone, notes[0].id, &shared).device))
            .files,
        0
    );
    assert_eq!(who(&town, phone.id).device.id, phone.id);
}

#[test]
fn what_was_asked_about_it_is_settled_without_words() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let (first, second) = (noted(&town, phone, 1), noted(&town, phone, 2));
    let asked = town.issue("possible_duplicate");
    removed(&town, first.id);
    assert_eq!(town.issues(), Vec::<Value>::new());
    let issue = town.read(|tx| tx.issue(asked["id"].as_str().unwrap())).unwrap();
    assert_eq!(issue.opened.detail, "{}");
    assert_eq!(
        issue.opened.document,
        Some(second.id),
        "it stood at the other one"
    );
    assert!(town.read(|tx| tx.document(second.id)).is_some());
}

#[test]
fn half_of_it_never_happens() {
    let town = Town::new();
    let note = noted(&town, town.phone("W1", 1), 1);
    let before = (town.events(), town.read(|tx| tx.log_head()));
    let host = &town.core.host;
    let failed: Result<(), StoreError> = town.core.store.write(|tx| {
        erase(
            tx,
            host,
            note.id,
            Why::Order("By order of the court."),
            "operator",
        )?;
        Err(StoreError::Inconsistent("the power went"))
    });
    assert!(failed.is_err());
    assert_eq!((town.events(), town.read(|tx| tx.log_head())), before);
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
    assert!(stands(&town, WORDS));
}

#[test]
fn a_restored_server_has_again_what_its_backup_had_and_removes_it_again() {
    let town = Town::new();
    let note = noted(&town, town.phone("W1", 1), 1);
    let backup = town.backup();
    removed(&town, note.id);
    let restored = town.restored(&backup);
    assert_eq!(verify(&restored.core).unwrap().documents, 1);
    assert!(removed(&restored, note.id).is_some());
    assert!(!stands(&restored, WORDS));
    assert_eq!(verify(&restored.core).unwrap().differences, [""; 0]);
}
