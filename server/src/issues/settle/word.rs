//! Asking a worker: a message to all of their phones. The issue stays open, says who was asked and when, and closes
//! when the matter is over.

use notes::problem::Code;
use serde_json::Value;

use super::asked;
use super::deed::Deed;
use super::offer::{self, Candidate};
use crate::export::words;
use crate::issues::history::written;
use crate::issues::{Halt, detail, name_of};
use crate::messages::{self, Kind, MOST_TEXT_BYTES, NewMessage};
use crate::store::{Issue, StoreError, Tx};
use crate::sync::read;

/// Sends a message, to the worker who is named or else to the one whom the issue is about.
pub(super) fn ask(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    let among = candidates(deed.tx, deed.issue)?;
    let worker = match deed.text("worker")? {
        Some(named) => {
            let known = among.iter().any(|one| one.value.as_str() == Some(named));
            known.then(|| named.to_owned()).ok_or(Code::ParameterInvalid)?
        }
        None => first(&among).ok_or(Code::ActionUnknown)?,
    };
    let text = match deed.text("message")? {
        Some(text) => text.to_owned(),
        None => usual(deed.issue),
    };
    let kind = if deed.action == "nudge" {
        Kind::Nudge
    } else {
        Kind::Ask
    };
    send(deed, &worker, kind, &text)?;
    asked(deed, Some(&worker), Some(&text))?;
    deed.say("The issue stays open, and closes by itself once the matter is over.");
    Ok(())
}

/// Sends a message about the issue's note.
pub(super) fn send(deed: &mut Deed<'_, '_>, worker: &str, kind: Kind, text: &str) -> Result<(), Halt> {
    if text.len() > MOST_TEXT_BYTES {
        return Err(Code::ParameterInvalid.into());
    }
    let known = deed.tx.worker(worker)?.ok_or(Code::ParameterInvalid)?;
    let by_name = name_of(deed.tx, deed.by)?;
    let message = NewMessage {
        worker,
        document: deed.issue.opened.document,
        issue: Some(&deed.issue.opened.id),
        kind,
        text,
        by_name: &by_name,
    };
    messages::send(deed.tx, deed.host, &message)?;
    deed.say(format!("{} reads on their phone: “{text}”", known.name));
    Ok(())
}

fn first(among: &[Candidate]) -> Option<String> {
    among.first()?.value.as_str().map(str::to_owned)
}

/// Whom one may ask: those who wrote the values of a conflict, whoever wrote one that is not shown first; else the
/// worker of the issue.
pub(super) fn candidates(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<Candidate>, StoreError> {
    let mut workers = Vec::new();
    if let (Some(path), Some(document)) = (detail::text(issue, "path"), issue.opened.document)
        && let (Some(record), Some((doc, _))) = (tx.document(document)?, read(tx, document)?)
    {
        let shown = offer::values(issue).into_iter().next();
        let mut all = written(tx, &doc, record.template, &path)?;
        all.sort_by_key(|one| Some(&one.value) == shown.as_ref());
        workers.extend(all.into_iter().filter_map(|one| one.worker));
    }
    workers.extend(issue.opened.worker.clone());
    let mut found: Vec<Candidate> = Vec::new();
    for id in workers {
        let value = Value::from(id.clone());
        if let Some(worker) = tx.worker(&id)?
            && found.iter().all(|one| one.value != value)
        {
            found.push(Candidate {
                value,
                label: worker.name,
                hint: None,
            });
        }
    }
    Ok(found)
}

/// What is said where nobody said it in their own words.
fn usual(issue: &Issue) -> String {
    match issue.opened.kind.as_str() {
        "conflict" => {
            let values = offer::values(issue);
            let values: Vec<String> = values
                .iter()
                .map(|value| format!("“{}”", detail::plain(value)))
                .collect();
            let path = words::path(&detail::text(issue, "path").unwrap_or_default());
            return format!(
                "{path}: phones gave {}. Which is right? Please choose it in the note.",
                values.join(" and ")
            );
        }
        "stale_device" => {
            "Notes on your phone have not reached us. Please open the app where there is a connection."
        }
        "overdue_draft" => {
            "A note that you began is not finished. Please finish it, or tell us what it waits for."
        }
        "wrong_clock" => "Your phone's clock is wrong. Please set it to automatic time.",
        "missing_attachment" => {
            "A file of your note has not come. Please open the app, and leave it open for a while."
        }
        _ => "Please open the app, and tell us whether all your notes are there.",
    }
    .to_owned()
}
