//! A finished note is closed, whichever way a change reaches it.

use automerge::Automerge;
use automerge::transaction::Transactable as _;

use super::judging::raw;
use super::world::*;
use crate::sync::judge::Candidate;

const AFTER: &str = "changed_after_finish";

fn finished() -> Automerge {
    let mut doc = note_by(actor(1), ANN);
    write(&mut doc, &[finish(1_790_000_000_500)]);
    doc
}

fn by_nine(base: &Automerge, edits: &[notes::note::Edit]) -> Candidate {
    let mut doc = base.clone();
    take(&mut doc, actor(9));
    joined(write(&mut doc, edits))
}

fn check(base: &Automerge, candidate: Candidate, expected: &str) {
    assert_eq!(findings(&judged(Some(base), &[candidate])), [expected]);
}

#[test]
fn later_edits_are_held_and_addenda_go_in() {
    let base = finished();
    let mark = notes::note::Edit::Mark {
        field: "body".into(),
        start: 0,
        end: 2,
        kind: "third_party".into(),
    };
    for (edits, expected) in [
        (vec![typed(0, "x")], AFTER),
        (vec![put("actions.a.what", "call")], AFTER),
        (vec![put("kind", "phone_call")], AFTER),
        (vec![addendum("a")], "publish"),
        (vec![mark], "publish"),
        (vec![addendum("a"), typed(0, "x")], AFTER),
    ] {
        check(&base, by_nine(&base, &edits), expected);
    }
}

#[test]
fn a_finish_is_not_undone_nor_hidden_behind_another() {
    let base = finished();
    let gone = raw(&base, |tx| tx.delete(automerge::ROOT, "finished").unwrap());
    check(&base, joined(gone), AFTER);
    let again = raw(&base, |tx| {
        let record = tx
            .put_object(automerge::ROOT, "finished", automerge::ObjType::Map)
            .unwrap();
        tx.put(&record, "at", automerge::ScalarValue::Timestamp(1))
            .unwrap();
        tx.put(&record, "author", "W1").unwrap();
        typed(0, "x").apply(tx, notes::note::Template::Note).unwrap();
    });
    check(&base, joined(again), AFTER);
}

#[test]
fn truly_concurrent_edits_are_merged_unless_their_writer_knew() {
    let before = note_by(actor(1), ANN);
    let base = finished();
    let concurrent = by_nine(&before, &[typed(0, "meanwhile ")]);
    check(&base, concurrent.clone(), "publish");
    let knew = Candidate {
        knew_finish: true,
        ..concurrent.clone()
    };
    check(&base, knew.clone(), AFTER);
    // What may be added after finishing may be added by who knew.
    let addition = Candidate {
        knew_finish: true,
        ..by_nine(&before, &[addendum("a")])
    };
    check(&base, addition, "publish");
    let overruled = Candidate {
        overruled: true,
        ..knew.clone()
    };
    check(&base, overruled, "publish");
    let desk = Candidate {
        desk: true,
        ..by_nine(&base, &[typed(0, "settled ")])
    };
    check(&base, desk, "publish");
}

#[test]
fn a_finish_and_what_came_after_it_in_one_batch() {
    let before = note_by(actor(1), ANN);
    let mut doc = before.clone();
    let end = candidate(write(&mut doc, &[finish(5)]));
    let after = candidate(write(&mut doc.clone(), &[typed(0, "after ")]));
    let meanwhile = by_nine(&before, &[typed(0, "meanwhile ")]);
    let more = candidate(write(&mut doc, &[addendum("a")]));
    let outcome = judged(Some(&before), &[after, end, meanwhile]);
    assert_eq!(findings(&outcome), [AFTER, "publish", "publish"]);
    assert_eq!(body(&outcome), "meanwhile We talked. ");
    // Whoever builds on a held change waits for the decision.
    let mut doc = finished();
    let base = doc.clone();
    let first = candidate(write(&mut doc, &[typed(0, "a")]));
    let second = candidate(write(&mut doc, &[addendum("b")]));
    assert_eq!(findings(&judged(Some(&base), &[first, second])), [AFTER, "wait"]);
    assert_eq!(findings(&judged(Some(&finished()), &[more])), ["wait"]);
}

#[test]
fn many_at_once_are_held_in_one_round() {
    let base = finished();
    let bad: Vec<_> = (10..40u8)
        .map(|n| {
            let mut doc = base.clone();
            take(&mut doc, actor(n));
            joined(write(&mut doc, &[typed(0, "x")]))
        })
        .collect();
    assert_eq!(findings(&judged(Some(&base), &bad)), [AFTER; 30]);
}

#[test]
fn a_first_push_that_goes_on_behind_its_finish_is_held() {
    let reopened = |then: &[notes::note::Edit]| {
        let mut doc = finished();
        let mut tx = doc.transaction();
        tx.delete(automerge::ROOT, "finished").unwrap();
        tx.commit();
        write(&mut doc, then);
        doc
    };
    let mut more = finished();
    write(&mut more, &[typed(0, "after ")]);
    for doc in [
        more,
        reopened(&[typed(0, "after ")]),
        reopened(&[typed(0, "after "), finish(1_790_000_000_900)]),
    ] {
        assert_eq!(findings(&judged(None, &[candidate(whole(&doc))])), [AFTER]);
    }
    assert_eq!(
        findings(&judged(None, &[candidate(whole(&finished()))])),
        ["publish"]
    );
    let knew = Candidate {
        knew_finish: true,
        ..candidate(whole(&finished()))
    };
    assert_eq!(
        findings(&judged(None, &[knew])),
        [AFTER],
        "a finish that is not in it"
    );
}
