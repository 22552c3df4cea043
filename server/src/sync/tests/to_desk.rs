//! The desk says something to a worker, and hears back from the phone.

use notes::problem::Code;
use notes::wire::{MAX_READ, MessageRow, OrderRow, Outcome, Response, RowBody, SettingsRow, ToDesk};

use super::world::*;
use crate::messages::{Kind, NewMessage, send};
use crate::ops::device;
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
    assert_eq!(told(&mut alice), std::slice::from_ref(&expected));
    assert_eq!(told(&mut alice), [], "once");
    assert_eq!(told(&mut her_tablet), std::slice::from_ref(&expected));
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

const WHY: &str = "left on a bus";
const BY: &str = "worker:W110";

fn orders(response: &Response) -> Vec<(String, Option<u64>)> {
    let body = |row: &notes::wire::Row| match row.unpack().unwrap() {
        Some(RowBody::Order(OrderRow { order, id, .. })) => Some((order, id)),
        _ => None,
    };
    response.rows.iter().filter_map(body).collect()
}

fn says(phone: &Phone<'_>, to_desk: ToDesk) -> Response {
    let mut request = phone.request(Vec::new());
    request.to_desk = Some(to_desk);
    phone.ask(request).unwrap()
}

fn obeyed(n: u64) -> ToDesk {
    ToDesk {
        obeyed: Some(n),
        ..ToDesk::default()
    }
}

#[test]
fn an_order_comes_with_each_answer_until_it_was_obeyed() {
    let town = Town::new();
    let (mut alice, mut her_tablet) = (town.phone(1, "W1"), town.phone(2, "W1"));
    let n = town
        .core
        .store
        .write(|tx| device::lock(tx, &town.core.host, &alice.id.to_string(), WHY, BY))
        .unwrap()
        .n;
    let lock = [("lock".to_owned(), Some(n))];
    assert_eq!(orders(&alice.pass(Vec::new())), lock);
    assert_eq!(
        orders(&alice.pass(Vec::new())),
        lock,
        "an answer may have been lost"
    );
    assert_eq!(orders(&her_tablet.pass(Vec::new())), []);
    // Nobody obeys for another.
    says(&her_tablet, obeyed(n));
    says(&alice, obeyed(n + 1));
    assert_eq!(orders(&alice.pass(Vec::new())), lock);
    assert_eq!(orders(&says(&alice, obeyed(n))), []);
    assert_eq!(orders(&alice.pass(Vec::new())), []);
    let deeds: Vec<_> = town.read(|tx| tx.audit_after(0, 99));
    let deeds: Vec<_> = deeds.into_iter().map(|r| (r.entry.what, r.entry.who)).collect();
    let expected = [("device.lock_ordered", BY), ("device.locked", "worker:W1")];
    assert_eq!(
        deeds,
        expected.map(|(what, who)| (what.to_owned(), who.to_owned()))
    );
}

#[test]
fn a_phone_that_is_to_be_wiped_is_told_so_though_it_may_only_push() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    alice.pass(Vec::new());
    ask(&town, "W1");
    let n = town
        .core
        .store
        .write(|tx| device::wipe(tx, &town.core.host, &alice.id.to_string(), false, (WHY, BY)))
        .unwrap()
        .n;
    let chunk = whole(&note_by(alice.actor, ANN));
    let response = alice.pass(vec![push(note(1), Some(ANN), &[chunk])]);
    assert_eq!(
        response.verdicts[0].outcome,
        Outcome::Held,
        "kept, and a person decides"
    );
    assert_eq!(orders(&response), [("wipe".to_owned(), Some(n))]);
    assert_eq!(response.rows.len(), 1, "nothing else is told to it");
    let mut only_pushes = alice.request(Vec::new());
    only_pushes.pull = false;
    assert_eq!(orders(&alice.ask(only_pushes).unwrap()).len(), 1);
    says(&alice, obeyed(n));
    assert_eq!(
        town.read(|tx| tx.device_wiped_at(alice.id)),
        Some(town.core.host.now_ms())
    );
    assert_eq!(orders(&alice.pass(Vec::new())), []);
}

#[test]
fn the_desk_sees_how_each_phone_stands() {
    let town = Town::new();
    let alice = town.phone(1, "W1");
    let told = ToDesk {
        held: Some(1),
        persisted: Some(true),
        used_bytes: Some(5_000),
        free_bytes: Some(70_000),
        ..ToDesk::default()
    };
    says(&alice, told);
    let state = town.read(|tx| tx.device_state(alice.id)).unwrap();
    assert_eq!((state.held, state.persisted), (Some(1), Some(true)));
    assert_eq!((state.used_bytes, state.free_bytes), (Some(5_000), Some(70_000)));
    let passed = state.passed_at;
    assert_eq!(passed, Some(town.core.host.now_ms()));
    // It has more to send than one request holds: that is no whole pass.
    town.clock.forward(90_000);
    let mut request = alice.request(Vec::new());
    (request.pull, request.to_desk, request.waiting) = (false, Some(ToDesk::default()), 3);
    alice.ask(request).unwrap();
    assert_eq!(
        town.read(|tx| tx.device_state(alice.id)).unwrap().passed_at,
        passed
    );
    // A newer app is known at once, and no old one says what it cannot.
    let mut request = alice.request(Vec::new());
    request.app = "newer".into();
    alice.ask(request).unwrap();
    assert_eq!(town.read(|tx| tx.device(alice.id)).unwrap().app, "newer");
    assert_eq!(
        town.read(|tx| tx.device_state(alice.id)).unwrap().persisted,
        Some(true)
    );
    let mut request = alice.request(Vec::new());
    request.to_desk = Some(ToDesk {
        free_bytes: Some(u64::MAX),
        ..ToDesk::default()
    });
    assert_eq!(alice.ask(request).map(|_| ()), Err(Code::MessageMalformed));
}

#[test]
fn what_the_council_settles_reaches_every_phone_and_no_nonsense_does() {
    let town = Town::new();
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    let settled = |response: &Response| -> Vec<SettingsRow> {
        let body = |row: &notes::wire::Row| match row.unpack().unwrap() {
            Some(RowBody::Settings(settings)) => Some(settings),
            _ => None,
        };
        response.rows.iter().filter_map(body).collect()
    };
    assert_eq!(settled(&alice.pass(Vec::new())), []);
    town.write(|tx| {
        tx.setting_put("idle_lock_s", "120", BY, 5)?;
        tx.setting_put("kept_days", "many", BY, 5)?;
        tx.setting_put("consent_text", "We keep a record.", BY, 5)
    });
    let expected = SettingsRow {
        idle_lock_s: Some(120),
        consent_text: Some("We keep a record.".into()),
        ..SettingsRow::default()
    };
    for phone in [&mut alice, &mut carol, &mut town.phone(5, "W2")] {
        assert_eq!(settled(&phone.pass(Vec::new())), std::slice::from_ref(&expected));
        assert_eq!(settled(&phone.pass(Vec::new())), []);
    }
}
