//! Copies: one moment of the database, whole, in a file of its own, whoever writes meanwhile.

use std::sync::Barrier;
use std::thread;

use super::*;

const KEY: [u8; 32] = [0x3c; 32];

#[test]
fn a_copy_is_one_moment_of_a_store_that_is_written_meanwhile() {
    let folder = Folder::new();
    let store = Store::open(folder.path(), Some(KEY)).unwrap();
    let write = |n: u8| {
        let entry = an_entry(document(n), &[n; 40]);
        store.write(|tx| -> Check {
            append(tx, &entry)?;
            tx.person_put(&a_person(n))
        })
    };
    write(0).unwrap();
    let start = Barrier::new(2);
    let copies = Folder::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            (1..60).for_each(|n| write(n).unwrap());
        });
        start.wait();
        for n in 0..6 {
            store.copy_to(&copies.path().join(format!("{n}"))).unwrap();
        }
    });
    let mut before = 0;
    for n in 0..6 {
        let file = copies.path().join(format!("{n}"));
        let (head, _) = Store::check_file(&file, Some(KEY)).unwrap();
        assert!(head.seq >= before, "copy {n} is not older than the one before");
        before = head.seq;
        let alone = copies.path().join(format!("folder-{n}"));
        std::fs::create_dir(&alone).unwrap();
        std::fs::rename(&file, alone.join(FILE_NAME)).unwrap();
        let copy = Store::open(&alone, Some(KEY)).unwrap();
        for person in 0..60 {
            let there = copy
                .read(|tx| tx.person(PersonId([person; 16])))
                .unwrap()
                .is_some();
            assert_eq!(
                there,
                u64::from(person) < head.seq,
                "copy {n}: each entry with its person {person}"
            );
        }
    }
}

#[test]
fn what_was_closed_in_one_file_may_be_moved() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    let store = Store::open(folder.path(), Some(KEY)).unwrap();
    let write = |tx: &Tx<'_>| -> Check {
        append(tx, &an_entry(document(1), b"a"))?;
        Ok(())
    };
    store.write(write).unwrap();
    // Who has read keeps a connection, which must not hold the file open.
    let head = store.read(|tx| tx.log_head()).unwrap();
    assert!(folder.path().join(format!("{FILE_NAME}-wal")).exists());
    store.close_in_one_file().unwrap();
    assert!(!folder.path().join(format!("{FILE_NAME}-wal")).exists());
    std::fs::rename(folder.path().join(FILE_NAME), elsewhere.path().join(FILE_NAME)).unwrap();
    let moved = Store::open(elsewhere.path(), Some(KEY)).unwrap();
    assert_eq!(moved.read(|tx| tx.log_head()).unwrap(), head);
}

#[test]
fn a_copy_opens_under_its_own_key_only() {
    let (plain, _folder) = store();
    let (keyed, copies) = (Folder::new(), Folder::new());
    let keyed = Store::open(keyed.path(), Some(KEY)).unwrap();
    for (store, own, other) in [(&plain, None, Some(KEY)), (&keyed, Some(KEY), None)] {
        store.write(|tx| tx.person_put(&a_person(1))).unwrap();
        let file = copies.path().join(format!("{}", own.is_some()));
        store.copy_to(&file).unwrap();
        assert!(Store::check_file(&file, own).is_ok());
        for wrong in [other, Some([1; 32])] {
            assert!(
                Store::check_file(&file, wrong).is_err(),
                "{own:?} is not {wrong:?}"
            );
        }
    }
}

#[test]
fn a_database_that_an_older_version_sealed_opens_and_is_copied_as_it_is() {
    let (folder, copies) = (Folder::new(), Folder::new());
    let db = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    super::super::set_key(&db, &KEY, "HMAC_SHA512").unwrap();
    db.execute_batch("CREATE TABLE a (x); DROP TABLE a").unwrap();
    drop(db);
    let store = Store::open(folder.path(), Some(KEY)).unwrap();
    store.write(|tx| tx.person_put(&a_person(1))).unwrap();
    let file = copies.path().join("copy");
    store.copy_to(&file).unwrap();
    assert!(Store::check_file(&file, Some(KEY)).is_ok());
    assert!(Store::check_file(&file, Some([1; 32])).is_err());
    assert!(Store::open(folder.path(), Some([1; 32])).is_err());
    drop(store);
    let again = Store::open(folder.path(), Some(KEY)).unwrap();
    assert!(again.read(|tx| tx.person(a_person(1).id)).unwrap().is_some());
}

#[test]
fn only_unused_codes_are_forgotten() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.worker_put(&a_worker("W1", None))?;
            for n in 1..=3 {
                tx.code_put(&[n; 32], "W1", 500)?;
            }
            tx.device_add(&a_device(2, "W1"))?;
            tx.code_used(&[2; 32], device(2), false)?;
            assert_eq!(tx.codes_void()?, 2);
            for (n, there) in [(1, false), (2, true), (3, false)] {
                assert_eq!(tx.code(&[n; 32])?.is_some(), there, "code {n}");
            }
            Ok(())
        })
        .unwrap();
}
