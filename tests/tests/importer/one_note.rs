//! What becomes of one note: it is a locked case note, its addenda are appended, and the phone knows its id there.

use client_core::notebook::State;
use doorstep_tests::{Chance, Importer};

use super::council::{Council, OPEN};

const BODY: &str = "She was up and dressed. — “I want to see my brother,” she said. 🙂";

#[test]
fn a_finished_note_is_a_locked_case_note_and_the_phone_knows_its_id() {
    let mut council = Council::new(61);
    let note = council.finishes(OPEN[0], "home_visit", BODY);
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    let rows = council.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["note_id"], note.to_string());
    assert_eq!(rows[0]["text"], BODY);
    assert_eq!(rows[0]["record"]["person"]["case_id"], OPEN[0]);
    let shown = council.shows(note);
    assert_eq!(shown.state, State::InCaseSystem);
    assert_eq!(shown.case_system_ref.as_deref(), Some("CN-1"));
    assert!(council.outstanding().is_empty());
    for change in [
        "UPDATE case_note SET text = 'She was not in.'",
        "UPDATE case_note SET case_id = 'P104222'",
        "DELETE FROM case_note",
    ] {
        assert!(council.postgres.refuses(change).contains("is locked"), "{change}");
    }
}

#[test]
fn an_addendum_is_appended_and_the_note_stays_as_it_is() {
    let mut council = Council::new(62);
    let note = council.finishes(OPEN[0], "home_visit", BODY);
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    council.adds(note, "Her brother rang: he comes on Sunday.");
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    let rows = council.rows();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["text"], &rows[0]["sort"]),
        (&BODY.into(), &"note".into())
    );
    let appended = rows[1]["text"].as_str().unwrap();
    assert!(appended.starts_with(BODY) && appended.ends_with("Her brother rang: he comes on Sunday."));
    let summary = council.postgres.asks("SELECT summary FROM appendment");
    assert!(
        summary[0]["summary"]
            .as_str()
            .unwrap()
            .starts_with("Addendum added by Kofi Mensah"),
        "{summary:?}"
    );
    assert_eq!(council.shows(note).case_system_ref.as_deref(), Some("AP-1"));
    assert!(
        council
            .postgres
            .refuses("UPDATE appendment SET text = ''")
            .contains("is locked")
    );
}

#[test]
fn a_feed_that_is_read_again_from_its_beginning_brings_nothing_twice() {
    let mut council = Council::new(63);
    let note = council.finishes(OPEN[0], "home_visit", BODY);
    council.syncs_until_told();
    council.adds(note, "He came.");
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    let before = council.rows();
    for _ in 0..2 {
        council.postgres.runs("DELETE FROM place");
        council.importer.does(&["run", "--once"]);
    }
    assert_eq!(council.rows(), before);
    assert_eq!(before.len(), 2);
    assert!(
        !council.importer.log().contains("somebody must look"),
        "{}",
        council.importer.log()
    );
}

#[test]
fn a_second_client_of_the_same_case_system_answers_that_it_has_the_note_already() {
    let mut council = Council::new(64);
    let note = council.finishes(OPEN[0], "home_visit", BODY);
    council.syncs_until_told();
    council.importer.does(&["run", "--once"]);
    let url = council.rough.url().to_owned();
    let second = Importer::new(
        &council.server,
        &council.postgres,
        &url,
        &Chance::new(64, "second"),
    );
    council.importer = second;
    assert_eq!(
        council.outstanding().len(),
        1,
        "the second has answered nothing yet"
    );
    council.importer.does(&["run", "--once"]);
    assert_eq!(council.rows().len(), 1);
    assert!(council.outstanding().is_empty());
    let receipts = council
        .postgres
        .asks("SELECT outcome, ref, answer FROM receipt ORDER BY edition");
    assert_eq!(
        receipts[1],
        serde_json::json!({"outcome": "duplicate", "ref": "CN-1", "answer": "accepted"})
    );
    assert_eq!(council.shows(note).state, State::InCaseSystem);
}

#[test]
fn a_note_arrives_by_itself_while_the_importer_waits() {
    let mut council = Council::new(65);
    council.importer.starts();
    for case_id in OPEN {
        let note = council.finishes(case_id, "home_visit", BODY);
        council.syncs_until_told();
        let mut tries = 0;
        while council.shows(note).state != State::InCaseSystem {
            tries += 1;
            assert!(tries < 500, "it does not arrive\n{}", council.importer.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
    assert!(council.importer.is_killed(), "it ran all the time");
    assert_eq!(council.rows().len(), 3);
}

#[test]
fn an_event_that_was_altered_on_the_way_is_not_taken_and_nothing_of_its_page_is() {
    let mut council = Council::new(66);
    let whole = council.finishes(OPEN[0], "home_visit", "She was up.");
    let altered = council.finishes(OPEN[1], "home_visit", "He was not in.");
    council.syncs_until_told();
    council.rough.alters(Some(("He was not in.", "He was now in.")));
    council.importer.fails_to(&["run", "--once"]);
    assert!(
        council.importer.log().contains("does not have the hash"),
        "{}",
        council.importer.log()
    );
    assert!(council.rows().is_empty());
    assert_eq!(council.outstanding().len(), 2);
    council.rough.alters(None);
    council.importer.does(&["run", "--once"]);
    for note in [whole, altered] {
        assert_eq!(council.shows(note).state, State::InCaseSystem);
    }
    assert!(council.rows().iter().any(|row| row["text"] == "He was not in."));
}

#[test]
fn an_answer_of_which_half_the_head_comes_is_no_answer() {
    let mut council = Council::new(67);
    for words in [
        "HTTP/1.1 200 OK\r\n",
        "doorstep-cursor: ",
        "content-length: ",
        "date: ",
    ] {
        let note = council.finishes(OPEN[0], "home_visit", BODY);
        council.syncs_until_told();
        council.rough.tears_behind(words);
        council.importer.does(&["run", "--once"]);
        assert_eq!(council.shows(note).state, State::InCaseSystem, "{words}");
    }
    assert_eq!(council.rows().len(), 4);
}

#[test]
fn two_importers_at_once_take_turns() {
    let mut council = Council::new(68);
    for case_id in OPEN {
        council.finishes(case_id, "home_visit", BODY);
    }
    council.syncs_until_told();
    let mut both = Vec::new();
    // So that both have read the page before either can write.
    council.postgres.holds_until_waited_for("case_note", 2, || {
        both.extend((0..2).map(|_| council.importer.begins(&["run", "--once"])));
    });
    for mut one in both {
        let status = one.wait().unwrap();
        assert!(status.success(), "{status}\n{}", council.importer.log());
    }
    assert_eq!(council.rows().len(), 3);
    assert!(council.outstanding().is_empty());
}
