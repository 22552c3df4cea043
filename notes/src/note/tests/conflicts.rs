//! Two phones apart: what they both say is brought together, and what they disagree on stands side by side.

use automerge::transaction::Transactable;
use automerge::{Automerge, ROOT, ReadDoc, ScalarValue};

use super::world::{at, change, clear, copy, finish, merge, phone, put, read, remove, text, within, write};
use crate::note::edit::{Edit, Scalar};
use crate::note::plain::{Conflict, Value};
use crate::note::{Plain, Template};

/// Each writes apart from the others after what all had; every order of merging must read the same.
fn apart(before: &[Edit], writers: &[&[Edit]]) -> Plain {
    let mut base = phone(9);
    if !before.is_empty() {
        write(&mut base, before);
    }
    let docs: Vec<Automerge> = (1u8..)
        .zip(writers)
        .map(|(actor, edits)| {
            let mut doc = copy(&base, actor);
            write(&mut doc, edits);
            doc
        })
        .collect();
    let mut forward = base.clone();
    docs.iter().for_each(|doc| merge(&mut forward, doc));
    let mut backward = base;
    docs.iter().rev().for_each(|doc| merge(&mut backward, doc));
    assert_eq!(read(&forward), read(&backward));
    read(&forward)
}

fn values(plain: &Plain) -> Vec<(&str, Vec<Value>)> {
    let all = |conflict: &'_ Conflict| {
        assert!(!conflict.others.contains(&conflict.shown), "{conflict:?}");
        let mut all = conflict.others.clone();
        all.push(conflict.shown.clone());
        all.sort();
        all
    };
    plain
        .conflicts
        .iter()
        .map(|c| (c.path.as_str(), all(c)))
        .collect()
}

#[test]
fn different_values_are_one_conflict_with_all_of_them() {
    let both = vec![Value::Flag(false), Value::Flag(true)];
    let plain = apart(
        &[put("actions.a1.what", text("ring"))],
        &[
            &[put("actions.a1.done", Scalar::Flag(true))],
            &[put("actions.a1.done", Scalar::Flag(false))],
            &[put("actions.a1.done", Scalar::Flag(true))],
        ],
    );
    assert_eq!(values(&plain), [("actions.a1.done", both)]);
    assert_eq!(plain.entries["actions"]["a1"]["done"], plain.conflicts[0].shown);
}

#[test]
fn what_is_shown_is_what_automerge_shows() {
    let mut doc = phone(1);
    let mut other = copy(&doc, 2);
    write(&mut doc, &[put("kind", text("home_visit"))]);
    write(&mut other, &[put("kind", text("phone_call"))]);
    merge(&mut doc, &other);
    let (winner, _) = doc.get(ROOT, "kind").unwrap().unwrap();
    assert_eq!(read(&doc).text("kind"), winner.as_str());
    assert_eq!(read(&doc).conflicts[0].shown.text(), winner.as_str());
}

#[test]
fn equal_values_are_no_conflict() {
    let plain = apart(
        &[],
        &[
            &[
                put("kind", text("home_visit")),
                put("review.due", text("2026-10-01")),
            ],
            &[
                put("kind", text("home_visit")),
                put("review.due", text("2026-10-01")),
            ],
        ],
    );
    assert_eq!(plain.conflicts, []);
    assert_eq!(plain.text("kind"), Some("home_visit"));
}

#[test]
fn of_times_the_earliest_start_and_the_latest_end_count() {
    for [first, second] in [[5, 9], [9, 5]] {
        let plain = apart(
            &[],
            &[
                &[
                    put("started_at", Scalar::Time(first)),
                    put("ended_at", Scalar::Time(first)),
                    put("workers.W1.joined_at", Scalar::Time(first)),
                ],
                &[
                    put("started_at", Scalar::Time(second)),
                    put("ended_at", Scalar::Time(second)),
                    put("workers.W1.joined_at", Scalar::Time(second)),
                ],
            ],
        );
        assert_eq!(plain.time("started_at"), Some(5));
        assert_eq!(plain.time("ended_at"), Some(9));
        assert_eq!(plain.entries["workers"]["W1"]["joined_at"], Value::Time(5));
        assert_eq!(plain.conflicts, []);
    }
}

#[test]
fn of_two_finishes_the_earliest_counts() {
    for [first, second] in [[5, 9], [9, 5]] {
        let plain = apart(&[], &[&[finish(first, "W1")], &[finish(second, "W2")]]);
        let author = if first == 5 { "W1" } else { "W2" };
        assert_eq!(plain.finished(), Some((5, author)));
        assert_eq!(plain.conflicts, []);
    }
}

#[test]
fn one_entry_made_by_several_phones_is_one_entry() {
    let made = |caption: &str, bytes: u64| {
        vec![
            put("attachments.00ff.bytes", Scalar::Count(bytes)),
            put("attachments.00ff.caption", text(caption)),
        ]
    };
    let (one, two, three) = (made("the step", 7), made("the rail", 7), made("the door", 7));
    let plain = apart(&[], &[&one, &two, &three, &one]);
    let captions = ["the door", "the rail", "the step"].map(|c| Value::Text(c.into()));
    assert_eq!(values(&plain), [("attachments.00ff.caption", captions.to_vec())]);
    assert_eq!(plain.entries["attachments"]["00ff"]["bytes"], Value::Count(7));
}

#[test]
fn what_only_one_of_the_twins_has_is_there() {
    let plain = apart(
        &[],
        &[
            &[put("attachments.00ff.caption", text("the step"))],
            &[put("attachments.00ff.bytes", Scalar::Count(7))],
        ],
    );
    assert_eq!(plain.entries["attachments"]["00ff"].len(), 2);
    assert_eq!(plain.conflicts, []);
}

#[test]
fn a_value_written_again_ends_the_conflict() {
    let lines: [(&str, &str, &str); 4] = [
        ("kind", "home_visit", "phone_call"),
        ("feedback.words", "good", "bad"),
        ("actions.a1.what", "ring", "write"),
        ("attachments.00ff.caption", "the step", "the rail"),
    ];
    for (path, one, other) in lines {
        for chosen in [one, other] {
            let mut doc = phone(1);
            let mut away = copy(&doc, 2);
            write(&mut doc, &[put(path, text(one))]);
            write(&mut away, &[put(path, text(other))]);
            merge(&mut doc, &away);
            assert_eq!(read(&doc).conflicts.len(), 1, "{path}");
            write(&mut doc, &[put(path, text(chosen))]);
            assert_eq!(read(&doc).conflicts, [], "{path}");
            assert_eq!(shown(&read(&doc), path).as_deref(), Some(chosen), "{path}");
        }
        let mut doc = phone(1);
        let mut away = copy(&doc, 2);
        write(&mut doc, &[put(path, text(one))]);
        write(&mut away, &[put(path, text(other))]);
        merge(&mut doc, &away);
        write(&mut doc, &[clear(path)]);
        assert_eq!(shown(&read(&doc), path), None, "{path}");
    }
}

fn shown(plain: &Plain, path: &str) -> Option<String> {
    let steps: Vec<&str> = path.split('.').collect();
    let value = match steps[..] {
        [name] => plain.values.get(name),
        [name, key] => plain.records[name].get(key),
        [name, id, key] => plain.entries[name][id].get(key),
        _ => None,
    };
    value.and_then(Value::text).map(str::to_owned)
}

#[test]
fn a_twin_taken_out_is_taken_out_whole() {
    let mut doc = phone(1);
    let mut away = copy(&doc, 2);
    write(&mut doc, &[put("workers.W1.joined_at", Scalar::Time(5))]);
    write(&mut away, &[put("workers.W1.joined_at", Scalar::Time(6))]);
    merge(&mut doc, &away);
    write(&mut doc, &[remove("workers.W1")]);
    assert!(read(&doc).entries["workers"].is_empty());
}

#[test]
fn an_explicit_null_is_nothing_set() {
    let mut doc = phone(1);
    write(&mut doc, &[put("actions.a1.what", text("ring"))]);
    let mut away = copy(&doc, 2);
    write(&mut doc, &[put("actions.a1.what", text("write"))]);
    change(&mut away, |tx| {
        let entry = within(tx, "actions", "a1");
        tx.put(&entry, "what", ScalarValue::Null).unwrap();
        tx.put(at(tx, "feedback"), "words", ScalarValue::Null).unwrap();
    });
    merge(&mut doc, &away);
    let plain = read(&doc);
    assert_eq!(plain.conflicts, []);
    assert_eq!(plain.entries["actions"]["a1"]["what"].text(), Some("write"));
    assert!(plain.records["feedback"].is_empty());
}

#[test]
fn counters_of_two_devices_stand_side_by_side() {
    let plain = apart(
        &[put("recording_ms.d1", Scalar::Count(1))],
        &[
            &[put("recording_ms.d1", Scalar::Count(60))],
            &[put("recording_ms.d2", Scalar::Count(30))],
        ],
    );
    let expected = [("d1".to_owned(), 60), ("d2".to_owned(), 30)].into();
    assert_eq!(plain.counters["recording_ms"], expected);
}

#[test]
fn an_open_page_has_conflicts_too() {
    let mut doc = super::world::holding(Template::About, 1);
    let mut away = copy(&doc, 2);
    let set = |doc: &mut Automerge, phone: &str| {
        let edit = put("contacts.c1.phone", text(phone));
        change(doc, |tx| edit.apply(tx, Template::About).unwrap());
    };
    set(&mut doc, "01632 960001");
    set(&mut away, "01632 960002");
    merge(&mut doc, &away);
    assert_eq!(Plain::read(&doc, Template::About).unwrap().conflicts.len(), 1);
}
