//! Never: a push is lost or counted twice.

use doorstep_tests::{Cut, Phone, Village};
use notes::ids::DocumentId;

fn a_visit(phone: &mut Phone) -> DocumentId {
    let note = phone.new_note("P104201", "home_visit");
    phone.types(note, "Peggy had the back door open.");
    phone.sets(note, "actions.+", serde_json::json!({"what": "ring the GP"}));
    phone.finishes(note);
    note
}

/// One finished note is one event of one version, and its words are there once.
fn is_there_once(v: &Village, note: DocumentId, what: &str) {
    v.server.settle();
    let mut mosaic = v.case_system();
    let events = mosaic.takes_all();
    assert_eq!(events.len(), 1, "{what}");
    assert!(events[0].is_about(note), "{what}");
    assert_eq!(events[0].text("body"), "Peggy had the back door open.", "{what}");
    assert_eq!(events[0].json["actions"].as_array().unwrap().len(), 1, "{what}");
    let mut chunks: Vec<_> = v
        .server
        .log()
        .into_iter()
        .map(|e| (e.entry.document, e.entry.hash))
        .collect();
    let all = chunks.len();
    chunks.sort_unstable();
    chunks.dedup();
    assert_eq!(chunks.len(), all, "{what}: the log has a chunk twice");
    v.server.verify();
}

#[test]
fn a_cut_anywhere_loses_nothing_and_doubles_nothing() {
    for cut in Cut::ALL {
        let mut v = Village::new(201);
        let mut kofi = v.phone("W105");
        let note = a_visit(&mut kofi);
        kofi.link.cut(cut);
        kofi.syncs();
        kofi.is_killed();
        kofi.syncs_well();
        kofi.link.late_ones_arrive();
        is_there_once(&v, note, &format!("{cut:?}"));
    }
}

#[test]
fn a_request_that_comes_three_times_counts_once() {
    let mut v = Village::new(202);
    let mut kofi = v.phone("W105");
    let note = a_visit(&mut kofi);
    kofi.reads(note);
    kofi.link.echoes(2);
    kofi.syncs_well();
    is_there_once(&v, note, "echoes");
    let read = v
        .server
        .audit()
        .into_iter()
        .filter(|entry| entry.what == "note.read");
    assert_eq!(read.count(), 1, "a reading is in the audit once");
}

/// Old requests come again in another order, long after newer ones, before and after judgement.
#[test]
fn requests_that_come_again_in_another_order_change_nothing() {
    let mut v = Village::new(203);
    let mut kofi = v.phone("W105");
    kofi.link.keep();
    let note = kofi.new_note("P104201", "home_visit");
    for words in ["Peggy had", " the back", " door open."] {
        kofi.types(note, words);
        kofi.syncs_well();
    }
    kofi.sets(note, "actions.+", serde_json::json!({"what": "ring the GP"}));
    kofi.syncs_well();
    kofi.finishes(note);
    kofi.syncs_well();
    let requests = kofi.link.seen.clone();
    assert!(requests.len() >= 5);
    let before = v.server.heads();
    for request in requests.iter().rev() {
        let answer = kofi.link.again(request);
        assert_eq!(answer.status, 200);
    }
    assert_eq!(v.server.heads(), before, "before judgement");
    v.server.settle();
    for request in requests.iter().chain(requests.iter().rev()) {
        kofi.link.again(request);
    }
    assert_eq!(v.server.heads(), before, "after judgement");
    is_there_once(&v, note, "again");
}

/// Changes of one note reach the server in the wrong order, by requests that were late: the later ones
/// wait, and nothing is lost.
#[test]
fn parts_that_come_in_the_wrong_order_wait_for_each_other() {
    let mut v = Village::new(204);
    let mut kofi = v.phone("W105");
    let mut ruth = v.phone("W101");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Peggy had the back door open.");
    v.until_quiet(&mut [&mut kofi]);
    ruth.joins(note);
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    // Ruth builds on words of Kofi's that the server has not judged when hers come.
    kofi.edits(note, 0, 0, "Tuesday. ").unwrap();
    kofi.link.cut(Cut::Late);
    kofi.syncs();
    ruth.types(note, " Two cups were out.");
    ruth.syncs_well();
    v.server.settle();
    kofi.link.late_ones_arrive();
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    for phone in [&mut kofi, &mut ruth] {
        assert_eq!(
            phone.body(note),
            "Tuesday. Peggy had the back door open. Two cups were out."
        );
    }
    v.all_agree(&mut [&mut kofi, &mut ruth]);
    v.server.verify();
}
