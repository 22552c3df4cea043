//! The short way of the judge: what is typed takes it, whatever is bent does not, and what takes it loads again.

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Automerge, Change, ExpandedChange, ROOT, ReadDoc as _};
use notes::note::edit::Scalar;
use notes::note::{Edit, Plain, Template};

use super::world::*;
use crate::sync::judge::loads_again;
use crate::sync::small;

fn count(path: &str, ms: u64) -> Edit {
    Edit::Put {
        path: path.into(),
        value: Some(Scalar::Count(ms)),
    }
}

fn cut(at: u64, delete: u64) -> Edit {
    Edit::Splice {
        field: "body".into(),
        at,
        delete,
        insert: String::new(),
    }
}

/// A note that two have written in, with values that were written over, an entry and a mark.
fn lived_in() -> Automerge {
    let mut doc = note_by(actor(1), ANN);
    write(
        &mut doc,
        &[put("kind", "phone_call"), count("recording_ms.d1", 900)],
    );
    let mut bob = doc.clone();
    take(&mut bob, actor(2));
    write(&mut bob, &[typed(3, "both "), put("kind", "home_visit")]);
    write(&mut doc, &[cut(0, 2), put("kind", "office_visit")]);
    doc.merge(&mut bob).unwrap();
    let strengths = Edit::Splice {
        field: "strengths".into(),
        at: 0,
        delete: 0,
        insert: "kind".into(),
    };
    write(&mut doc, &[strengths, put("actions.a1.what", "call")]);
    let mark = Edit::Mark {
        field: "body".into(),
        start: 0,
        end: 4,
        kind: "third_party".into(),
    };
    write(&mut doc, &[mark]);
    doc
}

/// The changes that these edits make, one each.
fn made(base: &Automerge, edits: &[&[Edit]]) -> Vec<Change> {
    let mut doc = base.clone();
    for edits in edits {
        write(&mut doc, edits);
    }
    doc.get_changes(&base.get_heads())
}

#[test]
fn what_is_typed_takes_the_short_way() {
    let base = lived_in();
    let end = Plain::read(&base, Template::Note).unwrap().texts["body"]
        .chars()
        .count() as u64;
    let sentence: &[Edit] = &[typed(end, "She laughed. 🏠")];
    let cases: [(&str, &[&[Edit]]); 8] = [
        ("a letter at the end", &[&[typed(end, "a")]]),
        ("at the beginning", &[&[typed(0, "a")]]),
        ("in the middle, where a colleague wrote", &[&[typed(3, "a")]]),
        ("a sentence", &[sentence]),
        ("letters taken out", &[&[cut(2, 5)]]),
        (
            "time that was spent",
            &[&[typed(0, "a"), count("recording_ms.d1", 950)]],
        ),
        (
            "where two had written different values",
            &[&[put("kind", "phone_call")]],
        ),
        (
            "three changes, each on the one before",
            &[
                &[typed(0, "abc"), count("recording_ms.d1", 950)],
                &[typed(3, "def"), count("recording_ms.d1", 999)],
                &[cut(1, 4)],
            ],
        ),
    ];
    for (what, edits) in cases {
        for who in [1, 2, 3] {
            let mut base = base.clone();
            take(&mut base, actor(who));
            assert!(small::fits(&base, made(&base, edits).iter()), "{what}, by {who}");
        }
    }
}

#[test]
fn what_is_more_than_typing_takes_the_long_way() {
    let base = lived_in();
    let long = "word ".repeat(30);
    let cases: [(&str, &[Edit]); 3] = [
        ("a new entry", &[put("actions.a2.what", "write")]),
        ("a long text at once", &[typed(0, &long)]),
        (
            "a mark",
            &[Edit::Mark {
                field: "body".into(),
                start: 1,
                end: 3,
                kind: "third_party".into(),
            }],
        ),
    ];
    for (what, edits) in cases {
        assert!(!small::fits(&base, made(&base, &[edits]).iter()), "{what}");
    }
}

/// All that a change may name in a document: its objects, and the ids of its operations.
fn names(doc: &Automerge) -> (Vec<ObjectId>, Vec<OpId>) {
    let (mut objects, mut ids) = (vec![ObjectId::Root], Vec::new());
    for change in doc.get_changes(&[]) {
        let change = change.decode();
        for (counter, op) in (change.start_op.get()..).zip(&change.operations) {
            let id = OpId(counter, change.actor_id.clone());
            if matches!(op.action, OpType::Make(_)) {
                objects.push(ObjectId::Id(id.clone()));
            }
            ids.push(id);
        }
    }
    (objects, ids)
}

fn the_text(doc: &Automerge, name: &str) -> ObjectId {
    let (_, id) = doc.get(ROOT, name).unwrap().unwrap();
    let automerge::ObjId::Id(counter, actor, _) = id else {
        panic!("the root is no text")
    };
    ObjectId::Id(OpId(counter, actor))
}

/// One change of these edits, bent, as a change of its own.
fn bent(base: &Automerge, edits: &[Edit], bend: impl FnOnce(&mut Vec<Op>)) -> Change {
    let mut change: ExpandedChange = made(base, &[edits])[0].decode();
    bend(&mut change.operations);
    change.hash = None;
    Change::from(change)
}

/// What is wrong, the edits of the change, and what makes it wrong.
type Bent<'a> = (&'a str, &'a [Edit], &'a dyn Fn(&mut Vec<Op>));

#[test]
fn what_names_something_that_is_not_where_it_says_takes_the_long_way() {
    let base = lived_in();
    let (_, ids) = names(&base);
    let strengths = the_text(&base, "strengths");
    let in_strengths = base
        .get_changes(&[])
        .iter()
        .map(Change::decode)
        .find_map(|change| {
            let at = change
                .operations
                .iter()
                .position(|op| op.obj == strengths && op.insert)?;
            Some(OpId(change.start_op.get() + at as u64, change.actor_id))
        });
    let in_strengths = in_strengths.unwrap();
    let values = base.get_all(ROOT, "kind").unwrap();
    assert_eq!(values.len(), 2, "two have written different values");
    let letter = |ops: &[Op]| ops[0].key.to_opid().unwrap();
    let mark = ids.last().unwrap().clone();
    let first_kind = OpId(20, ActorId::from(actor(1).0));
    let put_kind = [put("kind", "phone_call")];
    let cases: [Bent<'_>; 11] = [
        ("behind a letter of another text", &[typed(1, "a")], &|ops| {
            ops[0].key = Key::Seq(ElementId::Id(in_strengths.clone()));
        }),
        ("behind a letter that is not there", &[typed(1, "a")], &|ops| {
            ops[0].key = Key::Seq(ElementId::Id(letter(ops).increment_by(1_000)));
        }),
        ("behind one of somebody unknown", &[typed(1, "a")], &|ops| {
            ops[0].key = Key::Seq(ElementId::Id(OpId(30, ActorId::from([9; 16]))));
        }),
        ("behind the end of a mark", &[typed(1, "a")], &|ops| {
            ops[0].key = Key::Seq(ElementId::Id(mark.clone()));
        }),
        ("in a text that is not there", &[typed(1, "a")], &|ops| {
            ops[0].obj = ObjectId::Id(letter(ops).increment_by(1_000));
        }),
        ("in a letter", &[typed(1, "a")], &|ops| {
            ops[0].obj = ObjectId::Id(letter(ops));
        }),
        ("a key in a text", &[typed(1, "a")], &|ops| {
            ops[0].key = Key::Map("k".into());
        }),
        ("one letter taken out in place of another", &[cut(1, 1)], &|ops| {
            ops[0].pred = vec![in_strengths.clone()].into();
        }),
        ("a letter taken out twice", &[cut(1, 1)], &|ops| {
            ops.push(ops[0].clone());
        }),
        ("in place of a value of another key", &put_kind, &|ops| {
            ops[0].pred = vec![in_strengths.clone()].into();
        }),
        ("in place of a value that is no more", &put_kind, &|ops| {
            ops[0].pred = vec![first_kind.clone()].into();
        }),
    ];
    for (what, edits, bend) in cases {
        assert!(
            small::fits(&base, std::iter::once(&bent(&base, edits, |_| {}))),
            "{what}"
        );
        assert!(
            !small::fits(&base, std::iter::once(&bent(&base, edits, bend))),
            "{what}"
        );
    }
}

/// Changes put together by chance out of what a note has, and a little that it has not: one that takes the short way
/// is one that the long way takes too.
#[test]
fn whatever_takes_the_short_way_loads_again() {
    let base = lived_in();
    let (objects, mut ids) = names(&base);
    ids.push(OpId(5_000, ActorId::from(actor(1).0)));
    // The letters of the sentence that the note began with.
    let letters = ids[20..31].to_vec();
    let honest: Vec<Op> = made(&base, &[&[typed(4, "abc"), cut(1, 2), put("kind", "phone_call")]])[0]
        .decode()
        .operations;
    let (mut short, mut long) = (0, 0);
    for seed in 1..6_000u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let change = bent(
            &base,
            &[typed(4, "abc"), cut(1, 2), put("kind", "phone_call")],
            |ops| {
                for _ in 0..=dice.below(2) {
                    let at = dice.below(ops.len());
                    let from = if dice.below(4) == 0 { &ids } else { &letters };
                    let id = from[dice.below(from.len())].clone();
                    match dice.below(5) {
                        0 => ops[at].obj = objects[dice.below(objects.len())].clone(),
                        1 => ops[at].key = Key::Seq(ElementId::Id(id)),
                        2 => ops[at].pred = vec![id].into(),
                        3 => ops[at].key = honest[dice.below(honest.len())].key.clone(),
                        _ => ops.swap(at, at / 2),
                    }
                }
            },
        );
        if !small::fits(&base, std::iter::once(&change)) {
            long += 1;
            continue;
        }
        short += 1;
        let mut doc = base.clone();
        doc.apply_changes([change])
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let Ok(plain) = Plain::read(&doc, Template::Note) else {
            continue;
        };
        assert!(loads_again(&doc, &plain, Template::Note), "seed {seed}");
    }
    assert!(short > 100 && long > 1_000, "{short} and {long}");
}
