//! The first upload, against the time that Automerge alone takes to load the same documents.

use notes::note;
use notes::wire::{Coding, Request, decode};

use client_core::notebook::SyncMode;

use super::corpus::Pauses;
use super::meter::{Folder, Server, cpu};
use super::phone::Phone;
use super::table::Table;

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
    let (projecting, alone) = side_by_side(&server, &saves);
    let accepting = accepted.cpu.as_secs_f64();
    let projected = accepting + projecting;
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
        projected / alone,
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

/// Seconds of processor time that projecting takes, and that Automerge alone takes to load the same
/// number of documents; by turns, so that a machine that is now slower, now faster is so for both.
fn side_by_side(server: &Server, saves: &[Vec<u8>]) -> (f64, f64) {
    let (mut projecting, mut alone) = (0.0, 0.0);
    let mut left = saves;
    loop {
        let before = cpu();
        let judged = server.project_some();
        projecting += cpu().saturating_sub(before).as_secs_f64();
        if judged == 0 {
            break;
        }
        let (now, later) = left.split_at(left.len().min(judged));
        let before = cpu();
        for save in now {
            std::hint::black_box(note::load(save).unwrap());
        }
        alone += cpu().saturating_sub(before).as_secs_f64();
        left = later;
    }
    assert!(left.is_empty(), "every note was projected");
    (projecting, alone)
}
