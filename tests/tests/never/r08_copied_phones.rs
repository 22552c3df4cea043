//! Never: two phones restored from one backup corrupt each other.

use std::collections::BTreeSet;

use doorstep_tests::{Phone, Village};
use notes::ids::DocumentId;

/// Both phones have all that either ever wrote, somewhere; so has the server.
fn kept_everywhere(v: &Village, histories: &[BTreeSet<automerge::ChangeHash>]) {
    let server = v.server.changes();
    for history in histories {
        let lacks = history.difference(&server).count();
        assert_eq!(lacks, 0, "the server keeps both histories");
    }
}

fn has_words(phone: &mut Phone, note: DocumentId, words: &[&str]) {
    let body = phone.body(note);
    for word in words {
        assert_eq!(
            body.matches(word).count(),
            1,
            "{word:?} in {body:?} on {}",
            phone.name
        );
    }
}

#[test]
fn two_clones_that_write_in_one_note_both_keep_their_words() {
    let mut v = Village::new(801);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Kettle on.");
    v.until_quiet(&mut [&mut kofi]);
    let mut clone = kofi.copied("the restored phone");
    assert_eq!(kofi.notebook().actor(), clone.notebook().actor());
    kofi.types(note, " Cat out.");
    clone.types(note, " Frame in the hall.");
    let histories = [kofi.still_has(note), clone.still_has(note)];
    assert_ne!(histories[0], histories[1]);
    kofi.syncs_well();
    v.server.settle();
    clone.syncs_well();
    v.server.settle();
    v.until_quiet(&mut [&mut kofi, &mut clone]);
    assert_ne!(
        kofi.notebook().actor(),
        clone.notebook().actor(),
        "each its own name now"
    );
    for phone in [&mut kofi, &mut clone] {
        has_words(phone, note, &["Kettle on.", " Cat out.", " Frame in the hall."]);
    }
    kept_everywhere(&v, &histories);
    v.all_agree(&mut [&mut kofi, &mut clone]);
    // Life goes on, on both.
    kofi.types(note, " One.");
    clone.types_in(note, "analysis", "Two.");
    v.until_quiet(&mut [&mut kofi, &mut clone]);
    v.all_agree(&mut [&mut kofi, &mut clone]);
    has_words(&mut clone, note, &[" One."]);
    let kinds: Vec<_> = v
        .admin()
        .issues()
        .iter()
        .map(|issue| issue["kind"].clone())
        .collect();
    assert!(
        kinds.contains(&"forked_device".into()),
        "somebody is told: {kinds:?}"
    );
    v.nothing_shown_is_missing();
    v.server.verify();
}

/// Both wrote before either could sync, and the same number of times: the second push is not taken for
/// a repetition of the first.
#[test]
fn clones_that_wrote_much_before_they_met() {
    let mut v = Village::new(802);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Begun.");
    let _ = kofi.list();
    let mut clone = kofi.copied("the restored phone");
    for n in 0..5 {
        kofi.types(note, &format!(" a{n}."));
        let _ = kofi.list();
        clone.types(note, &format!(" b{n}."));
        let _ = clone.list();
        v.time.pass(5_000);
    }
    let other = clone.new_note("P104201", "phone_call");
    clone.types(other, "Rang back.");
    clone.finishes(other);
    let histories = [kofi.still_has(note), clone.still_has(note)];
    v.until_quiet(&mut [&mut kofi, &mut clone]);
    for phone in [&mut kofi, &mut clone] {
        has_words(phone, note, &["Begun.", " a0.", " a4.", " b0.", " b4."]);
        assert_eq!(phone.body(other), "Rang back.");
    }
    kept_everywhere(&v, &histories);
    v.all_agree(&mut [&mut kofi, &mut clone]);
    assert_eq!(v.case_system().takes_all().len(), 1);
    v.server.verify();
}

/// Only one of them was ever used again, with an old state: the newer one has long gone on.
#[test]
fn an_old_copy_catches_up_without_harm() {
    let mut v = Village::new(803);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Kettle on.");
    v.until_quiet(&mut [&mut kofi]);
    let mut old = kofi.copied("last week's backup");
    for n in 0..3 {
        kofi.types(note, &format!(" Line {n}."));
        v.until_quiet(&mut [&mut kofi]);
    }
    v.until_quiet(&mut [&mut old]);
    has_words(&mut old, note, &["Kettle on.", " Line 0.", " Line 2."]);
    old.types(note, " And after.");
    kofi.types(note, " Meanwhile.");
    v.until_quiet(&mut [&mut old, &mut kofi]);
    for phone in [&mut old, &mut kofi] {
        has_words(phone, note, &[" And after.", " Meanwhile.", " Line 2."]);
    }
    v.all_agree(&mut [&mut old, &mut kofi]);
    v.nothing_shown_is_missing();
}

/// A new install takes an actor of its own.
#[test]
fn a_new_install_has_a_name_of_its_own() {
    let mut v = Village::new(804);
    let mut phones: Vec<Phone> = (0..4).map(|_| v.phone("W105")).collect();
    let actors: BTreeSet<_> = phones.iter_mut().map(|phone| phone.notebook().actor()).collect();
    assert_eq!(actors.len(), 4);
}
