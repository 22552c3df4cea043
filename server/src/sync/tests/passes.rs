//! Pushing: verdicts, repeated and reordered requests, rights, joint visits, readings, revoked devices.

use notes::ids::{Actor, DocumentId};
use notes::note::Template;
use notes::problem::Code;
use notes::wire::{MAX_CHUNKS, Outcome, Push, Subject};

use super::world::*;
use crate::store::EntryState::{Held, Pending, Published};

/// Three chunks of Alice's: a note and two changes.
fn three() -> Vec<Vec<u8>> {
    let mut doc = note_by(actor(1), ANN);
    let first = whole(&doc);
    vec![
        first,
        write(&mut doc, &[typed(0, "a")]),
        write(&mut doc, &[typed(0, "b")]),
    ]
}

fn states(town: &Town, document: DocumentId) -> Vec<crate::store::EntryState> {
    town.states(document)
        .into_iter()
        .map(|(state, _)| state)
        .collect()
}

#[test]
fn a_request_repeated_in_whole_in_part_or_out_of_order_changes_nothing() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let chunks = three();
    let first = alice.pass(vec![push(note(1), Some(ANN), &chunks[..2])]).verdicts;
    assert_eq!((first[0].outcome, first[0].seq), (Outcome::Accepted, 2));
    for round in 0..2 {
        for again in [vec![0, 1], vec![1], vec![1, 0], vec![0, 0, 1, 1]] {
            let part: Vec<_> = again.iter().map(|i: &usize| chunks[*i].clone()).collect();
            assert_eq!(alice.push(push(note(1), Some(ANN), &part)), ACCEPTED);
        }
        town.project();
        assert_eq!(states(&town, note(1)), [Published; 2], "round {round}");
    }
    let overlap = alice.pass(vec![push(note(1), Some(ANN), &chunks)]).verdicts;
    assert_eq!((overlap[0].outcome, overlap[0].seq), (Outcome::Accepted, 3));
    town.project();
    assert_eq!(town.body(note(1)), "baWe talked. ");
}

#[test]
fn verdicts_come_one_for_each_push_in_order() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let doc = whole(&note_by(actor(1), ANN));
    let others = whole(&note_by(actor(7), ANN));
    let pushes = vec![
        push(note(1), Some(ANN), std::slice::from_ref(&doc)),
        push(note(2), Some(BEN), std::slice::from_ref(&doc)),
        push(note(3), Some(ANN), &[b"junk".to_vec(), doc.clone()]),
        push(note(4), Some(ANN), &[others]),
        push(note(1), Some(ANN), &[doc]),
    ];
    let verdicts = alice.pass(pushes).verdicts;
    let said: Vec<_> = verdicts
        .iter()
        .map(|v| (v.document, v.outcome, v.code.as_deref(), v.seq))
        .collect();
    assert_eq!(
        said,
        [
            (note(1), Outcome::Accepted, None, 1),
            (note(2), Outcome::Held, Some("person_unknown"), 2),
            (note(3), Outcome::Held, Some("chunk_malformed"), 4),
            (note(4), Outcome::Held, Some("actor_not_yours"), 5),
            (note(1), Outcome::Accepted, None, 1),
        ]
    );
    // What is held is kept whole, and beside it the rest goes on.
    let entries = town.read(|tx| tx.log_after(0, 99));
    assert_eq!(entries[2].entry.chunk, b"junk");
    assert_eq!(states(&town, note(3)), [Held, Pending]);
    town.project();
    assert_eq!(town.body(note(3)), "We talked. ");
    assert_eq!(
        town.read(|tx| tx.issues_open(99))
            .iter()
            .filter(|i| i.opened.kind == "held")
            .count(),
        3
    );
}

#[test]
fn a_revoked_device_may_hand_in_and_a_person_decides() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let chunks = three();
    assert_eq!(alice.push(push(note(1), Some(ANN), &chunks[..1])), ACCEPTED);
    town.project();
    let cursor = alice.cursor.clone();
    town.write(|tx| tx.device_revoke(alice.id, 5));
    let response = alice.pass(vec![push(note(1), Some(ANN), &chunks)]);
    assert_eq!(response.verdicts[0].code.as_deref(), Some("revoked_device"));
    assert!(
        response.rows.is_empty() && response.pulls.is_empty(),
        "it learns nothing"
    );
    let places = |cursor: &[u8]| cursor[9..25].to_vec();
    assert_eq!(
        places(&response.cursor),
        places(&cursor),
        "it is passed over nothing"
    );
    assert_eq!(states(&town, note(1)), [Published, Held, Held]);
    let entries = town.read(|tx| tx.log_after(0, 99));
    assert_eq!(entries[2].entry.chunk, chunks[2]);
    // What it handed in before it was revoked stays taken.
    assert_eq!(alice.push(push(note(1), Some(ANN), &chunks[..1])), ACCEPTED);
    // Its readings are what an audit is for.
    alice.read(note(1), 77);
    assert_eq!(
        town.read(|tx| tx.audit_after(0, 99)).last().unwrap().entry.what,
        "note.read"
    );
    assert!(alice.fill(Subject::Person(ANN), 0).fills.is_empty());
}

#[test]
fn a_person_outside_the_team_looks_like_nobody() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let nobody = notes::ids::PersonId([9; 16]);
    let doc = |person| whole(&note_by(actor(1), person));
    let outside = alice.pass(vec![push(note(1), Some(BEN), &[doc(BEN)])]);
    let unknown = alice.pass(vec![push(note(2), Some(nobody), &[doc(nobody)])]);
    for response in [&outside, &unknown] {
        assert_eq!(response.verdicts[0].code.as_deref(), Some("person_unknown"));
    }
    assert_eq!(alice.push(push(note(3), Some(ANN), &[doc(ANN)])), ACCEPTED);
    // A colleague may write for the whole team.
    let mut bob = town.phone(2, "W2");
    assert_eq!(
        bob.push(push(note(4), Some(ANN), &[whole(&note_by(actor(2), ANN))])),
        ACCEPTED
    );
    for subject in [
        Subject::Person(BEN),
        Subject::Person(nobody),
        Subject::Document(note(9)),
    ] {
        let answer = alice.fill(subject, 0);
        assert!(
            answer.fills[0].pulls.is_empty()
                && answer.fills[0].next.is_none()
                && answer.rows.iter().all(|r| r.number > 0)
        );
    }
}

/// Carol's part in a note.
fn part(by: u8, text: &str) -> Vec<u8> {
    let mut doc = bare(Template::Note, actor(by));
    write(&mut doc, &[typed(0, text)]);
    whole(&doc)
}

#[test]
fn a_joint_visit_opens_that_note_and_no_other() {
    let town = Town::new();
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    let mut doc = note_by(actor(1), ANN);
    alice.push(push(note(1), Some(ANN), &[whole(&doc)]));
    alice.push(push(note(2), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    town.project();
    assert_eq!(
        carol.push(push(note(2), None, &[part(3, "x")])),
        held(Code::PersonUnknown)
    );
    assert_eq!(
        carol.push(joint(note(1), None, &[part(3, "Carol was there. ")])),
        ACCEPTED
    );
    town.project();
    assert!(town.body(note(1)).contains("Carol was there."));
    let chunks = carol.fill(Subject::Document(note(1)), 0).fills[0].pulls.clone();
    assert_eq!(chunks[0].chunks.len(), 2);
    assert!(
        carol.fill(Subject::Document(note(2)), 0).fills[0]
            .pulls
            .is_empty()
    );
    assert!(carol.fill(Subject::Person(ANN), 0).fills[0].pulls.is_empty());
    carol.pull();
    let more = write(&mut doc, &[typed(0, "More. ")]);
    alice.push(push(note(1), Some(ANN), std::slice::from_ref(&more)));
    town.project();
    assert_eq!(carol.pull(), [(note(1), more)]);
}

/// Alice's note was lost with the server, and Carol, who joined it, is the first who sends her part again.
#[test]
fn a_colleagues_part_waits_for_the_note_whoever_it_is_about() {
    for named in [None, Some(ANN), Some(BEN)] {
        let town = Town::new();
        let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
        let part = part(3, "Carol was there. ");
        assert_eq!(
            carol.push(joint(note(1), named, std::slice::from_ref(&part))),
            ACCEPTED
        );
        town.project();
        let begun = whole(&note_by(actor(1), ANN));
        alice.push(push(note(1), Some(ANN), std::slice::from_ref(&begun)));
        town.project();
        // Whom she sees she may have begun a note about: then her part is of another one.
        if named == Some(BEN) {
            assert_eq!(states(&town, note(1)), [Held, Published]);
            continue;
        }
        assert_eq!(states(&town, note(1)), [Published; 2], "{named:?}");
        assert_eq!(carol.pull(), [(note(1), begun)], "{named:?}");
    }
}

/// Also where a part of hers is here already.
#[test]
fn a_joined_note_is_no_way_to_begin_one_about_somebody_out_of_view() {
    let town = Town::new();
    let mut carol = town.phone(3, "W3");
    let mut doc = bare(Template::Note, actor(3));
    write(&mut doc, &[typed(0, "x")]);
    assert_eq!(carol.push(joint(note(1), None, &[whole(&doc)])), ACCEPTED);
    let names = write(&mut doc, &about(ANN));
    carol.push(joint(note(1), Some(ANN), &[names]));
    town.project();
    assert!(
        town.document(note(1))
            .is_none_or(|doc| plain(&doc).text("person").is_none())
    );
    assert_eq!(town.read(|tx| tx.document_person(note(1))), None);
}

#[test]
fn who_had_nothing_taken_follows_nothing() {
    let town = Town::new();
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    alice.push(push(note(1), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    town.project();
    let page = DocumentId::about(ANN);
    let tries: [(Push, Code); 4] = [
        (joint(note(1), None, &[b"junk".to_vec()]), Code::ChunkMalformed),
        (
            joint(note(1), None, &[part(1, "in Alice's name")]),
            Code::ActorNotYours,
        ),
        (joint(note(1), Some(BEN), &[part(3, "x")]), Code::WrongDocument),
        (joint(page, None, &[part(3, "x")]), Code::WrongDocument),
    ];
    for (attempt, code) in tries {
        let document = attempt.document;
        assert_eq!(carol.push(attempt), held(code), "{code}");
        assert!(
            !town.read(|tx| tx.followers(document)).contains(&carol.id),
            "{code}"
        );
        assert!(
            carol.fill(Subject::Document(document), 0).fills[0]
                .pulls
                .is_empty(),
            "{code}"
        );
    }
}

#[test]
fn a_page_is_no_visit_that_could_be_joined() {
    let town = Town::new();
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    let page = |n: u8, text: &str| {
        let mut doc = bare(Template::About, actor(n));
        let mut tx = doc.transaction();
        let edit = notes::note::Edit::Splice {
            field: "please_do".into(),
            at: 0,
            delete: 0,
            insert: text.into(),
        };
        edit.apply(&mut tx, Template::About).unwrap();
        tx.commit();
        whole(&doc)
    };
    let about = |person, reason: Option<&str>, n, text: &str| Push {
        template: Template::About,
        reason: reason.map(str::to_owned),
        ..push(DocumentId::about(ANN), person, &[page(n, text)])
    };
    assert_eq!(alice.push(about(Some(ANN), None, 1, "Knock.")), ACCEPTED);
    town.project();
    assert_eq!(
        carol.push(about(Some(ANN), JOINT, 3, "a")),
        held(Code::PersonUnknown)
    );
    assert_eq!(carol.push(about(None, JOINT, 3, "b")), held(Code::WrongDocument));
    assert_eq!(
        carol.push(about(Some(BEN), JOINT, 3, "c")),
        held(Code::WrongDocument)
    );
    assert!(
        carol.fill(Subject::Document(DocumentId::about(ANN)), 0).fills[0]
            .pulls
            .is_empty()
    );
    assert_eq!(
        alice.fill(Subject::Document(DocumentId::about(ANN)), 0).fills[0].pulls[0].template,
        Template::About
    );
}

#[test]
fn an_actor_is_one_devices() {
    let town = Town::new();
    let (mut alice, mut bob) = (town.phone(1, "W1"), town.phone(2, "W2"));
    alice.push(push(note(1), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    town.project();
    let seq = town.write(|tx| {
        Ok(crate::sync::desk_change(tx, &town.core.host, note(1), &[put("kind", "phone_call")]).unwrap())
    });
    let desk = notes::forge::Change::open(&town.read(|tx| tx.log_entry(seq)).unwrap().entry.chunk);
    let desk = Actor(desk.actor.try_into().unwrap());
    for taken in [
        actor(1),
        desk,
        notes::note::genesis::actor(Template::Note),
        notes::note::genesis::actor(Template::About),
    ] {
        bob.actor = taken;
        assert_eq!(bob.ask(bob.request(Vec::new())).unwrap_err(), Code::ActorTaken);
    }
    // A fresh one is told to all.
    bob.actor = actor(22);
    assert!(bob.ask(bob.request(Vec::new())).is_ok());
    assert_eq!(town.read(|tx| tx.actor_owner(actor(22))), Some(bob.id));
}

#[test]
fn a_reading_is_written_down_once_whether_or_not_the_note_is_in_view() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    alice.push(push(note(1), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    town.project();
    for (document, at) in [
        (note(1), 5),
        (note(1), 5),
        (note(1), 6),
        (note(8), 5),
        (note(1), 5),
    ] {
        alice.read(document, at);
    }
    let audit = town.read(|tx| tx.audit_after(0, 99));
    let read: Vec<_> = audit
        .iter()
        .filter(|r| r.entry.what == "note.read")
        .map(|r| (r.entry.document, r.entry.person))
        .collect();
    assert_eq!(
        read,
        [
            (Some(note(1)), Some(ANN)),
            (Some(note(1)), Some(ANN)),
            (Some(note(8)), None)
        ]
    );
    assert_eq!(audit[0].entry.who, "worker:W1");
}

#[test]
fn a_request_out_of_bounds_is_refused_whole() {
    let town = Town::new();
    let alice = town.phone(1, "W1");
    let doc = whole(&note_by(actor(1), ANN));
    let with = |change: &dyn Fn(&mut notes::wire::Request)| {
        let mut request = alice.request(vec![push(note(1), Some(ANN), std::slice::from_ref(&doc))]);
        change(&mut request);
        alice.ask(request).map(|_| ())
    };
    for protocol in [0, 2, u64::MAX] {
        assert_eq!(with(&|r| r.protocol = protocol), Err(Code::ProtocolUnsupported));
    }
    let fill = notes::wire::Fill {
        subject: Subject::Person(ANN),
        after: 0,
    };
    let far = notes::wire::Fill {
        after: 1 << 63,
        ..fill
    };
    let bad: [&dyn Fn(&mut notes::wire::Request); 9] = [
        &|r| r.pushes[0].document = DocumentId([0; 16]),
        &|r| r.pushes[0].chunks.clear(),
        &|r| r.pushes[0].chunks = vec![Vec::new().into(); MAX_CHUNKS + 1],
        &|r| r.pushes[0].reason = Some("x".repeat(501)),
        &|r| r.app = "x".repeat(201),
        &|r| r.cursor = vec![0; 257],
        &|r| r.fills = vec![fill; 65],
        &|r| r.fills = vec![far],
        &|r| r.waiting = 1 << 63,
    ];
    for change in bad {
        assert_eq!(with(change), Err(Code::MessageMalformed));
    }
    assert_eq!(town.read(|tx| tx.log_head()).seq, 0);
    assert_eq!(
        with(&|r| (r.device_at, r.waiting) = (i64::MIN, (1 << 63) - 1)),
        Ok(())
    );
}
