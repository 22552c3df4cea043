//! Choosing one of the values on which phones disagree.

use notes::ids::DocumentId;
use notes::note::Edit;
use notes::note::edit::from_json;
use notes::note::{Template, edit};
use notes::problem::Code;
use serde_json::{Map, Value};

use super::{Decision, document};
use crate::host::Host;
use crate::issues::standing::tell_holders;
use crate::issues::{Halt, detail};
use crate::store::{Issue, StoreError, Tx};
use crate::sync::{desk_change, said};

/// `take`: one of the values, written again by the desk, stands alone.
pub(super) fn end(tx: &Tx<'_>, host: &Host, issue: &Issue, decision: &Decision<'_>) -> Result<(), Halt> {
    let document = document(issue)?;
    let what = detail::read(issue);
    let broken = StoreError::Inconsistent("a conflict does not say what it is about");
    let (Some(path), Some(values)) = (
        what.get("path").and_then(Value::as_str),
        what.get("values").and_then(Value::as_array),
    ) else {
        return Err(broken.into());
    };
    let value = chosen(values, decision.args)?;
    let record = tx.document(document)?;
    let template = record.as_ref().map_or(Template::Note, |record| record.template);
    let mut edits = from_json(template, path, value).map_err(|_: edit::BadEdit| Code::ParameterInvalid)?;
    edits = twins(tx, (document, template), path, edits)?;
    desk_change(tx, host, document, &edits)?;
    tell_holders(tx, issue.opened.person, document)?;
    Ok(())
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
