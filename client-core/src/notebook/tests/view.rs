//! Who is in view: caseload, team, those who come and those who leave.

use notes::ids::PersonId;
use notes::wire::{ActorRow, DetailRow, RemovalRow, RowBody, Subject};

use super::server::{ANN, BEN, person};
use super::*;
use crate::store::outgoing::SEALED_MS;
use crate::store::{docs, fills};

fn names(phone: &mut Phone, query: &str) -> Vec<String> {
    phone
        .book
        .people(Some(query))
        .unwrap()
        .into_iter()
        .map(|p| p.case_id)
        .collect()
}

#[test]
fn people_are_found_by_name_and_case_id_caseload_first() {
    let server = Server::new();
    server.with(|s| {
        s.rows.push(RowBody::Detail(DetailRow {
            id: ANN,
            preferred_name: Some("Annie".into()),
            address: None,
            phone: None,
            nhs_number: None,
            communication_needs: None,
            alerts: None,
        }));
    });
    let mut phone = Phone::enrolled(&server, "W1", 3);
    assert_eq!(names(&mut phone, ""), ["P1", "P2"]);
    assert_eq!(names(&mut phone, "ŵyn"), ["P1"]);
    assert_eq!(names(&mut phone, " p2"), ["P2"]);
    assert_eq!(names(&mut phone, "nobody"), [""; 0]);
    let all = phone.book.people(None).unwrap();
    assert_eq!(
        (all[0].mine, all[0].preferred_name.as_deref()),
        (true, Some("Annie"))
    );
    assert_eq!((all[1].mine, all[1].preferred_name.as_deref()), (false, None));
}

#[test]
fn someone_new_on_the_caseload_brings_their_history_page_by_page() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    for word in ["one ", "two ", "three ", "four"] {
        alice.write(note, word);
        alice.sync();
    }
    server.with(|s| {
        s.rows = vec![person(ANN, "P1", "Ann", false)];
        s.fill_page = 2;
    });
    let mut bob = Phone::enrolled(&server, "W22", 4);
    // What the log pulls is not what this is about: begin without it.
    bob.book
        .store
        .write(|tx| {
            let row = docs::find(tx, note)?.unwrap();
            tx.execute("DELETE FROM doc WHERE nr = ?1", [row.nr])?;
            Ok(())
        })
        .unwrap();
    server.with(|s| s.rows.push(person(ANN, "P1", "Ann", true)));
    let report = bob.sync();
    assert!(report.requests >= 4, "{}", report.requests);
    assert_eq!(bob.body(note), "one two three four");
    assert!(fills::wanted(bob.book.store.read()).unwrap().is_empty());
}

#[test]
fn a_person_who_leaves_is_hidden_at_once_and_what_waits_is_still_sent() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let (sent, unsent) = (phone.note("P1"), phone.note("P1"));
    let other = phone.note("P2");
    phone.write(sent, "was sent");
    phone.book.sync(&mut phone.link, SyncMode::PushOnly).unwrap();
    phone.write(unsent, "still waits");
    server.with(|s| s.rows.push(RowBody::Removal(RemovalRow { person: ANN })));
    phone.book.sync(&mut phone.link, SyncMode::PullOnly).unwrap();
    let list: Vec<_> = phone.book.list().unwrap().iter().map(|i| i.id).collect();
    assert_eq!(list, [other]);
    assert!(phone.book.show(unsent).is_err());
    assert!(phone.book.search("waits").unwrap().is_empty());
    assert_eq!(names(&mut phone, ""), ["P2"]);
    assert_eq!(phone.sync().sent, 1);
    assert_eq!(server.body(unsent), "still waits");
    // Sealed: the copies stay until a backup has them and two weeks are over.
    let here = |phone: &Phone, note| docs::find(phone.book.store.read(), note).unwrap().is_some();
    phone.hands.pass(SEALED_MS + 1);
    phone.sync();
    assert!(here(&phone, sent) && here(&phone, unsent), "no backup has them");
    server.with(|s| s.safe_seq = 1_000);
    phone.sync();
    assert!(!here(&phone, sent) && !here(&phone, unsent));
    assert!(here(&phone, other));
}

#[test]
fn nothing_is_let_go_before_two_weeks_though_a_backup_has_it() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "x");
    phone.sync();
    server.with(|s| {
        s.safe_seq = 1_000;
        s.rows.push(RowBody::Removal(RemovalRow { person: ANN }));
    });
    phone.hands.pass(SEALED_MS - 60_000);
    phone.sync();
    assert!(docs::find(phone.book.store.read(), note).unwrap().is_some());
    phone.hands.pass(60_001);
    phone.sync();
    assert!(docs::find(phone.book.store.read(), note).unwrap().is_none());
}

#[test]
fn off_the_caseload_and_back_again() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "hers");
    phone.sync();
    server.with(|s| s.rows.push(person(ANN, "P1", "Ann", false)));
    phone.sync();
    assert_eq!(phone.state(note), "none");
    assert_eq!(names(&mut phone, ""), ["P1", "P2"]);
    server.with(|s| s.rows.push(person(ANN, "P1", "Ann", true)));
    phone.sync();
    assert_eq!(phone.body(note), "hers");
}

#[test]
fn rows_that_come_anew_leave_out_those_who_left() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.sync();
    server.with(|s| {
        s.rows = vec![person(BEN, "P2", "Ben", true)];
        s.anew = true;
    });
    phone.sync();
    assert_eq!(names(&mut phone, ""), ["P2"]);
    assert_eq!(phone.state(note), "none");
    let asked = server.with(|s| {
        s.requests
            .iter()
            .any(|r| r.fills.iter().any(|f| f.subject == Subject::Person(BEN)))
    });
    assert!(asked, "Ben is on the caseload now");
}

/// The documents whose history was asked for since the `before`th request.
fn asked_for(server: &Server, before: usize) -> Vec<Subject> {
    server.with(|s| {
        let since = s.requests.iter().skip(before);
        let fills = since.flat_map(|request| request.fills.iter().map(|fill| fill.subject));
        fills
            .filter(|subject| matches!(subject, Subject::Document(_)))
            .collect()
    })
}

/// Though not on the caseload: what was written of them meanwhile passed this phone by, and the desk may
/// have found out that a note with a name only is theirs.
#[test]
fn whoever_comes_back_into_view_brings_what_their_notes_have_got_since() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let (hers, his) = (phone.note("P1"), phone.note("P2"));
    let new = NewNote {
        who: Who::Name("Somebody"),
        kind: "home_visit",
        started_at: None,
        ended_at: None,
    };
    let nameless = phone.book.new_note(&new).unwrap();
    phone.sync();
    server.with(|s| s.rows.push(RowBody::Removal(RemovalRow { person: ANN })));
    phone.sync();
    let before = server.with(|s| s.requests.len());
    server.with(|s| s.rows.push(person(ANN, "P1", "Ann", false)));
    phone.sync();
    let mut asked = asked_for(&server, before);
    asked.sort_unstable();
    let mut expected = [Subject::Document(hers), Subject::Document(nameless)];
    expected.sort_unstable();
    assert_eq!(asked, expected, "and not {his}");
    // Whoever is in view stays in view.
    let before = server.with(|s| s.requests.len());
    server.with(|s| s.rows.push(person(ANN, "P1", "Ann Wynne", false)));
    phone.sync();
    assert_eq!(asked_for(&server, before), []);
}

/// It may be that it was off the caseload for a while, and something passed this phone by.
#[test]
fn a_note_that_is_here_and_is_joined_is_asked_for_whole() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    let mut bob = Phone::enrolled(&server, "W22", 4);
    assert_eq!(bob.body(note), "");
    let before = server.with(|s| s.requests.len());
    bob.book.join(note).unwrap();
    bob.sync();
    bob.sync();
    assert_eq!(asked_for(&server, before), [Subject::Document(note); 1]);
    // Joined before: nothing is asked again.
    bob.book.join(note).unwrap();
    bob.sync();
    assert_eq!(asked_for(&server, before).len(), 1);
}

/// Ann left Bob's caseload, and a colleague asked him along all the same. That she comes back later must not matter.
#[test]
fn a_note_that_had_left_the_view_is_in_it_again_once_it_is_joined() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    let mut bob = Phone::enrolled(&server, "W22", 4);
    server.with(|s| s.rows.push(person(ANN, "P1", "Ann", false)));
    bob.sync();
    assert_eq!(bob.state(note), "none");
    bob.book.join(note).unwrap();
    bob.sync();
    assert_eq!(bob.state(note), "on_server");
    server.with(|s| s.rows.push(person(ANN, "P1", "Ann", true)));
    bob.sync();
    assert_eq!(bob.state(note), "on_server");
}

/// The desk let it in for another person, and has not written that into the note yet.
#[test]
fn a_note_leaves_the_view_with_whom_the_server_says_it_is_about() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    server.with(|s| s.log.iter_mut().for_each(|entry| entry.person = Some(BEN)));
    let mut bob = Phone::enrolled(&server, "W22", 4);
    assert_eq!(bob.body(note), "");
    server.with(|s| s.rows.push(RowBody::Removal(RemovalRow { person: BEN })));
    bob.sync();
    assert_eq!(bob.state(note), "none");
}

/// Ann came on to Bob's caseload and left it again before his phone had asked for the rest of her note. The server
/// gives it to whoever knows its id, and tells of nothing that is written in it later.
#[test]
fn a_history_that_comes_after_its_person_has_left_brings_no_note_into_view() {
    for (bob_wrote_in_it, shown) in [(false, "none"), (true, "on_server")] {
        let server = Server::new();
        let mut alice = Phone::enrolled(&server, "W1", 3);
        let note = alice.note("P1");
        alice.sync();
        let mut bob = Phone::enrolled(&server, "W22", 4);
        bob.book
            .store
            .write(|tx| {
                tx.execute("DELETE FROM doc", [])?;
                fills::want_anew(tx, Subject::Document(note))
            })
            .unwrap();
        // Another phone of his, in the second line.
        let worker = if bob_wrote_in_it { "W22" } else { "W1" }.to_owned();
        let actor = alice.book.actor;
        server.with(|s| {
            s.rows.push(RowBody::Actor(ActorRow { actor, worker }));
            s.rows.push(person(ANN, "P1", "Ann", false));
        });
        bob.sync();
        assert_eq!(bob.state(note), shown);
        assert_eq!(
            docs::find(bob.book.store.read(), note).unwrap().is_some(),
            bob_wrote_in_it
        );
        assert!(fills::wanted(bob.book.store.read()).unwrap().is_empty());
    }
}

/// Another phone under Bob's key wrote in a note, so it comes to this one too; what was published of it before
/// that does not come by itself, but for somebody on the caseload.
#[test]
fn a_note_that_comes_from_another_phone_of_ones_own_is_asked_for_whole() {
    for mine in [false, true] {
        let server = Server::new();
        server.with(|s| s.rows.push(person(ANN, "P1", "Ann", mine)));
        let mut alice = Phone::enrolled(&server, "W1", 3);
        let note = alice.note("P1");
        alice.sync();
        alice.write(note, "what came before");
        alice.sync();
        let mut bob = Phone::enrolled(&server, "W22", 4);
        bob.book
            .store
            .write(|tx| Ok(tx.execute("DELETE FROM doc", [])?))
            .unwrap();
        // The beginning comes again: there are two phones that have it.
        server.with(|s| s.log.push(s.log[0].clone()));
        let before = server.with(|s| s.requests.len());
        bob.sync();
        let asked = asked_for(&server, before);
        assert_eq!(asked == [Subject::Document(note)], !mine, "{asked:?}");
        assert_eq!(bob.body(note), if mine { "" } else { "what came before" });
    }
}

/// Ann left the team while Alice's note of her was on its way; the desk lets it in as a note about Ben, or about
/// somebody whom Alice may not see either.
#[test]
fn a_note_that_is_let_in_for_another_person_comes_back_into_view_with_them() {
    for (other, state) in [(BEN, "on_server"), (PersonId([3; 16]), "none")] {
        let server = Server::new();
        let mut alice = Phone::enrolled(&server, "W1", 3);
        let note = alice.note("P1");
        alice.sync();
        server.with(|s| s.rows.push(RowBody::Removal(RemovalRow { person: ANN })));
        alice.sync();
        assert_eq!(alice.state(note), "none");
        let mut bob = Phone::enrolled(&server, "W22", 4);
        bob.write(note, "as the desk would");
        bob.sync();
        server.with(|s| s.log.iter_mut().for_each(|entry| entry.person = Some(other)));
        alice.sync();
        assert_eq!(alice.state(note), state);
    }
}
