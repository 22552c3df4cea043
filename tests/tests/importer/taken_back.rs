//! A note that the desk takes back: the case system marks it and keeps it, and what was never taken is not tried again.

use notes::ids::DocumentId;

use super::council::{Council, OPEN};

/// A visit, in milliseconds UTC.
const VISIT: Option<i64> = Some(1_789_000_000_000);

/// Two notes about one visit; the second is one too many. Gives it.
fn one_too_many(council: &mut Council, case_id: &str) -> DocumentId {
    council.finishes_visit_at(VISIT, case_id, "home_visit", "She was well.");
    let body = "She was well, and her sister too.";
    let second = council.finishes_visit_at(VISIT, case_id, "home_visit", body);
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    second
}

fn taken_back(council: &mut Council, note: DocumentId) {
    council.takes_back(note);
    council.importer.does(&["run", "--once"]);
}

#[test]
fn it_is_marked_and_all_of_it_stays() {
    let mut council = Council::new(81);
    let note = one_too_many(&mut council, OPEN[0]);
    let before = council.rows();
    taken_back(&mut council, note);
    assert_eq!(
        council.rows(),
        before,
        "nothing was written over, nothing appended"
    );
    let marked = council
        .postgres
        .asks("SELECT note_id, withdrawn_for FROM case_note WHERE withdrawn_at IS NOT NULL");
    let expected = serde_json::json!({"note_id": note.to_string(), "withdrawn_for": "Written twice."});
    assert_eq!(marked, [expected]);
    assert!(council.outstanding().is_empty(), "it was answered");
}

#[test]
fn what_was_refused_is_not_tried_again_afterwards() {
    let mut council = Council::new(82);
    let note = one_too_many(&mut council, "P104247");
    assert_eq!(council.issues("export_refused").len(), 2);
    taken_back(&mut council, note);
    assert_eq!(
        council.issues("export_refused").len(),
        1,
        "that of the other note"
    );
    council.has_case("P104247", "NULL", "NULL");
    council.importer.does(&["retry"]);
    // Read again from the beginning it is not taken either, and nobody is asked anew.
    council.postgres.runs("DELETE FROM place");
    council.importer.does(&["run", "--once"]);
    let rows = council.rows();
    assert_eq!(rows.len(), 1);
    assert_ne!(rows[0]["note_id"], note.to_string());
    assert!(council.issues("export_refused").is_empty() && council.outstanding().is_empty());
}

#[test]
fn it_waits_while_somebody_has_the_record_open() {
    let mut council = Council::new(83);
    let note = one_too_many(&mut council, OPEN[0]);
    council.has_case(OPEN[0], "NULL", "'Lesley Marchetti'");
    taken_back(&mut council, note);
    let marked = || {
        council
            .postgres
            .asks("SELECT 1 FROM case_note WHERE withdrawn_at IS NOT NULL")
            .len()
    };
    assert_eq!(marked(), 0);
    assert_eq!(council.outstanding()[0]["outcome"], "deferred");
    council.has_case(OPEN[0], "NULL", "NULL");
    council.importer.does(&["run", "--once"]);
    assert_eq!(marked(), 1);
    assert!(council.outstanding().is_empty());
}
