//! Files, from the phone to the case system: over links that break after any byte, past phones and servers that die,
//! and never shown as sent before the server has them whole.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use client_core::notebook::{Ended, State};
use client_core::{Fetched, Trouble};
use doorstep_tests::{Cut, DAY, Phone, Village, seed};
use notes::attachment::AttachmentId;
use notes::ids::DocumentId;
use server::attachments::Limits;

fn photo(length: usize, what: u8) -> Vec<u8> {
    let head = [0xff, 0xd8, 0xff, 0xe0, what];
    let rest = (0..).map(|i: u32| u8::try_from(i.wrapping_mul(2_654_435_761) >> 24).unwrap());
    head.into_iter().chain(rest).take(length).collect()
}

/// A note with a file, written offline.
fn noted(phone: &mut Phone, bytes: &[u8]) -> (DocumentId, AttachmentId) {
    let note = phone.new_note("P104201", "home_visit");
    phone.types(note, "The step at the back door is loose.");
    let id = phone.attaches(note, bytes, "The step");
    (note, id)
}

#[test]
fn a_photograph_goes_all_the_way() {
    let mut v = Village::new(2001);
    let (mut kofi, mut ruth) = (v.phone("W105"), v.phone("W101"));
    let bytes = photo(1_300_000, 1);
    let (note, id) = noted(&mut kofi, &bytes);
    kofi.finishes(note);
    assert_eq!(kofi.where_is(note, id), "on_phone");
    assert_eq!(kofi.state(note), State::OnPhone);
    v.until_quiet(&mut [&mut kofi, &mut ruth]);
    assert_eq!(kofi.state(note), State::OnServer);
    assert_eq!(kofi.where_is(note, id), "on_both");
    let mut mosaic = v.case_system();
    let taken = mosaic.takes_all();
    let attachment = &taken.last().unwrap().json["attachments"][0];
    assert_eq!(attachment["available"], true);
    assert_eq!(attachment["caption"], "The step");
    let read = mosaic.fetches(attachment["sha256"].as_str().unwrap());
    assert_eq!(read.status, 200, "{}", read.code());
    assert!(read.body == bytes, "the same bytes at the case system");
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(kofi.state(note), State::InCaseSystem);
    // A colleague of the team looks at it on demand.
    v.admin().allocates("P104201", "W101");
    v.until_quiet(&mut [&mut ruth]);
    assert_eq!(ruth.where_is(note, id), "on_server");
    assert_eq!(ruth.fetches(note, id), Fetched::Here(bytes));
    let read = v
        .server
        .audit()
        .into_iter()
        .filter(|e| e.what == "attachment.read");
    let readers: Vec<_> = read.map(|entry| (entry.who, entry.document)).collect();
    assert!(
        readers.contains(&("worker:W101".to_owned(), Some(note))),
        "{readers:?}"
    );
    v.server.verify();
}

#[test]
fn a_link_that_breaks_after_every_byte_brings_the_whole_file() {
    let mut v = Village::new(2002);
    let mut kofi = v.phone("W105");
    let bytes = photo(60, 2);
    let (note, id) = noted(&mut kofi, &bytes);
    for arrived in 0..bytes.len() {
        assert_eq!(v.server.file(id), None);
        kofi.link.cut_file_after(1);
        let report = kofi.syncs();
        assert_eq!(report.ended, Ended::Offline);
        assert_eq!(report.waiting, 1, "{arrived}: the note waits for its file");
        assert_eq!(kofi.state(note), State::OnPhone, "{arrived}");
        assert!(kofi.still_has_file(id), "{arrived}");
    }
    assert_eq!(
        v.server.file(id),
        Some(bytes),
        "the last byte came, only its answer did not"
    );
    assert_eq!(kofi.syncs_well().waiting, 0);
    assert_eq!(kofi.state(note), State::OnServer);
}

#[test]
fn at_any_place_and_past_any_death_the_bytes_stay_the_same() {
    let seed = seed(2003);
    let mut v = Village::new(seed);
    let mut kofi = v.phone("W105");
    let bytes = photo(2_000_003, 3);
    let (note, id) = noted(&mut kofi, &bytes);
    kofi.finishes(note);
    let mut passes = 0;
    while kofi.state(note) != State::OnServer {
        passes += 1;
        assert!(passes < 400, "seed {seed}: it does not come to an end");
        // Rule 1: as long as it is not shown as sent, anything may be; once it is, it must be there.
        for _ in 0..v.chance.below(3) {
            let bytes = usize::try_from(v.chance.below(524_289)).unwrap();
            kofi.link.cut_file_after(bytes);
        }
        kofi.link.weather(&v.chance, 4);
        kofi.syncs();
        kofi.link.calm();
        match v.chance.below(4) {
            0 => v.server.crash(),
            1 => kofi.is_killed(),
            2 => v.server.settle(),
            _ => {}
        }
        assert!(kofi.still_has_file(id), "seed {seed}");
    }
    println!("{passes} passes, {} cuts", kofi.link.cuts);
    assert!(kofi.link.cuts > 3, "seed {seed}: the story is about cuts");
    v.server.crash();
    assert!(
        v.server.file(id).as_ref() == Some(&bytes),
        "seed {seed}: shown as sent, and not there"
    );
    v.server.settle();
    let mut mosaic = v.case_system();
    mosaic.takes_all();
    assert!(mosaic.fetches(&id.to_string()).body == bytes, "seed {seed}");
    v.server.verify();
}

#[test]
fn it_is_not_sent_before_the_server_said_that_it_is_whole() {
    let mut v = Village::new(2004);
    let mut kofi = v.phone("W105");
    let bytes = photo(700_000, 4);
    let (note, id) = noted(&mut kofi, &bytes);
    // The note arrives, the second part of the file does not.
    kofi.link.cut_file_after(usize::MAX);
    kofi.syncs();
    assert!(!v.server.log().is_empty(), "the note went on");
    let item = kofi.item(note).unwrap();
    assert_eq!(
        item.state,
        State::OnPhone,
        "the note is there and its file is not"
    );
    assert_eq!(item.reason.as_deref(), Some("a file is still to be sent"));
    // The last part arrives, and nobody hears of it.
    kofi.link.cut_file_after(usize::MAX);
    kofi.syncs();
    assert!(v.server.file(id).is_some());
    assert_eq!(kofi.state(note), State::OnPhone, "no answer came");
    v.server.crash();
    kofi.syncs_well();
    assert_eq!(kofi.state(note), State::OnServer);
    assert!(v.server.file(id).is_some());
}

#[test]
fn a_phone_lets_go_of_a_file_only_when_a_backup_has_it_and_fourteen_days_are_over() {
    let mut v = Village::new(2005);
    let mut kofi = v.phone("W105");
    let bytes = photo(600_000, 5);
    let (note, id) = noted(&mut kofi, &bytes);
    v.until_quiet(&mut [&mut kofi]);
    let _early = v.server.backup();
    for _ in 0..13 {
        v.time.pass(DAY);
        kofi.syncs_well();
        assert!(
            kofi.still_has_file(id),
            "a backup has it, and the days are not over"
        );
    }
    let (second, other) = noted(&mut kofi, &photo(600_000, 6));
    v.until_quiet(&mut [&mut kofi]);
    v.time.pass(2 * DAY);
    kofi.syncs_well();
    assert!(!kofi.still_has_file(id), "now it may go");
    assert_eq!(kofi.state(note), State::OnServer);
    assert_eq!(kofi.where_is(note, id), "on_server");
    assert_eq!(
        kofi.fetches(note, id),
        Fetched::Here(bytes),
        "and comes when it is asked for"
    );
    v.time.pass(30 * DAY);
    kofi.syncs_well();
    assert!(kofi.still_has_file(other), "no backup has the second one");
    assert_eq!(kofi.where_is(second, other), "on_both");
    let _late = v.server.backup();
    v.time.pass(2 * DAY);
    kofi.syncs_well();
    assert!(!kofi.still_has_file(other));
}

#[test]
fn a_restored_server_is_given_again_what_its_backup_did_not_have() {
    let mut v = Village::new(2006);
    let mut kofi = v.phone("W105");
    let backup = v.server.backup();
    let bytes = photo(600_000, 7);
    let (note, id) = noted(&mut kofi, &bytes);
    kofi.finishes(note);
    v.until_quiet(&mut [&mut kofi]);
    v.server.restore(&backup);
    assert_eq!(v.server.file(id), None);
    v.until_quiet(&mut [&mut kofi]);
    assert!(v.server.file(id) == Some(bytes));
    assert_eq!(kofi.state(note), State::OnServer);
    v.server.verify();
}

#[test]
fn a_file_that_is_refused_keeps_nobody_else_back_and_says_why() {
    let mut v = Village::new(2007);
    v.server.takes_files(Limits {
        file_bytes: 1_000,
        ..Limits::default()
    });
    let mut kofi = v.phone("W105");
    let (large, id) = noted(&mut kofi, &photo(2_000, 8));
    let (small, other) = noted(&mut kofi, &photo(500, 9));
    let report = kofi.syncs_well();
    assert_eq!((report.sent, report.waiting), (2, 1), "both notes went");
    assert_eq!(kofi.state(small), State::OnServer);
    assert!(v.server.file(other).is_some());
    let item = kofi.item(large).unwrap();
    assert_eq!(item.state, State::OnPhone);
    let reason = item.reason.unwrap();
    assert_eq!(reason, "The file is larger than is taken. Attach a smaller one.");
    assert_eq!(kofi.reads(large)["attachments"][0]["reason"], reason.as_str());
    kofi.types(large, " She says so too.");
    kofi.syncs_well();
    v.server.settle();
    assert!(kofi.still_has_file(id));
    v.server.takes_files(Limits::default());
    kofi.syncs_well();
    assert_eq!(kofi.state(large), State::OnServer);
    assert_eq!(kofi.item(large).unwrap().reason, None);
}

#[test]
fn enough_for_one_day_is_told_and_goes_on_the_next() {
    let mut v = Village::new(2008);
    v.server.takes_files(Limits {
        day_bytes: 600_000,
        ..Limits::default()
    });
    let mut kofi = v.phone("W105");
    let bytes = photo(900_000, 10);
    let (note, id) = noted(&mut kofi, &bytes);
    kofi.syncs_well();
    let item = kofi.item(note).unwrap();
    assert_eq!(item.state, State::OnPhone);
    assert!(
        item.reason
            .unwrap()
            .starts_with("This phone has sent as many files")
    );
    v.time.pass(DAY);
    kofi.syncs_well();
    assert_eq!(kofi.state(note), State::OnServer);
    assert!(v.server.file(id) == Some(bytes));
}

#[test]
fn what_cannot_be_attached_is_said_at_once() {
    let mut v = Village::new(2009);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    let page = kofi.notebook().about("P104201").unwrap();
    let mut large = photo(25 * 1024 * 1024, 11);
    assert!(
        kofi.notebook().attach(note, &large, None).is_ok(),
        "the largest that is taken"
    );
    large.push(0);
    let mut refuses = |note, bytes: &[u8], expected: &str| {
        let refused = kofi.notebook().attach(note, bytes, None).unwrap_err();
        assert!(matches!(refused, Trouble::NotAllowed(_)), "{refused}");
        assert!(refused.to_string().contains(expected), "{refused}");
    };
    refuses(note, &large, "larger than 25 MB");
    refuses(note, b"", "empty");
    refuses(note, b"MZ\x90\x00", "not taken");
    refuses(page, &photo(100, 1), "a person's page");
    kofi.finishes(note);
    let mut refuses = |bytes: &[u8]| {
        let refused = kofi.notebook().attach(note, bytes, None).unwrap_err();
        assert!(refused.to_string().contains("finished"), "{refused}");
    };
    refuses(&photo(100, 1));
}

/// The phone that had the file is lost; a colleague in the same note has the same picture.
#[test]
fn a_file_that_a_lost_phone_never_sent_can_come_from_another() {
    let mut v = Village::new(2010);
    let (mut kofi, mut ruth) = (v.phone("W105"), v.phone("W101"));
    let bytes = photo(5_000, 12);
    let (note, id) = noted(&mut kofi, &bytes);
    kofi.finishes(note);
    kofi.link.cut_file_after(100);
    kofi.syncs();
    v.server.settle();
    drop(kofi);
    v.admin().allocates("P104201", "W101");
    v.until_quiet(&mut [&mut ruth]);
    let asked = ruth.fetches(note, id);
    assert!(matches!(asked, Fetched::Not(Ended::Refused(_))), "{asked:?}");
    v.time.pass(DAY);
    v.server.sweeps();
    let issue = v.admin().issue("missing_attachment", note);
    assert_eq!(issue["detail"]["sha256"], id.to_string());
    ruth.attaches(note, &bytes, "");
    assert_eq!(ruth.state(note), State::OnPhone);
    v.until_quiet(&mut [&mut ruth]);
    assert_eq!(ruth.state(note), State::OnServer);
    let mut mosaic = v.case_system();
    let events = mosaic.takes_all();
    assert_eq!(
        events.last().unwrap().text("change_summary"),
        "A photograph arrived."
    );
    assert!(mosaic.fetches(&id.to_string()).body == bytes);
    v.server.verify();
}

#[test]
fn a_phone_whose_rights_are_taken_away_hands_its_file_over() {
    let mut v = Village::new(2011);
    let mut kofi = v.phone("W105");
    let bytes = photo(5_000, 13);
    let (note, id) = noted(&mut kofi, &bytes);
    v.admin().revokes(&kofi);
    kofi.syncs();
    v.server.settle();
    assert!(v.server.file(id) == Some(bytes), "nothing is lost");
    assert_eq!(kofi.state(note), State::Held);
    assert_eq!(v.case_system().takes_all().len(), 0, "and nothing shown");
}

#[test]
fn a_phone_that_is_killed_and_cut_at_once_loses_no_file() {
    let mut v = Village::new(2012);
    let mut kofi = v.phone("W105");
    let bytes = photo(5_000, 14);
    let (note, id) = noted(&mut kofi, &bytes);
    for cut in Cut::ALL {
        kofi.is_killed();
        kofi.link.cut(cut);
        kofi.syncs();
        v.time.pass(20 * DAY);
        assert!(kofi.still_has_file(id), "{cut:?}");
        assert_eq!(kofi.state(note), State::OnPhone, "{cut:?}");
    }
    v.until_quiet(&mut [&mut kofi]);
    assert!(v.server.file(id) == Some(bytes));
}
