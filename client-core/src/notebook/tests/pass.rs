//! Passes: two phones and what each learns of the other's writing.

use notes::wire::{OrderRow, RowBody, VersionRow};

use super::super::Ended;
use super::*;
use crate::store::docs;

#[test]
fn two_phones_that_wrote_one_note_apart_end_alike() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let mut bob = Phone::enrolled(&server, "W22", 4);
    let note = alice.note("P1");
    alice.write(note, "Alice came at nine.");
    // Bob has the id from Alice's QR code; neither has a link.
    bob.book.join(note).unwrap();
    bob.write(note, "Bob looked at the stairs.");
    assert_eq!(bob.sync().sent, 1);
    assert_eq!(alice.sync().sent, 1);
    for _ in 0..2 {
        bob.sync();
        alice.sync();
    }
    let (one, two) = (alice.book.show(note).unwrap(), bob.book.show(note).unwrap());
    for field in ["body", "workers", "person", "started_at", "recording_ms", "kind"] {
        assert_eq!(one[field], two[field], "{field}");
    }
    let body = one["body"].as_str().unwrap();
    assert!(body.contains("Alice came at nine.") && body.contains("Bob looked at the stairs."));
    let workers: Vec<&str> = one["workers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["id"].as_str().unwrap())
        .collect();
    assert_eq!(workers, ["W1", "W22"]);
    let reasons: Vec<Option<String>> = server.with(|s| {
        s.requests
            .iter()
            .flat_map(|r| r.pushes.iter().map(|p| p.reason.clone()))
            .collect()
    });
    assert!(reasons.contains(&Some("joint_visit".into())) && reasons.contains(&None));
    assert_eq!(
        (alice.state(note), bob.state(note)),
        ("on_server".into(), "on_server".into())
    );
    // What came to a phone is nothing that it has to offer, and nothing that it writes again.
    for phone in [&alice, &bob] {
        let row = docs::find(phone.book.store.read(), note).unwrap().unwrap();
        assert_eq!(row.offered_heads, row.heads);
    }
}

#[test]
fn a_joined_note_is_asked_for_until_its_author_sent_it() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let mut bob = Phone::enrolled(&server, "W22", 4);
    let note = alice.note("P2");
    bob.book.join(note).unwrap();
    bob.sync();
    let asked = |server: &Server| server.with(|s| s.requests.iter().map(|r| r.fills.len()).sum::<usize>());
    let (first, _) = (asked(&server), bob.sync());
    assert_eq!(asked(&server), first + 1, "once in each pass");
    alice.sync();
    bob.sync();
    bob.sync();
    let settled = asked(&server);
    bob.sync();
    assert_eq!(asked(&server), settled);
    assert_eq!(bob.item(note)["case_id"], "P2");
}

#[test]
fn nothing_new_is_one_small_request() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    for _ in 0..30 {
        let note = phone.note("P1");
        phone.write(note, "x");
    }
    phone.sync();
    phone.sync();
    let before = server.with(|s| s.requests.len());
    let report = phone.sync();
    assert_eq!((report.requests, report.sent, report.received), (1, 0, 0));
    let request = server.with(|s| s.requests[before].clone());
    assert!(minicbor::to_vec(&request).unwrap().len() < 100);
}

#[test]
fn pushing_and_pulling_can_be_had_apart() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let mut bob = Phone::enrolled(&server, "W22", 4);
    let note = alice.note("P1");
    alice.sync();
    bob.sync();
    alice.write(note, "A");
    bob.write(note, "B");
    alice.book.sync(&mut alice.link, SyncMode::PushOnly).unwrap();
    bob.book.sync(&mut bob.link, SyncMode::PushOnly).unwrap();
    assert_eq!((alice.body(note), bob.body(note)), ("A".into(), "B".into()));
    bob.write(note, "C");
    let report = bob.book.sync(&mut bob.link, SyncMode::PullOnly).unwrap();
    assert_eq!((report.sent, report.received, report.waiting), (0, 1, 1));
    assert!(bob.body(note).contains('A'));
    assert!(!server.body(note).contains('C'));
    alice.sync();
    bob.sync();
    alice.sync();
    assert_eq!(alice.body(note), bob.body(note));
    assert_eq!(server.body(note), bob.body(note));
}

#[test]
fn a_change_whose_dependency_is_missing_waits_for_it() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let mut bob = Phone::enrolled(&server, "W22", 4);
    let note = alice.note("P1");
    alice.sync();
    for word in ["one ", "two ", "three"] {
        alice.write(note, word);
        alice.sync();
    }
    let late = server.with(|s| s.log.remove(2));
    bob.sync();
    assert_eq!(bob.body(note), "one ");
    server.with(|s| s.log.push(late));
    // The cursor of the test's server counts entries: Bob's stands one short of the late one.
    bob.sync();
    assert_eq!(bob.body(note), "one two three");
}

#[test]
fn many_notes_go_in_several_requests_and_all_arrive() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let mut dice = Seeded(5);
    let mut notes = Vec::new();
    for _ in 0..12 {
        let note = phone.note("P1");
        let text: String = (0..200_000)
            .map(|_| char::from(b'a' + u8::try_from(dice.below(26)).unwrap()))
            .collect();
        phone.write(note, &text);
        notes.push(note);
    }
    let report = phone.book.sync(&mut phone.link, SyncMode::PushOnly).unwrap();
    assert_eq!((report.sent, report.waiting), (12, 0));
    assert!(report.requests >= 3, "{}", report.requests);
    for note in notes {
        assert_eq!(phone.state(note), "on_server");
    }
}

#[test]
fn a_held_note_says_why_and_does_not_block_the_others() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let (bad, good) = (phone.note("P2"), phone.note("P1"));
    server.with(|s| s.verdicts.insert(bad, (1, "person_unknown")));
    let report = phone.sync();
    assert_eq!((report.sent, report.ended), (1, Ended::Quiet));
    assert_eq!(report.held.len(), 1);
    assert_eq!(
        (report.held[0].id, report.held[0].code.as_str()),
        (bad, "person_unknown")
    );
    assert_eq!(
        (phone.state(bad), phone.state(good)),
        ("held".into(), "on_server".into())
    );
    assert!(phone.item(bad)["reason"].as_str().unwrap().contains("not known"));
    server.with(|s| {
        s.rows.push(RowBody::Standing(notes::wire::StandingRow {
            document: bad,
            state: "clear".into(),
            code: None,
            message: None,
        }));
    });
    assert!(phone.sync().held.is_empty());
    assert_eq!(phone.state(bad), "on_server");
}

#[test]
fn a_note_that_is_gone_leaves_the_list_and_stays_aside() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "erase me");
    server.with(|s| s.verdicts.insert(note, (2, "")));
    let told = phone.sync().held;
    assert_eq!((told[0].id, told[0].code.as_str(), told.len()), (note, "gone", 1));
    assert!(told[0].reason.contains("removed"));
    assert_eq!(phone.state(note), "none");
    assert!(phone.book.show(note).is_err() && phone.book.type_text(note, "body", None, 0, "x", 0).is_err());
    assert!(phone.book.search("erase").unwrap().is_empty());
    let kept = crate::store::aside::kept(phone.book.store.read(), note).unwrap();
    assert_eq!(kept[0].0, "gone");
    let after = phone.sync();
    assert_eq!((after.waiting, after.held.len()), (0, 0));
}

#[test]
fn a_receipt_comes_back_and_newer_words_are_told_from_older() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "done");
    phone.book.finish(note).unwrap();
    phone.sync();
    let version = |number: u64, outcome: &str, reason: Option<&str>| {
        let heads = server
            .document(note)
            .get_heads()
            .iter()
            .map(|h| minicbor::bytes::ByteVec::from(h.0.to_vec()))
            .collect();
        RowBody::Version(VersionRow {
            document: note,
            version: number,
            heads,
            outcome: outcome.into(),
            case_system_ref: Some("C-7".into()),
            reason: reason.map(str::to_owned),
        })
    };
    let lines = [
        ("waiting", None, "on_server"),
        ("imported", None, "in_case_system"),
        ("duplicate", None, "in_case_system"),
        ("refused", Some("no such case"), "refused"),
        ("deferred", None, "on_server"),
        ("imported", None, "in_case_system"),
    ];
    for (n, (outcome, reason, state)) in lines.iter().enumerate() {
        let row = version(n as u64 + 1, outcome, *reason);
        server.with(|s| s.rows.push(row));
        phone.sync();
        let item = phone.item(note);
        assert_eq!(item["state"], *state, "{outcome}");
        assert_eq!(item["reason"].as_str(), *reason);
        assert_eq!(
            (&item["version"], &item["case_system_ref"]),
            (&(n + 1).into(), &"C-7".into())
        );
    }
    phone.book.add(note, "more").unwrap();
    assert_eq!(phone.state(note), "on_phone");
    phone.sync();
    assert_eq!(phone.state(note), "on_server");
    let row = version(7, "imported", None);
    server.with(|s| s.rows.push(row));
    phone.sync();
    assert_eq!(phone.state(note), "in_case_system");
}

#[test]
fn readings_are_sent_once() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.body(note);
    phone.hands.pass(1);
    phone.body(note);
    // A screen that is drawn anew is no further reading, nor is opening to write what is shown already.
    phone.hands.pass(1);
    phone.book.show_again(note).unwrap();
    phone.book.person_again("P1").unwrap();
    phone.book.watch(&[note]).unwrap();
    phone.link.cut = true;
    phone.sync();
    phone.link.cut = false;
    phone.sync();
    phone.sync();
    let readings: Vec<i64> = server.with(|s| {
        s.requests
            .iter()
            .flat_map(|r| r.readings.iter().map(|x| x.opened_at))
            .collect()
    });
    assert_eq!(readings, [MONDAY, MONDAY + 1]);
}

#[test]
fn what_was_not_read_before_is_a_reading_however_it_is_asked_for() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let mut notes = [phone.note("P1"), phone.note("P1"), phone.note("P1")];
    phone.book.show_again(notes[0]).unwrap();
    phone.book.watch(&[notes[1]]).unwrap();
    phone.book.person_again("P1").unwrap();
    phone.sync();
    let mut readings: Vec<DocumentId> = server.with(|s| {
        let all = s.requests.iter().flat_map(|request| &request.readings);
        all.map(|reading| reading.document).collect()
    });
    readings.sort_unstable();
    notes.sort_unstable();
    assert_eq!(readings, notes, "each once");
}

#[test]
fn a_restored_server_gets_everything_again() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let mut bob = Phone::enrolled(&server, "W22", 4);
    let note = alice.note("P1");
    alice.write(note, "kept");
    alice.sync();
    bob.sync();
    bob.write(note, " by both");
    bob.sync();
    alice.sync();
    server.with(|s| {
        s.log.clear();
        s.epoch += 1;
    });
    assert_eq!(bob.sync().ended, Ended::Quiet);
    assert_eq!(alice.sync().ended, Ended::Quiet);
    bob.sync();
    assert_eq!(server.body(note), "kept by both");
    assert_eq!(
        (alice.body(note), bob.body(note)),
        ("kept by both".into(), "kept by both".into())
    );
}

#[test]
fn an_order_for_a_fresh_actor_is_carried_out_once() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "one ");
    let first = phone.book.actor();
    let order = OrderRow {
        order: "new_actor".into(),
        document: None,
        against: None,
        id: None,
    };
    server.with(|s| s.rows.push(RowBody::Order(order)));
    phone.sync();
    let second = phone.book.actor();
    assert_ne!(first, second);
    server.with(|s| s.anew = true);
    phone.sync();
    assert_eq!(phone.book.actor(), second, "rows that come anew bring old orders");
    phone.write(note, "two");
    assert_eq!(phone.sync().waiting, 0);
    assert_eq!(server.body(note), "one two");
    let actors: std::collections::BTreeSet<_> = server
        .document(note)
        .get_changes(&[])
        .iter()
        .map(|c| c.actor_id().clone())
        .collect();
    assert_eq!(actors.len(), 3, "genesis and two of one phone");
}

#[test]
fn a_server_that_tells_nothing_is_not_asked_on_and_on() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let mut bob = Phone::enrolled(&server, "W22", 4);
    let note = alice.note("P1");
    bob.book.join(note).unwrap();
    server.with(|s| s.silent = true);
    let report = bob.sync();
    assert_eq!((report.ended, report.sent, report.requests), (Ended::Quiet, 1, 1));
    server.with(|s| s.silent = false);
    alice.sync();
    bob.sync();
    assert_eq!(bob.item(note)["case_id"], "P1");
}
