//! What was done about an issue beside opening and settling it: somebody was asked, it was opened again. It stays
//! when the issue is renewed, and is read with it.

use notes::note::plain::rfc3339;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store::{Issue, StoreError, Tx};

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = IssueStep)]
pub struct Step {
    /// When, RFC 3339.
    pub at: String,
    /// By whom, as the audit has it.
    pub by: String,
    /// By whom, as they are called.
    pub by_name: String,
    /// `ask`, `nudge`, `reopen`, …
    pub action: String,
    /// The worker to whom a message went, or from whom something was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Entries of the log that were set aside and came back: phones leave them out for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seqs: Vec<u64>,
}

impl Step {
    /// A step of this moment.
    pub(super) fn new(tx: &Tx<'_>, now: i64, by: &str, action: &str) -> Result<Self, StoreError> {
        Ok(Self {
            at: rfc3339(now),
            by: by.to_owned(),
            by_name: super::name_of(tx, by)?,
            action: action.to_owned(),
            to: None,
            text: None,
            seqs: Vec::new(),
        })
    }
}

/// What was done about an issue, the first first.
#[must_use]
pub fn trail(issue: &Issue) -> Vec<Step> {
    serde_json::from_str(&issue.trail).unwrap_or_default()
}

/// Adds a step.
pub(super) fn add(tx: &Tx<'_>, issue: &Issue, step: Step) -> Result<(), StoreError> {
    let mut all = trail(issue);
    all.push(step);
    let text = serde_json::to_string(&all).map_err(|_| StoreError::Inconsistent("a step that is no JSON"))?;
    tx.issue_trail_put(&issue.opened.id, &text)
}
