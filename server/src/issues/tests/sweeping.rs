//! What time brings before a person, and what ends by itself.

use notes::problem::Code;
use serde_json::{Value, json};

use super::{end, none};
use crate::export::receipts;
use crate::export::tests::town::{MARGARET, Phone, Town, client};
use crate::issues::sweep;
use crate::testing::BEGIN_MS;

const HOUR_MS: i64 = 3_600_000;

fn seen(town: &Town, phone: Phone, waiting: u64, offset_ms: i64) {
    let now = town.core.host.now_ms();
    let said = (waiting, offset_ms, 0);
    town.core
        .store
        .write(|tx| tx.device_seen(phone.id, now, said, "test"))
        .unwrap();
}

/// The issues that are open after a sweep; but for those about clocks, for the phones of this town have that of the
/// morning of the visit.
fn kinds(town: &Town) -> Vec<String> {
    let mut kinds = all_kinds(town);
    kinds.retain(|kind| kind != "wrong_clock");
    kinds
}

fn all_kinds(town: &Town) -> Vec<String> {
    sweep(&town.core).unwrap();
    let kinds = town
        .issues()
        .into_iter()
        .map(|issue| issue["kind"].as_str().unwrap().to_owned());
    kinds.collect()
}

fn silent(town: &Town) -> Vec<Value> {
    let mut all = town.issues();
    all.retain(|issue| issue["kind"] == "export_silent");
    all
}

#[test]
fn a_phone_that_waits_unseen_is_an_issue_until_it_comes() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    seen(&town, kofi, 3, 0);
    seen(&town, sian, 0, 0);
    town.clock.forward(24 * HOUR_MS);
    assert_eq!(kinds(&town), Vec::<String>::new(), "not yet");
    town.clock.forward(1);
    assert_eq!(kinds(&town), ["stale_device"]);
    let issue = town.issue("stale_device");
    assert_eq!(
        (&issue["worker_id"], &issue["detail"]["waiting"]),
        (&json!("W1"), &json!(3))
    );
    assert_eq!(issue["actions"], json!(["nudge", "close"]));
    end(&town, &issue, "nudge", none()).unwrap();
    assert_eq!(kinds(&town), ["stale_device"], "nudged, and still open");
    let sent = town.read(|tx| tx.messages_to("W1", None, 10));
    assert_eq!((sent.len(), sent[0].kind.as_str()), (1, "nudge"));
    seen(&town, kofi, 3, 0);
    assert_eq!(kinds(&town), Vec::<String>::new());
    let closed = town.read(|tx| tx.issue(issue["id"].as_str().unwrap())).unwrap();
    assert!(format!("{:?}", closed.state).contains("resolved by pass"));
}

#[test]
fn a_phone_that_was_closed_over_is_asked_for_again_only_after_it_came() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    seen(&town, kofi, 3, 0);
    town.clock.forward(25 * HOUR_MS);
    assert_eq!(kinds(&town), ["stale_device"]);
    end(&town, &town.issue("stale_device"), "close", none()).unwrap();
    town.clock.forward(100 * HOUR_MS);
    assert_eq!(kinds(&town), Vec::<String>::new());
    seen(&town, kofi, 1, 0);
    town.clock.forward(25 * HOUR_MS);
    assert_eq!(kinds(&town), ["stale_device"]);
}

#[test]
fn a_wrong_clock_is_an_issue_until_it_is_right() {
    let lines = [
        (600_000, false),
        (600_001, true),
        (-600_000, false),
        (-600_001, true),
        (30 * 24 * HOUR_MS, true),
    ];
    for (offset, expected) in lines {
        let town = Town::new();
        let kofi = town.phone("W1", 1);
        seen(&town, kofi, 0, offset);
        assert_eq!(all_kinds(&town).len(), usize::from(expected), "{offset}");
        if expected {
            let issue = town.issue("wrong_clock");
            assert_eq!(issue["actions"], json!(["ask_again", "close"]));
            seen(&town, kofi, 0, 0);
            assert_eq!(all_kinds(&town), Vec::<String>::new(), "{offset}");
        }
    }
}

#[test]
fn a_clock_that_a_person_has_seen_is_asked_about_again_only_where_it_is_another() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    seen(&town, kofi, 0, HOUR_MS);
    assert_eq!(all_kinds(&town), ["wrong_clock"]);
    end(&town, &town.issue("wrong_clock"), "close", none()).unwrap();
    seen(&town, kofi, 0, HOUR_MS + 60_000);
    assert_eq!(all_kinds(&town), Vec::<String>::new());
    seen(&town, kofi, 0, 2 * HOUR_MS);
    assert_eq!(all_kinds(&town), ["wrong_clock"]);
}

#[test]
fn what_the_desk_settles_counts_above_the_configuration() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    seen(&town, phone, 1, 0);
    town.clock
        .forward(-(town.core.host.now_ms() - crate::export::tests::town::MORNING) + 3 * HOUR_MS);
    seen(&town, phone, 1, 0);
    town.clock.forward(2 * HOUR_MS);
    assert_eq!(kinds(&town), Vec::<String>::new());
    let settle = |name, value| town.core.store.write(|tx| tx.setting_put(name, value, "W9", 0));
    settle("overdue_draft_h", "4").unwrap();
    assert_eq!(kinds(&town), ["overdue_draft"]);
    settle("stale_device_h", "1").unwrap();
    assert_eq!(kinds(&town).len(), 2, "the phone too");
    settle("stale_device_h", "3").unwrap();
    assert_eq!(kinds(&town), ["overdue_draft"], "that is no longer one");
}

#[test]
fn a_note_that_is_not_finished_in_time_is_an_issue_until_it_is() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    // Begun on 3 September, and it is the 21st.
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(kinds(&town), ["overdue_draft"]);
    let issue = town.issue("overdue_draft");
    assert_eq!(
        (&issue["note_id"], &issue["worker_id"]),
        (&json!(note.id), &json!("W1"))
    );
    assert_eq!(issue["person"]["case_id"], "C1");
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(kinds(&town), Vec::<String>::new());
}

#[test]
fn a_draft_of_today_and_one_that_was_closed_over_are_none() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.publish(&town, &mut note, Some(MARGARET));
    town.clock
        .forward(-(town.core.host.now_ms() - crate::export::tests::town::MORNING) + 72 * HOUR_MS);
    assert_eq!(kinds(&town), Vec::<String>::new());
    town.clock.forward(1_000);
    assert_eq!(kinds(&town), ["overdue_draft"]);
    end(&town, &town.issue("overdue_draft"), "close", none()).unwrap();
    town.clock.forward(1_000 * HOUR_MS);
    assert_eq!(kinds(&town), Vec::<String>::new());
}

fn finished() -> (Town, Phone, crate::export::tests::town::Copy) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    (town, phone, note)
}

fn answer(town: &Town, who: &str, version: usize, outcome: &str) {
    let event = town.events().remove(version - 1);
    let one = json!([{"event_id": event["event_id"], "sha256": event["sha256"], "outcome": outcome}]);
    let said = receipts(&town.core, &client(who), one.to_string().as_bytes()).unwrap();
    assert_eq!(said[0]["status"], "accepted", "{said}");
}

#[test]
fn each_case_system_that_does_not_answer_is_an_issue_until_it_does() {
    let (town, ..) = finished();
    town.clock.forward(48 * HOUR_MS);
    assert_eq!(kinds(&town), Vec::<String>::new(), "not yet");
    town.clock.forward(1);
    assert_eq!(kinds(&town), ["export_silent", "export_silent"]);
    assert_eq!(kinds(&town).len(), 2, "each is asked about once");
    answer(&town, "mosaic", 1, "imported");
    assert_eq!(town.issue("export_silent")["detail"]["client"], "eclipse");
    answer(&town, "eclipse", 1, "refused");
    assert_eq!(kinds(&town), ["export_refused"]);
}

#[test]
fn only_the_newest_version_is_waited_for() {
    let (town, phone, mut note) = finished();
    town.clock.forward(40 * HOUR_MS);
    phone.add(&mut note, "z1", "W1", "And more.");
    phone.publish(&town, &mut note, Some(MARGARET));
    town.clock.forward(20 * HOUR_MS);
    assert_eq!(kinds(&town), Vec::<String>::new());
    town.clock.forward(30 * HOUR_MS);
    assert_eq!(kinds(&town).len(), 2);
    assert_eq!(silent(&town)[0]["detail"]["version"], 2);
    answer(&town, "mosaic", 1, "imported");
    assert_eq!(
        kinds(&town).len(),
        2,
        "an earlier version says nothing of this one"
    );
}

#[test]
fn no_case_system_is_waited_for_that_does_not_read_or_came_later() {
    let lines: [(&str, i64, Option<i64>, usize); 4] = [
        ("export.read", 0, None, 1),
        ("people.write", 0, None, 0),
        ("export.read", 0, Some(BEGIN_MS), 0),
        ("export.read", BEGIN_MS + 49 * HOUR_MS, None, 0),
    ];
    for (scope, created_at, revoked_at, expected) in lines {
        let (town, ..) = finished();
        let write = |tx: &crate::store::Tx<'_>| {
            for id in ["mosaic", "eclipse", "third"] {
                let mut one = client(id);
                one.revoked_at = Some(1);
                if id == "third" {
                    (one.scope, one.created_at, one.revoked_at) = (scope.to_owned(), created_at, revoked_at);
                }
                tx.client_put(&one)?;
            }
            Ok::<_, crate::store::StoreError>(())
        };
        town.core.store.write(write).unwrap();
        town.clock.forward(50 * HOUR_MS);
        assert_eq!(
            kinds(&town).len(),
            expected,
            "{scope} {created_at} {revoked_at:?}"
        );
    }
}

#[test]
fn a_silence_that_a_person_has_closed_is_asked_about_again_only_for_a_later_version() {
    let (town, phone, mut note) = finished();
    town.clock.forward(49 * HOUR_MS);
    assert_eq!(kinds(&town).len(), 2);
    for issue in silent(&town) {
        end(&town, &issue, "close", none()).unwrap();
    }
    assert_eq!(kinds(&town), Vec::<String>::new());
    phone.add(&mut note, "z1", "W1", "And more.");
    phone.publish(&town, &mut note, Some(MARGARET));
    town.clock.forward(49 * HOUR_MS);
    assert_eq!(kinds(&town).len(), 2);
    let issue = silent(&town).remove(0);
    let again = end(&town, &issue, "send_again", none());
    assert!(again.is_ok());
    assert_eq!(end(&town, &issue, "send_again", none()), Err(Code::IssueSettled));
    assert_eq!(town.events().len(), 3);
    assert!(silent(&town).iter().all(|one| one["id"] != issue["id"]));
}
