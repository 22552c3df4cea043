//! A fleet: many real phones against one server, as a council's are on a Monday morning. Phones that rest are files;
//! one that wakes is opened by the next free thread at its time, has its pass, and is closed. It is not for stories:
//! nothing here looks into what a phone holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use client_core::host::{Clock, Host};
use client_core::{Ended, NewNote, Notebook, SyncMode, Who};
use server::core::Core;
use server::ops;

use crate::clock::{DAY, HOUR};
use crate::dice::Chance;
use crate::live::watch;
use crate::visit::{Step, note};
use crate::wire::{Flights, MachineClock, Wire, machine};

/// People on the caseload of each worker.
const CASELOAD: usize = 5;
/// Workers of a team.
const TEAM: usize = 50;
/// How often a pass is made anew where something still waits: the server's answers are of a bounded size.
const PASSES: usize = 50;

/// Who works in a council of so many phones, one each: `workers.csv` and `people.csv`, as a case system writes them.
#[must_use]
pub fn council(workers: usize) -> (String, String) {
    let mut staff = String::from("worker_id,name,email,role,team,profession\n");
    let mut people =
        String::from("case_id,forename,surname,date_of_birth,postcode,allocated_worker,allocated_team\n");
    for n in 0..workers {
        let (id, team) = (worker(n), n / TEAM + 1);
        let _ = writeln!(
            staff,
            "{id},Fleet Worker {n},{id}@example.org,practitioner,Fleet Team {team},Social worker"
        );
        for p in 0..CASELOAD {
            let year = 1930 + (n * CASELOAD + p) % 70;
            let _ = writeln!(
                people,
                "FP{:06},Fleet,Person {n}-{p},1{}/04/{year},ZZ9 {p}ZZ,{id},Fleet Team {team}",
                n * CASELOAD + p,
                p % 9
            );
        }
    }
    (staff, people)
}

/// The id of a fleet's worker.
#[must_use]
pub fn worker(n: usize) -> String {
    format!("F{n:05}")
}

/// Takes so many workers, with their people, into a server's folder, whether it serves or not, and makes a one-time code
/// for each.
///
/// # Errors
/// A sentence where the folder cannot be written.
pub fn invites(data: &Path, key: Option<[u8; 32]>, phones: usize) -> Result<Vec<String>, String> {
    let core = Core::open(data, key, server::host::Host::system()).map_err(|error| error.to_string())?;
    let (staff, people) = council(phones);
    ops::import::workers(&core, staff.as_bytes(), "fleet").map_err(|error| error.to_string())?;
    ops::import::people(&core, people.as_bytes(), "fleet").map_err(|error| error.to_string())?;
    let code = |n| ops::enrol::make_code(&core, &worker(n), DAY, "fleet").map(|made| made.code.shown());
    let codes = (0..phones).map(code);
    codes.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// The machine's clock, so much before its time: notes are written as if over a day.
struct Shifted(Arc<AtomicI64>);

impl Clock for Shifted {
    fn now_ms(&self) -> i64 {
        MachineClock.now_ms() + self.0.load(Ordering::Relaxed)
    }
}

/// All phones of a fleet, at rest.
pub struct Fleet {
    phones: Vec<Resting>,
    url: String,
}

/// A phone whose app is closed.
struct Resting {
    store: PathBuf,
    n: usize,
}

impl Resting {
    /// Opens the app.
    fn opens(&self, clock: &Arc<AtomicI64>) -> Notebook {
        // A clock of its own, so that a note's pauses can pass without anybody waiting.
        let host = Host {
            clock: Box::new(Shifted(Arc::clone(clock))),
            app: "fleet".to_owned(),
            ..machine(Chance::new(MachineClock.now_ms().unsigned_abs(), &worker(self.n)))
        };
        let path = self.store.to_str().expect("a path in UTF-8");
        Notebook::open(path, &[3; 32], host).expect("the store opens")
    }
}

/// What came of the passes of a fleet.
#[derive(Debug, Clone, Default)]
pub struct Morning {
    /// How long each phone's passes took, from the first request to the last answer, sorted.
    pub took: Vec<Duration>,
    /// How often each thing went wrong: a problem's code, or `offline`.
    pub errors: BTreeMap<String, u64>,
    /// Notes of which something was sent.
    pub sent: u64,
    /// Chunks that came.
    pub received: u64,
    /// Requests.
    pub requests: u64,
    /// Notes that still wait on a phone in the end.
    pub waiting: u64,
    /// From the first phone's waking to the last one's rest.
    pub lasted: Duration,
}

impl Morning {
    /// The time that so many in a hundred phones stay below.
    #[must_use]
    pub fn percentile(&self, hundredth: usize) -> Duration {
        let place = (self.took.len() * hundredth).div_ceil(100).saturating_sub(1);
        self.took.get(place).copied().unwrap_or_default()
    }

    /// All of it in words: counts, percentiles, a histogram, what went wrong.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = format!(
            "{} phones in {:.1} s: {} notes sent, {} chunks received, {} requests, {} still wait\n",
            self.took.len(),
            self.lasted.as_secs_f64(),
            self.sent,
            self.received,
            self.requests,
            self.waiting
        );
        for hundredth in [50, 90, 99, 100] {
            let ms = self.percentile(hundredth).as_secs_f64() * 1e3;
            let _ = writeln!(text, "  p{hundredth:<3} {ms:>9.1} ms");
        }
        let most = self.buckets().into_values().max().unwrap_or(1);
        for (below_ms, count) in self.buckets() {
            let bar = "#".repeat((count * 50).div_ceil(most));
            let _ = writeln!(text, "  < {below_ms:>7} ms {count:>7}  {bar}");
        }
        for (what, count) in &self.errors {
            let _ = writeln!(text, "  {what}: {count}");
        }
        text
    }

    /// How many phones took less than each power of two, in milliseconds, and not less than the one before.
    fn buckets(&self) -> BTreeMap<u128, usize> {
        let mut buckets = BTreeMap::new();
        for took in &self.took {
            *buckets
                .entry((took.as_millis() + 1).next_power_of_two())
                .or_default() += 1;
        }
        buckets
    }

    fn add(&mut self, other: Self) {
        self.took.extend(other.took);
        for (what, count) in other.errors {
            *self.errors.entry(what).or_default() += count;
        }
        self.sent += other.sent;
        self.received += other.received;
        self.requests += other.requests;
        self.waiting += other.waiting;
    }
}

impl Fleet {
    /// Sets up a phone for each of these codes, a worker each: enrolled, and with all that is there for them.
    pub fn enrols(url: &str, folder: &Path, codes: &[String], threads: usize) -> Self {
        let phones: Vec<Resting> = (0..codes.len())
            .map(|n| Resting {
                store: folder.join(format!("phone-{n:05}.db")),
                n,
            })
            .collect();
        let fleet = Self {
            phones,
            url: url.to_owned(),
        };
        fleet.each("enrolled", threads, |resting| {
            let mut book = resting.opens(&Arc::default());
            let mut wire = Wire::to(url, &Flights::default());
            let code = codes.get(resting.n).expect("a code for each");
            let ended = book.enrol(&mut wire, code, url).expect("the store is fine");
            assert_eq!(ended, Ended::Quiet, "phone {} enrols", resting.n);
            passes(&mut book, &mut wire)
        });
        fleet
    }

    /// Each phone writes so many notes and finishes them; nothing is sent. `from` tells them apart from those before.
    pub fn writes(&self, notes: u64, from: u64, threads: usize) {
        self.each("written", threads, |resting| {
            let clock = Arc::new(AtomicI64::new(-DAY));
            let mut book = resting.opens(&clock);
            let people = book
                .people(None)
                .expect("the people")
                .into_iter()
                .filter(|p| p.mine);
            let people: Vec<String> = people.map(|p| p.case_id).collect();
            assert!(!people.is_empty(), "phone {} has a caseload", resting.n);
            for n in from..from + notes {
                let person = &people[usize::try_from(n).expect("a number") % people.len()];
                writes_one(&mut book, &clock, person, n, n * 10_000 + resting.n as u64);
            }
            Morning::default()
        });
    }

    /// All phones wake within so long, evenly, and make their passes until nothing waits; at most so many at once. Those
    /// of nought seconds wake together, each on a thread of its own.
    pub fn wakes(&self, within: Duration, threads: usize) -> Morning {
        if within.is_zero() {
            return self.wakes_together();
        }
        let begun = watch();
        let count = |n: usize| u32::try_from(n).expect("so many phones");
        let apart = |n: usize| within * count(n) / count(self.phones.len());
        self.each("passed", threads, |resting| {
            std::thread::sleep(apart(resting.n).saturating_sub(begun.elapsed()));
            let mut book = resting.opens(&Arc::default());
            passes(&mut book, &mut Wire::to(&self.url, &Flights::default()))
        })
    }

    fn wakes_together(&self) -> Morning {
        let barrier = Barrier::new(self.phones.len());
        let sum = Mutex::new(Morning::default());
        std::thread::scope(|scope| {
            for resting in &self.phones {
                scope.spawn(|| {
                    let mut book = resting.opens(&Arc::default());
                    let mut wire = Wire::to(&self.url, &Flights::default());
                    barrier.wait();
                    let one = passes(&mut book, &mut wire);
                    sum.lock().unwrap_or_else(PoisonError::into_inner).add(one);
                });
            }
        });
        let mut sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
        sum.took.sort();
        // All began together.
        sum.lasted = sum.percentile(100);
        sum
    }

    /// Does something with each phone, in their order, on so many threads, and tells how far it is.
    fn each(&self, done: &str, threads: usize, work: impl Fn(&Resting) -> Morning + Sync) -> Morning {
        let (next, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let sum = Mutex::new(Morning::default());
        let begun = watch();
        std::thread::scope(|scope| {
            for _ in 0..threads.clamp(1, self.phones.len().max(1)) {
                scope.spawn(|| {
                    while let Some(resting) = self.phones.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let one = work(resting);
                        sum.lock().unwrap_or_else(PoisonError::into_inner).add(one);
                        tell(
                            done,
                            finished.fetch_add(1, Ordering::Relaxed) + 1,
                            self.phones.len(),
                            begun,
                        );
                    }
                });
            }
        });
        let mut sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
        sum.took.sort();
        sum.lasted = begun.elapsed();
        sum
    }
}

/// A bar of progress, drawn a hundred times, where somebody looks.
fn tell(done: &str, finished: usize, all: usize, begun: Instant) {
    use std::io::{IsTerminal as _, Write as _};
    let step = all.div_ceil(100);
    if !finished.is_multiple_of(step) && finished != all {
        return;
    }
    let mut out = std::io::stderr();
    if !out.is_terminal() {
        return;
    }
    let filled = finished * 40 / all;
    let bar = format!("{}{}", "#".repeat(filled), ".".repeat(40 - filled));
    let end = if finished == all { "\n" } else { "" };
    // Whoever no longer looks loses nothing.
    let _ = write!(
        out,
        "\r[{bar}] {finished} of {all} phones {done}, {:.0} s{end}",
        begun.elapsed().as_secs_f64()
    );
    let _ = out.flush();
}

/// Passes until nothing waits and nothing comes, timed.
fn passes(book: &mut Notebook, wire: &mut Wire) -> Morning {
    let mut morning = Morning::default();
    let begun = watch();
    for _ in 0..PASSES {
        let report = book.sync(wire, SyncMode::Both).expect("the store is fine");
        morning.sent += report.sent;
        morning.received += report.received;
        morning.requests += report.requests;
        morning.waiting = report.waiting;
        match &report.ended {
            Ended::Quiet => {}
            Ended::Offline => *morning.errors.entry("offline".to_owned()).or_default() += 1,
            Ended::Refused(refusal) => *morning.errors.entry(refusal.code.clone()).or_default() += 1,
        }
        if report.ended == Ended::Quiet && report.waiting == 0 {
            break;
        }
    }
    morning.took.push(begun.elapsed());
    morning
}

/// One visit of some 700 words, as it is typed; a change at each pause.
fn writes_one(book: &mut Notebook, clock: &AtomicI64, person: &str, n: u64, seed: u64) {
    // One visit an hour, so that no two look like the same.
    let hours = i64::try_from(n + 1).expect("a number of hours");
    let started_at = MachineClock.now_ms() + clock.load(Ordering::Relaxed) - hours * HOUR;
    let new = NewNote {
        who: Who::CaseId(person),
        kind: "home_visit",
        started_at: Some(started_at),
        ended_at: Some(started_at + HOUR / 2),
    };
    let id = book.new_note(&new).expect("a note begins");
    for (count, step) in note(seed).into_iter().enumerate() {
        match step {
            Step::Type(at, text) => book
                .type_text(id, "body", Some(at), 0, &text, 0)
                .expect("it is typed"),
            Step::Set(path, value) => {
                book.set(id, path, &value).expect("it is set");
            }
        }
        clock.fetch_add(if count % 5 == 4 { 3_000 } else { 500 }, Ordering::Relaxed);
    }
    book.finish(id).expect("it is finished");
}
