//! Notes that are hard to carry, written on a phone: markup, writing from right to left, six thousand words, control
//! characters, nothing at all, everything marked. Where `DOORSTEP_EXPORTED` names a folder, the feed of them is left
//! there as it is and as FHIR, and `cargo xtask test` has both judged.

use std::path::Path;

use serde_json::{Value, json};

use super::town::{Copy, MARGARET, Phone, Town};
use crate::export::{Asked, Format, feed};

/// Texts that somebody may have typed, pasted or dictated.
fn texts() -> Vec<String> {
    let words = "Margaret said that the stairs are harder since the fall and wondered whether to move. ";
    let mut texts: Vec<String> = [
        "<script>alert('x')</script> <img src=x onerror=alert(1)> ]]> &amp; --> <!--",
        "قالت مارغريت إنها تدير أمورها. \u{202e}desrever\u{202c} \u{2067}מה שלומך\u{2069} then English",
        "=HYPERLINK(\"http://a.example\",\"x\")\r\n+44\t-1 @SUM(A1)",
        "bell \u{7} escape \u{1b}[31m nul \u{0} del \u{7f} c1 \u{85} \u{9b}",
        "{third_party} {{ } {/third_party} \u{feff} \u{200b}zero\u{200d}width \u{2028}\u{2029}",
        "👩‍👩‍👧‍👦 👍🏾 e\u{301} ẹ́ Llŷr \u{fffd} \u{fffe} \u{ffff} \u{10ffff}",
        " ",
        "\n\n\n",
        "\"quotes\" 'and' \\back\\slashes\\ and , commas; and ;",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push(words.repeat(6_000 / 15));
    texts
}

fn note(phone: Phone, number: u8, text: &str) -> Copy {
    let mut note = phone.begin(number, MARGARET);
    for field in [
        "body",
        "what_matters",
        "strengths",
        "persons_words",
        "analysis",
        "person_view",
    ] {
        phone.type_in(&mut note, field, 0, text);
    }
    let quoted = Value::from(text).to_string();
    let long = text.chars().count() as u64;
    phone.mark(&mut note, "body", (0, long), "third_party");
    if long > 2 {
        phone.mark(&mut note, "analysis", (1, long - 1), "do_not_share");
        phone.mark(&mut note, "analysis", (0, 2), "third_party");
    }
    // Single values have a shorter bound than texts.
    if long <= 10_000 {
        for (path, entry) in [
            (
                "present.a",
                json!({"name": text, "relationship": text, "private": "third_party"}),
            ),
            ("outcomes.a", json!({"text": text, "progress": "not_met"})),
            (
                "actions.a",
                json!({"what": text, "who": text, "by": "2026-02-28", "done": true, "private": "do_not_share"}),
            ),
            (
                "unmet_needs.a",
                json!({"need": text, "reason_code": "other", "reason": text}),
            ),
            (
                "concerns.a",
                json!({"kind": "professional_disagreement", "text": text}),
            ),
            (
                "feedback",
                json!({"was_it_useful": "partly", "words": text, "copy_offered": false}),
            ),
            (
                "review",
                json!({"was": "initial", "kind": "direct_payment", "due": "2027-12-31"}),
            ),
        ] {
            phone.set(&mut note, path, &entry.to_string());
        }
        phone.set(
            &mut note,
            &format!("attachments.{}", "a".repeat(64)),
            &format!("{{\"caption\":{quoted},\"media_type\":{quoted},\"bytes\":9007199254740993}}"),
        );
    }
    note
}

#[test]
fn what_is_hard_to_carry_leaves_whole() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut number = 0;
    for text in texts() {
        number += 1;
        let mut note = note(phone, number, &text);
        phone.finish(&mut note, "W1");
        phone.publish(&town, &mut note, Some(MARGARET));
        phone.set(
            &mut note,
            "addenda.a",
            &json!({"at": "2026-09-04T08:00:00Z", "author": "W9", "text": &text[..text.len().min(8_000)]})
                .to_string(),
        );
        phone.publish(&town, &mut note, Some(MARGARET));
    }
    // Nothing but who, and a clock that says nonsense.
    let mut bare = phone.empty(100);
    phone.set(&mut bare, "person", &format!("\"{MARGARET}\""));
    phone.set(&mut bare, "started_at", "\"0000-01-01T00:00:00Z\"");
    phone.finish(&mut bare, "nobody");
    phone.publish(&town, &mut bare, Some(MARGARET));
    let taken = bare.id;
    town.core
        .store
        .write(|tx| crate::export::withdraw(tx, &town.core.host, taken, "<b>Wrong person</b>"))
        .unwrap_or_else(|_| panic!("it is taken back"));
    let events = town.events();
    assert_eq!(events.len(), 2 * texts().len() + 2);
    for (event, text) in events.iter().step_by(2).zip(texts()) {
        assert_eq!(event["body"], text);
    }
    for (format, name) in [(Format::Ndjson, "events-hard"), (Format::Fhir, "fhir-hard-typed")] {
        let asked = Asked {
            after: None,
            limit: 1_000,
            format,
        };
        let lines = feed(&town.core, asked).unwrap().lines;
        if let Some(folder) = std::env::var_os("DOORSTEP_EXPORTED") {
            std::fs::write(Path::new(&folder).join(format!("{name}.ndjson")), lines).unwrap();
        }
    }
}
