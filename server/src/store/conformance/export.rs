//! The outbox, versions, case systems, receipts, and the audit with its chain.

use super::*;

pub(super) fn event(n: u64, document: DocumentId, version: u64) -> EventRecord {
    EventRecord {
        n,
        event_id: format!("e{n}"),
        kind: "note.finished".into(),
        document,
        version,
        sha256: [n.to_be_bytes()[7]; 32],
        day: 0,
        created_at: 40,
        line: vec![0, 255, n.to_be_bytes()[7]],
    }
}

fn client(id: &str) -> ClientRecord {
    ClientRecord {
        id: id.into(),
        name: "Case system".into(),
        scope: "export.read".into(),
        public_keys: "pem".into(),
        created_at: 1,
        revoked_at: None,
    }
}

fn receipt(event: &str, client: &str, outcome: &str, at: i64) -> Receipt {
    Receipt {
        event_id: event.into(),
        client: client.into(),
        state: ReceiptState {
            outcome: outcome.into(),
            case_system_ref: Some("M-1".into()),
            reason_code: None,
            reason: Some("because".into()),
        },
        received_at: at,
    }
}

#[test]
fn the_outbox_gives_the_same_bytes_in_order() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.outbox_next()?, 1);
            for n in 1..=4 {
                assert_eq!(tx.outbox_next()?, n);
                tx.outbox_put(&event(n, document(1), n))?;
            }
            assert_eq!(
                tx.outbox_after(1, 2)?,
                [event(2, document(1), 2), event(3, document(1), 3)]
            );
            assert_eq!(tx.outbox_after(4, 2)?, []);
            assert_eq!(tx.outbox_event("e3")?, Some(event(3, document(1), 3)));
            assert_eq!(tx.outbox_event("e9")?, None);
            Ok(())
        })
        .unwrap();
    let mut twin = event(9, document(1), 9);
    twin.event_id = "e1".into();
    assert!(
        store.write(|tx| tx.outbox_put(&twin)).is_err(),
        "an event id stands once"
    );
    twin = event(1, document(1), 9);
    twin.event_id = "e9".into();
    assert!(
        store.write(|tx| tx.outbox_put(&twin)).is_err(),
        "a number stands once"
    );
}

#[test]
fn versions_stay_and_the_newest_may_move_its_heads() {
    let (store, _folder) = store();
    let version = |n: u64| VersionRecord {
        document: document(1),
        version: n,
        event_id: format!("e{n}"),
        heads: vec![[1; 32], [2; 32]],
    };
    store
        .write(|tx| -> Check {
            assert_eq!(tx.version_newest(document(1))?, None);
            tx.version_put(&version(1))?;
            tx.version_put(&version(2))?;
            assert_eq!(tx.version_newest(document(1))?, Some(version(2)));
            tx.version_heads(document(1), 2, &[[3; 32]])?;
            let moved = VersionRecord {
                heads: vec![[3; 32]],
                ..version(2)
            };
            assert_eq!(tx.version_newest(document(1))?, Some(moved));
            assert_eq!(tx.version_newest(document(2))?, None);
            Ok(())
        })
        .unwrap();
    assert!(
        store.write(|tx| tx.version_put(&version(1))).is_err(),
        "a version is written once"
    );
}

#[test]
fn receipts_end_what_is_outstanding_for_their_client_alone() {
    let (store, _folder) = store();
    let open = |who: &str| {
        let events = store.read(|tx| tx.outstanding(who, 9)).unwrap();
        events.into_iter().map(|e| e.n).collect::<Vec<_>>()
    };
    store
        .write(|tx| -> Check {
            tx.client_put(&client("a"))?;
            tx.client_put(&client("b"))?;
            (1..=4).try_for_each(|n| tx.outbox_put(&event(n, document(1), n)))
        })
        .unwrap();
    assert_eq!(open("a"), [1, 2, 3, 4]);
    let put = |r: Receipt| store.write(|tx| tx.receipt_put(&r)).unwrap();
    put(receipt("e1", "a", "imported", 5));
    put(receipt("e2", "a", "deferred", 5));
    put(receipt("e3", "a", "refused", 5));
    assert_eq!((open("a"), open("b")), (vec![2, 4], vec![1, 2, 3, 4]));
    assert_eq!(store.read(|tx| tx.outstanding("a", 1)).unwrap().len(), 1);
    put(receipt("e2", "a", "duplicate", 9));
    put(receipt("e2", "b", "imported", 7));
    assert_eq!((open("a"), open("b")), (vec![4], vec![1, 3, 4]));
    let both = store.read(|tx| tx.receipts("e2")).unwrap();
    assert_eq!(
        both,
        [
            receipt("e2", "b", "imported", 7),
            receipt("e2", "a", "duplicate", 9)
        ],
        "newest last"
    );
    assert_eq!(store.read(|tx| tx.receipts("e4")).unwrap(), []);
    assert!(
        store
            .write(|tx| tx.receipt_put(&receipt("e4", "nobody", "imported", 1)))
            .is_err()
    );
}

#[test]
fn a_client_may_be_renewed_although_it_gave_receipts() {
    let (store, _folder) = store();
    let mut record = client("a");
    store
        .write(|tx| -> Check {
            assert_eq!(tx.client("a")?, None);
            tx.client_put(&record)?;
            tx.receipt_put(&receipt("e1", "a", "imported", 5))?;
            (record.revoked_at, record.scope) = (Some(8), "export.read export.receipt".into());
            tx.client_put(&record)?;
            assert_eq!(tx.client("a")?, Some(record.clone()));
            assert_eq!(tx.receipts("e1")?.len(), 1);
            Ok(())
        })
        .unwrap();
}

pub(super) fn audit_entry(who: u8, n: u8) -> AuditEntry {
    AuditEntry {
        at: i64::from(n),
        who: format!("worker:W{who}"),
        what: "note.read".into(),
        person: n.is_multiple_of(2).then_some(PersonId([n; 16])),
        document: n.is_multiple_of(3).then(|| document(n)),
        detail: format!("{{\"n\":{n}}}"),
    }
}

pub(super) fn assert_audit_chained(store: &Store, expected: u64) {
    let records = store.read(|tx| tx.audit_after(0, u32::MAX)).unwrap();
    assert_eq!(records.len() as u64, expected);
    let mut before = [0; 32];
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record.n, index as u64 + 1);
        assert_eq!(
            record.chain,
            audit_chain(&before, record.n, &record.entry),
            "entry {}",
            record.n
        );
        before = record.chain;
    }
}

#[test]
fn the_audit_is_chained_entry_by_entry() {
    let (store, _folder) = store();
    let entries: Vec<_> = (0..12).map(|n| audit_entry(1, n)).collect();
    store
        .write(|tx| entries.iter().try_for_each(|e| tx.audit(e)))
        .unwrap();
    assert_audit_chained(&store, 12);
    let found = store.read(|tx| tx.audit_after(4, 3)).unwrap();
    assert_eq!(found.iter().map(|r| r.n).collect::<Vec<_>>(), [5, 6, 7]);
    assert!(
        found
            .iter()
            .zip(&entries[4..])
            .all(|(record, entry)| record.entry == *entry)
    );
}

#[test]
fn no_two_audit_entries_have_one_hash() {
    // Fields that meet end to start are kept apart by their lengths.
    let entry = |who: &str, what: &str, detail: &str| AuditEntry {
        who: who.into(),
        what: what.into(),
        detail: detail.into(),
        ..audit_entry(1, 1)
    };
    let hashes = [
        ("ab", "c", "d"),
        ("a", "bc", "d"),
        ("a", "b", "cd"),
        ("abc", "", "d"),
    ]
    .map(|(who, what, detail)| audit_chain(&[0; 32], 1, &entry(who, what, detail)));
    for (index, hash) in hashes.iter().enumerate() {
        assert!(!hashes[index + 1..].contains(hash));
    }
    assert_ne!(
        audit_chain(&[1; 32], 1, &entry("a", "b", "c")),
        audit_chain(&[0; 32], 1, &entry("a", "b", "c"))
    );
    assert_ne!(
        audit_chain(&[0; 32], 2, &entry("a", "b", "c")),
        audit_chain(&[0; 32], 1, &entry("a", "b", "c"))
    );
}

#[test]
fn settings_are_bytes_by_name() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.meta("epoch")?, None);
            tx.meta_put("epoch", &[0, 255])?;
            tx.meta_put("epoch", &[])?;
            tx.meta_put("other", b"x")?;
            assert_eq!(tx.meta("epoch")?, Some(Vec::new()));
            assert_eq!(tx.meta("other")?.as_deref(), Some(&b"x"[..]));
            Ok(())
        })
        .unwrap();
}
