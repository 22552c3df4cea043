//! One command: its arguments to the notebook, the notebook's answer to words and JSON.

use std::io::Read as _;

use client_core::notebook::{NoteItem, PersonItem};
use client_core::{Ended, NewNote, Notebook, SyncMode, SyncReport, Who};
use notes::ids::DocumentId;
use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::args::Command;
use crate::host::Http;

pub(crate) fn run(notebook: &mut Notebook, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Enrol { link, server } => enrol(notebook, &link, server),
        Command::People { query } => people(&notebook.people(query.as_deref())?),
        Command::New {
            about,
            name,
            started_at,
            ended_at,
        } => {
            let (who, kind) = match (&about[..], &name) {
                ([case_id, kind], None) => (Who::CaseId(case_id), kind),
                ([kind], Some(name)) => (Who::Name(name), kind),
                _ => return Err(Failure::call("give CASE_ID and KIND, or --name and KIND")),
            };
            let (started_at, ended_at) = (
                started_at.map(|t| t.as_millisecond()),
                ended_at.map(|t| t.as_millisecond()),
            );
            made(notebook.new_note(&NewNote {
                who,
                kind,
                started_at,
                ended_at,
            })?)
        }
        Command::About { case_id } => made(notebook.about(&case_id)?),
        Command::Join { note } => {
            notebook.join(id(&note)?)?;
            made(id(&note)?)
        }
        Command::Type {
            note,
            text,
            field,
            at,
            delete,
            spent_ms,
        } => {
            notebook.type_text(id(&note)?, &field, at, delete, &given(text)?, spent_ms)?;
            done("typed")
        }
        Command::Set { note, path, value } => {
            let value: Value = serde_json::from_str(&value)
                .map_err(|_| Failure::call("the value is no JSON; text needs quotes, as '\"text\"'"))?;
            let made = notebook.set(id(&note)?, &path, &value)?;
            let words = made.clone().unwrap_or_else(|| "set".to_owned());
            Ok(Answer::new(json!({"ok": true, "entry": made}), words))
        }
        Command::Mark {
            note,
            start,
            end,
            kind,
            field,
        } => {
            notebook.mark(id(&note)?, &field, start, end, &kind)?;
            done("marked")
        }
        Command::Finish { note } => {
            notebook.finish(id(&note)?)?;
            done("finished")
        }
        Command::Add { note, text } => {
            let added = notebook.add(id(&note)?, &given(text)?)?;
            Ok(Answer::new(json!({"ok": true, "entry": added}), "added"))
        }
        Command::Sync => sync(notebook),
        Command::List => list(&notebook.list()?),
        Command::Search { text } => list(&notebook.search(&text)?),
        Command::Show { note } => {
            let shown = notebook.show(id(&note)?)?;
            let words = serde_json::to_string_pretty(&shown).unwrap_or_default();
            Ok(Answer::new(shown, words))
        }
        Command::Attach { .. } => Err(Failure::call("attachments are not built yet")),
        Command::Batch => Err(Failure::call("this command does not go in a batch")),
    }
}

fn id(text: &str) -> Result<DocumentId, Failure> {
    text.parse()
        .map_err(|_| Failure::call("NOTE is an id as `new` and `list` print it"))
}

fn made(id: DocumentId) -> Result<Answer, Failure> {
    Ok(Answer::new(json!({"id": id}), id.to_string()))
}

fn done(words: &str) -> Result<Answer, Failure> {
    Ok(Answer::new(json!({"ok": true}), words))
}

/// The text itself, or standard input for `-`.
fn given(text: String) -> Result<String, Failure> {
    if text != "-" {
        return Ok(text);
    }
    let mut read = String::new();
    let whole = std::io::stdin().lock().read_to_string(&mut read);
    whole.map_err(|_| Failure::call("standard input is not UTF-8 text"))?;
    Ok(read)
}

fn enrol(notebook: &mut Notebook, link: &str, server: Option<String>) -> Result<Answer, Failure> {
    let (server, code) = match (link.split_once("#enrol="), server) {
        (Some((address, code)), server) => (server.unwrap_or_else(|| address.to_owned()), code),
        (None, Some(server)) => (server, link),
        (None, None) => return Err(Failure::call("a bare code needs --server URL")),
    };
    let server = server.trim_end_matches('/').to_owned();
    let mut http = Http::to(&server);
    let ended = notebook.enrol(&mut http, code, &server)?;
    if let Some(failure) = Failure::of(&ended) {
        return Err(failure);
    }
    let pass = notebook.sync(&mut http, SyncMode::Both)?;
    let identity = serde_json::to_value(notebook.identity()).unwrap_or_default();
    let name = notebook
        .identity()
        .map(|me| me.worker_name.clone())
        .unwrap_or_default();
    let words = match &pass.ended {
        Ended::Quiet => format!("This phone is {name}'s now."),
        // The phone is enrolled all the same; the next pass brings what this one could not.
        _ => format!("This phone is {name}'s now. The first pass did not come through; sync again later."),
    };
    let first = serde_json::to_value(&pass).unwrap_or_default();
    Ok(Answer::new(
        json!({"ok": true, "identity": identity, "first_pass": first}),
        words,
    ))
}

fn sync(notebook: &mut Notebook) -> Result<Answer, Failure> {
    let server = notebook
        .server()?
        .ok_or_else(|| Failure::call("this phone is not enrolled yet"))?;
    let report = notebook.sync(&mut Http::to(&server), SyncMode::Both)?;
    if let Some(mut failure) = Failure::of(&report.ended) {
        failure.message = format!("{} {}", failure.message, in_words(&report));
        return Err(failure);
    }
    let value = serde_json::to_value(&report).unwrap_or_default();
    Ok(Answer::new(value, in_words(&report)))
}

fn in_words(report: &SyncReport) -> String {
    let SyncReport {
        sent,
        received,
        waiting,
        held,
        ..
    } = report;
    let mut words = format!(
        "{sent} sent, {received} received, {} held, {waiting} waiting",
        held.len()
    );
    for note in held {
        words.push_str(&format!("\n{} is held: {}", note.id, note.reason));
    }
    words
}

fn people(found: &[PersonItem]) -> Result<Answer, Failure> {
    let lines = found.iter().map(|p| {
        let mine = if p.mine { "  (mine)" } else { "" };
        format!("{}  {}{mine}", p.case_id, p.name)
    });
    let words = lines.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(
        serde_json::to_value(found).unwrap_or_default(),
        words,
    ))
}

fn list(items: &[NoteItem]) -> Result<Answer, Failure> {
    let word = |value: &Value| value.as_str().unwrap_or("-").replace('_', " ");
    let lines = items.iter().map(|item| {
        let value = serde_json::to_value(item).unwrap_or_default();
        let reason = item.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        let who = item.name.as_deref().unwrap_or("name not known");
        let (kind, stage, state) = (word(&value["kind"]), word(&value["stage"]), word(&value["state"]));
        format!("{}  {who}, {kind}, {stage}, {state}{reason}", item.id)
    });
    let words = lines.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(
        serde_json::to_value(items).unwrap_or_default(),
        words,
    ))
}
