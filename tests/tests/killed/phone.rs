//! A phone that walks about: it writes notes, finishes them, adds to them and syncs, again and
//! again, over a real socket that may break at any moment. It notes down what it was shown as sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use client_core::host::{HttpRequest, HttpResponse, Transport, Unreachable};
use client_core::notebook::{Ended, NewNote, Notebook, State, SyncMode, Who};
use doorstep_tests::Chance;
use doorstep_tests::live::{Http, machine};
use notes::ids::DocumentId;

/// How many notes one phone begins; then it only adds to them.
const MOST_NOTES: usize = 150;

/// How many requests are under way, over all phones.
#[derive(Clone, Default)]
pub(crate) struct Flights(Arc<AtomicUsize>);

impl Flights {
    /// Now.
    pub(crate) fn under_way(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits until there is one.
    #[expect(
        clippy::disallowed_methods,
        reason = "a real process is waited for in real time"
    )]
    pub(crate) fn wait_for_one(&self, at_most: Duration) {
        let begun = Instant::now();
        while self.under_way() == 0 && begun.elapsed() < at_most {
            std::thread::yield_now();
        }
    }
}

struct Wire {
    http: Http,
    flights: Flights,
}

impl Wire {
    fn to(url: &str, flights: &Flights) -> Self {
        Self {
            http: Http::to(url),
            flights: flights.clone(),
        }
    }
}

impl Transport for Wire {
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        self.flights.0.fetch_add(1, Ordering::SeqCst);
        let answer = self.http.send(request);
        self.flights.0.fetch_sub(1, Ordering::SeqCst);
        answer
    }
}

/// What a phone showed as sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    pub(crate) body: String,
    pub(crate) addenda: BTreeSet<String>,
}

/// A phone.
pub(crate) struct Walker {
    book: Notebook,
    wire: Wire,
    people: Vec<String>,
    bodies: Vec<String>,
    begun: Vec<DocumentId>,
    shown: BTreeMap<String, Shown>,
}

impl Walker {
    /// A new phone of a worker.
    pub(crate) fn enrolled(worker: &str, code: &str, url: &str, folder: &Path, flights: &Flights) -> Self {
        let host = machine(Chance::new(doorstep_tests::seed(2026), worker));
        let path = folder.join(format!("{worker}.db"));
        let mut book = Notebook::open(path.to_str().unwrap(), &[3; 32], host).unwrap();
        let mut wire = Wire::to(url, flights);
        assert_eq!(book.enrol(&mut wire, code, url).unwrap(), Ended::Quiet);
        book.sync(&mut wire, SyncMode::Both).unwrap();
        let people = book
            .people(None)
            .unwrap()
            .into_iter()
            .filter(|p| p.mine)
            .map(|p| p.case_id)
            .collect();
        Self {
            book,
            wire,
            people,
            bodies: doorstep_tests::process::sample_bodies(),
            begun: Vec::new(),
            shown: BTreeMap::new(),
        }
    }

    /// Works until it is told to stop.
    pub(crate) fn works_until(&mut self, stop: &AtomicBool) {
        let mut turn = 0usize;
        while !stop.load(Ordering::Relaxed) {
            if self.begun.len() < MOST_NOTES {
                self.writes_one(turn);
            } else {
                let note = self.begun[turn * 7 % self.begun.len()];
                self.book.add(note, &format!("Added on turn {turn}.")).unwrap();
            }
            // A server that is away is no failure; the next turn tries again.
            self.book.sync(&mut self.wire, SyncMode::Both).unwrap();
            self.notes_down();
            turn += 1;
        }
    }

    fn writes_one(&mut self, turn: usize) {
        let case_id = self.people[turn % self.people.len()].clone();
        let new = NewNote {
            who: Who::CaseId(&case_id),
            kind: "home_visit",
            started_at: None,
            ended_at: None,
        };
        let note = self.book.new_note(&new).unwrap();
        let body = self.bodies[turn % self.bodies.len()].clone();
        self.book.type_text(note, "body", None, 0, &body, 0).unwrap();
        self.book.finish(note).unwrap();
        self.begun.push(note);
    }

    fn notes_down(&mut self) {
        let sent: BTreeSet<DocumentId> = self
            .book
            .list()
            .unwrap()
            .into_iter()
            .filter(|item| matches!(item.state, State::OnServer | State::InCaseSystem))
            .map(|item| item.id)
            .collect();
        for note in self.begun.iter().rev().take(3).chain(self.begun.iter().take(2)) {
            if sent.contains(note) {
                let shown = self.book.show(*note).unwrap();
                let texts = shown["addenda"].as_array().unwrap().iter();
                let addenda = texts.map(|a| a["text"].as_str().unwrap().to_owned()).collect();
                let body = shown["body"].as_str().unwrap().to_owned();
                self.shown.insert(note.to_string(), Shown { body, addenda });
            }
        }
    }

    /// Syncs until nothing more goes either way.
    pub(crate) fn syncs_until_quiet(&mut self) {
        let mut last = None;
        for _ in 0..50 {
            let report = self.book.sync(&mut self.wire, SyncMode::Both).unwrap();
            if report.ended == Ended::Quiet && report.sent == 0 && report.received == 0 {
                assert_eq!(report.waiting, 0, "nothing waits once the link is good");
                assert!(report.held.is_empty(), "nothing was held: {:?}", report.held);
                return;
            }
            last = Some(report);
        }
        panic!("phone and server do not come to rest: {last:?}");
    }

    /// All its notes are on the server.
    pub(crate) fn agrees(&mut self) {
        for item in self.book.list().unwrap() {
            assert_eq!(item.state, State::OnServer, "{}", item.id);
        }
    }

    /// What it showed as sent.
    pub(crate) fn shown(&self) -> BTreeMap<String, Shown> {
        self.shown.clone()
    }
}
