//! What the case system's files do to phones: people who come to another worker, who leave and come
//! back, and two case ids that are one human. A phone lets go of what it has read, never of what it has
//! not sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use client_core::notebook::State;
use doorstep_tests::{Cut, HOUR, Phone, Village};
use notes::ids::DocumentId;
use serde_json::Value;
use server::ops::import::{How, Imported, Mode, people, people_as};

/// A file of changes from the case system.
fn comes(v: &Village, rows: &str) -> Imported {
    let answer = people(&v.server.core(), rows.as_bytes(), "client:case").expect("the file is taken");
    assert_eq!(answer.rejected, []);
    answer
}

fn moves(v: &Village, case_id: &str, name: (&str, &str), worker: &str, team: &str) {
    let head = "case_id,forename,surname,allocated_worker,allocated_team";
    let (forename, surname) = name;
    let answer = comes(
        v,
        &format!("{head}\n{case_id},{forename},{surname},{worker},{team}\n"),
    );
    assert_eq!(answer.changed, 1);
}

fn merges(v: &Village, old: &str, into: &str) {
    let answer = comes(v, &format!("case_id,merged_into\n{old},{into}\n"));
    assert_eq!(answer.merged, 1);
}

fn written(phone: &mut Phone, case_id: &str, words: &str) -> DocumentId {
    let note = phone.new_note(case_id, "home_visit");
    phone.types(note, words);
    note
}

fn case_ids(phone: &mut Phone) -> Vec<String> {
    let people = phone.notebook().people(None).expect("people");
    people.into_iter().map(|person| person.case_id).collect()
}

fn about(v: &Village, note: DocumentId) -> Value {
    let page = v.server.feed();
    let lines = page
        .lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    let mut events = lines.map(|line| serde_json::from_slice::<Value>(line).unwrap());
    let id = note.to_string();
    let newest = events.rfind(|event| event["note_id"] == id.as_str());
    newest.expect("it is in the feed")["person"]["case_id"].clone()
}

const MARGARET: (&str, &str) = ("Margaret", "O'Dowd");
const NORTH: &str = "Ashmere North Community Team";
const SOUTH: &str = "Ashmere South Community Team";

/// Margaret comes from Kofi in the north to Callum in the south and back, and each of them is offline
/// with something unsent when they lose her.
#[test]
fn a_person_goes_to_another_worker_and_comes_back_while_both_have_something_unsent() {
    let mut v = Village::new(501);
    let (mut kofi, mut callum) = (v.phone("W105"), v.phone("W108"));
    let sent = written(&mut kofi, "P104201", "She likes the new chair.");
    v.until_quiet(&mut [&mut kofi]);
    let unsent = written(&mut kofi, "P104201", "She asked about the rail.");
    let kofis = kofi.still_has(unsent);

    moves(&v, "P104201", MARGARET, "W108", SOUTH);
    kofi.link.cut(Cut::BeforeRequest);
    kofi.syncs();
    assert!(kofi.item(sent).is_some(), "it has not heard of it");
    kofi.syncs_well();
    assert!(
        kofi.item(sent).is_none() && kofi.item(unsent).is_none(),
        "out of view"
    );
    assert!(!case_ids(&mut kofi).contains(&"P104201".to_owned()));
    assert!(kofi.still_has(unsent).is_superset(&kofis), "and not lost");
    v.server.settle();
    let issue = v.admin().issue("held", unsent);
    v.admin().decides(&issue, "accept");
    v.until_quiet(&mut [&mut callum]);
    assert_eq!(callum.body(sent), "She likes the new chair.");
    assert_eq!(callum.body(unsent), "She asked about the rail.");

    let theirs = written(&mut callum, "P104201", "The rail is up.");
    let callums = callum.still_has(theirs);
    moves(&v, "P104201", MARGARET, "W105", NORTH);
    callum.syncs_well();
    assert!(callum.item(theirs).is_none(), "out of view");
    assert!(callum.still_has(theirs).is_superset(&callums), "and not lost");
    v.server.settle();
    let issue = v.admin().issue("held", theirs);
    v.admin().decides(&issue, "accept");
    v.until_quiet(&mut [&mut kofi, &mut callum]);
    for (note, words) in [
        (sent, "She likes the new chair."),
        (unsent, "She asked about the rail."),
        (theirs, "The rail is up."),
    ] {
        assert_eq!(kofi.body(note), words);
        assert!(kofi.item(note).is_some(), "{words}");
        assert!(callum.item(note).is_none(), "{words}");
    }
    v.nothing_shown_is_missing();
    v.server.verify();
}

/// Margaret is in no file of everybody any more, and then she is again.
#[test]
fn who_has_left_is_on_no_phone_and_comes_back_with_everything() {
    let mut v = Village::new(502);
    let (mut kofi, mut dawn) = (v.phone("W105"), v.phone("W104"));
    let note = written(&mut kofi, "P104201", "She moves to her daughter.");
    v.until_quiet(&mut [&mut kofi, &mut dawn]);
    let late = written(&mut kofi, "P104201", "She waved from the car.");
    let has = kofi.still_has(late);
    let demo = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/people.csv")).unwrap();
    let without: String = demo
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("P104201"))
        .collect();
    let whole = How {
        mode: Mode::Whole,
        ..How::default()
    };
    let answer = people_as(&v.server.core(), without.as_bytes(), whole, "client:case").unwrap();
    assert_eq!(answer.left, ["P104201"]);
    kofi.syncs_well();
    dawn.syncs_well();
    for phone in [&mut kofi, &mut dawn] {
        assert!(!case_ids(phone).contains(&"P104201".to_owned()), "{}", phone.name);
    }
    assert!(kofi.item(note).is_none());
    assert!(kofi.still_has(late).is_superset(&has), "not lost");
    v.server.settle();
    let issue = v.admin().issue("held", late);
    v.admin().decides(&issue, "accept");

    let answer = people_as(&v.server.core(), demo.as_bytes(), whole, "client:case").unwrap();
    assert_eq!((answer.changed, answer.added, answer.left.len()), (1, 0, 0));
    v.until_quiet(&mut [&mut kofi, &mut dawn]);
    assert_eq!(kofi.body(note), "She moves to her daughter.");
    assert_eq!(kofi.body(late), "She waved from the car.");
    assert!(kofi.item(note).is_some() && kofi.item(late).is_some());
    v.all_agree(&mut [&mut kofi]);
    v.nothing_shown_is_missing();
    v.server.verify();
}

/// Kofi has both of Margaret's case ids on his caseload: nothing leaves his phone, and all of it is
/// about the survivor in the end, also what he writes before he hears of it.
#[test]
fn two_case_ids_of_one_caseload_become_one() {
    let mut v = Village::new(503);
    let mut mosaic = v.case_system();
    let (mut kofi, mut dawn) = (v.phone("W105"), v.phone("W104"));
    let done = written(&mut kofi, "P104201", "She fell on the stairs.");
    kofi.finishes(done);
    v.time.pass(HOUR);
    let open = written(&mut kofi, "P104201", "The doctor rang.");
    v.time.pass(HOUR);
    let other = written(&mut kofi, "P104222", "Under her other name.");
    kofi.finishes(other);
    v.until_quiet(&mut [&mut kofi, &mut dawn]);
    mosaic.takes_all();
    v.time.pass(HOUR);
    // Offline: a new note, and more in one that is there.
    let unsent = written(&mut kofi, "P104201", "She is well again.");
    kofi.types(open, " He comes on Monday.");

    merges(&v, "P104201", "P104222");
    v.until_quiet(&mut [&mut kofi, &mut dawn]);
    for (note, words) in [
        (done, "She fell on the stairs."),
        (open, "The doctor rang. He comes on Monday."),
        (unsent, "She is well again."),
        (other, "Under her other name."),
    ] {
        let item = kofi.item(note).unwrap_or_else(|| panic!("{words}"));
        assert_eq!(item.case_id.as_deref(), Some("P104222"), "{words}");
        assert!(
            matches!(item.state, State::OnServer | State::InCaseSystem),
            "{words}"
        );
        assert_eq!(kofi.body(note), words);
    }
    assert_eq!(v.admin().issues(), Vec::<Value>::new());
    assert!(!case_ids(&mut kofi).contains(&"P104201".to_owned()));
    assert!(!case_ids(&mut dawn).contains(&"P104201".to_owned()));

    let events = mosaic.takes_all();
    let [amended] = &events[..] else {
        panic!("{events:?}")
    };
    assert!(amended.is_about(done));
    assert_eq!(amended.text("type"), "note.amended");
    assert_eq!(amended.json["person"]["case_id"], "P104222");
    kofi.finishes(unsent);
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(about(&v, unsent), "P104222");
    v.all_agree(&mut [&mut kofi]);
    v.nothing_shown_is_missing();
    server::sync::reproject(&v.server.core()).unwrap();
    v.server.verify();
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(about(&v, unsent), "P104222");
}

/// The survivor is Callum's. Kofi's phone lets go of what it had read of Margaret; what it had not sent
/// is put before a person, and comes to the survivor.
#[test]
fn a_merge_into_another_team_takes_the_notes_along_and_loses_nothing_unsent() {
    let mut v = Village::new(504);
    let (mut kofi, mut callum) = (v.phone("W105"), v.phone("W108"));
    let sent = written(&mut kofi, "P104201", "She fell on the stairs.");
    kofi.finishes(sent);
    v.until_quiet(&mut [&mut kofi, &mut callum]);
    let unsent = written(&mut kofi, "P104201", "She is well again.");
    kofi.finishes(unsent);
    let has = kofi.still_has(unsent);
    merges(&v, "P104201", "P104261");
    kofi.link.cut(Cut::BeforeAnswer);
    kofi.syncs();
    kofi.is_killed();
    kofi.syncs_well();
    v.server.settle();
    kofi.syncs_well();
    assert!(
        kofi.item(sent).is_none() && kofi.item(unsent).is_none(),
        "out of view"
    );
    assert!(kofi.still_has(unsent).is_superset(&has), "and not lost");
    let issue = v.admin().issue("held", unsent);
    v.admin().decides(&issue, "accept");
    v.until_quiet(&mut [&mut kofi, &mut callum]);
    for (note, words) in [(sent, "She fell on the stairs."), (unsent, "She is well again.")] {
        let item = callum.item(note).unwrap_or_else(|| panic!("{words}"));
        assert_eq!(item.case_id.as_deref(), Some("P104261"), "{words}");
        assert_eq!(callum.body(note), words);
        assert_eq!(about(&v, note), "P104261", "{words}");
        assert!(kofi.item(note).is_none());
    }
    v.nothing_shown_is_missing();
    v.server.verify();
}

/// Both have a page of their own. Nothing of it is lost, what is private stays so, and what a phone
/// writes on the old page later comes along.
#[test]
fn what_stands_on_the_old_page_comes_to_stand_on_the_survivors() {
    let mut v = Village::new(505);
    let mut kofi = v.phone("W105");
    let old = kofi.notebook().about("P104201").unwrap();
    kofi.types_in(old, "please_do", "Knock twice. Her son has a key.");
    kofi.notebook()
        .mark(old, "please_do", 13, 31, "third_party")
        .unwrap();
    kofi.types_in(old, "my_wellness", "Bad knees.");
    kofi.sets(
        old,
        "contacts.+",
        serde_json::json!({"name": "Sean", "phone": "01"}),
    );
    let page = kofi.notebook().about("P104222").unwrap();
    kofi.types_in(page, "please_do", "Speak up.");
    v.until_quiet(&mut [&mut kofi]);
    // Not sent yet when the two become one.
    kofi.types_in(old, "written_with", "Her daughter.");
    merges(&v, "P104201", "P104222");
    v.until_quiet(&mut [&mut kofi]);
    let shown = kofi.reads(page);
    let please_do = "Speak up.\n\nFrom the page of P104201:\nKnock twice. Her son has a key.";
    assert_eq!(shown["please_do"], please_do);
    assert_eq!(shown["my_wellness"], "Bad knees.");
    assert_eq!(shown["written_with"], "Her daughter.");
    assert_eq!(shown["contacts"][0]["name"], "Sean", "{shown}");
    let passage = &shown["private"][0];
    let marked = |name: &str| usize::try_from(passage[name].as_u64().expect("a place")).unwrap();
    let marked: String = please_do
        .chars()
        .skip(marked("start"))
        .take(marked("end") - marked("start"))
        .collect();
    assert_eq!(
        (marked.as_str(), passage["kind"].as_str()),
        ("Her son has a key.", Some("third_party"))
    );
    let kept = v.server.core().store.read(|tx| tx.document(old)).unwrap();
    assert!(kept.is_some(), "the old page is still there");
    v.nothing_shown_is_missing();
    v.server.verify();
}

/// A page where the survivor had none, and a chain of merges: the first leads to the last.
#[test]
fn a_chain_of_merges_leads_to_the_last_of_them() {
    let mut v = Village::new(506);
    let mut kofi = v.phone("W105");
    let note = written(&mut kofi, "P104201", "She fell on the stairs.");
    kofi.finishes(note);
    let page = kofi.notebook().about("P104201").unwrap();
    kofi.types_in(page, "please_do", "Knock twice.");
    v.until_quiet(&mut [&mut kofi]);
    let unsent = written(&mut kofi, "P104201", "She is well again.");
    // In one file, before anything of the first was judged.
    let answer = comes(&v, "case_id,merged_into\nP104201,P104222\nP104222,P104255\n");
    assert_eq!(answer.merged, 2);
    v.until_quiet(&mut [&mut kofi]);
    for each in [note, unsent] {
        assert_eq!(kofi.item(each).unwrap().case_id.as_deref(), Some("P104255"));
    }
    let last = kofi.notebook().about("P104255").unwrap();
    assert_eq!(kofi.text(last, "please_do"), "Knock twice.");
    assert_eq!(about(&v, note), "P104255");
    v.all_agree(&mut [&mut kofi]);
    v.nothing_shown_is_missing();
    v.server.verify();
}
