//! The real process, killed: `kill -9` of `doorstep serve` at random moments while three phones
//! write and sync the sample notes over real sockets. Whatever a phone showed as sent must be there
//! afterwards, and phones and server must agree.
//!
//! `DOORSTEP_SEED` replays the moments as far as a real machine allows; `DOORSTEP_KILLS` sets how
//! many there are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "killed/phone.rs"]
mod phone;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use doorstep_tests::{Chance, Folder, Process, process, seed};
use phone::{Flights, Shown, Walker};

const WORKERS: [&str; 3] = ["W101", "W105", "W106"];

#[test]
fn nothing_shown_as_sent_is_lost_when_the_server_is_killed() {
    let kills: u32 = std::env::var("DOORSTEP_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(200);
    let seed = seed(2026);
    println!("seed {seed}, {kills} kills");
    let chance = Chance::new(seed, "killer");
    let folder = Folder::new();
    let mut server = Process::with_sample_team(folder.path());
    let flights = Flights::default();
    let stop = Arc::new(AtomicBool::new(false));
    let walkers: Vec<Walker> = WORKERS
        .iter()
        .map(|worker| {
            Walker::enrolled(
                worker,
                &server.code(worker),
                server.url(),
                folder.path(),
                &flights,
            )
        })
        .collect();
    let threads: Vec<_> = walkers
        .into_iter()
        .map(|mut walker| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                walker.works_until(&stop);
                walker
            })
        })
        .collect();

    let mut in_flight = 0;
    for kill in 0..kills {
        std::thread::sleep(Duration::from_millis(chance.below(60)));
        // Most kills wait until a request is under way, and then a little longer.
        if kill % 4 != 0 {
            flights.wait_for_one(Duration::from_secs(2));
            std::thread::sleep(Duration::from_micros(chance.below(4_000)));
        }
        in_flight += u32::from(flights.under_way() > 0);
        server.kill();
        server.start();
    }
    stop.store(true, Ordering::Relaxed);
    let mut walkers: Vec<Walker> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    println!("{kills} kills, {in_flight} with a request in flight");
    assert!(in_flight * 2 >= kills, "at least half of the kills hit a request");

    // The links are good from here on: everything arrives, and all agree.
    for _ in 0..2 {
        for walker in &mut walkers {
            walker.syncs_until_quiet();
        }
        server.wait_until_published();
    }
    server.stop();
    server.verify();
    let feed = process::feed(folder.path());
    let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
    for walker in &mut walkers {
        walker.agrees();
        shown.extend(walker.shown());
    }
    assert!(
        shown.len() > 20,
        "the story is about something: {} notes",
        shown.len()
    );
    println!(
        "{} notes were shown as sent, {} events in the feed",
        shown.len(),
        feed.events
    );
    for (note, shown) in &shown {
        let there = feed
            .newest
            .get(note)
            .unwrap_or_else(|| panic!("{note} was shown as sent and is not in the feed"));
        assert_eq!(
            there.body, shown.body,
            "{note}: another text than was shown as sent"
        );
        for addendum in &shown.addenda {
            assert!(
                there.addenda.contains(addendum),
                "{note}: an addendum shown as sent is missing"
            );
        }
    }
}
