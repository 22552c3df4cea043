//! Chance against convergence: three phones do random things over links that break at random, on a
//! server that judges when it likes and dies now and then. Whatever happened, all agree at the end.
//!
//! `DOORSTEP_SEED=N` tells one story again; with `DOORSTEP_LONG` there are ten times as many.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use client_core::SyncMode;
use doorstep_tests::{HOUR, Phone, Village};
use notes::ids::DocumentId;
use serde_json::json;

struct Story {
    v: Village,
    phones: Vec<Phone>,
    notes: Vec<DocumentId>,
}

const WORDS: [&str; 8] = ["tea ", "cat ", "frame ", "GP ", "hip ", "🙂 ", "ŷ ", "pendant\n"];
const FIELDS: [&str; 4] = ["body", "what_matters", "persons_words", "analysis"];

impl Story {
    fn begin(seed: u64) -> Self {
        let mut v = Village::new(seed);
        // Two of the north with a caseload, and one who only joins.
        let phones = ["W105", "W104", "W101"].map(|worker| v.phone(worker)).into();
        Self {
            v,
            phones,
            notes: Vec::new(),
        }
    }

    fn below(&self, end: usize) -> usize {
        usize::try_from(self.v.chance.below(end as u64)).unwrap()
    }

    fn act(&mut self) {
        let who = self.below(self.phones.len());
        self.v
            .time
            .pass(i64::try_from(self.v.chance.below(4_000)).unwrap());
        match self.below(20) {
            0 => self.begins(who),
            1..=7 => self.types(who),
            8 => self.sets(who),
            9 => self.marks(who),
            10 => self.finishes(who),
            11 => self.joins(who),
            12..=14 => drop(self.phones[who].syncs()),
            15 => {
                let half = *self.v.chance.pick(&[SyncMode::PushOnly, SyncMode::PullOnly]);
                self.phones[who].passes(half);
            }
            16 | 17 => self.v.server.settle(),
            18 if self.v.chance.one_in(3) => self.v.server.crash(),
            18 => self.phones[who].link.late_ones_arrive(),
            _ if self.v.chance.one_in(2) => self.phones[who].is_killed(),
            _ => self.v.time.pass(HOUR),
        }
    }

    fn begins(&mut self, who: usize) {
        let case_id = if who == 1 { "P104226" } else { "P104201" };
        let note = self.phones[who].new_note(case_id, "home_visit");
        self.notes.push(note);
    }

    fn some_note(&self) -> Option<DocumentId> {
        (!self.notes.is_empty()).then(|| self.notes[self.below(self.notes.len())])
    }

    /// Whatever is not allowed (the note is not here, or is finished) is refused, and that is fine.
    fn types(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let (word, field) = (*self.v.chance.pick(&WORDS), *self.v.chance.pick(&FIELDS));
        let at = self.v.chance.one_in(2).then(|| self.v.chance.below(20));
        let delete = self.v.chance.below(3);
        let book = self.phones[who].notebook();
        if book.type_text(note, field, at, delete, word, 10).is_err() {
            let _ = book.type_text(note, field, None, 0, word, 10);
        }
    }

    fn sets(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let n = self.v.chance.below(100);
        let book = self.phones[who].notebook();
        let _ = book.set(note, "actions.+", &json!({"what": format!("thing {n}")}));
        let _ = book.add(note, &format!("Addendum {n}."));
    }

    fn marks(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let start = self.v.chance.below(10);
        let _ = self.phones[who]
            .notebook()
            .mark(note, "body", start, start + 4, "third_party");
    }

    fn finishes(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let _ = self.phones[who].notebook().finish(note);
    }

    fn joins(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let _ = self.phones[who].notebook().join(note);
    }
}

fn once(seed: u64) {
    println!("DOORSTEP_SEED={seed}");
    let mut story = Story::begin(seed);
    for phone in &mut story.phones {
        phone.link.weather(&story.v.chance, 5);
    }
    for _ in 0..150 {
        story.act();
    }
    for phone in &mut story.phones {
        phone.link.weather(&story.v.chance, 0);
        phone.link.late_ones_arrive();
    }
    story.v.server.settle();
    let Story { v, phones, .. } = &mut story;
    let mut all: Vec<&mut Phone> = phones.iter_mut().collect();
    v.until_quiet(&mut all);
    // Who fetched a finish and then sent what was typed beside it is held: a person decides.
    for _ in 0..20 {
        let open = v.admin().issues();
        let waits = |issue: &&serde_json::Value| issue["kind"] == "held" || issue["kind"] == "conflict";
        let Some(issue) = open.iter().find(waits) else {
            break;
        };
        if issue["kind"] == "held" {
            let code = &issue["detail"]["code"];
            assert_eq!(
                code, "changed_after_finish",
                "honest phones are held for nothing else: {issue}"
            );
            let action: &&str = v.chance.pick(&["accept", "return", "set_aside"]);
            v.admin().decides(issue, action);
        } else {
            v.admin().settles(issue, "take", &json!({"index": 0}));
        }
        v.until_quiet(&mut all);
    }
    v.all_agree(&mut all);
    v.nothing_shown_is_missing();
    v.server.verify();
    // The reader itself stops where a version is missing or comes twice.
    let mut mosaic = v.case_system();
    mosaic.takes_all();
    let mut finished = BTreeMap::new();
    for phone in &mut all {
        for item in phone.list() {
            assert!(
                item.state != client_core::notebook::State::OnPhone,
                "{} waits",
                item.id
            );
            if phone.has_finished(item.id) {
                finished.insert(item.id, phone.body(item.id));
            }
        }
    }
    for (note, body) in &finished {
        let newest = mosaic
            .newest(*note)
            .unwrap_or_else(|| panic!("{note} is not in the feed"));
        assert_eq!(
            newest.text("body"),
            body,
            "the newest version is what the phones show"
        );
    }
    let told: std::collections::BTreeSet<_> = mosaic.records.keys().map(|(note, _)| note.clone()).collect();
    assert_eq!(told.len(), finished.len(), "and nothing unfinished is told");
    assert!(v.shown() > 0, "something was sent at all");
}

#[test]
fn whatever_three_phones_do_all_agree_at_the_end() {
    if let Ok(seed) = std::env::var("DOORSTEP_SEED") {
        return once(seed.parse().unwrap());
    }
    let many = if std::env::var_os("DOORSTEP_LONG").is_some() {
        200
    } else {
        20
    };
    for seed in 1..=many {
        once(seed);
    }
}
