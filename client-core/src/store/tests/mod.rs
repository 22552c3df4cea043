//! The store's own behaviour, without a notebook.

use notes::ids::{DocumentId, PersonId};
use notes::note::{Template, genesis};
use notes::wire::{Outcome, PersonRow, StandingRow, Subject};

use super::docs::{DocRow, Face, Reset};
use super::*;
use crate::sync::Answer;

const KEY: [u8; 32] = [1; 32];
const DAY: i64 = 86_400_000;

fn store() -> Store {
    Store::open(":memory:", &KEY).unwrap()
}

fn id(n: u8) -> DocumentId {
    DocumentId([n; 16])
}

fn document(n: u8) -> DocRow {
    DocRow {
        nr: 0,
        id: id(n),
        template: Template::Note,
        person: Some(PersonId([9; 16])),
        heads: vec![genesis::hash(Template::Note)],
        offered_heads: Vec::new(),
        unoffered: false,
        alone: true,
        joined: false,
        hidden: false,
        gone: false,
        reset: Reset::No,
        face: Face {
            kind: Some("home_visit".into()),
            conflicts: "a.b".into(),
            ..Face::default()
        },
    }
}

#[test]
fn a_row_is_read_back_as_it_was_written() {
    let mut store = store();
    let mut row = document(1);
    for (joined, reset) in [(false, Reset::Fork), (true, Reset::Order), (false, Reset::No)] {
        (row.joined, row.reset, row.unoffered) = (joined, reset, joined);
        row.nr = store.write(|tx| docs::save(tx, &row, b"snapshot")).unwrap();
        assert_eq!(docs::find(store.read(), id(1)).unwrap(), Some(row.clone()));
    }
    assert_eq!(docs::snapshot(store.read(), row.nr).unwrap(), b"snapshot");
    assert_eq!(docs::find(store.read(), id(2)).unwrap(), None);
}

#[test]
fn a_transaction_that_fails_leaves_nothing() {
    let mut store = store();
    let failed = store.write(|tx| {
        docs::save(tx, &document(1), b"x")?;
        meta::set(tx, "k", b"v")?;
        Err::<(), _>(Trouble::NoNote)
    });
    assert!(failed.is_err());
    assert_eq!(docs::find(store.read(), id(1)).unwrap(), None);
    assert_eq!(meta::get(store.read(), "k").unwrap(), None);
}

#[test]
fn the_settings_are_in_force() {
    let folder = std::env::temp_dir().join(format!("doorstep-store-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("s.db");
    let store = Store::open(path.to_str().unwrap(), &KEY).unwrap();
    let lines = [
        ("journal_mode", "wal"),
        ("locking_mode", "exclusive"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("temp_store", "2"),
        ("trusted_schema", "0"),
        ("fullfsync", "1"),
    ];
    for (name, expected) in lines {
        let value: rusqlite::types::Value = store
            .read()
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
            .unwrap();
        let value = match value {
            rusqlite::types::Value::Integer(n) => n.to_string(),
            rusqlite::types::Value::Text(t) => t,
            other => panic!("{other:?}"),
        };
        assert_eq!(value, expected, "{name}");
    }
    // One program at a time.
    assert!(matches!(
        Store::open(path.to_str().unwrap(), &KEY),
        Err(Trouble::Busy)
    ));
    drop(store);
    assert!(Store::open(path.to_str().unwrap(), &KEY).is_ok());
    assert!(matches!(
        Store::open(path.to_str().unwrap(), &[2; 32]),
        Err(Trouble::WrongKey)
    ));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn chunks_are_released_only_when_safe_and_old_and_accepted() {
    let now = 100 * DAY;
    let lines = [
        ("accepted, safe, old", Some(Outcome::Accepted), 5, 5, 15, true),
        ("not in a backup", Some(Outcome::Accepted), 6, 5, 15, false),
        ("too young", Some(Outcome::Accepted), 5, 5, 13, false),
        ("held", Some(Outcome::Held), 5, 5, 15, false),
        ("no verdict", None, 5, 5, 15, false),
    ];
    for (what, outcome, seq, safe_seq, days, released) in lines {
        let mut store = store();
        let left = store.write(|tx| {
            docs::save(tx, &document(1), b"x")?;
            outgoing::freeze(tx, id(1), b"chunk", now - days * DAY)?;
            let chunks = outgoing::unsent(tx, 1)?.iter().map(|u| u.nr).collect();
            if let Some(outcome) = outcome {
                let answer = Answer {
                    document: id(1),
                    chunks,
                    outcome,
                    code: None,
                    seq,
                };
                outgoing::answer(tx, &answer)?;
            }
            outgoing::release(tx, safe_seq, now)?;
            Ok(tx.query_row("SELECT count(*) FROM outgoing", [], |row| row.get::<_, i64>(0))?)
        });
        assert_eq!(left.unwrap() == 0, released, "{what}");
    }
}

#[test]
fn the_same_bytes_are_frozen_once_and_come_in_order() {
    let mut store = store();
    let chunks = store.write(|tx| {
        docs::save(tx, &document(1), b"x")?;
        docs::save(tx, &document(2), b"x")?;
        for (doc, chunk) in [(1, b"bb"), (2, b"cc"), (1, b"bb"), (1, b"aa")] {
            outgoing::freeze(tx, id(doc), chunk, 0)?;
        }
        let all = outgoing::unsent(tx, 100)?;
        assert_eq!(outgoing::unsent(tx, 3)?.len(), 1, "a target is not passed");
        assert_eq!(outgoing::unsent(tx, 1)?.len(), 1, "but the first always goes");
        docs::set_reset(tx, 1, Reset::Fork)?;
        assert_eq!(
            outgoing::unsent(tx, 100)?.len(),
            1,
            "a document being built anew sends nothing"
        );
        Ok(all)
    });
    let chunks: Vec<_> = chunks
        .unwrap()
        .into_iter()
        .map(|u| (u.document, u.chunk))
        .collect();
    assert_eq!(
        chunks,
        [
            (id(1), b"bb".to_vec()),
            (id(2), b"cc".to_vec()),
            (id(1), b"aa".to_vec())
        ]
    );
}

#[test]
fn a_copy_is_let_go_only_when_hidden_and_nothing_of_it_is_kept() {
    type Keep = fn(&Connection) -> Result<(), Trouble>;
    let lines: [(&str, Keep, bool); 6] = [
        ("hidden", |_| Ok(()), true),
        (
            "a chunk is sealed",
            |c| outgoing::freeze(c, id(1), b"x", 0),
            false,
        ),
        (
            "keys in the journal",
            |c| {
                let edit = notes::note::Edit::Remove { path: "a.b".into() };
                journal::append(c, 1, &journal::Entry::new(0, 0, 0, &edit))
            },
            false,
        ),
        (
            "not offered yet",
            |c| Ok(c.execute_batch("UPDATE doc SET unoffered = 1")?),
            false,
        ),
        ("being built anew", |c| docs::set_reset(c, 1, Reset::Fork), false),
        (
            "in view again",
            |c| docs::hide_person(c, PersonId([9; 16]), false),
            false,
        ),
    ];
    for (what, keep, gone) in lines {
        let mut store = store();
        let went = store.write(|tx| {
            docs::save(tx, &document(1), b"x")?;
            search::index(tx, 1, "word")?;
            docs::hide_person(tx, PersonId([9; 16]), true)?;
            keep(tx)?;
            docs::let_go(tx)
        });
        assert_eq!(went.unwrap() == [id(1)], gone, "{what}");
        let words: i64 = store
            .read()
            .query_row("SELECT count(*) FROM words", [], |r| r.get(0))
            .unwrap();
        assert_eq!(words, i64::from(!gone), "{what}");
    }
}

#[test]
fn a_joined_note_stays_when_its_person_leaves() {
    let mut store = store();
    let (joined, gone) = (
        DocRow {
            joined: true,
            ..document(1)
        },
        DocRow {
            gone: true,
            hidden: true,
            ..document(2)
        },
    );
    store
        .write(|tx| {
            docs::save(tx, &joined, b"x")?;
            docs::save(tx, &gone, b"x")?;
            docs::hide_person(tx, PersonId([9; 16]), true)?;
            docs::hide_person(tx, PersonId([9; 16]), false)
        })
        .unwrap();
    let shown: Vec<_> = docs::shown(store.read()).unwrap().iter().map(|r| r.id).collect();
    assert_eq!(
        shown,
        [id(1)],
        "and what was removed by decision does not come back"
    );
}

#[test]
fn histories_go_on_where_they_were_and_are_fetched_once() {
    let mut store = store();
    let subject = Subject::Person(PersonId([9; 16]));
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

#[test]
fn rows_are_replaced_by_their_key_and_standings_are_cleared() {
    let mut store = store();
    let row = |name: &str| PersonRow {
        id: PersonId([9; 16]),
        case_id: "P1".into(),
        name: name.into(),
        date_of_birth: None,
        mine: true,
    };
    let standing = |state: &str, code: Option<&str>| StandingRow {
        document: id(1),
        state: state.into(),
        code: code.map(str::to_owned),
        message: None,
    };
    store
        .write(|tx| {
            rows::put_person(tx, &row("Old"))?;
            rows::put_person(tx, &row("New"))?;
            rows::put_standing(tx, &standing("held", Some("seq_taken")))?;
            Ok(())
        })
        .unwrap();
    let people: Vec<String> = rows::people(store.read())
        .unwrap()
        .into_iter()
        .map(|p| p.name)
        .collect();
    assert_eq!(people, ["New"]);
    assert_eq!(
        outgoing::all_held(store.read()).unwrap(),
        [(id(1), "seq_taken".to_owned())]
    );
    store
        .write(|tx| rows::put_standing(tx, &standing("clear", None)))
        .unwrap();
    assert!(outgoing::all_held(store.read()).unwrap().is_empty());
    let kept = rows::standing(store.read(), id(1)).unwrap().unwrap();
    assert_eq!(
        (kept.state.as_str(), kept.code.as_deref()),
        ("clear", Some("seq_taken"))
    );
    store.write(|tx| rows::begin_anew(tx)).unwrap();
    assert_eq!(rows::stale_people(store.read()).unwrap(), [PersonId([9; 16])]);
    store.write(|tx| rows::put_person(tx, &row("Again"))).unwrap();
    assert!(rows::stale_people(store.read()).unwrap().is_empty());
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
