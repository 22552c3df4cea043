//! Never: a phone lets go of the only copy. Not before `accepted`, not on revoke, not on reallocation.

use std::collections::BTreeSet;

use automerge::ChangeHash;
use client_core::SyncMode;
use client_core::notebook::{State, Wipe};
use doorstep_tests::{Cut, DAY, Phone, Village};
use notes::ids::DocumentId;

/// Begins a note offline; gives it with everything that the phone has of it.
fn written_offline(phone: &mut Phone) -> (DocumentId, BTreeSet<ChangeHash>) {
    let note = phone.new_note("P104201", "home_visit");
    phone.types(note, "Only this phone knows.");
    let has = phone.still_has(note);
    assert!(has.len() >= 3, "the genesis, the beginning, the words");
    (note, has)
}

#[test]
fn not_before_an_answer_however_often_it_is_cut_and_killed() {
    let mut v = Village::new(301);
    let mut kofi = v.phone("W105");
    let (note, has) = written_offline(&mut kofi);
    for cut in Cut::ALL {
        kofi.link.cut(cut);
        kofi.syncs();
        kofi.is_killed();
        v.time.pass(20 * DAY);
        assert!(kofi.still_has(note).is_superset(&has), "{cut:?}");
    }
    kofi.syncs_well();
    assert!(v.server.changes().is_superset(&has));
}

/// Keys that were acknowledged and are not a change yet survive a kill in the middle of a word.
#[test]
fn not_a_key_that_was_acknowledged() {
    let mut v = Village::new(302);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    let words = "She went down like a sack of coal — “and got up like an old woman” 🙂.";
    let mut typed = String::new();
    for key in words.chars() {
        kofi.types(note, &key.to_string());
        typed.push(key);
        if v.chance.one_in(4) {
            kofi.is_killed();
        }
        v.time.pass(150);
    }
    kofi.is_killed();
    assert_eq!(kofi.body(note), typed);
}

#[test]
fn not_when_its_rights_are_taken_away() {
    let mut v = Village::new(303);
    let mut kofi = v.phone("W105");
    let (note, has) = written_offline(&mut kofi);
    v.admin().revokes(&kofi);
    for _ in 0..3 {
        kofi.syncs();
        v.server.settle();
        v.time.pass(20 * DAY);
        assert!(kofi.still_has(note).is_superset(&has), "on the phone");
    }
    assert_eq!(kofi.state(note), State::Held);
    assert!(v.server.changes().is_superset(&has), "on the server, held");
    let issue = v.admin().issue("held", note);
    assert_eq!(issue["detail"]["code"], "revoked_device", "{issue}");
    v.admin().decides(&issue, "accept");
    v.server.settle();
    let ruth = v.phone("W101");
    drop(ruth);
    v.server.verify();
}

/// A wipe waits until the server has everything, a file too, wherever the link is cut and whenever the phone dies.
#[test]
fn not_by_a_wipe() {
    let mut v = Village::new(306);
    for cut in Cut::ALL {
        for requests in 0..6 {
            let mut kofi = v.phone("W105");
            let (note, has) = written_offline(&mut kofi);
            let photo = [&b"\xff\xd8\xff\xe0"[..], &vec![7; 90_000]].concat();
            let file = kofi.attaches(note, &photo, "the ramp");
            v.admin().wipes(&kofi, false);
            kofi.link.cut_after(requests, cut);
            kofi.syncs();
            kofi.is_killed();
            let on_server =
                |v: &Village| v.server.changes().is_superset(&has) && v.server.file(file).is_some();
            let on_phone = kofi.still_has(note).is_superset(&has) && kofi.still_has_file(file);
            assert!(on_phone || on_server(&v), "{cut:?} after {requests}");
            kofi.link.calm();
            for _ in 0..3 {
                kofi.syncs();
                v.server.settle();
            }
            assert!(on_server(&v), "{cut:?} after {requests}");
            assert_eq!(kofi.notebook().ordered().unwrap().wipe, Some(Wipe::Done));
            assert!(kofi.still_has(note).is_empty() && !kofi.still_has_file(file));
            let desk = v.admin().device(&kofi);
            assert!(desk["wiped_at"].is_i64(), "{cut:?} after {requests}: {desk}");
            let issue = v.admin().issue("held", note);
            v.admin().decides(&issue, "accept");
        }
    }
    v.server.settle();
    v.server.verify();
}

/// The person goes to another worker of another team while the note is unsent. It is hidden at once,
/// and all the same it is still there, is still sent, and comes to where it belongs.
#[test]
fn not_when_the_person_goes_to_somebody_else() {
    the_person_goes(false);
}

/// The same, where the note had been offered to a server that never saw it.
#[test]
fn not_when_the_person_goes_and_the_offer_was_cut() {
    the_person_goes(true);
}

fn the_person_goes(offered: bool) {
    let mut v = Village::new(304);
    let mut kofi = v.phone("W105");
    let mut callum = v.phone("W108");
    let (note, has) = written_offline(&mut kofi);
    if offered {
        kofi.link.cut(Cut::BeforeRequest);
        kofi.syncs();
    }
    v.admin().allocates("P104201", "W108");
    kofi.passes(SyncMode::PullOnly);
    assert!(kofi.item(note).is_none(), "out of view at once");
    assert!(kofi.still_has(note).is_superset(&has), "and still there");
    kofi.is_killed();
    kofi.link.cut(Cut::BeforeAnswer);
    kofi.syncs();
    v.time.pass(20 * DAY);
    kofi.syncs_well();
    assert!(kofi.still_has(note).is_superset(&has), "sent, and still there");
    assert!(v.server.changes().is_superset(&has), "the server has it");
    let issue = v.admin().issue("held", note);
    v.admin().decides(&issue, "accept");
    v.until_quiet(&mut [&mut callum]);
    assert_eq!(callum.body(note), "Only this phone knows.");
}

/// What was sent is kept until a backup has it and the safe period is over: with neither, or with one
/// of the two, the phone still has every chunk of a note that has left its view.
#[test]
fn not_before_a_backup_has_it_and_fourteen_days_are_over() {
    let mut v = Village::new(305);
    let mut kofi = v.phone("W105");
    let (note, has) = written_offline(&mut kofi);
    kofi.finishes(note);
    v.until_quiet(&mut [&mut kofi]);
    v.admin().allocates("P104201", "W108");
    let pass = |v: &Village, kofi: &mut Phone, days: i64| {
        v.time.pass(days * DAY);
        kofi.syncs_well();
        v.server.settle();
        kofi.still_has(note).is_superset(&has)
    };
    assert!(pass(&v, &mut kofi, 1), "hidden");
    assert!(kofi.item(note).is_none());
    assert!(pass(&v, &mut kofi, 60), "no backup was made");
    let _first = v.server.backup();
    // The backup has it, and the fourteen days were over long ago.
    kofi.syncs_well();
    assert!(
        !pass(&v, &mut kofi, 1),
        "then it may go: the note is not this phone's any more"
    );
    v.nothing_shown_is_missing();
}

#[test]
fn not_with_a_backup_in_less_than_fourteen_days() {
    let mut v = Village::new(306);
    let mut kofi = v.phone("W105");
    let (note, has) = written_offline(&mut kofi);
    v.until_quiet(&mut [&mut kofi]);
    let _backup = v.server.backup();
    v.admin().allocates("P104201", "W108");
    for _ in 0..13 {
        v.time.pass(DAY);
        kofi.syncs_well();
        assert!(kofi.still_has(note).is_superset(&has));
    }
    v.time.pass(2 * DAY);
    kofi.syncs_well();
    assert!(
        !kofi.still_has(note).is_superset(&has),
        "so the days are counted at all"
    );
}
