//! What could not go into a document is kept.

use super::*;

#[test]
fn a_copy_set_aside_is_whole_and_none_replaces_another() {
    let mut store = store_with(1);
    store
        .write(|tx| {
            aside::keep(tx, id(1), 5, "fork", b"one")?;
            aside::keep(tx, id(1), 5, "fork", b"one")?;
            aside::keep(tx, id(1), 4, "order", &[0, 255, 0])?;
            aside::keep(tx, id(2), 5, "fork", b"other")
        })
        .unwrap();
    let kept = aside::kept(store.read(), id(1)).unwrap();
    let copy = |why: &str, bytes: &[u8]| (why.to_owned(), bytes.to_vec());
    assert_eq!(
        kept,
        [
            copy("fork", b"one"),
            copy("fork", b"one"),
            copy("order", &[0, 255, 0])
        ]
    );
}

#[test]
fn the_waiting_ends_for_one_document() {
    let mut store = store();
    store
        .write(|tx| {
            aside::wait(tx, id(1), &[b"a".to_vec()])?;
            aside::wait(tx, id(2), &[b"a".to_vec()])?;
            aside::clear_waiting(tx, id(1))
        })
        .unwrap();
    assert!(aside::waiting(store.read(), id(1)).unwrap().is_empty());
    assert_eq!(aside::waiting(store.read(), id(2)).unwrap(), [b"a".to_vec()]);
}

#[test]
fn chunks_wait_once_and_in_order() {
    let mut store = store();
    store
        .write(|tx| {
            aside::wait(tx, id(1), &[b"b".to_vec(), b"a".to_vec()])?;
            aside::wait(tx, id(1), &[b"b".to_vec(), b"c".to_vec()])
        })
        .unwrap();
    assert_eq!(
        aside::waiting(store.read(), id(1)).unwrap(),
        [b"b".to_vec(), b"a".to_vec(), b"c".to_vec()]
    );
    assert!(aside::waiting(store.read(), id(2)).unwrap().is_empty());
}
