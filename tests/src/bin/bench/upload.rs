//! The first upload, against the time that Automerge alone takes to load the same documents.

use notes::note;
use notes::wire::{Coding, Request, decode};

use client_core::notebook::SyncMode;
use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

use super::meter::{Folder, Server, cpu};
use super::phone::Phone;
use super::table::Table;
use doorstep_tests::visit::Pauses;

/// Uploads `count` notes and compares.
pub(crate) fn run(table: &mut Table, name: &str, pauses: Pauses, count: u64) {
    let mut server = Server::new("upload");
    let mut phone = Phone::enrolled(&mut server, "W101", Folder::new("upload-phone"));
    for n in 0..count {
        phone.write(n, pauses);
    }
    server.reset();
    let report = phone.book.sync(&mut server, SyncMode::PushOnly).unwrap();
    assert_eq!(report.sent, count, "every note is accepted");
    let accepted = server.passed;
    // The same documents, as Automerge itself saves and loads them.
    let documents: Vec<automerge::Automerge> = server
        .bodies
        .iter()
        .flat_map(|(body, packed)| {
            let coding = if *packed { Coding::Zstd } else { Coding::Identity };
            decode::<Request>(body, coding).unwrap().pushes
        })
        .map(|push| note::load(&push.chunks[0]).unwrap())
        .collect();
    assert_eq!(documents.len() as u64, count);
    let changes: usize = documents.iter().map(|doc| doc.get_changes_meta(&[]).len()).sum();
    let saves: Vec<Vec<u8>> = documents.iter().map(automerge::Automerge::save).collect();
    drop(documents);
    let Cost { projecting, alone } = side_by_side(&server, &saves);
    let accepting = accepted.cpu.as_secs_f64();
    let compressed: usize = saves.iter().map(Vec::len).sum();
    let head = format!("first upload, {count} notes, {name}");
    table.told(
        format!("{head}: changes a note"),
        changes as f64 / count as f64,
        "",
    );
    table.told(
        format!("{head}: compressed save a note"),
        compressed as f64 / count as f64,
        "B",
    );
    table.told(
        format!("{head}: Automerge's own load, a note"),
        alone / count as f64 * 1e3,
        "ms",
    );
    table.at_most(
        format!("{head}: server CPU until accepted"),
        accepting / alone,
        0.1,
        "×",
    );
    table.at_most(
        format!("{head}: server CPU until projected"),
        accepting / alone + projecting,
        1.3,
        "×",
    );
    table.at_most(
        format!("{head}: wire / compressed saves"),
        accepted.up as f64 / compressed as f64,
        0.6,
        "×",
    );
    table.told(format!("{head}: requests"), f64::from(accepted.requests), "");
}

/// What projecting the same notes costs, against Automerge alone.
struct Cost {
    /// Processor time of projecting by that of loading.
    projecting: f64,
    /// Seconds of processor time in which Automerge loads all of them.
    alone: f64,
}

/// A machine is now slower, now faster, for a tenth of a second or for minutes, and never faster than it is. So the two go
/// by turns, on one core, Automerge before and after each batch that is projected, and of each the quickest turns count.
fn side_by_side(server: &Server, saves: &[Vec<u8>]) -> Cost {
    let _pinned = Pinned::here();
    let (mut projecting, mut alone) = (Vec::new(), Vec::new());
    let (mut left, mut next) = (saves, 1);
    loop {
        let (now, later) = left.split_at(next.min(left.len()));
        let before = time(|| load(now));
        let mut judged = 0;
        let spent = time(|| judged = server.project_some(BATCH));
        if judged == 0 {
            break;
        }
        assert_eq!(
            judged,
            now.len(),
            "a batch is twice as large as the one before it"
        );
        let after = time(|| load(now));
        let each = |seconds| seconds / judged as f64;
        projecting.push(each(spent));
        alone.extend([each(before), each(after)]);
        (left, next) = (later, (next * 2).min(BATCH));
    }
    assert!(left.is_empty(), "every note was projected");
    let (projecting, alone) = (quick(projecting), quick(alone));
    Cost {
        projecting: projecting / alone,
        alone: alone * saves.len() as f64,
    }
}

/// The first quarter of some measurements, from the least.
fn quick(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 4]
}

/// This thread, and those that it begins, on one core: cores differ by what else runs on them, and the projector's
/// thread would be put onto another one.
struct Pinned(CpuSet);

impl Pinned {
    fn here() -> Self {
        let before = sched_getaffinity(None).unwrap();
        let mut one = CpuSet::new();
        one.set(sched_getcpu());
        sched_setaffinity(None, &one).unwrap();
        Self(before)
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        sched_setaffinity(None, &self.0).unwrap();
    }
}

/// Seconds of processor time that something takes.
fn time(work: impl FnOnce()) -> f64 {
    let before = cpu();
    work();
    cpu().saturating_sub(before).as_secs_f64()
}

/// Has Automerge alone load these.
fn load(saves: &[Vec<u8>]) {
    for save in saves {
        std::hint::black_box(note::load(save).unwrap());
    }
}

/// So many documents are projected at once, as the server does it.
const BATCH: usize = 64;
