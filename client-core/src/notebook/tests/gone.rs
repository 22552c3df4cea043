//! Notes that the server removed for good: a phone lets go of what the server has had, and of nothing else.

use notes::ids::DocumentId;
use notes::wire::{GoneRow, RowBody};

use super::server::Server;
use super::{Folder, Phone};
use crate::store::{aside, docs, outgoing};

fn removes(server: &Server, document: DocumentId) {
    server.with(|s| s.rows.push(RowBody::Gone(GoneRow { document })));
}

fn is_here(phone: &Phone, note: DocumentId) -> bool {
    docs::find(phone.book.store.read(), note).unwrap().is_some()
}

fn kept(phone: &Phone, note: DocumentId) -> Vec<(String, Vec<u8>)> {
    aside::kept(phone.book.store.read(), note).unwrap()
}

#[test]
fn a_note_that_the_server_has_had_whole_is_let_go_at_once() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let (note, other) = (phone.note("P1"), phone.note("P1"));
    phone.write(note, "of long ago");
    phone.write(other, "of today");
    phone.sync();
    removes(&server, note);
    let report = phone.sync();
    assert_eq!((report.held.len(), report.waiting), (0, 0));
    assert!(!is_here(&phone, note) && kept(&phone, note).is_empty());
    assert!(
        outgoing::offered(phone.book.store.read(), note)
            .unwrap()
            .is_empty()
    );
    assert!(phone.book.show(note).is_err());
    assert!(phone.book.search("ago").unwrap().is_empty());
    assert_eq!(phone.body(other), "of today");
    // The same row may come again, and of a note that this phone never had.
    removes(&server, note);
    removes(&server, DocumentId([9; 16]));
    assert_eq!(phone.sync().held.len(), 0);
    assert!(is_here(&phone, other));
}

#[test]
fn a_note_that_came_from_a_colleague_is_let_go_too() {
    let server = Server::new();
    let mut ann = Phone::enrolled(&server, "W1", 3);
    let note = ann.note("P1");
    ann.write(note, "of long ago");
    ann.sync();
    let mut bob = Phone::enrolled(&server, "W2", 4);
    bob.sync();
    assert!(is_here(&bob, note));
    removes(&server, note);
    bob.sync();
    assert!(!is_here(&bob, note));
}

#[test]
fn what_was_not_sent_stays_aside_and_is_told_once() {
    for typed_only in [true, false] {
        let server = Server::new();
        let mut phone = Phone::enrolled(&server, "W1", 3);
        let note = phone.note("P1");
        phone.write(note, "sent");
        phone.sync();
        if typed_only {
            phone
                .book
                .type_text(note, "body", None, 0, " not sent", 10)
                .unwrap();
        } else {
            phone.write(note, " not sent");
        }
        removes(&server, note);
        let mode = crate::notebook::SyncMode::PullOnly;
        let report = phone.book.sync(&mut phone.link, mode).unwrap();
        assert_eq!((report.held[0].id, report.held[0].code.as_str()), (note, "gone"));
        let kept = kept(&phone, note);
        assert_eq!(kept[0].0, "gone", "typed only: {typed_only}");
        let whole: Vec<u8> = kept.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        let text = b" not sent";
        assert!(
            whole.windows(text.len()).any(|window| window == text),
            "typed only: {typed_only}: nothing of it is lost"
        );
        assert!(phone.book.show(note).is_err());
        let after = phone.sync();
        assert_eq!((after.held.len(), after.waiting, after.sent), (0, 0, 0));
    }
}

#[test]
fn what_was_let_go_stays_so_after_the_app_is_opened_again() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "of long ago");
    phone.sync();
    removes(&server, note);
    phone.sync();
    let copy: Folder = phone.folder.copy();
    let mut book = copy.open(&phone.hands, 7);
    assert!(book.list().unwrap().is_empty());
    assert!(docs::find(book.store.read(), note).unwrap().is_none());
}
