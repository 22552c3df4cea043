//! Typing while a colleague has the note open: a key is a change at once, in one commit, and on its way.

use notes::wire::{PROTOCOL, Response};

use super::*;
use crate::Trouble;
use crate::live::{Action, Event};
use crate::store::{journal, outgoing};

/// A phone that writes in a note which a colleague looks at.
fn in_company(server: &Server) -> (Phone, DocumentId) {
    let mut phone = Phone::enrolled(server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "We talked. ");
    phone.sync();
    phone.book.go_live(true);
    phone.book.watch(&[note]).unwrap();
    steps(&mut phone, Event::Tick);
    steps(&mut phone, Event::Opened);
    let company = Response {
        protocol: PROTOCOL,
        company: Some(vec![note]),
        ..Response::default()
    };
    let frame = minicbor::to_vec(&company).unwrap();
    steps(&mut phone, Event::Frame(&frame));
    assert!(phone.book.in_company(note));
    (phone, note)
}

/// The frames that a step sends.
fn steps(phone: &mut Phone, event: Event<'_>) -> Vec<Vec<u8>> {
    let actions = phone.book.live(&mut phone.link, event).unwrap();
    let frame = |action| match action {
        Action::Send(frame) => Some(frame),
        _ => None,
    };
    actions.into_iter().filter_map(frame).collect()
}

/// Keys in the journal of a note, and chunks that no server has.
fn waiting(phone: &Phone, note: DocumentId) -> (usize, usize) {
    let conn = phone.book.store.read();
    let row = crate::store::docs::find(conn, note).unwrap().unwrap();
    let unsent = outgoing::unsent(conn, usize::MAX).unwrap();
    (journal::entries(conn, row.nr).unwrap().len(), unsent.len())
}

#[test]
fn a_key_is_a_change_at_once_and_goes_out_with_the_next_step() {
    let server = Server::new();
    let (mut phone, note) = in_company(&server);
    phone.book.type_text(note, "body", None, 0, "a", 5).unwrap();
    assert_eq!(waiting(&phone, note), (0, 1), "no key waits, one change does");
    // Within the same twentieth of a second the next keys are gathered.
    for key in ["b", "c"] {
        phone.hands.pass(10);
        phone.book.type_text(note, "body", None, 0, key, 5).unwrap();
    }
    assert_eq!(waiting(&phone, note), (2, 1));
    assert_eq!(steps(&mut phone, Event::Tick).len(), 1, "the first is on its way");
    phone.hands.pass(50);
    steps(&mut phone, Event::Tick);
    assert_eq!(waiting(&phone, note), (0, 2));
    assert_eq!(phone.body(note), "We talked. abc");
    let copy = phone.folder.copy();
    assert_eq!(
        copy.open(&phone.hands, 77).show(note).unwrap()["body"],
        "We talked. abc"
    );
    // The line breaks: a pass brings it all, once.
    steps(&mut phone, Event::Lost { code: None });
    phone.sync();
    assert_eq!(server.body(note), "We talked. abc");
}

#[test]
fn a_key_that_could_not_be_written_is_refused_and_not_half_there() {
    let server = Server::new();
    let (mut phone, note) = in_company(&server);
    let read_only = |phone: &Phone, on| {
        let conn = phone.book.store.read();
        conn.pragma_update(None, "query_only", on).unwrap();
    };
    for n in 0..3 {
        phone.hands.pass(60);
        read_only(&phone, true);
        let refused = phone.book.type_text(note, "body", None, 0, "x", 5).unwrap_err();
        assert!(matches!(refused, Trouble::Store(_)), "{refused:?}");
        read_only(&phone, false);
        assert_eq!(phone.body(note), format!("We talked. {}", "y".repeat(n)));
        phone.book.type_text(note, "body", None, 0, "y", 5).unwrap();
    }
    assert_eq!(phone.body(note), "We talked. yyy");
    assert_eq!(waiting(&phone, note), (0, 3));
    phone.sync();
    assert_eq!(server.body(note), "We talked. yyy");
}
