//! A person's page and the day's list, as they are gathered from many notes.

use serde_json::json;

use super::server::{ANN, person};
use super::*;
use crate::store::gists;

fn says(view: &impl serde::Serialize) -> Value {
    serde_json::to_value(view).unwrap()
}

fn texts<'a>(list: &'a Value, slot: &str) -> Vec<&'a str> {
    let entries = list.as_array().unwrap().iter();
    entries.map(|one| one["entry"][slot].as_str().unwrap()).collect()
}

#[test]
fn a_new_worker_reads_a_persons_thread_in_one_look() {
    let server = Server::new();
    let (mut alice, mut bob) = (
        Phone::enrolled(&server, "W1", 3),
        Phone::enrolled(&server, "W2", 4),
    );
    let first = alice.note("P1");
    alice.write(first, "  We talked about the stairs.");
    for (path, value) in [
        ("outcomes.+", json!({"text": "Walk to the shop"})),
        (
            "actions.+",
            json!({"what": "Ring the surgery", "by": "2026-10-01"}),
        ),
        ("actions.+", json!({"what": "Measure the bath"})),
    ] {
        alice.book.set(first, path, &value).unwrap();
    }
    alice.hands.pass(86_400_000);
    bob.hands.pass(86_400_000);
    alice.sync();
    bob.sync();
    let second = bob.note("P1");
    bob.write(second, "Grab rail fitted.");
    bob.book
        .set(second, "outcomes.+", &json!({"text": "Walk to the shop"}))
        .unwrap();
    bob.book
        .set(
            second,
            "actions.+",
            &json!({"what": "Order a shower seat", "by": "2026-09-20"}),
        )
        .unwrap();
    bob.sync();
    alice.sync();
    let page = alice.book.about("P1").unwrap();
    alice
        .book
        .type_text(page, "what_matters", None, 0, "Her cat.", 1)
        .ok();

    let view = says(&alice.book.person("P1").unwrap());
    assert_eq!(view["person"]["case_id"], "P1");
    let begins: Vec<_> = view["thread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["begins"])
        .collect();
    assert_eq!(
        begins,
        ["Grab rail fitted.", "We talked about the stairs."],
        "newest first"
    );
    assert_eq!(view["thread"][0]["mine"], false);
    assert_eq!(view["thread"][1]["mine"], true);
    assert_eq!(view["thread"][0]["authors"].as_array().unwrap().len(), 1);
    assert_eq!(view["thread"][0]["state"], "on_server");
    assert_eq!(
        texts(&view["outcomes"], "text"),
        ["Walk to the shop"],
        "said twice, wanted once"
    );
    assert_eq!(view["outcomes"][0]["note"], second.to_string());
    assert_eq!(
        texts(&view["actions"], "what"),
        ["Order a shower seat", "Ring the surgery", "Measure the bath"],
        "the earliest first, without a date last"
    );
    // The day's list has Alice's own only; what is done is off it, here and on a colleague's phone.
    let today = says(&alice.book.today().unwrap());
    assert_eq!(
        texts(&today["actions"], "what"),
        ["Ring the surgery", "Measure the bath"]
    );
    let done = today["actions"][0]["entry"]["id"].as_str().unwrap().to_owned();
    alice
        .book
        .set(first, &format!("actions.{done}.done"), &json!(true))
        .unwrap();
    let today = says(&alice.book.today().unwrap());
    assert_eq!(texts(&today["actions"], "what"), ["Measure the bath"]);
    alice.sync();
    bob.sync();
    let view = says(&bob.book.person("P1").unwrap());
    assert_eq!(
        texts(&view["actions"], "what"),
        ["Order a shower seat", "Measure the bath"]
    );
    assert!(matches!(alice.book.person("P9"), Err(crate::Trouble::NoPerson)));
}

#[test]
fn to_see_a_thread_is_a_reading_of_each_note_and_the_days_list_is_none() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let notes = [alice.note("P1"), alice.note("P1")];
    alice.sync();
    let told = |server: &Server| server.with(|s| s.requests.iter().map(|r| r.readings.len()).sum::<usize>());
    let before = told(&server);
    alice.book.today().unwrap();
    alice.book.list().unwrap();
    alice.sync();
    assert_eq!(told(&server), before);
    alice.book.person("P1").unwrap();
    alice.sync();
    assert_eq!(told(&server), before + notes.len());
}

#[test]
fn of_a_persons_reviews_the_newest_note_decides() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let due = |book: &mut Notebook| -> Vec<String> {
        book.today()
            .unwrap()
            .reviews
            .into_iter()
            .map(|review| review.due)
            .collect()
    };
    let first = alice.note("P1");
    alice
        .book
        .set(first, "review", &json!({"kind": "annual", "due": "2026-10-10"}))
        .unwrap();
    assert_eq!(due(&mut alice.book), ["2026-10-10"]);
    alice.hands.pass(60_000);
    let put_off = alice.note("P1");
    alice
        .book
        .set(put_off, "review", &json!({"kind": "annual", "due": "2026-10-20"}))
        .unwrap();
    assert_eq!(due(&mut alice.book), ["2026-10-20"]);
    alice.hands.pass(60_000);
    let visit = alice.note("P1");
    alice
        .book
        .set(visit, "review", &json!({"was": "annual"}))
        .unwrap();
    assert_eq!(due(&mut alice.book), [""; 0], "this visit was the review");
    alice.hands.pass(60_000);
    let other = alice.note("P2");
    alice
        .book
        .set(other, "review", &json!({"kind": "annual", "due": "2026-09-30"}))
        .unwrap();
    assert_eq!(due(&mut alice.book), [""; 0], "not on the caseload");
    let next_year = json!({"was": "annual", "kind": "annual", "due": "2027-09-14"});
    alice.book.set(visit, "review", &next_year).unwrap();
    assert_eq!(due(&mut alice.book), [""; 0], "next year is not today");
    alice.book.finish(first).unwrap();
    let drafts: Vec<_> = alice
        .book
        .today()
        .unwrap()
        .drafts
        .iter()
        .map(|item| item.id)
        .collect();
    assert_eq!(
        drafts,
        [other, visit, put_off],
        "what is open still, the newest first"
    );
}

#[test]
fn a_person_who_leaves_takes_it_all_along_and_an_older_store_is_gathered_when_it_opens() {
    let server = Server::new();
    let mut alice = Phone::enrolled(&server, "W1", 3);
    let note = alice.note("P1");
    alice.write(note, "Hello.");
    alice
        .book
        .set(note, "actions.+", &json!({"what": "Ring"}))
        .unwrap();
    alice.sync();
    let nr = crate::store::docs::find(alice.book.store.read(), note)
        .unwrap()
        .unwrap()
        .nr;
    alice.book.store.write(|tx| gists::clear(tx, nr)).unwrap();
    assert!(alice.book.today().unwrap().actions.is_empty());
    let folder = alice.folder.copy();
    let mut again = folder.open(&alice.hands, 8);
    assert_eq!(again.today().unwrap().actions.len(), 1);
    assert_eq!(again.person("P1").unwrap().thread[0].begins, "Hello.");
    alice.book = again;
    alice.folder = folder;
    server.with(|s| s.rows = vec![person(ANN, "P1", "Ann Lee", false)]);
    server.with(|s| s.anew = true);
    alice.sync();
    assert!(alice.book.today().unwrap().actions.is_empty());
}
