//! The page of the data model says what the table of fields says.

use notes::note::fields::{
    ABOUT, Field, Kind, MARKS, MAX_ENTRIES, MAX_LINE_CHARS, MAX_TEXT_CHARS, NOTE, Shape, Slot,
};

use serde_json::Value;

const PAGE: &str = include_str!("../../../../docs/data-model.md");

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Line => "line".into(),
        Kind::Code(words) if words == MARKS => "mark".into(),
        Kind::Code(words) => format!("one of `{}`", words.join("`, `")),
        Kind::Date => "date".into(),
        Kind::Time => "time".into(),
        Kind::Flag => "flag".into(),
        Kind::Count => "count".into(),
    }
}

fn slots(slots: &[Slot]) -> String {
    let each = slots
        .iter()
        .map(|slot| format!("`{}` {}", slot.name, kind(slot.kind)));
    each.collect::<Vec<_>>().join("; ")
}

fn row(field: &Field) -> String {
    let kept = match field.shape {
        Shape::Text => "text".into(),
        Shape::Value(value) => kind(value),
        Shape::Record(all) => format!("record: {}", slots(all)),
        Shape::Entries(all) => format!("entries: {}", slots(all)),
        Shape::Counters => "counters".into(),
    };
    format!("| `{}` | {kept} | ", field.name)
}

fn section(title: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(title).unwrap();
    rest.split("\n## ").next().unwrap()
}

#[test]
fn every_field_stands_on_the_page_as_it_is_kept() {
    for (title, fields) in [("\n## The note\n", NOTE), ("\n## The person's page\n", ABOUT)] {
        let rows: Vec<&str> = section(title)
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        assert_eq!(rows.len(), fields.len(), "{title}");
        for (row_there, field) in rows.iter().zip(fields) {
            let expected = row(field);
            assert!(
                row_there.starts_with(&expected),
                "the page says\n{row_there}\nand the table\n{expected}"
            );
            assert!(
                row_there.len() > expected.len() + 3,
                "{}: what is it for?",
                field.name
            );
        }
    }
}

#[test]
fn the_limits_on_the_page_are_the_limits() {
    let lines = [
        (MAX_LINE_CHARS, "at most 10,000 characters"),
        (MAX_TEXT_CHARS, "at most 1,000,000 characters"),
        (MAX_ENTRIES, "at most 1,000 entries"),
    ];
    for (limit, words) in lines {
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, limit.to_string());
        assert!(PAGE.contains(words), "{words}");
    }
}

#[test]
fn every_member_of_an_event_stands_on_the_page() {
    let line = include_str!("../testdata/rich.ndjson");
    let event: serde_json::Value = serde_json::from_str(line).unwrap();
    let rows = section("\n## Versions and events\n");
    let rows: Vec<&str> = rows.lines().filter(|line| line.starts_with("| `")).collect();
    let first = |row: &&str| row.split('|').nth(1).unwrap().to_owned();
    let named: String = rows.iter().map(first).collect();
    for name in event.as_object().unwrap().keys() {
        assert!(named.contains(&format!("`{name}`")), "{name}");
    }
    assert_eq!(named.matches('`').count(), 2 * event.as_object().unwrap().len());
}

/// The schema says of each list of words, and of each member, what the table of fields says. That events are as the
/// schema says is for its validators to judge.
#[test]
fn the_schema_follows_the_table_of_fields() {
    let schema: Value = serde_json::from_str(crate::export::SCHEMA).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    let event: Value = serde_json::from_str(include_str!("../testdata/rich.ndjson")).unwrap();
    let members: Vec<&String> = event.as_object().unwrap().keys().collect();
    assert_eq!(properties.keys().collect::<Vec<_>>(), members);
    let mut required: Vec<&str> = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    required.sort_unstable();
    assert_eq!(required, members);
    for field in NOTE {
        let Some(property) = properties.get(field.name) else {
            continue;
        };
        match field.shape {
            Shape::Value(kind) => said(&schema, property, kind, field.name),
            Shape::Entries(slots) => each_slot(&schema, &property["items"], slots, field.name),
            Shape::Record(slots) => each_slot(&schema, &property["anyOf"][0], slots, field.name),
            Shape::Text => assert_eq!(property["type"], "string", "{}", field.name),
            Shape::Counters => panic!("{}: minutes spent stay out of the feed", field.name),
        }
    }
}

fn each_slot(schema: &Value, object: &Value, slots: &[Slot], name: &str) {
    for slot in slots {
        let place = format!("{name}.{}", slot.name);
        let required = object["required"].as_array().unwrap();
        assert!(
            required.iter().any(|one| one == slot.name),
            "{place}: all members are always there"
        );
        if place != "addenda.author" {
            said(schema, &object["properties"][slot.name], slot.kind, &place);
        }
    }
}

fn said(schema: &Value, property: &Value, kind: Kind, place: &str) {
    let of = |name: &str| format!("#/$defs/{name}");
    let (words, definition) = match kind {
        Kind::Code(words) => (Some(words), None),
        Kind::Line if place == "person" => return,
        Kind::Line => (None, Some(of("line"))),
        Kind::Date => (None, Some(of("date"))),
        Kind::Time => (None, Some(of("time"))),
        Kind::Flag => (None, Some(of("flag"))),
        Kind::Count => return assert_eq!(property["minimum"], 0, "{place}"),
    };
    if let Some(words) = words {
        let reference = property["$ref"]
            .as_str()
            .map(|path| path.rsplit('/').next().unwrap());
        let list = reference.map_or(property, |name| &schema["$defs"][name])["enum"]
            .as_array()
            .unwrap();
        let listed: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        assert_eq!(listed, words, "{place}");
        assert!(list.contains(&Value::Null), "{place}");
    }
    if let Some(definition) = definition {
        assert_eq!(property["$ref"], definition, "{place}");
    }
}
