//! The worst that a note can hold, as Bundles for the validators of `tests/validators`. Where `DOORSTEP_EXPORTED` names
//! a folder they are left there, one file for each, and `cargo xtask test` has them judged. What must hold whoever
//! judges is held here too.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::fhir::{amended, emptied, line};

type Change = fn(&mut Value);

const TEXTS: [&str; 6] = [
    "body",
    "what_matters",
    "strengths",
    "persons_words",
    "analysis",
    "person_view",
];

/// Every text that somebody wrote, replaced.
fn everywhere(event: &mut Value, text: &str) {
    for name in TEXTS {
        event[name] = text.into();
    }
    for (list, names) in [
        ("present", ["name", "relationship"]),
        ("outcomes", ["text", "progress"]),
        ("actions", ["what", "who"]),
        ("unmet_needs", ["need", "reason"]),
        ("concerns", ["kind", "text"]),
        ("attachments", ["caption", "media_type"]),
        ("addenda", ["at", "text"]),
    ] {
        for name in names {
            event[list][0][name] = text.into();
        }
    }
    for (record, name) in [("feedback", "words"), ("person", "name"), ("person", "case_id")] {
        event[record][name] = text.into();
    }
    for name in ["title", "kind", "change_summary", "reason"] {
        event[name] = text.into();
    }
    event["authors"][0]["name"] = text.into();
    event["authors"][1]["worker_id"] = text.into();
    event["actions"][0]["by"] = text.into();
    event["actions"][0]["id"] = text.into();
    event["review"]["due"] = text.into();
}

fn mark_everything(event: &mut Value) {
    for list in [
        "present",
        "outcomes",
        "actions",
        "unmet_needs",
        "concerns",
        "attachments",
        "addenda",
    ] {
        event[list][0]["private"] = "third_party".into();
    }
    let passages = TEXTS.iter().flat_map(|field| {
        [(0, 5, "third_party"), (3, 8, "do_not_share")]
            .map(|(start, end, kind)| json!({"field": field, "start": start, "end": end, "kind": kind}))
    });
    event["private"] = passages.collect();
}

fn say_nothing(event: &mut Value) {
    for (name, value) in event.as_object_mut().unwrap() {
        match value {
            Value::Array(entries) if !matches!(name.as_str(), "private" | "authors") => {
                for member in entries
                    .iter_mut()
                    .flat_map(|entry| entry.as_object_mut().unwrap())
                {
                    if !matches!(member.0.as_str(), "id" | "sha256" | "available") {
                        *member.1 = Value::Null;
                    }
                }
            }
            Value::Object(members) if name != "person" => members.values_mut().for_each(|v| *v = Value::Null),
            value if TEXTS.contains(&name.as_str()) => *value = "".into(),
            _ => {}
        }
    }
    event["private"] = json!([]);
}

const SCRIPTS: &str = "<script>alert(1)</script>]]><!-- --><?x?><img src=x onerror=alert(1)>\" onload=\"x\" ' &lt;b&gt; \
                       &#60;script&#62; <a href=\"javascript:x\">y</a> </p></div></div>";
const TURNED: &str =
    "\u{202e}gnp.exe\u{2066} مرحبا بكم في المنزل\u{2069}\u{2069}\n\u{2067}שלום\u{202b} abc\u{202d}";
const CONTROLS: &str =
    "a\0b\u{1b}[31mc\u{7f}d\u{85}e\u{9f}f\u{fffe}g\u{ffff}h\u{8}i\u{feff}j\u{2028}k\r\nl\rm\tn";

const HARD: [(&str, Change); 19] = [
    ("everything", |_| ()),
    ("amended", amended),
    ("withdrawn", |e| emptied(e, "note.withdrawn", SCRIPTS)),
    ("removed", |e| {
        emptied(e, "note.removed", "Six years after the last contact.");
        e["person"] = Value::Null;
        e["authors"] = json!([]);
    }),
    ("script-tags", |e| everywhere(e, SCRIPTS)),
    ("right-to-left", |e| everywhere(e, TURNED)),
    ("control-characters", |e| everywhere(e, CONTROLS)),
    ("only-control-characters", |e| everywhere(e, "\0\u{1}\u{7f}")),
    ("blanks", |e| everywhere(e, " \t\u{a0}\u{feff}\u{3000}\r\n")),
    ("marked", mark_everything),
    ("marked-and-turned", |e| {
        everywhere(e, TURNED);
        mark_everything(e);
    }),
    ("long", |e| {
        e["body"] = "Sie sagte: «no», & wept <quietly>.\n".repeat(1_000).into();
    }),
    ("long-lines", |e| everywhere(e, &"ny ".repeat(3_333))),
    ("nothing", say_nothing),
    ("no-kind", |e| e["kind"] = Value::Null),
    ("no-dates", |e| {
        for name in ["started_at", "ended_at", "finished_at", "received_at"] {
            e[name] = Value::Null;
        }
    }),
    ("odd-clocks", |e| {
        e["started_at"] = "2026-09-03T09:15:00Z".into();
        e["ended_at"] = "2026-09-03T09:14:59.999Z".into();
        e["finished_at"] = "0000-01-01T00:00:00Z".into();
        e["addenda"][0]["at"] = "9999-12-31T23:59:59.999Z".into();
    }),
    ("nobody", |e| {
        e["person"] = Value::Null;
        e["authors"] = json!([{"worker_id": "W1", "name": null}, {"worker_id": "W1", "name": null}]);
        e["addenda"][0]["author"] = Value::Null;
    }),
    ("many", |e| {
        for list in [
            "present",
            "outcomes",
            "actions",
            "unmet_needs",
            "concerns",
            "addenda",
        ] {
            let entry = e[list][0].clone();
            let entries = (0..300).map(|n| {
                let mut entry = entry.clone();
                entry["id"] = format!("entry {n}").into();
                entry
            });
            e[list] = entries.collect();
        }
    }),
];

const COUNCIL: &str = r#"
[kinds.home_visit]
code = "HV <01>"
title = "<b>{kind}</b> & {date}"
[workers]
W1 = "ß & <x>"
[fhir]
case_id_system = "https://ashmere.example/case"
worker_id_system = "https://ashmere.example/staff"
kind_system = "https://ashmere.example/note-types"
"#;

fn leave(name: &str, lines: &[u8]) {
    if let Some(folder) = std::env::var_os("DOORSTEP_EXPORTED") {
        let file = PathBuf::from(folder).join(format!("fhir-hard-{name}.ndjson"));
        std::fs::write(file, lines).unwrap();
    }
}

/// A line of JSON in which no text is empty or has a forbidden character, no list or object is empty, and markup is
/// only our own.
fn holds(name: &str, line: &[u8]) {
    let line = line.strip_suffix(b"\n").unwrap();
    assert!(!line.contains(&b'\n'), "{name}: one line");
    let bundle: Value = serde_json::from_slice(line).unwrap_or_else(|error| panic!("{name}: {error}"));
    check(name, &bundle);
}

fn check(place: &str, value: &Value) {
    match value {
        Value::Null => panic!("{place}: null"),
        Value::String(text) => {
            assert!(!text.trim().is_empty(), "{place}: is empty");
            let forbidden =
                |c: char| (c.is_control() && !"\t\r\n".contains(c)) || "\u{fffe}\u{ffff}".contains(c);
            assert!(!text.contains(forbidden), "{place}: {text:?}");
            if place.rsplit('.').next() == Some("div") {
                only_our_markup(place, text);
            }
        }
        Value::Array(items) => {
            assert!(!items.is_empty(), "{place}: is empty");
            items.iter().for_each(|item| check(place, item));
        }
        Value::Object(members) => {
            assert!(!members.is_empty(), "{place}: is empty");
            members
                .iter()
                .for_each(|(name, member)| check(&format!("{place}.{name}"), member));
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

fn only_our_markup(place: &str, div: &str) {
    let tags = div.split('<').skip(1).map(|part| part.split('>').next().unwrap());
    for tag in tags {
        let ours = matches!(
            tag,
            "p" | "/p"
                | "ul"
                | "/ul"
                | "li"
                | "/li"
                | "br/"
                | "/span"
                | "/div"
                | "div xmlns=\"http://www.w3.org/1999/xhtml\""
                | "span class=\"third_party\""
                | "span class=\"do_not_share\""
                | "span class=\"do_not_share third_party\""
        );
        assert!(ours, "{place}: <{tag}>");
    }
}

#[test]
fn the_worst_notes_are_made_and_left_for_the_validators() {
    for (name, change) in HARD {
        let line = line("", change);
        holds(name, &line);
        leave(name, &line);
    }
    let line = line(COUNCIL, |_| ());
    holds("council", &line);
    leave("council", &line);
}

#[test]
fn every_kind_has_its_place() {
    let mut lines = Vec::new();
    for kind in notes::note::fields::KINDS {
        lines.extend(line("", |e| e["kind"] = (*kind).into()));
    }
    leave("kinds", &lines);
    let classes: Vec<String> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice::<Value>(line).unwrap())
        .flat_map(|bundle| bundle["entry"].as_array().unwrap().clone())
        .filter(|entry| entry["resource"]["resourceType"] == "Encounter")
        .map(|entry| entry["resource"]["class"]["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(classes, ["HH", "VR", "VR", "AMB", "AMB", "FLD", "HH", "UNK"]);
}
