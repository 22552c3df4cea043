//! Promises 4 and 5: the log only grows, a chunk stands once in a document, no number is given twice.

use super::*;

#[test]
fn the_log_grows_and_its_chain_recomputes() {
    let (store, _folder) = store();
    assert_eq!(
        store.read(|tx| tx.log_head()).unwrap(),
        Head {
            seq: 0,
            chain: [0; 32]
        }
    );
    let mut entries: Vec<NewEntry> = (0..20u8).map(|n| an_entry(document(n % 3), &[n])).collect();
    entries[4].device = None;
    entries[5].template = Template::About;
    entries[6].state = EntryState::Held;
    entries[6].code = Some("actor_not_yours".into());
    entries[7].reason = Some("joint_visit".into());
    entries[8].person = None;
    store
        .write(|tx| -> Check {
            let mut head = tx.log_head()?;
            for (index, entry) in entries.iter().enumerate() {
                assert_eq!(tx.log_append(&mut head, entry)?, (index as u64 + 1, true));
            }
            assert_eq!(head, tx.log_head()?);
            Ok(())
        })
        .unwrap();
    store.read(assert_chained).unwrap();
    for (index, entry) in entries.iter().enumerate() {
        let seq = index as u64 + 1;
        let found = store.read(|tx| tx.log_entry(seq)).unwrap().unwrap();
        assert_eq!(
            format!("{:?}", found.entry),
            format!("{entry:?}"),
            "what was appended is what stands"
        );
        assert_eq!(store.read(|tx| tx.log_chain(seq)).unwrap(), Some(found.chain));
        assert!(!found.overruled);
    }
    assert!(store.read(|tx| tx.log_entry(21)).unwrap().is_none());
    assert_eq!(store.read(|tx| tx.log_chain(0)).unwrap(), Some([0; 32]));
    assert_eq!(store.read(|tx| tx.log_chain(21)).unwrap(), None);
    let some = store.read(|tx| tx.log_after(5, 3)).unwrap();
    assert_eq!(some.iter().map(|e| e.seq).collect::<Vec<_>>(), [6, 7, 8]);
}

#[test]
fn a_chunk_stands_once_in_a_document() {
    let (store, _folder) = store();
    let entry = an_entry(document(1), b"one");
    let elsewhere = an_entry(document(2), b"one");
    store
        .write(|tx| -> Check {
            let mut head = tx.log_head()?;
            assert_eq!(tx.log_append(&mut head, &entry)?, (1, true));
            assert_eq!(tx.log_append(&mut head, &elsewhere)?, (2, true));
            let mut later = entry.clone();
            later.device = Some(device(8));
            later.received_at += 1;
            assert_eq!(tx.log_append(&mut head, &later)?, (1, false));
            Ok(())
        })
        .unwrap();
    let first = store.read(|tx| tx.log_entry(1)).unwrap().unwrap();
    assert_eq!(
        (first.entry.device, first.entry.received_at),
        (Some(device(9)), 5_000)
    );
    assert_eq!(store.read(|tx| tx.log_head()).unwrap().seq, 2);
    store.read(assert_chained).unwrap();
    assert!(store.read(|tx| tx.log_knows(document(1))).unwrap());
    assert!(!store.read(|tx| tx.log_knows(document(3))).unwrap());
}

#[test]
fn only_the_state_of_an_entry_changes() {
    let (store, _folder) = store();
    store
        .write(|tx| append(tx, &an_entry(document(1), b"one")))
        .unwrap();
    let before = store.read(|tx| tx.log_entry(1)).unwrap().unwrap();
    let states = [
        (EntryState::Held, Some("seq_gap")),
        (EntryState::SetAside, Some("seq_gap")),
        (EntryState::Waiting, None),
        (EntryState::Published, None),
    ];
    for (state, code) in states {
        store.write(|tx| tx.log_set_state(1, state, code)).unwrap();
        let mut now = store.read(|tx| tx.log_entry(1)).unwrap().unwrap();
        assert_eq!((now.entry.state, now.entry.code.as_deref()), (state, code));
        assert_eq!(store.read(|tx| tx.log_state(1)).unwrap(), Some((state, false)));
        (now.entry.state, now.entry.code) = (before.entry.state, None);
        assert_eq!(format!("{now:?}"), format!("{before:?}"));
    }
    // A decision may change for whom it was sent, and puts it before the judge again.
    for (person, expected) in [
        (None, PersonId([4; 16])),
        (Some(PersonId([5; 16])), PersonId([5; 16])),
    ] {
        store.write(|tx| tx.log_overrule(1, person)).unwrap();
        let now = store.read(|tx| tx.log_entry(1)).unwrap().unwrap();
        assert!(now.overruled);
        let stands = store.read(|tx| tx.log_state(1)).unwrap();
        assert_eq!(stands, Some((EntryState::Pending, true)));
        assert_eq!(store.read(|tx| tx.log_state(2)).unwrap(), None);
        assert_eq!(
            (now.entry.state, now.entry.person),
            (EntryState::Pending, Some(expected))
        );
        assert_eq!(now.entry.line, None, "whoever sent it is sent it too");
    }
    store.read(assert_chained).unwrap();
}

/// Six entries of two documents, each in the state that is given.
fn in_states(store: &Store, states: [EntryState; 6]) {
    store
        .write(|tx| -> Check {
            for (n, state) in (0u8..).zip(states) {
                let mut entry = an_entry(document(n % 2), &[n]);
                entry.received_at = 100 * i64::from(n);
                let seq = append(tx, &entry)?;
                tx.log_set_state(seq, state, None)?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_waits_is_found_by_its_state() {
    use EntryState::{Held, Pending, Published, Waiting};
    let (store, _folder) = store();
    in_states(&store, [Published, Pending, Waiting, Held, Pending, Pending]);
    let seqs = |entries: Vec<Entry>| entries.iter().map(|e| e.seq).collect::<Vec<_>>();
    store
        .write(|tx| -> Check {
            // Oldest first: document 1 has entry 2, document 0 has entry 5.
            assert_eq!(tx.log_unjudged(9)?, [document(1), document(0)]);
            assert_eq!(tx.log_unjudged(1)?, [document(1)]);
            assert_eq!(tx.log_unjudged_count()?, 3);
            assert_eq!(seqs(tx.log_of(document(0), &[Waiting, Published])?), [1, 3]);
            assert_eq!(seqs(tx.log_of(document(1), &[Held])?), [4]);
            assert_eq!(seqs(tx.log_open_of(document(0), 9)?), [3, 5]);
            assert_eq!(seqs(tx.log_open_of(document(1), 9)?), [2, 6]);
            // What was never judged comes before what was and waits.
            assert_eq!(seqs(tx.log_open_of(document(0), 1)?), [5]);
            assert_eq!(seqs(tx.log_waiting_since(201, 9)?), [3]);
            assert_eq!(seqs(tx.log_waiting_since(200, 9)?), Vec::<u64>::new());
            tx.log_wake(document(0))?;
            assert_eq!(seqs(tx.log_of(document(0), &[Pending])?), [3, 5]);
            assert_eq!(tx.log_unjudged_count()?, 4);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_the_judge_died_over_is_counted_until_it_ends() {
    let (store, _folder) = store();
    let died = |n| store.write(|tx| tx.judging_died(document(n))).unwrap();
    let failed = |n| store.write(|tx| tx.judging_failed(document(n))).unwrap();
    let deaths = || {
        store
            .read(|tx| tx.judging_troubles(&[document(1), document(2), document(3)]))
            .unwrap()
            .into_iter()
            .map(|troubles| (troubles.deaths, troubles.failures))
            .collect::<Vec<_>>()
    };
    assert_eq!(deaths(), [(0, 0); 3]);
    died(1);
    died(2);
    died(2);
    assert_eq!(deaths(), [(1, 0), (2, 0), (0, 0)]);
    failed(2);
    failed(3);
    assert_eq!(deaths(), [(1, 0), (2, 1), (0, 1)]);
    store.write(|tx| tx.judging_end(document(2))).unwrap();
    assert_eq!(deaths(), [(1, 0), (0, 0), (0, 1)]);
    died(2);
    assert_eq!(deaths(), [(1, 0), (1, 0), (0, 1)]);
}

#[test]
fn what_is_held_for_one_reason_is_tried_again() {
    let (store, _folder) = store();
    in_states(&store, [EntryState::Pending; 6]);
    store
        .write(|tx| -> Check {
            let held = [
                (1, "dependency_missing"),
                (3, "seq_gap"),
                (5, "dependency_missing"),
                (2, "dependency_missing"),
            ];
            for (seq, code) in held {
                tx.log_set_state(seq, EntryState::Held, Some(code))?;
            }
            assert_eq!(tx.log_retry(document(0), "dependency_missing")?, 2);
            assert_eq!(tx.log_retry(document(0), "dependency_missing")?, 0);
            let states = (1..=6).map(|seq| Ok(tx.log_entry(seq)?.unwrap().entry));
            let states = states.collect::<Result<Vec<_>, StoreError>>()?;
            let held: Vec<_> = states.iter().map(|e| e.code.as_deref()).collect();
            assert_eq!(
                held,
                [
                    None,
                    Some("dependency_missing"),
                    Some("seq_gap"),
                    None,
                    None,
                    None
                ]
            );
            assert_eq!(tx.log_unjudged_count()?, 4);
            Ok(())
        })
        .unwrap();
}
