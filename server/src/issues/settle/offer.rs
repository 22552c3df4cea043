//! What may be done about an issue, told to whoever decides: each action with what it does, what it must be told, and
//! what comes into question for that.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{actions, conflict, duplicate, word};
use crate::issues::{detail, likely};
use crate::store::{Issue, StoreError, Tx};

/// Actions that only ask, and leave the issue open.
const ASKS: [&str; 4] = ["ask", "ask_case_id", "nudge", "ask_again"];
/// Decisions that changed nothing outside, and can be undone.
const UNDOABLE: [&str; 3] = ["close", "keep_both", "set_aside"];

/// Whether an action ends its issue.
pub(super) fn settles(action: &str) -> bool {
    !ASKS.contains(&action)
}

/// Whether a decision can be undone by opening the issue again.
#[must_use]
pub fn can_undo(action: &str) -> bool {
    UNDOABLE.contains(&action)
}

/// An action that may be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueOffer)]
pub struct Offer {
    /// Its name.
    #[schema(value_type = String)]
    pub action: &'static str,
    /// What it does, in a sentence.
    #[schema(value_type = String)]
    pub words: &'static str,
    /// What it is told.
    pub args: Vec<Arg>,
    /// The issue is over with it, and a reason is needed.
    pub settles: bool,
    /// It can be undone.
    pub can_undo: bool,
}

/// Something that an action is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueArg)]
pub struct Arg {
    /// Its name.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// `index` (a number), `case_id`, `note`, `worker` or `text`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// Without it nothing can be done.
    pub needed: bool,
    /// What comes into question; empty where it is free.
    pub candidates: Vec<Candidate>,
}

/// What comes into question for an argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IssueCandidate)]
pub struct Candidate {
    /// What to give.
    pub value: Value,
    /// How it is shown.
    pub label: String,
    /// Why it is likely, and how to tell it from another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The actions of an issue as they stand now. People come into question who are of the given team, where one is given.
///
/// # Errors
/// The database's.
pub fn offers(tx: &Tx<'_>, issue: &Issue, team: Option<i64>) -> Result<Vec<Offer>, StoreError> {
    let mut offers = Vec::new();
    for action in actions(tx, issue)? {
        offers.push(Offer {
            action,
            words: words(action, &issue.opened.kind),
            args: args(tx, issue, action, team)?,
            settles: settles(action),
            can_undo: can_undo(action),
        });
    }
    Ok(offers)
}

fn args(tx: &Tx<'_>, issue: &Issue, action: &str, team: Option<i64>) -> Result<Vec<Arg>, StoreError> {
    let arg = |name, kind, needed, candidates| Arg {
        name,
        kind,
        needed,
        candidates,
    };
    let person = |candidates| vec![arg("person", "case_id", true, candidates)];
    Ok(match action {
        "take" => vec![arg("index", "index", true, conflict::candidates(issue))],
        "take_both" => vec![arg("first", "index", false, conflict::candidates(issue))],
        "match" => person(likely::candidates(tx, issue, team)?),
        "accept_for" => person(Vec::new()),
        "withdraw" => vec![arg("note", "note", true, duplicate::candidates(tx, issue, true)?)],
        "ask" | "nudge" | "ask_again" => vec![
            arg("worker", "worker", false, word::candidates(tx, issue)?),
            arg("message", "text", false, Vec::new()),
        ],
        "return" => vec![arg("message", "text", false, Vec::new())],
        "ask_case_id" => vec![arg("from", "text", true, Vec::new())],
        _ => Vec::new(),
    })
}

fn words(action: &str, kind: &str) -> &'static str {
    match action {
        "accept" => "Let in what was held, as it is.",
        "accept_for" => "Let it in as a note about another person.",
        "addendum" => {
            "What was written after finishing stands as an addendum, under the name of whoever wrote it."
        }
        "ask" => "Ask whoever wrote one of the values. It ends once they have chosen on their phone.",
        "nudge" | "ask_again" => "Send the worker a message. The issue stays open.",
        "return" => "Set it aside and tell the worker why. The phone takes the server's copy.",
        "set_aside" => "Set it aside. It is kept here and goes into no note.",
        "take" => "One of the values stands alone. The others stay in the note's history.",
        "take_both" => "All values stand, one below the other.",
        "match" => "Say whom the note is about. Then it moves on.",
        "ask_case_id" => "Write down from whom a new case id was asked. The note waits.",
        "keep_both" => "They are two visits. It is not asked again.",
        "join" => "Make them one note. The earlier one stays, and gets the other's words and workers.",
        "withdraw" => "Take one of the two back from the case systems. It stays here.",
        "send_again" => "Send it to the case systems once more, with the person's details of now.",
        "close" if kind == "missing_attachment" => "The file will not come. It is not asked for again.",
        _ => "Close it. Nothing else changes.",
    }
}

/// The places of the values that stand side by side.
pub(in crate::issues) fn values(issue: &Issue) -> Vec<Value> {
    let values = detail::read(issue).remove("values");
    values
        .and_then(|values| values.as_array().cloned())
        .unwrap_or_default()
}
