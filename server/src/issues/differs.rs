//! What two readings of a note differ in, field by field, for a person who has to decide between them.

use std::collections::BTreeSet;

use notes::note::Plain;
use notes::note::plain::Entry;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::export::words;

/// One place in which they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueDifference)]
pub struct Difference {
    /// Where, as `actions.<id>.what`.
    pub path: String,
    /// The same for people.
    pub label: String,
    /// What stands there now; null where nothing does.
    pub before: Value,
    /// What would stand there.
    pub after: Value,
}

/// Where a note would say something else. How long somebody wrote, who is named as there, and the version of the form are
/// left out.
#[must_use]
pub fn differences(before: Option<&Plain>, after: &Plain) -> Vec<Difference> {
    let empty = Plain::default();
    let before = before.unwrap_or(&empty);
    let mut found = Found(Vec::new());
    for (name, text) in &after.texts {
        let earlier = before.texts.get(name).map_or("", String::as_str);
        found.add((*name).to_owned(), json!(earlier), json!(text));
    }
    found.slots("", &before.values, &after.values);
    for (name, record) in &after.records {
        found.slots(
            &format!("{name}."),
            before.records.get(name).unwrap_or(&Entry::new()),
            record,
        );
    }
    for (name, entries) in after.entries.iter().filter(|(name, _)| **name != "workers") {
        let earlier = before.entries.get(name);
        let ids: BTreeSet<&String> = entries
            .keys()
            .chain(earlier.into_iter().flat_map(|all| all.keys()))
            .collect();
        for id in ids {
            let (one, other) = (earlier.and_then(|all| all.get(id)), entries.get(id));
            let nothing = Entry::new();
            found.slots(
                &format!("{name}.{id}."),
                one.unwrap_or(&nothing),
                other.unwrap_or(&nothing),
            );
        }
    }
    found.0
}

struct Found(Vec<Difference>);

impl Found {
    fn add(&mut self, path: String, before: Value, after: Value) {
        if before != after {
            let label = words::path(&path);
            self.0.push(Difference {
                path,
                label,
                before,
                after,
            });
        }
    }

    fn slots(&mut self, under: &str, before: &Entry, after: &Entry) {
        let names: BTreeSet<&&str> = before.keys().chain(after.keys()).collect();
        for name in names.into_iter().filter(|name| **name != "schema") {
            let value = |entry: &Entry| entry.get(*name).map_or(Value::Null, |value| json!(value));
            self.add(format!("{under}{name}"), value(before), value(after));
        }
    }
}

/// Differences in words, as an addendum can carry them: what was put in, and what it took the place of.
#[must_use]
pub fn in_words(differences: &[Difference]) -> String {
    let lines = differences.iter().map(|one| {
        let (before, after) = (as_text(&one.before), as_text(&one.after));
        let (out, put) = middle(&before, &after);
        match (out.trim(), put.trim()) {
            ("", put) => format!("{}: {put}", one.label),
            (out, "") => format!("{}: taken out: “{out}”", one.label),
            (out, put) => format!("{}: {put} (in place of “{out}”)", one.label),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// What is between the common beginning and the common end of two texts, in each.
fn middle<'t>(before: &'t str, after: &'t str) -> (&'t str, &'t str) {
    let begin: usize = before
        .chars()
        .zip(after.chars())
        .take_while(|(one, other)| one == other)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let (before, after) = (
        before.get(begin..).unwrap_or(""),
        after.get(begin..).unwrap_or(""),
    );
    let end: usize = before
        .chars()
        .rev()
        .zip(after.chars().rev())
        .take_while(|(one, other)| one == other)
        .map(|(c, _)| c.len_utf8())
        .sum();
    let cut = |text: &'t str| text.get(..text.len() - end).unwrap_or(text);
    (cut(before), cut(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_body(text: &str) -> Plain {
        let mut plain = Plain::default();
        plain.texts.insert("body", text.to_owned());
        plain
    }

    #[test]
    fn only_what_was_put_in_and_taken_out_is_said() {
        let lines = [
            ("", "Tea.", "What happened: Tea."),
            (
                "She said yes.",
                "She said yes. Then no.",
                "What happened: Then no.",
            ),
            (
                "She said yes.",
                "She said no.",
                "What happened: no (in place of “yes”)",
            ),
            (
                "She said yes, at last.",
                "She said yes.",
                "What happened: taken out: “, at last”",
            ),
            ("aaa", "aa", "What happened: taken out: “a”"),
            ("Zoë", "Zoé", "What happened: é (in place of “ë”)"),
        ];
        for (before, after, expected) in lines {
            let found = differences(Some(&with_body(before)), &with_body(after));
            assert_eq!(in_words(&found), expected, "{before} {after}");
        }
    }

    #[test]
    fn the_version_of_the_form_is_nobodys_question() {
        let mut one = with_body("Tea.");
        one.values.insert("schema", notes::note::plain::Value::Count(1));
        assert_eq!(differences(Some(&with_body("Tea.")), &one), []);
    }

    #[test]
    fn notes_that_say_the_same_differ_in_nothing() {
        assert_eq!(differences(Some(&with_body("Tea.")), &with_body("Tea.")), []);
    }
}
