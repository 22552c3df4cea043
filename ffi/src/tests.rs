//! What an app meets when something goes wrong: a code that says what to do and a sentence that says
//! nothing of what a note holds. The story of a whole note is told from Python, through the bindings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use client_core::Trouble;
use client_core::host::KeyRefused;
use notes::ids::BadId;
use notes::note::edit::BadEdit;

use crate::mobile::{Clock, Dice, HostError, Keystore, Notebook, NotebookError, seal_key, unseal_key};

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
        let enrolled = book.enrol(Arc::new(Nowhere), "AAAAA-AAAAA", "http://127.0.0.1:1");
        assert_eq!(
            enrolled == Err(NotebookError::Key),
            refused,
            "{length}: {enrolled:?}"
        );
    }
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
        include_str!("mobile/error.rs"),
        include_str!("mobile/host.rs"),
        include_str!("mobile/values.rs"),
    ];
    for line in sources.iter().flat_map(|source| source.lines()) {
        let code = line.split("//").next().unwrap_or_default();
        let mut words = code.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        assert!(!words.any(|word| word == "unsafe"), "{line}");
    }
}
