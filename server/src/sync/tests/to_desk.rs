//! The desk says something to a worker, and hears back from the phone.

use notes::problem::Code;
use notes::wire::{MAX_READ, MessageRow, RowBody, ToDesk};

use super::world::*;
use crate::messages::{Kind, NewMessage, send};
use crate::sync::{Why, erase};

const WHICH: &str = "Which number is right?";

fn ask(town: &Town, worker: &str) -> String {
    let message = NewMessage {
        worker,
        document: Some(note(1)),
        issue: Some("i1"),
        kind: Kind::Ask,
        text: WHICH,
        by_name: "Bea Admin",
    };
    town.write(|tx| send(tx, &town.core.host, &message))
}

fn told(phone: &mut Phone<'_>) -> Vec<MessageRow> {
    let response = phone.pass(Vec::new());
    let body = |row: &notes::wire::Row| match row.unpack().unwrap() {
        Some(RowBody::Message(message)) => Some(message),
        _ => None,
    };
    response.rows.iter().filter_map(body).collect()
}

fn say_read(phone: &Phone<'_>, ids: Vec<String>) -> Result<(), Code> {
    let mut request = phone.request(Vec::new());
    request.to_desk = Some(ToDesk {
        read: Some(ids),
        ..ToDesk::default()
    });
    phone.ask(request).map(|_| ())
}

#[test]
fn a_message_reaches_all_phones_of_its_worker_and_nobody_else() {
    let town = Town::new();
    let (mut alice, mut her_tablet) = (town.phone(1, "W1"), town.phone(2, "W1"));
    let (mut bob, mut carol) = (town.phone(3, "W2"), town.phone(4, "W3"));
    alice.pass(Vec::new());
    let id = ask(&town, "W1");
    let expected = MessageRow {
        id: id.clone(),
        document: Some(note(1)),
        kind: "ask".into(),
        text: WHICH.into(),
        from: "Bea Admin".into(),
        sent_at: town.core.host.now_ms(),
        read: false,
    };
    assert_eq!(told(&mut alice), [expected.clone()]);
    assert_eq!(told(&mut alice), [], "once");
    assert_eq!(told(&mut her_tablet), [expected.clone()]);
    assert_eq!(told(&mut bob), []);
    assert_eq!(told(&mut carol), []);
    // Enrolled later: what was not read yet is told.
    assert_eq!(told(&mut town.phone(5, "W1")), [expected]);
}

#[test]
fn what_was_read_on_one_phone_is_let_go_by_the_others() {
    let town = Town::new();
    let (mut alice, mut her_tablet) = (town.phone(1, "W1"), town.phone(2, "W1"));
    let id = ask(&town, "W1");
    assert_eq!(told(&mut her_tablet).len(), 1);
    assert_eq!(told(&mut alice).len(), 1);
    say_read(&alice, vec![id.clone()]).unwrap();
    let at = town.read(|tx| tx.message(&id)).unwrap().read_at;
    assert_eq!(at, Some(town.core.host.now_ms()));
    for phone in [&mut her_tablet, &mut town.phone(3, "W1")] {
        let [row]: [MessageRow; 1] = told(phone).try_into().unwrap();
        assert!(row.read && row.id == id);
        assert_eq!(
            (row.text.as_str(), row.from.as_str(), row.document),
            ("", "", None)
        );
    }
    // Said again, later: nothing is new.
    town.clock.forward(5_000);
    say_read(&alice, vec![id.clone()]).unwrap();
    assert_eq!(town.read(|tx| tx.message(&id)).unwrap().read_at, at);
    assert_eq!(told(&mut her_tablet), []);
}

#[test]
fn nobody_reads_what_is_anothers_and_no_list_is_too_long() {
    let town = Town::new();
    let bob = town.phone(2, "W2");
    let id = ask(&town, "W1");
    say_read(&bob, vec![id.clone(), "no such".into()]).unwrap();
    assert_eq!(town.read(|tx| tx.message(&id)).unwrap().read_at, None);
    assert_eq!(say_read(&bob, vec![id.clone(); MAX_READ]), Ok(()));
    assert_eq!(
        say_read(&bob, vec![id; MAX_READ + 1]),
        Err(Code::MessageMalformed)
    );
    assert_eq!(say_read(&bob, vec!["x".repeat(65)]), Err(Code::MessageMalformed));
}

#[test]
fn what_was_said_about_a_note_goes_with_it() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let mut doc = note_by(alice.actor, ANN);
    let chunk = whole(&doc);
    write(&mut doc, &[typed(0, "x")]);
    assert_eq!(alice.push(push(note(1), Some(ANN), &[chunk])), ACCEPTED);
    town.project();
    let id = ask(&town, "W1");
    assert_eq!(told(&mut alice).len(), 1);
    let gone = town.write(|tx| erase(tx, &town.core.host, note(1), Why::Retention, "server"));
    assert!(gone.is_some());
    assert_eq!(town.read(|tx| tx.message(&id)), None);
    let [row]: [MessageRow; 1] = told(&mut alice).try_into().unwrap();
    assert!(row.read && row.id == id);
}
