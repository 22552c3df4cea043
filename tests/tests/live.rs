//! Writing live, over real sockets to the real process: two people in one note, everybody who may not, and
//! everything that breaks. Nothing here asserts a time; what takes long is waited for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::Write;
use std::time::Duration;

use client_core::Ended;
use doorstep_tests::live::{LivePhone, Socket, knock};
use doorstep_tests::{Chance, Folder, Process, Proxy, seed};
use minicbor::bytes::ByteVec;
use notes::ids::{Actor, DocumentId};
use notes::wire::{Request, Response};
use tungstenite::{Error, Message};

const LONG: Duration = Duration::from_secs(30);
const MOMENT: Duration = Duration::from_millis(20);

/// A server, two phones, and one joint note on both.
struct Visit {
    server: Process,
    alice: LivePhone,
    bob: LivePhone,
    note: DocumentId,
    _folder: Folder,
}

fn phone(server: &Process, worker: &str, url: &str, folder: &Folder) -> LivePhone {
    let chance = Chance::new(11, worker);
    LivePhone::enrolled(worker, &server.code(worker), url, folder.path(), chance)
}

impl Visit {
    /// Bob's way to the server may be another one.
    fn with(bobs_way: impl FnOnce(&Process) -> String) -> Self {
        let folder = Folder::new();
        let mut server = Process::with_sample_team(folder.path());
        let mut alice = phone(&server, "W101", server.url(), &folder);
        let mut bob = phone(&server, "W105", &bobs_way(&server), &folder);
        let note = alice.begins();
        assert_eq!(alice.syncs(), Ended::Quiet);
        server.wait_until_published();
        bob.book.join(note).unwrap();
        assert_eq!(bob.syncs(), Ended::Quiet);
        server.wait_until_published();
        assert_eq!((bob.syncs(), alice.syncs()), (Ended::Quiet, Ended::Quiet));
        Self {
            server,
            alice,
            bob,
            note,
            _folder: folder,
        }
    }

    fn new() -> Self {
        Self::with(|server| server.url().to_owned())
    }

    /// Both have the note on the screen, and know of each other.
    fn open() -> Self {
        let mut visit = Self::new();
        visit.both_open();
        visit
    }

    fn both_open(&mut self) {
        let note = self.note;
        self.alice.goes_live(&[note]);
        self.bob.goes_live(&[note]);
        self.until("they meet", |v| {
            v.alice.book.in_company(note) && v.bob.book.in_company(note)
        });
    }

    /// Both live until something holds.
    fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        for _ in 0..LONG.as_millis() / (2 * MOMENT.as_millis()) {
            if holds(self) {
                return;
            }
            self.alice.lives(MOMENT);
            self.bob.lives(MOMENT);
        }
        panic!(
            "{what}: it does not come to that; alice {:?} {:?}, bob {:?} {:?}",
            self.alice.ended, self.alice.refused, self.bob.ended, self.bob.refused
        );
    }

    fn until_alike(&mut self) -> String {
        let note = self.note;
        self.until("the screens are alike", |v| {
            v.alice.body(note) == v.bob.body(note)
        });
        self.alice.body(note)
    }
}

#[test]
fn alice_and_bob_write_one_note_at_once() {
    let mut visit = Visit::open();
    let note = visit.note;
    let (mut hers, mut his) = (String::new(), String::new());
    for n in 0..40 {
        let (a, b) = (format!("a{n} "), format!("b{n} "));
        visit.alice.types(note, &a);
        visit.bob.book.type_text(note, "body", Some(0), 0, &b, 0).unwrap();
        hers.push_str(&a);
        his.insert_str(0, &b);
        visit.alice.lives(MOMENT);
        visit.bob.lives(MOMENT);
    }
    let expected: usize = hers.len() + his.len();
    visit.until("all has arrived", |v| {
        v.alice.body(note).len() == expected && v.bob.body(note).len() == expected
    });
    let end = visit.until_alike();
    for n in 0..40 {
        assert!(
            end.contains(&format!("a{n} ")) && end.contains(&format!("b{n} ")),
            "{n}: {end}"
        );
    }
    assert_eq!(
        (visit.alice.opened, visit.bob.opened),
        (1, 1),
        "one socket each, from the beginning"
    );
    // Both readings stand in the audit, though nobody made a pass since.
    let audit = readings(&visit);
    assert!(
        audit.contains(&"worker:W101".to_owned()) && audit.contains(&"worker:W105".to_owned()),
        "{audit:?}"
    );
    visit.server.end();
    assert!(visit.alice.lives_until(LONG, |alice| !alice.ended.is_empty()));
    assert_eq!(visit.alice.ended, [Some(1001)], "the server says that it goes");
    visit.server.verify();
}

/// Who has read the note, by the audit.
fn readings(visit: &Visit) -> Vec<String> {
    let core = server::core::Core::open(visit.server.data(), None, server::host::Host::system()).unwrap();
    let audit = core.store.read(|tx| tx.audit_after(0, u32::MAX)).unwrap();
    let readings = audit.into_iter().map(|record| record.entry);
    let readings = readings.filter(|entry| entry.what == "note.read" && entry.document == Some(visit.note));
    readings.map(|entry| entry.who).collect()
}

#[test]
fn nothing_that_bob_saw_is_lost_when_the_server_is_killed_and_both_come_back() {
    let seed = seed(2027);
    let chance = Chance::new(seed, "killer");
    let mut visit = Visit::open();
    let note = visit.note;
    for round in 0..5 {
        for n in 0..=chance.below(6) {
            visit.alice.types(note, &format!("r{round}n{n} "));
            visit.alice.lives(MOMENT);
            visit.bob.lives(MOMENT);
        }
        visit.bob.lives(Duration::from_millis(chance.below(60)));
        let seen = visit.bob.body(note);
        visit.server.kill();
        // What was on his screen is in the log that the dead server left.
        let core = server::core::Core::open(visit.server.data(), None, server::host::Host::system()).unwrap();
        let log = core.store.read(|tx| tx.log_after(0, u32::MAX)).unwrap();
        let chunks: Vec<ByteVec> = log
            .into_iter()
            .filter(|entry| entry.entry.document == note)
            .map(|entry| entry.entry.chunk.into())
            .collect();
        let there = text_of(&chunks);
        for word in seen.split_inclusive(' ') {
            assert!(
                there.contains(word),
                "round {round}: {word} was on the screen, the log has {there}"
            );
        }
        drop(core);
        // While it is away both write on, and passes say that it is.
        visit.alice.types(note, &format!("r{round}alone "));
        assert!(visit.alice.lives_until(LONG, |alice| !alice.book.is_live()));
        assert_eq!(visit.alice.syncs(), Ended::Offline);
        visit.server.start();
        visit.until("both are back", |v| {
            v.alice.book.in_company(note) && v.bob.book.in_company(note)
        });
        let all = format!("r{round}alone ");
        visit.until("all has arrived", |v| v.bob.body(note).contains(&all));
        visit.until_alike();
    }
}

fn text_of(chunks: &[ByteVec]) -> String {
    use automerge::ReadDoc as _;
    let mut doc = notes::note::empty();
    for chunk in chunks {
        // In the order of the log each comes after those that it builds on.
        doc.load_incremental(chunk).unwrap();
    }
    let (_, body) = doc.get(automerge::ROOT, "body").unwrap().unwrap();
    doc.text(&body).unwrap()
}

#[test]
fn sockets_that_are_cut_at_random_lose_nothing_and_double_nothing() {
    let chance = Chance::new(seed(31), "cutter");
    let mut proxy = None;
    let mut visit = Visit::with(|server| {
        let before = proxy.insert(Proxy::before(server.url()));
        before.url().to_owned()
    });
    let proxy = proxy.unwrap();
    visit.both_open();
    let note = visit.note;
    let mut typed = 0;
    for n in 0..120 {
        visit.bob.types(note, &format!("b{n} "));
        visit.alice.types(note, &format!("a{n} "));
        typed += format!("a{n} b{n} ").len();
        if chance.one_in(6) {
            proxy.cuts();
        }
        visit.bob.lives(Duration::from_millis(chance.below(30)));
        visit.alice.lives(Duration::from_millis(chance.below(10)));
        if chance.one_in(10) {
            // A pass beside the line does no harm.
            let _ = visit.bob.syncs();
        }
    }
    visit.until("all has arrived", |v| {
        v.alice.body(note).len() >= typed && v.bob.body(note).len() >= typed
    });
    let end = visit.until_alike();
    assert_eq!(end.len(), typed, "each word once: {end}");
    assert!(visit.bob.opened > 3, "it was cut: {}", visit.bob.opened);
    visit.server.wait_until_published();
}

#[test]
fn where_something_on_the_way_drops_upgrades_passes_go_on() {
    let mut proxy = None;
    let mut visit = Visit::with(|server| {
        let before = proxy.insert(Proxy::before(server.url()));
        before.lets_upgrades(false);
        before.url().to_owned()
    });
    let note = visit.note;
    visit.alice.goes_live(&[note]);
    visit.bob.goes_live(&[note]);
    assert_eq!((visit.bob.opened, &visit.bob.refused[..]), (0, &[426][..]));
    visit.bob.types(note, "by a pass");
    assert_eq!(visit.bob.syncs(), Ended::Quiet);
    visit.until("alice sees it", |v| v.alice.body(note) == "by a pass");
    visit.alice.types(note, ", answered");
    visit.alice.lives_until(LONG, |alice| {
        alice.book.list().unwrap()[0].state == client_core::notebook::State::OnServer
    });
    visit.server.wait_until_published();
    assert_eq!(visit.bob.syncs(), Ended::Quiet);
    assert_eq!(visit.bob.body(note), "by a pass, answered");
    assert_eq!(visit.bob.refused, [426], "it does not knock again and again");
}

#[test]
fn a_phone_that_is_revoked_is_let_go_at_once_and_what_it_has_is_held() {
    let mut visit = Visit::open();
    let note = visit.note;
    let device = visit.bob.book.device().unwrap().to_string();
    visit.server.run(&["device", "revoke", &device]);
    assert!(visit.bob.lives_until(LONG, |bob| !bob.ended.is_empty()));
    assert_eq!(visit.bob.ended, [Some(4403)]);
    visit.alice.types(note, "not for bob");
    visit
        .bob
        .book
        .type_text(note, "body", None, 0, "from bob", 0)
        .unwrap();
    visit.bob.syncs();
    assert!(!visit.bob.book.is_live());
    let held = visit.server.run(&["issue", "list", "--json"]);
    assert!(held.contains("\"held\""), "{held}");
    visit.alice.lives(Duration::from_secs(1));
    assert_eq!(visit.alice.body(note), "not for bob");
    assert_eq!(visit.bob.body(note), "from bob");
    assert!(!visit.alice.book.in_company(note), "he has left the room");
}

/// A stranger's own socket, without a notebook.
struct Stranger {
    socket: Socket,
    token: String,
    actor: Actor,
}

impl Stranger {
    fn enrolled(server: &Process, worker: &str) -> Self {
        let (token, actor) = doorstep_tests::live::token(server.url(), &server.code(worker));
        let socket = knock(server.url(), &with_token(&token)).unwrap();
        Self { socket, token, actor }
    }

    fn request(&self, watch: Option<Vec<DocumentId>>) -> Request {
        Request {
            protocol: 1,
            device_at: 0,
            actor: self.actor,
            cursor: Vec::new(),
            pushes: Vec::new(),
            readings: Vec::new(),
            waiting: 0,
            pull: true,
            fills: Vec::new(),
            app: "stranger".into(),
            watch,
            to_desk: None,
        }
    }

    fn sends(&mut self, frame: Vec<u8>) -> Result<(), Error> {
        self.socket.send(Message::Binary(frame.into()))
    }

    fn hears(&mut self) -> Result<Response, Error> {
        loop {
            if let Message::Binary(frame) = self.socket.read()? {
                return Ok(minicbor::decode(&frame).unwrap());
            }
        }
    }

    fn asks(&mut self, watch: Option<Vec<DocumentId>>) -> Response {
        let frame = minicbor::to_vec(self.request(watch)).unwrap();
        self.sends(frame).unwrap();
        self.hears().unwrap()
    }

    /// The code with which the server ends it.
    fn end(&mut self) -> Option<u16> {
        for _ in 0..100_000 {
            match self.socket.read() {
                Ok(Message::Close(close)) => return close.map(|close| close.code.into()),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
        panic!("it does not end");
    }
}

fn with_token(token: &str) -> Vec<(&'static str, &'static str)> {
    let bearer: &'static str = Box::leak(format!("Bearer {token}").into_boxed_str());
    vec![
        ("authorization", bearer),
        ("sec-websocket-protocol", "doorstep.sync.v1"),
    ]
}

#[test]
fn a_stranger_who_watches_a_note_that_is_not_theirs_hears_nothing_of_it() {
    let mut visit = Visit::open();
    let note = visit.note;
    // Of another team than the person of the note.
    let mut eve = Stranger::enrolled(&visit.server, "W112");
    let first = eve.asks(Some(vec![note]));
    assert_eq!(first.company, Some(Vec::new()));
    visit.alice.types(note, "between us");
    visit.until("bob has it", |v| v.bob.body(note) == "between us");
    assert!(!visit.alice.book.in_company(DocumentId([0; 16])));
    eve.socket
        .get_ref()
        .set_read_timeout(Some(Duration::from_secs(7)))
        .unwrap();
    while let Ok(response) = eve.hears() {
        assert!(
            response.pulls.is_empty() && response.company.is_none(),
            "{response:?}"
        );
    }
}

/// What is said, the headers that are sent, and the status and the code that come back.
type Refused<'a> = (&'a str, Vec<(&'a str, &'a str)>, u16, &'a str);

#[test]
fn the_door_opens_to_the_right_ones_only() {
    let folder = Folder::new();
    let server = Process::with_sample_team(folder.path());
    let url = server.url();
    let (token, _) = doorstep_tests::live::token(url, &server.code("W101"));
    let bearer = format!("Bearer {token}");
    let offered = format!("doorstep.sync.v1, bearer.{token}");
    let auth = ("authorization", bearer.as_str());
    let protocol = ("sec-websocket-protocol", "doorstep.sync.v1");
    let refusals: [Refused<'_>; 7] = [
        ("no token", vec![protocol], 401, "token_missing"),
        (
            "no token of ours",
            vec![("authorization", "Bearer a.b.c"), protocol],
            401,
            "token_invalid",
        ),
        (
            "a token that is none",
            vec![("sec-websocket-protocol", "doorstep.sync.v1, bearer.x")],
            401,
            "token_invalid",
        ),
        ("no subprotocol", vec![auth], 400, "protocol_unsupported"),
        (
            "another subprotocol",
            vec![auth, ("sec-websocket-protocol", "chat")],
            400,
            "protocol_unsupported",
        ),
        (
            "a page of elsewhere",
            vec![auth, protocol, ("origin", "https://evil.example")],
            403,
            "origin_refused",
        ),
        (
            "a page of nowhere",
            vec![auth, protocol, ("origin", "null")],
            403,
            "origin_refused",
        ),
    ];
    for (what, headers, status, code) in refusals {
        let (found, body) = knock(url, &headers)
            .err()
            .unwrap_or_else(|| panic!("{what} was let in"));
        let body = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(found, status, "{what}: {body}");
        assert!(body.is_empty() || body.contains(code), "{what}: {body}");
    }
    for (what, headers) in [
        ("an app", vec![auth, protocol]),
        (
            "a page of the server's own",
            vec![auth, protocol, ("origin", url)],
        ),
        (
            "a page that cannot set headers",
            vec![("sec-websocket-protocol", offered.as_str()), ("origin", url)],
        ),
    ] {
        assert!(knock(url, &headers).is_ok(), "{what} was refused");
    }
}

#[test]
fn what_is_no_message_ends_the_socket_with_a_word() {
    let folder = Folder::new();
    let server = Process::with_sample_team(folder.path());
    let mut eve = Stranger::enrolled(&server, "W101");
    let again = |eve: &mut Stranger| eve.socket = knock(server.url(), &with_token(&eve.token)).unwrap();
    eve.socket.send(Message::Text("hello".into())).unwrap();
    assert_eq!(eve.end(), Some(1003), "text");
    again(&mut eve);
    // RFC 6455 section 5.2: a masked binary frame that says how long it is. Sent to its end it would meet a closed door.
    let mut head = vec![0x82, 0xff];
    head.extend((1024 * 1024 + 1_u64).to_be_bytes());
    head.extend([0; 4 + 100]);
    eve.socket.get_mut().write_all(&head).unwrap();
    assert_eq!(eve.end(), Some(1009), "a huge frame");
    again(&mut eve);
    eve.sends(vec![0xff; 10]).unwrap();
    assert_eq!(eve.end(), Some(4400), "no CBOR");
    again(&mut eve);
    let many = (0..9).map(|n| DocumentId([n; 16])).collect();
    let frame = minicbor::to_vec(eve.request(Some(many))).unwrap();
    eve.sends(frame).unwrap();
    assert_eq!(eve.end(), Some(4400), "too many watched");
    again(&mut eve);
    let newer = knock(server.url(), &with_token(&eve.token)).unwrap();
    assert_eq!(eve.end(), Some(4409), "a newer socket of the same device");
    eve.socket = newer;
    for _ in 0..3_100 {
        if eve.socket.send(Message::Pong(Vec::new().into())).is_err() {
            break;
        }
    }
    assert_eq!(eve.end(), Some(4429), "endless frames");
    // All this has hurt nobody else.
    let mut alice = phone(&server, "W105", server.url(), &folder);
    alice.goes_live(&[]);
    assert!(alice.lives_until(LONG, |alice| alice.book.is_live()));
}

#[test]
fn who_does_not_read_is_let_go_and_costs_the_others_nothing() {
    // More answers than the two ends of a line put by.
    const FRAMES: usize = 2_000;
    let mut visit = Visit::open();
    let note = visit.note;
    for n in 0..3 {
        visit
            .alice
            .types(note, &format!("{n} {} ", "word ".repeat(40_000)));
        visit.alice.lives(MOMENT);
    }
    visit.until_alike();
    let mut eve = Stranger::enrolled(&visit.server, "W101");
    // Each of these is answered with as much of the caseload as goes into one answer, and she reads none.
    let frame = minicbor::to_vec(eve.request(None)).unwrap();
    for _ in 0..FRAMES {
        if eve.sends(frame.clone()).is_err() {
            break;
        }
    }
    // Meanwhile the others write on.
    for n in 0..20 {
        visit.alice.types(note, &format!("on {n}. "));
        visit.alice.lives(MOMENT);
        visit.bob.lives(MOMENT);
    }
    visit.until("they write on", |v| v.bob.body(note).contains("on 19. "));
    visit.until("they are alike", |v| v.alice.body(note) == v.bob.body(note));
    std::thread::sleep(Duration::from_secs(12));
    let mut answers = 0;
    while eve.hears().is_ok() {
        answers += 1;
    }
    assert!(
        answers < FRAMES,
        "she was let go before the last answer: {answers}"
    );
}

#[test]
fn who_says_nothing_is_let_go() {
    // It takes 75 seconds, so it is told in the long form only.
    if std::env::var_os("DOORSTEP_LONG").is_none() {
        return;
    }
    let folder = Folder::new();
    let server = Process::with_sample_team(folder.path());
    let eve = Stranger::enrolled(&server, "W101");
    // A raw end of the line answers no ping.
    let mut stream = eve.socket.get_ref().try_clone().unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    let mut all = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut all);
    let close = all
        .windows(4)
        .any(|bytes| bytes[0] == 0x88 && bytes[2..] == 4408u16.to_be_bytes());
    assert!(close, "{all:?}");
}
