//! What the team's desk says to phones, on a real server and real notebooks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use client_core::notebook::Wipe;
use doorstep_tests::{Cut, Phone, Village};
use serde_json::Value;

fn hears(phone: &mut Phone) -> Vec<(String, bool)> {
    let messages = phone.notebook().messages().unwrap();
    messages.into_iter().map(|m| (m.text, m.note.is_some())).collect()
}

#[test]
fn bea_asks_kofi_who_answers_on_one_of_his_two_phones() {
    let mut v = Village::new(601);
    let (mut kofi, mut tablet) = (v.phone("W105"), v.phone("W105"));
    let mut ruth = v.phone("W101");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Her number is 01632 960001 or 960002.");
    v.until_quiet(&mut [&mut kofi, &mut tablet, &mut ruth]);
    let id = v.admin().asks("W105", note, "Which number is right?");
    kofi.link.cut(Cut::BeforeAnswer);
    kofi.syncs();
    kofi.is_killed();
    v.until_quiet(&mut [&mut kofi, &mut tablet, &mut ruth]);
    let asked = [("Which number is right?".to_owned(), true)];
    assert_eq!(
        (hears(&mut kofi), hears(&mut tablet)),
        (asked.to_vec(), asked.to_vec())
    );
    assert_eq!(hears(&mut ruth), []);
    kofi.notebook().read_message(&id).unwrap();
    kofi.is_killed();
    kofi.link.cut(Cut::BeforeRequest);
    kofi.syncs();
    assert_eq!(hears(&mut kofi), []);
    v.until_quiet(&mut [&mut kofi, &mut tablet]);
    assert_eq!(hears(&mut tablet), [], "he has read it");
    let read = v.server.core().store.read(|tx| tx.message(&id)).unwrap();
    assert!(read.unwrap().read_at.is_some());
    assert_eq!(hears(&mut v.phone("W105")), [], "a new phone, too");
}

#[test]
fn what_is_unread_outlives_a_server_that_is_set_back() {
    let mut v = Village::new(602);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    v.until_quiet(&mut [&mut kofi]);
    let read = v.admin().asks("W105", note, "Please finish it.");
    v.until_quiet(&mut [&mut kofi]);
    let backup = v.server.backup();
    kofi.notebook().read_message(&read).unwrap();
    v.admin().asks("W105", note, "Who was there?");
    v.until_quiet(&mut [&mut kofi]);
    v.server.restore(&backup);
    v.until_quiet(&mut [&mut kofi]);
    let unread: Vec<String> = hears(&mut kofi).into_iter().map(|(text, _)| text).collect();
    assert_eq!(unread, ["Who was there?"], "what was read is not shown twice");
    let again = v.server.core().store.read(|tx| tx.message(&read)).unwrap();
    assert!(again.unwrap().read_at.is_some(), "and the server hears it again");
}

#[test]
fn a_phone_that_is_ordered_to_lock_says_so_first() {
    let mut v = Village::new(603);
    let mut kofi = v.phone("W105");
    v.admin().locks(&kofi);
    assert_eq!(v.admin().device(&kofi)["order"], "lock");
    kofi.syncs_well();
    assert!(kofi.notebook().ordered().unwrap().lock);
    assert_eq!(v.admin().device(&kofi)["order"], Value::Null);
    // He gives the PIN, and goes on.
    kofi.is_killed();
    assert!(!kofi.notebook().ordered().unwrap().lock);
    let note = kofi.new_note("P104201", "home_visit");
    v.until_quiet(&mut [&mut kofi]);
    assert!(!v.server.log().is_empty() && kofi.item(note).is_some());
}

#[test]
fn a_lost_phone_lets_go_of_what_is_unsent_where_the_desk_says_so_twice() {
    let mut v = Village::new(604);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Nobody else knows.");
    v.admin().wipes(&kofi, false);
    kofi.link.cut(Cut::BeforeRequest);
    kofi.syncs();
    v.admin().wipes(&kofi, true);
    kofi.link.calm();
    let told_only = client_core::SyncMode::PullOnly;
    kofi.passes(told_only);
    assert_eq!(kofi.notebook().ordered().unwrap().wipe, Some(Wipe::Done));
    assert!(kofi.still_has(note).is_empty());
    assert!(v.admin().device(&kofi)["wiped_at"].is_i64());
    // Kofi is enrolled anew, on the same caseload.
    let mut new = v.phone("W105");
    assert!(
        new.notebook()
            .people(None)
            .unwrap()
            .iter()
            .any(|person| person.mine)
    );
    v.server.verify();
}

#[test]
fn the_council_settles_what_its_phones_obey() {
    let mut v = Village::new(605);
    let (mut kofi, mut ruth) = (v.phone("W105"), v.phone("W101"));
    v.admin().sets("idle_lock_s", "120");
    v.admin().sets("consent_text", "We keep a record of our visits.");
    for phone in [&mut kofi, &mut ruth] {
        phone.syncs_well();
        phone.is_killed();
        let settings = phone.notebook().settings().unwrap();
        assert_eq!(settings.idle_lock_s, Some(120));
        assert_eq!(
            settings.consent_text.as_deref(),
            Some("We keep a record of our visits.")
        );
        assert_eq!(settings.finish_text, None);
    }
    let new = v.phone("W102").notebook().settings().unwrap();
    assert_eq!(new.idle_lock_s, Some(120));
}
