//! The journal: what was acknowledged is there, in order, until a snapshot holds it.

use super::journal::Entry;
use super::*;

fn typed(at: u64, insert: &str) -> Edit {
    Edit::Splice {
        field: "body".into(),
        at,
        delete: 0,
        insert: insert.into(),
    }
}

#[test]
fn edits_are_read_back_in_order_whoever_came_first() {
    let mut store = store_with(2);
    let edits = [typed(0, "Te "), typed(3, "mar\u{101}tini 👵🏽"), removal()];
    let entries: Vec<Entry> = (0..)
        .zip(&edits)
        .map(|(n, edit)| Entry::new(n, 100 - n, 7, edit))
        .collect();
    store
        .write(|tx| {
            for entry in entries.iter().rev() {
                journal::append(tx, 1, entry)?;
            }
            journal::append(tx, 2, &Entry::new(0, 0, 0, &typed(0, "other")))
        })
        .unwrap();
    let found = journal::entries(store.read(), 1).unwrap();
    assert_eq!(found, entries);
    let read: Vec<Edit> = found.iter().map(|entry| entry.read().unwrap()).collect();
    assert_eq!(read, edits);
}

#[test]
fn a_number_is_given_once_for_each_document() {
    let mut store = store_with(2);
    let entry = Entry::new(0, 0, 0, &typed(0, "first"));
    let second = Entry::new(0, 0, 0, &typed(0, "second"));
    store
        .write(|tx| {
            journal::append(tx, 1, &entry)?;
            journal::append(tx, 2, &entry)
        })
        .unwrap();
    let again = store.write(|tx| journal::append(tx, 1, &second));
    assert!(matches!(again, Err(Trouble::Store(_))));
    assert_eq!(journal::entries(store.read(), 1).unwrap(), [entry]);
}

#[test]
fn keys_for_a_document_that_is_not_here_are_refused() {
    let mut store = store_with(1);
    let nowhere = store.write(|tx| journal::append(tx, 2, &Entry::new(0, 0, 0, &removal())));
    assert!(matches!(nowhere, Err(Trouble::Store(_))));
}

#[test]
fn clearing_is_for_one_document_and_the_others_stay_open() {
    let mut store = store_with(3);
    store
        .write(|tx| {
            for (doc, n) in [(1, 0), (1, 1), (3, 0)] {
                journal::append(tx, doc, &Entry::new(n, 0, 0, &removal()))?;
            }
            Ok(())
        })
        .unwrap();
    let mut open = journal::open_docs(store.read()).unwrap();
    open.sort();
    assert_eq!(open, [id(1), id(3)], "each once");
    store.write(|tx| journal::clear(tx, 1)).unwrap();
    assert_eq!(journal::open_docs(store.read()).unwrap(), [id(3)]);
    assert!(journal::entries(store.read(), 1).unwrap().is_empty());
}

#[test]
fn what_cannot_be_read_is_told_and_a_time_too_long_is_kept_as_long() {
    let mut store = store_with(1);
    let broken = Entry {
        n: 0,
        at: -1,
        spent_ms: u64::MAX,
        edit: vec![0xff, 0x00],
    };
    store.write(|tx| journal::append(tx, 1, &broken)).unwrap();
    let found = journal::entries(store.read(), 1).unwrap().remove(0);
    assert_eq!(found.read(), None);
    assert_eq!(found.edit, broken.edit, "its bytes are kept");
    assert_eq!((found.at, found.spent_ms), (-1, i64::MAX.unsigned_abs()));
}
