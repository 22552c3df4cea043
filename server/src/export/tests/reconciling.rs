//! How both sides find out whether they have the same, and what a restored server is told.

use std::collections::BTreeMap;

use jiff::civil::date;
use notes::problem::Code;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::town::{Copy, MARGARET, Phone, Town, client};
use crate::export::{Asked, Format, Place, day, days, feed, outstanding, receipts, took};

const DAY_MS: i64 = 86_400_000;

fn finished(town: &Town, phone: Phone, number: u8) -> Copy {
    let mut note = phone.begin(number, MARGARET);
    phone.type_in(&mut note, "body", 0, &format!("Visit {number}."));
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(MARGARET));
    note
}

fn text(event: &Value, name: &str) -> String {
    event[name].as_str().unwrap().to_owned()
}

/// Counted by hand, as a case system would from what it took.
fn by_hand(events: &[Value]) -> Value {
    let mut days: BTreeMap<String, Vec<(String, u64, String)>> = BTreeMap::new();
    for event in events {
        let key = (
            text(event, "note_id"),
            event["version"].as_u64().unwrap(),
            text(event, "sha256"),
        );
        days.entry(text(event, "received_at")[..10].to_owned())
            .or_default()
            .push(key);
    }
    let said = days.into_iter().map(|(day, mut all)| {
        all.sort();
        let mut hash = Sha256::new();
        for (note, version, sha256) in &all {
            hash.update(format!("{note} {version} {sha256}\n"));
        }
        let sha256 = crate::hex::hex(&hash.finalize());
        json!({"day": day, "events": all.len(), "sha256": sha256})
    });
    json!({"days": said.collect::<Vec<_>>()})
}

/// What the case system posts of what it took.
fn lines(events: &[Value]) -> Vec<Value> {
    let each = events.iter().map(|e| {
        json!({"event_id": e["event_id"], "note_id": e["note_id"], "version": e["version"], "sha256": e["sha256"]})
    });
    each.collect()
}

fn post(town: &Town, lines: &[Value]) -> Value {
    took(&town.core, &client("mosaic"), json!(lines).to_string().as_bytes()).unwrap()
}

fn answers(said: &Value) -> Vec<&str> {
    let all = said["answers"].as_array().unwrap().iter();
    all.map(|a| a["answer"].as_str().or(a["code"].as_str()).unwrap())
        .collect()
}

fn import(town: &Town, events: &[Value]) {
    let each = events
        .iter()
        .map(|e| json!({"event_id": e["event_id"], "sha256": e["sha256"], "outcome": "imported"}));
    let body = Value::Array(each.collect()).to_string();
    let said = receipts(&town.core, &client("mosaic"), body.as_bytes()).unwrap();
    assert!(
        said.as_array()
            .unwrap()
            .iter()
            .all(|one| one["status"] == "accepted"),
        "{said}"
    );
}

fn after(town: &Town, cursor: &str) -> Vec<Value> {
    let asked = Asked {
        after: Some(cursor),
        limit: 1_000,
        format: Format::Ndjson,
    };
    let page = feed(&town.core, asked).unwrap().lines;
    let lines = page.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn a_difference_is_found_in_two_requests() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut first = finished(&town, phone, 1);
    for number in 2..=4 {
        finished(&town, phone, number);
    }
    town.clock.forward(DAY_MS);
    phone.add(&mut first, "a", "W1", "She rang.");
    phone.publish(&town, &mut first, Some(MARGARET));
    finished(&town, phone, 5);

    let events = town.events();
    assert_eq!(events.len(), 6);
    assert_eq!(days(&town.core, None, None).unwrap(), by_hand(&events));
    // The case system lost one: the day's hash differs, and the day's lines say which.
    let (lost, rest) = events.split_first().unwrap();
    assert_ne!(by_hand(rest)["days"][0], by_hand(&events)["days"][0]);
    assert_eq!(by_hand(rest)["days"][1], by_hand(&events)["days"][1]);
    import(&town, rest);
    let date = text(lost, "received_at")[..10].parse().unwrap();
    let said = day(&town.core, &client("mosaic"), date, None, 10_000).unwrap();
    let missing: Vec<&Value> = said["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["outcome"].is_null())
        .collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0]["event_id"], lost["event_id"]);
    assert_eq!(after(&town, missing[0]["after"].as_str().unwrap())[0], *lost);
    assert_eq!((said["events"].as_u64(), &said["more"]), (Some(4), &json!(false)));
}

#[test]
fn a_long_day_comes_in_pages_under_one_hash() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    for number in 1..=5 {
        finished(&town, phone, number);
    }
    let whole = by_hand(&town.events())["days"][0].clone();
    let date = whole["day"].as_str().unwrap().parse().unwrap();
    let (mut seen, mut place) = (Vec::new(), None);
    loop {
        let said = day(&town.core, &client("mosaic"), date, place, 2).unwrap();
        assert_eq!(said["sha256"], whole["sha256"]);
        seen.extend(said["lines"].as_array().unwrap().clone());
        let Some(next) = said["next"].as_str() else { break };
        assert_eq!(said["more"], true);
        place = Some(next.parse::<Place>().unwrap());
    }
    let mut ids: Vec<String> = town.events().iter().map(|e| text(e, "note_id")).collect();
    ids.sort();
    assert_eq!(
        seen.iter().map(|line| text(line, "note_id")).collect::<Vec<_>>(),
        ids
    );
    for limit in [0, 10_001] {
        let refused = day(&town.core, &client("mosaic"), date, None, limit);
        assert_eq!(refused.unwrap_err(), Code::ParameterInvalid);
    }
}

#[test]
fn days_may_be_bounded() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    for number in 1..=3 {
        finished(&town, phone, number);
        town.clock.forward(DAY_MS);
    }
    let all = by_hand(&town.events());
    let dates: Vec<jiff::civil::Date> = (0..3)
        .map(|n| all["days"][n]["day"].as_str().unwrap().parse().unwrap())
        .collect();
    let count = |from, to| {
        days(&town.core, from, to).unwrap()["days"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(Some(dates[1]), None), 2);
    assert_eq!(count(None, Some(dates[1])), 2);
    assert_eq!(count(Some(dates[1]), Some(dates[1])), 1);
    assert_eq!(count(Some(date(1066, 10, 14)), Some(date(1066, 12, 25))), 0);
}

/// Kofi finishes a note; the server is backed up; he adds to it and finishes another; the case system takes it all;
/// the server's disk dies. What the case system has then, and the server as it comes back, and his phone's copies.
fn disaster() -> (Vec<Value>, Town, Phone, [Copy; 2]) {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut first = finished(&town, phone, 1);
    let backup = town.backup();
    let before = first.clone();
    phone.add(&mut first, "a", "W1", "She rang.");
    phone.publish(&town, &mut first, Some(MARGARET));
    let mut second = phone.begin(2, MARGARET);
    let unsent = second.clone();
    phone.finish(&mut second, "W1");
    phone.publish(&town, &mut second, Some(MARGARET));
    let events = town.events();
    assert_eq!(events.len(), 3);
    import(&town, &events);
    let restored = town.restored(&backup);
    // The phone will send what the server does not know again.
    let mut copies = [first, second];
    copies[0].forget_since(&before);
    copies[1].forget_since(&unsent);
    (events, restored, phone, copies)
}

#[test]
fn what_was_taken_before_a_restore_is_never_numbered_twice() {
    let (taken, town, phone, mut copies) = disaster();
    let old = taken[0]["cursor"].as_str();
    let asked = Asked {
        after: old,
        limit: 10,
        format: Format::Ndjson,
    };
    assert_eq!(feed(&town.core, asked).unwrap_err(), Code::EpochChanged);
    // The case system says what it took; then Kofi's phone sends what the server lost.
    let said = post(&town, &lines(&taken));
    assert_eq!(answers(&said), ["known", "lost", "lost"]);
    assert_eq!(
        said["answers"][0]["outcome"],
        Value::Null,
        "its receipt was lost too"
    );
    let next = said["next"].as_str().unwrap().to_owned();
    assert_eq!(after(&town, &next).len(), 1, "the one without a receipt");
    for copy in &mut copies {
        phone.publish(&town, copy, Some(MARGARET));
    }
    let fresh = &after(&town, &next)[1..];
    assert_eq!(fresh.len(), 2);
    for (event, (version, before)) in fresh.iter().zip([(3, &taken[1]), (2, &taken[2])]) {
        assert_eq!(event["version"], version);
        assert_eq!(event["type"], "note.amended");
        assert_eq!(event["supersedes"], before["event_id"]);
        assert_eq!(event["body"], before["body"]);
        assert_eq!(event["addenda"], before["addenda"]);
    }
    assert_eq!(
        fresh[1]["change_summary"],
        "Sent again, because the server was restored from a backup."
    );
    // Told twice, nothing changes.
    let again = post(&town, &lines(&taken));
    assert_eq!(answers(&again), ["known", "lost", "lost"]);
    assert_eq!(town.events().len(), 3);
}

#[test]
fn what_was_numbered_twice_is_sent_again_above() {
    let (taken, town, phone, mut copies) = disaster();
    // Kofi's phone is quicker than the case system: the same versions are written anew, with other bytes.
    town.clock.forward(1);
    for copy in &mut copies {
        phone.publish(&town, copy, Some(MARGARET));
    }
    assert_eq!(town.events().len(), 3);
    let said = post(&town, &lines(&taken));
    assert_eq!(answers(&said), ["known", "differs", "differs"]);
    let events = town.events();
    assert_eq!(events.len(), 5);
    let versions: Vec<u64> = events[3..]
        .iter()
        .map(|e| e["version"].as_u64().unwrap())
        .collect();
    let mut sorted = versions.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [2, 3]);
    for event in &events[3..] {
        assert_eq!(
            event["change_summary"],
            "Sent again, because the server was restored from a backup."
        );
    }
    // Not again and again.
    assert_eq!(
        answers(&post(&town, &lines(&taken))),
        ["known", "differs", "differs"]
    );
    assert_eq!(town.events().len(), 5);
}

#[test]
fn a_line_that_cannot_be_is_answered_by_itself() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    finished(&town, phone, 1);
    let good = lines(&town.events()).remove(0);
    let with = |name: &str, value: Value| {
        let mut line = good.clone();
        line[name] = value;
        line
    };
    let batch = [
        with("version", json!(0)),
        with("version", json!(1_000_001)),
        with("version", json!(-1)),
        with("sha256", json!("ab")),
        with("note_id", json!("x")),
        with("event_id", json!("")),
        with("event_id", json!("x".repeat(65))),
        json!(7),
        good.clone(),
    ];
    let said = post(&town, &batch);
    let mut expected = vec!["row_invalid"; 8];
    expected.push("known");
    assert_eq!(answers(&said), expected);
    let refuse = |body: &str| took(&town.core, &client("mosaic"), body.as_bytes()).unwrap_err();
    assert_eq!(refuse("{"), Code::MessageMalformed);
    assert_eq!(
        refuse(&json!(vec![good; 1_001]).to_string()),
        Code::MessageTooLarge
    );
    let open = outstanding(&town.core, &client("mosaic"), 10).unwrap();
    assert_eq!(
        open["outstanding"].as_array().unwrap().len(),
        1,
        "saying that it has it is no receipt"
    );
}

#[test]
fn what_is_ended_is_not_looked_at_again_and_what_is_not_stays() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    for number in 1..=5 {
        finished(&town, phone, number);
    }
    let events = town.events();
    let open = |who: &str| {
        let said = outstanding(&town.core, &client(who), 10).unwrap();
        let rows = said["outstanding"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| text(row, "event_id"));
        rows.collect::<Vec<_>>()
    };
    let ids = |range: &[usize]| {
        range
            .iter()
            .map(|n| text(&events[*n], "event_id"))
            .collect::<Vec<_>>()
    };
    import(&town, &[events[0].clone(), events[1].clone(), events[3].clone()]);
    assert_eq!(open("mosaic"), ids(&[2, 4]));
    assert_eq!(
        open("eclipse"),
        ids(&[0, 1, 2, 3, 4]),
        "each case system has a place of its own"
    );
    import(&town, &[events[2].clone()]);
    assert_eq!(open("mosaic"), ids(&[4]));
    finished(&town, phone, 6);
    assert_eq!(open("mosaic").len(), 2);
}
