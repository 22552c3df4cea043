//! Everything that Automerge writes is accepted, and the counts are Automerge's own.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::transaction::Transactable as _;
use automerge::{ActorId, AutoCommit, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc as _};

use super::samples;
use crate::gate::{Counted, Course, Kind, Limits, Refusal, count, count_and_read};

fn check_document(name: &str, doc: &mut AutoCommit) {
    let bytes = doc.save_nocompress();
    let counted = count(&bytes, &Limits::default()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    let changes = doc.get_changes(&[]);
    let mut actors: Vec<[u8; 16]> = changes
        .iter()
        .map(|c| c.actor_id().to_bytes().try_into().unwrap())
        .collect();
    actors.sort_unstable();
    actors.dedup();
    let mut heads: Vec<[u8; 32]> = doc.get_heads().iter().map(|head| head.0).collect();
    heads.sort_unstable();
    let expected = Counted {
        kind: Kind::Document,
        hash: counted.hash,
        actors,
        heads,
        deps: Vec::new(),
        changes: changes.len() as u64,
        ops: changes.iter().map(|c| c.len() as u64).sum(),
        max_op: changes.iter().map(Change::max_op).max().unwrap_or(0),
        seq: changes.iter().map(Change::seq).max().unwrap_or(0),
        start_op: 1,
        places: Vec::new(),
        closings: Some(changes.iter().map(closings).sum()),
        course: course(&changes),
    };
    assert_eq!(counted, expected, "{name}");
    check_texts(name, &bytes, doc);
    let meta = doc.get_changes_meta(&[]);
    assert_eq!(counted.changes, meta.len() as u64, "{name}");
    assert_eq!(
        counted.max_op,
        meta.iter().map(|m| m.max_op).max().unwrap_or(0),
        "{name}"
    );
}

/// Whatever the gate tells of a text is what Automerge shows; gives how many texts it told.
fn check_texts(name: &str, bytes: &[u8], doc: &AutoCommit) -> usize {
    let (_, said) = count_and_read(bytes, &Limits::default()).unwrap();
    for said in &said {
        let id = ObjId::Id(said.counter, ActorId::from(said.actor), 0);
        if doc.object_type(&id).unwrap() == ObjType::Text {
            assert_eq!(doc.text(&id).unwrap(), said.text, "{name}");
        }
    }
    said.len()
}

/// Who wrote in which order, where each change names the one before it of its author.
fn course(changes: &[Change]) -> Option<Course> {
    let mut course = Course::default();
    let mut last: BTreeMap<[u8; 16], ChangeHash> = BTreeMap::new();
    for (n, change) in changes.iter().enumerate() {
        let actor = change.actor_id().to_bytes().try_into().unwrap();
        let before = last.insert(actor, change.hash());
        if (n > 0 && change.deps().is_empty()) || before.is_some_and(|hash| !change.deps().contains(&hash)) {
            return None;
        }
        match course.writers.iter_mut().find(|(writer, _)| *writer == actor) {
            Some((_, changes)) => *changes += 1,
            None => course.writers.push((actor, 1)),
        }
        course.last_start = course.last_start.max(change.start_op().get());
    }
    Some(course)
}

/// What a change does under `finished`: a row unless it deletes, and each that it replaces.
fn closings(change: &Change) -> u64 {
    let operations = change.decode().operations;
    let closing = operations
        .iter()
        .filter(|op| op.obj == ObjectId::Root && matches!(&op.key, Key::Map(key) if key == "finished"));
    closing
        .map(|op| u64::from(op.action != OpType::Delete) + op.pred.len() as u64)
        .sum()
}

/// Objects besides the root in which a change writes, and whether by elements.
fn places(change: &Change) -> BTreeSet<(u64, Vec<u8>, bool)> {
    let operations = change.decode().operations;
    let place = |op: &Op| match &op.obj {
        ObjectId::Root => None,
        ObjectId::Id(id) => Some((
            id.counter(),
            id.actor().to_bytes().to_vec(),
            matches!(op.key, Key::Seq(_)),
        )),
    };
    operations.iter().filter_map(place).collect()
}

fn check_change(name: &str, change: &Change) {
    let counted = count(change.raw_bytes(), &Limits::default())
        .unwrap_or_else(|refusal| panic!("{name}, change {}: {refusal}", change.seq()));
    let actors = change
        .actors()
        .map(|actor| actor.to_bytes().try_into().unwrap())
        .collect();
    let expected = Counted {
        kind: Kind::Change,
        hash: change.hash().0,
        actors,
        heads: vec![change.hash().0],
        deps: change.deps().iter().map(|dep| dep.0).collect(),
        changes: 1,
        ops: change.len() as u64,
        max_op: change.max_op(),
        seq: change.seq(),
        start_op: change.start_op().get(),
        closings: None,
        course: None,
        places: counted.places.clone(),
    };
    assert_eq!(counted, expected, "{name}");
    let found = counted.places.iter();
    let found: Vec<_> = found
        .map(|at| (at.counter, at.actor.to_vec(), at.sequence))
        .collect();
    let told: BTreeSet<_> = found.iter().cloned().collect();
    assert_eq!(told, places(change), "{name}");
    assert_eq!(found.len(), places(change).len(), "{name}: each once");
}

#[test]
fn documents_are_counted_as_automerge_counts_them() {
    let (mut straight, mut winding, mut told) = (0, 0, 0);
    for (name, mut doc) in samples::all() {
        check_document(name, &mut doc);
        told += check_texts(name, &doc.save_nocompress(), &doc);
        match course(&doc.get_changes(&[])) {
            Some(_) => straight += 1,
            None => winding += 1,
        }
    }
    assert!(straight > 0 && winding > 0, "{straight} and {winding}");
    assert!(told > 10, "{told} texts were told");
}

#[test]
fn of_an_unusual_text_nothing_is_told() {
    for mut doc in samples::unusual() {
        let bytes = doc.save_nocompress();
        assert_eq!(check_texts("unusual", &bytes, &doc), 0);
    }
}

#[test]
fn changes_are_counted_as_automerge_counts_them() {
    for (name, mut doc) in samples::all() {
        for change in doc.get_changes(&[]) {
            check_change(name, &change);
        }
    }
}

#[test]
fn what_was_saved_and_loaded_is_still_honest() {
    for (name, mut doc) in samples::all() {
        let mut again = AutoCommit::load(&doc.save_nocompress()).unwrap();
        check_document(name, &mut again);
        let mut applied = AutoCommit::new();
        applied.apply_changes(doc.get_changes(&[])).unwrap();
        check_document(name, &mut applied);
    }
}

#[test]
fn whatever_three_phones_do_is_honest() {
    let seed = super::seed();
    let mut dice = super::Dice(seed);
    for round in 0..60 {
        let mut doc = samples::at_random(&mut dice);
        check_document(&format!("round {round}"), &mut doc);
        for change in doc.get_changes(&[]) {
            check_change(&format!("round {round}"), &change);
        }
        let mut again = AutoCommit::load(&doc.save_nocompress()).unwrap();
        check_document(&format!("round {round}, loaded"), &mut again);
    }
}

#[test]
fn a_deflated_document_is_refused_as_compressed() {
    let saved = samples::note().save();
    assert_eq!(count(&saved, &Limits::default()), Err(Refusal::Compressed));
    let mut change = samples::pasted().get_changes(&[]).remove(0);
    let deflated = change.bytes().into_owned();
    assert_eq!(
        deflated.get(8),
        Some(&2),
        "long enough for Automerge to deflate it"
    );
    assert_eq!(count(&deflated, &Limits::default()), Err(Refusal::Compressed));
}

#[test]
fn each_limit_refuses_what_is_above_it() {
    let document = samples::note().save_nocompress();
    let merged = samples::small().remove(5).1.save_nocompress();
    let fits = Limits::default();
    let check = |bytes: &[u8], limits: Limits, expected: &str| {
        assert!(count(bytes, &fits).is_ok());
        let refusal = count(bytes, &limits).expect_err(expected);
        assert_eq!(refusal.code(), expected, "{refusal}");
    };
    check(
        &document,
        Limits {
            chunk_bytes: document.len() - 1,
            ..fits
        },
        "chunk_too_large",
    );
    check(&document, Limits { ops: 4_000, ..fits }, "chunk_too_large");
    check(&document, Limits { changes: 70, ..fits }, "chunk_too_large");
    let few = Limits {
        change_ops: 60,
        ..fits
    };
    check(&document, few, "chunk_too_large");
    let pasted = samples::pasted().get_changes(&[]).remove(0);
    check(pasted.raw_bytes(), few, "chunk_too_large");
    check(
        &document,
        Limits {
            counter: 4_000,
            ..fits
        },
        "chunk_counter",
    );
    check(&merged, Limits { actors: 2, ..fits }, "chunk_too_large");
    check(&merged, Limits { deps: 1, ..fits }, "chunk_too_large");
}

/// So many phones' words, side by side, joined so often in one document.
fn joined(phones: u8, joins: u64) -> Vec<u8> {
    let mut doc = AutoCommit::new().with_actor(vec![0xaa; 16].into());
    doc.put(ROOT, "kind", "home_visit").unwrap();
    doc.commit();
    for _ in 0..joins {
        let mut others: Vec<AutoCommit> = (0..phones)
            .map(|phone| {
                let mut other = doc.fork().with_actor(vec![phone + 1; 16].into());
                other.put(ROOT, "kind", format!("{phone}")).unwrap();
                other
            })
            .collect();
        others
            .iter_mut()
            .for_each(|other| drop(doc.merge(other).unwrap()));
        doc.put(ROOT, "kind", "phone_call").unwrap();
        doc.commit();
    }
    doc.save_nocompress()
}

#[test]
fn a_document_may_join_some_pasts_under_some_names_and_not_many() {
    let limits = Limits::default();
    assert!(count(&joined(20, 4), &limits).is_ok());
    let refused = |chunk: &[u8]| count(chunk, &limits).unwrap_err();
    assert_eq!(refused(&joined(20, 9)), Refusal::TooLarge("dependencies"));
    assert_eq!(refused(&joined(40, 1)), Refusal::TooLarge("actors"));
}
