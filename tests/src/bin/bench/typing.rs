//! One keystroke made durable, in a note of 900 words, on this machine's disk.

use std::time::Instant;

use client_core::notebook::{NewNote, Who};

use super::meter::{Folder, Server};
use super::phone::Phone;
use super::table::Table;

/// How many keys are timed.
const KEYS: usize = 2_000;

/// Types, and tells the times.
#[expect(clippy::disallowed_methods, reason = "a stopwatch")]
pub(crate) fn run(table: &mut Table) {
    let mut server = Server::new("typing");
    let mut phone = Phone::enrolled(&mut server, "W101", Folder::on_disk("typing-phone"));
    let case_id = phone.first_person();
    let new = NewNote {
        who: Who::CaseId(&case_id),
        kind: "home_visit",
        started_at: None,
        ended_at: None,
    };
    let id = phone.book.new_note(&new).unwrap();
    let words = "visit ".repeat(900);
    phone.book.type_text(id, "body", None, 0, &words, 0).unwrap();
    let mut times = Vec::with_capacity(KEYS);
    for key in 0..KEYS {
        phone.pass_ms(if key % 40 == 0 { 3_000 } else { 180 });
        let started = Instant::now();
        phone.book.type_text(id, "body", None, 0, "a", 180).unwrap();
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    table.told(
        "typing, note of 900 words: one durable key, p50",
        times[KEYS / 2],
        "ms",
    );
    table.at_most(
        "typing, note of 900 words: one durable key, p99",
        times[KEYS * 99 / 100],
        5.0,
        "ms",
    );
}
