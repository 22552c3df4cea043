//! A phone to measure with, and the pass in which nothing is new.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use client_core::host::{Clock, Dice, Host};
use client_core::notebook::{Ended, NewNote, Notebook, SyncMode, Who};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::meter::{Folder, Server};
use super::table::Table;
use doorstep_tests::visit::{Pauses, Step, note};

/// A clock that the bench moves.
#[derive(Clone)]
pub(crate) struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Seeded(ChaCha8Rng);

impl Dice for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// A phone with its clock.
pub(crate) struct Phone {
    pub(crate) book: Notebook,
    hand: Hand,
    people: Vec<String>,
    _folder: Folder,
}

impl Phone {
    /// A phone of a worker, enrolled.
    pub(crate) fn enrolled(server: &mut Server, worker: &str, folder: Folder) -> Self {
        let hand = Hand(Arc::new(AtomicI64::new(server.core.host.now_ms())));
        let host = Host {
            clock: Box::new(hand.clone()),
            dice: Box::new(Seeded(ChaCha8Rng::seed_from_u64(1))),
            keystore: None,
            app: "bench".to_owned(),
        };
        let path = folder.0.join("phone.db");
        let mut book = Notebook::open(path.to_str().unwrap(), &[9; 32], host).unwrap();
        let code = server.code(worker);
        assert_eq!(
            book.enrol(server, &code, "http://bench.example").unwrap(),
            Ended::Quiet
        );
        book.sync(server, SyncMode::Both).unwrap();
        let mine = book.people(None).unwrap().into_iter().filter(|p| p.mine);
        let people = mine.map(|p| p.case_id).collect();
        Self {
            book,
            hand,
            people,
            _folder: folder,
        }
    }

    /// Somebody on the caseload.
    pub(crate) fn first_person(&self) -> String {
        self.people[0].clone()
    }

    /// Lets time pass.
    pub(crate) fn pass_ms(&self, ms: i64) {
        self.hand.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// Writes note number `n` as a practitioner does, and finishes it.
    pub(crate) fn write(&mut self, n: u64, pauses: Pauses) {
        let case_id = self.people[usize::try_from(n).unwrap() % self.people.len()].clone();
        // One visit an hour, so that no two look like the same.
        let started_at = self.hand.now_ms() - i64::try_from(n + 1).unwrap() * 3_600_000;
        let new = NewNote {
            who: Who::CaseId(&case_id),
            kind: "home_visit",
            started_at: Some(started_at),
            ended_at: Some(started_at + 1_800_000),
        };
        let id = self.book.new_note(&new).unwrap();
        for (count, step) in note(n).into_iter().enumerate() {
            match step {
                Step::Type(at, text) => self.book.type_text(id, "body", Some(at), 0, &text, 0).unwrap(),
                Step::Set(path, value) => {
                    self.book.set(id, path, &value).unwrap();
                }
            }
            let pause = pauses == Pauses::EveryBurst || count % 5 == 4;
            self.pass_ms(if pause { 3_000 } else { 500 });
        }
        self.book.finish(id).unwrap();
    }
}

/// A phone with many notes asks whether there is anything new.
pub(crate) fn nothing_new(table: &mut Table, notes: u64) {
    let mut server = Server::new("nothing");
    let mut phone = Phone::enrolled(&mut server, "W101", Folder::new("nothing-phone"));
    for n in 0..notes {
        phone.write(n, Pauses::AsWritten);
    }
    phone.book.sync(&mut server, SyncMode::Both).unwrap();
    server.project();
    while phone.book.sync(&mut server, SyncMode::Both).unwrap().requests > 1 {}
    server.starts_anew();
    server.reset();
    let report = phone.book.sync(&mut server, SyncMode::Both).unwrap();
    assert_eq!((report.sent, report.received, report.waiting), (0, 0, 0));
    let passed = server.passed;
    table.at_most(
        format!("nothing new, {notes} notes held: requests"),
        f64::from(passed.requests),
        1.0,
        "",
    );
    let bytes = passed.up + passed.down;
    table.at_most(
        format!("nothing new, {notes} notes held: bodies both ways"),
        bytes as f64,
        1000.0,
        "B",
    );
    table.at_most(
        format!("nothing new, {notes} notes held: CPU of a server just started"),
        passed.cpu.as_secs_f64() * 1e3,
        2.0,
        "ms",
    );
}
