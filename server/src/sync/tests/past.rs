//! Who had seen what, against a walk over the whole history.

use std::collections::HashSet;

use automerge::legacy::{ElementId, Key, OpId};
use automerge::{ActorId, Automerge, Change, ChangeHash};

use super::world::*;
use crate::sync::past::{Known, Past};

/// A note in which four write, each on a phone of their own, and meet now and then; some say nothing new.
fn by_four(dice: &mut Dice) -> Vec<Change> {
    let mut phones: Vec<Automerge> = vec![note_by(actor(1), ANN)];
    for n in 2..5 {
        let mut phone = phones[0].clone();
        take(&mut phone, actor(n));
        phones.push(phone);
    }
    for _ in 0..40 {
        let at = dice.below(phones.len());
        match dice.below(6) {
            0 | 1 => {
                let mut other = phones[dice.below(4)].clone();
                phones[at].merge(&mut other).unwrap();
            }
            2 => {
                phones[at].empty_commit(automerge::transaction::CommitOptions::default());
            }
            _ => {
                let place = dice.below(8) as u64;
                write(&mut phones[at], &[typed(place, "ab")]);
            }
        }
    }
    let mut all = phones.remove(0);
    for mut phone in phones {
        all.merge(&mut phone).unwrap();
    }
    all.get_changes(&[])
}

fn enter(past: &mut Past, change: &Change) {
    past.insert(
        change.hash(),
        Known {
            actor: change.actor_id().clone(),
            start_op: change.start_op().get(),
            max_op: change.max_op(),
            deps: change.deps().to_vec(),
        },
    );
}

/// All that a change depends on, by steps or at once.
fn before(changes: &[Change], change: &Change) -> HashSet<ChangeHash> {
    let mut seen = HashSet::new();
    let mut open = change.deps().to_vec();
    while let Some(hash) = open.pop() {
        if seen.insert(hash) {
            let found = changes.iter().find(|change| change.hash() == hash).unwrap();
            open.extend(found.deps());
        }
    }
    seen
}

/// The same change, but its letters stand behind another one.
fn behind(change: &Change, letter: OpId) -> Change {
    let mut change = change.decode();
    change.operations[0].key = Key::Seq(ElementId::Id(letter));
    change.hash = None;
    Change::from(change)
}

#[test]
fn a_change_has_seen_what_it_builds_on_and_nothing_else() {
    let (mut right, mut wrong) = (0, 0);
    for seed in 1..60u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let changes = by_four(&mut dice);
        let mut past = Past::default();
        for change in &changes {
            assert!(past.has_seen_all(change), "seed {seed}: it is honest");
            if !change.is_empty() && !change.deps().is_empty() {
                for _ in 0..6 {
                    let named = &changes[1 + dice.below(changes.len() - 1)];
                    let far = named.max_op() + 1 - named.start_op().get();
                    let counter =
                        named.start_op().get() + dice.below(usize::try_from(far.max(1)).unwrap()) as u64;
                    if far == 0 || named.actor_id() == change.actor_id() {
                        continue;
                    }
                    let bent = behind(change, OpId(counter, named.actor_id().clone()));
                    let expected = before(&changes, change).contains(&named.hash());
                    let found = past.has_seen_all(&bent);
                    assert_eq!(found, expected, "seed {seed}: {counter} of {}", named.actor_id());
                    *(if found { &mut right } else { &mut wrong }) += 1;
                }
            }
            enter(&mut past, change);
        }
    }
    println!("{right} had seen it, {wrong} had not");
    assert!(right > 500 && wrong > 500);
}

#[test]
fn what_is_taken_out_again_was_not_there() {
    let mut doc = note_by(actor(1), ANN);
    let mut bob = doc.clone();
    take(&mut bob, actor(2));
    write(&mut bob, &[typed(0, "bob ")]);
    let bobs = bob.get_last_local_change().unwrap();
    let mut past = Past::default();
    doc.get_changes(&[])
        .iter()
        .for_each(|change| enter(&mut past, change));
    enter(&mut past, &bobs);
    take(&mut bob, actor(3));
    write(&mut bob, &[typed(1, "x")]);
    let carols = bob.get_last_local_change().unwrap();
    let bobs_letter = OpId(bobs.start_op().get(), ActorId::from(actor(2).0));
    let carols = behind(&carols, bobs_letter.clone());
    assert!(past.has_seen_all(&carols));
    // Asked again it is remembered; but not when what it was about is gone.
    assert!(past.has_seen_all(&carols));
    past.remove(std::iter::once(bobs.hash()));
    assert!(past.get(&bobs.hash()).is_none());
    assert!(!past.has_seen_all(&carols));
    // Nobody builds on what is not there, and what was the last before it is the last again.
    take(&mut doc, actor(3));
    write(&mut doc, &[typed(0, "carol ")]);
    let beside = doc.get_last_local_change().unwrap();
    assert!(past.has_seen_all(&beside));
    assert!(!past.has_seen_all(&behind(&beside, bobs_letter)));
    assert!(past.builds_on(beside.deps(), beside.deps()[0]));
    assert!(!past.builds_on(beside.deps(), bobs.hash()));
}

#[test]
fn an_empty_past_has_nothing_in_it() {
    let mut past = Past::default();
    assert!(past.is_empty());
    let first = &note_by(actor(1), ANN).get_changes(&[])[0];
    assert!(past.has_seen_all(first), "who names nobody has seen enough");
    enter(&mut past, first);
    assert!(!past.is_empty());
}
