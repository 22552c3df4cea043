//! Histories being fetched, and readings for the audit.

use super::*;

#[test]
fn a_person_and_a_note_with_the_same_number_are_two() {
    let mut store = store();
    let (person, note) = (Subject::Person(PERSON), Subject::Document(DocumentId(PERSON.0)));
    store
        .write(|tx| {
            fills::want(tx, person)?;
            fills::want(tx, note)?;
            fills::progress(tx, note, Some(3))
        })
        .unwrap();
    let wanted = |store: &Store| -> Vec<(Subject, u64)> {
        let wanted = fills::wanted(store.read()).unwrap();
        wanted.iter().map(|fill| (fill.subject, fill.after)).collect()
    };
    assert_eq!(wanted(&store), [(person, 0), (note, 3)]);
    store.write(|tx| fills::forget(tx, person)).unwrap();
    assert_eq!(wanted(&store), [(note, 3)]);
}

#[test]
fn news_of_a_history_that_is_not_wanted_any_more_begins_nothing() {
    let mut store = store();
    store
        .write(|tx| fills::progress(tx, Subject::Person(PERSON), Some(8)))
        .unwrap();
    assert!(fills::wanted(store.read()).unwrap().is_empty());
}

#[test]
fn a_reading_goes_oldest_first_and_leaves_when_the_server_has_it() {
    let mut store = store();
    store
        .write(|tx| {
            for (doc, at) in [(1, 30), (2, 10), (1, 20), (1, 30)] {
                fills::opened(tx, id(doc), at)?;
            }
            Ok(())
        })
        .unwrap();
    let times = |store: &Store, most| -> Vec<(DocumentId, i64)> {
        let readings = fills::readings(store.read(), most).unwrap();
        readings.iter().map(|r| (r.document, r.opened_at)).collect()
    };
    assert_eq!(times(&store, 9), [(id(2), 10), (id(1), 20), (id(1), 30)]);
    assert_eq!(times(&store, 2), [(id(2), 10), (id(1), 20)]);
    let sent = fills::readings(store.read(), 2).unwrap();
    store.write(|tx| fills::read_out(tx, &sent)).unwrap();
    assert_eq!(
        times(&store, 9),
        [(id(1), 30)],
        "another reading of the note stays"
    );
}

#[test]
fn histories_go_on_where_they_were_and_are_fetched_once() {
    let mut store = store();
    let subject = Subject::Person(PERSON);
    store
        .write(|tx| {
            let after = |tx: &Connection| fills::wanted(tx).map(|w| w.first().map(|f| f.after));
            fills::want(tx, subject)?;
            assert_eq!(after(tx)?, Some(0));
            fills::progress(tx, subject, Some(7))?;
            fills::want(tx, subject)?;
            assert_eq!(after(tx)?, Some(7));
            fills::progress(tx, subject, None)?;
            fills::want(tx, subject)?;
            assert_eq!(after(tx)?, None);
            fills::want_anew(tx, subject)?;
            assert_eq!(after(tx)?, Some(0));
            fills::forget_all(tx)?;
            assert_eq!(after(tx)?, None);
            Ok(())
        })
        .unwrap();
}
