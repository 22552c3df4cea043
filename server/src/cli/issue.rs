//! `doorstep issue list`, `doorstep issue settle ID ACTION --reason TEXT`, a look at what that would do, and undoing it;
//! and moving a note that is on the wrong record.

use clap::{Args, Subcommand};
use notes::ids::DocumentId;
use serde_json::{Map, Value};

use super::{Call, Failure, OPERATOR, Said};
use crate::desk::{self, Scope};
use crate::issues;
use crate::ops::OpError;

#[derive(Subcommand)]
pub(super) enum Issue {
    /// Everything that waits for a decision, with the actions that end it.
    List,
    /// End one, or move it on.
    Settle(Settle),
    /// What an action would do; nothing is changed.
    Preview(Settle),
    /// Open one again that was closed, kept or set aside.
    Reopen {
        /// The issue's id.
        id: String,
        /// Why; it stands in the audit.
        #[arg(long)]
        reason: String,
    },
    /// Move a note to the record of the right person.
    Move {
        /// The note's id.
        note: DocumentId,
        /// The right person's case id.
        #[arg(long, value_name = "CASE_ID")]
        person: String,
        /// Why; it stands in the audit.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args)]
pub(super) struct Settle {
    /// The issue's id.
    id: String,
    /// One of the actions that the issue names.
    action: String,
    /// Why; it stands in the audit. Only what ends an issue needs one.
    #[arg(long, default_value = "")]
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
    /// Which of the values comes first where all are taken, from 0.
    #[arg(long)]
    first: Option<u64>,
    /// Who is asked: a worker's id.
    #[arg(long)]
    worker: Option<String>,
    /// What they read on their phone.
    #[arg(long)]
    message: Option<String>,
    /// From whom a case id was asked.
    #[arg(long)]
    from: Option<String>,
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
            let settled = value.get("settled_at").is_some();
            let done = if settled {
                "settled"
            } else {
                "asked; the issue stays open"
            };
            Ok(Said {
                words: said(&value, done),
                value,
            })
        }
        Issue::Preview(settle) => {
            let (args, id) = (arguments(settle), (settle.id.as_str(), None));
            let value = issues::preview(&core, id, &settle.action, &args, OPERATOR).map_err(OpError::from)?;
            let missing = value.get("missing").and_then(Value::as_array);
            let missing: Vec<&str> = missing.into_iter().flatten().filter_map(Value::as_str).collect();
            let words = if missing.is_empty() {
                said(&value, "nothing was changed")
            } else {
                format!("say also: {}", missing.join(", "))
            };
            Ok(Said { value, words })
        }
        Issue::Reopen { id, reason } => {
            let value = issues::reopen(&core, id, OPERATOR, reason).map_err(OpError::from)?;
            let words = "open again".to_owned();
            Ok(Said { value, words })
        }
        Issue::Move { note, person, reason } => {
            let value = desk::move_note(&core, Scope::All, OPERATOR, *note, person, reason);
            let value = value.map_err(OpError::from)?;
            let words = said(&value, "moved");
            Ok(Said { value, words })
        }
    }
}

/// What was done, and each thing that comes of it on a line of its own.
fn said(value: &Value, done: &str) -> String {
    let effects = value
        .get("effects")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let lines = effects.filter_map(Value::as_str);
    std::iter::once(done)
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n  ")
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
        ("first", settle.first.map(Value::from)),
        ("worker", settle.worker.clone().map(Value::from)),
        ("message", settle.message.clone().map(Value::from)),
        ("from", settle.from.clone().map(Value::from)),
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
