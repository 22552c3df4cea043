//! The notebook as an app uses it, against a server in memory that keeps a log, judges little and
//! can be cut off, lose answers, hold, forget and order. The real server has stories of its own.

mod anew;
mod company;
mod gathered;
mod gone;
mod kill;
mod link;
mod lookup;
mod meanwhile;
mod messages;
mod orders;
mod pass;
mod reflection;
mod server;
mod view;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use notes::ids::DocumentId;
use serde_json::Value;

use super::{NewNote, Notebook, SyncMode, SyncReport, Who};
use crate::host::{Clock, Dice, Host};
use server::{Link, Server};

/// 14 September 2026, 09:00 UTC.
pub(crate) const MONDAY: i64 = 1_789_376_400_000;
const KEY: [u8; 32] = [42; 32];

/// A clock that stands where it is put.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    pub(crate) fn at(now: i64) -> Self {
        Self(Arc::new(AtomicI64::new(now)))
    }
    pub(crate) fn set(&self, now: i64) {
        self.0.store(now, Ordering::Relaxed);
    }
    pub(crate) fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
    pub(crate) fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.now()
    }
}

/// Dice that fall the same way for the same seed (`SplitMix64`).
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

impl Dice for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next().to_le_bytes()[0];
        }
    }
}

/// A folder that is gone after the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let n = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("doorstep-core-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn open(&self, hands: &Hands, seed: u64) -> Notebook {
        let host = Host {
            clock: Box::new(hands.clone()),
            dice: Box::new(Seeded(seed)),
            keystore: None,
            app: "test 1".into(),
        };
        Notebook::open(self.0.join("notes.db").to_str().unwrap(), &KEY, host).unwrap()
    }

    /// The files as `kill -9` would leave them now: the store and its write-ahead log.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        for entry in std::fs::read_dir(&self.0).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), copy.0.join(entry.file_name())).unwrap();
        }
        copy
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A phone, its clock and its folder.
pub(crate) struct Phone {
    pub(crate) book: Notebook,
    pub(crate) hands: Hands,
    pub(crate) link: Link,
    pub(crate) folder: Folder,
    seed: u64,
}

impl Phone {
    pub(crate) fn enrolled(server: &Server, worker: &str, seed: u64) -> Self {
        let (folder, hands) = (Folder::new(), Hands::at(MONDAY));
        let book = folder.open(&hands, seed);
        let mut phone = Self {
            book,
            hands,
            link: server.link(),
            folder,
            seed,
        };
        let ended = phone.book.enrol(&mut phone.link, worker, "http://s").unwrap();
        assert_eq!(ended, super::Ended::Quiet);
        phone.sync();
        phone
    }

    /// The same phone restored from a copy of its files, as from a backup.
    pub(crate) fn twin(&self, server: &Server) -> Self {
        let (folder, hands) = (self.folder.copy(), Hands::at(self.hands.now()));
        let seed = self.seed + 1000;
        let book = folder.open(&hands, seed);
        Self {
            book,
            hands,
            link: server.link(),
            folder,
            seed,
        }
    }

    pub(crate) fn note(&mut self, case_id: &str) -> DocumentId {
        let new = NewNote {
            who: Who::CaseId(case_id),
            kind: "home_visit",
            started_at: None,
            ended_at: None,
        };
        self.book.new_note(&new).unwrap()
    }

    /// Types at the end, and pauses.
    pub(crate) fn write(&mut self, note: DocumentId, text: &str) {
        self.book.type_text(note, "body", None, 0, text, 10).unwrap();
        self.hands.pass(3_000);
        self.book.tick().unwrap();
    }

    pub(crate) fn sync(&mut self) -> SyncReport {
        self.book.sync(&mut self.link, SyncMode::Both).unwrap()
    }

    pub(crate) fn body(&mut self, note: DocumentId) -> String {
        self.book.show(note).unwrap()["body"].as_str().unwrap().to_owned()
    }

    pub(crate) fn item(&mut self, note: DocumentId) -> Value {
        let list = serde_json::to_value(self.book.list().unwrap()).unwrap();
        let items = list.as_array().unwrap();
        items
            .iter()
            .find(|i| i["id"] == note.to_string())
            .cloned()
            .unwrap_or(Value::Null)
    }

    pub(crate) fn state(&mut self, note: DocumentId) -> String {
        self.item(note)["state"].as_str().unwrap_or("none").to_owned()
    }
}
