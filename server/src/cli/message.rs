//! `doorstep message WORKER_ID TEXT`: shown on the worker's phones until it was read on one.

use clap::Args;
use notes::ids::DocumentId;
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::messages::Kind;
use crate::ops::message::{Words, send};

#[derive(Args)]
pub(super) struct Message {
    /// The worker's id in the case system.
    worker_id: String,
    /// What to say.
    text: String,
    /// The note that it is about: then it is a question.
    #[arg(long)]
    note: Option<DocumentId>,
    /// Who says it, as the worker sees it.
    #[arg(long, default_value = "Your team’s desk")]
    from: String,
}

pub(super) fn run(call: &Call, message: &Message) -> Result<Said, Failure> {
    let kind = if message.note.is_some() {
        Kind::Ask
    } else {
        Kind::Note
    };
    let words = Words {
        worker: &message.worker_id,
        document: message.note,
        kind,
        text: &message.text,
        by_name: &message.from,
    };
    let core = call.core()?;
    let id = core.store.write(|tx| send(tx, &core.host, &words, OPERATOR))?;
    Ok(Said {
        value: json!({ "message": id }),
        words: "it is shown the next time their phone is online".to_owned(),
    })
}
