//! The talk with the server: enrolment, tokens, clocks, and links that break.

use super::super::Ended;
use super::*;

fn phone_before(server: &Server) -> Phone {
    let (folder, hands) = (Folder::new(), Hands::at(MONDAY));
    let book = folder.open(&hands, 3);
    Phone {
        book,
        hands,
        link: server.link(),
        folder,
        seed: 3,
    }
}

#[test]
fn a_lost_answer_to_the_enrolment_is_asked_for_again_with_the_same_key_and_actor() {
    let server = Server::new();
    let mut phone = phone_before(&server);
    phone.link.lose_answers = true;
    assert_eq!(
        phone.book.enrol(&mut phone.link, "W1", "http://s").unwrap(),
        Ended::Offline
    );
    assert!(phone.book.list().is_err());
    let (actor, point) = (phone.book.actor(), phone.book.key().unwrap().public_point());
    drop(std::mem::replace(
        &mut phone.book,
        Folder::new().open(&phone.hands, 9),
    ));
    phone.book = phone.folder.open(&phone.hands, 4);
    assert_eq!(
        (phone.book.actor(), phone.book.key().unwrap().public_point()),
        (actor, point)
    );
    phone.link.lose_answers = false;
    assert_eq!(
        phone.book.enrol(&mut phone.link, "W1", "http://s").unwrap(),
        Ended::Quiet
    );
    assert_eq!(phone.book.identity().unwrap().worker, "W1");
    assert!(
        phone.book.enrol(&mut phone.link, "W1", "http://s").is_err(),
        "once is enough"
    );
}

#[test]
fn an_actor_that_is_taken_is_thrown_again() {
    let server = Server::new();
    let mut phone = phone_before(&server);
    let actor = phone.book.actor();
    server.with(|s| s.say = vec![(409, r#"{"code":"actor_taken","title":"x"}"#.into())]);
    assert_eq!(
        phone.book.enrol(&mut phone.link, "W1", "http://s").unwrap(),
        Ended::Quiet
    );
    assert_ne!(phone.book.actor(), actor);
}

#[test]
fn a_code_that_is_not_known_is_told_with_its_code() {
    let server = Server::new();
    let mut phone = phone_before(&server);
    server.with(|s| s.say = vec![(404, r#"{"code":"code_unknown","title":"x"}"#.into())]);
    match phone.book.enrol(&mut phone.link, "W1", "http://s").unwrap() {
        Ended::Refused(refusal) => assert_eq!((refusal.status, refusal.code.as_str()), (404, "code_unknown")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_token_serves_until_a_minute_before_its_end() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    phone.sync();
    phone.hands.pass(539_000);
    phone.sync();
    assert_eq!(server.with(|s| s.signed.len()), 1);
    phone.hands.pass(2_000);
    phone.sync();
    assert_eq!(server.with(|s| s.signed.len()), 2);
    // A new process finds the token in the store.
    drop(std::mem::replace(
        &mut phone.book,
        Folder::new().open(&phone.hands, 9),
    ));
    phone.book = phone.folder.open(&phone.hands, 4);
    phone.sync();
    assert_eq!(server.with(|s| s.signed.len()), 2);
}

#[test]
fn a_clock_three_days_off_signs_again_with_the_servers_time_and_remembers_it() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    phone.hands.pass(3 * 86_400_000);
    let problem = format!(r#"{{"code":"clock","title":"x","server_time":{MONDAY}}}"#);
    server.with(|s| s.say = vec![(401, problem)]);
    assert_eq!(phone.sync().ended, Ended::Quiet);
    assert_eq!(
        server.with(|s| s.signed.len()),
        3,
        "one at enrolment, one refused, one more"
    );
    phone.hands.pass(700_000);
    assert_eq!(phone.sync().ended, Ended::Quiet);
    assert_eq!(server.with(|s| s.signed.len()), 4, "the offset is known by now");
}

#[test]
fn a_refused_token_is_signed_for_once_more_and_not_for_ever() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let expired = || (401, r#"{"code":"token_expired","title":"x"}"#.to_owned());
    server.with(|s| s.say = vec![expired()]);
    assert_eq!(phone.sync().ended, Ended::Quiet);
    // The token request is answered first in line, so a refusal on every second call hits sync.
    server.with(|s| s.say = vec![expired(), expired(), expired(), expired(), expired()]);
    let before = server.with(|s| s.paths.len());
    assert!(matches!(phone.sync().ended, Ended::Refused(_)));
    assert!(server.with(|s| s.paths.len()) - before <= 4);
}

#[test]
fn offline_loses_nothing_and_says_so() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Typed on the doorstep.");
    phone.link.cut = true;
    let report = phone.sync();
    assert_eq!(
        (report.ended, report.sent, report.waiting),
        (Ended::Offline, 0, 1)
    );
    assert_eq!(phone.state(note), "on_phone");
    for (status, ended) in [(503, Ended::Offline), (429, Ended::Offline)] {
        phone.link.cut = false;
        server.with(|s| s.say = vec![(status, String::new())]);
        assert_eq!(phone.sync().ended, ended, "{status}");
    }
    let report = phone.sync();
    assert_eq!((report.ended, report.sent, report.waiting), (Ended::Quiet, 1, 0));
    assert_eq!(phone.state(note), "on_server");
}

#[test]
fn an_answer_that_was_lost_sends_the_same_bytes_again_and_counts_once() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "one ");
    phone.link.lose_answers = true;
    assert_eq!(phone.sync().ended, Ended::Offline);
    assert_eq!(phone.state(note), "on_phone");
    phone.write(note, "two");
    phone.link.lose_answers = false;
    assert_eq!(phone.sync().ended, Ended::Quiet);
    let pushed: Vec<Vec<Vec<u8>>> = server.with(|s| {
        let chunks = |r: &notes::wire::Request| {
            r.pushes
                .iter()
                .flat_map(|p| p.chunks.iter().map(|c| c.to_vec()))
                .collect()
        };
        s.requests
            .iter()
            .map(chunks)
            .filter(|c: &Vec<Vec<u8>>| !c.is_empty())
            .collect()
    });
    assert_eq!(pushed.len(), 2);
    assert_eq!(pushed[0][0], pushed[1][0], "frozen");
    assert_eq!(pushed[1].len(), 2);
    assert_eq!(server.with(|s| s.log.len()), 2);
    assert_eq!(server.body(note), "one two");
}

#[test]
fn an_answer_that_is_no_answer_changes_nothing() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    server.with(|s| s.say = vec![(200, "not cbor".into())]);
    match phone.sync().ended {
        Ended::Refused(refusal) => assert_eq!(refusal.code, "answer_malformed"),
        other => panic!("{other:?}"),
    }
    assert_eq!(phone.state(note), "on_phone");
    assert_eq!(phone.sync().sent, 1);
}
