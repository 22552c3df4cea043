//! A write is whole or not at all, whatever ends it; and what a database says when it fails stays here.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

/// One write through many rooms, ended by `end`.
fn write_all(store: &mut Store, end: fn() -> Result<(), Trouble>) -> Result<(), Trouble> {
    store.write(|tx| {
        docs::save(tx, &document(1), b"x")?;
        meta::set(tx, "k", b"v")?;
        outgoing::freeze(tx, id(1), b"chunk", 0)?;
        search::index(tx, 1, "kettle")?;
        fills::want(tx, Subject::Person(PERSON))?;
        aside::keep(tx, id(1), 0, "fork", b"copy")?;
        end()
    })
}

/// How many of its rooms hold something.
fn filled(store: &Store) -> usize {
    let conn = store.read();
    let rooms = [
        docs::find(conn, id(1)).unwrap().is_some(),
        meta::get(conn, "k").unwrap().is_some(),
        outgoing::unanswered(conn, id(1)).unwrap(),
        !search::find(conn, "kettle", 9).unwrap().is_empty(),
        !fills::wanted(conn).unwrap().is_empty(),
        !aside::kept(conn, id(1)).unwrap().is_empty(),
    ];
    rooms.into_iter().filter(|filled| *filled).count()
}

#[test]
fn an_error_leaves_nothing_and_the_store_goes_on() {
    let mut store = store();
    assert!(write_all(&mut store, || Err(Trouble::NoNote)).is_err());
    assert_eq!(filled(&store), 0);
    write_all(&mut store, || Ok(())).unwrap();
    assert_eq!(filled(&store), 6);
}

#[test]
fn a_panic_leaves_nothing_and_the_store_goes_on() {
    let mut store = store();
    let broke = catch_unwind(AssertUnwindSafe(|| {
        write_all(&mut store, || panic!("in the middle of a write"))
    }));
    assert!(broke.is_err());
    assert_eq!(filled(&store), 0);
    write_all(&mut store, || Ok(())).unwrap();
    assert_eq!(filled(&store), 6);
}

#[test]
fn a_statement_that_fails_takes_the_rest_of_its_write_with_it() {
    let mut store = store();
    let failed = store.write(|tx| {
        meta::set(tx, "k", b"v")?;
        let nowhere = journal::Entry::new(0, 0, 0, &removal());
        journal::append(tx, 7, &nowhere)
    });
    assert!(matches!(failed, Err(Trouble::Store(_))));
    assert_eq!(meta::get(store.read(), "k").unwrap(), None);
}

#[test]
fn what_a_database_says_is_not_passed_on() {
    const SECRET: &str = "Margaret";
    let store = store();
    let conn = store.read();
    conn.execute_batch("CREATE TABLE t (x TEXT UNIQUE CHECK (x <> 'Margaret') ) STRICT")
        .unwrap();
    conn.execute("INSERT INTO t VALUES ('1')", []).unwrap();
    let batch = |sql: &str| conn.execute_batch(sql).unwrap_err();
    let lines = [
        ("no such table", batch("SELECT * FROM Margaret")),
        ("no SQL", conn.prepare("SELECT 'Margaret").unwrap_err()),
        ("a constraint", batch("INSERT INTO t VALUES ('Margaret')")),
        (
            "another type",
            conn.query_row("SELECT 'Margaret'", [], |r| r.get::<_, i64>("Margaret"))
                .unwrap_err(),
        ),
    ];
    for (what, error) in lines {
        let told = format!("{error} {error:?}");
        assert!(told.contains(SECRET), "{what}: nothing to hide in {told}");
        let trouble = Trouble::from(error);
        assert!(matches!(trouble, Trouble::Store(_)), "{what}");
        let told = format!("{trouble} {trouble:?}");
        assert!(!told.contains(SECRET), "{what}: {told}");
    }
    let failing = |code| {
        let failure = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        Trouble::from(failure)
    };
    let told = failing(rusqlite::ffi::SQLITE_CORRUPT).to_string();
    assert!(
        told.starts_with("the store could not be read or written (SQLite 11); "),
        "{told}"
    );
    assert!(matches!(failing(rusqlite::ffi::SQLITE_FULL), Trouble::Full));
}

#[test]
fn a_store_in_use_is_busy_and_nothing_else_is() {
    use rusqlite::ffi;
    let lines = [
        (ffi::SQLITE_BUSY, true),
        (ffi::SQLITE_LOCKED, true),
        (ffi::SQLITE_BUSY_SNAPSHOT, true),
        (ffi::SQLITE_FULL, false),
        (ffi::SQLITE_CORRUPT, false),
        (ffi::SQLITE_READONLY, false),
    ];
    for (code, busy) in lines {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        assert_eq!(matches!(Trouble::from(error), Trouble::Busy), busy, "{code}");
    }
}
