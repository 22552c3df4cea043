//! What is done in the notebook while a request is on its way: the server answers in its own time, and whoever
//! writes does not wait for it.

use std::cell::{Cell, RefCell};

use super::super::{Ended, Fetched, Talk, in_place};
use super::server::ANN;
use super::*;
use crate::Trouble;
use crate::host::{AsyncHost, HttpRequest, HttpResponse, KeyRefused, Transport as _, Unreachable};
use crate::store::meta;

/// A key of the host's own.
type Signs<'a> = dyn Fn(&[u8]) -> Result<[u8; 64], KeyRefused> + 'a;

/// A way to the server on which something happens whenever a request is out, before its answer comes.
struct Meanwhile<'a, F> {
    link: RefCell<Link>,
    happens: F,
    key: Option<&'a Signs<'a>>,
}

impl<F: Fn(&HttpRequest)> AsyncHost for Meanwhile<'_, F> {
    async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        let answer = self.link.borrow_mut().send(request);
        (self.happens)(request);
        answer
    }

    async fn sign(&self, message: &[u8]) -> Option<Result<[u8; 64], KeyRefused>> {
        self.key.map(|key| key(message))
    }
}

fn open(phone: Phone) -> (RefCell<Notebook>, Hands, RefCell<Link>, Folder) {
    (
        RefCell::new(phone.book),
        phone.hands,
        RefCell::new(phone.link),
        phone.folder,
    )
}

fn typed(book: &RefCell<Notebook>, note: DocumentId, text: &str) {
    book.borrow_mut()
        .type_text(note, "body", None, 0, text, 10)
        .unwrap();
}

#[test]
fn what_is_typed_while_a_request_is_out_is_sent_by_this_pass_or_the_next() {
    let server = Server::new();
    let (mut alice, mut bob) = (
        Phone::enrolled(&server, "W1", 3),
        Phone::enrolled(&server, "W2", 4),
    );
    let note = alice.note("P1");
    alice.write(note, "Before. ");
    alice.sync();
    bob.sync();
    bob.book.join(note).unwrap();
    bob.write(note, "Bob's. ");
    bob.sync();
    alice.write(note, "Then. ");
    let (book, hands, link, _folder) = open(alice);
    let said = Cell::new(0);
    let host = Meanwhile {
        link,
        key: None,
        happens: |request: &HttpRequest| {
            if request.path == "/v1/sync" && said.get() < 40 {
                said.set(said.get() + 1);
                typed(&book, note, &format!("<{}> ", said.get()));
                hands.pass(700);
                book.borrow_mut().tick().unwrap();
            }
        },
    };
    let talk = Talk::between(&book, &host);
    let first = in_place(talk.sync(SyncMode::Both)).unwrap();
    assert_eq!((first.ended, first.sent, first.received), (Ended::Quiet, 1, 1));
    assert!(said.get() >= 2, "more than one request, and typing in each");
    // It does not run after every key: keys that have not come to rest go with the next pass.
    assert!(first.requests < 10, "{} requests", first.requests);
    // Bob's words came into a text that was being written in, and both are there, once.
    let now = book.borrow_mut().show(note).unwrap()["body"]
        .as_str()
        .unwrap()
        .to_owned();
    for word in ["Before. ", "Then. ", "Bob's. ", "<1> ", "<2> "] {
        assert_eq!(now.matches(word).count(), 1, "{word}: {now}");
    }
    said.set(40);
    let rest = in_place(talk.sync(SyncMode::Both)).unwrap();
    assert_eq!((rest.ended, rest.waiting), (Ended::Quiet, 0));
    assert_eq!(server.body(note), now);
}

#[test]
fn a_note_begun_and_one_finished_while_a_request_is_out_are_whole() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let old = alice.note("P1");
    alice.write(old, "Old.");
    let (book, hands, link, folder) = open(alice);
    let begun = Cell::new(None);
    let host = Meanwhile {
        link,
        key: None,
        happens: |_: &HttpRequest| {
            if begun.get().is_none() {
                let mut book = book.borrow_mut();
                let new = NewNote {
                    who: Who::CaseId("P1"),
                    kind: "phone_call",
                    started_at: None,
                    ended_at: None,
                };
                begun.set(Some(book.new_note(&new).unwrap()));
                book.finish(old).unwrap();
            }
        },
    };
    let talk = Talk::between(&book, &host);
    for _ in 0..2 {
        assert_eq!(in_place(talk.sync(SyncMode::Both)).unwrap().ended, Ended::Quiet);
    }
    let begun = begun.get().unwrap();
    typed(&book, begun, "New.");
    // A kill between two passes: the journal has it.
    let copy = folder.copy();
    drop(book);
    let mut again = copy.open(&hands, 9);
    assert_eq!(again.show(begun).unwrap()["body"], "New.");
    assert_eq!(again.show(old).unwrap()["stage"], "finished");
    assert_eq!(server.body(old), "Old.");
}

/// A way to the server on which something happens between two parts of an answer.
struct Between<'a, F> {
    link: RefCell<Link>,
    happens: &'a F,
}

impl<F: Fn(usize)> AsyncHost for Between<'_, F> {
    async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        self.link.borrow_mut().send(request)
    }

    async fn breathe(&self) {
        (self.happens)(1);
    }
}

/// A phone that is enrolled, and has fetched nothing yet.
fn newcomer(server: &Server) -> (Folder, Hands, Notebook) {
    let (folder, hands) = (Folder::new(), Hands::at(MONDAY));
    let mut book = folder.open(&hands, 9);
    book.enrol(&mut server.link(), "W2", "http://s").unwrap();
    (folder, hands, book)
}

/// A server with so many finished notes about Ann.
fn busy(server: &Server, count: usize) -> Vec<DocumentId> {
    let mut alice = Phone::enrolled(server, "W1", 3);
    let write = |n: usize| {
        let note = alice.note("P1");
        alice.write(note, &format!("Visit {n}. "));
        note
    };
    let notes = (0..count).map(write).collect();
    alice.sync();
    notes
}

fn bodies(book: &RefCell<Notebook>, notes: &[DocumentId]) -> Vec<String> {
    let body = |note: &DocumentId| {
        book.borrow_mut().show(*note).unwrap()["body"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    notes.iter().map(body).collect()
}

#[test]
fn whoever_types_has_a_turn_between_the_parts_of_a_long_answer() {
    let server = Server::new();
    let (_folder, _hands, mut book) = newcomer(&server);
    book.sync(&mut server.link(), SyncMode::Both).unwrap();
    let new = NewNote {
        who: Who::CaseId("P1"),
        kind: "phone_call",
        started_at: None,
        ended_at: None,
    };
    let mine = book.new_note(&new).unwrap();
    book.sync(&mut server.link(), SyncMode::Both).unwrap();
    let notes = busy(&server, 30);
    let book = RefCell::new(book);
    let turns = Cell::new(0);
    let happens = |turn| {
        turns.set(turns.get() + turn);
        typed(&book, mine, &format!("<{}>", turns.get()));
    };
    let link = RefCell::new(server.link());
    let host = Between {
        link,
        happens: &happens,
    };
    let report = in_place(Talk::between(&book, &host).sync(SyncMode::Both)).unwrap();
    assert_eq!((report.ended, report.received), (Ended::Quiet, 30));
    assert_eq!(turns.get(), 7, "30 notes are eight parts");
    assert_eq!(bodies(&book, &[mine]), ["<1><2><3><4><5><6><7>"]);
    assert_eq!(
        bodies(&book, &notes),
        notes.iter().map(|note| server.body(*note)).collect::<Vec<_>>()
    );
}

#[test]
fn what_is_typed_between_two_parts_goes_to_the_server_before_what_comes_there() {
    let server = Server::new();
    let (_folder, _hands, mut book) = newcomer(&server);
    let notes = busy(&server, 20);
    book.sync(&mut server.link(), SyncMode::Both).unwrap();
    let last = *notes.last().unwrap();
    book.join(last).unwrap();
    book.sync(&mut server.link(), SyncMode::Both).unwrap();
    let cursor = meta::get(book.store.read(), meta::key::CURSOR).unwrap();
    // All of them are written on, the last one, too.
    let mut colleague = Phone::enrolled(&server, "W1", 5);
    for note in &notes {
        colleague.write(*note, "Later. ");
    }
    colleague.sync();
    let book = RefCell::new(book);
    let turns = Cell::new(0);
    let happens = |turn| {
        turns.set(turns.get() + turn);
        if turns.get() == 1 {
            typed(&book, last, "Mine. ");
        }
    };
    let link = RefCell::new(server.link());
    let host = Between {
        link,
        happens: &happens,
    };
    let talk = Talk::between(&book, &host);
    assert_eq!(in_place(talk.sync(SyncMode::Both)).unwrap().ended, Ended::Quiet);
    assert!(turns.get() > 2, "it was asked for again");
    // What I typed was sent before my phone said that it had what my colleague wrote there.
    server.with(|state| {
        let mut requests = state.requests.iter().rev();
        let mine = requests.find(|request| request.pushes.iter().any(|push| push.document == last));
        assert_eq!(Some(&mine.unwrap().cursor), cursor.as_ref());
    });
    assert_eq!(
        bodies(&book, &notes),
        notes.iter().map(|note| server.body(*note)).collect::<Vec<_>>()
    );
    for word in ["Later. ", "Mine. "] {
        assert_eq!(server.body(last).matches(word).count(), 1, "{word}");
    }
}

#[test]
fn a_phone_that_ends_between_two_parts_gets_all_of_it_once() {
    for ends in 1..=7 {
        let server = Server::new();
        let (folder, hands, book) = newcomer(&server);
        let notes = busy(&server, 30);
        let book = RefCell::new(book);
        let (turns, left) = (Cell::new(0), RefCell::new(None));
        let happens = |turn| {
            turns.set(turns.get() + turn);
            if turns.get() == ends {
                // As a kill would leave it now.
                *left.borrow_mut() = Some(folder.copy());
            }
        };
        let link = RefCell::new(server.link());
        let host = Between {
            link,
            happens: &happens,
        };
        in_place(Talk::between(&book, &host).sync(SyncMode::Both)).unwrap();
        let left = left.borrow_mut().take().expect("it came so far");
        let mut again = left.open(&hands, 10);
        let here = again.list().unwrap().len();
        assert_eq!(here, 4 * ends, "what was taken in is there");
        let report = again.sync(&mut server.link(), SyncMode::Both).unwrap();
        assert_eq!((report.ended, report.waiting), (Ended::Quiet, 0));
        let again = RefCell::new(again);
        assert_eq!(
            bodies(&again, &notes),
            bodies(&book, &notes),
            "ended after part {ends}"
        );
    }
}

#[test]
fn a_key_that_takes_its_time_signs_for_the_token_and_its_refusal_is_told() {
    let server = Server::new();
    let phone = phone_that_has_no_token(&server);
    let (book, _, link, _folder) = open(phone);
    let asked = RefCell::new(Vec::new());
    let signs = |message: &[u8]| {
        asked.borrow_mut().push(message.to_vec());
        book.borrow().key().unwrap().sign(message)
    };
    let host = Meanwhile {
        link,
        key: Some(&signs),
        happens: |_: &HttpRequest| {},
    };
    let report = in_place(Talk::between(&book, &host).sync(SyncMode::Both)).unwrap();
    assert_eq!(report.ended, Ended::Quiet);
    assert_eq!(asked.borrow().len(), 1, "one token");
    book.borrow_mut().forget_token().unwrap();
    let host = Meanwhile {
        key: Some(&|_| Err(KeyRefused)),
        ..host
    };
    let refused = in_place(Talk::between(&book, &host).sync(SyncMode::Both));
    assert!(matches!(refused, Err(Trouble::Key(_))), "{refused:?}");
}

fn phone_that_has_no_token(server: &Server) -> Phone {
    let mut phone = Phone::enrolled(server, "W1", 3);
    phone.book.forget_token().unwrap();
    phone
}

/// Nothing is shared in the middle of a step: a host that comes back inside one is told, and nothing is broken.
#[test]
fn who_comes_back_inside_a_step_is_refused_and_nothing_is_lost() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.write(note, "Safe.");
    assert!(
        alice
            .book
            .people(None)
            .unwrap()
            .iter()
            .any(|person| person.id == ANN)
    );
    let (book, _, link, _folder) = open(alice);
    let host = Meanwhile {
        link,
        key: None,
        happens: |_: &HttpRequest| {},
    };
    {
        let _held = book.borrow_mut();
        let refused = in_place(Talk::between(&book, &host).sync(SyncMode::Both));
        assert!(matches!(refused, Err(Trouble::Broken)), "{refused:?}");
        let unknown = notes::attachment::AttachmentId::of(b"x");
        let fetched: Result<Fetched, _> = in_place(Talk::between(&book, &host).attachment(note, unknown));
        assert!(matches!(fetched, Err(Trouble::Broken)));
    }
    assert_eq!(
        in_place(Talk::between(&book, &host).sync(SyncMode::Both))
            .unwrap()
            .sent,
        1
    );
    assert_eq!(server.body(note), "Safe.");
}

/// A colleague finishes while Alice types: what she typed before she could know of it is sent as such.
#[test]
fn what_is_typed_while_a_finish_is_on_its_way_is_pushed_before_it_is_known() {
    let server = Server::new();
    let (mut alice, mut bob) = (
        Phone::enrolled(&server, "W1", 3),
        Phone::enrolled(&server, "W2", 4),
    );
    let note = alice.note("P1");
    alice.write(note, "Begun. ");
    alice.sync();
    bob.sync();
    bob.book.join(note).unwrap();
    bob.book.finish(note).unwrap();
    bob.sync();
    let known = server.with(|s| s.log.len());
    let (book, _, link, _folder) = open(alice);
    let typing = Cell::new(true);
    let host = Meanwhile {
        link,
        key: None,
        happens: |request: &HttpRequest| {
            if request.path == "/v1/sync" && typing.replace(false) {
                typed(&book, note, "Late words.");
            }
        },
    };
    let report = in_place(Talk::between(&book, &host).sync(SyncMode::Both)).unwrap();
    assert_eq!((report.ended, report.waiting), (Ended::Quiet, 0));
    let pushed = server.with(|s| {
        let with_words = s.requests.iter().rev().find(|request| !request.pushes.is_empty());
        with_words.unwrap().cursor.clone()
    });
    assert!(
        usize::from(pushed[1]) < known,
        "its cursor had not passed the finish"
    );
    let shown = book.borrow_mut().show(note).unwrap();
    assert_eq!(
        (shown["body"].as_str().unwrap(), shown["stage"].as_str().unwrap()),
        ("Begun. Late words.", "finished")
    );
}

/// The count that stands beside *all sent* is right after every key, and does not make a change of each.
#[test]
fn what_was_typed_just_now_is_counted_and_stays_a_key() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.sync();
    assert_eq!(alice.book.waiting().unwrap(), 0);
    let changes = |phone: &mut Phone| phone.book.opened(note).unwrap().doc.get_changes(&[]).len();
    let before = changes(&mut alice);
    for key in ["a", "b", "c"] {
        alice.book.type_text(note, "body", None, 0, key, 10).unwrap();
        assert_eq!(alice.book.waiting().unwrap(), 1, "{key}");
    }
    assert_eq!(changes(&mut alice), before);
    alice.sync();
    assert_eq!(
        (alice.book.waiting().unwrap(), changes(&mut alice)),
        (0, before + 1)
    );
}
