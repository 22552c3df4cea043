//! W3 and W5: fifty phones that hold 200 notes each wake at once with ten new ones, against a real process, every change
//! on disk before it is answered; and what the server keeps of it in memory afterwards.

use std::time::Duration;

use doorstep_tests::Process;
use doorstep_tests::fleet::{Fleet, Morning, invites};
use doorstep_tests::live::watch;

use super::meter::{Folder, Peak, resident};
use super::table::Table;

const PHONES: usize = 50;
const KNOWN: u64 = 200;
const NEW: u64 = 10;
/// Phones of the fleet that are at work at once, while it is set up.
const THREADS: usize = 8;
/// How long the server has been idle when its memory is looked at.
const REST: Duration = Duration::from_secs(10);

/// Measures all of it.
pub(crate) fn run(table: &mut Table) {
    let (folder, phones) = (Folder::on_disk("morning"), Folder::new("morning-phones"));
    let mut server = Process::at(&folder.0.join("server"));
    server.set_environment(vec![("DOORSTEP_DATABASE_KEY".to_owned(), "07".repeat(32))]);
    let codes = invites(server.data(), Some([7; 32]), PHONES).unwrap();
    server.start();
    let fleet = Fleet::enrols(server.url(), &phones.0, &codes, THREADS);
    fleet.writes(KNOWN, 0, THREADS);
    quiet(&fleet.wakes(Duration::from_secs(1), THREADS), KNOWN);
    until_published(&server);
    // What the server made of them comes back, so that the next pass has only news.
    quiet(&fleet.wakes(Duration::from_secs(1), THREADS), 0);
    fleet.writes(NEW, KNOWN, THREADS);

    let peak = Peak::of(server.id());
    let morning = fleet.wakes(Duration::ZERO, PHONES);
    let published = {
        let begun = watch();
        until_published(&server);
        begun.elapsed()
    };
    let peak = peak.ends();
    quiet(&morning, NEW);
    let head = format!(
        "morning, {PHONES} phones at once, {NEW} new of {} notes each",
        KNOWN + NEW
    );
    let seconds = |hundredth| morning.percentile(hundredth).as_secs_f64();
    table.told(format!("{head}: a phone's pass, p50"), seconds(50), "s");
    table.at_most(format!("{head}: a phone's pass, p99"), seconds(99), 0.5, "s");
    table.told(
        format!("{head}: from then until published"),
        published.as_secs_f64(),
        "s",
    );
    table.told(
        format!("{head}: the server's memory, at most"),
        peak as f64 / 1e6,
        "MB",
    );
    std::thread::sleep(REST);
    let rests = resident(server.id()) as f64 / 1e6;
    table.at_most(format!("{head}: its memory at rest"), rests, 40.0, "MB");
}

/// However long it takes.
fn until_published(server: &Process) {
    while server.unjudged() > 0 {
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Nothing went wrong, and all was sent.
fn quiet(morning: &Morning, each: u64) {
    assert!(morning.errors.is_empty(), "{}", morning.summary());
    assert_eq!(
        (morning.sent, morning.waiting),
        (each * PHONES as u64, 0),
        "{}",
        morning.summary()
    );
}
