//! Titles, dates and summaries, line by line.

use serde_json::{Value, json};

use super::town::Town;
use crate::export::content::Content;
use crate::export::event::Names;
use crate::export::summary::summary;
use crate::export::words;

#[test]
fn titles_say_kind_and_day() {
    const DAY: i64 = 86_400_000;
    let lines = [
        (Some("home_visit"), Some(0), "Home visit, 1 January 1970"),
        (Some("no_reply"), Some(DAY - 1), "No reply, 1 January 1970"),
        (Some("no_reply"), Some(DAY), "No reply, 2 January 1970"),
        (Some("phone_call"), None, "Phone call"),
        (Some("conversation"), Some(i64::MAX), "Conversation"),
        (Some("made_up"), None, "Note"),
        (None, None, "Note"),
    ];
    for (kind, at, expected) in lines {
        assert_eq!(words::title(kind, at), expected);
    }
    for kind in notes::note::fields::KINDS {
        assert_ne!(words::kind(kind), "Note", "{kind}");
    }
}

fn file(sha256: &str, media_type: &str, available: bool) -> Value {
    json!({"sha256": sha256, "media_type": media_type, "caption": null, "private": null, "available": available})
}

fn base() -> Content {
    let content = json!({
        "person": "p", "authors": ["W1"], "kind": "home_visit", "started_at": null, "body": "a",
        "feedback": null, "review": null,
        "actions": [{"id": "1", "what": "x", "private": null}, {"id": "2", "what": "y", "private": null}],
        "addenda": [{"id": "9", "at": null, "author": "W1", "text": "t", "private": null}],
        "attachments": [file("aa", "image/heic", false)],
        "private": [{"field": "body", "start": 0, "end": 2, "kind": "third_party"}],
    });
    content.as_object().unwrap().clone()
}

#[test]
fn summaries_say_what_changed() {
    let action = |id: &str, what: &str, private: Value| json!({"id": id, "what": what, "private": private});
    let mark =
        |start: u64, end: u64, kind: &str| json!({"field": "body", "start": start, "end": end, "kind": kind});
    let (x, y) = (action("1", "x", Value::Null), action("2", "y", Value::Null));
    let old_mark = mark(0, 2, "third_party");
    let mut new_addenda = base()["addenda"].as_array().unwrap().clone();
    new_addenda
        .push(json!({"id": "b", "at": "2026-09-04T23:59:59Z", "author": "W2", "text": "t", "private": null}));
    new_addenda.push(json!({"id": "c", "at": null, "author": null, "text": null, "private": null}));
    let lines = [
        ("body", json!("b"), "What happened changed."),
        ("person", json!("q"), "Person changed."),
        ("started_at", json!("2026-09-03T09:15:00Z"), "Start changed."),
        ("feedback", json!({"words": "w"}), "Feedback changed."),
        (
            "actions",
            json!([x, y, action("3", "z", Value::Null)]),
            "Action added.",
        ),
        ("actions", json!([x]), "Action removed."),
        ("actions", json!([]), "2 actions removed."),
        (
            "actions",
            json!([action("1", "X", Value::Null), y]),
            "Action changed.",
        ),
        (
            "actions",
            json!([action("1", "X", json!("do_not_share")), y]),
            "Action changed. Action marked do not share.",
        ),
        (
            "actions",
            json!([
                action("1", "x", json!("third_party")),
                action("2", "y", json!("third_party"))
            ]),
            "2 actions marked third party.",
        ),
        (
            "addenda",
            Value::Array(new_addenda),
            "Addendum added by Siân Powell on 4 September 2026. Addendum added.",
        ),
        (
            "addenda",
            json!([{"id": "9", "at": null, "author": "W1", "text": "t", "private": "third_party"}]),
            "Addendum marked third party.",
        ),
        ("attachments", json!([]), "Attachment removed."),
        (
            "attachments",
            json!([file("aa", "image/heic", true)]),
            "A photograph arrived.",
        ),
        (
            "attachments",
            json!([file("aa", "image/heic", true), file("ab", "audio/mp4", true)]),
            "Attachment added. A photograph arrived.",
        ),
        ("authors", json!(["W1", "W2"]), "Siân Powell named as author."),
        (
            "authors",
            json!(["W2"]),
            "Siân Powell named as author. Kofi Mensah no longer named as author.",
        ),
        (
            "private",
            json!([old_mark, mark(3, 5, "do_not_share")]),
            "Passage marked do not share.",
        ),
        (
            "private",
            json!([old_mark, mark(3, 5, "third_party"), mark(6, 9, "third_party")]),
            "2 passages marked third party.",
        ),
        // The passage only moved, because text before it changed.
        (
            "private",
            json!([mark(4, 6, "third_party")]),
            "The order of its parts changed.",
        ),
        ("actions", json!([y, x]), "The order of its parts changed."),
    ];
    let town = Town::new();
    for (name, value, expected) in lines {
        let mut new = base();
        new.insert(name.into(), value);
        let names = town.read(|tx| Names::of(tx, &new));
        assert_eq!(summary(&base(), &new, &names), expected, "{name}");
    }
}

#[test]
fn who_comes_with_an_addendum_is_named_once() {
    let town = Town::new();
    let mut new = base();
    new.insert("authors".into(), json!(["W1", "W2"]));
    new.insert(
        "addenda".into(),
        json!([base()["addenda"][0], {"id": "b", "author": "W2"}]),
    );
    let names = town.read(|tx| Names::of(tx, &new));
    assert_eq!(summary(&base(), &new, &names), "Addendum added by Siân Powell.");
}
