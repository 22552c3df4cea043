//! Chance attacks convergence, and the closed note: every run prints its seed.

use std::collections::HashSet;

use automerge::transaction::Transactable;
use automerge::{Automerge, ChangeHash, ROOT, ReadDoc};

use super::world::{
    Dice, addendum, at, change, clear, copy, finish, mark, merge, phone, put, read, remove, splice, text,
    write,
};
use crate::note::edit::Scalar;
use crate::note::finish::{Newcomers, violations};
use crate::note::{Edit, Template};

const LETTERS: [&str; 8] = ["a", "word ", "é", "👵🏽", "\n", "ŵ", "Mae ", "👨‍👩‍👧"];
const TEXTS: [&str; 4] = ["body", "analysis", "person_view", "persons_words"];

fn edit(dice: &mut Dice, doc: &Automerge) -> Edit {
    let field = dice.pick(&TEXTS);
    let length = doc.length(at(doc, field)) as u64;
    let id = format!("e{}", dice.roll(4));
    let place = dice.roll(length + 1);
    match dice.roll(10) {
        0..4 => splice(
            field,
            place,
            dice.roll((length - place).min(5) + 1),
            dice.pick(&LETTERS),
        ),
        4 if length > 0 => {
            let start = dice.roll(length);
            mark(
                field,
                start,
                start + 1 + dice.roll(length - start),
                dice.pick(&["third_party", "do_not_share"]),
            )
        }
        5 => put(&format!("actions.{id}.what"), text(dice.pick(&LETTERS))),
        6 => put(
            &format!("outcomes.{id}.progress"),
            text(dice.pick(&["new", "met"])),
        ),
        7 => put("started_at", Scalar::Time(i64::try_from(dice.roll(9)).unwrap())),
        8 => put("kind", text(dice.pick(&["home_visit", "phone_call"]))),
        _ => clear(dice.pick(&["kind", "ended_at", "feedback.words"])),
    }
}

/// Up to three edits as one change; a removal only where there is something to remove.
fn scribble(dice: &mut Dice, doc: &mut Automerge) -> Option<ChangeHash> {
    let mut tx = doc.clone();
    let mut edits = Vec::new();
    for _ in 0..=dice.roll(3) {
        let taken = read(&tx).entries["actions"].keys().next().cloned();
        let next = match taken {
            Some(id) if dice.roll(8) == 0 => remove(&format!("actions.{id}")),
            _ => edit(dice, &tx),
        };
        let mut scratch = tx.transaction();
        next.apply(&mut scratch, Template::Note).unwrap();
        scratch.commit();
        edits.push(next);
    }
    let before = doc.get_heads();
    let mut tx = doc.transaction();
    edits
        .iter()
        .for_each(|edit| edit.apply(&mut tx, Template::Note).unwrap());
    let (hash, _) = tx.commit();
    assert_eq!(hash.is_none(), before == doc.get_heads());
    hash
}

fn mingle(dice: &mut Dice, phones: &mut [Automerge]) {
    let (from, into) = (dice.below(phones.len()), dice.below(phones.len()));
    let from = phones[from].clone();
    merge(&mut phones[into], &from);
}

#[test]
fn three_phones_end_alike_whatever_they_write() {
    let mut dice = Dice::seeded();
    for _ in 0..25 {
        let mut phones: Vec<Automerge> = (1..=3).map(phone).collect();
        let mut written = 0;
        for _ in 0..60 {
            if dice.roll(4) == 0 {
                mingle(&mut dice, &mut phones);
            } else {
                let one = dice.below(3);
                written += usize::from(scribble(&mut dice, &mut phones[one]).is_some());
            }
        }
        assert!(written > 20, "chance has written something");
        let all = phones.clone();
        for (doc, order) in phones.iter_mut().zip([[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
            order.iter().for_each(|i| merge(doc, &all[*i]));
        }
        let [first, second, third] = [0, 1, 2].map(|i| read(&phones[i]));
        assert_eq!(first, second);
        assert_eq!(first, third);
        let loaded = crate::note::load(&phones[0].save_nocompress()).unwrap();
        assert_eq!(read(&loaded), first);
    }
}

fn legal(dice: &mut Dice, doc: &mut Automerge, round: usize) -> ChangeHash {
    let entry = read(doc).entries["actions"].keys().next().cloned();
    let length = doc.length(at(doc, "body")) as u64;
    let edits = match (dice.roll(3), entry) {
        (0, Some(id)) => vec![put(
            &format!("actions.{id}.private"),
            text(["third_party", "do_not_share"][round % 2]),
        )],
        (1, _) if length > 0 => {
            let start = dice.roll(length);
            vec![mark("body", start, length, "third_party")]
        }
        _ => addendum(&format!("x{round}"), dice.pick(&LETTERS)),
    };
    let mut tx = doc.transaction();
    edits
        .iter()
        .for_each(|edit| edit.apply(&mut tx, Template::Note).unwrap());
    // A flag that says what stood there already changes nothing.
    let (hash, _) = tx.commit();
    hash.unwrap_or_else(|| write(doc, &addendum(&format!("y{round}"), "more")))
}

fn illegal(dice: &mut Dice, doc: &mut Automerge) -> ChangeHash {
    match dice.roll(6) {
        0 => change(doc, |tx| tx.delete(ROOT, "finished").unwrap()),
        1 => change(doc, |tx| {
            drop(tx.put_object(ROOT, "finished", automerge::ObjType::Map).unwrap());
        }),
        2 => {
            let mut edits = addendum("z", "with a legal face");
            edits.push(splice("body", 0, 0, "x"));
            write(doc, &edits)
        }
        _ => loop {
            let next = edit(dice, doc);
            if matches!(next, Edit::Mark { .. }) {
                continue;
            }
            let mut tx = doc.transaction();
            next.apply(&mut tx, Template::Note).unwrap();
            if let (Some(hash), _) = tx.commit() {
                break hash;
            }
        },
    }
}

#[test]
fn after_the_finish_every_illegal_change_is_found_and_no_legal_one() {
    let mut dice = Dice::seeded();
    let (mut found, mut free) = (0, 0);
    for _ in 0..60 {
        let mut phones: Vec<Automerge> = (1..=3).map(phone).collect();
        let (mut fresh, mut expected) = (HashSet::new(), HashSet::new());
        for _ in 0..15 {
            let one = dice.below(3);
            fresh.extend(scribble(&mut dice, &mut phones[one]));
            mingle(&mut dice, &mut phones);
        }
        let closer = dice.below(3);
        fresh.insert(write(&mut phones[closer], &[finish(5, "W1")]));
        for round in 0..12 {
            let one = dice.below(3);
            let doc = &mut phones[one];
            // What counts is what this phone has seen.
            let knows = doc.get(ROOT, "finished").unwrap().is_some();
            if knows && dice.roll(3) == 0 {
                // The wrong-doer's phone is not merged into the others: they go on with a closed note.
                let mut rogue = copy(doc, 10 + u8::try_from(round).unwrap());
                let hash = illegal(&mut dice, &mut rogue);
                fresh.insert(hash);
                expected.insert(hash);
                phones.push(rogue);
            } else if knows {
                fresh.insert(legal(&mut dice, doc, round));
            } else {
                fresh.extend(scribble(&mut dice, doc));
            }
            mingle(&mut dice, &mut phones[..3]);
        }
        let mut server = phone(99);
        phones.iter().for_each(|doc| merge(&mut server, doc));
        let newcomers = Newcomers {
            fresh: &fresh,
            knew: &HashSet::new(),
            desk: &|_| false,
        };
        let named: HashSet<ChangeHash> = violations(&server, &newcomers).unwrap().into_iter().collect();
        assert_eq!(named, expected);
        found += expected.len();
        free += fresh.len() - expected.len();
    }
    assert!(found > 50 && free > 500, "chance has tried both: {found}, {free}");
}
