//! A server that was set back to a backup, and a database that lost something: both sides find out what the other lacks.

use std::path::Path;

use client_core::notebook::State;
use notes::ids::DocumentId;

use super::council::{Council, OPEN};

/// One note is in the backup, and another was taken by the case system since. Gives both.
fn set_back(council: &mut Council) -> (DocumentId, DocumentId) {
    let kept = council.finishes(OPEN[0], "home_visit", "She was well.");
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    let backup = council.server.data().with_file_name("backup.db");
    council.server.run(&["backup", backup.to_str().unwrap()]);
    let lost = council.finishes(OPEN[1], "home_visit", "He was well.");
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    assert_eq!(council.rows().len(), 2);
    restores(council, &backup);
    (kept, lost)
}

fn restores(council: &mut Council, backup: &Path) {
    council.server.kill();
    std::fs::remove_dir_all(council.server.data()).unwrap();
    council.server.run(&["restore", backup.to_str().unwrap()]);
    council.server.start();
}

/// The phone has sent again what the backup lacked, and both sides agree.
fn both_agree(council: &mut Council, kept: DocumentId, lost: DocumentId) {
    for note in [kept, lost] {
        assert_eq!(council.shows(note).state, State::InCaseSystem, "{note}");
    }
    let rows = council.rows();
    let of = |note: DocumentId, sort: &str| {
        let is_it = |row: &&serde_json::Value| row["note_id"] == note.to_string() && row["sort"] == sort;
        rows.iter().filter(is_it).count()
    };
    assert_eq!((of(kept, "note"), of(kept, "appendment")), (1, 0));
    assert_eq!(
        (of(lost, "note"), of(lost, "appendment")),
        (1, 1),
        "it came again, above the version that was taken, and the locked note stayed"
    );
    assert!(rows.iter().all(|row| row["text"] != ""));
    assert!(
        council.issues("export_refused").is_empty(),
        "nobody need do anything"
    );
    assert!(council.outstanding().is_empty());
}

fn sends_again(council: &mut Council) {
    for _ in 0..3 {
        council.phone.syncs();
        council.server.wait_until_published();
    }
}

#[test]
fn the_importer_says_what_it_took_before_the_phone_sends_it_again() {
    let mut council = Council::new(91);
    let (kept, lost) = set_back(&mut council);
    council.importer.does(&["run", "--once"]);
    assert!(
        council.importer.log().contains("'known': 1, 'lost': 1"),
        "{}",
        council.importer.log()
    );
    sends_again(&mut council);
    council.importer.does(&["run", "--once"]);
    both_agree(&mut council, kept, lost);
}

#[test]
fn the_phone_sends_it_again_before_the_importer_says_what_it_took() {
    let mut council = Council::new(92);
    let (kept, lost) = set_back(&mut council);
    sends_again(&mut council);
    council.importer.does(&["run", "--once"]);
    assert!(
        council.importer.log().contains("'differs': 1"),
        "{}",
        council.importer.log()
    );
    both_agree(&mut council, kept, lost);
}

#[test]
fn a_day_that_differs_is_found_and_what_is_missing_is_taken() {
    let mut council = Council::new(93);
    let gone = council.finishes(OPEN[0], "home_visit", "She was well.");
    council.finishes(OPEN[1], "home_visit", "He was well.");
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    let (before, said) = (council.rows(), council.importer.log().len());
    council.importer.does(&["reconcile"]);
    assert_eq!(
        council.importer.log()[said..].trim(),
        "1 days compared",
        "nothing differs"
    );
    // The case system's database loses a note, and has one that the server never sent.
    council.postgres.runs(&format!(
        "ALTER TABLE case_note DISABLE TRIGGER locked; DELETE FROM case_note WHERE note_id = '{gone}';
         ALTER TABLE case_note ENABLE TRIGGER locked; DELETE FROM event_seen WHERE note_id = '{gone}';
         INSERT INTO event_seen SELECT 'of-old', 1, repeat('a', 64), 'of-old', type, day, client, outcome
         FROM event_seen"
    ));
    assert_eq!(council.rows().len(), 1);
    council.importer.does(&["reconcile"]);
    let log = council.importer.log();
    assert!(log.contains("1 missing here, 1 missing at the server"), "{log}");
    assert_eq!(council.rows(), before);
    assert!(council.outstanding().is_empty());
}

#[test]
fn a_receipt_that_the_server_lost_is_given_again() {
    let mut council = Council::new(94);
    let note = council.finishes(OPEN[0], "home_visit", "She was well.");
    let refused = council.finishes("P104247", "home_visit", "She writes letters.");
    council.syncs_until_told();
    let backup = council.server.data().with_file_name("backup.db");
    council.server.run(&["backup", backup.to_str().unwrap()]);
    council.importer.does(&["run", "--once"]);
    restores(&mut council, &backup);
    assert_eq!(council.outstanding().len(), 2, "the server knows of no receipt");
    council.importer.does(&["run", "--once"]);
    assert!(council.outstanding().is_empty());
    assert_eq!(council.shows(note).state, State::InCaseSystem);
    assert_eq!(council.shows(refused).state, State::Refused);
    assert_eq!(council.rows().len(), 1);
}
