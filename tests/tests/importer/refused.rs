//! What a case system refuses: somebody is asked at the desk, Kofi reads why, and both end when the record was mended.

use client_core::notebook::State;
use notes::ids::DocumentId;

use super::council::{Council, OPEN};

/// Refused with this code: the phone and the desk say so. Gives the reason on the phone.
fn refused(council: &mut Council, note: DocumentId, code: &str) -> String {
    let shown = council.shows(note);
    assert_eq!(shown.state, State::Refused, "{code}");
    let issues = council.issues("export_refused");
    let of_note: Vec<_> = issues
        .iter()
        .filter(|issue| issue["note_id"] == note.to_string())
        .collect();
    assert_eq!(of_note.len(), 1, "{code}: {issues:?}");
    assert_eq!(of_note[0]["detail"]["reason_code"], code);
    let reason = shown.reason.unwrap();
    assert_eq!(of_note[0]["detail"]["reason"], reason.as_str());
    reason
}

/// Taken in the end: nobody is asked any more.
fn taken(council: &mut Council, note: DocumentId) {
    let shown = council.shows(note);
    assert_eq!((shown.state, shown.reason), (State::InCaseSystem, None));
    assert_eq!(council.issues("export_refused"), Vec::<serde_json::Value>::new());
    assert!(council.outstanding().is_empty());
    assert_eq!(council.rows().len(), 1);
}

fn finished(council: &mut Council, case_id: &str, kind: &str, body: &str) -> DocumentId {
    let note = council.finishes(case_id, kind, body);
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    note
}

#[test]
fn nobody_has_the_case_id_until_the_person_is_added() {
    let mut council = Council::new(71);
    let note = finished(&mut council, "P104247", "home_visit", "She writes letters.");
    assert!(refused(&mut council, note, "unknown_case").contains("Ask for the person to be added"));
    assert!(council.rows().is_empty());
    council.importer.does(&["retry"]);
    refused(&mut council, note, "unknown_case");
    council.has_case("P104247", "NULL", "NULL");
    council.importer.does(&["retry"]);
    taken(&mut council, note);
}

#[test]
fn the_case_is_closed_until_it_is_opened_again() {
    let mut council = Council::new(72);
    council.has_case(OPEN[0], "'2026-10-01'", "NULL");
    let note = finished(&mut council, OPEN[0], "home_visit", "She was out.");
    assert!(refused(&mut council, note, "closed_case").contains("Ask your manager"));
    council.has_case(OPEN[0], "NULL", "NULL");
    council.importer.does(&["retry"]);
    taken(&mut council, note);
}

#[test]
fn the_title_is_too_long_until_longer_ones_are_allowed() {
    let mut council = Council::new(73);
    council.importer.sets("CASE_SYSTEM_MAX_TITLE", "12");
    let note = finished(&mut council, OPEN[0], "hospital_visit", "Ward 4.");
    assert!(refused(&mut council, note, "title_too_long").contains("takes 12"));
    council.importer.sets("CASE_SYSTEM_MAX_TITLE", "60");
    council.importer.does(&["retry"]);
    taken(&mut council, note);
}

#[test]
fn a_character_that_the_database_cannot_hold_stays_refused_and_harms_no_neighbour() {
    let mut council = Council::new(74);
    let bad = council.finishes(OPEN[0], "home_visit", "Pasted\0 from elsewhere.");
    let good = council.finishes(OPEN[1], "home_visit", "He was well.");
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    assert!(refused(&mut council, bad, "unstorable_text").contains("Write it again"));
    council.importer.does(&["retry"]);
    refused(&mut council, bad, "unstorable_text");
    assert_eq!(council.shows(good).state, State::InCaseSystem);
    assert_eq!(council.rows().len(), 1);
}

#[test]
fn another_content_under_the_same_version_is_refused_and_what_is_there_stays() {
    let mut council = Council::new(75);
    let note = council.finishes(OPEN[0], "home_visit", "He was well.");
    council.syncs_until_told();
    // The case system's memory says that it took this version with another hash.
    council.postgres.runs(&format!(
        "INSERT INTO event_seen VALUES ('{note}', 1, repeat('a', 64), 'of-old', 'note.finished', '2026-11-01',
         '{}', 'imported', 'CN-900', NULL, NULL, NULL)",
        council.importer.client
    ));
    council.importer.does(&["run", "--once"]);
    assert!(refused(&mut council, note, "hash_differs").contains("compare the two"));
    assert!(council.rows().is_empty());
    council
        .postgres
        .runs("DELETE FROM event_seen WHERE ref = 'CN-900'");
    council.importer.does(&["retry"]);
    taken(&mut council, note);
}

#[test]
fn what_somebody_has_open_waits_and_is_tried_again_by_itself() {
    let mut council = Council::new(76);
    council.has_case(OPEN[0], "NULL", "'Lesley Marchetti'");
    let note = finished(&mut council, OPEN[0], "home_visit", "He was well.");
    assert_eq!(council.shows(note).state, State::OnServer);
    assert!(
        council.issues("export_refused").is_empty(),
        "nobody need do anything"
    );
    let outstanding = council.outstanding();
    assert_eq!(outstanding.len(), 1);
    assert_eq!(outstanding[0]["outcome"], "deferred");
    council.has_case(OPEN[0], "NULL", "NULL");
    council.importer.does(&["run", "--once"]);
    taken(&mut council, note);
}

#[test]
fn an_addendum_to_a_refused_note_comes_after_it() {
    let mut council = Council::new(77);
    let note = finished(&mut council, "P104247", "home_visit", "She writes letters.");
    refused(&mut council, note, "unknown_case");
    council.has_case("P104247", "NULL", "NULL");
    council.adds(note, "A letter came.");
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    let rows = council.rows();
    let order: Vec<_> = rows
        .iter()
        .map(|row| (row["version"].as_u64(), row["sort"].as_str()))
        .collect();
    assert_eq!(order, [(Some(1), Some("note")), (Some(2), Some("appendment"))]);
    assert_eq!(council.shows(note).state, State::InCaseSystem);
    assert!(council.issues("export_refused").is_empty() && council.outstanding().is_empty());
}

#[test]
fn a_refusal_stands_while_somebody_has_the_record_open() {
    let mut council = Council::new(78);
    council.has_case(OPEN[0], "'2026-10-01'", "NULL");
    let note = finished(&mut council, OPEN[0], "home_visit", "She was out.");
    council.has_case(OPEN[0], "NULL", "'Lesley Marchetti'");
    council.importer.does(&["retry"]);
    refused(&mut council, note, "closed_case");
    council.has_case(OPEN[0], "NULL", "NULL");
    council.importer.does(&["retry"]);
    taken(&mut council, note);
    let log = council.importer.log();
    assert!(!log.contains("somebody must look"), "{log}");
}
