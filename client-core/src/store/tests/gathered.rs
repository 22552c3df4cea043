//! The gists of notes: whose they are, which of them wait, and that they go with their notes.

use super::*;
use crate::store::gists;

#[test]
fn a_gist_goes_where_its_note_goes() {
    let mut store = store();
    let (ann, ben) = (PersonId([1; 16]), PersonId([2; 16]));
    let mut rows = Vec::new();
    for (n, person) in [(1, ann), (2, ann), (3, ben)] {
        let mut row = document(n);
        row.person = Some(person);
        row.face.finished_at = Some(1);
        row.nr = store.write(|tx| docs::save(tx, &row, b"snapshot")).unwrap();
        rows.push(row);
    }
    let missing = |store: &Store| gists::missing(store.read()).unwrap().len();
    assert_eq!(missing(&store), 3);
    for (row, waits) in rows.iter().zip([true, false, true]) {
        store.write(|tx| gists::put(tx, row.nr, !waits, "old")).unwrap();
        store
            .write(|tx| gists::put(tx, row.nr, waits, &format!("{}", row.nr)))
            .unwrap();
    }
    assert_eq!(missing(&store), 0);
    let about = |store: &Store, person| -> Vec<String> {
        let found = gists::about(store.read(), person).unwrap();
        found.into_iter().map(|(_, says)| says).collect()
    };
    let waiting = |store: &Store| -> Vec<i64> {
        let found = gists::waiting(store.read()).unwrap();
        found.into_iter().map(|(row, _)| row.nr).collect()
    };
    assert_eq!(about(&store, ann).len(), 2);
    assert_eq!(about(&store, ben), [rows[2].nr.to_string()]);
    assert_eq!(waiting(&store).len(), 2);
    // An open note waits whatever it says.
    let mut open = document(4);
    open.person = Some(ann);
    open.nr = store.write(|tx| docs::save(tx, &open, b"x")).unwrap();
    store.write(|tx| gists::put(tx, open.nr, false, "open")).unwrap();
    assert_eq!(waiting(&store).len(), 3);
    open.face.finished_at = Some(2);
    store.write(|tx| docs::save(tx, &open, b"x")).unwrap();
    assert_eq!(waiting(&store).len(), 2);
    store.write(|tx| gists::clear(tx, open.nr)).unwrap();
    // Hidden with its person, and back with them.
    store.write(|tx| docs::hide_person(tx, ben, true)).unwrap();
    assert!(about(&store, ben).is_empty() && waiting(&store) == [rows[0].nr]);
    store.write(|tx| docs::hide_person(tx, ben, false)).unwrap();
    assert_eq!(waiting(&store).len(), 2);
    store.write(|tx| gists::clear(tx, rows[0].nr)).unwrap();
    assert_eq!(waiting(&store), [rows[2].nr]);
    assert_eq!(missing(&store), 2);
}
