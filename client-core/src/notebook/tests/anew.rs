//! Copies that took two ways, and what a person decided against.

use minicbor::bytes::ByteVec;
use notes::note::edit::Scalar;
use notes::note::{Edit, Template};
use notes::wire::{OrderRow, RemovalRow, RowBody, StandingRow, Subject};

use super::server::{ANN, BEN, Entry};
use super::*;
use crate::store::{aside, docs, fills};

#[test]
fn two_phones_restored_from_one_backup_keep_what_both_wrote() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.write(note, "Before. ");
    alice.sync();
    let mut twin = alice.twin(&server);
    assert_eq!(alice.book.actor(), twin.book.actor());
    alice.write(note, "On the old phone. ");
    twin.write(note, "On the new phone.");
    alice.sync();
    let report = twin.sync();
    assert_eq!(report.waiting, 0, "{report:?}");
    assert_ne!(alice.book.actor(), twin.book.actor());
    twin.sync();
    alice.sync();
    let (one, two) = (alice.body(note), twin.body(note));
    assert_eq!(one, two);
    for words in ["Before. ", "On the old phone. ", "On the new phone."] {
        assert_eq!(one.matches(words).count(), 1, "{words}: {one}");
    }
    assert_eq!(server.body(note), one);
    let kept = aside::kept(twin.book.store.read(), note).unwrap();
    assert_eq!(kept[0].0, "fork");
    let copy = notes::note::load(&kept[0].1).unwrap();
    let plain = notes::note::Plain::read(&copy, notes::note::Template::Note).unwrap();
    assert_eq!(plain.texts["body"], "Before. On the new phone.");
}

#[test]
fn a_twin_that_wrote_nothing_only_takes_a_fresh_actor() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    let mut twin = alice.twin(&server);
    alice.write(note, "old phone");
    alice.sync();
    twin.sync();
    assert_ne!(alice.book.actor(), twin.book.actor());
    assert_eq!(twin.body(note), "old phone");
    assert_eq!(twin.sync().waiting, 0);
    twin.write(note, " and new");
    twin.sync();
    alice.sync();
    assert_eq!(alice.body(note), "old phone and new");
}

/// Ann left the team, and the desk let in what the new phone had sent as a note about Ben.
#[test]
fn a_note_that_is_built_anew_and_is_about_another_person_now_comes_into_view_with_them() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    let mut twin = alice.twin(&server);
    server.with(|s| s.rows.push(RowBody::Removal(RemovalRow { person: ANN })));
    alice.sync();
    assert_eq!(alice.state(note), "none");
    twin.write(note, "On the new phone. ");
    twin.book.sync(&mut twin.link, SyncMode::PushOnly).unwrap();
    let mut doc = server.document(note);
    let heads = doc.get_heads();
    doc.set_actor(automerge::ActorId::from([9; 16]));
    let mut tx = doc.transaction();
    let about = Edit::Put {
        path: "person".into(),
        value: Some(Scalar::Text(BEN.to_string())),
    };
    about.apply(&mut tx, Template::Note).unwrap();
    tx.commit();
    let chunk = doc.get_changes(&heads)[0].raw_bytes().to_vec();
    server.with(|s| {
        let desk = Entry {
            chunk,
            ..s.log[0].clone()
        };
        s.log.push(desk);
        s.log.iter_mut().for_each(|entry| entry.person = Some(BEN));
    });
    alice.sync();
    assert_eq!(alice.state(note), "on_server");
    assert_eq!(alice.body(note), "On the new phone. ");
}

/// The history that was asked for before the fork showed is not the one that the building is made of: it
/// was taken in as news already.
#[test]
fn a_fork_that_shows_in_a_history_asks_for_the_history_once_more() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    let mut twin = alice.twin(&server);
    alice.write(note, "old phone");
    alice.sync();
    let again = Subject::Document(note);
    twin.book.store.write(|tx| fills::want_anew(tx, again)).unwrap();
    twin.sync();
    twin.sync();
    assert_eq!(twin.body(note), "old phone");
    assert_eq!(server.body(note), "old phone");
}

#[test]
fn an_ordered_reset_takes_the_servers_copy_and_writes_again_what_came_later() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Good. ");
    phone.sync();
    phone.write(note, "BAD. ");
    server.with(|s| s.verdicts.insert(note, (1, "changed_after_finish")));
    phone.sync();
    assert_eq!(phone.state(note), "held");
    let row = docs::find(phone.book.store.read(), note).unwrap().unwrap();
    let bad = docs::snapshot(phone.book.store.read(), row.nr).unwrap();
    let bad = notes::note::load(&bad).unwrap().get_heads();
    phone.write(note, "Later.");
    server.with(|s| {
        s.verdicts.clear();
        let clear = StandingRow {
            document: note,
            state: "clear".into(),
            code: None,
            message: None,
        };
        s.rows.push(RowBody::Standing(clear));
        let against = bad.iter().map(|hash| hash.0.to_vec().into()).collect();
        s.rows.push(reset(note, Some(against)));
    });
    // The words typed since are pushed on top of the held ones before the order is known: they are
    // accepted here, and their dependency is missing on the server.
    phone.sync();
    phone.sync();
    assert_eq!(phone.body(note), "Good. Later.");
    assert_eq!(server.body(note), "Good. Later.");
    assert_eq!(phone.state(note), "on_server");
    assert_eq!(aside::kept(phone.book.store.read(), note).unwrap()[0].0, "reset");
}

/// The server took it, and a person set it aside before it was published: the phone never heard that it was held.
#[test]
fn what_was_decided_against_stays_out_where_two_phones_then_write_under_one_name() {
    let server = Server::new();
    let (mut alice, note) = decided_against(&server);
    alice.sync();
    assert_eq!(alice.body(note), "Good. ");
    let mut twin = alice.twin(&server);
    alice.write(note, "On the old phone. ");
    alice.sync();
    twin.write(note, "On the new one. ");
    twin.sync();
    twin.sync();
    assert_eq!(twin.body(note), server.body(note));
    assert!(!twin.body(note).contains("BAD"), "{}", twin.body(note));
    assert!(twin.body(note).contains("On the new one. "));
}

#[test]
fn an_order_whose_note_left_the_view_before_its_history_came_is_carried_out_when_it_comes_again() {
    let server = Server::new();
    let (mut phone, note) = decided_against(&server);
    phone.syncs_once(&server);
    server.with(|s| s.away.insert(note));
    phone.sync();
    assert_eq!(phone.body(note), "Good. BAD. ", "there is no other copy to take");
    server.with(|s| {
        s.away.clear();
        s.anew = true;
    });
    phone.sync();
    assert_eq!(phone.body(note), "Good. ");
    let actor = phone.book.actor();
    server.with(|s| s.anew = true);
    phone.sync();
    assert_eq!(phone.book.actor(), actor, "and no third time");
}

/// A phone with a note of "Good. BAD. ", of which the server does not have the last word, and an order for it that
/// the phone has not fetched yet.
fn decided_against(server: &Server) -> (Phone, DocumentId) {
    let mut phone = Phone::enrolled(server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Good. ");
    phone.sync();
    phone.write(note, "BAD. ");
    phone.sync();
    let row = docs::find(phone.book.store.read(), note).unwrap().unwrap();
    let against = row.heads.iter().map(|hash| hash.0.to_vec().into()).collect();
    server.with(|s| {
        s.log.pop();
        s.rows.push(reset(note, Some(against)));
    });
    (phone, note)
}

#[test]
fn a_reset_survives_a_broken_link_and_a_kill() {
    let server = Server::new();
    let (mut phone, note) = building_anew(&server);
    phone.write(note, "Typed in between.");
    assert_eq!(phone.body(note), "Good. Typed in between.");
    let mut after = phone.twin(&server);
    assert_eq!(after.sync().waiting, 0);
    after.sync();
    assert_eq!(after.body(note), "Good. Typed in between.");
    assert_eq!(server.body(note), "Good. Typed in between.");
}

#[test]
fn a_reset_ends_also_where_the_server_is_set_back_meanwhile() {
    let server = Server::new();
    let (mut phone, note) = building_anew(&server);
    server.with(|s| {
        s.log.clear();
        s.epoch += 1;
    });
    phone.write(note, "And later.");
    phone.sync();
    assert_eq!(phone.sync().waiting, 0);
    assert_eq!(server.body(note), "Good. And later.");
    assert_eq!(phone.body(note), "Good. And later.");
}

/// A revoked device is told nothing any more, and what it sends is held for a person to decide: it must come.
#[test]
fn a_phone_that_is_revoked_while_it_builds_anew_sends_what_it_writes() {
    let server = Server::new();
    let (mut phone, note) = building_anew(&server);
    server.with(|s| s.silent = true);
    phone.write(note, "And later.");
    assert_eq!(phone.sync().waiting, 0);
    assert_eq!(server.body(note), "Good. And later.");
}

/// A phone with a note of "Good. " that it was ordered to build anew: the order has come, the history has not.
fn building_anew(server: &Server) -> (Phone, DocumentId) {
    let mut phone = Phone::enrolled(server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Good. ");
    phone.sync();
    server.with(|s| s.rows.push(reset(note, None)));
    phone.syncs_once(server);
    (phone, note)
}

/// An order to build a note anew.
fn reset(note: DocumentId, against: Option<Vec<ByteVec>>) -> RowBody {
    RowBody::Order(OrderRow {
        order: "reset".into(),
        document: Some(note),
        against,
        id: None,
    })
}

impl Phone {
    /// One request of a pass; then the link is gone.
    fn syncs_once(&mut self, server: &Server) {
        let mut once = Once {
            link: server.link(),
            left: 1,
        };
        self.book.sync(&mut once, SyncMode::Both).unwrap();
    }
}

/// A link that breaks after so many sync requests.
struct Once {
    link: Link,
    left: u32,
}

impl crate::host::Transport for Once {
    fn send(
        &mut self,
        request: &crate::host::HttpRequest,
    ) -> Result<crate::host::HttpResponse, crate::host::Unreachable> {
        if request.path == "/v1/sync" {
            self.left = self.left.checked_sub(1).ok_or(crate::host::Unreachable)?;
        }
        self.link.send(request)
    }
}

#[test]
fn a_reset_of_a_note_that_the_server_does_not_have_keeps_it() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "All of it.");
    server.with(|s| s.verdicts.insert(note, (1, "unprocessable")));
    phone.sync();
    server.with(|s| {
        s.verdicts.clear();
        s.rows.push(reset(note, None));
    });
    phone.sync();
    phone.sync();
    assert_eq!(phone.body(note), "All of it.");
    assert_eq!(server.body(note), "All of it.");
    assert_eq!(phone.item(note)["case_id"], "P1");
}
