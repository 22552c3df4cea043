//! What is common to opening issues: the row with its id, and the reading of its detail again.

use notes::ids::{DocumentId, uuid_v7};
use serde_json::{Map, Value};

use crate::host::Host;
use crate::store::{Issue, NewIssue};

/// A new issue of a kind, about one matter; the rest is filled in by who opens it.
pub(super) fn new(host: &Host, kind: &str, subject: String, detail: &Value) -> NewIssue {
    let now = host.now_ms();
    NewIssue {
        id: DocumentId(uuid_v7(now, host.random())).to_string(),
        kind: kind.to_owned(),
        opened_at: now,
        document: None,
        person: None,
        device: None,
        worker: None,
        seq: None,
        subject,
        detail: detail.to_string(),
    }
}

/// The detail of an issue.
pub(crate) fn read(issue: &Issue) -> Map<String, Value> {
    serde_json::from_str(&issue.opened.detail).unwrap_or_default()
}

/// One text of the detail.
pub(super) fn text(issue: &Issue, key: &str) -> Option<String> {
    read(issue).get(key).and_then(Value::as_str).map(str::to_owned)
}

/// A value as people read it.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
