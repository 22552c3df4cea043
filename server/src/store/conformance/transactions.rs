//! Promises 1 to 3: a transaction is whole, writers follow one another, readers see a moment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

use super::*;

fn meta(store: &Store, name: &str) -> Option<Vec<u8>> {
    store.read(|tx| tx.meta(name)).unwrap()
}

#[test]
fn what_said_ok_is_there_after_opening_again_and_nothing_of_what_did_not() {
    let (store, folder) = store();
    store.write(|tx| tx.meta_put("kept", b"1")).unwrap();
    let refused: Check = store.write(|tx| {
        tx.meta_put("refused", b"1")?;
        tx.meta_put("kept", b"2")?;
        Err(StoreError::Inconsistent("on purpose"))
    });
    assert!(matches!(refused, Err(StoreError::Inconsistent("on purpose"))));
    let fell = catch_unwind(AssertUnwindSafe(|| {
        store.write(|tx| -> Check {
            tx.meta_put("fell", b"1")?;
            panic!("on purpose")
        })
    }));
    assert!(fell.is_err());
    // A fall leaves the store usable.
    store.write(|tx| tx.meta_put("after", b"1")).unwrap();
    drop(store);
    let store = Store::open(folder.path(), None).unwrap();
    for (name, value) in [
        ("kept", Some(b"1".to_vec())),
        ("refused", None),
        ("fell", None),
        ("after", Some(b"1".to_vec())),
    ] {
        assert_eq!(meta(&store, name), value, "{name}");
    }
}

#[test]
fn a_grouped_job_that_fails_is_undone_alone() {
    let (store, _folder) = store();
    let ok: Result<u8, StoreError> = store.write_grouped(|tx| tx.meta_put("a", b"1").map(|()| 7));
    assert_eq!(ok.unwrap(), 7);
    let err: Check = store.write_grouped(|tx| {
        tx.meta_put("b", b"1")?;
        Err(StoreError::Inconsistent("on purpose"))
    });
    assert!(matches!(err, Err(StoreError::Inconsistent("on purpose"))));
    let fell = catch_unwind(AssertUnwindSafe(|| {
        store.write_grouped(|tx| -> Check {
            tx.meta_put("c", b"1")?;
            panic!("on purpose")
        })
    }));
    assert!(fell.is_err());
    store.write_grouped(|tx| tx.meta_put("d", b"1")).unwrap();
    let there = ["a", "b", "c", "d"].map(|name| meta(&store, name).is_some());
    assert_eq!(there, [true, false, false, true]);
}

#[test]
fn a_job_that_loses_the_transaction_fails_its_group_and_nothing_hangs() {
    let (store, _folder) = store();
    let lost: Check = store.write_grouped(|tx| {
        tx.meta_put("before", b"1")?;
        // What SQLite does by itself when the disk is full.
        tx.db.execute_batch("ROLLBACK")?;
        Ok(())
    });
    assert!(lost.is_err());
    assert_eq!(meta(&store, "before"), None);
    store.write_grouped(|tx| tx.meta_put("after", b"1")).unwrap();
    assert!(meta(&store, "after").is_some());
}

/// What thread `who` does as its job `n`: most are kept, some fail, few fall.
fn job(store: &Store, who: u8, n: u8) -> bool {
    let name = format!("{who}/{n}");
    let work = move |tx: &Tx<'_>| -> Check {
        let done = tx
            .meta("done")?
            .map_or(0, |b| u64::from_be_bytes(b.try_into().unwrap()));
        tx.meta_put("done", &(done + 1).to_be_bytes())?;
        tx.meta_put(&name, &[n])?;
        match n % 20 {
            3 => Err(StoreError::Inconsistent("on purpose")),
            7 => panic!("on purpose"),
            _ => Ok(()),
        }
    };
    matches!(
        catch_unwind(AssertUnwindSafe(|| store.write_grouped(work))),
        Ok(Ok(()))
    )
}

#[test]
fn eight_writers_at_once_lose_nothing_and_share_transactions() {
    const WRITERS: u8 = 8;
    const JOBS: u8 = 200;
    let (store, folder) = store();
    let start = Barrier::new(usize::from(WRITERS));
    let kept: Vec<(u8, u8)> = thread::scope(|scope| {
        let run = |who: u8| {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                (0..JOBS)
                    .filter(|n| job(store, who, *n))
                    .map(|n| (who, n))
                    .collect::<Vec<_>>()
            })
        };
        let writers: Vec<_> = (0..WRITERS).map(run).collect();
        writers.into_iter().flat_map(|w| w.join().unwrap()).collect()
    });
    assert_eq!(kept.len(), usize::from(WRITERS) * usize::from(JOBS) * 18 / 20);
    drop(store);
    let store = Store::open(folder.path(), None).unwrap();
    for who in 0..WRITERS {
        for n in 0..JOBS {
            let there = meta(&store, &format!("{who}/{n}")).is_some();
            assert_eq!(there, kept.contains(&(who, n)), "{who}/{n}");
        }
    }
    // Each job read what the one before had written: none ran beside another.
    assert_eq!(meta(&store, "done").unwrap(), (kept.len() as u64).to_be_bytes());
}

#[test]
fn a_reader_sees_one_moment_while_others_write() {
    let (store, _folder) = store();
    store.write(|tx| tx.meta_put("a", b"old")).unwrap();
    let seen: Result<_, StoreError> = store.read(|tx| {
        let first = tx.meta("a")?;
        thread::scope(|scope| {
            scope.spawn(|| store.write(|tx| tx.meta_put("a", b"new")).unwrap());
        });
        Ok((first, tx.meta("a")?))
    });
    let (first, second) = seen.unwrap();
    assert_eq!(
        (first.as_deref(), second.as_deref()),
        (Some(&b"old"[..]), Some(&b"old"[..]))
    );
    assert_eq!(meta(&store, "a").as_deref(), Some(&b"new"[..]));
}

#[test]
fn a_reader_cannot_write() {
    let (store, _folder) = store();
    assert!(store.read(|tx| tx.meta_put("a", b"1")).is_err());
    assert_eq!(meta(&store, "a"), None);
}

#[test]
fn two_processes_on_one_folder_make_one_log() {
    const EACH: u8 = 60;
    let (first, folder) = store();
    // A second handle is to the file what a second process is.
    let second = Store::open(folder.path(), None).unwrap();
    thread::scope(|scope| {
        for (who, store) in [(1, &first), (2, &second)] {
            scope.spawn(move || {
                for n in 0..EACH {
                    let entry = an_entry(document(who), &[who, n]);
                    if n % 2 == 0 {
                        store.write(|tx| append(tx, &entry)).unwrap();
                    } else {
                        store.write_grouped(move |tx| append(tx, &entry)).unwrap();
                    }
                    store
                        .write(|tx| tx.audit(&super::export::audit_entry(who, n)))
                        .unwrap();
                }
            });
        }
    });
    for store in [&first, &second] {
        store.read(assert_chained).unwrap();
        assert_eq!(store.read(|tx| tx.log_head()).unwrap().seq, 2 * u64::from(EACH));
        super::export::assert_audit_chained(store, 2 * u64::from(EACH));
    }
}

#[test]
fn a_new_folder_may_be_opened_by_several_at_once() {
    for _ in 0..20 {
        let folder = Folder::new();
        thread::scope(|scope| {
            for n in 0..8u8 {
                let folder = &folder;
                scope.spawn(move || {
                    let store = Store::open(&folder.path().join("deeper"), None).unwrap();
                    store.write(|tx| tx.meta_put(&n.to_string(), &[n])).unwrap();
                });
            }
        });
        let store = Store::open(&folder.path().join("deeper"), None).unwrap();
        assert!((0..8u8).all(|n| meta(&store, &n.to_string()) == Some(vec![n])));
        assert_eq!(store.path(), folder.path().join("deeper").join(FILE_NAME));
    }
}

#[test]
fn an_attempt_is_undone_alone_and_attempts_stand_in_one_another() {
    let (store, _folder) = store();
    let fails = |tx: &Tx<'_>, name: &str| {
        tx.attempt(|tx| -> Check {
            tx.meta_put(name, b"1")?;
            Err(StoreError::Inconsistent("on purpose"))
        })
    };
    store
        .write(|tx| -> Check {
            tx.meta_put("before", b"1")?;
            assert!(fails(tx, "alone").is_err());
            assert_eq!(tx.attempt(|tx| tx.meta_put("kept", b"1").map(|()| 7))?, 7);
            let outer: Check = tx.attempt(|tx| {
                tx.meta_put("outer", b"1")?;
                assert!(fails(tx, "inner").is_err());
                Ok(())
            });
            outer?;
            let undone: Check = tx.attempt(|tx| {
                tx.attempt(|tx| tx.meta_put("within", b"1"))?;
                Err(StoreError::Inconsistent("on purpose"))
            });
            assert!(undone.is_err());
            tx.meta_put("after", b"1")
        })
        .unwrap();
    let names = ["before", "alone", "kept", "outer", "inner", "within", "after"];
    let there = names.map(|name| meta(&store, name).is_some());
    assert_eq!(there, [true, false, true, true, false, false, true]);
}
