//! Documents: their rows come back as written, and lists show what they should.

use super::*;

#[test]
fn saving_again_keeps_the_number_and_the_keys_in_the_journal() {
    let mut store = store_with(2);
    let kept = store.write(|tx| {
        journal::append(tx, 1, &journal::Entry::new(0, 0, 0, &removal()))?;
        let nr = docs::save(tx, &document(1), b"y")?;
        assert_eq!(docs::snapshot(tx, 2)?, b"x", "only the one is written");
        Ok((nr, docs::snapshot(tx, nr)?, journal::entries(tx, nr)?.len()))
    });
    assert_eq!(kept.unwrap(), (1, b"y".to_vec(), 1));
}

#[test]
fn heads_are_read_back_and_a_piece_of_one_is_none() {
    let heads = [automerge::ChangeHash([1; 32]), automerge::ChangeHash([2; 32])];
    let blob = docs::join(&heads);
    assert_eq!(blob.len(), 64);
    assert_eq!(docs::split(&blob), heads);
    assert_eq!(docs::split(&blob[..40]), heads[..1]);
    assert!(docs::split(&[]).is_empty());
}

#[test]
fn the_list_shows_notes_newest_first_and_neither_pages_nor_hidden_ones() {
    let mut store = store();
    let begun = |n: u8, started_at: Option<i64>| DocRow {
        face: Face {
            started_at,
            ..Face::default()
        },
        ..document(n)
    };
    let page = DocRow {
        template: Template::About,
        ..begun(5, Some(50))
    };
    let hidden = DocRow {
        hidden: true,
        ..begun(6, Some(60))
    };
    let rows = [
        begun(1, Some(10)),
        begun(2, None),
        begun(3, Some(30)),
        begun(4, Some(10)),
        page,
        hidden,
    ];
    store
        .write(|tx| {
            rows.iter()
                .try_for_each(|row| docs::save(tx, row, b"x").map(drop))
        })
        .unwrap();
    let shown = docs::shown(store.read()).unwrap();
    assert_eq!(ids(&shown), [id(3), id(4), id(1), id(2)]);
    assert_eq!(shown[0].face.started_at, Some(30));
}

#[test]
fn what_is_offered_is_not_offered_again() {
    let mut store = store();
    let unoffered = |n| DocRow {
        unoffered: true,
        ..document(n)
    };
    store
        .write(|tx| {
            for n in 1..=5 {
                docs::save(tx, &unoffered(n), b"x")?;
            }
            docs::set_reset(tx, 2, Reset::Order)?;
            docs::set_gone(tx, 3)
        })
        .unwrap();
    assert_eq!(
        ids(&docs::unoffered(store.read(), 9).unwrap()),
        [id(1), id(4), id(5)]
    );
    assert_eq!(ids(&docs::unoffered(store.read(), 2).unwrap()), [id(1), id(4)]);
    let heads = [automerge::ChangeHash([4; 32])];
    store.write(|tx| docs::offered(tx, 4, &heads)).unwrap();
    assert_eq!(ids(&docs::unoffered(store.read(), 9).unwrap()), [id(1), id(5)]);
    let row = docs::find(store.read(), id(4)).unwrap().unwrap();
    assert_eq!(row.offered_heads, heads);
    assert_eq!(row.heads, document(4).heads, "what it holds has not changed");
}

#[test]
fn removed_by_decision_means_hidden_and_never_offered() {
    let mut store = store();
    let row = DocRow {
        unoffered: true,
        reset: Reset::Fork,
        joined: true,
        ..document(1)
    };
    store
        .write(|tx| {
            let nr = docs::save(tx, &row, b"x")?;
            assert_eq!(ids(&docs::joined(tx)?), [id(1)]);
            docs::set_gone(tx, nr)
        })
        .unwrap();
    let row = docs::find(store.read(), id(1)).unwrap().unwrap();
    assert!(row.gone && row.hidden && !row.unoffered);
    assert_eq!(row.reset, Reset::No);
    assert!(docs::joined(store.read()).unwrap().is_empty());
    let kept = docs::snapshot(store.read(), row.nr).unwrap();
    assert_eq!(kept, b"x", "the copy itself is not touched");
}

#[test]
fn a_note_waits_for_whichever_reason_and_counts_once() {
    type Reason = fn(&Connection) -> Result<(), Trouble>;
    let freeze: Reason = |c| outgoing::freeze(c, id(1), b"x", 0);
    let typed: Reason = |c| journal::append(c, 1, &journal::Entry::new(0, 0, 0, &removal()));
    let changed: Reason = |c| {
        let row = DocRow {
            unoffered: true,
            ..document(1)
        };
        docs::save(c, &row, b"x").map(drop)
    };
    let answered: Reason = |c| outgoing::answer(c, &answer(1, &[1], Outcome::Held, None));
    let gone: Reason = |c| docs::set_gone(c, 1);
    let lines: [(&str, &[Reason], u64); 6] = [
        ("nothing", &[], 0),
        ("typed", &[typed], 1),
        ("changed", &[changed], 1),
        ("frozen, typed and changed", &[freeze, typed, changed], 1),
        ("answered, if only by a hold", &[freeze, answered], 0),
        ("removed by decision", &[freeze, typed, gone], 0),
    ];
    for (what, reasons, waiting) in lines {
        let mut store = store_with(2);
        let counted = store.write(|tx| {
            reasons.iter().try_for_each(|reason| reason(tx))?;
            docs::waiting(tx)
        });
        assert_eq!(counted.unwrap(), waiting, "{what}");
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
            |c| journal::append(c, 1, &journal::Entry::new(0, 0, 0, &removal())),
            false,
        ),
        (
            "not offered yet",
            |c| Ok(c.execute_batch("UPDATE doc SET unoffered = 1")?),
            false,
        ),
        ("being built anew", |c| docs::set_reset(c, 1, Reset::Fork), false),
        ("in view again", |c| docs::hide_person(c, PERSON, false), false),
    ];
    for (what, keep, gone) in lines {
        let mut store = store();
        let went = store.write(|tx| {
            docs::save(tx, &document(1), b"x")?;
            search::index(tx, 1, "word")?;
            docs::hide_person(tx, PERSON, true)?;
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
            docs::hide_person(tx, PERSON, true)?;
            docs::hide_person(tx, PERSON, false)
        })
        .unwrap();
    let shown: Vec<_> = docs::shown(store.read()).unwrap().iter().map(|r| r.id).collect();
    assert_eq!(
        shown,
        [id(1)],
        "and what was removed by decision does not come back"
    );
}
