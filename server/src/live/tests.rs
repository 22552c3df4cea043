//! Who hears what, without a socket: seats, company, and the crier's marks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use notes::ids::{DeviceId, DocumentId};

use super::*;

const ANN: DeviceId = DeviceId([1; 16]);
const BOB: DeviceId = DeviceId([2; 16]);
const CAT: DeviceId = DeviceId([3; 16]);
const NOTE: DocumentId = DocumentId([7; 16]);
const OTHER: DocumentId = DocumentId([8; 16]);

#[test]
fn a_newer_socket_of_a_device_replaces_the_older_and_keeps_its_seat_when_that_ends() {
    let hub = Hub::default();
    let older = hub.sit(ANN, "W1", None);
    let newer = hub.sit(ANN, "W1", None);
    assert_eq!(older.seat.take().farewell, Some(Farewell::Replaced));
    assert_eq!(newer.seat.take().farewell, None);
    older.watches(vec![NOTE]);
    assert!(newer.company().is_empty());
    drop(older);
    assert_eq!(hub.len(), 1);
    drop(newer);
    assert!(hub.is_empty());
}

#[test]
fn those_who_have_a_note_open_know_of_each_other_until_one_leaves() {
    let hub = Hub::default();
    let (ann, bob, cat) = (
        hub.sit(ANN, "W1", None),
        hub.sit(BOB, "W2", None),
        hub.sit(CAT, "W3", None),
    );
    ann.watches(vec![OTHER, NOTE]);
    assert!(ann.company().is_empty());
    bob.watches(vec![NOTE]);
    assert!(ann.seat.take().company);
    assert!(!cat.seat.take().company, "she has nothing open");
    assert_eq!((ann.company(), bob.company()), (vec![NOTE], vec![NOTE]));
    bob.watches(vec![OTHER]);
    assert!(ann.seat.take().company);
    assert_eq!(ann.company(), [OTHER]);
    drop(bob);
    assert!(ann.seat.take().company);
    assert!(ann.company().is_empty());
}

#[test]
fn every_farewell_has_a_code_of_its_own_kind_and_a_word() {
    use notes::problem::Code;
    let all = [
        Farewell::Stopping,
        Farewell::NotBinary,
        Farewell::TooLarge,
        Farewell::Refused(Code::Internal),
        Farewell::Refused(Code::MessageMalformed),
        Farewell::Expired,
        Farewell::Revoked,
        Farewell::TooSlow,
        Farewell::Replaced,
        Farewell::TooMany,
    ];
    let mut codes: Vec<_> = all.iter().map(|farewell| farewell.code()).collect();
    codes.dedup();
    assert_eq!(codes.len(), all.len());
    for farewell in all {
        // RFC 6455 section 5.5: a close frame has 125 bytes, two of them for the code.
        assert!((1..=123).contains(&farewell.reason().len()), "{farewell:?}");
    }
}

mod crying {
    use super::*;
    use crate::core::Core;
    use crate::store::{Audience, EntryState, NewEntry, NewsKind, StoreError};
    use notes::ids::PersonId;
    use notes::note::Template;

    fn publish(core: &Core, n: u8, document: DocumentId, sender: DeviceId, person: Option<PersonId>) {
        core.store
            .write(|tx| {
                let entry = NewEntry {
                    document,
                    device: Some(sender),
                    line: None,
                    received_at: 5,
                    hash: [n; 32],
                    chunk: vec![n],
                    template: Template::Note,
                    person,
                    reason: None,
                    pulled_pub: 0,
                    state: EntryState::Published,
                    code: None,
                };
                let mut head = tx.log_head()?;
                let (seq, _) = tx.log_append(&mut head, &entry)?;
                tx.publish(seq, document, person, false)?;
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }

    fn person_of(core: &Core, worker: &str) -> PersonId {
        core.store.read(|tx| tx.caseload(worker)).unwrap()[0]
    }

    fn town() -> (Core, crate::testing::Folder) {
        let (core, folder, _) = crate::testing::core();
        let workers = "worker_id,name,team\nW1,Ann Ash,North\nW2,Bob Birch,South\n";
        let people = "case_id,forename,surname,allocated_worker,allocated_team\nP1,Cat,Cedar,W1,North\n";
        crate::ops::import::workers(&core, workers.as_bytes(), "test").unwrap();
        crate::ops::import::people(&core, people.as_bytes(), "test").unwrap();
        (core, folder)
    }

    #[test]
    fn a_publication_reaches_the_caseload_and_those_who_follow_and_never_its_sender() {
        let (core, _folder) = town();
        let person = Some(person_of(&core, "W1"));
        let mut crier = Crier::default();
        let (ann, bob, cat) = (
            core.live.sit(ANN, "W1", None),
            core.live.sit(BOB, "W2", None),
            core.live.sit(CAT, "W3", None),
        );
        crier.cry(&core).unwrap();
        for sitter in [&ann, &bob, &cat] {
            assert!(
                sitter.seat.take().poke,
                "who was there before it listened looks for itself"
            );
        }
        ann.watches(vec![NOTE]);
        core.store
            .write(|tx| tx.follow(NOTE, BOB, Some("joint_visit")))
            .unwrap();
        publish(&core, 1, NOTE, BOB, person);
        crier.cry(&core).unwrap();
        let marks = |sitter: &Sitter<'_>| {
            let pending = sitter.seat.take();
            (pending.pull, pending.poke)
        };
        assert_eq!(
            (marks(&ann), marks(&bob), marks(&cat)),
            ((true, false), (false, false), (false, false))
        );
        publish(&core, 2, OTHER, CAT, person);
        publish(&core, 3, NOTE, CAT, None);
        crier.cry(&core).unwrap();
        assert_eq!(
            (marks(&ann), marks(&bob), marks(&cat)),
            ((false, true), (false, true), (false, false))
        );
        crier.cry(&core).unwrap();
        assert_eq!(marks(&ann), (false, false), "told once");
    }

    #[test]
    fn news_reach_whom_they_are_for_and_a_revoked_device_is_let_go() {
        let (core, _folder) = town();
        let mut crier = Crier::default();
        let (ann, bob) = (core.live.sit(ANN, "W1", Some(1)), core.live.sit(BOB, "W2", None));
        crier.cry(&core).unwrap();
        let person = person_of(&core, "W1");
        for (audience, expected) in [
            (Audience::All, (true, true)),
            (Audience::Team(1), (true, false)),
            (Audience::Team(2), (false, false)),
            (Audience::Worker("W2"), (false, true)),
            (Audience::Device(BOB), (false, true)),
            (Audience::Person(person), (true, false)),
        ] {
            let _ = (ann.seat.take(), bob.seat.take());
            core.store
                .write(|tx| tx.tell(audience, NewsKind::Standing, b"x"))
                .unwrap();
            crier.cry(&core).unwrap();
            let (to_ann, to_bob) = (ann.seat.take(), bob.seat.take());
            assert_eq!((to_ann.poke, to_bob.poke), expected, "{audience}");
            assert_eq!((to_ann.farewell, to_bob.farewell), (None, None));
        }
        core.store
            .write(|tx| {
                tx.device_add(&crate::store::DeviceRecord {
                    id: BOB,
                    worker: "W2".into(),
                    public_key: vec![4; 65],
                    app: String::new(),
                    enrolled_at: 1,
                    last_seen_at: None,
                    revoked_at: None,
                    waiting: 0,
                    clock_offset_ms: 0,
                    pulled_pub: 0,
                })?;
                tx.device_revoke(BOB, 5)
            })
            .unwrap();
        crier.cry(&core).unwrap();
        assert_eq!(ann.seat.take().farewell, None);
        assert_eq!(bob.seat.take().farewell, Some(Farewell::Revoked));
    }
}
