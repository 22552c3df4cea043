//! Never: a note shown as *sent* is not durable on the server.

use client_core::notebook::State;
use doorstep_tests::{Cut, Village};

/// Whatever the moment at which the server's process dies, what is shown as sent is in its files.
#[test]
fn a_note_shown_as_sent_outlives_the_server_that_dies_right_after_its_answer() {
    let mut v = Village::new(101);
    let mut kofi = v.phone("W105");
    let mut notes = Vec::new();
    for visit in 0..4 {
        let note = kofi.new_note("P104201", "home_visit");
        kofi.types(note, &format!("Visit {visit}. Cat fed, frame in the hall."));
        kofi.finishes(note);
        kofi.syncs_well();
        // Nothing was judged yet: only the log can have it.
        v.server.crash();
        assert_eq!(kofi.state(note), State::OnServer);
        v.nothing_shown_is_missing();
        notes.push(note);
    }
    assert_eq!(v.shown(), 4, "the ledger has something to say");
    v.server.settle();
    let mut mosaic = v.case_system();
    let events = mosaic.takes_all();
    for note in notes {
        assert_eq!(events.iter().filter(|event| event.is_about(note)).count(), 1);
    }
    v.server.verify();
}

/// The server commits, and dies before its answer leaves: the phone must not say sent, and must say
/// it after the next pass, without the note being there twice.
#[test]
fn a_crash_between_append_and_answer_is_mended_by_the_next_pass() {
    let mut v = Village::new(102);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Two cups out already.");
    kofi.finishes(note);
    kofi.link.cut(Cut::BeforeAnswer);
    kofi.syncs();
    assert_eq!(kofi.state(note), State::OnPhone, "no verdict came");
    let log = v.server.heads().log;
    v.server.crash();
    assert_eq!(v.server.heads().log, log, "what was committed is there");
    kofi.syncs_well();
    assert_eq!(kofi.state(note), State::OnServer);
    assert_eq!(v.server.heads().log, log, "the same chunks count once");
    v.server.settle();
    v.server.crash();
    v.nothing_shown_is_missing();
    assert_eq!(v.case_system().takes_all().len(), 1);
}

/// A request that never reached the disk is not shown as sent, whatever the link does.
#[test]
fn what_the_server_never_wrote_is_not_shown_as_sent() {
    for cut in [Cut::BeforeRequest, Cut::MidRequest, Cut::Late] {
        let mut v = Village::new(103);
        let mut kofi = v.phone("W105");
        let note = kofi.new_note("P104201", "phone_call");
        kofi.types(note, "She will ring back.");
        kofi.link.cut(cut);
        kofi.syncs();
        assert_eq!(kofi.state(note), State::OnPhone, "{cut:?}");
        assert_eq!(v.server.heads().log, 0, "{cut:?}");
        kofi.syncs_well();
        assert_eq!(kofi.state(note), State::OnServer, "{cut:?}");
        kofi.types(note, " She did.");
        assert_eq!(
            kofi.state(note),
            State::OnPhone,
            "{cut:?}: new words are only here"
        );
        v.nothing_shown_is_missing();
    }
}

/// A server that was restored from an older backup has lost what came after it: the phones bring it
/// again, and until then nobody has let go of it.
#[test]
fn a_restored_server_is_given_again_what_its_backup_did_not_have() {
    let mut v = Village::new(104);
    let mut kofi = v.phone("W105");
    let mut ruth = v.phone("W101");
    let before = kofi.new_note("P104201", "home_visit");
    kofi.types(before, "Before the backup.");
    kofi.finishes(before);
    v.until_quiet(&mut [&mut kofi, &mut ruth]);
    let backup = v.server.backup();
    let after = kofi.new_note("P104201", "home_visit");
    kofi.types(after, "After the backup.");
    kofi.finishes(after);
    v.until_quiet(&mut [&mut kofi, &mut ruth]);
    assert_eq!(kofi.state(after), State::OnServer);
    v.server.restore(&backup);
    v.until_quiet(&mut [&mut kofi, &mut ruth]);
    v.nothing_shown_is_missing();
    assert_eq!(kofi.body(after), "After the backup.");
    let mut mosaic = v.case_system();
    assert_eq!(mosaic.takes_all().len(), 2);
    v.all_agree(&mut [&mut kofi, &mut ruth]);
    v.server.verify();
}
