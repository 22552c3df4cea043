//! Exactly once in effect: server and importer are killed at random moments, requests and answers are lost, torn,
//! repeated and late, the feed is read again from an older place; and in the end every version is where it belongs, once.

use std::collections::BTreeMap;
use std::time::Duration;

use client_core::notebook::State;
use doorstep_tests::process::sample_bodies;
use doorstep_tests::{Chance, Mischief, seed};
use notes::ids::DocumentId;

use super::council::{Council, OPEN};
use super::judge::{Verdict, judge};

/// People whose cases are closed, in use, or not there at all, now and then.
const UNSTEADY: [&str; 5] = ["P104226", "P104233", "P104241", "P104247", "P104252"];
const FIRST_VISIT: i64 = 1_780_000_000_000;
/// A title with *Hospital visit* is longer than the case system takes at first, one with *Home visit* is not.
const SHORT: &str = "30";

/// What really happened.
#[derive(Debug, Default)]
struct Tally {
    server_killed: u32,
    importer_killed: u32,
    /// A page was given to it, and it died before it had taken it.
    with_a_page_in_hand: u32,
    /// It had taken a page, and died before its receipts were answered.
    with_receipts_in_hand: u32,
    /// Its receipts were lost on the way, and it died before it could send them again.
    with_receipts_lost: u32,
    set_back: u32,
    /// The desk took a note back.
    taken_back: u32,
}

struct Rounds {
    council: Council,
    chance: Chance,
    bodies: Vec<String>,
    unstorable: Vec<DocumentId>,
    /// Of each note whose it is, and when the visit was.
    visits: BTreeMap<DocumentId, (&'static str, i64)>,
    cursors: Vec<String>,
    tally: Tally,
}

fn rounds() -> u64 {
    let asked = std::env::var("DOORSTEP_ROUNDS").ok();
    let long = std::env::var_os("DOORSTEP_LONG").is_some();
    asked.map_or(if long { 1_000 } else { 60 }, |n| n.parse().expect("a number"))
}

fn wait_until(at_most_ms: u64, holds: impl Fn() -> bool) -> bool {
    for _ in 0..at_most_ms / 2 {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}

#[test]
fn each_version_is_taken_once_or_refused_or_outstanding_whatever_is_killed_cut_or_repeated() {
    let (seed, rounds) = (seed(2060), rounds());
    let mut council = Council::new(seed);
    council.importer.sets("CASE_SYSTEM_MAX_TITLE", SHORT);
    council.importer.starts();
    council.rough.is_rough(true);
    let mut all = Rounds {
        council,
        chance: Chance::new(seed, "killer"),
        bodies: sample_bodies(),
        unstorable: Vec::new(),
        visits: BTreeMap::new(),
        cursors: Vec::new(),
        tally: Tally::default(),
    };
    for round in 0..rounds {
        all.round(round);
        if round % 10 == 9 {
            all.council.syncs_until_told();
        }
    }
    all.comes_to_rest();
    all.leaves_one_open();
    let before = judge(&all.council);
    all.mended();
    let after = judge(&all.council);
    all.reports(seed, rounds, before, after);
    all.phone_knows();
}

impl Rounds {
    fn round(&mut self, round: u64) {
        self.deeds(round);
        if self.chance.one_in(3) {
            self.case_changes();
        }
        let place = self.place();
        let (pages, receipts) = (self.council.rough.pages(), self.council.rough.receipts());
        self.council.syncs();
        let rough = &self.council.rough;
        match self.chance.below(8) {
            0..3 => {
                let given = wait_until(800, || rough.pages() > pages);
                std::thread::sleep(Duration::from_millis(self.chance.below(12)));
                self.importer_dies(given.then_some(place));
            }
            3 => {
                wait_until(800, || rough.receipts() > receipts);
                std::thread::sleep(Duration::from_millis(self.chance.below(12)));
                self.importer_dies(None);
            }
            4 => {
                rough.loses_receipts(true);
                let lost = wait_until(800, || rough.has_lost_receipts());
                rough.loses_receipts(false);
                self.tally.with_receipts_lost += u32::from(lost);
                self.importer_dies(None);
            }
            5 => {
                wait_until(800, || rough.receipts() > receipts);
                std::thread::sleep(Duration::from_micros(self.chance.below(6_000)));
                self.server_dies();
            }
            6 => {
                std::thread::sleep(Duration::from_millis(self.chance.below(200)));
                self.server_dies();
            }
            _ => {
                wait_until(800, || rough.pages() > pages);
                self.server_dies();
                self.importer_dies(None);
            }
        }
    }

    /// Kofi finishes notes and adds to others; now and then the desk takes one back.
    fn deeds(&mut self, round: u64) {
        for deed in 0..=self.chance.below(3) {
            let council = &mut self.council;
            let may_change =
                |note: &&DocumentId| !council.ledger[note].taken_back && !council.untold.contains(note);
            let notes: Vec<_> = council.ledger.keys().filter(may_change).copied().collect();
            let old = (!notes.is_empty()).then(|| *self.chance.pick(&notes));
            match old.map(|note| (note, self.chance.below(12))) {
                Some((note, 0..4)) => council.adds(note, &format!("Added in round {round}, {deed}.")),
                Some((note, 4)) => self.writes_twice(note, round),
                _ => self.begins(round, deed),
            }
        }
    }

    fn begins(&mut self, round: u64, deed: u64) {
        let people = if self.chance.one_in(2) {
            &OPEN[..]
        } else {
            &UNSTEADY[..]
        };
        let case_id = *self.chance.pick(people);
        let kind = if self.chance.one_in(6) {
            "hospital_visit"
        } else {
            "home_visit"
        };
        let bad = self.chance.one_in(20);
        let mut body = format!("{} ({round}, {deed})", self.chance.pick(&self.bodies));
        if bad {
            body.push('\0');
        }
        // Each visit has a time of its own.
        let at = FIRST_VISIT + 3_600_000 * i64::try_from(self.visits.len()).unwrap();
        let note = self.council.finishes_visit_at(Some(at), case_id, kind, &body);
        self.visits.insert(note, (case_id, at));
        self.unstorable.extend(bad.then_some(note));
    }

    /// A second note about the same visit, which the desk takes back.
    fn writes_twice(&mut self, note: DocumentId, round: u64) {
        let (case_id, at) = self.visits[&note];
        let body = format!("Written twice, in round {round}.");
        let second = self
            .council
            .finishes_visit_at(Some(at), case_id, "home_visit", &body);
        self.visits.insert(second, (case_id, at));
        self.council.syncs_until_told();
        self.council.takes_back(second);
        self.tally.taken_back += 1;
    }

    fn case_changes(&self) {
        let case_id = *self.chance.pick(&UNSTEADY);
        match self.chance.below(4) {
            0 => self.council.has_case(case_id, "'2026-10-01'", "NULL"),
            1 => self.council.has_case(case_id, "NULL", "'Lesley Marchetti'"),
            _ => self.council.has_case(case_id, "NULL", "NULL"),
        }
    }

    /// Where the importer stands in the feed; empty at the beginning.
    fn place(&self) -> String {
        let rows = self.council.postgres.asks("SELECT cursor FROM place");
        let cursor = rows.first().and_then(|row| row["cursor"].as_str());
        cursor.unwrap_or_default().to_owned()
    }

    /// It is killed and started again, sometimes at an older place. With the place that it had before it was given a page,
    /// what it had in hand is counted.
    fn importer_dies(&mut self, given_at: Option<String>) {
        assert!(
            self.council.importer.is_killed(),
            "it had ended by itself\n{}",
            self.council.importer.log()
        );
        self.tally.importer_killed += 1;
        let place = self.place();
        self.tally.with_a_page_in_hand += u32::from(given_at.is_some_and(|before| before == place));
        let unsent = self
            .council
            .postgres
            .asks("SELECT count(*) AS n FROM receipt WHERE answer IS NULL");
        self.tally.with_receipts_in_hand += u32::from(unsent[0]["n"] != 0);
        self.cursors.push(place);
        if self.chance.one_in(5) {
            let older = self.chance.pick(&self.cursors);
            self.council
                .postgres
                .runs(&format!("UPDATE place SET cursor = nullif('{older}', '')"));
            self.tally.set_back += 1;
        }
        self.council.importer.starts();
    }

    fn server_dies(&mut self) {
        self.council.server.kill();
        self.tally.server_killed += 1;
        self.council.server.start();
    }

    /// Fair weather: everything that is on its way arrives. The last of all faults is that the receipts of one note are
    /// lost and the importer dies, so that no other reading mends it.
    fn comes_to_rest(&mut self) {
        self.council.rough.is_rough(false);
        self.council.syncs_until_told();
        self.council.rough.loses_receipts(true);
        let body = "Its receipt is lost.";
        self.council.finishes(OPEN[0], "home_visit", body);
        self.council.syncs_until_told();
        let rough = &self.council.rough;
        assert!(wait_until(60_000, || rough.has_lost_receipts()));
        self.council.importer.is_killed();
        // What was late is not any more.
        std::thread::sleep(Duration::from_millis(500));
        self.council.importer.does(&["run", "--once"]);
    }

    /// At the end somebody has a record open, so that something is outstanding.
    fn leaves_one_open(&mut self) {
        self.council.has_case(UNSTEADY[0], "NULL", "'Lesley Marchetti'");
        self.council
            .finishes(UNSTEADY[0], "home_visit", "Somebody has it open.");
        self.council.syncs_until_told();
        self.council.importer.does(&["run", "--once"]);
    }

    /// The case system's records are mended, and what was refused is tried again.
    fn mended(&mut self) {
        for case_id in UNSTEADY {
            self.council.has_case(case_id, "NULL", "NULL");
        }
        self.council.importer.sets("CASE_SYSTEM_MAX_TITLE", "100");
        self.council.importer.does(&["retry"]);
        self.council.importer.does(&["run", "--once"]);
    }

    fn reports(&self, seed: u64, rounds: u64, before: Verdict, after: Verdict) {
        let done = self.council.rough.done();
        println!("seed {seed}, {rounds} rounds: {:?}", self.tally);
        println!("on the way: {done:?}");
        println!("before the records were mended: {before:?}, afterwards: {after:?}");
        let versions = |note: &DocumentId| self.council.ledger[note].versions.len();
        let unstorable = self.unstorable.iter().map(versions).sum();
        assert_eq!((after.refused, after.outstanding), (unstorable, 0));
        assert_eq!(self.council.outstanding(), Vec::<serde_json::Value>::new());
        let log = self.council.importer.log();
        assert!(!log.contains("somebody must look"), "{log}");
        let happened = [
            self.tally.server_killed,
            self.tally.importer_killed,
            self.tally.with_a_page_in_hand,
            self.tally.with_receipts_in_hand,
            self.tally.with_receipts_lost,
            self.tally.set_back,
            self.tally.taken_back,
        ];
        assert!(
            happened.iter().all(|count| *count > 0),
            "each sort of fault happened"
        );
        assert!(Mischief::ALL.iter().all(|mischief| done.contains_key(mischief)));
        assert!(
            before.imported > 0 && before.refused > 0 && before.outstanding > 0,
            "the story is about something"
        );
    }

    /// The phone knows it too, of every note.
    fn phone_knows(&mut self) {
        self.council.syncs();
        for (note, _) in self.council.ledger.iter().filter(|(_, told)| !told.taken_back) {
            let shown = self.council.phone.book.listed(*note).unwrap().unwrap();
            let expected = if self.unstorable.contains(note) {
                State::Refused
            } else {
                State::InCaseSystem
            };
            assert_eq!(shown.state, expected, "{note}");
        }
        self.council.server.kill();
        self.council.server.verify();
    }
}
