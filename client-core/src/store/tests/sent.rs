//! Chunks that were offered: never let go before they are safe, never sent twice without need.

use super::*;

/// Two chunks of document 1 (numbers 1 and 2) and one of document 2 (number 3).
fn frozen() -> Store {
    let mut store = store_with(2);
    store
        .write(|tx| {
            outgoing::freeze(tx, id(1), b"aa", 0)?;
            outgoing::freeze(tx, id(1), b"bb", 0)?;
            outgoing::freeze(tx, id(2), b"aa", 0)
        })
        .unwrap();
    store
}

fn unsent(conn: &Connection) -> Vec<i64> {
    let unsent = outgoing::unsent(conn, 1_000).unwrap();
    unsent.iter().map(|unsent| unsent.nr).collect()
}

#[test]
fn the_sealed_days_end_to_the_millisecond() {
    assert_eq!(outgoing::SEALED_MS, 14 * DAY);
    for (age_ms, left) in [(14 * DAY - 1, 1), (14 * DAY, 0)] {
        let mut store = store_with(1);
        let counted = store.write(|tx| {
            outgoing::freeze(tx, id(1), b"x", 1_000)?;
            outgoing::answer(tx, &answer(1, &[1], Outcome::Accepted, None))?;
            outgoing::release(tx, u64::MAX, 1_000 + age_ms, outgoing::SEALED_MS)?;
            Ok(outgoing::offered(tx, id(1))?.len())
        });
        assert_eq!(counted.unwrap(), left, "{age_ms}");
    }
}

#[test]
fn an_answer_is_about_its_own_chunks_only() {
    let mut store = frozen();
    assert_eq!(
        unsent(store.read()),
        [1, 2, 3],
        "equal bytes of two documents are two"
    );
    store
        .write(|tx| outgoing::answer(tx, &answer(1, &[1], Outcome::Accepted, None)))
        .unwrap();
    assert_eq!(unsent(store.read()), [2, 3]);
    assert!(outgoing::unanswered(store.read(), id(1)).unwrap());
    store
        .write(|tx| {
            outgoing::answer(tx, &answer(1, &[2], Outcome::Held, Some("seq_taken")))?;
            outgoing::freeze(tx, id(1), b"aa", 9)
        })
        .unwrap();
    assert_eq!(
        unsent(store.read()),
        [3],
        "what was answered is not sent once more"
    );
    assert!(!outgoing::unanswered(store.read(), id(1)).unwrap());
    assert!(outgoing::unanswered(store.read(), id(2)).unwrap());
}

#[test]
fn what_travels_says_whose_it_is() {
    let mut store = store();
    let rows = [
        DocRow {
            joined: true,
            ..document(1)
        },
        DocRow {
            template: Template::About,
            person: None,
            ..document(2)
        },
    ];
    let sent = store.write(|tx| {
        for row in &rows {
            docs::save(tx, row, b"x")?;
            outgoing::freeze(tx, row.id, &[row.id.0[0]], 0)?;
        }
        outgoing::unsent(tx, 100)
    });
    let sent: Vec<_> = sent
        .unwrap()
        .into_iter()
        .map(|u| (u.document, u.template, u.person, u.joined, u.chunk))
        .collect();
    assert_eq!(
        sent,
        [
            (id(1), Template::Note, Some(PERSON), true, vec![1]),
            (id(2), Template::About, None, false, vec![2])
        ]
    );
}

#[test]
fn the_newest_hold_counts_and_a_decision_settles_it_with_its_code() {
    let mut store = frozen();
    store
        .write(|tx| {
            outgoing::answer(tx, &answer(1, &[1], Outcome::Held, Some("old")))?;
            outgoing::answer(tx, &answer(1, &[2], Outcome::Held, Some("new")))?;
            outgoing::answer(tx, &answer(2, &[3], Outcome::Held, None))
        })
        .unwrap();
    let code = |store: &Store, n| outgoing::held_code(store.read(), id(n)).unwrap();
    assert_eq!(code(&store, 1).as_deref(), Some("new"));
    assert_eq!(
        code(&store, 2).as_deref(),
        Some(""),
        "held without a code is held"
    );
    let held = outgoing::all_held(store.read()).unwrap();
    assert_eq!(ids_of(&held), [id(1), id(2)], "a document once");
    store.write(|tx| outgoing::settle(tx, id(1))).unwrap();
    assert_eq!(code(&store, 1), None);
    assert_eq!(code(&store, 2).as_deref(), Some(""));
    let kept = outgoing::offered(store.read(), id(1)).unwrap();
    let kept: Vec<_> = kept.into_iter().map(|o| (o.chunk, o.accepted)).collect();
    assert_eq!(
        kept,
        [(b"aa".to_vec(), false), (b"bb".to_vec(), false)],
        "what was decided on does not pass for taken"
    );
}

fn ids_of(held: &[(DocumentId, String)]) -> Vec<DocumentId> {
    held.iter().map(|(id, _)| *id).collect()
}

#[test]
fn of_a_document_built_anew_only_the_accepted_is_kept() {
    for (outcome, kept) in [
        (Some(Outcome::Accepted), 1),
        (Some(Outcome::Held), 0),
        (Some(Outcome::Gone), 0),
        (None, 0),
    ] {
        let mut store = frozen();
        let left = store.write(|tx| {
            outgoing::answer(tx, &answer(1, &[1], Outcome::Accepted, None))?;
            if let Some(outcome) = outcome {
                outgoing::answer(tx, &answer(1, &[2], outcome, None))?;
            }
            outgoing::drop_unsettled(tx, id(1))?;
            assert!(!outgoing::unanswered(tx, id(1))?);
            Ok(outgoing::offered(tx, id(1))?.len())
        });
        assert_eq!(left.unwrap(), 1 + kept, "{outcome:?}");
        assert_eq!(unsent(store.read()), [3], "the other document's stays");
    }
}

#[test]
fn what_was_written_again_goes_once_more_and_says_so() {
    let mut store = frozen();
    let sent = store.write(|tx| {
        outgoing::answer(tx, &answer(1, &[1], Outcome::Accepted, None))?;
        outgoing::supersede(tx, &[1])?;
        assert!(outgoing::unanswered(tx, id(1))?);
        let offered = outgoing::offered(tx, id(1))?;
        assert_eq!(
            offered.iter().map(|o| o.nr).collect::<Vec<_>>(),
            [2],
            "it counts no more"
        );
        let first = outgoing::unsent(tx, 1_000)?.remove(0);
        assert!(first.nr == 1 && first.superseded);
        outgoing::answer(tx, &answer(1, &[1], Outcome::Accepted, None))?;
        outgoing::send_all_again(tx)?;
        outgoing::unsent(tx, 1_000)
    });
    let sent: Vec<_> = sent.unwrap().into_iter().map(|o| (o.nr, o.superseded)).collect();
    assert_eq!(
        sent,
        [(1, true), (2, false), (3, false)],
        "also to a restored server"
    );
}

#[test]
fn a_document_built_anew_gives_a_restored_server_what_it_had_and_nothing_else() {
    let mut store = frozen();
    let sent = store.write(|tx| {
        outgoing::answer(tx, &answer(1, &[1], Outcome::Accepted, None))?;
        docs::set_reset(tx, docs::find(tx, id(1))?.unwrap().nr, docs::Reset::Order)?;
        assert!(!outgoing::comes_again(tx, id(1))?);
        outgoing::send_all_again(tx)?;
        assert!(outgoing::comes_again(tx, id(1))?);
        assert!(!outgoing::comes_again(tx, id(2))?, "that was never there");
        Ok(unsent(tx))
    });
    assert_eq!(
        sent.unwrap(),
        [1, 3],
        "2 was never there, and waits for the building"
    );
}

#[test]
fn a_restored_server_gets_all_again_but_for_what_was_removed() {
    let mut store = frozen();
    store
        .write(|tx| {
            outgoing::answer(tx, &answer(1, &[1], Outcome::Accepted, None))?;
            outgoing::answer(tx, &answer(1, &[2], Outcome::Held, Some("c")))?;
            outgoing::answer(tx, &answer(2, &[3], Outcome::Gone, None))?;
            assert!(unsent(tx).is_empty());
            outgoing::send_all_again(tx)?;
            outgoing::release(tx, u64::MAX, 1_000 * DAY, outgoing::SEALED_MS)
        })
        .unwrap();
    assert_eq!(unsent(store.read()), [1, 2]);
    assert!(outgoing::all_held(store.read()).unwrap().is_empty());
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
            outgoing::release(tx, safe_seq, now, outgoing::SEALED_MS)?;
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
fn what_was_decided_against_is_not_among_the_accepted_until_a_restored_server_takes_it() {
    let mut store = frozen();
    let accepted = |tx: &Db| -> Result<Vec<bool>, Trouble> {
        Ok(outgoing::offered(tx, id(1))?.iter().map(|o| o.accepted).collect())
    };
    store
        .write(|tx| {
            outgoing::answer(tx, &answer(1, &[1, 2], Outcome::Accepted, None))?;
            outgoing::leave_out(tx, &[2])?;
            assert_eq!(accepted(tx)?, [true, false]);
            assert!(!outgoing::unanswered(tx, id(1))?, "it is not sent again");
            outgoing::answer(tx, &answer(1, &[1], Outcome::Held, Some("c")))?;
            outgoing::leave_out(tx, &[1])?;
            assert_eq!(outgoing::held_code(tx, id(1))?.as_deref(), Some("c"));
            outgoing::send_all_again(tx)?;
            outgoing::answer(tx, &answer(1, &[1, 2], Outcome::Accepted, None))?;
            assert_eq!(accepted(tx)?, [true, true]);
            Ok(())
        })
        .unwrap();
}
