//! A note that is removed for good: it leaves the server, the feed and every phone; nobody loses what they had not
//! sent, and nobody is kept from their other work by it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use client_core::notebook::State;
use doorstep_tests::{Cut, Phone, Village};
use notes::ids::DocumentId;
use server::sync::{Why, erase};

fn finished(phone: &mut Phone, words: &str) -> DocumentId {
    let note = phone.new_note("P104201", "home_visit");
    phone.types(note, words);
    phone.finishes(note);
    note
}

/// A court orders it.
fn removes(v: &Village, note: DocumentId) {
    let core = v.server.core();
    let why = Why::Order("By order of the court.");
    let removed = core
        .store
        .write(|tx| erase(tx, &core.host, note, why, "operator"));
    assert!(removed.expect("it can be removed").is_some());
    assert!(core.store.clear_changes().expect("the log of changes is cut"));
    v.server.verify();
}

fn feed(v: &Village) -> String {
    String::from_utf8(v.server.feed().lines).unwrap()
}

/// Kofi wrote it, Margaret is on his caseload, and it is on two of his phones.
#[test]
fn it_leaves_every_phone_at_the_next_pass_and_the_other_notes_stay() {
    let mut v = Village::new(701);
    let (mut kofi, mut other) = (v.phone("W105"), v.phone("W105"));
    let (note, kept) = (
        finished(&mut kofi, "Of long ago."),
        finished(&mut kofi, "Of today."),
    );
    v.until_quiet(&mut [&mut kofi, &mut other]);
    assert!(other.item(note).is_some());
    let before = feed(&v);
    assert!(before.contains("Of long ago."));

    removes(&v, note);
    let after = feed(&v);
    assert!(!after.contains("Of long ago.") && after.contains("Of today."));
    assert_eq!(after.lines().count(), before.lines().count());
    for phone in [&mut kofi, &mut other] {
        let report = phone.syncs_well();
        assert_eq!(report.held, [], "there is nothing to decide");
        assert!(phone.item(note).is_none());
        assert_eq!(phone.body(kept), "Of today.");
        assert!(phone.still_has(note).is_empty(), "not a change of it is left");
    }
    // They go on from where they were.
    kofi.adds(kept, "She rang.");
    v.until_quiet(&mut [&mut kofi, &mut other]);
    assert_eq!(kofi.state(kept), State::OnServer);
    assert!(feed(&v).contains("She rang."));
    v.server.verify();
}

/// Kofi adds to it without signal, while it is removed.
#[test]
fn what_was_added_meanwhile_is_kept_aside_and_he_is_told() {
    let mut v = Village::new(702);
    let mut kofi = v.phone("W105");
    let (note, kept) = (
        finished(&mut kofi, "Of long ago."),
        finished(&mut kofi, "Of today."),
    );
    v.until_quiet(&mut [&mut kofi]);
    kofi.link.cut(Cut::BeforeRequest);
    kofi.adds(note, "She rang.");
    kofi.adds(kept, "She wrote.");
    kofi.syncs();
    let his = kofi.still_has(note);
    removes(&v, note);
    let head = v.server.heads().log;

    let told = kofi.syncs_well();
    let told: Vec<_> = told
        .held
        .iter()
        .map(|held| (held.id, held.code.as_str()))
        .collect();
    assert_eq!(told, [(note, "gone")]);
    assert!(kofi.item(note).is_none());
    assert!(his.is_subset(&kofi.still_has(note)), "no change of his is lost");
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(
        v.server.heads().log,
        head + 1,
        "the other addition, and nothing of this note"
    );
    assert_eq!(kofi.state(kept), State::OnServer);
    assert!(!feed(&v).contains("She rang."));
    kofi.is_killed();
    assert!(his.is_subset(&kofi.still_has(note)));
    assert_eq!(kofi.syncs_well().held, []);
    v.server.verify();
}

/// The server is set back to a day on which the note was there, and it is removed once more.
#[test]
fn a_server_that_was_set_back_has_it_again_until_it_is_removed_again() {
    let mut v = Village::new(703);
    let mut kofi = v.phone("W105");
    let note = finished(&mut kofi, "Of long ago.");
    v.until_quiet(&mut [&mut kofi]);
    let backup = v.server.backup();
    removes(&v, note);
    kofi.syncs_well();
    assert!(kofi.item(note).is_none());
    v.server.restore(&backup);
    v.server.verify();
    v.until_quiet(&mut [&mut kofi]);
    assert!(
        kofi.item(note).is_some(),
        "he has the person, so he is given what there is"
    );
    removes(&v, note);
    v.until_quiet(&mut [&mut kofi]);
    assert!(kofi.item(note).is_none());
    assert!(!feed(&v).contains("Of long ago."));
}
