//! Verify and rebuild: what somebody with the file has altered is found and named, and what can be
//! made again from the log is.

use crate::export::tests::town::{MARGARET, Town};
use crate::ops::verify::verify;
use crate::store::StoreError;
use crate::sync::{self, reproject};

/// A town with one published note.
fn town() -> Town {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, "She walked to the shop.");
    phone.push(&town, &mut note, Some(MARGARET));
    phone.type_in(&mut note, "body", 0, "Well. ");
    phone.push(&town, &mut note, Some(MARGARET));
    town.run();
    town
}

fn tamper(town: &Town, sql: &str) {
    let done = town.core.store.write(|tx| {
        tx.tamper(sql);
        Ok::<_, StoreError>(())
    });
    done.unwrap();
}

#[test]
fn an_honest_store_is_as_it_must_be() {
    let town = town();
    let verified = verify(&town.core).unwrap();
    assert_eq!(verified.differences, [""; 0]);
    assert_eq!((verified.log.n, verified.documents), (2, 1));
}

#[test]
fn each_alteration_is_named() {
    for (sql, part) in [
        ("UPDATE document SET kind = 'phone_call'", "its projection is not"),
        ("UPDATE document SET finished_at = 7", "its projection is not"),
        ("UPDATE document SET heads = zeroblob(32)", "its heads are not"),
        (
            "UPDATE document SET snapshot = x'00', snapshot_pub = 1",
            "its snapshot is not",
        ),
        ("DELETE FROM document", "it has no projection"),
        ("DELETE FROM published", "a projection of nothing"),
        (
            "UPDATE log SET received_at = received_at + 1 WHERE seq = 1",
            "entry 1: it does not fit",
        ),
        (
            "UPDATE log SET device = NULL WHERE seq = 2",
            "entry 2: it does not fit",
        ),
        (
            "UPDATE log SET chunk = x'00' WHERE seq = 1",
            "entry 1: its bytes are not",
        ),
        (
            "UPDATE log SET chunk = x'00' WHERE seq = 1",
            "its chunks cannot be loaded",
        ),
        (
            "UPDATE log SET hash = zeroblob(32) WHERE seq = 2",
            "entry 2: it does not fit",
        ),
    ] {
        let town = town();
        tamper(&town, sql);
        let differences = verify(&town.core).unwrap().differences;
        let found = differences.iter().any(|difference| difference.contains(part));
        assert!(found, "{sql}: {differences:?}");
        assert!(differences.len() <= 2, "{sql}: {differences:?}");
    }
}

#[test]
fn rebuild_mends_what_the_log_can_tell() {
    for sql in [
        "UPDATE document SET heads = zeroblob(32), kind = 'phone_call'",
        "UPDATE document SET snapshot = x'00', snapshot_pub = 1",
        "DELETE FROM document",
    ] {
        let town = town();
        let before = town.read(|tx| tx.documents_after(notes::ids::DocumentId([0; 16]), 9));
        let honest = town.read(|tx| tx.document(before[0])).unwrap();
        tamper(&town, sql);
        assert_eq!(reproject(&town.core).unwrap(), 1);
        assert_eq!(verify(&town.core).unwrap().differences, [""; 0], "{sql}");
        let mended = town.read(|tx| tx.document(before[0])).unwrap();
        assert_eq!(mended.kind, honest.kind, "{sql}");
    }
}

#[test]
fn only_a_tombstone_makes_it_right_that_bytes_are_gone() {
    for (sql, part) in [
        (
            "UPDATE log SET chunk = x'', state = 5 WHERE seq = 1",
            "entry 1: its bytes are gone",
        ),
        (
            "UPDATE log SET chunk = x'' WHERE seq = 1",
            "entry 1: its bytes are not",
        ),
        // Somebody makes one of an entry that is none.
        (
            "UPDATE log SET state = 6 WHERE seq = 2",
            "entry 2: it is no tombstone",
        ),
    ] {
        let town = town();
        tamper(&town, sql);
        let differences = verify(&town.core).unwrap().differences;
        assert!(
            differences.iter().any(|difference| difference.contains(part)),
            "{sql}: {differences:?}"
        );
    }
    // And where there is one, what it buried must be gone.
    let town = town();
    let note = town.read(|tx| tx.documents_after(notes::ids::DocumentId([0; 16]), 9))[0];
    let host = &town.core.host;
    let done = town
        .core
        .store
        .write(|tx| sync::erase(tx, host, note, sync::Why::Retention, "operator"));
    assert!(done.unwrap().is_some());
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
    for (sql, seq) in [
        ("UPDATE log SET chunk = x'00' WHERE seq = 1", 1),
        ("UPDATE log SET state = 1 WHERE seq = 2", 2),
    ] {
        tamper(&town, sql);
        let differences = verify(&town.core).unwrap().differences;
        let part = format!("entry {seq}: it stands although");
        assert!(
            differences.iter().any(|difference| difference.contains(&part)),
            "{sql}: {differences:?}"
        );
    }
}
