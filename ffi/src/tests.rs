//! What an app meets when something goes wrong: a code that says what to do and a sentence that says
//! nothing of what a note holds. The story of a whole note is told from Python, through the bindings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod typed;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use client_core::Trouble;
use client_core::host::KeyRefused;
use notes::ids::BadId;
use notes::note::edit::BadEdit;

use crate::mobile::{
    Clock, Dice, HostError, Keystore, LiveEvent, LiveSocket, Notebook, NotebookError, seal_key, unseal_key,
};

/// What a caller passed in, and no error may repeat.
const SECRET: &str = "Margaret fell";

#[test]
fn every_trouble_has_a_code_and_a_sentence_without_the_callers_words() {
    let edit = |bad: BadEdit| Trouble::Edit(bad);
    let lines: Vec<(Trouble, &str)> = vec![
        (Trouble::NoNote, "NoNote"),
        (Trouble::NoAttachment, "NoAttachment"),
        (Trouble::NoPerson, "NoPerson"),
        (Trouble::NotAllowed("an addendum needs words"), "NotAllowed"),
        (edit(BadEdit::NoField(SECRET.into())), "Edit"),
        (edit(BadEdit::BadValue(SECRET.into())), "Edit"),
        (edit(BadEdit::Full(SECRET.into())), "Edit"),
        (edit(BadEdit::OutOfRange), "Edit"),
        (edit(BadEdit::Finished), "Edit"),
        (edit(BadEdit::Document), "Edit"),
        (Trouble::Unreadable, "Unreadable"),
        (Trouble::WrongKey, "WrongKey"),
        (Trouble::WrongPin, "WrongPin"),
        (Trouble::VaultBroken, "VaultBroken"),
        (Trouble::NewerStore { found: 9, known: 1 }, "NewerStore"),
        (Trouble::NotEnrolled, "NotEnrolled"),
        (Trouble::Key(KeyRefused), "Key"),
        (Trouble::Busy, "Store"),
        (Trouble::Broken, "Broken"),
        (Trouble::Damaged("a document"), "Damaged"),
    ];
    for (trouble, code) in lines {
        let error = NotebookError::from(trouble);
        let name = format!("{error:?}");
        assert_eq!(name.split('(').next(), Some(code));
        check_sentence(error);
    }
    for error in [
        NotebookError::from(BadId),
        NotebookError::from(HostError::Failed),
        NotebookError::Store,
        NotebookError::Broken,
    ] {
        check_sentence(error);
    }
}

fn check_sentence(error: NotebookError) {
    let sentence = error.to_string();
    let first = sentence.chars().next().unwrap();
    assert!(first.is_uppercase() && sentence.ends_with('.'), "{sentence}");
    assert!(
        !sentence.contains(SECRET) && !sentence.contains(".."),
        "{sentence}"
    );
}

/// A host whose clock and dice can be made to fail.
#[derive(Default)]
struct App {
    failing: AtomicBool,
    short: AtomicBool,
    throws: Mutex<u8>,
}

impl App {
    fn answer<T>(&self, value: T) -> Result<T, HostError> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(HostError::Failed);
        }
        Ok(value)
    }
}

impl Clock for App {
    fn now_ms(&self) -> Result<i64, HostError> {
        self.answer(1_790_000_000_000)
    }
}

impl Dice for App {
    fn bytes(&self, count: u32) -> Result<Vec<u8>, HostError> {
        let mut throws = self.throws.lock().unwrap();
        *throws += 1;
        let count = if self.short.load(Ordering::Relaxed) {
            count - 1
        } else {
            count
        };
        self.answer(vec![*throws; count as usize])
    }
}

/// A keystore that answers with so many bytes.
struct Answering(usize);

impl Keystore for Answering {
    fn public_point(&self) -> Result<Vec<u8>, HostError> {
        Ok(vec![1; self.0])
    }
    fn sign(&self, _: Vec<u8>) -> Result<Vec<u8>, HostError> {
        Ok(vec![1; self.0])
    }
}

struct Nowhere;

impl crate::mobile::Transport for Nowhere {
    fn send(&self, _: crate::mobile::HttpRequest) -> Result<crate::mobile::HttpResponse, HostError> {
        Err(HostError::Failed)
    }
}

fn open(
    app: &Arc<App>,
    key: &[u8],
    keystore: Option<Arc<dyn Keystore>>,
) -> Result<Arc<Notebook>, NotebookError> {
    Notebook::open(
        ":memory:",
        key.to_vec(),
        app.clone(),
        app.clone(),
        keystore,
        "test 1".into(),
    )
}

#[test]
fn a_key_that_is_not_32_bytes_is_the_apps_mistake() {
    let app = Arc::new(App::default());
    for length in [0, 31, 33] {
        let error = open(&app, &vec![7; length], None).err();
        assert!(
            matches!(error, Some(NotebookError::BadCall(_))),
            "{length}: {error:?}"
        );
    }
    assert!(open(&app, &[7; 32], None).is_ok());
}

#[test]
fn a_host_that_fails_is_told_before_anything_is_done() {
    let app = Arc::new(App::default());
    let book = open(&app, &[7; 32], None).unwrap();
    for fault in [&app.failing, &app.short] {
        fault.store(true, Ordering::Relaxed);
        assert_eq!(book.tick(), Err(NotebookError::Host));
        assert_eq!(open(&app, &[7; 32], None).err(), Some(NotebookError::Host));
        assert_eq!(
            seal_key(vec![7; 32], "2468".into(), app.clone()),
            Err(NotebookError::Host)
        );
        fault.store(false, Ordering::Relaxed);
        assert_eq!(book.tick(), Ok(()), "the notebook is whole afterwards");
    }
}

#[test]
fn a_keystore_that_answers_with_another_length_is_refused() {
    let app = Arc::new(App::default());
    for (length, refused) in [(63, true), (64, false), (65, true), (96, true), (0, true)] {
        let book = open(&app, &[7; 32], Some(Arc::new(Answering(length)))).unwrap();
        let enrolled = book.enrol(Arc::new(Nowhere), "AAAAA-AAAAA", "http://127.0.0.1:1", None);
        assert_eq!(
            enrolled == Err(NotebookError::Key),
            refused,
            "{length}: {enrolled:?}"
        );
    }
}

/// A server that enrols and gives tokens, and no more.
struct Door;

impl crate::mobile::Transport for Door {
    fn send(&self, request: crate::mobile::HttpRequest) -> Result<crate::mobile::HttpResponse, HostError> {
        let body = match request.path.as_str() {
            "/v1/enrol" => {
                r#"{"device_id": "01010101-0101-0101-0101-010101010101", "worker": {"id": "W1", "name": "Ann Ash"},
                    "token_url": "https://s.example/v1/token", "server_time": 1790000000000}"#
            }
            "/v1/token" => r#"{"access_token": "a.b.c", "expires_in": 600}"#,
            _ => return Err(HostError::Failed),
        };
        Ok(crate::mobile::HttpResponse {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
        })
    }
}

/// A socket that writes down what it is told.
#[derive(Default)]
struct Socket {
    told: Mutex<Vec<String>>,
    broken: AtomicBool,
}

impl Socket {
    fn tell(&self, what: String) -> Result<(), HostError> {
        self.told.lock().unwrap().push(what);
        if self.broken.load(Ordering::Relaxed) {
            Err(HostError::Failed)
        } else {
            Ok(())
        }
    }
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }
}

impl LiveSocket for Socket {
    fn open(&self, path: String, protocol: String, token: String) -> Result<(), HostError> {
        self.tell(format!("open {path} {protocol} {token}"))
    }
    fn send(&self, frame: Vec<u8>) -> Result<(), HostError> {
        self.tell(format!("send {}", !frame.is_empty()))
    }
    fn end(&self) -> Result<(), HostError> {
        self.tell("close".into())
    }
}

#[test]
fn an_apps_socket_is_opened_spoken_through_and_closed() {
    let app = Arc::new(App::default());
    let book = open(&app, &[7; 32], None).unwrap();
    book.enrol(Arc::new(Door), "AAAAA-AAAAA", "https://s.example", None)
        .unwrap();
    let socket = Arc::new(Socket::default());
    let step = |event| book.live(Arc::new(Door), socket.clone(), event).unwrap();
    step(LiveEvent::Tick);
    assert_eq!(socket.told(), Vec::<String>::new(), "nobody wants one");
    book.go_live(true).unwrap();
    let opening = step(LiveEvent::Tick);
    assert_eq!(socket.told(), ["open /v1/live doorstep.sync.v1 a.b.c"]);
    assert!(opening.wait_until > 0 && !opening.pass);
    step(LiveEvent::Opened);
    assert_eq!(socket.told(), ["send true"], "the first request");
    step(LiveEvent::Frame { bytes: vec![0xff] });
    assert_eq!(socket.told(), ["close"], "what came makes no sense");
    // One that breaks while it is used is one that was lost.
    socket.broken.store(true, Ordering::Relaxed);
    step(LiveEvent::Network { there: false });
    step(LiveEvent::Opened);
    assert_eq!(socket.told(), ["send true"]);
    step(LiveEvent::Tick);
    assert_eq!(socket.told(), Vec::<String>::new());
}

#[test]
fn a_pin_wraps_the_key() {
    let app = Arc::new(App::default());
    let vault = seal_key(vec![7; 32], "2468".into(), app.clone()).unwrap();
    assert_eq!(unseal_key(vault.clone(), "2468".into()), Ok(vec![7; 32]));
    assert_eq!(unseal_key(vault, "2469".into()), Err(NotebookError::WrongPin));
    assert_eq!(
        unseal_key(b"{}".to_vec(), "2468".into()),
        Err(NotebookError::VaultBroken)
    );
    for (key, pin) in [(7, "2468"), (32, "")] {
        assert!(
            seal_key(vec![7; key], pin.into(), app.clone()).is_err(),
            "{key} {pin}"
        );
    }
    let again = seal_key(vec![7; 32], "2468".into(), app.clone()).unwrap();
    assert_ne!(seal_key(vec![7; 32], "2468".into(), app).unwrap(), again);
}

#[test]
fn nothing_unsafe_is_written_by_hand() {
    let sources = [
        include_str!("lib.rs"),
        include_str!("mobile.rs"),
        include_str!("error.rs"),
        include_str!("mobile/gathered.rs"),
        include_str!("mobile/host.rs"),
        include_str!("mobile/let_in.rs"),
        include_str!("mobile/live.rs"),
        include_str!("mobile/lookup.rs"),
        include_str!("mobile/note.rs"),
        include_str!("mobile/values.rs"),
        include_str!("web.rs"),
        include_str!("calls.rs"),
        include_str!("web/hands.rs"),
    ];
    for line in sources.iter().flat_map(|source| source.lines()) {
        let code = line.split("//").next().unwrap_or_default();
        let mut words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        assert!(!words.any(|word| word == "unsafe"), "{line}");
    }
}
