//! What changed between two versions, in sentences that a person can read. Says what kind of thing
//! changed and who added; the new text itself stands in the event.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::content::Content;
use super::event::{Names, array};
use super::words;

/// Compares two versions. Never empty where they differ.
pub(super) fn summary(old: &Content, new: &Content, names: &Names) -> String {
    let mut said = addenda(old, new, names);
    said.extend(authors(old, new, names));
    for name in new.keys() {
        match name.as_str() {
            "authors" | "private" => {}
            name if words::entries(name).is_some() => said.extend(entries(name, old, new)),
            name if old.get(name) != new.get(name) => said.push(format!("{} changed.", words::field(name))),
            _ => {}
        }
    }
    said.extend(arrived(old, new));
    said.extend(passages(old, new));
    if said.is_empty() {
        said.push("The order of its parts changed.".into());
    }
    said.join(" ")
}

fn by_id<'a>(content: &'a Content, name: &str) -> BTreeMap<&'a str, &'a Map<String, Value>> {
    let objects = array(content, name).iter().filter_map(Value::as_object);
    let keyed = objects.filter_map(|object| {
        let id = object.get("id").or_else(|| object.get("sha256"))?.as_str()?;
        Some((id, object))
    });
    keyed.collect()
}

/// New addenda one by one, with who and when.
fn addenda(old: &Content, new: &Content, names: &Names) -> Vec<String> {
    let before = by_id(old, "addenda");
    let added = by_id(new, "addenda")
        .into_iter()
        .filter(|(id, _)| !before.contains_key(id));
    let sentence = |(_, addendum): (&str, &Map<String, Value>)| {
        let text = |key: &str| addendum.get(key).and_then(Value::as_str);
        let by = text("author").map(|id| format!(" by {}", names.name(id)));
        let at = text("at").and_then(|at| at.parse::<jiff::Timestamp>().ok());
        let on = at
            .and_then(|at| words::day(at.as_millisecond()))
            .map(|day| format!(" on {day}"));
        format!(
            "Addendum added{}{}.",
            by.unwrap_or_default(),
            on.unwrap_or_default()
        )
    };
    added.map(sentence).collect()
}

/// Authors who came or went. Who came with an addendum was named there.
fn authors(old: &Content, new: &Content, names: &Names) -> Vec<String> {
    let (before, after) = (array(old, "authors"), array(new, "authors"));
    let earlier = by_id(old, "addenda");
    let fresh = by_id(new, "addenda")
        .into_iter()
        .filter(|(id, _)| !earlier.contains_key(id));
    let spoke: Vec<&Value> = fresh.filter_map(|(_, addendum)| addendum.get("author")).collect();
    let came = after
        .iter()
        .filter(|id| !before.contains(id) && !spoke.contains(id));
    let went = before.iter().filter(|id| !after.contains(id));
    let say =
        |id: &Value, verb: &str| format!("{} {verb} author.", names.name(id.as_str().unwrap_or_default()));
    came.map(|id| say(id, "named as"))
        .chain(went.map(|id| say(id, "no longer named as")))
        .collect()
}

/// Entries added, changed, removed or marked as private.
fn entries(name: &str, old: &Content, new: &Content) -> Vec<String> {
    let (before, after) = (by_id(old, name), by_id(new, name));
    let mut said = Vec::new();
    let added = after.keys().filter(|id| !before.contains_key(*id)).count();
    if name != "addenda" {
        said.extend(counted(name, added, "added"));
    }
    let removed = before.keys().filter(|id| !after.contains_key(*id)).count();
    let mut changed = 0;
    let mut marked: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, entry) in &after {
        let Some(earlier) = before.get(id) else { continue };
        let (now, then) = (entry.get("private"), earlier.get("private"));
        if now != then {
            match now.and_then(Value::as_str) {
                Some(kind) => *marked.entry(kind).or_default() += 1,
                None => changed += 1,
            }
        }
        if without_mark(entry) != without_mark(earlier) {
            changed += 1;
        }
    }
    said.extend(counted(name, changed, "changed"));
    said.extend(counted(name, removed, "removed"));
    for (kind, count) in marked {
        said.extend(counted(name, count, &format!("marked {}", words::mark(kind))));
    }
    said
}

/// What a person wrote of an entry: not the mark, and not whether a file is here.
fn without_mark(entry: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let written = |(key, _): &(&String, &Value)| !matches!(key.as_str(), "private" | "available");
    entry.iter().filter(written).collect()
}

/// Files that came since, by what they are.
fn arrived(old: &Content, new: &Content) -> Vec<String> {
    let before = by_id(old, "attachments");
    let is_here = |entry: &Map<String, Value>| entry.get("available") == Some(&Value::Bool(true));
    let mut sorts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (id, entry) in by_id(new, "attachments") {
        let came = is_here(entry) && before.get(id).is_some_and(|earlier| !is_here(earlier));
        if came {
            let media_type = entry.get("media_type").and_then(Value::as_str);
            *sorts
                .entry(words::sort(media_type.unwrap_or_default()))
                .or_default() += 1;
        }
    }
    let sentence = |((one, several), count): ((&str, &str), usize)| match count {
        1 => format!("A {one} arrived."),
        n => format!("{n} {several} arrived."),
    };
    sorts.into_iter().map(sentence).collect()
}

fn counted(name: &str, count: usize, verb: &str) -> Option<String> {
    let (one, several) = words::entries(name)?;
    match count {
        0 => None,
        1 => Some(format!("{one} {verb}.")),
        n => Some(format!("{n} {several} {verb}.")),
    }
}

/// Marks on passages, in the order of their kinds.
fn passages(old: &Content, new: &Content) -> Vec<String> {
    let (before, after) = (array(old, "private"), array(new, "private"));
    let mut marked: BTreeMap<&str, usize> = BTreeMap::new();
    for passage in after.iter().filter(|passage| !before.contains(passage)) {
        // A passage that only moved, because text before it changed, was not marked now.
        let moved = before.iter().any(|earlier| {
            !after.contains(earlier) && same_but_place(earlier, passage) && length(earlier) == length(passage)
        });
        if !moved && let Some(kind) = passage.get("kind").and_then(Value::as_str) {
            *marked.entry(kind).or_default() += 1;
        }
    }
    let sentence = |(kind, count): (&str, usize)| match count {
        1 => format!("Passage marked {}.", words::mark(kind)),
        n => format!("{n} passages marked {}.", words::mark(kind)),
    };
    marked.into_iter().map(sentence).collect()
}

fn same_but_place(a: &Value, b: &Value) -> bool {
    a.get("field") == b.get("field") && a.get("kind") == b.get("kind")
}

fn length(passage: &Value) -> Option<u64> {
    let at = |key: &str| passage.get(key).and_then(Value::as_u64);
    at("end")?.checked_sub(at("start")?)
}
