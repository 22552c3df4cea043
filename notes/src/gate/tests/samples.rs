//! Honest documents of all shapes that notes have, made by Automerge itself.
//!
//! Nothing is checked here.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};

use super::Dice;

fn by(actor: u8) -> AutoCommit {
    AutoCommit::new().with_actor(ActorId::from([actor; 16]))
}

fn commit(doc: &mut AutoCommit, time: i64) {
    doc.commit_with(CommitOptions::default().with_time(time));
}

fn empty() -> AutoCommit {
    by(1)
}

fn every_value() -> AutoCommit {
    let mut doc = by(1);
    let values: [(&str, ScalarValue); 12] = [
        ("null", ScalarValue::Null),
        ("yes", true.into()),
        ("no", false.into()),
        ("small", ScalarValue::Uint(7)),
        ("large", ScalarValue::Uint(u64::MAX)),
        ("negative", ScalarValue::Int(-7)),
        ("least", ScalarValue::Int(i64::MIN)),
        ("float", 0.5_f64.into()),
        ("text", "a visit".into()),
        ("bytes", vec![1_u8, 2, 3].into()),
        ("nothing", "".into()),
        ("time", ScalarValue::Timestamp(1_763_800_000_000)),
    ];
    for (key, value) in values {
        doc.put(ROOT, key, value).unwrap();
    }
    commit(&mut doc, 1_763_800_000_000);
    doc.put(ROOT, "yes", false).unwrap();
    doc.delete(ROOT, "no").unwrap();
    commit(&mut doc, 1_763_800_100_000);
    doc.put(ROOT, "no", "again").unwrap();
    commit(&mut doc, 1_763_700_000_000);
    doc
}

fn nested() -> AutoCommit {
    let mut doc = by(9);
    let actions = doc.put_object(ROOT, "actions", ObjType::Map).unwrap();
    for id in 0..5 {
        let action = doc
            .put_object(&actions, format!("id-{id}"), ObjType::Map)
            .unwrap();
        doc.put(&action, "what", format!("call {id}")).unwrap();
        let text = doc.put_object(&action, "who", ObjType::Text).unwrap();
        doc.splice_text(&text, 0, 0, "the daughter").unwrap();
        commit(&mut doc, id);
    }
    let list = doc.put_object(ROOT, "list", ObjType::List).unwrap();
    for at in 0..4 {
        let inner = doc.insert_object(&list, at, ObjType::Map).unwrap();
        doc.put(&inner, "at", i64::try_from(at).unwrap()).unwrap();
    }
    doc.put(&list, 1, "instead").unwrap();
    doc.delete(&list, 2).unwrap();
    doc.delete(&actions, "id-3").unwrap();
    commit(&mut doc, 9);
    doc
}

fn typed() -> AutoCommit {
    let mut doc = by(1);
    let body = doc.put_object(ROOT, "body", ObjType::Text).unwrap();
    let other = doc.put_object(ROOT, "other", ObjType::Text).unwrap();
    commit(&mut doc, 0);
    for round in 0..70 {
        let end = doc.length(&body);
        doc.splice_text(
            &body,
            end,
            0,
            "She says that the stairs are hard. She sleeps well, and eats. ",
        )
        .unwrap();
        if round % 3 == 0 {
            doc.splice_text(&body, end / 2, 7, "").unwrap();
        }
        if round % 5 == 0 {
            doc.splice_text(&body, end / 3, 2, "Üß").unwrap();
        }
        if round % 7 == 0 {
            doc.splice_text(&other, 0, 0, "fro").unwrap();
        }
        commit(&mut doc, 1_763_800_000_000 + round * 2_711 + round % 13);
    }
    doc
}

fn emoji() -> AutoCommit {
    let mut doc = by(2);
    let body = doc.put_object(ROOT, "🏠", ObjType::Text).unwrap();
    doc.splice_text(&body, 0, 0, "👩‍👩‍👧 and 🐈, 日本語, \u{0}").unwrap();
    doc.splice_text(&body, 3, 2, "x").unwrap();
    commit(&mut doc, 5);
    doc
}

fn marked() -> AutoCommit {
    let mut doc = by(3);
    let body = doc.put_object(ROOT, "body", ObjType::Text).unwrap();
    doc.splice_text(&body, 0, 0, "what the neighbour said is private")
        .unwrap();
    commit(&mut doc, 1);
    doc.mark(
        &body,
        Mark::new("third_party".to_owned(), true, 0, 12),
        ExpandMark::Both,
    )
    .unwrap();
    doc.mark(
        &body,
        Mark::new("do_not_share".to_owned(), "x", 4, 20),
        ExpandMark::None,
    )
    .unwrap();
    doc.splice_text(&body, 6, 0, "typed within ").unwrap();
    commit(&mut doc, 2);
    doc.mark(
        &body,
        Mark::new("third_party".to_owned(), true, 2, 30),
        ExpandMark::After,
    )
    .unwrap();
    doc.unmark(&body, "do_not_share", 5, 9, ExpandMark::None).unwrap();
    commit(&mut doc, 3);
    doc
}

fn merged() -> AutoCommit {
    let mut ann = by(4);
    let body = ann.put_object(ROOT, "body", ObjType::Text).unwrap();
    ann.put(ROOT, "kind", "home_visit").unwrap();
    ann.splice_text(&body, 0, 0, "They wrote this together.").unwrap();
    commit(&mut ann, 0);
    let mut bob = ann.fork().with_actor(ActorId::from([2; 16]));
    let mut eve = ann.fork().with_actor(ActorId::from([200; 16]));
    for round in 0..12 {
        for (who, doc) in [(0, &mut ann), (1, &mut bob), (2, &mut eve)] {
            let at = (round * 3 + who) % doc.length(&body);
            doc.splice_text(&body, at, 1, &format!("{who}{round}")).unwrap();
            doc.put(ROOT, "kind", format!("by {who}")).unwrap();
            commit(doc, i64::try_from(round).unwrap());
        }
        if round % 4 == 3 {
            ann.merge(&mut bob).unwrap();
            ann.merge(&mut eve).unwrap();
            bob.merge(&mut ann).unwrap();
        }
    }
    ann.put(ROOT, "kind", "settled").unwrap();
    ann.splice_text(&body, 0, 5, "").unwrap();
    commit(&mut ann, 90);
    bob.put(ROOT, "kind", "at the same time").unwrap();
    commit(&mut bob, 91);
    ann.merge(&mut bob).unwrap();
    ann.merge(&mut eve).unwrap();
    ann
}

/// Ann goes on from what Ben wrote on hers, and does not name her own.
fn by_turns() -> AutoCommit {
    let mut ann = by(2);
    ann.put(ROOT, "a", 1).unwrap();
    commit(&mut ann, 1);
    let mut ben = ann.fork().with_actor(ActorId::from([1; 16]));
    ben.put(ROOT, "b", 2).unwrap();
    commit(&mut ben, 2);
    ann.merge(&mut ben).unwrap();
    ann.put(ROOT, "a", 3).unwrap();
    commit(&mut ann, 3);
    ann
}

/// Two beginnings.
fn begun_apart() -> AutoCommit {
    let (mut ann, mut ben) = (by(2), by(1));
    ann.put(ROOT, "a", 1).unwrap();
    commit(&mut ann, 1);
    ben.put(ROOT, "b", 2).unwrap();
    commit(&mut ben, 2);
    ann.merge(&mut ben).unwrap();
    ann
}

fn two_hundred_changes() -> AutoCommit {
    let mut doc = by(6);
    for round in 0..200 {
        doc.put(ROOT, format!("key {}", round % 17), round).unwrap();
        commit(&mut doc, round * round);
    }
    doc
}

fn long_delete() -> AutoCommit {
    let mut doc = by(7);
    let body = doc.put_object(ROOT, "body", ObjType::Text).unwrap();
    doc.splice_text(&body, 0, 0, &"pasted and taken out again. ".repeat(800))
        .unwrap();
    commit(&mut doc, 0);
    doc.splice_text(&body, 100, 20_000, "").unwrap();
    commit(&mut doc, 0);
    doc
}

/// Texts that do not say what was inserted in them: a letter was written over, or stands for something else.
pub(super) fn unusual() -> [AutoCommit; 3] {
    let texts = || {
        let mut doc = by(7);
        let body = doc.put_object(ROOT, "body", ObjType::Text).unwrap();
        doc.splice_text(&body, 0, 0, "a visit").unwrap();
        (doc, body)
    };
    let (mut over, body) = texts();
    over.put(&body, 2, "V").unwrap();
    let (mut number, body) = texts();
    number.insert(&body, 2, 7).unwrap();
    let (mut object, body) = texts();
    _ = object.insert_object(&body, 2, ObjType::Map).unwrap();
    [over, number, object]
}

fn without_operations() -> AutoCommit {
    let mut doc = by(8);
    doc.put(ROOT, "key", 1).unwrap();
    commit(&mut doc, 0);
    doc.empty_change(CommitOptions::default().with_time(3));
    doc.put(ROOT, "key", 2).unwrap();
    commit(&mut doc, 4);
    doc
}

/// What three phones do to one document, merging now and then.
pub(super) fn at_random(dice: &mut Dice) -> AutoCommit {
    let mut first = by(50);
    let body = first.put_object(ROOT, "body", ObjType::Text).unwrap();
    let list = first.put_object(ROOT, "list", ObjType::List).unwrap();
    let map = first.put_object(ROOT, "map", ObjType::Map).unwrap();
    commit(&mut first, 0);
    let mut phones = [2, 90]
        .map(|actor| first.fork().with_actor(ActorId::from([actor; 16])))
        .to_vec();
    phones.push(first);
    for turn in 0..dice.below(60) {
        let at = dice.below(3);
        // What is being typed is committed before it travels: a copy of it would be another change.
        let other = &mut phones[(at + 1 + dice.below(2)) % 3];
        commit(other, 1);
        let mut other = other.clone();
        let phone = &mut phones[at];
        match dice.below(12) {
            0..=3 => type_at_random(phone, &body, dice),
            4 => mark_at_random(phone, &body, dice),
            5 => phone
                .put(&map, format!("key {}", dice.below(5)), dice.below(9) as u64)
                .unwrap(),
            6 => phone.delete(&map, format!("key {}", dice.below(5))).unwrap(),
            7 => {
                _ = phone
                    .put_object(&map, format!("key {}", dice.below(5)), ObjType::Map)
                    .unwrap();
            }
            8 => list_at_random(phone, &list, dice),
            9 => commit(phone, i64::try_from(turn).unwrap() - 7),
            10 => _ = phone.empty_change(CommitOptions::default()),
            _ => _ = phone.merge(&mut other).unwrap(),
        }
    }
    let mut whole = phones.remove(0);
    for phone in &mut phones {
        whole.merge(phone).unwrap();
    }
    whole
}

fn type_at_random(doc: &mut AutoCommit, body: &ObjId, dice: &mut Dice) {
    let length = doc.length(body);
    let at = dice.below(length + 1);
    let out = isize::try_from(dice.below(length - at + 1).min(9)).unwrap();
    doc.splice_text(
        body,
        at,
        out,
        ["", "a", "two words ", "äß", "👩‍👩‍👧", "日本語, and so on"][dice.below(6)],
    )
    .unwrap();
}

fn mark_at_random(doc: &mut AutoCommit, body: &ObjId, dice: &mut Dice) {
    let length = doc.length(body);
    let from = dice.below(length + 1);
    let to = from + dice.below(length - from + 1);
    let expand = [
        ExpandMark::Both,
        ExpandMark::None,
        ExpandMark::After,
        ExpandMark::Before,
    ][dice.below(4)];
    if dice.below(3) == 0 {
        doc.unmark(body, "private", from, to, expand).unwrap();
    } else {
        doc.mark(body, Mark::new("private".to_owned(), true, from, to), expand)
            .unwrap();
    }
}

fn list_at_random(doc: &mut AutoCommit, list: &ObjId, dice: &mut Dice) {
    let length = doc.length(list);
    match dice.below(4) {
        0 if length > 0 => doc.delete(list, dice.below(length)).unwrap(),
        1 if length > 0 => doc.put(list, dice.below(length), true).unwrap(),
        2 => {
            _ = doc
                .insert_object(list, dice.below(length + 1), ObjType::Text)
                .unwrap();
        }
        _ => doc.insert(list, dice.below(length + 1), 0.25).unwrap(),
    }
}

/// Closed by two at once, opened again, and closed once more; an entry is called like the root's key.
fn closed() -> AutoCommit {
    let mut doc = by(1);
    let actions = doc.put_object(ROOT, "actions", ObjType::Map).unwrap();
    doc.put(&actions, "finished", true).unwrap();
    commit(&mut doc, 1);
    let mut other = doc.fork().with_actor(vec![2; 16].into());
    for one in [&mut doc, &mut other] {
        let record = one.put_object(ROOT, "finished", ObjType::Map).unwrap();
        one.put(&record, "at", 5).unwrap();
        commit(one, 2);
    }
    doc.merge(&mut other).unwrap();
    doc.delete(ROOT, "finished").unwrap();
    commit(&mut doc, 3);
    doc.put_object(ROOT, "finished", ObjType::Map).unwrap();
    commit(&mut doc, 4);
    doc
}

/// A note of about 70 changes, the one that budgets are measured with.
pub(super) fn note() -> AutoCommit {
    typed()
}

/// One long change, which Automerge would deflate.
pub(super) fn pasted() -> AutoCommit {
    long_delete()
}

/// Small enough to flip each of their bytes.
pub(super) fn small() -> Vec<(&'static str, AutoCommit)> {
    vec![
        ("empty", empty()),
        ("every value", every_value()),
        ("nested", nested()),
        ("emoji", emoji()),
        ("marked", marked()),
        ("merged", merged()),
        ("by turns", by_turns()),
        ("begun apart", begun_apart()),
        ("without operations", without_operations()),
        ("closed", closed()),
    ]
}

pub(super) fn all() -> Vec<(&'static str, AutoCommit)> {
    let mut all = small();
    all.extend([
        ("typed", typed()),
        ("two hundred", two_hundred_changes()),
        ("long delete", long_delete()),
    ]);
    all
}
