//! One server, one phone and one case system for the stories about faults: who says after each fault
//! what must be true.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use client_core::notebook::{Ended, NewNote, Notebook, State, SyncMode, SyncReport, Who};
use doorstep_tests::process::{Feed, Process};
use doorstep_tests::wire::{Flights, Wire, machine};
use doorstep_tests::{Chance, Folder, seed};
use notes::ids::DocumentId;
use server::core::Core;
use server::host::Host;
use server::ops::verify;

use crate::shim::Shim;

/// Whose phone it is.
pub(crate) const WORKER: &str = "W101";

/// What a note must say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    pub(crate) body: String,
    pub(crate) addenda: Vec<String>,
}

/// A phone that remembers everything that was ever written on it.
pub(crate) struct Phone {
    pub(crate) book: Notebook,
    pub(crate) wire: Wire,
    pub(crate) written: BTreeMap<DocumentId, Written>,
    case_id: String,
    last: Option<DocumentId>,
    turn: u32,
}

impl Phone {
    /// A new phone, enrolled.
    pub(crate) fn enrolled(server: &Process, folder: &Path) -> Self {
        let host = machine(Chance::new(seed(2026), WORKER));
        let path = folder.join("phone.db");
        let mut book = Notebook::open(path.to_str().unwrap(), &[3; 32], host).unwrap();
        let mut wire = Wire::to(server.url(), &Flights::default());
        let code = server.code(WORKER);
        assert_eq!(book.enrol(&mut wire, &code, server.url()).unwrap(), Ended::Quiet);
        book.sync(&mut wire, SyncMode::Both).unwrap();
        let mine = book.people(None).unwrap().into_iter().find(|p| p.mine).unwrap();
        Self {
            book,
            wire,
            written: BTreeMap::new(),
            case_id: mine.case_id,
            last: None,
            turn: 0,
        }
    }

    /// Writes a short note and finishes it.
    pub(crate) fn writes(&mut self) -> DocumentId {
        self.turn += 1;
        let body = format!(
            "Visit {}. Mrs Ashdown was in the garden and says that she sleeps better.",
            self.turn
        );
        self.writes_so(&body)
    }

    /// Writes a note of these words and finishes it.
    pub(crate) fn writes_so(&mut self, body: &str) -> DocumentId {
        let new = NewNote {
            who: Who::CaseId(&self.case_id),
            kind: "home_visit",
            started_at: None,
            ended_at: None,
        };
        let note = self.book.new_note(&new).unwrap();
        self.book.type_text(note, "body", None, 0, body, 0).unwrap();
        self.book.finish(note).unwrap();
        let written = Written {
            body: body.to_owned(),
            addenda: Vec::new(),
        };
        self.written.insert(note, written);
        self.last = Some(note);
        note
    }

    /// Adds a line to the note that it wrote last.
    pub(crate) fn adds(&mut self) -> DocumentId {
        let Some(note) = self.last else {
            return self.writes();
        };
        self.turn += 1;
        let text = format!("Addendum {}: her daughter rang back.", self.turn);
        self.book.add(note, &text).unwrap();
        self.written.get_mut(&note).unwrap().addenda.push(text);
        note
    }

    /// One pass, whatever comes of it.
    pub(crate) fn syncs(&mut self) -> SyncReport {
        self.book.sync(&mut self.wire, SyncMode::Both).unwrap()
    }

    /// Where a note stands, by the phone's own word.
    pub(crate) fn state(&mut self, note: DocumentId) -> State {
        let list = self.book.list().unwrap();
        list.into_iter().find(|item| item.id == note).unwrap().state
    }

    /// Syncs until nothing more goes either way; nothing waits then, and nothing was held.
    pub(crate) fn comes_to_rest(&mut self) {
        let mut last = None;
        for _ in 0..20 {
            let report = self.syncs();
            assert!(report.held.is_empty(), "nothing is held: {:?}", report.held);
            if report.ended == Ended::Quiet && report.sent == 0 && report.received == 0 {
                assert_eq!(report.waiting, 0, "nothing waits once the machine is well");
                return;
            }
            last = Some((report, self.wire.answered.take()));
        }
        panic!("phone and server do not come to rest: {last:?}");
    }
}

/// The whole of it.
pub(crate) struct Office {
    pub(crate) shim: Arc<Shim>,
    pub(crate) server: Process,
    pub(crate) phone: Phone,
    feed: Feed,
    _folder: Folder,
}

impl Office {
    /// A server with the sample team, under the shim and running, and one phone. None where there is
    /// no shim.
    pub(crate) fn open() -> Option<Self> {
        Self::open_with_log("server.log")
    }

    /// The same, with the server's own log in a file that may be on the watched disk.
    pub(crate) fn open_with_log(log: &str) -> Option<Self> {
        let folder = Folder::new();
        let data = folder.path().join("server");
        let shim = Arc::new(Shim::new(folder.path(), &data)?);
        let mut server = Process::at(&data);
        server.imports_sample_team();
        server.logs_into(folder.path().join(log));
        server.set_environment(shim.environment());
        server.start();
        let phone = Phone::enrolled(&server, folder.path());
        Some(Self {
            shim,
            server,
            phone,
            feed: Feed::default(),
            _folder: folder,
        })
    }

    /// After a fault, with a server that runs in good health: what the phone still has goes out, the
    /// server has everything once, and the case system reads each version once.
    pub(crate) fn all_is_well(&mut self, after: &str) {
        self.shim.disarm();
        println!("after {after}");
        for _ in 0..2 {
            self.phone.comes_to_rest();
            self.server.wait_until_published();
        }
        self.feed.reads_on(self.server.data());
        assert_eq!(
            self.feed.newest.len(),
            self.phone.written.len(),
            "{after}: notes in the feed"
        );
        for (note, written) in &self.phone.written {
            let there = self.feed.newest.get(&note.to_string());
            let there = there.unwrap_or_else(|| panic!("{after}: {note} is not in the feed"));
            assert_eq!(there.body, written.body, "{after}: {note}");
            let mut addenda = written.addenda.clone();
            addenda.sort();
            assert!(
                there.addenda.iter().eq(&addenda),
                "{after}: {note}: other addenda"
            );
        }
        for item in self.phone.book.list().unwrap() {
            assert_eq!(item.state, State::OnServer, "{after}: {}", item.id);
        }
        verified(self.server.data(), after);
    }

    /// How many log entries there are, by the server's own folder.
    pub(crate) fn log_entries(&self) -> u64 {
        let core = Core::open(self.server.data(), None, Host::system()).unwrap();
        core.store.read(|tx| tx.log_head()).unwrap().seq
    }
}

/// What `doorstep verify` does, without a process for each.
pub(crate) fn verified(data: &Path, after: &str) {
    let core = Core::open(data, None, Host::system()).unwrap();
    let verified = verify::verify(&core).unwrap();
    assert!(
        verified.differences.is_empty(),
        "{after}: {:?}",
        verified.differences
    );
}
