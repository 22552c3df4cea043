//! Never: a finished note is silently changed.

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc as _, ScalarValue};
use doorstep_tests::hostile::{Outlaw, change, push, text, typed};
use doorstep_tests::{Phone, Village};
use notes::ids::{Actor, DocumentId};
use notes::note::Edit;
use notes::note::edit::Scalar;
use serde_json::json;

/// A finished note that everybody has seen.
fn finished(v: &Village, phone: &mut Phone) -> DocumentId {
    let note = phone.new_note("P104201", "home_visit");
    phone.types(note, "Bruised hip, no fracture.");
    phone.sets(note, "actions.+", json!({"what": "ring the GP"}));
    phone.finishes(note);
    v.until_quiet(&mut [phone]);
    note
}

#[test]
fn the_phone_refuses_and_takes_what_may_be_added() {
    let mut v = Village::new(701);
    let mut kofi = v.phone("W105");
    let note = finished(&v, &mut kofi);
    let before = kofi.document(note).unwrap().get_heads();
    let action = kofi.reads(note)["actions"][0]["id"].as_str().map(str::to_owned);
    let book = kofi.notebook();
    assert!(book.type_text(note, "body", None, 0, "x", 0).is_err());
    assert!(book.type_text(note, "analysis", Some(0), 0, "x", 0).is_err());
    for (path, value) in [
        ("kind", json!("phone_call")),
        ("ended_at", json!("2026-09-01T10:00:00Z")),
        ("feedback", json!({"was_it_useful": "yes"})),
        ("outcomes.+", json!({"text": "more"})),
        ("review", json!({"due": "2027-01-01"})),
        ("addenda.+", json!({"text": "by the side door"})),
        ("finished", json!(null)),
    ] {
        assert!(book.set(note, path, &value).is_err(), "{path}");
    }
    if let Some(action) = action {
        assert!(
            book.set(note, &format!("actions.{action}"), &json!(null))
                .is_err()
        );
        assert!(
            book.set(note, &format!("actions.{action}.done"), &json!(true))
                .is_err()
        );
    }
    assert!(book.join(note).is_err());
    assert_eq!(
        kofi.document(note).unwrap().get_heads(),
        before,
        "nothing was written"
    );
    kofi.adds(note, "X-ray came back clear.");
    kofi.notebook().mark(note, "body", 0, 7, "do_not_share").unwrap();
    v.until_quiet(&mut [&mut kofi]);
    assert!(v.admin().issues().is_empty(), "what may be added is not held");
}

/// The edits know better than to finish a note twice, so this is written past them.
fn another_finish(doc: &mut Automerge, actor: Actor) -> Vec<u8> {
    doc.set_actor(ActorId::from(&actor.0[..]));
    let mut tx = doc.transaction();
    let finished = tx.put_object(ROOT, "finished", ObjType::Map).unwrap();
    tx.put(&finished, "at", ScalarValue::Timestamp(3)).unwrap();
    tx.put(&finished, "author", "W101").unwrap();
    let (hash, _) = tx.commit_with(CommitOptions::default());
    doc.get_change_by_hash(&hash.unwrap())
        .unwrap()
        .raw_bytes()
        .to_vec()
}

/// Sends a change made after the finish by a device that has seen it; true where it is published.
fn gets_through(v: &Village, note: DocumentId, outlaw: &mut Outlaw, edits: &[Edit]) -> bool {
    let mut doc = outlaw.fetches(note).unwrap();
    let before = doc.get_heads();
    let chunk = if edits.is_empty() {
        another_finish(&mut doc, outlaw.actor)
    } else {
        change(&mut doc, outlaw.actor, edits)
    };
    outlaw.pushes(vec![push(note, Some(v.admin().person("P104201")), vec![chunk])]);
    v.server.settle();
    outlaw.fetches(note).unwrap().get_heads() != before
}

#[test]
fn a_change_after_the_finish_is_held_when_a_phone_sends_it_all_the_same() {
    let put = |path: &str, value| Edit::Put {
        path: path.into(),
        value,
    };
    let lines: [(&str, Vec<Edit>); 7] = [
        ("words", vec![typed(0, "NOT a ")]),
        (
            "a deletion",
            vec![Edit::Splice {
                field: "body".into(),
                at: 0,
                delete: 12,
                insert: String::new(),
            }],
        ),
        ("another kind", vec![text("kind", "phone_call")]),
        ("an end", vec![put("ended_at", Some(Scalar::Time(5)))]),
        ("an outcome", vec![text("outcomes.x.text", "happy")]),
        ("another finish", Vec::new()),
        (
            "words behind an addendum",
            vec![text("addenda.y.text", "fine"), typed(0, "NOT a ")],
        ),
    ];
    for (what, edits) in lines {
        let mut v = Village::new(702);
        let mut kofi = v.phone("W105");
        let mut outlaw = Outlaw::of(&v, "W105");
        let note = finished(&v, &mut kofi);
        assert!(!gets_through(&v, note, &mut outlaw, &edits), "{what}");
        let issue = v.admin().issue("held", note);
        assert_eq!(issue["detail"]["code"], "changed_after_finish", "{what}");
        v.until_quiet(&mut [&mut kofi]);
        assert_eq!(kofi.body(note), "Bruised hip, no fracture.", "{what}");
        assert_eq!(v.case_system().takes_all().len(), 1, "{what}: no version 2");
    }
}

/// What may be added is let through by the same way, so it is the rule that holds the others.
#[test]
fn an_addendum_by_the_same_way_goes_through() {
    let mut v = Village::new(703);
    let mut kofi = v.phone("W105");
    let mut outlaw = Outlaw::of(&v, "W105");
    let note = finished(&v, &mut kofi);
    let addendum = [
        Edit::Put {
            path: "addenda.y.at".into(),
            value: Some(Scalar::Time(v.time.now())),
        },
        text("addenda.y.author", "W105"),
        text("addenda.y.text", "X-ray came back clear."),
    ];
    assert!(gets_through(&v, note, &mut outlaw, &addendum));
    assert!(v.admin().issues().is_empty());
    assert_eq!(v.case_system().takes_all().len(), 2);
}

/// A change made beside the finish, but sent by a device that had already been given the finish, is no
/// honest coincidence.
#[test]
fn a_concurrent_change_of_one_who_knew_is_held() {
    let mut v = Village::new(704);
    let mut kofi = v.phone("W105");
    let mut outlaw = Outlaw::of(&v, "W105");
    let person = Some(v.admin().person("P104201"));
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Bruised hip, no fracture.");
    v.until_quiet(&mut [&mut kofi]);
    let mut before_the_finish = outlaw.fetches(note).unwrap();
    let chunk = change(&mut before_the_finish, outlaw.actor, &[typed(0, "NOT a ")]);
    kofi.finishes(note);
    v.until_quiet(&mut [&mut kofi]);
    outlaw.catches_up();
    outlaw.pushes(vec![push(note, person, vec![chunk])]);
    v.server.settle();
    assert_eq!(
        v.admin().issue("held", note)["detail"]["code"],
        "changed_after_finish"
    );
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(kofi.body(note), "Bruised hip, no fracture.");
    assert_eq!(v.case_system().takes_all().len(), 1);
}

/// A colleague who wrote on without knowing is not held: both are merged, and the case system is told
/// with a new version.
#[test]
fn truly_concurrent_words_are_merged_and_told() {
    let mut v = Village::new(705);
    let mut kofi = v.phone("W105");
    let mut ruth = v.phone("W101");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Bruised hip.");
    v.until_quiet(&mut [&mut kofi]);
    ruth.joins(note);
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    ruth.types(note, " No fracture.");
    kofi.finishes(note);
    kofi.syncs_well();
    v.server.settle();
    let mut mosaic = v.case_system();
    assert_eq!(mosaic.takes_all().len(), 1);
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    for phone in [&mut ruth, &mut kofi] {
        assert_eq!(phone.body(note), "Bruised hip. No fracture.");
        assert!(phone.has_finished(note));
    }
    let events = mosaic.takes_all();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].text("type"), events[0].version()), ("note.amended", 2));
    assert_eq!(events[0].text("body"), "Bruised hip. No fracture.");
    assert!(!events[0].json["change_summary"].is_null(), "not silently");
    assert!(v.admin().issues().iter().all(|issue| issue["kind"] != "held"));
    v.all_agree(&mut [&mut ruth, &mut kofi]);
}
