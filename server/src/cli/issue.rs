//! `doorstep issue list`, `doorstep issue settle ID ACTION --reason TEXT`.

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::{Call, Failure, OPERATOR, Said};
use crate::issues;
use crate::ops::OpError;

#[derive(Subcommand)]
pub(super) enum Issue {
    /// Everything that waits for a decision, with the actions that end it.
    List,
    /// End one.
    Settle(Settle),
}

#[derive(Args)]
pub(super) struct Settle {
    /// The issue's id.
    id: String,
    /// One of the actions that the issue names.
    action: String,
    /// Why; it stands in the audit.
    #[arg(long)]
    reason: String,
    /// Which of the values that stand side by side, from 0.
    #[arg(long)]
    index: Option<u64>,
    /// The value to keep, as JSON or as plain text.
    #[arg(long)]
    value: Option<String>,
    /// Whom the note is about: a case id.
    #[arg(long, value_name = "CASE_ID")]
    person: Option<String>,
    /// Which of two notes.
    #[arg(long, value_name = "NOTE_ID")]
    note: Option<String>,
}

pub(super) fn run(call: &Call, command: &Issue) -> Result<Said, Failure> {
    let core = call.core()?;
    match command {
        Issue::List => {
            let value = issues::list(&core)?;
            let lines = value.as_array().into_iter().flatten().map(line);
            let words = lines.collect::<Vec<_>>().join("\n");
            Ok(Said { value, words })
        }
        Issue::Settle(settle) => {
            let (args, reason) = (arguments(settle), &settle.reason);
            let value = issues::settle(&core, &settle.id, &settle.action, &args, OPERATOR, reason)
                .map_err(OpError::from)?;
            Ok(Said {
                value,
                words: "settled".to_owned(),
            })
        }
    }
}

fn arguments(settle: &Settle) -> Map<String, Value> {
    let value = settle
        .value
        .as_ref()
        .map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())));
    let given = [
        ("index", settle.index.map(Value::from)),
        ("value", value),
        ("person", settle.person.clone().map(Value::from)),
        ("note", settle.note.clone().map(Value::from)),
    ];
    let given = given
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    given.collect()
}

fn line(issue: &Value) -> String {
    let text = |name: &str| issue.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
    let actions = issue.get("actions").and_then(Value::as_array);
    let actions: Vec<&str> = actions.into_iter().flatten().filter_map(Value::as_str).collect();
    let detail = issue.get("detail");
    let words = detail
        .and_then(|detail| detail.get("words"))
        .and_then(Value::as_str);
    format!(
        "{}  {}  note {}  {}\n    {}",
        text("id"),
        text("kind"),
        text("note_id"),
        actions.join(" | "),
        words.unwrap_or("-")
    )
}
