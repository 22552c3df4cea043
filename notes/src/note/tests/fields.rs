//! The table: every field of it is written through edits and read back.

use serde_json::json;

use super::world::{change, holding, put, splice};
use crate::note::edit::{Edit, Scalar, from_json};
use crate::note::fields::{Kind, MAX_LINE_CHARS, Shape, TIMES};
use crate::note::plain::{Value, rfc3339};
use crate::note::{Plain, Template};

fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Line => Value::Text("a line, ŵ and 👵🏽".into()),
        Kind::Code(words) => Value::Text((*words.last().unwrap()).into()),
        Kind::Date => Value::Text("2026-09-02".into()),
        Kind::Time => Value::Time(1_790_000_000_123),
        Kind::Flag => Value::Flag(true),
        Kind::Count => Value::Count(7),
    }
}

/// Every single value that the table has, with its path; `e1` and `e2` are two entries of each map.
fn everything(template: Template) -> Vec<(String, Kind)> {
    let mut all = Vec::new();
    for field in template
        .fields()
        .iter()
        .filter(|f| !matches!(f.name, "schema" | "finished"))
    {
        match field.shape {
            Shape::Text => {}
            Shape::Value(kind) => all.push((field.name.to_owned(), kind)),
            Shape::Counters => all.push((format!("{}.d1", field.name), Kind::Count)),
            Shape::Record(slots) => {
                all.extend(
                    slots
                        .iter()
                        .map(|s| (format!("{}.{}", field.name, s.name), s.kind)),
                );
            }
            Shape::Entries(slots) => {
                for id in ["e1", "e2"] {
                    all.extend(
                        slots
                            .iter()
                            .map(|s| (format!("{}.{id}.{}", field.name, s.name), s.kind)),
                    );
                }
            }
        }
    }
    all
}

fn expected(template: Template) -> Plain {
    let mut plain = Plain {
        schema: 1,
        ..Plain::default()
    };
    plain.values.insert("schema", Value::Count(1));
    for field in template.fields() {
        let slots =
            |slots: &[crate::note::fields::Slot]| slots.iter().map(|s| (s.name, sample(s.kind))).collect();
        match field.shape {
            Shape::Value(kind) if field.name != "schema" => {
                plain.values.insert(field.name, sample(kind));
            }
            Shape::Value(_) => {}
            Shape::Text => {
                plain.texts.insert(field.name, format!("all of {}", field.name));
            }
            Shape::Record(_) if field.name == "finished" => {
                let at_and_by = [("at", Value::Time(5)), ("author", Value::Text("W1".into()))];
                plain.records.insert(field.name, at_and_by.into());
            }
            Shape::Record(all) => {
                plain.records.insert(field.name, slots(all));
            }
            Shape::Entries(all) => {
                let entries = [("e1".to_owned(), slots(all)), ("e2".to_owned(), slots(all))];
                plain.entries.insert(field.name, entries.into());
            }
            Shape::Counters => {
                plain.counters.insert(field.name, [("d1".to_owned(), 7)].into());
            }
        }
    }
    plain
}

fn written(template: Template, values: &[Edit]) -> Plain {
    let mut doc = holding(template, 1);
    change(&mut doc, |tx| {
        let texts = template
            .texts()
            .map(|name| splice(name, 0, 0, &format!("all of {name}")));
        let finish = (template == Template::Note).then(|| Edit::Finish {
            at: 5,
            author: "W1".into(),
        });
        for edit in texts.chain(values.iter().cloned()).chain(finish) {
            edit.apply(tx, template)
                .unwrap_or_else(|e| panic!("{edit:?}: {e}"));
        }
    });
    Plain::read(&doc, template).unwrap()
}

#[test]
fn every_field_is_read_back_as_it_was_written() {
    for template in [Template::Note, Template::About] {
        let all = everything(template);
        assert!(all.len() > 6, "the table has fields");
        let edits: Vec<Edit> = all
            .iter()
            .map(|(path, kind)| put(path, sample(*kind).into()))
            .collect();
        assert_eq!(written(template, &edits), expected(template));
        let edits: Vec<Edit> = all
            .iter()
            .flat_map(|(path, kind)| from_json(template, path, &json!(sample(*kind))).unwrap())
            .collect();
        assert_eq!(written(template, &edits), expected(template));
    }
}

#[test]
fn whole_records_and_entries_are_read_back_as_they_were_written() {
    for template in [Template::Note, Template::About] {
        let mut edits = Vec::new();
        let mut take = |path: &str, value: serde_json::Value| {
            edits.extend(from_json(template, path, &value).unwrap_or_else(|e| panic!("{path}: {e}")));
        };
        for field in template.fields() {
            let object = |slots: &[crate::note::fields::Slot]| {
                serde_json::Value::Object(
                    slots
                        .iter()
                        .map(|s| (s.name.into(), json!(sample(s.kind))))
                        .collect(),
                )
            };
            match field.shape {
                Shape::Value(kind) if field.name != "schema" => take(field.name, json!(sample(kind))),
                Shape::Record(slots) if field.name != "finished" => take(field.name, object(slots)),
                Shape::Entries(slots) => {
                    take(&format!("{}.e2", field.name), object(slots));
                    take(&format!("{}.e1", field.name), object(slots));
                }
                Shape::Counters => take(&format!("{}.d1", field.name), json!(7)),
                _ => {}
            }
        }
        assert_eq!(written(template, &edits), expected(template));
    }
}

#[test]
fn names_are_unique() {
    for template in [Template::Note, Template::About] {
        for field in template.fields() {
            let same = template.fields().iter().filter(|f| f.name == field.name).count();
            assert_eq!(same, 1, "{}", field.name);
            assert!(!field.name.contains('.'), "{} is one step of a path", field.name);
        }
    }
}

#[test]
fn kinds_admit_what_they_should() {
    let code = Kind::Code(&["yes", "no"]);
    let lines = [
        (Kind::Date, "2026-09-02", true),
        (Kind::Date, "2028-02-29", true),
        (Kind::Date, "2026-02-29", false),
        (Kind::Date, "2026-02-30", false),
        (Kind::Date, "2026-13-01", false),
        (Kind::Date, "2026-9-2", false),
        (Kind::Date, "20260902", false),
        (Kind::Date, "2026-09-02T10", false),
        (Kind::Date, "2026-09-02 ", false),
        (Kind::Date, "2026-W36-3", false),
        (Kind::Date, "-002026-09-02", false),
        (Kind::Date, "02/09/2026", false),
        (Kind::Date, "", false),
        (code, "yes", true),
        (code, "maybe", false),
        (code, "Yes", false),
        (code, "", false),
        (Kind::Line, "", true),
        (Kind::Time, "2026-09-02T10:00:00Z", false),
        (Kind::Flag, "true", false),
        (Kind::Count, "1", false),
    ];
    for (kind, text, expected) in lines {
        assert_eq!(kind.admits(text), expected, "{kind:?} {text}");
    }
    assert!(!Kind::Line.admits(&"é".repeat(MAX_LINE_CHARS + 1)));
    assert!(Kind::Line.admits(&"é".repeat(MAX_LINE_CHARS)));
}

#[test]
fn every_time_that_is_taken_can_be_written_and_read_back() {
    for at in [*TIMES.start(), -1, 0, 1_790_000_000_123, *TIMES.end()] {
        let written = rfc3339(at);
        let back: jiff::Timestamp = written.parse().unwrap();
        assert_eq!(back.as_millisecond(), at, "{written}");
        assert!(written.len() <= "2026-09-02T10:00:00.123Z".len(), "{written}");
        let edit = from_json(Template::Note, "started_at", &json!(written)).unwrap();
        assert_eq!(edit, [put("started_at", Scalar::Time(at))]);
    }
    assert_eq!(rfc3339(i64::MAX), "out of range");
}
