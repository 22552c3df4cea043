//! Choosing one of the values on which phones disagree, or keeping them all where they are words.

use notes::ids::DocumentId;
use notes::note::Edit;
use notes::note::edit::from_json;
use notes::note::{Template, edit};
use notes::problem::Code;
use serde_json::{Map, Value};

use super::deed::Deed;
use super::offer::{self, Candidate};
use super::word;
use crate::export::words;
use crate::issues::history::written;
use crate::issues::standing::tell_holders;
use crate::issues::{Halt, detail};
use crate::store::{Issue, StoreError, Tx};
use crate::sync::{desk_change, read, said};

/// Fields that name somebody or say what something is: two of these joined say nothing.
const NAMES: [&str; 4] = ["person", "person_name", "author", "media_type"];

/// What may be done.
pub(super) fn actions(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<&'static str>, StoreError> {
    let mut actions = vec!["take"];
    let template = template_of(tx, issue)?;
    let path = detail::text(issue, "path").unwrap_or_default();
    let both = joined(&offer::values(issue), 0).is_some_and(|text| fits(template, &path, &text));
    if both {
        actions.push("take_both");
    }
    if !word::candidates(tx, issue)?.is_empty() {
        actions.push("ask");
    }
    Ok(actions)
}

/// The values by their places.
pub(super) fn candidates(issue: &Issue) -> Vec<Candidate> {
    let values = offer::values(issue).into_iter().enumerate();
    let each = values.map(|(index, value)| Candidate {
        value: index.into(),
        label: detail::plain(&value),
        hint: (index == 0).then(|| "This one is shown now.".to_owned()),
    });
    each.collect()
}

fn template_of(tx: &Tx<'_>, issue: &Issue) -> Result<Template, StoreError> {
    let record = issue
        .opened
        .document
        .map(|id| tx.document(id))
        .transpose()?
        .flatten();
    Ok(record.map_or(Template::Note, |record| record.template))
}

/// All values as one text, the chosen one first and the others as they stand; none where one is no text.
fn joined(values: &[Value], first: usize) -> Option<String> {
    let mut texts: Vec<&str> = values.iter().map(Value::as_str).collect::<Option<_>>()?;
    if first >= texts.len() {
        return None;
    }
    let first = texts.remove(first);
    texts.insert(0, first);
    Some(texts.join("\n"))
}

fn fits(template: Template, path: &str, text: &str) -> bool {
    let named = path.rsplit('.').next().is_some_and(|name| NAMES.contains(&name));
    !named && from_json(template, path, &Value::from(text)).is_ok()
}

/// `take`: one of the values, written again by the desk, stands alone; `take_both`: all of them, joined.
pub(super) fn end(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    let (tx, document) = (deed.tx, deed.document()?);
    let broken = StoreError::Inconsistent("a conflict does not say what it is about");
    let path = detail::text(deed.issue, "path").ok_or(broken)?;
    let values = offer::values(deed.issue);
    let template = template_of(tx, deed.issue)?;
    let value = if deed.action == "take_both" {
        let first = deed.index("first", values.len())?.unwrap_or(0);
        Value::from(joined(&values, first).ok_or(Code::ParameterInvalid)?)
    } else {
        chosen(&values, deed.args)?.clone()
    };
    let mut edits = from_json(template, &path, &value).map_err(|_: edit::BadEdit| Code::ParameterInvalid)?;
    edits = twins(tx, (document, template), &path, edits)?;
    tell(deed, (document, template), &path, &value)?;
    desk_change(tx, deed.host, document, &edits)?;
    tell_holders(tx, deed.issue.opened.person, document)?;
    Ok(())
}

/// Says what the note will say, and whose value stays in its history.
fn tell(
    deed: &mut Deed<'_, '_>,
    (document, template): (DocumentId, Template),
    path: &str,
    value: &Value,
) -> Result<(), Halt> {
    deed.say(format!(
        "The note will say “{}” for {}.",
        detail::plain(value),
        words::path(path)
    ));
    if let Some((doc, _)) = read(deed.tx, document)? {
        for other in written(deed.tx, &doc, template, path)? {
            if other.value != *value {
                let worker = other.worker.map(|id| deed.tx.worker(&id)).transpose()?.flatten();
                let whose =
                    worker.map_or_else(|| "The value".to_owned(), |worker| format!("{}'s", worker.name));
                deed.say(format!(
                    "{whose} “{}” stays in its history.",
                    detail::plain(&other.value)
                ));
            }
        }
    }
    Ok(deed.say_reach(document)?)
}

/// The value that was chosen: by its place, or itself; a command line may have read text as JSON, or
/// JSON as text.
fn chosen<'a>(values: &'a [Value], args: &Map<String, Value>) -> Result<&'a Value, Code> {
    if let Some(index) = args.get("index") {
        let index = index.as_u64().or_else(|| index.as_str()?.parse().ok());
        let index = index.and_then(|index| usize::try_from(index).ok());
        return index
            .and_then(|index| values.get(index))
            .ok_or(Code::ParameterInvalid);
    }
    let given = args.get("value").ok_or(Code::ParameterInvalid)?;
    let meant = given.as_str().and_then(|text| serde_json::from_str(text).ok());
    let same = |value: &&Value| {
        *value == given || Some(*value) == meant.as_ref() || value.as_str() == Some(&given.to_string())
    };
    values.iter().find(same).ok_or(Code::ParameterInvalid)
}

/// One attachment that two phones added stands twice under its hash, and a value that is set in one
/// of the two leaves the other as it was. So the entry is taken out and written again whole.
fn twins(
    tx: &Tx<'_>,
    (document, template): (DocumentId, Template),
    path: &str,
    edits: Vec<Edit>,
) -> Result<Vec<Edit>, Halt> {
    let mut steps = path.split('.');
    let (Some("attachments"), Some(id)) = (steps.next(), steps.next()) else {
        return Ok(edits);
    };
    let note = said(tx, document)?.unwrap_or_default();
    let entries = note
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let entry = entries
        .filter_map(Value::as_object)
        .find(|e| e.get("id").and_then(Value::as_str) == Some(id));
    let Some(entry) = entry else { return Ok(edits) };
    let entry: Map<String, Value> = entry.iter().filter(|(key, _)| *key != "id").map(owned).collect();
    let path = format!("attachments.{id}");
    let whole = from_json(template, &path, &Value::Object(entry)).map_err(|_| Code::ParameterInvalid)?;
    Ok([Edit::Remove { path }]
        .into_iter()
        .chain(whole)
        .chain(edits)
        .collect())
}

fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}
