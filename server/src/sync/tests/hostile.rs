//! Documents made to break whoever opens them: nested without end, or naming what is not there.

use automerge::legacy::{ElementId, Key, OpId};
use automerge::transaction::Transactable as _;
use automerge::{Automerge, Change, ExpandedChange, ObjType, ROOT};
use notes::forge::{self, column};
use notes::note::Template;

use super::judging::raw;
use super::world::*;
use crate::store::EntryState;
use crate::sync::judge::Candidate;
use crate::sync::project::{on_large_stack, without_falls};

const DEEP: usize = 20_000;

fn nest(tx: &mut automerge::transaction::Transaction<'_>, under: &str) {
    let mut at = ROOT;
    for depth in 0..DEEP {
        at = tx
            .put_object(&at, if depth == 0 { under } else { "a" }, ObjType::Map)
            .unwrap();
    }
}

/// Held whether it comes as one document or as changes, by a push of its own or beside honest ones.
#[test]
fn twenty_thousand_maps_in_one_another_are_held() {
    let base = note_by(actor(1), ANN);
    let honest = joined({
        let mut doc = base.clone();
        take(&mut doc, actor(8));
        write(&mut doc, &[typed(0, "honest ")])
    });
    for (under, code) in [
        ("secret", "unknown_key"),
        ("kind", "wrong_shape"),
        ("workers", "wrong_shape"),
    ] {
        let change = raw(&base, |tx| nest(tx, under));
        let mut doc = base.clone();
        take(&mut doc, actor(1));
        let mut tx = doc.transaction();
        nest(&mut tx, under);
        tx.commit();
        let document = whole(&doc);
        on_large_stack(|| {
            let beside = judged(Some(&base), &[joined(change), honest.clone()]);
            assert_eq!(findings(&beside), [code, "publish"]);
            assert_eq!(findings(&judged(None, &[candidate(document)])), [code]);
        })
        .unwrap();
    }
}

#[test]
fn the_projector_holds_it_and_does_not_fall() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let base = note_by(actor(1), ANN);
    let mut doc = base.clone();
    take(&mut doc, actor(1));
    let mut tx = doc.transaction();
    nest(&mut tx, "secret");
    tx.commit();
    let deep = changes(&doc).pop().unwrap();
    for (n, chunks) in [(1, vec![whole(&doc)]), (2, vec![whole(&base), deep])] {
        alice.push(push(note(n), Some(ANN), &chunks));
        alice.push(push(note(n + 10), Some(ANN), &[whole(&base)]));
        town.project();
        let (state, code) = town.states(note(n)).pop().unwrap();
        assert_eq!((state, code.as_deref()), (EntryState::Held, Some("unknown_key")));
        assert_eq!(town.body(note(n + 10)), "We talked. ");
    }
    assert_eq!(town.body(note(2)), "We talked. ");
}

fn is_bomb(candidate: &Candidate) -> bool {
    candidate.chunk == b"bomb"
}

#[test]
fn a_chunk_over_which_automerge_falls_is_held_and_no_other() {
    let base = note_by(actor(1), ANN);
    let mut doc = base.clone();
    let honest: Vec<_> = (0..12)
        .map(|_| candidate(write(&mut doc, &[typed(0, "x")])))
        .collect();
    for bombs in [vec![0], vec![12], vec![3, 4, 9], vec![0, 1, 2, 13, 14]] {
        let mut chunks = honest.clone();
        let mut expected = vec!["publish"; 12];
        for at in &bombs {
            chunks.insert(*at, candidate(b"bomb".to_vec()));
            expected.insert(*at, "unprocessable");
        }
        let outcome = without_falls(&chunks, |candidates| {
            assert!(!candidates.iter().any(is_bomb), "falls on purpose");
            judged(Some(&base), candidates)
        });
        assert_eq!(findings(&outcome), expected);
        assert_eq!(body(&outcome).matches('x').count(), 12);
    }
    let mut sent = honest.clone();
    let outlaw = Some(notes::ids::DeviceId([9; 16]));
    for at in [5, 0] {
        let bomb = candidate(b"bomb".to_vec());
        sent.insert(
            at,
            Candidate {
                sender: outlaw,
                ..bomb
            },
        );
    }
    let outlaws = candidate(honest[0].chunk.clone());
    sent.push(Candidate {
        sender: outlaw,
        ..outlaws
    });
    let outcome = without_falls(&sent, |candidates| {
        assert!(!candidates.iter().any(is_bomb), "falls on purpose");
        judged(Some(&base), candidates)
    });
    let found = findings(&outcome);
    assert_eq!(found.iter().filter(|finding| **finding == "publish").count(), 12);
    assert_eq!(
        found.last(),
        Some(&"unprocessable"),
        "who sends a bomb is not looked at further"
    );
    let all = vec![candidate(b"bomb".to_vec()); 3];
    let outcome = without_falls(&all, |candidates| {
        assert!(candidates.is_empty(), "falls on purpose");
        judged(None, candidates)
    });
    assert_eq!(findings(&outcome), ["unprocessable"; 3]);
    assert!(outcome.outcome.is_none());
}

/// A change on top of a document by some actor, forged from an honest one.
fn as_if(chunk: &[u8], by: u8, seq: u64) -> forge::Change {
    forge::Change {
        actor: vec![by; 16],
        seq,
        ..forge::Change::open(chunk)
    }
}

/// Taken on top of the note each of these goes in; a new phone, which takes the whole note at once, would panic.
#[test]
fn a_change_that_writes_into_an_object_of_another_kind_is_held() {
    const BODY: u8 = 4;
    const ACTIONS: u8 = 10;
    const NOBODYS: u8 = 17;
    let base = note_by(actor(1), ANN);
    let key = raw(&base, |tx| put("feedback.words", "Useful.").apply_to(tx));
    let letter = raw(&base, |tx| typed(0, "x").apply_to(tx));
    // One operation each, in an object that genesis made: the column is one run of one number.
    let moved = |chunk: &[u8], object: u8| {
        let mut change = as_if(chunk, 5, 1);
        let columns = change.columns.iter_mut();
        for (_, data) in columns.filter(|(spec, _)| *spec == column::OBJECT_COUNTER) {
            *data = vec![0x7f, object];
        }
        joined(change.seal())
    };
    let honest = joined(raw(&base, |tx| typed(0, "honest ").apply_to(tx)));
    for (what, lie) in [
        ("a key in a text", moved(&key, BODY)),
        ("a letter in a map", moved(&letter, ACTIONS)),
        ("a key in what is no object", moved(&key, NOBODYS)),
    ] {
        let both = judged(Some(&base), &[lie, honest.clone()]);
        assert_eq!(findings(&both), ["wrong_shape", "publish"], "{what}");
    }
    let right = [moved(&letter, BODY), honest];
    assert_eq!(findings(&judged(Some(&base), &right)), ["publish"; 2]);
}

/// Automerge sorts the higher number first here, and panics: in the judge, and on each phone that takes both.
#[test]
fn who_writes_beside_their_own_last_change_is_held() {
    let base = note_by(actor(1), ANN);
    let chunk = raw(&base, |tx| put("person_name", "Ann").apply_to(tx));
    let hash = |change: &forge::Change| automerge::Change::from_bytes(change.seal()).unwrap().hash().0;
    let other = as_if(&chunk, 5, 1);
    let mut low = as_if(&chunk, 6, 1);
    (low.deps, low.start_op) = (vec![hash(&other)], low.start_op + 1);
    let high = as_if(&chunk, 6, 2);
    let mut after = high.clone();
    (after.deps, after.start_op) = (vec![hash(&low)], low.start_op + 1);
    let forged = [&other, &low, &high].map(|change| joined(change.seal()));
    assert_eq!(
        findings(&judged(Some(&base), &forged)),
        ["publish", "publish", "seq_gap"]
    );
    let right = [&other, &low, &after].map(|change| joined(change.seal()));
    assert_eq!(findings(&judged(Some(&base), &right)), ["publish"; 3]);
    // Where others wrote between two changes of one actor, the way back leads over them.
    let mut between = as_if(&chunk, 5, 2);
    (between.deps, between.start_op) = (vec![hash(&low)], low.start_op + 1);
    let mut last = as_if(&chunk, 6, 2);
    (last.deps, last.start_op) = (vec![hash(&between)], between.start_op + 1);
    let joint = [&other, &low, &between, &last].map(|change| joined(change.seal()));
    assert_eq!(findings(&judged(Some(&base), &joint)), ["publish"; 4]);
}

/// It can be taken where all is there, but not by a phone that has what it depends on and no more: Automerge panics.
#[test]
fn a_change_that_names_what_it_does_not_depend_on_is_held() {
    let mut base = note_by(actor(1), ANN);
    take(&mut base, actor(2));
    write(&mut base, &[typed(0, "Bob was there. ")]);
    let by = |doc: &Automerge, n: u8, text: &str| {
        let mut doc = doc.clone();
        take(&mut doc, actor(n));
        let chunk = write(&mut doc, &[typed(0, text)]);
        (doc, joined(chunk))
    };
    let ((with_bobs, bobs), (eve, eves)) = (by(&base, 2, "bob "), by(&base, 5, "a long sentence "));
    let with_both = |mut eve: Automerge| {
        eve.merge(&mut with_bobs.clone()).unwrap();
        eve
    };
    let hash = |candidate: &Candidate| Change::from_bytes(candidate.chunk.clone()).unwrap().hash();
    let bobs_letter = Change::from_bytes(bobs.chunk.clone()).unwrap();
    let bobs_letter = OpId(bobs_letter.start_op().get(), bobs_letter.actor_id().clone());
    let honest_on = |doc: &Automerge, n: u8| {
        let mut change = Change::from_bytes(by(doc, n, "x").1.chunk).unwrap().decode();
        change.operations[0].key = Key::Seq(ElementId::Id(bobs_letter.clone()));
        change.hash = None;
        change
    };
    let sealed = |change: ExpandedChange| joined(Change::from(change).raw_bytes().to_vec());
    let honest = honest_on(&with_both(eve.clone()), 5);
    let mut lie = honest.clone();
    lie.deps = vec![hash(&eves)];
    lie.start_op = Change::from_bytes(eves.chunk.clone())
        .unwrap()
        .max_op()
        .checked_add(1)
        .unwrap()
        .try_into()
        .unwrap();
    let (honest, lie) = (sealed(honest), sealed(lie));
    // The honest one beside it does the same.
    for (third, found) in [(&honest, "publish"), (&lie, "seq_gap")] {
        let all = [bobs.clone(), eves.clone(), third.clone()];
        assert_eq!(
            findings(&judged(Some(&base), &all)),
            ["publish", "publish", found]
        );
        assert_eq!(findings(&judged(Some(&with_bobs), &all[1..])), ["publish", found]);
        assert_eq!(
            findings(&judged(Some(&with_both(eve.clone())), &all[2..])),
            [found]
        );
    }
    // What it names comes later in the same judgement, or not at all.
    let later = [eves.clone(), lie.clone(), bobs.clone()];
    assert_eq!(
        findings(&judged(Some(&base), &later)),
        ["publish", "seq_gap", "publish"]
    );
    assert_eq!(
        findings(&judged(Some(&base), &later[..2])),
        ["publish", "seq_gap"]
    );
    // Who has seen somebody who had seen it has seen it too, however the two were merged before.
    let mut all = with_both(eve.clone());
    all.apply_changes([Change::from_bytes(honest.chunk.clone()).unwrap()])
        .unwrap();
    let carols = sealed(honest_on(&all, 3));
    assert_eq!(
        findings(&judged(Some(&all), std::slice::from_ref(&carols))),
        ["publish"]
    );
    let (_, dans) = by(&with_bobs, 4, "dan ");
    let beside = [dans, bobs.clone(), eves.clone(), honest.clone(), carols];
    assert_eq!(findings(&judged(Some(&base), &beside)), ["publish"; 5]);
}

#[test]
fn who_sends_bad_ones_again_and_again_has_the_rest_held_and_nobody_else() {
    let base = note_by(actor(1), ANN);
    let bad = raw(&base, |tx| {
        tx.put(ROOT, "salary", 5).unwrap();
    });
    let good = raw(&base, |tx| typed(0, "x").apply_to(tx));
    let from = |sender: u8, change: forge::Change| Candidate {
        sender: Some(notes::ids::DeviceId([sender; 16])),
        ..joined(change.seal())
    };
    let mut sent = vec![from(1, as_if(&bad, 10, 1)), from(1, as_if(&bad, 11, 1))];
    sent.push(from(1, as_if(&good, 12, 1)));
    sent.push(from(2, as_if(&good, 13, 1)));
    let few = judged(Some(&base), &sent);
    assert_eq!(
        findings(&few),
        ["unknown_key", "unknown_key", "publish", "publish"]
    );
    sent.extend((20..60).map(|by| from(1, as_if(&bad, by, 1))));
    sent.push(from(2, as_if(&good, 14, 1)));
    let many = findings(&judged(Some(&base), &sent));
    assert_eq!(
        many[..4],
        ["unknown_key", "unknown_key", "unknown_key", "publish"]
    );
    assert_eq!(many[4..44], ["unknown_key"; 40]);
    assert_eq!(many[44], "publish");
}

/// Changes that name an object, an element or an operation that is not there, or not of that kind.
fn dangling(base: &Automerge) -> Vec<Vec<u8>> {
    let honest = [
        raw(base, |tx| typed(0, "forged").apply_to(tx)),
        raw(base, |tx| put("kind", "phone_call").apply_to(tx)),
        raw(base, |tx| put("actions.a.what", "call").apply_to(tx)),
        raw(base, |tx| {
            tx.delete(ROOT, "kind").unwrap();
        }),
    ];
    let columns = [
        column::OBJECT_COUNTER,
        column::OBJECT_ACTOR,
        column::KEY_COUNTER,
        column::KEY_ACTOR,
        column::PRED_COUNTER,
        column::PRED_ACTOR,
        column::ACTION,
    ];
    let mut forged = Vec::new();
    for chunk in honest {
        let open = forge::Change::open(&chunk);
        for spec in columns {
            let Some((_, data)) = open.columns.iter().find(|(known, _)| *known == spec) else {
                continue;
            };
            for at in 0..data.len() {
                for by in 1..=126u8 {
                    let mut lie = data.clone();
                    lie[at] = lie[at].wrapping_add(by) & 0x7f;
                    forged.push(open.clone().with(spec, lie).seal());
                }
            }
        }
    }
    forged
}

trait ApplyTo {
    fn apply_to(&self, tx: &mut automerge::transaction::Transaction<'_>);
}

impl ApplyTo for notes::note::Edit {
    fn apply_to(&self, tx: &mut automerge::transaction::Transaction<'_>) {
        self.apply(tx, Template::Note).unwrap();
    }
}

#[test]
fn nothing_that_is_published_leaves_a_document_that_does_not_load_again() {
    let base = note_by(actor(1), ANN);
    let lies = dangling(&base);
    assert!(lies.len() > 1_000, "{}", lies.len());
    let mut published = 0;
    for lie in lies {
        let outcome = without_falls(&[joined(lie.clone())], |candidates| {
            judged(Some(&base), candidates)
        });
        let Some(sound) = outcome.outcome else { continue };
        let doc = sound.doc.unwrap();
        published += 1;
        let again = std::panic::catch_unwind(|| notes::note::load(&doc.save()));
        let again = again
            .unwrap_or_else(|_| panic!("falls when it is loaded again: {lie:02x?}"))
            .unwrap();
        assert_eq!(again.get_heads(), doc.get_heads(), "{lie:02x?}");
        assert_eq!(plain(&again), plain(&doc), "{lie:02x?}");
    }
    println!("{published} were published");
}
