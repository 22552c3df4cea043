//! What the judge lets in, what waits, and what is held: order, numbers, genesis.

use automerge::{Automerge, ReadDoc as _};
use notes::forge;
use notes::note::Template;

use super::world::*;
use crate::sync::judge::Candidate;

/// A published note and ten more changes of its writer.
fn ten_more() -> (Automerge, Vec<Vec<u8>>) {
    let base = note_by(actor(1), ANN);
    let mut doc = base.clone();
    let more = (0..10)
        .map(|n| write(&mut doc, &[typed(0, &format!("{n} "))]))
        .collect();
    (base, more)
}

fn check(base: Option<&Automerge>, candidates: &[Candidate], expected: &[&str]) {
    assert_eq!(findings(&judged(base, candidates)), expected);
}

#[test]
fn a_first_push_is_published_as_it_came() {
    let doc = note_by(actor(1), ANN);
    let outcome = judged(None, &[candidate(whole(&doc))]);
    assert_eq!(findings(&outcome), ["publish"]);
    let sound = outcome.outcome.unwrap();
    assert!(sound.doc.is_none(), "its chunk is the document");
    assert_eq!(sound.heads, [doc.get_heads()[0].0]);
    let chunks: Vec<_> = changes(&doc).into_iter().map(candidate).collect();
    check(None, &chunks, &["publish"; 3]);
}

#[test]
fn a_joined_note_waits_for_the_one_who_began_it() {
    let alice = note_by(actor(1), ANN);
    let mut bob = bare(Template::Note, actor(2));
    write(&mut bob, &[typed(0, "I was there too. ")]);
    let (alice_s, bob_s) = (candidate(whole(&alice)), joined(whole(&bob)));
    check(None, std::slice::from_ref(&bob_s), &["wait"]);
    let both = judged(None, &[bob_s, alice_s]);
    assert_eq!(findings(&both), ["publish"; 2]);
    assert!(body(&both).contains("I was there too.") && body(&both).contains("We talked."));
}

#[test]
fn changes_come_in_any_order() {
    let (base, more) = ten_more();
    for order in [
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        [1, 0, 3, 2, 5, 4, 7, 6, 9, 8],
        [5, 6, 7, 8, 9, 0, 1, 2, 3, 4],
    ] {
        let chunks: Vec<_> = order
            .iter()
            .map(|i: &usize| candidate(more[*i].clone()))
            .collect();
        let outcome = judged(Some(&base), &chunks);
        assert_eq!(findings(&outcome), ["publish"; 10]);
        assert_eq!(body(&outcome), "9 8 7 6 5 4 3 2 1 0 We talked. ");
    }
}

#[test]
fn what_misses_its_dependency_waits_and_the_others_go_on() {
    let (base, more) = ten_more();
    let mut bob = base.clone();
    take(&mut bob, actor(2));
    let bobs = joined(write(&mut bob, &[typed(0, "Bob ")]));
    let chunks = [candidate(more[1].clone()), bobs, candidate(more[2].clone())];
    check(Some(&base), &chunks, &["wait", "publish", "wait"]);
    check(None, &[candidate(more[1].clone())], &["wait"]);
}

/// One of a kind of bad chunk, with its code.
fn bad_ones(base: &Automerge) -> Vec<(&'static str, Candidate)> {
    let honest = |by: u8, text: &str| {
        let mut doc = base.clone();
        take(&mut doc, actor(by));
        write(&mut doc, &[typed(0, text)])
    };
    let forged = |by: u8, lie: fn(&mut forge::Change)| {
        let mut change = forge::Change::open(&honest(by, "forged"));
        lie(&mut change);
        candidate(change.seal())
    };
    let mut orphan = forge::change_with(9, 1, 1);
    orphan.deps = Vec::new();
    let mut page = bare(Template::About, actor(9));
    let mut tx = page.transaction();
    typed_page(&mut tx);
    tx.commit();
    vec![
        ("seq_gap", forged(9, |c| c.seq += 1)),
        ("seq_taken", forged(1, |c| c.seq -= 1)),
        ("start_op_wrong", forged(9, |c| c.start_op += 7)),
        ("genesis_forged", candidate(orphan.seal())),
        ("genesis_forged", candidate(whole(&page))),
        ("unknown_key", candidate(unknown_key(base))),
        ("wrong_shape", candidate(wrong_shape(base))),
        ("chunk_checksum", candidate(damaged(honest(9, "x")))),
        ("chunk_malformed", candidate(b"no chunk at all".to_vec())),
    ]
}

fn typed_page(tx: &mut automerge::transaction::Transaction<'_>) {
    let edit = notes::note::Edit::Splice {
        field: "please_do".into(),
        at: 0,
        delete: 0,
        insert: "Knock twice.".into(),
    };
    edit.apply(tx, Template::About).unwrap();
}

fn damaged(mut chunk: Vec<u8>) -> Vec<u8> {
    *chunk.last_mut().unwrap() ^= 1;
    chunk
}

/// One change by actor 9 that the phone's own edits cannot make.
pub(super) fn raw(base: &Automerge, f: impl FnOnce(&mut automerge::transaction::Transaction<'_>)) -> Vec<u8> {
    let mut doc = base.clone();
    take(&mut doc, actor(9));
    let mut tx = doc.transaction();
    f(&mut tx);
    let (hash, _) = tx.commit();
    doc.get_change_by_hash(&hash.unwrap())
        .unwrap()
        .raw_bytes()
        .to_vec()
}

fn unknown_key(base: &Automerge) -> Vec<u8> {
    use automerge::transaction::Transactable as _;
    raw(base, |tx| tx.put(automerge::ROOT, "secret", 1).unwrap())
}

fn wrong_shape(base: &Automerge) -> Vec<u8> {
    use automerge::transaction::Transactable as _;
    raw(base, |tx| tx.put(automerge::ROOT, "kind", 7).unwrap())
}

#[test]
fn each_lie_is_held_with_its_code_and_the_honest_ones_go_on() {
    let (base, more) = ten_more();
    for (code, bad) in bad_ones(&base) {
        for place in [0, 4, 10] {
            let mut chunks: Vec<_> = more.iter().map(|c| candidate(c.clone())).collect();
            chunks.insert(place, bad.clone());
            let outcome = judged(Some(&base), &chunks);
            let mut expected = vec!["publish"; 11];
            // Of two under one number, the first counts, and the lie may be it.
            expected[place] = code;
            assert_eq!(findings(&outcome), expected, "{code} at {place}");
            assert_eq!(body(&outcome), "9 8 7 6 5 4 3 2 1 0 We talked. ", "{code}");
        }
    }
}

#[test]
fn several_lies_at_once_are_each_held() {
    let (base, more) = ten_more();
    let mut chunks: Vec<_> = more.into_iter().rev().map(candidate).collect();
    let mut expected = vec!["publish"; 10];
    for (code, bad) in bad_ones(&base)
        .into_iter()
        .filter(|(code, _)| *code != "unknown_key")
    {
        chunks.insert(0, bad);
        expected.insert(0, code);
    }
    let outcome = judged(Some(&base), &chunks);
    assert_eq!(findings(&outcome), expected);
}

#[test]
fn a_bad_change_is_blamed_and_not_the_one_it_builds_on() {
    use automerge::transaction::Transactable as _;
    let base = note_by(actor(1), ANN);
    let mut doc = base.clone();
    let good = write(&mut doc, &[typed(0, "good ")]);
    let bad = raw(&doc, |tx| tx.put(automerge::ROOT, "secret", 1).unwrap());
    // The bad one stands first in the log, and misses the good one there.
    check(
        Some(&base),
        &[candidate(bad), candidate(good)],
        &["unknown_key", "publish"],
    );
}

#[test]
fn who_came_second_is_first_when_the_other_is_held() {
    use automerge::transaction::Transactable as _;
    let base = note_by(actor(9), ANN);
    let bad = raw(&base, |tx| tx.put(automerge::ROOT, "secret", 1).unwrap());
    let mut doc = base.clone();
    let good = write(&mut doc, &[typed(0, "good ")]);
    // Both take the same next number of one actor.
    check(
        Some(&base),
        &[candidate(bad), candidate(good)],
        &["unknown_key", "publish"],
    );
}

#[test]
fn of_two_under_one_number_the_first_counts() {
    let base = note_by(actor(1), ANN);
    let fork = |text: &str| candidate(write(&mut base.clone(), &[typed(0, text)]));
    check(Some(&base), &[fork("a"), fork("b")], &["publish", "seq_taken"]);
    check(Some(&base), &[fork("b"), fork("a")], &["publish", "seq_taken"]);
}

#[test]
fn a_document_begins_as_its_template_does() {
    use automerge::transaction::Transactable as _;
    let mut doc = automerge::Automerge::new();
    take(&mut doc, actor(9));
    let mut tx = doc.transaction();
    tx.put(automerge::ROOT, "person", ANN.to_string()).unwrap();
    tx.commit();
    check(None, &[candidate(whole(&doc))], &["genesis_forged"]);
    let mut forged = forge::Change::open(&notes::note::genesis::chunk(Template::Note));
    forged.time = 5;
    check(None, &[candidate(forged.seal())], &["genesis_forged"]);
}

#[test]
fn nobody_makes_a_note_newer_than_the_server() {
    use automerge::transaction::Transactable as _;
    let base = note_by(actor(1), ANN);
    let newer = raw(&base, |tx| {
        tx.put(automerge::ROOT, "schema", 99_u64).unwrap();
        tx.put(automerge::ROOT, "of_the_future", 1).unwrap();
    });
    check(Some(&base), &[candidate(newer)], &["wrong_shape"]);
}

#[test]
fn what_is_known_already_changes_nothing() {
    let (base, _) = ten_more();
    let outcome = judged(Some(&base), &[candidate(whole(&base))]);
    assert_eq!(findings(&outcome), ["publish"]);
    assert_eq!(
        outcome.outcome.unwrap().doc.unwrap().get_heads(),
        base.get_heads()
    );
    assert!(judged(Some(&base), &[]).outcome.is_none());
}

/// A history by two installs of one phone: straight, or going on from the other's without naming the own last one.
fn by_two_installs(winding: bool) -> Automerge {
    let mut doc = note_by(actor(7), ANN);
    let mut other = doc.clone();
    take(&mut other, actor(3));
    write(&mut other, &[typed(0, "Then ")]);
    if !winding {
        write(&mut doc, &[typed(0, "And ")]);
    }
    doc.merge(&mut other).unwrap();
    write(&mut doc, &[typed(0, "So ")]);
    doc
}

#[test]
fn a_whole_history_is_judged_as_its_changes_are() {
    let mut late = note_by(actor(7), ANN);
    write(&mut late, &[finish(1)]);
    write(&mut late, &[typed(0, "late ")]);
    let mut added = note_by(actor(7), ANN);
    write(&mut added, &[finish(1)]);
    write(&mut added, &[addendum("a1")]);
    let docs = [
        ("straight", by_two_installs(false), "publish"),
        ("winding", by_two_installs(true), "publish"),
        ("an addendum", added, "publish"),
        ("words behind the finish", late, "changed_after_finish"),
    ];
    for (what, doc, expected) in docs {
        for knew_finish in [false, true] {
            let known = |chunk| Candidate {
                knew_finish,
                ..candidate(chunk)
            };
            let whole = judged(None, &[known(whole(&doc))]);
            let single: Vec<_> = changes(&doc).into_iter().map(known).collect();
            let single = judged(None, &single);
            // Of changes only the guilty one is held; of a whole there is only the whole.
            let publishes = expected == "publish" && !knew_finish;
            let found = findings(&whole);
            if publishes {
                assert_eq!(found, ["publish"], "{what}");
                let (whole, single) = (whole.outcome.unwrap(), single.outcome.unwrap());
                assert_eq!(whole.writers, single.writers, "{what}");
                assert_eq!((whole.heads, whole.plain), (single.heads, single.plain), "{what}");
            } else {
                let mut held = findings(&single).into_iter();
                let held = held.find(|code| !["publish", "wait"].contains(code));
                assert_eq!(found, held.as_slice(), "{what}, {knew_finish}");
            }
        }
    }
}
