//! Reading: what leaves the table is refused, by the field where it does; what a newer schema adds is kept.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::{Transactable, Transaction};
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue};

use super::world::{at, change, copy, finish, mark, merge, phone, put, read, splice, text, within, write};
use crate::gate::{self, Said};
use crate::note::fields::{MAX_ENTRIES, MAX_LINE_CHARS, MAX_TEXT_CHARS};
use crate::note::plain::{Passage, Unreadable, Value};
use crate::note::{Plain, Template};

use Unreadable::{Missing, UnknownKey, WrongShape};

type Damage = fn(&mut Transaction<'_>);

fn check(lines: &[(&str, Damage, Unreadable)]) {
    for (name, damage, expected) in lines {
        let mut doc = phone(1);
        write(
            &mut doc,
            &[
                splice("body", 0, 0, "what happened"),
                put("actions.a1.what", text("ring back")),
                put("feedback.words", text("useful")),
            ],
        );
        assert!(
            Plain::read(&doc, Template::Note).is_ok(),
            "readable before the damage"
        );
        change(&mut doc, damage);
        assert_eq!(
            Plain::read(&doc, Template::Note).as_ref(),
            Err(expected),
            "{name}"
        );
    }
}

fn set(tx: &mut Transaction<'_>, map: &ObjId, key: &str, value: impl Into<ScalarValue>) {
    tx.put(map, key, value).unwrap();
}

fn nest(tx: &mut Transaction<'_>, map: &ObjId, key: &str, shape: ObjType) -> ObjId {
    tx.put_object(map, key, shape).unwrap()
}

#[test]
fn keys_that_are_not_in_the_table_are_refused() {
    check(&[
        (
            "at the root",
            |tx| set(tx, &ROOT, "colour", "red"),
            UnknownKey("root"),
        ),
        (
            "an object at the root",
            |tx| drop(nest(tx, &ROOT, "colour", ObjType::List)),
            UnknownKey("root"),
        ),
        (
            "of the other template",
            |tx| set(tx, &ROOT, "please_do", "knock"),
            UnknownKey("root"),
        ),
        (
            "in a record",
            |tx| set(tx, &at(tx, "feedback"), "colour", "red"),
            UnknownKey("feedback"),
        ),
        (
            "in an entry",
            |tx| set(tx, &within(tx, "actions", "a1"), "colour", 1),
            UnknownKey("actions"),
        ),
        (
            "an object in an entry",
            |tx| {
                let entry = within(tx, "actions", "a1");
                nest(tx, &entry, "colour", ObjType::Map);
            },
            UnknownKey("actions"),
        ),
        (
            "a slot of another field",
            |tx| set(tx, &within(tx, "actions", "a1"), "need", "x"),
            UnknownKey("actions"),
        ),
    ]);
}

#[test]
fn single_values_of_another_kind_are_refused() {
    check(&[
        (
            "a number for a line",
            |tx| set(tx, &ROOT, "person", 5),
            WrongShape("person"),
        ),
        (
            "bytes for a line",
            |tx| set(tx, &ROOT, "person", vec![1u8]),
            WrongShape("person"),
        ),
        (
            "a line too long",
            |tx| set(tx, &ROOT, "person_name", "é".repeat(MAX_LINE_CHARS + 1)),
            WrongShape("person_name"),
        ),
        (
            "a word not in the list",
            |tx| set(tx, &ROOT, "kind", "walk"),
            WrongShape("kind"),
        ),
        (
            "a flag for a word",
            |tx| set(tx, &ROOT, "kind", true),
            WrongShape("kind"),
        ),
        (
            "a number for a time",
            |tx| set(tx, &ROOT, "started_at", 5),
            WrongShape("started_at"),
        ),
        (
            "text for a time",
            |tx| set(tx, &ROOT, "ended_at", "2026-09-02T10:00:00Z"),
            WrongShape("ended_at"),
        ),
        (
            "a time past all calendars",
            |tx| set(tx, &ROOT, "ended_at", ScalarValue::Timestamp(i64::MAX)),
            WrongShape("ended_at"),
        ),
        (
            "a word for a flag",
            |tx| set(tx, &at(tx, "feedback"), "copy_offered", "yes"),
            WrongShape("feedback"),
        ),
        (
            "a number for a flag",
            |tx| set(tx, &at(tx, "feedback"), "copy_offered", 1),
            WrongShape("feedback"),
        ),
        (
            "no such day",
            |tx| set(tx, &at(tx, "review"), "due", "2026-02-30"),
            WrongShape("review"),
        ),
        (
            "a time for a date",
            |tx| set(tx, &at(tx, "review"), "due", ScalarValue::Timestamp(0)),
            WrongShape("review"),
        ),
        (
            "a flag for a line in an entry",
            |tx| set(tx, &within(tx, "actions", "a1"), "what", true),
            WrongShape("actions"),
        ),
        (
            "a private flag that is none",
            |tx| set(tx, &within(tx, "actions", "a1"), "private", true),
            WrongShape("actions"),
        ),
        (
            "a private flag of another word",
            |tx| set(tx, &within(tx, "actions", "a1"), "private", "no"),
            WrongShape("actions"),
        ),
        (
            "an object for a value",
            |tx| drop(nest(tx, &ROOT, "kind", ObjType::Map)),
            WrongShape("kind"),
        ),
        (
            "an object in a record",
            |tx| drop(nest(tx, &at(tx, "feedback"), "words", ObjType::Text)),
            WrongShape("feedback"),
        ),
        (
            "an object in an entry",
            |tx| drop(nest(tx, &within(tx, "actions", "a1"), "what", ObjType::Map)),
            WrongShape("actions"),
        ),
    ]);
}

#[test]
fn numbers_that_are_none_are_refused() {
    fn bytes(tx: &mut Transaction<'_>, value: impl Into<ScalarValue>) {
        let entry = nest(tx, &at(tx, "attachments"), "00ff", ObjType::Map);
        set(tx, &entry, "bytes", value);
    }
    check(&[
        ("a negative count", |tx| bytes(tx, -1), WrongShape("attachments")),
        ("a fraction", |tx| bytes(tx, 1.5), WrongShape("attachments")),
        (
            "a time",
            |tx| bytes(tx, ScalarValue::Timestamp(5)),
            WrongShape("attachments"),
        ),
        (
            "an adding counter",
            |tx| bytes(tx, ScalarValue::counter(5)),
            WrongShape("attachments"),
        ),
        (
            "a negative schema",
            |tx| set(tx, &ROOT, "schema", -1),
            WrongShape("schema"),
        ),
        (
            "schema nought",
            |tx| set(tx, &ROOT, "schema", 0),
            WrongShape("schema"),
        ),
        (
            "a schema in words",
            |tx| set(tx, &ROOT, "schema", "two"),
            WrongShape("schema"),
        ),
        (
            "a schema that nests",
            |tx| drop(nest(tx, &ROOT, "schema", ObjType::Map)),
            WrongShape("schema"),
        ),
        (
            "no schema",
            |tx| tx.delete(ROOT, "schema").unwrap(),
            Missing("schema"),
        ),
        (
            "a negative counter",
            |tx| set(tx, &at(tx, "recording_ms"), "d1", -1),
            WrongShape("recording_ms"),
        ),
        (
            "words for a counter",
            |tx| set(tx, &at(tx, "recording_ms"), "d1", "5"),
            WrongShape("recording_ms"),
        ),
        (
            "an object for a counter",
            |tx| drop(nest(tx, &at(tx, "recording_ms"), "d1", ObjType::Map)),
            WrongShape("recording_ms"),
        ),
        (
            "a counter's id too long",
            |tx| set(tx, &at(tx, "recording_ms"), &"x".repeat(65), 1),
            WrongShape("recording_ms"),
        ),
    ]);
}

#[expect(clippy::too_many_lines, reason = "a table")]
#[test]
fn objects_of_another_shape_are_refused() {
    fn letters(tx: &mut Transaction<'_>, name: &str, value: ScalarValue, tag: &str) {
        let mark = Mark {
            start: 0,
            end: 4,
            name: tag.into(),
            value,
        };
        tx.mark(at(tx, name), mark, ExpandMark::None).unwrap();
    }
    check(&[
        ("no text", |tx| tx.delete(ROOT, "body").unwrap(), Missing("body")),
        (
            "no map",
            |tx| tx.delete(ROOT, "addenda").unwrap(),
            Missing("addenda"),
        ),
        (
            "no record",
            |tx| tx.delete(ROOT, "review").unwrap(),
            Missing("review"),
        ),
        (
            "a line for a text",
            |tx| set(tx, &ROOT, "body", "all of it"),
            WrongShape("body"),
        ),
        (
            "a list for a text",
            |tx| drop(nest(tx, &ROOT, "body", ObjType::List)),
            WrongShape("body"),
        ),
        (
            "a text in the place of the text",
            |tx| drop(nest(tx, &ROOT, "body", ObjType::Text)),
            WrongShape("body"),
        ),
        (
            "a map in the place of the map",
            |tx| drop(nest(tx, &ROOT, "actions", ObjType::Map)),
            WrongShape("actions"),
        ),
        (
            "a number among letters",
            |tx| tx.insert(at(tx, "body"), 3, 5).unwrap(),
            WrongShape("body"),
        ),
        (
            "an object among letters",
            |tx| drop(tx.split_block(at(tx, "body"), 3).unwrap()),
            WrongShape("body"),
        ),
        (
            "a text too long",
            |tx| {
                tx.splice_text(at(tx, "body"), 0, 0, &"x".repeat(MAX_TEXT_CHARS))
                    .unwrap();
            },
            WrongShape("body"),
        ),
        (
            "a value for an entry",
            |tx| set(tx, &at(tx, "actions"), "a1", "ring back"),
            WrongShape("actions"),
        ),
        (
            "a list for an entry",
            |tx| drop(nest(tx, &at(tx, "actions"), "a2", ObjType::List)),
            WrongShape("actions"),
        ),
        (
            "an entry's id too long",
            |tx| drop(nest(tx, &at(tx, "actions"), &"x".repeat(65), ObjType::Map)),
            WrongShape("actions"),
        ),
        (
            "too many entries",
            |tx| {
                let map = at(tx, "present");
                (0..=MAX_ENTRIES).for_each(|i| drop(nest(tx, &map, &i.to_string(), ObjType::Map)));
            },
            WrongShape("present"),
        ),
        (
            "too many counters",
            |tx| {
                let map = at(tx, "recording_ms");
                (0..=MAX_ENTRIES).for_each(|i| set(tx, &map, &i.to_string(), 1));
            },
            WrongShape("recording_ms"),
        ),
        (
            "a mark of another name",
            |tx| letters(tx, "body", true.into(), "bold"),
            WrongShape("body"),
        ),
        (
            "a mark of another value",
            |tx| letters(tx, "body", "yes".into(), "third_party"),
            WrongShape("body"),
        ),
        (
            "finished, but as a word",
            |tx| set(tx, &ROOT, "finished", "yes"),
            WrongShape("finished"),
        ),
        (
            "finished by nobody",
            |tx| {
                let record = nest(tx, &ROOT, "finished", ObjType::Map);
                set(tx, &record, "at", ScalarValue::Timestamp(5));
            },
            WrongShape("finished"),
        ),
        (
            "finished never",
            |tx| {
                let record = nest(tx, &ROOT, "finished", ObjType::Map);
                set(tx, &record, "author", "W1");
            },
            WrongShape("finished"),
        ),
    ]);
}

#[test]
fn an_object_that_is_not_the_genesis_one_does_not_hide_beside_it() {
    let (mut alice, mut bob) = (phone(1), phone(2));
    write(&mut alice, &[splice("body", 0, 0, "all that was written")]);
    change(&mut bob, |tx| drop(nest(tx, &ROOT, "body", ObjType::Text)));
    let bob = bob.clone();
    change(&mut alice, |tx| drop(nest(tx, &ROOT, "body", ObjType::Text)));
    merge(&mut alice, &bob);
    assert_eq!(alice.get_all(ROOT, "body").unwrap().len(), 2);
    assert_eq!(Plain::read(&alice, Template::Note), Err(WrongShape("body")));
}

#[test]
fn limits_are_taken_to_the_last() {
    let mut doc = phone(1);
    change(&mut doc, |tx| {
        tx.splice_text(at(tx, "body"), 0, 0, &"👵".repeat(MAX_TEXT_CHARS / 10))
            .unwrap();
        set(tx, &ROOT, "person_name", "é".repeat(MAX_LINE_CHARS));
        let map = at(tx, "present");
        (0..MAX_ENTRIES).for_each(|i| drop(nest(tx, &map, &i.to_string(), ObjType::Map)));
    });
    let plain = read(&doc);
    assert_eq!(plain.entries["present"].len(), MAX_ENTRIES);
    assert_eq!(plain.texts["body"].chars().count(), MAX_TEXT_CHARS / 10);
}

#[test]
fn the_letter_that_stands_for_objects_may_be_typed() {
    let mut doc = phone(1);
    write(&mut doc, &[splice("body", 0, 0, "a \u{fffc} typed by hand")]);
    assert_eq!(read(&doc).texts["body"], "a \u{fffc} typed by hand");
}

#[test]
fn a_newer_note_is_read_as_far_as_the_table_goes() {
    let mut doc = phone(1);
    write(
        &mut doc,
        &[
            splice("body", 0, 0, "what happened"),
            mark("body", 0, 4, "third_party"),
            put("person", text("p")),
            put("actions.a1.what", text("ring back")),
            put("feedback.words", text("useful")),
        ],
    );
    let before = read(&doc);
    change(&mut doc, |tx| {
        set(tx, &ROOT, "schema", 2u64);
        let weather = nest(tx, &ROOT, "weather", ObjType::Map);
        nest(tx, &weather, "wind", ObjType::List);
        set(tx, &ROOT, "kind", "a_kind_of_later");
        set(tx, &at(tx, "feedback"), "tone", "warm");
        set(tx, &within(tx, "actions", "a1"), "urgency", 3);
        let later = Mark {
            start: 5,
            end: 9,
            name: "a_mark_of_later".into(),
            value: true.into(),
        };
        tx.mark(at(tx, "body"), later, ExpandMark::None).unwrap();
    });
    let mut expected = before;
    expected.schema = 2;
    expected.values.insert("schema", Value::Count(2));
    assert_eq!(read(&doc), expected);
}

#[test]
fn the_newest_schema_that_anyone_wrote_counts() {
    let mut old = phone(1);
    let mut new = copy(&old, 2);
    // Written last, by the higher count of operations, this is the one that Automerge shows.
    change(&mut old, |tx| {
        tx.delete(ROOT, "schema").unwrap();
        set(tx, &ROOT, "schema", 1u64);
    });
    change(&mut new, |tx| {
        set(tx, &ROOT, "schema", 2u64);
        set(tx, &ROOT, "weather", "rain");
    });
    merge(&mut old, &new);
    assert_eq!(read(&old).schema, 2);
}

#[test]
fn marks_overlap_and_positions_count_scalar_values() {
    let mut doc = phone(1);
    let story = "Mae 👨‍👩‍👧 yn byw yma.";
    write(
        &mut doc,
        &[
            splice("body", 0, 0, story),
            mark("body", 0, 9, "third_party"),
            mark("body", 4, 12, "do_not_share"),
            mark("body", 6, 11, "third_party"),
        ],
    );
    let plain = read(&doc);
    let passage = |start, end, kind: &str| Passage {
        field: "body",
        start,
        end,
        kind: kind.into(),
    };
    assert_eq!(
        plain.private,
        [passage(0, 11, "third_party"), passage(4, 12, "do_not_share")]
    );
    let words: String = story.chars().skip(4).take(8).collect();
    assert_eq!(words, "👨‍👩‍👧 yn");
    // Typing at the edges does not grow a passage; typing inside does.
    write(&mut doc, &[splice("body", 12, 0, "!"), splice("body", 5, 0, "é")]);
    let plain = read(&doc);
    assert_eq!(
        plain.private,
        [passage(0, 12, "third_party"), passage(4, 13, "do_not_share")]
    );
}

#[test]
fn a_mark_that_was_taken_away_is_none() {
    let mut doc = phone(1);
    write(
        &mut doc,
        &[
            splice("body", 0, 0, "what happened"),
            mark("body", 0, 4, "third_party"),
        ],
    );
    change(&mut doc, |tx| {
        tx.unmark(at(tx, "body"), "third_party", 0, 4, ExpandMark::None)
            .unwrap();
    });
    assert_eq!(read(&doc).private, []);
}

#[test]
fn json_views_have_their_ids_and_no_empty_records() {
    let mut doc = phone(1);
    write(
        &mut doc,
        &[
            put("actions.b.what", text("second")),
            put("actions.a.what", text("first")),
            put("review.due", text("2026-10-01")),
            finish(5, "W1"),
        ],
    );
    let plain = read(&doc);
    let actions = serde_json::json!([{"id": "a", "what": "first"}, {"id": "b", "what": "second"}]);
    assert_eq!(plain.entries_json("actions"), actions);
    assert_eq!(plain.entries_json("no_such"), serde_json::json!([]));
    assert_eq!(
        plain.record_json("review"),
        serde_json::json!({"due": "2026-10-01"})
    );
    assert_eq!(plain.record_json("feedback"), serde_json::Value::Null);
    assert_eq!(
        plain.record_json("finished"),
        serde_json::json!({"at": "1970-01-01T00:00:00.005Z", "author": "W1"})
    );
    assert_eq!(plain.finished(), Some((5, "W1")));
}

#[test]
fn what_the_gate_tells_of_texts_is_taken_only_where_it_is_as_long() {
    let mut doc = phone(1);
    write(
        &mut doc,
        &[
            splice("body", 0, 0, "She laughed. 🏠"),
            splice("strengths", 0, 0, "kind"),
        ],
    );
    let (_, said) = gate::count_and_read(&doc.save_nocompress(), &gate::Limits::default()).unwrap();
    assert_eq!(said.len(), 2);
    let beside = |said| Plain::read_beside(&doc, Template::Note, said).unwrap();
    let plain = Plain::read(&doc, Template::Note).unwrap();
    assert_eq!(beside(said.clone()), plain);
    let lie = |text: &str| {
        let lies = said.iter().map(|said| Said {
            text: text.into(),
            ..*said
        });
        lies.collect()
    };
    assert_eq!(beside(lie("too short")), plain);
    assert_eq!(
        beside(lie("wise")).texts["strengths"],
        "wise",
        "it is asked for nothing else"
    );
}
