//! Two case ids that are one human: everything follows, once, and no later file undoes it.

use automerge::ActorId;
use notes::ids::{DocumentId, PersonId};
use notes::note::{Edit, Template, genesis};
use notes::wire::Outcome;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town, ZOE};
use crate::ops::import::{Imported, people};
use crate::store::{EntryState, NewEntry};

fn comes(town: &Town, file: &str) -> Imported {
    let answer = people(&town.core, file.as_bytes(), "client:mosaic").unwrap();
    town.run();
    answer
}

fn merges(town: &Town, old: &str, into: &str) -> Imported {
    comes(town, &format!("case_id,merged_into\n{old},{into}\n"))
}

fn rejected(answer: &Imported) -> Vec<(u64, &str, &str)> {
    let each = answer.rejected.iter();
    each.map(|fault| (fault.line, fault.column.as_str(), fault.reason.as_str()))
        .collect()
}

fn about(town: &Town, note: &Copy) -> Option<PersonId> {
    town.read(|tx| tx.document_person(note.id))
}

fn finished(town: &Town, phone: &Phone, number: u8, person: PersonId) -> Copy {
    let mut note = phone.begin(number, person);
    phone.type_in(&mut note, "body", 0, "We talked.");
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(person));
    note
}

fn kinds(events: &[Value]) -> Vec<(&str, &str)> {
    let each = events.iter();
    each.map(|event| {
        let case_id = event["person"]["case_id"].as_str().unwrap();
        (event["type"].as_str().unwrap(), case_id)
    })
    .collect()
}

fn audited(town: &Town, what: &str) -> Vec<(Option<PersonId>, Value)> {
    let entries = town.read(|tx| tx.audit_after(0, 1_000)).into_iter();
    let of = entries.filter(|record| record.entry.what == what);
    of.map(|record| {
        (
            record.entry.person,
            serde_json::from_str(&record.entry.detail).unwrap(),
        )
    })
    .collect()
}

#[test]
fn notes_follow_with_a_new_version_and_the_trail_names_both() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let note = finished(&town, &phone, 1, MARGARET);
    let mut open = phone.begin(2, MARGARET);
    phone.publish(&town, &mut open, Some(MARGARET));
    let other = finished(&town, &phone, 3, TOM);
    let answer = merges(&town, "C1", "C2");
    assert_eq!((answer.merged, answer.changed, rejected(&answer)), (1, 1, vec![]));
    for note in [&note, &open, &other] {
        assert_eq!(about(&town, note), Some(TOM));
    }
    let events = town.events();
    assert_eq!(
        kinds(&events),
        [
            ("note.finished", "C1"),
            ("note.finished", "C2"),
            ("note.amended", "C2")
        ]
    );
    assert_eq!(events[2]["note_id"], events[0]["note_id"]);
    assert_eq!(events[2]["body"], "We talked.");
    let detail = json!({"case_id": "C1", "into": "C2", "notes": 2});
    let both = [(Some(MARGARET), detail.clone()), (Some(TOM), detail)];
    assert_eq!(audited(&town, "person.merged"), both);
    let old = town.read(|tx| tx.person(MARGARET)).unwrap();
    assert_eq!((old.allocated_worker, old.team), (None, None));
    assert_eq!(town.read(|tx| tx.caseload("W1")), [TOM]);
    // The same file again, and one that says nothing of it.
    let before = (town.news(), town.events());
    assert_eq!(merges(&town, "C1", "C2").unchanged, 1);
    let later = comes(
        &town,
        "case_id,forename,surname\nC1,Margaret,Oduya\nC2,Tom,Bright\n",
    );
    assert_eq!((later.added, later.merged), (0, 0));
    assert_eq!(town.read(|tx| tx.survivor(MARGARET)), TOM);
    assert_eq!(town.read(|tx| tx.person_by_case("C1")).unwrap().id, TOM);
    assert_eq!(town.events(), before.1);
}

#[test]
fn what_a_phone_sends_for_the_old_one_later_is_the_survivors() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut known = finished(&town, &phone, 1, MARGARET);
    let mut waiting = phone.begin(2, MARGARET);
    phone.finish(&mut waiting, "W1");
    // It is in the log and nobody has judged it when the two become one.
    assert_eq!(
        phone.push(&town, &mut waiting, Some(MARGARET)).outcome,
        Outcome::Accepted
    );
    people(&town.core, b"case_id,merged_into\nC1,C2\n", "client:mosaic").unwrap();
    // The desk's own change is not judged yet either when this comes.
    phone.add(&mut known, "a1", "W1", "She rang.");
    assert_eq!(
        phone.push(&town, &mut known, Some(MARGARET)).outcome,
        Outcome::Accepted
    );
    town.run();
    let mut fresh = phone.begin(3, MARGARET);
    phone.finish(&mut fresh, "W1");
    phone.publish(&town, &mut fresh, Some(MARGARET));
    phone.add(&mut fresh, "a2", "W1", "And again.");
    phone.publish(&town, &mut fresh, Some(MARGARET));
    for note in [&known, &waiting, &fresh] {
        assert_eq!(about(&town, note), Some(TOM));
        let held = town.read(|tx| tx.log_of(note.id, &[EntryState::Held, EntryState::Waiting]));
        assert_eq!(held.len(), 0);
    }
    let events = town.events();
    // What nobody had taken under the old case id never goes out under it.
    assert_eq!(kinds(&events)[0], ("note.finished", "C1"));
    assert!(
        kinds(&events)[1..].iter().all(|(_, case_id)| *case_id == "C2"),
        "{events:?}"
    );
    let of = |note: &Copy| {
        let id = note.id.to_string();
        let newest = events.iter().rfind(|event| event["note_id"] == id.as_str());
        newest.unwrap()["addenda"].as_array().unwrap().len()
    };
    assert_eq!((of(&known), of(&waiting), of(&fresh)), (1, 0, 1));
}

#[test]
fn who_may_not_see_the_survivor_may_not_write_for_them_under_the_old_id() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let note = finished(&town, &phone, 1, MARGARET);
    merges(&town, "C1", "C3");
    assert_eq!(about(&town, &note), Some(ZOE));
    let mut late = phone.begin(2, MARGARET);
    let verdict = phone.push(&town, &mut late, Some(MARGARET));
    assert_eq!(
        (verdict.outcome, verdict.code.as_deref()),
        (Outcome::Held, Some("person_unknown"))
    );
    let issue = town.issue("held");
    assert_eq!(issue["person"]["case_id"], "C3");
    let none = serde_json::Map::new();
    let id = issue["id"].as_str().unwrap();
    crate::issues::settle(&town.core, id, "accept", &none, "operator", "We talked.").unwrap();
    town.run();
    assert_eq!(about(&town, &late), Some(ZOE));
}

#[test]
fn what_was_held_for_the_old_one_is_accepted_for_the_survivor() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = finished(&town, &phone, 1, MARGARET);
    // A change after the finish: a person must decide.
    phone.type_in(&mut note, "body", 0, "Later: ");
    phone.push(&town, &mut note, Some(MARGARET));
    town.run();
    let issue = town.issue("held");
    assert_eq!(issue["person"]["case_id"], "C1");
    merges(&town, "C1", "C2");
    let issue = town.issue("held");
    assert_eq!(issue["person"]["case_id"], "C2", "the open issue follows");
    let none = serde_json::Map::new();
    let id = issue["id"].as_str().unwrap();
    crate::issues::settle(&town.core, id, "accept", &none, "operator", "We talked.").unwrap();
    town.run();
    assert_eq!(about(&town, &note), Some(TOM));
    let events = town.events();
    assert!(
        kinds(&events)[1..].iter().all(|(_, case_id)| *case_id == "C2"),
        "{events:?}"
    );
    assert_eq!(events.last().unwrap()["body"], "Later: We talked.");
}

#[test]
fn a_merge_that_cannot_be_is_rejected_by_line() {
    let town = Town::new();
    let nobody = "nobody has this case id";
    let back = "leads back to the same person";
    let stands = "merged into another before, and that stands";
    // One row for one case id: the first was kept, whatever became of it.
    let answer = comes(&town, "case_id,merged_into\nC1,C9\nC1,C2\n");
    let again = "the same as on line 2, which was kept";
    let both = [(2, "merged_into", nobody), (3, "case_id", again)];
    assert_eq!((answer.merged, rejected(&answer)), (0, both.to_vec()));
    for (old, into, reason) in [("C1", "C1", back), ("C2", "C9", nobody)] {
        assert_eq!(
            rejected(&merges(&town, old, into)),
            [(2, "merged_into", reason)],
            "{old}"
        );
    }
    assert_eq!(merges(&town, "C1", "C2").merged, 1);
    for (old, into, reason) in [("C2", "C1", back), ("C2", "C2", back), ("C1", "C3", stands)] {
        assert_eq!(
            rejected(&merges(&town, old, into)),
            [(2, "merged_into", reason)],
            "{old} {into}"
        );
    }
    // The survivor becomes another's in turn; round in a circle it does not go.
    assert_eq!(merges(&town, "C2", "C3").merged, 1);
    for (old, into) in [("C3", "C1"), ("C3", "C2")] {
        assert_eq!(
            rejected(&merges(&town, old, into)),
            [(2, "merged_into", back)],
            "{old} {into}"
        );
    }
    assert_eq!(merges(&town, "C1", "C2").unchanged, 1, "which is the third now");
    for case_id in ["C1", "C2", "C3"] {
        assert_eq!(
            town.read(|tx| tx.person_by_case(case_id)).unwrap().id,
            ZOE,
            "{case_id}"
        );
    }
}

#[test]
fn a_row_under_the_old_case_id_is_the_survivors() {
    let town = Town::new();
    merges(&town, "C1", "C2");
    let phone = |town: &Town| town.read(|tx| tx.person_by_case("C2")).unwrap().phone;
    let answer = comes(&town, "case_id,forename,surname,phone\nC1,Tom,Bright,77\n");
    assert_eq!(
        (answer.added, answer.changed, phone(&town).as_deref()),
        (0, 1, Some("77"))
    );
    let survivor = town.read(|tx| tx.person(TOM)).unwrap();
    assert_eq!(survivor.case_id, "C2", "and keeps their own case id");
    // Where the survivor has a row of their own, that one counts, in whatever order.
    for rows in [
        "C1,Old,Name,11\nC2,Tom,Bright,88\n",
        "C2,Tom,Bright,88\nC1,Old,Name,11\n",
    ] {
        let answer = comes(&town, &format!("case_id,forename,surname,phone\n{rows}"));
        assert_eq!(answer.unchanged + answer.changed, 2);
        assert_eq!(phone(&town).as_deref(), Some("88"), "{rows}");
    }
    // That the old one is gone says nothing of the survivor.
    let answer = comes(&town, "case_id,status\nC1,left\n");
    assert_eq!((answer.unchanged, answer.left.len()), (1, 0));
    assert_eq!(town.read(|tx| tx.person_left(TOM)), None);
}

#[test]
fn a_case_id_that_nobody_knew_leads_to_the_survivor_from_the_start() {
    let town = Town::new();
    assert_eq!(merges(&town, "C77", "C1").merged, 1);
    assert_eq!(town.read(|tx| tx.person_by_case("C77")).unwrap().id, MARGARET);
    let answer = comes(&town, "case_id,forename,surname\nC77,Margaret,Oduya\n");
    assert_eq!(answer.added, 0);
    assert_eq!(merges(&town, "C77", "C1").unchanged, 1);
}

#[test]
fn in_a_file_of_everybody_the_merged_one_does_not_leave_and_the_survivor_stays() {
    let town = Town::new();
    let how = crate::ops::import::How {
        mode: crate::ops::import::Mode::Whole,
        ..crate::ops::import::How::default()
    };
    let file = "case_id,forename,surname,merged_into\nC1,,,C2\nC3,Zoë,Marsh,\n";
    for merged in [1, 0] {
        let answer = crate::ops::import::people_as(&town.core, file.as_bytes(), how, "test").unwrap();
        assert_eq!((answer.merged, answer.left.len()), (merged, 0));
    }
    assert_eq!(town.read(|tx| tx.person_left(MARGARET)), None);
}

/// A page as the first push of a phone sends it.
pub(super) fn page_begins(town: &Town, person: PersonId, words: &str) {
    let mut doc = genesis::document(Template::About);
    doc.set_actor(ActorId::from([7; 16]));
    let mut change = doc.transaction();
    let edit = Edit::Splice {
        field: "please_do".into(),
        at: 0,
        delete: 0,
        insert: words.into(),
    };
    edit.apply(&mut change, Template::About).unwrap();
    change.commit();
    let chunk = doc.save_nocompress();
    let entry = NewEntry {
        document: DocumentId::about(person),
        device: None,
        line: None,
        received_at: 1,
        hash: Sha256::digest(&chunk).into(),
        chunk,
        template: Template::About,
        person: Some(person),
        reason: None,
        pulled_pub: 0,
        state: EntryState::Pending,
        code: None,
    };
    let appended = town.core.store.write(|tx| {
        let mut head = tx.log_head()?;
        tx.log_append(&mut head, &entry)
    });
    appended.unwrap();
}

#[test]
fn a_page_is_begun_for_the_survivor_and_nothing_is_carried_twice() {
    let town = Town::new();
    let (old, page) = (DocumentId::about(MARGARET), DocumentId::about(TOM));
    page_begins(&town, MARGARET, "Knock twice.");
    town.run();
    assert!(town.read(|tx| tx.document(old)).is_some());
    assert_eq!(town.read(|tx| tx.document(page)), None);
    merges(&town, "C1", "C2");
    let said = |town: &Town, page| town.read(|tx| crate::sync::read(tx, page)).unwrap().1.texts;
    assert_eq!(said(&town, page)["please_do"], "Knock twice.");
    assert_eq!(said(&town, old)["please_do"], "Knock twice.", "the old one stays");
    merges(&town, "C2", "C3");
    assert_eq!(said(&town, DocumentId::about(ZOE))["please_do"], "Knock twice.");
}
