//! What case systems and this server compare with one another.

use super::export::event;
use super::*;

fn of_day(n: u64, note: u8, version: u64, day: i64) -> EventRecord {
    EventRecord {
        day,
        ..event(n, document(note), version)
    }
}

/// Three notes over two days, not in their order.
fn filled() -> (Store, Folder) {
    let (store, folder) = store();
    store
        .write(|tx| -> Check {
            let events = [
                of_day(1, 3, 1, 20_000),
                of_day(2, 1, 1, 20_001),
                of_day(3, 2, 1, 20_000),
                of_day(4, 3, 10, 20_000),
                of_day(5, 3, 2, 20_000),
            ];
            for id in ["a", "b"] {
                tx.client_put(&ClientRecord {
                    id: id.into(),
                    name: format!("System {id}"),
                    scope: "export.read".into(),
                    public_keys: String::new(),
                    created_at: 1,
                    revoked_at: None,
                })?;
            }
            events.iter().try_for_each(|event| tx.outbox_put(event))
        })
        .unwrap();
    (store, folder)
}

fn answer(store: &Store, n: u64, client: &str, outcome: &str) {
    let receipt = Receipt {
        event_id: format!("e{n}"),
        client: client.into(),
        state: ReceiptState {
            outcome: outcome.into(),
            case_system_ref: None,
            reason_code: None,
            reason: None,
        },
        received_at: 1,
    };
    store
        .write(|tx| -> Check {
            tx.receipt_put(&receipt)?;
            tx.client_moves_on(client)
        })
        .unwrap();
}

#[test]
fn events_are_told_by_day_note_and_version() {
    let (store, _folder) = filled();
    let told = |first, last| {
        let mut told = Vec::new();
        let each = |sent: Sent| {
            told.push((sent.day, sent.document.0[0], sent.version));
            assert_eq!(sent.sha256.len(), 32);
            Ok(())
        };
        store.read(|tx| tx.sent_between((first, last), each)).unwrap();
        told
    };
    let first = [(20_000, 2, 1), (20_000, 3, 1), (20_000, 3, 2), (20_000, 3, 10)];
    assert_eq!(told(20_000, 20_000), first, "versions by number, not by digits");
    assert_eq!(told(i64::MIN, i64::MAX), [&first[..], &[(20_001, 1, 1)]].concat());
    assert_eq!(told(20_002, i64::MAX), []);
    let stopped: Check =
        store.read(|tx| tx.sent_between((0, 30_000), |_| Err(StoreError::Inconsistent("enough"))));
    assert!(stopped.is_err(), "who listens may stop it");
}

#[test]
fn the_events_of_a_day_come_in_pages_with_what_one_client_said() {
    let (store, _folder) = filled();
    answer(&store, 3, "a", "refused");
    answer(&store, 1, "b", "imported");
    let page = |client: &str, after: (u8, u64), limit| {
        let after = (document(after.0), after.1);
        let events = store.read(|tx| tx.sent_on(client, 20_000, after, limit)).unwrap();
        assert!(
            events.iter().all(|(event, _)| event.line.is_empty()),
            "without their lines"
        );
        let each = events.into_iter().map(|(event, outcome)| (event.n, outcome));
        each.collect::<Vec<_>>()
    };
    let refused = Some("refused".to_owned());
    assert_eq!(
        page("a", (0, 0), 9),
        [(3, refused.clone()), (1, None), (5, None), (4, None)]
    );
    assert_eq!(page("a", (0, 0), 1), [(3, refused)]);
    assert_eq!(
        page("b", (2, 1), 2),
        [(1, Some("imported".to_owned())), (5, None)]
    );
    assert_eq!(page("b", (3, 2), 2), [(4, None)]);
    assert_eq!(page("b", (3, 10), 2), []);
}

#[test]
fn a_version_is_found_by_its_note() {
    let (store, _folder) = filled();
    let find = |note, version| {
        store
            .read(|tx| tx.outbox_version(document(note), version))
            .unwrap()
    };
    assert_eq!(find(3, 2), Some(of_day(5, 3, 2, 20_000)));
    assert_eq!((find(3, 3), find(9, 1)), (None, None));
}

#[test]
fn the_place_of_a_client_moves_over_what_it_has_ended_and_no_further() {
    let (store, _folder) = filled();
    let open = |who: &str| {
        let events = store.read(|tx| tx.outstanding(who, 9)).unwrap();
        events.into_iter().map(|e| e.n).collect::<Vec<_>>()
    };
    for n in [1, 2, 4] {
        answer(&store, n, "a", "imported");
    }
    answer(&store, 3, "a", "deferred");
    assert_eq!((open("a"), open("b")), (vec![3, 5], vec![1, 2, 3, 4, 5]));
    answer(&store, 3, "a", "imported");
    assert_eq!(open("a"), [5]);
    store
        .write(|tx| {
            tx.outbox_put(&EventRecord {
                kind: "note.removed".into(),
                ..of_day(6, 1, 2, 20_002)
            })
        })
        .unwrap();
    assert_eq!(open("a"), [5], "what was removed wants no receipt");
    answer(&store, 5, "a", "duplicate");
    store.write(|tx| tx.outbox_put(&of_day(7, 1, 3, 20_002))).unwrap();
    assert_eq!(open("a"), [7]);
    // Writing the client again, with other keys, leaves its place.
    let mut client = store.read(|tx| tx.client("a")).unwrap().unwrap();
    client.public_keys = "other".into();
    store.write(|tx| tx.client_put(&client)).unwrap();
    assert_eq!(open("a"), [7]);
    assert_eq!(store.read(|tx| tx.client("a")).unwrap(), Some(client));
}

#[test]
fn a_client_is_found_by_its_name() {
    let (store, _folder) = filled();
    let named = |name: &str| {
        store
            .read(|tx| tx.client_named(name))
            .unwrap()
            .map(|client| client.id)
    };
    assert_eq!(named("System b").as_deref(), Some("b"));
    assert_eq!(named("System c"), None);
}

#[test]
fn of_what_was_taken_the_newest_counts() {
    let (store, _folder) = store();
    let taken = |version| Taken {
        document: document(1),
        version,
        event_id: format!("lost{version}"),
    };
    for (version, stands) in [(2, 2), (5, 5), (3, 5), (5, 5)] {
        store.write(|tx| tx.taken_put(&taken(version))).unwrap();
        assert_eq!(
            store.read(|tx| tx.taken(document(1))).unwrap(),
            Some(taken(stands))
        );
    }
    assert_eq!(store.read(|tx| tx.taken(document(2))).unwrap(), None);
}
