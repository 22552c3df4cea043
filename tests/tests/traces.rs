//! Recordings of real people, typed again on phones and carried through the server. Each ends, on the
//! phones and in the export, as it ended for those who were recorded.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::{Duration, Instant};

use client_core::{Ended, SyncMode};
use doorstep_tests::traces::{self, Act, Patch};
use doorstep_tests::{Phone, Village};
use notes::ids::DocumentId;

#[expect(
    clippy::disallowed_methods,
    reason = "how long a test took is no part of what it tests"
)]
fn begun() -> Instant {
    Instant::now()
}

fn took(what: &str, since: Instant, acts: usize) {
    let took: Duration = since.elapsed();
    println!("{what}: {acts} acts in {:.1} s", took.as_secs_f64());
}

fn types(phone: &mut Phone, note: DocumentId, patches: &[Patch]) {
    for (at, delete, insert) in patches {
        phone.edits(note, *at, *delete, insert).unwrap();
    }
}

fn ends_as(v: &Village, note: DocumentId, phones: &mut [&mut Phone], end: &str) {
    v.until_quiet(phones);
    for phone in phones.iter_mut() {
        assert_eq!(phone.body(note), end, "on {}", phone.name);
    }
    phones[0].finishes(note);
    v.until_quiet(phones);
    let events = v.case_system().takes_all();
    let about: Vec<_> = events.iter().filter(|event| event.is_about(note)).collect();
    assert_eq!(about.len(), 1);
    assert_eq!(about[0].text("body"), end, "in the export");
    assert!(v.admin().issues().iter().all(|issue| issue["kind"] != "held"));
    v.nothing_shown_is_missing();
    v.server.verify();
}

/// Two people in one note: each transaction is typed on a phone that has seen exactly what its writer
/// had seen. A request pushes without pulling, or pulls without pushing, so that this can be.
#[test]
fn two_friends_write_one_joint_note() {
    let trace = traces::concurrent("friendsforever");
    let acts = trace.order_for_two();
    let since = begun();
    let mut v = Village::new(7);
    let mut kofi = v.phone("W105");
    let mut ruth = v.phone("W101");
    let note = kofi.new_note("P104201", "conversation");
    v.until_quiet(&mut [&mut kofi]);
    ruth.joins(note);
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    let mut phones = [kofi, ruth];
    for act in &acts {
        v.time.pass(100);
        match *act {
            Act::Types(agent, txn) => types(&mut phones[agent], note, &trace.txns[txn].patches),
            Act::Sends(agent) => {
                assert_eq!(phones[agent].passes(SyncMode::PushOnly).ended, Ended::Quiet);
                v.server.settle();
            }
            Act::Fetches(agent) => {
                assert_eq!(phones[agent].passes(SyncMode::PullOnly).ended, Ended::Quiet);
            }
        }
    }
    took("friendsforever", since, acts.len());
    let [kofi, ruth] = &mut phones;
    ends_as(&v, note, &mut [kofi, ruth], &trace.end_content);
}

/// What three people wrote together, typed by one in pieces.
#[test]
fn the_final_text_of_three_writers_goes_through_the_server() {
    let trace = traces::concurrent("clownschool");
    let since = begun();
    let mut v = Village::new(8);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "conversation");
    let letters: Vec<char> = trace.end_content.chars().collect();
    let mut pieces = 0;
    for piece in letters.chunks(40) {
        kofi.types(note, &piece.iter().collect::<String>());
        v.time.pass(700);
        pieces += 1;
        if pieces % 50 == 0 {
            kofi.syncs_well();
            v.server.settle();
        }
    }
    took("clownschool, the end", since, pieces);
    ends_as(&v, note, &mut [&mut kofi], &trace.end_content);
}

/// One very long note, patch by patch.
#[test]
fn a_long_post_is_one_note() {
    let trace = traces::sequential("seph-blog1");
    let since = begun();
    let mut v = Village::new(9);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "conversation");
    kofi.types(note, &trace.start_content);
    for (index, txn) in trace.txns.iter().enumerate() {
        types(&mut kofi, note, &txn.patches);
        v.time.pass(120);
        if index % 20_000 == 19_999 {
            kofi.syncs_well();
            v.server.settle();
        }
    }
    took("seph-blog1", since, trace.txns.len());
    ends_as(&v, note, &mut [&mut kofi], &trace.end_content);
}
