//! Who wrote the values that stand under one path of a document, and when: read from the document's own history.

use automerge::{Automerge, ObjId, ROOT, ReadDoc as _, ScalarValue, Value as AmValue};
use notes::ids::Actor;
use notes::note::fields::Shape;
use notes::note::plain::rfc3339;
use notes::note::{Template, genesis};
use serde_json::{Value, json};

use crate::store::{StoreError, Tx};

/// A value with its writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// The value, as a note shows it.
    pub(super) value: Value,
    /// The worker; none for the desk.
    pub(super) worker: Option<String>,
    /// When, by the writer's clock: UTC milliseconds.
    pub(super) at: i64,
}

/// Every value that stands under a path now.
///
/// # Errors
/// The database's.
pub(super) fn written(
    tx: &Tx<'_>,
    doc: &Automerge,
    template: Template,
    path: &str,
) -> Result<Vec<Written>, StoreError> {
    let mut all = Vec::new();
    for (map, key) in places(doc, template, path) {
        for (value, op) in doc.get_all(&map, key).unwrap_or_default() {
            let AmValue::Scalar(scalar) = value else { continue };
            let Some(value) = shown(&scalar) else { continue };
            let change = doc
                .hash_for_opid(&op)
                .and_then(|hash| doc.get_change_by_hash(&hash));
            let Some(change) = change else { continue };
            let actor = change.actor_id().to_bytes().to_vec();
            all.push(Written {
                value,
                worker: worker_of(tx, &actor)?,
                at: change.timestamp(),
            });
        }
    }
    Ok(all)
}

/// Whose an actor is.
fn worker_of(tx: &Tx<'_>, actor: &[u8]) -> Result<Option<String>, StoreError> {
    if genesis::is_genesis(actor) {
        return Ok(None);
    }
    let worker = Actor::from_slice(actor)
        .map(|actor| tx.actor_worker(actor))
        .transpose()?;
    Ok(worker.flatten())
}

/// The maps and the key of a path; several maps where an entry has a twin.
fn places<'p>(doc: &Automerge, template: Template, path: &'p str) -> Vec<(ObjId, &'p str)> {
    let Some((name, rest)) = path.split_once('.') else {
        return vec![(ROOT, path)];
    };
    let maps = |map: &ObjId, key: &str| -> Vec<ObjId> {
        let all = doc.get_all(map, key).unwrap_or_default().into_iter();
        all.filter_map(|(value, id)| value.is_object().then_some(id))
            .collect()
    };
    let roots = maps(&ROOT, name);
    let entries = matches!(
        template.field(name).map(|field| field.shape),
        Some(Shape::Entries(_))
    );
    match rest.rsplit_once('.').filter(|_| entries) {
        None => roots.into_iter().map(|map| (map, rest)).collect(),
        Some((id, key)) => {
            let twins = roots.iter().flat_map(|map| maps(map, id));
            twins.map(|map| (map, key)).collect()
        }
    }
}

fn shown(scalar: &ScalarValue) -> Option<Value> {
    Some(match scalar {
        ScalarValue::Str(text) => json!(text.as_str()),
        ScalarValue::Timestamp(at) => json!(rfc3339(*at)),
        ScalarValue::Boolean(flag) => json!(flag),
        ScalarValue::Uint(count) => json!(count),
        ScalarValue::Int(count) => json!(count),
        _ => return None,
    })
}
