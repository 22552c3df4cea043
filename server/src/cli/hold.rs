//! `doorstep hold add CASE_ID --reason TEXT`, `doorstep hold lift CASE_ID --reason TEXT`, `doorstep hold list`.

use clap::{Args, Subcommand};
use notes::note::plain::rfc3339;
use serde_json::{Value, json};

use super::{Call, Failure, OPERATOR, Said};
use crate::ops::hold;

#[derive(Subcommand)]
pub(super) enum Hold {
    /// Nothing about this person is removed until it is lifted.
    Add(Whose),
    /// Lift the holds that stand on this person.
    Lift(Whose),
    /// The holds that stand.
    List,
}

#[derive(Args)]
pub(super) struct Whose {
    /// The person's id in the case system.
    case_id: String,
    /// Why; it stands in the audit.
    #[arg(long)]
    reason: String,
}

pub(super) fn run(call: &Call, command: &Hold) -> Result<Said, Failure> {
    let core = call.core()?;
    match command {
        Hold::Add(whose) => {
            let n = hold::add(&core, &whose.case_id, &whose.reason, OPERATOR)?;
            Ok(Said {
                value: json!({ "hold": n, "case_id": whose.case_id }),
                words: "it stands".to_owned(),
            })
        }
        Hold::Lift(whose) => {
            let lifted = hold::lift(&core, &whose.case_id, &whose.reason, OPERATOR)?;
            Ok(Said {
                value: json!({ "case_id": whose.case_id, "lifted": lifted }),
                words: format!("lifted: {lifted}"),
            })
        }
        Hold::List => {
            let mut value = Vec::new();
            let mut lines = Vec::new();
            for (hold, case_id) in hold::list(&core)? {
                let at = rfc3339(hold.put_at);
                lines.push(format!("{case_id}  since {at}  {}  {}", hold.put_by, hold.reason));
                value.push(json!({
                    "hold": hold.n, "case_id": case_id, "since": at, "by": hold.put_by, "reason": hold.reason,
                }));
            }
            Ok(Said {
                value: Value::Array(value),
                words: lines.join("\n"),
            })
        }
    }
}
