//! After a finish: what may still be added, and that nothing else slips through, whoever writes it and however.

use std::collections::HashSet;

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::{Transactable, Transaction};
use automerge::{ActorId, Automerge, ChangeHash, ObjType, ROOT, ScalarValue};

use super::world::{
    addendum, at, change, clear, copy, finish, mark, merge, phone, put, read, remove, splice, text, within,
    write,
};
use crate::gate;
use crate::note::edit::Scalar;
use crate::note::finish::{Newcomers, stands, violations};
use crate::note::{Edit, Template};

const NOBODY: &[ChangeHash] = &[];

fn judged(doc: &Automerge, fresh: &[ChangeHash], knew: &[ChangeHash]) -> Vec<ChangeHash> {
    let (fresh, knew): (HashSet<_>, HashSet<_>) =
        (fresh.iter().copied().collect(), knew.iter().copied().collect());
    let newcomers = |fresh| Newcomers {
        fresh,
        knew: &knew,
        desk: &|_| false,
    };
    let all = doc.get_changes_meta(&[]).iter().map(|meta| meta.hash).collect();
    if knew.is_empty() {
        let sound = violations(doc, &newcomers(&all)).unwrap().is_empty();
        assert_eq!(stands_alone(doc), sound, "sent at once it is judged alike");
    }
    violations(doc, &newcomers(&fresh)).unwrap()
}

/// What the judge asks of a first push.
fn stands_alone(doc: &Automerge) -> bool {
    let counted = gate::count(&doc.save_nocompress(), &gate::Limits::default()).unwrap();
    let last_start = doc.get_changes_meta(&[]).iter().map(|meta| meta.start_op).max();
    stands(doc, counted.closings.unwrap(), last_start.unwrap()).unwrap()
}

/// A note with something in every kind of place, finished by phone 1, on three phones.
fn finished() -> Vec<Automerge> {
    let mut alice = phone(1);
    write(
        &mut alice,
        &[
            put("kind", text("home_visit")),
            splice("body", 0, 0, "what happened"),
            mark("body", 0, 4, "third_party"),
            put("actions.a1.what", text("ring back")),
            put("actions.a2.what", text("write")),
            put("actions.a2.private", text("third_party")),
            put("feedback.words", text("useful")),
            put("recording_ms.d1", Scalar::Count(5)),
        ],
    );
    write(&mut alice, &[finish(5, "W1")]);
    write(&mut alice, &addendum("x0", "an older addendum"));
    (1..=3).map(|actor| copy(&alice, actor)).collect()
}

type Deed = fn(&mut Transaction<'_>);

fn by(edit: &Edit) -> impl FnOnce(&mut Transaction<'_>) + '_ {
    |tx| edit.apply(tx, Template::Note).unwrap()
}

/// Done on each phone in its turn, and judged where it arrives.
fn check(name: &str, deed: impl Fn(&mut Transaction<'_>), allowed: bool) {
    for mut doc in finished() {
        let mut server = doc.clone();
        let hash = change(&mut doc, &deed);
        merge(&mut server, &doc);
        let expected = if allowed { vec![] } else { vec![hash] };
        assert_eq!(judged(&server, &[hash], NOBODY), expected, "{name}");
        assert_eq!(judged(&server, &[hash], &[hash]), expected, "{name}, knowing");
        assert_eq!(
            judged(&server, NOBODY, NOBODY),
            NOBODY,
            "{name}, published already"
        );
    }
}

fn check_edits(lines: Vec<(&str, Vec<Edit>)>, allowed: bool) {
    for (name, edits) in lines {
        check(name, |tx| edits.iter().for_each(|e| by(e)(tx)), allowed);
    }
}

#[test]
fn addenda_and_private_marks_and_flags_may_be_added() {
    let mut private = addendum("x1", "more");
    private.push(put("addenda.x1.private", text("do_not_share")));
    let mut two = addendum("x1", "more");
    two.extend(addendum("x2", "and more"));
    let mut retyped = addendum("x1", "mroe");
    retyped.push(put("addenda.x1.text", text("more")));
    check_edits(
        vec![
            ("an addendum", addendum("x1", "more")),
            ("a private addendum", private),
            ("two addenda at once", two),
            ("an addendum put right before it left", retyped),
            ("a mark", vec![mark("body", 5, 9, "third_party")]),
            ("a mark over a mark", vec![mark("body", 0, 9, "do_not_share")]),
            (
                "a flag on an entry",
                vec![put("actions.a1.private", text("third_party"))],
            ),
            (
                "another flag",
                vec![put("actions.a2.private", text("do_not_share"))],
            ),
            (
                "a flag on an older addendum",
                vec![put("addenda.x0.private", text("third_party"))],
            ),
            (
                "all of them",
                [addendum("x1", "more"), vec![mark("body", 5, 9, "third_party")]].concat(),
            ),
        ],
        true,
    );
}

#[test]
fn edits_that_a_phone_could_make_are_found() {
    check_edits(
        vec![
            ("typing", vec![splice("body", 13, 0, ".")]),
            ("deleting", vec![splice("body", 0, 1, "")]),
            ("typing in an empty text", vec![splice("analysis", 0, 0, "x")]),
            ("a value", vec![put("kind", text("phone_call"))]),
            ("a new value", vec![put("started_at", Scalar::Time(5))]),
            ("clearing a value", vec![clear("kind")]),
            ("a record", vec![put("feedback.words", text("useless"))]),
            ("clearing in a record", vec![clear("feedback.words")]),
            (
                "an entry's value",
                vec![put("actions.a1.what", text("do not ring"))],
            ),
            (
                "a new value in an entry",
                vec![put("actions.a1.done", Scalar::Flag(true))],
            ),
            ("a new entry", vec![put("actions.a3.what", text("visit"))]),
            ("an entry taken out", vec![remove("actions.a1")]),
            ("a counter", vec![put("recording_ms.d1", Scalar::Count(6))]),
            ("a new counter", vec![put("recording_ms.d2", Scalar::Count(6))]),
            ("an addendum taken out", vec![remove("addenda.x0")]),
            (
                "an addendum's text",
                vec![put("addenda.x0.text", text("other words"))],
            ),
            ("an addendum's author", vec![put("addenda.x0.author", text("W9"))]),
            ("an addendum's time", vec![put("addenda.x0.at", Scalar::Time(1))]),
            ("clearing in an addendum", vec![clear("addenda.x0.text")]),
            ("a flag taken away", vec![clear("actions.a2.private")]),
            ("a worker", vec![put("workers.W2.joined_at", Scalar::Time(5))]),
            ("a concern", vec![put("concerns.c1.kind", text("safeguarding"))]),
            (
                "an addendum and a word",
                [addendum("x1", "more"), vec![splice("body", 0, 0, "x")]].concat(),
            ),
            (
                "a word and a mark",
                vec![splice("body", 0, 0, "x"), mark("body", 0, 9, "third_party")],
            ),
        ],
        false,
    );
}

#[test]
fn deeds_that_no_phone_would_do_are_found() {
    let lines: [(&str, Deed); 21] = [
        ("a mark taken away", |tx| {
            tx.unmark(at(tx, "body"), "third_party", 0, 4, ExpandMark::None)
                .unwrap();
        }),
        ("a mark of value no", |tx| {
            letters(tx, "third_party", false.into());
        }),
        ("a mark of another name", |tx| letters(tx, "bold", true.into())),
        ("another finish", |tx| refinish(tx, 9)),
        ("an earlier finish", |tx| refinish(tx, 1)),
        ("finished taken out", |tx| tx.delete(ROOT, "finished").unwrap()),
        ("finished as a word", |tx| tx.put(ROOT, "finished", "no").unwrap()),
        ("finished by another", |tx| {
            tx.put(at(tx, "finished"), "author", "W9").unwrap();
        }),
        ("finished at another time", |tx| {
            tx.put(at(tx, "finished"), "at", ScalarValue::Timestamp(1))
                .unwrap();
        }),
        ("a text taken out", |tx| tx.delete(ROOT, "body").unwrap()),
        ("a text put in its place", |tx| {
            drop(tx.put_object(ROOT, "body", ObjType::Text).unwrap());
        }),
        ("addenda put anew", |tx| {
            drop(tx.put_object(ROOT, "addenda", ObjType::Map).unwrap());
        }),
        ("an addendum put in place of one", |tx| {
            drop(tx.put_object(at(tx, "addenda"), "x0", ObjType::Map).unwrap());
        }),
        ("an addendum that is a word", |tx| {
            tx.put(at(tx, "addenda"), "x1", "more").unwrap();
        }),
        ("an addendum that is a list", |tx| {
            drop(tx.put_object(at(tx, "addenda"), "x1", ObjType::List).unwrap());
        }),
        ("an addendum that nests", |tx| {
            let new = tx.put_object(at(tx, "addenda"), "x1", ObjType::Map).unwrap();
            tx.put_object(&new, "text", ObjType::Map).unwrap();
        }),
        ("an addendum's value taken back", |tx| {
            let new = tx.put_object(at(tx, "addenda"), "x1", ObjType::Map).unwrap();
            tx.put(&new, "text", "more").unwrap();
            tx.delete(&new, "text").unwrap();
        }),
        ("a flag of another word", |tx| {
            tx.put(within(tx, "actions", "a1"), "private", "no").unwrap();
        }),
        ("a flag of nothing", |tx| {
            tx.put(within(tx, "actions", "a2"), "private", ScalarValue::Null)
                .unwrap();
        }),
        ("a block among the letters", |tx| {
            drop(tx.split_block(at(tx, "body"), 3).unwrap());
        }),
        ("the schema", |tx| tx.put(ROOT, "schema", 2).unwrap()),
    ];
    for (name, deed) in lines {
        check(name, deed, false);
    }
}

fn letters(tx: &mut Transaction<'_>, name: &str, value: ScalarValue) {
    let mark = Mark {
        start: 0,
        end: 4,
        name: name.into(),
        value,
    };
    tx.mark(at(tx, "body"), mark, ExpandMark::None).unwrap();
}

fn refinish(tx: &mut Transaction<'_>, when: i64) {
    let record = tx.put_object(ROOT, "finished", ObjType::Map).unwrap();
    tx.put(&record, "at", ScalarValue::Timestamp(when)).unwrap();
    tx.put(&record, "author", "W9").unwrap();
}

#[test]
fn what_is_hidden_under_a_key_that_was_there_once_is_found() {
    let mut doc = phone(1);
    // Before the finish: an unknown object, overwritten at once, so that no reader sees it.
    change(&mut doc, |tx| {
        let nest = tx.put_object(ROOT, "nest", ObjType::Map).unwrap();
        tx.put_object(&nest, "egg", ObjType::Map).unwrap();
        tx.put_object(at(tx, "feedback"), "words", ObjType::Map).unwrap();
    });
    let (nest, words) = (at(&doc, "nest"), within(&doc, "feedback", "words"));
    let egg = within(&doc, "nest", "egg");
    change(&mut doc, |tx| {
        tx.delete(ROOT, "nest").unwrap();
        tx.put(at(tx, "feedback"), "words", "useful").unwrap();
    });
    write(&mut doc, &[finish(5, "W1")]);
    for object in [&nest, &egg, &words] {
        let mut doc = doc.clone();
        let hash = change(&mut doc, |tx| tx.put(object, "private", "third_party").unwrap());
        read(&doc);
        assert_eq!(judged(&doc, &[hash], NOBODY), [hash], "{object:?}");
    }
}

#[test]
fn an_entry_that_a_colleague_took_out_may_still_be_flagged() {
    let mut alice = phone(1);
    write(&mut alice, &[put("actions.a1.what", text("ring"))]);
    let mut bob = copy(&alice, 2);
    let removed = write(&mut bob, &[remove("actions.a1")]);
    write(&mut alice, &[finish(5, "W1")]);
    let flagged = write(&mut alice, &[put("actions.a1.private", text("third_party"))]);
    merge(&mut alice, &bob);
    assert_eq!(judged(&alice, &[removed, flagged], NOBODY), NOBODY);
}

#[test]
fn edits_by_someone_who_had_not_seen_the_finish_are_free() {
    let mut alice = phone(1);
    write(&mut alice, &[splice("body", 0, 0, "what happened")]);
    let mut bob = copy(&alice, 2);
    let closed = write(&mut alice, &[finish(5, "W1")]);
    let first = write(&mut bob, &[splice("body", 0, 0, "Also: ")]);
    let second = write(
        &mut bob,
        &[
            put("kind", text("home_visit")),
            put("actions.a1.what", text("ring")),
        ],
    );
    merge(&mut bob, &alice);
    let all = [closed, first, second];
    assert_eq!(judged(&bob, &all, NOBODY), NOBODY);
    // The same edits, first pushed by a phone that was told of the finish before.
    assert_eq!(judged(&bob, &all, &[first, second]), [first, second]);
    // After the merge Bob knows too.
    let third = write(&mut bob, &[splice("body", 0, 0, "And: ")]);
    assert_eq!(judged(&bob, &[third], NOBODY), [third]);
    let fourth = write(&mut bob, &addendum("x1", "more"));
    assert_eq!(judged(&bob, &[fourth], &[fourth]), NOBODY);
    // It stands on a violation, but is none itself.
    assert_eq!(judged(&bob, &[third, fourth], NOBODY), [third]);
}

#[test]
fn two_may_finish_without_knowing_of_each_other() {
    let mut alice = phone(1);
    let mut bob = copy(&alice, 2);
    let one = write(&mut alice, &[finish(5, "W1")]);
    let other = write(&mut bob, &[finish(4, "W2")]);
    merge(&mut bob, &alice);
    assert_eq!(judged(&bob, &[one, other], NOBODY), NOBODY);
    assert_eq!(judged(&bob, &[one, other], &[other]), NOBODY);
    assert_eq!(read(&bob).finished(), Some((4, "W2")));
    let more = write(&mut bob, &addendum("x1", "more"));
    let typed = write(&mut bob, &[splice("body", 0, 0, "x")]);
    assert_eq!(judged(&bob, &[one, other, more, typed], NOBODY), [typed]);
    // Later than either of the two is later.
    let late = write(&mut alice, &[splice("body", 0, 0, "x")]);
    merge(&mut alice, &bob);
    assert_eq!(judged(&alice, &[late], NOBODY), [late]);
}

#[test]
fn a_finish_is_no_cover_for_edits_by_one_who_knew() {
    let mut alice = phone(1);
    let mut bob = copy(&alice, 2);
    write(&mut alice, &[finish(5, "W1")]);
    let other = write(&mut bob, &[splice("body", 0, 0, "x"), finish(4, "W2")]);
    merge(&mut bob, &alice);
    assert_eq!(judged(&bob, &[other], NOBODY), NOBODY);
    assert_eq!(judged(&bob, &[other], &[other]), [other]);
}

#[test]
fn one_change_may_type_and_finish() {
    let mut alice = phone(1);
    let hash = write(&mut alice, &[splice("body", 0, 0, "all of it"), finish(5, "W1")]);
    assert_eq!(judged(&alice, &[hash], NOBODY), NOBODY);
}

#[test]
fn a_finish_does_not_go_away_by_being_taken_out() {
    let mut doc = phone(1);
    let closed = write(&mut doc, &[finish(5, "W1")]);
    let opened = change(&mut doc, |tx| tx.delete(ROOT, "finished").unwrap());
    let typed = write(&mut doc, &[splice("body", 0, 0, "x")]);
    assert_eq!(judged(&doc, &[opened, typed], NOBODY), [opened]);
    assert_eq!(
        judged(&doc, &[closed, opened, typed], NOBODY),
        [opened],
        "also where all is new"
    );
    let again = write(&mut doc, &[finish(9, "W1")]);
    assert_eq!(judged(&doc, &[closed, opened, typed, again], NOBODY), [opened]);
}

#[test]
fn of_two_flags_one_may_be_chosen_but_not_none() {
    for chosen in ["third_party", "do_not_share"] {
        let [mut alice, mut bob]: [Automerge; 2] = finished()
            .into_iter()
            .take(2)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        write(&mut alice, &[put("actions.a1.private", text("third_party"))]);
        write(&mut bob, &[put("actions.a1.private", text("do_not_share"))]);
        merge(&mut alice, &bob);
        assert_eq!(read(&alice).conflicts.len(), 1);
        let mut undone = alice.clone();
        let settled = write(&mut alice, &[put("actions.a1.private", text(chosen))]);
        assert_eq!(read(&alice).conflicts, []);
        assert_eq!(judged(&alice, &[settled], NOBODY), NOBODY, "{chosen}");
        let cleared = write(&mut undone, &[clear("actions.a1.private")]);
        assert_eq!(judged(&undone, &[cleared], NOBODY), [cleared]);
    }
}

#[test]
fn the_desk_may_do_what_it_decides() {
    let desk = ActorId::from([9u8; 16]);
    let mut doc = finished().remove(0);
    doc.set_actor(desk.clone());
    let decided = write(&mut doc, &[put("kind", text("phone_call"))]);
    doc.set_actor(ActorId::from([2u8; 16]));
    let typed = write(&mut doc, &[splice("body", 0, 0, "x")]);
    let fresh: HashSet<ChangeHash> = [decided, typed].into();
    let newcomers = Newcomers {
        fresh: &fresh,
        knew: &HashSet::new(),
        desk: &|actor| *actor == desk,
    };
    assert_eq!(violations(&doc, &newcomers).unwrap(), [typed]);
}

#[test]
fn a_note_that_is_open_has_no_violations() {
    let mut doc = phone(1);
    let typed = write(&mut doc, &[splice("body", 0, 0, "x")]);
    let odd = change(&mut doc, |tx| tx.put(ROOT, "colour", "red").unwrap());
    // Knowing of a finish that is not here yet: the note is judged again when it comes.
    assert_eq!(judged(&doc, &[typed, odd], NOBODY), NOBODY);
}

#[test]
fn one_who_writes_an_addendum_twice_under_fresh_names_is_no_thief() {
    // After a reset the phone writes the same addendum again, under another actor and apart.
    let mut first = finished().remove(1);
    let mut again = copy(&first, 7);
    let one = write(&mut first, &addendum("x1", "more"));
    let other = write(&mut again, &addendum("x1", "more"));
    merge(&mut again, &first);
    assert_eq!(judged(&again, &[one, other], NOBODY), NOBODY);
    assert_eq!(read(&again).conflicts, []);
    assert_eq!(read(&again).entries["addenda"].len(), 2);
}

#[test]
fn a_history_sent_at_once_is_judged_as_its_changes_are() {
    let mut open = phone(1);
    write(&mut open, &[splice("body", 0, 0, "what happened")]);
    let mut closed = open.clone();
    write(&mut closed, &[finish(5, "W1")]);
    let mut meanwhile = copy(&open, 2);
    write(&mut meanwhile, &[splice("body", 0, 0, "short")]);
    let mut joint = closed.clone();
    merge(&mut joint, &meanwhile);
    let mut twice = copy(&open, 2);
    write(&mut twice, &[finish(6, "W2")]);
    merge(&mut twice, &closed);
    let mut added = twice.clone();
    write(&mut added, &addendum("x1", "more"));
    let mut typed = closed.clone();
    write(&mut typed, &[splice("body", 0, 0, "later")]);
    let mut reopened = closed.clone();
    change(&mut reopened, |tx| tx.delete(ROOT, "finished").unwrap());
    let mut hidden = reopened.clone();
    write(&mut hidden, &[splice("body", 0, 0, "later")]);
    let mut closed_anew = hidden.clone();
    write(&mut closed_anew, &[finish(7, "W1")]);
    let mut typed_behind_two = added.clone();
    write(&mut typed_behind_two, &[splice("body", 0, 0, "later")]);
    for (name, doc, sound) in [
        ("open", &open, true),
        ("closed", &closed, true),
        ("joint", &joint, true),
        ("twice", &twice, true),
        ("added", &added, true),
        ("typed", &typed, false),
        ("reopened", &reopened, false),
        ("hidden", &hidden, false),
        ("closed anew", &closed_anew, false),
        ("typed behind two", &typed_behind_two, false),
    ] {
        let all: Vec<ChangeHash> = doc.get_changes_meta(&[]).iter().map(|meta| meta.hash).collect();
        assert_eq!(judged(doc, &all, NOBODY).is_empty(), sound, "{name}");
        assert_eq!(stands_alone(doc), sound, "{name}");
    }
}

#[test]
fn more_behind_a_finish_than_anybody_adds_by_hand_is_for_a_person_to_see() {
    let mut doc = finished().remove(0);
    assert!(stands_alone(&doc));
    for round in 0..1_001 {
        let mark = if round % 2 == 0 {
            "third_party"
        } else {
            "do_not_share"
        };
        write(&mut doc, &[put("actions.a1.private", text(mark))]);
    }
    assert!(!stands_alone(&doc));
}

#[test]
fn where_nothing_follows_nothing_is_wrong() {
    for doc in finished() {
        let hashes: Vec<ChangeHash> = doc.get_changes_meta(&[]).iter().map(|meta| meta.hash).collect();
        assert_eq!(judged(&doc, &hashes, NOBODY), NOBODY, "addenda are allowed");
    }
}
