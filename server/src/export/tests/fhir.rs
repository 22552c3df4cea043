//! The feed as FHIR: what a Bundle says, and what nothing in it may do. Whether it is FHIR at all is judged by
//! strangers: the validators of `tests/validators`, for which `fhir_hard` leaves the worst of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::export::{Format, Mapping};

const RICH: &str = include_str!("../testdata/rich.ndjson");

/// The line of an event, changed a little, as a Bundle.
pub(super) fn line(mapping: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut event: Value = serde_json::from_str(RICH).unwrap();
    change(&mut event);
    let mut line = Vec::new();
    let mapping = Mapping::read(mapping).unwrap();
    Format::Fhir
        .write(&mapping, event.to_string().into_bytes(), &mut line)
        .unwrap();
    line
}

fn bundle(change: impl FnOnce(&mut Value)) -> Value {
    serde_json::from_slice(&line("", change)).unwrap()
}

/// All resources of a type.
fn all<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    let resources = bundle["entry"].as_array().unwrap().iter().map(|e| &e["resource"]);
    resources
        .filter(|resource| resource["resourceType"] == kind)
        .collect()
}

fn one<'a>(bundle: &'a Value, kind: &str) -> &'a Value {
    let found = all(bundle, kind);
    assert_eq!(found.len(), 1, "{kind}");
    found[0]
}

/// The narrative of a section.
fn section<'a>(bundle: &'a Value, field: &str) -> &'a str {
    let sections = one(bundle, "Composition")["section"].as_array().unwrap();
    let is_it = |section: &&Value| section["code"]["coding"][0]["code"] == field;
    let found: Vec<&Value> = sections.iter().filter(is_it).collect();
    assert_eq!(found.len(), 1, "{field}");
    found[0]["text"]["div"].as_str().unwrap()
}

/// Every text in a value, keys left out.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Number(number) => {
            into.insert(number.to_string());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::Object(members) => members.values().for_each(|member| texts(member, into)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn unescaped(xhtml: &str) -> String {
    xhtml
        .replace("<br/>", "\n")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[test]
fn a_bundle_says_all_that_the_event_says() {
    let mut event: Value = serde_json::from_str(RICH).unwrap();
    // A passage is marked where it stands; its places are those of the plain text.
    event["private"] = Value::Null;
    event["body"] = Value::Null;
    let (mut said, mut there) = (BTreeSet::new(), BTreeSet::new());
    texts(&event, &mut said);
    texts(&bundle(|_| ()), &mut there);
    let there: Vec<String> = there.iter().map(|text| unescaped(text)).collect();
    assert!(said.len() > 50, "there is much to say");
    for text in said {
        assert!(
            there.iter().any(|other| other.contains(&text)),
            "{text:?} is missing"
        );
    }
    let bundle = bundle(|_| ());
    assert_eq!(
        section(&bundle, "body"),
        "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Margaret said &quot;I manage&quot; – 👍🏾 and<br/>a tab:\t. \
         <span class=\"third_party\">[third party: Rose pays the rent.]</span></p></div>"
    );
}

#[test]
fn what_programs_take_is_where_they_look_for_it() {
    let bundle = bundle(|e| {
        e["actions"][0]["done"] = true.into();
        e["attachments"][0]["available"] = true.into();
    });
    let urn = |id: &str| Value::from(format!("urn:uuid:{id}"));
    assert_eq!(
        bundle["identifier"]["value"],
        urn("01a0c450-6c00-7f55-b0f5-a1810b7af78c")
    );
    assert_eq!(bundle["timestamp"], "2026-09-21T14:13:20Z");
    let note = one(&bundle, "Composition");
    assert_eq!(
        note["identifier"]["value"],
        urn("01a0668c-d220-7101-8101-010101010101")
    );
    assert_eq!(
        (&note["status"], &note["date"]),
        (&json!("final"), &json!("2026-09-03T10:15:00Z"))
    );
    assert_eq!(
        note["relatesTo"],
        Value::Null,
        "the first version replaces nothing"
    );
    assert_eq!(note["author"].as_array().unwrap().len(), 2);
    let patient = one(&bundle, "Patient");
    assert_eq!(
        patient["identifier"],
        json!([{"system": "urn:doorstep:case-id", "value": "C1"}])
    );
    let visit = one(&bundle, "Encounter");
    assert_eq!(
        (&visit["status"], &visit["class"]["code"]),
        (&json!("finished"), &json!("HH"))
    );
    assert_eq!(visit["period"]["end"], "2026-09-03T10:05:30.25Z");
    let task = one(&bundle, "Task");
    assert_eq!(
        (&task["status"], &task["owner"]["display"]),
        (&json!("completed"), &json!("OT"))
    );
    assert_eq!(task["restriction"]["period"]["end"], "2026-09-10");
    let goal = one(&bundle, "Goal");
    assert_eq!(goal["achievementStatus"]["coding"][0]["code"], "improving");
    assert_eq!(goal["achievementStatus"]["coding"][1]["code"], "some");
    let file = &one(&bundle, "DocumentReference")["content"][0]["attachment"];
    assert_eq!(file["url"], "/v1/attachments/ab12");
    let seen = all(&bundle, "Observation");
    let of = |field: &str| {
        *seen
            .iter()
            .find(|seen| seen["code"]["coding"][0]["code"] == field)
            .unwrap()
    };
    assert_eq!(of("review")["component"][2]["valueDateTime"], "2027-09-03");
    assert_eq!(of("addenda")["effectiveDateTime"], "2026-09-04T08:00:00Z");
    assert_eq!(
        of("unmet_needs")["component"][0]["valueCodeableConcept"]["coding"][0]["code"],
        "language"
    );
}

#[test]
fn the_same_event_gives_the_same_bytes_and_its_entries_keep_their_addresses() {
    assert_eq!(line("", |_| ()), line("", |_| ()));
    let addresses = |bundle: &Value| -> Vec<Value> {
        let entries = bundle["entry"].as_array().unwrap().iter();
        entries.map(|entry| entry["fullUrl"].clone()).collect()
    };
    let (first, second) = (bundle(|_| ()), bundle(amended));
    assert_eq!(
        addresses(&first),
        addresses(&second),
        "an importer finds the action again"
    );
    let another = bundle(|e| e["note_id"] = "01a0668c-d220-7101-8101-020202020202".into());
    let shared: Vec<Value> = addresses(&first)
        .into_iter()
        .filter(|address| addresses(&another).contains(address))
        .collect();
    assert_eq!(shared.len(), 3, "of another note only the people are the same");
}

pub(super) fn amended(event: &mut Value) {
    event["type"] = "note.amended".into();
    event["version"] = 2.into();
    event["supersedes"] = event["event_id"].clone();
    event["event_id"] = "01a0c450-6c01-7f55-b0f5-a1810b7af78c".into();
    event["change_summary"] = "Kofi Mensah added: “She rang: the rail is in.”".into();
}

/// What taking back or removing leaves of an event.
pub(super) fn emptied(event: &mut Value, kind: &str, reason: &str) {
    amended(event);
    event["type"] = kind.into();
    event["reason"] = reason.into();
    event["change_summary"] = Value::Null;
    for name in [
        "body",
        "what_matters",
        "strengths",
        "persons_words",
        "analysis",
        "person_view",
    ] {
        event[name] = "".into();
    }
    for name in [
        "present",
        "outcomes",
        "actions",
        "unmet_needs",
        "concerns",
        "private",
        "attachments",
        "addenda",
    ] {
        event[name] = json!([]);
    }
    event["feedback"] = Value::Null;
    event["review"] = Value::Null;
}

#[test]
fn an_amendment_says_what_it_replaces_and_what_changed() {
    let bundle = bundle(amended);
    let note = one(&bundle, "Composition");
    assert_eq!(note["status"], "amended");
    assert_eq!(note["meta"]["versionId"], "2");
    assert_eq!(note["relatesTo"][0]["code"], "replaces");
    assert_eq!(
        note["relatesTo"][0]["targetIdentifier"]["value"],
        "urn:uuid:01a0c450-6c00-7f55-b0f5-a1810b7af78c"
    );
    assert!(section(&bundle, "change_summary").contains("the rail is in"));
    assert!(
        section(&bundle, "body").contains("Margaret said"),
        "the whole text comes again"
    );
}

#[test]
fn what_was_taken_back_is_an_error_with_a_reason_and_nothing_else() {
    let taken = bundle(|e| emptied(e, "note.withdrawn", "It was about somebody else."));
    let note = one(&taken, "Composition");
    assert_eq!(note["status"], "entered-in-error");
    assert_eq!(one(&taken, "Encounter")["status"], "entered-in-error");
    assert_eq!(note["section"].as_array().unwrap().len(), 1);
    assert!(section(&taken, "reason").contains("somebody else"));
    let text = taken.to_string();
    for word in ["I manage", "Rose", "garden", "rail", "Goal", "Task"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn what_is_kept_no_longer_was_no_error() {
    let removed = bundle(|e| {
        emptied(e, "note.removed", "Six years after the last contact.");
        e["person"] = Value::Null;
        e["authors"] = json!([]);
    });
    let note = one(&removed, "Composition");
    assert_eq!(note["status"], "final");
    assert_eq!(removed["meta"]["tag"][0]["code"], "note.removed");
    assert_eq!(note["author"][0]["display"], "Doorstep");
    assert_eq!(note["subject"], Value::Null);
}

#[test]
fn what_is_marked_is_seen_labelled_and_makes_the_whole_restricted() {
    let plain = bundle(|e| {
        e["private"] = json!([]);
        e["present"][0]["private"] = Value::Null;
    });
    assert!(!plain.to_string().contains("NOPAT"));
    assert_eq!(one(&plain, "Composition")["confidentiality"], Value::Null);
    let marked = bundle(|e| e["actions"][0]["private"] = "do_not_share".into());
    let codes = |labels: &Value| -> Vec<String> {
        let labels = labels.as_array().unwrap().iter();
        labels
            .map(|label| label["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let task = one(&marked, "Task");
    assert_eq!(codes(&task["meta"]["security"]), ["R", "NOPAT", "do_not_share"]);
    let person = one(&marked, "RelatedPerson");
    assert_eq!(codes(&person["meta"]["security"]), ["R", "NOPAT", "third_party"]);
    assert_eq!(one(&marked, "Goal")["meta"], Value::Null, "only what is marked");
    for whole in [&marked, one(&marked, "Composition")] {
        let labels = codes(&whole["meta"]["security"]);
        assert_eq!(labels, ["R", "NOPAT", "do_not_share", "third_party"]);
    }
    assert_eq!(one(&marked, "Composition")["confidentiality"], "R");
    assert!(section(&marked, "actions").contains("<span class=\"do_not_share\">[do not share: Order a rail"));
    let sections = one(&marked, "Composition")["section"].as_array().unwrap();
    let labelled: Vec<&Value> = sections
        .iter()
        .filter(|s| s["extension"] != Value::Null)
        .collect();
    let fields: Vec<&Value> = labelled.iter().map(|s| &s["code"]["coding"][0]["code"]).collect();
    assert_eq!(fields, ["body", "present", "actions"]);
}

#[test]
fn a_councils_own_codes_stand_where_its_case_system_looks() {
    let mapping = "[kinds.home_visit]\ncode = \"HV-01\"\ntitle = \"Adults: {kind} of {date}\"\n\
        [workers]\nW1 = \"kmensah\"\n\
        [fhir]\ncase_id_system = \"https://ashmere.example/case\"\nworker_id_system = \"https://ashmere.example/staff\"\n\
        kind_system = \"https://ashmere.example/note-types\"\n";
    let bundle: Value = serde_json::from_slice(&line(mapping, |_| ())).unwrap();
    let note = one(&bundle, "Composition");
    assert_eq!(note["title"], "Adults: Home visit of 3 September 2026");
    let system = "https://ashmere.example/note-types";
    assert_eq!(
        note["type"],
        json!({"coding": [{"system": system, "code": "HV-01", "display": "Home visit"}], "text": "Home visit"})
    );
    assert_eq!(note["category"][0]["coding"][0]["code"], "home_visit");
    let patient = one(&bundle, "Patient");
    assert_eq!(patient["identifier"][0]["system"], "https://ashmere.example/case");
    let kofi = all(&bundle, "Practitioner")[0];
    assert_eq!(
        kofi["identifier"],
        json!([{"system": "https://ashmere.example/staff", "value": "kmensah"}])
    );
}

/// Start, end and kind of a passage.
type Marked = (usize, usize, &'static str);

#[test]
fn marks_may_overlap_touch_and_lie_beyond_the_text() {
    let span = |kind: &str, words: &str| format!("<span class=\"{kind}\">[{words}]</span>");
    let lines: [(&str, &[Marked], String); 6] = [
        (
            "abc",
            &[(0, 3, "third_party")],
            span("third_party", "third party: abc"),
        ),
        (
            "abc",
            &[(0, 2, "third_party"), (1, 3, "do_not_share")],
            span("third_party", "third party: a")
                + &span("do_not_share third_party", "do not share, third party: b")
                + &span("do_not_share", "do not share: c"),
        ),
        (
            "ab",
            &[(0, 1, "third_party"), (1, 2, "do_not_share")],
            span("third_party", "third party: a") + &span("do_not_share", "do not share: b"),
        ),
        (
            "a<b",
            &[(1, 99, "third_party")],
            format!("a{}", span("third_party", "third party: &lt;b")),
        ),
        (
            "ab",
            &[(1, 1, "third_party"), (9, 10, "third_party")],
            "ab".to_owned(),
        ),
        (
            "a\u{202e}bc",
            &[(0, 3, "third_party")],
            span("third_party", "third party: a\u{202e}b\u{202c}") + "\u{202e}c\u{202c}",
        ),
    ];
    for (text, marks, expected) in lines {
        let private = marks
            .iter()
            .map(|(start, end, kind)| json!({"field": "analysis", "start": start, "end": end, "kind": kind}));
        let private: Vec<Value> = private.collect();
        let bundle = bundle(|e| {
            e["analysis"] = text.into();
            e["private"] = private.into();
        });
        let div = section(&bundle, "analysis");
        let inner = div
            .split_once("<p>")
            .unwrap()
            .1
            .strip_suffix("</p></div>")
            .unwrap();
        assert_eq!(inner, expected, "{text}");
    }
}

#[test]
fn what_turns_the_reading_direction_ends_with_its_line() {
    let lines = [
        ("\u{202e}evil", "\u{202e}evil\u{202c}"),
        ("a\u{2067}b\nc", "a\u{2067}b\u{2069}<br/>c"),
        ("\u{202a}+44\u{202c} 7700", "\u{202a}+44\u{202c} 7700"),
        ("\u{2068}\u{202e}x\u{2069}y", "\u{2068}\u{202e}x\u{2069}y"),
        (
            "\u{202b}\u{2066}x\u{202c}y",
            "\u{202b}\u{2066}x\u{202c}y\u{2069}\u{202c}",
        ),
        ("\u{202c}x\u{2069}", "\u{202c}x\u{2069}"),
        ("שלום\u{200f}", "שלום\u{200f}"),
        ("a\r\nb\rc\n\nd", "a<br/>b<br/>c<br/><br/>d"),
    ];
    for (text, expected) in lines {
        let bundle = bundle(|e| e["analysis"] = text.into());
        let div = section(&bundle, "analysis");
        assert!(div.contains(&format!("<p>{expected}</p>")), "{text:?}: {div:?}");
    }
}

#[test]
fn what_has_no_form_in_fhir_is_left_to_the_reader() {
    let bundle = bundle(|e| {
        e["started_at"] = "0000-05-01T00:00:00Z".into();
        e["ended_at"] = "2026-09-03T09:00:00Z".into();
        e["actions"][0]["by"] = "next week".into();
        e["attachments"][0]["bytes"] = 9_007_199_254_740_991_u64.into();
        e["attachments"][0]["media_type"] = "image/jpeg\u{a0}".into();
        e["review"]["due"] = "2027-02-30".into();
    });
    assert_eq!(
        one(&bundle, "Encounter")["period"],
        json!({"end": "2026-09-03T09:00:00Z"})
    );
    assert_eq!(one(&bundle, "Task")["restriction"], Value::Null);
    let file = &one(&bundle, "DocumentReference")["content"][0]["attachment"];
    assert_eq!(
        (&file["size"], &file["contentType"]),
        (&Value::Null, &Value::Null)
    );
    assert!(section(&bundle, "actions").contains("next week"));
    assert!(section(&bundle, "review").contains("2027-02-30"));
    let summary = one(&bundle, "Composition")["text"]["div"].as_str().unwrap();
    assert!(summary.contains("0000-05-01"));
}
