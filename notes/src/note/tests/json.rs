//! `PATH JSON` as a caller types it, turned into edits.

use serde_json::{Value, json};

use super::world::{clear, put, remove, text};
use crate::note::Template;
use crate::note::edit::{BadEdit, Edit, Scalar, from_json};
use crate::note::fields::MAX_LINE_CHARS;

#[test]
fn paths_and_values_become_edits() {
    let start = Scalar::Time(1_788_343_200_000);
    let lines: Vec<(&str, Value, Vec<Edit>)> = vec![
        ("kind", json!("home_visit"), vec![put("kind", text("home_visit"))]),
        ("kind", json!(null), vec![clear("kind")]),
        (
            "started_at",
            json!("2026-09-02T10:00:00Z"),
            vec![put("started_at", start.clone())],
        ),
        (
            "started_at",
            json!("2026-09-02T11:00:00+01:00"),
            vec![put("started_at", start.clone())],
        ),
        (
            "started_at",
            json!("2026-09-02T10:00:00.0009Z"),
            vec![put("started_at", start)],
        ),
        (
            "feedback.copy_offered",
            json!(false),
            vec![put("feedback.copy_offered", Scalar::Flag(false))],
        ),
        ("feedback", json!({}), vec![]),
        (
            "feedback",
            json!({"words": "good", "was_it_useful": null}),
            vec![
                clear("feedback.was_it_useful"),
                put("feedback.words", text("good")),
            ],
        ),
        (
            "actions.a1.done",
            json!(true),
            vec![put("actions.a1.done", Scalar::Flag(true))],
        ),
        (
            "actions.a1",
            json!({"by": "2026-09-02"}),
            vec![put("actions.a1.by", text("2026-09-02"))],
        ),
        ("actions.a1", json!(null), vec![remove("actions.a1")]),
        // A fresh id is the caller's to put in.
        (
            "actions.+",
            json!({"what": "ring"}),
            vec![put("actions.+.what", text("ring"))],
        ),
        (
            "actions.+.what",
            json!("ring"),
            vec![put("actions.+.what", text("ring"))],
        ),
        (
            "workers.NE.W1.joined_at",
            json!("1970-01-01T00:00:01Z"),
            vec![put("workers.NE.W1.joined_at", Scalar::Time(1000))],
        ),
        (
            "recording_ms.d1",
            json!(5),
            vec![put("recording_ms.d1", Scalar::Count(5))],
        ),
        (
            "recording_ms.d1",
            json!(u64::MAX),
            vec![put("recording_ms.d1", Scalar::Count(u64::MAX))],
        ),
        (
            "attachments.00ff.bytes",
            json!(0),
            vec![put("attachments.00ff.bytes", Scalar::Count(0))],
        ),
    ];
    for (path, value, expected) in lines {
        assert_eq!(
            from_json(Template::Note, path, &value),
            Ok(expected),
            "{path} {value}"
        );
    }
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let long = "é".repeat(MAX_LINE_CHARS + 1);
    let lines: Vec<(&str, Value, &str)> = vec![
        ("kind", json!("walk"), "kind"),
        ("kind", json!(1), "kind"),
        ("kind", json!({"x": 1}), "kind"),
        ("kind", json!(["home_visit"]), "kind"),
        ("person_name", json!(long), "person_name"),
        ("started_at", json!("yesterday"), "started_at"),
        ("started_at", json!("2026-09-02"), "started_at"),
        ("started_at", json!("2026-09-02T10:00:00"), "started_at"),
        ("started_at", json!("2026-09-02T25:00:00Z"), "started_at"),
        ("started_at", json!("-000001-01-01T00:00:00Z"), "started_at"),
        ("started_at", json!(1_788_343_200_000_u64), "started_at"),
        ("review.due", json!("2026-02-30"), "review.due"),
        ("review.due", json!("02/09/2026"), "review.due"),
        ("review", json!({"due": "soon"}), "review.due"),
        ("review", json!("2026-09-02"), "review"),
        ("review", json!(null), "review"),
        ("feedback.copy_offered", json!("yes"), "feedback.copy_offered"),
        ("feedback.copy_offered", json!(1), "feedback.copy_offered"),
        ("recording_ms.d1", json!(-1), "recording_ms.d1"),
        ("recording_ms.d1", json!(1.5), "recording_ms.d1"),
        ("recording_ms.d1", json!("5"), "recording_ms.d1"),
        ("actions.a1", json!("ring"), "actions.a1"),
        ("actions.a1", json!([]), "actions.a1"),
        ("actions.a1", json!({"done": "yes"}), "actions.a1.done"),
        ("actions.a1.private", json!("secret"), "actions.a1.private"),
    ];
    for (path, value, at) in lines {
        let expected = Err(BadEdit::BadValue(at.into()));
        assert_eq!(
            from_json(Template::Note, path, &value),
            expected,
            "{path} {value}"
        );
    }
}

#[test]
fn paths_that_lead_nowhere_are_refused() {
    let lines: Vec<(&str, Value, &str)> = vec![
        ("", json!("x"), ""),
        ("nothing", json!("x"), "nothing"),
        ("body", json!("x"), "body"),
        ("body", json!(null), "body"),
        ("schema", json!(2), "schema"),
        (
            "finished",
            json!({"at": "2026-09-02T10:00:00Z", "author": "W1"}),
            "finished",
        ),
        ("finished", json!(null), "finished"),
        ("finished.at", json!("2026-09-02T10:00:00Z"), "finished.at"),
        ("feedback.nothing", json!("x"), "feedback.nothing"),
        ("feedback", json!({"nothing": "x"}), "feedback.nothing"),
        ("actions", json!({}), "actions"),
        ("actions", json!(null), "actions"),
        ("actions.", json!(null), "actions."),
        ("actions.a1.nothing", json!("x"), "actions.a1.nothing"),
        ("actions.a1", json!({"nothing": 1}), "actions.a1.nothing"),
        ("actions..what", json!("x"), "actions..what"),
        ("recording_ms", json!(5), "recording_ms"),
        ("recording_ms", json!({"d1": 5}), "recording_ms"),
        ("please_do", json!("x"), "please_do"),
    ];
    for (path, value, at) in lines {
        let expected = Err(BadEdit::NoField(at.into()));
        assert_eq!(
            from_json(Template::Note, path, &value),
            expected,
            "{path} {value}"
        );
    }
    let page = from_json(Template::About, "contacts.c1", &json!({"name": "Ann"}));
    assert_eq!(page, Ok(vec![put("contacts.c1.name", text("Ann"))]));
    assert!(from_json(Template::About, "actions.a1", &json!({"what": "x"})).is_err());
}
