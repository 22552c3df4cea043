//! The page of the data model says what the table of fields says.

use notes::note::fields::{
    ABOUT, Field, Kind, MARKS, MAX_ENTRIES, MAX_LINE_CHARS, MAX_TEXT_CHARS, NOTE, Shape, Slot,
};

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
