//! Never: a held note is lost.

use client_core::notebook::State;
use doorstep_tests::hostile::{Outlaw, honest_note, push};
use doorstep_tests::{DAY, Village};
use notes::wire::Outcome;
use server::store::EntryState;

/// Whatever it is held for, its bytes stand whole in the log, through crashes and decisions, and an
/// issue asks a person.
#[test]
fn its_bytes_are_whole_and_somebody_is_asked() {
    let v = Village::new(501);
    let mut outlaw = Outlaw::of(&v, "W105");
    let person = v.admin().person("P104201");
    let honest = honest_note(outlaw.actor, person, "Words that matter.").save_nocompress();
    let mut damaged = honest.clone();
    damaged[20] ^= 0x10;
    let stranger = v.admin().person("P104212");
    let for_a_stranger = honest_note(outlaw.actor, stranger, "Not ours.").save_nocompress();
    let lines = [
        ("damaged", person, damaged),
        ("not of the team", stranger, for_a_stranger),
        ("cut short", person, honest[..honest.len() / 2].to_vec()),
    ];
    for (what, named, chunk) in lines {
        let note = outlaw.note_id();
        let verdicts = outlaw.pushes(vec![push(note, Some(named), vec![chunk.clone()])]);
        assert_eq!(verdicts[0].0, Outcome::Held, "{what}");
        v.server.crash();
        v.server.settle();
        let kept = |state: EntryState| {
            let log = v.server.log();
            log.iter()
                .any(|e| e.entry.document == note && e.entry.chunk == chunk && e.entry.state == state)
        };
        assert!(kept(EntryState::Held), "{what}");
        let issue = v.admin().issue("held", note);
        v.admin().decides(&issue, "set_aside");
        v.time.pass(400 * DAY);
        v.server.settle();
        v.server.crash();
        assert!(
            kept(EntryState::SetAside),
            "{what}: a decision does not delete it"
        );
    }
    v.server.verify();
}

/// What the judge holds later is kept as well, and a person may let it in.
#[test]
fn a_person_may_let_it_in() {
    let mut v = Village::new(502);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Written before the phone was taken away.");
    kofi.finishes(note);
    v.admin().revokes(&kofi);
    let report = kofi.syncs();
    assert_eq!(kofi.state(note), State::Held);
    assert_eq!(report.held.len(), 1, "and the phone says so");
    v.server.settle();
    assert!(v.case_system().reads().is_empty(), "held is not published");
    v.server.crash();
    let issue = v.admin().issue("held", note);
    v.admin().decides(&issue, "accept");
    v.server.settle();
    let events = v.case_system().takes_all();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].text("body"), "Written before the phone was taken away.");
}

/// What is returned to its author is not lost either: what was written after the held part is written
/// again, and the held part is kept on both sides.
#[test]
fn what_is_returned_is_kept_on_both_sides() {
    let mut v = Village::new(503);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "In the team.");
    v.until_quiet(&mut [&mut kofi]);
    v.admin().allocates("P104201", "W108");
    // Kofi has not heard of it, and writes on.
    kofi.types(note, " Out of the team.");
    let wrote = kofi.still_has(note);
    kofi.syncs();
    v.server.settle();
    let issue = v.admin().issue("held", note);
    v.admin().allocates("P104201", "W105");
    v.admin().decides(&issue, "return");
    v.until_quiet(&mut [&mut kofi]);
    assert!(
        kofi.still_has(note).is_superset(&wrote),
        "on the phone, set aside"
    );
    assert!(v.server.changes().is_superset(&wrote), "in the log");
    assert_eq!(kofi.body(note), "In the team.", "the decision counts");
    v.all_agree(&mut [&mut kofi]);
}
