//! Never: the case system takes a version twice, or misses one.

use client_core::notebook::State;
use doorstep_tests::{Phone, Village};
use notes::ids::DocumentId;

fn finished(phone: &mut Phone, words: &str) -> DocumentId {
    let note = phone.new_note("P104201", "home_visit");
    phone.types(note, words);
    phone.finishes(note);
    note
}

/// The reader itself stops where a version is missing or comes twice; here it reads in pieces while
/// notes come in, are amended, and the server dies.
#[test]
fn read_in_pieces_while_notes_come_in_each_version_comes_once() {
    let mut v = Village::new(901);
    let mut kofi = v.phone("W105");
    let mut mosaic = v.case_system();
    let mut notes = Vec::new();
    for n in 0..8 {
        notes.push(finished(&mut kofi, &format!("Visit {n}.")));
        kofi.syncs_well();
        if n % 2 == 0 {
            v.server.settle();
        }
        if n % 3 == 0 {
            v.server.crash();
        }
        mosaic.reads();
        if n > 2 {
            kofi.adds(notes[n - 2], "One thing more.");
        }
    }
    v.until_quiet(&mut [&mut kofi]);
    mosaic.reads();
    let versions: Vec<u64> = notes
        .iter()
        .map(|note| mosaic.newest(*note).unwrap().version())
        .collect();
    assert_eq!(versions, [1, 2, 2, 2, 2, 2, 1, 1]);
    for note in &notes {
        let newest = mosaic.newest(*note).unwrap();
        if newest.version() == 2 {
            assert_eq!(newest.text("type"), "note.amended");
            let first = &mosaic.records[&(note.to_string(), 1)];
            assert_eq!(newest.json["supersedes"], first.json["event_id"]);
        }
    }
}

/// Any page that was read can be read again, with the same bytes, whatever came since.
#[test]
fn the_same_cursor_gives_the_same_bytes() {
    let mut v = Village::new(902);
    let mut kofi = v.phone("W105");
    let notes: Vec<DocumentId> = (0..5)
        .map(|n| finished(&mut kofi, &format!("Visit {n}.")))
        .collect();
    v.until_quiet(&mut [&mut kofi]);
    let mut mosaic = v.case_system();
    let mut cursors = vec![None];
    let mut pages = Vec::new();
    loop {
        let after = cursors.last().cloned().flatten();
        let (bytes, next): (Vec<u8>, String) = mosaic.page(after.as_deref(), 2);
        if bytes.is_empty() {
            break;
        }
        pages.push(bytes);
        cursors.push(Some(next));
    }
    assert_eq!(pages.len(), 3);
    // Receipts, addenda, a new name and a new allocation change nothing of what was written.
    mosaic.takes_all();
    kofi.adds(notes[0], "One thing more.");
    v.until_quiet(&mut [&mut kofi]);
    v.admin().allocates("P104201", "W101");
    v.server.crash();
    for (after, page) in cursors.iter().zip(&pages) {
        let again = mosaic.page(after.as_deref(), 2).0;
        if String::from_utf8_lossy(page).lines().count() == 2 {
            assert_eq!(again, *page);
        } else {
            assert!(again.starts_with(page), "the last page only grew");
        }
    }
}

#[test]
fn a_receipt_counts_once_and_only_for_the_bytes_that_were_read() {
    let mut v = Village::new(903);
    let mut kofi = v.phone("W105");
    let note = finished(&mut kofi, "Bruised hip.");
    v.until_quiet(&mut [&mut kofi]);
    let mut mosaic = v.case_system();
    let events = mosaic.reads();
    assert_eq!(events.len(), 1);
    let good = events[0].receipt("imported", "ACT-1");
    let mut wrong_hash = good.clone();
    wrong_hash["sha256"] = "00".repeat(32).into();
    let mut unknown = good.clone();
    unknown["event_id"] = "nothing".into();
    let before = v.server.heads();
    let answers = mosaic.answers(&[wrong_hash, unknown]);
    assert_eq!(answers[0]["code"], "receipt_hash_wrong");
    assert_eq!(answers[1]["code"], "receipt_unknown");
    assert_eq!(v.server.heads(), before, "refused receipts change nothing");
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(kofi.state(note), State::OnServer, "and the phone hears nothing");
    mosaic.answers(std::slice::from_ref(&good));
    let once = v.server.heads();
    for _ in 0..3 {
        let answers = mosaic.answers(&[good.clone(), good.clone()]);
        assert!(
            answers.iter().all(|answer| answer["status"] == "accepted"),
            "{answers:?}"
        );
    }
    assert_eq!(v.server.heads(), once, "repeating one changes nothing");
    let contradiction = events[0].receipt("refused", "ACT-1");
    assert_eq!(mosaic.answers(&[contradiction])[0]["code"], "receipt_contradicts");
    v.until_quiet(&mut [&mut kofi]);
    let item = kofi.item(note).unwrap();
    assert_eq!(item.state, State::InCaseSystem);
    assert_eq!(item.case_system_ref.as_deref(), Some("ACT-1"));
    assert_eq!(item.version, Some(1));
    assert!(mosaic.reads().is_empty(), "a receipt is no new version");
}

/// A receipt for the first version does not make the phone say that the second is there.
#[test]
fn a_receipt_is_for_its_version_only() {
    let mut v = Village::new(904);
    let mut kofi = v.phone("W105");
    let note = finished(&mut kofi, "Bruised hip.");
    v.until_quiet(&mut [&mut kofi]);
    let mut mosaic = v.case_system();
    let first = mosaic.reads().remove(0);
    kofi.adds(note, "X-ray came back clear.");
    v.until_quiet(&mut [&mut kofi]);
    mosaic.answers(&[first.receipt("imported", "ACT-1")]);
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(kofi.state(note), State::OnServer, "the addendum is not there yet");
    mosaic.takes_all();
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(kofi.state(note), State::InCaseSystem);
    assert_eq!(kofi.item(note).unwrap().version, Some(2));
}

/// A refusal reaches the phone with its reason, and a later success too.
#[test]
fn a_refusal_is_told_and_can_be_mended() {
    let mut v = Village::new(905);
    let mut kofi = v.phone("W105");
    let note = finished(&mut kofi, "Bruised hip.");
    v.until_quiet(&mut [&mut kofi]);
    let mut mosaic = v.case_system();
    let event = mosaic.reads().remove(0);
    let mut refusal = event.receipt("refused", "");
    refusal["reason"] = "no open episode".into();
    mosaic.answers(&[refusal]);
    v.until_quiet(&mut [&mut kofi]);
    let item = kofi.item(note).unwrap();
    assert_eq!(item.state, State::Refused);
    assert_eq!(item.reason.as_deref(), Some("no open episode"));
    v.admin().issue("export_refused", note);
    mosaic.answers(&[event.receipt("imported", "ACT-2")]);
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(kofi.state(note), State::InCaseSystem);
}
