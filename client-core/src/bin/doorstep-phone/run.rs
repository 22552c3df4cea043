//! One command: its arguments to the notebook, the notebook's answer to words and JSON.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use client_core::notebook::{NoteItem, PersonItem, Wipe};
use client_core::{Ended, Fetched, NewNote, Notebook, SyncMode, SyncReport, Who};
use jiff::Timestamp;
use notes::ids::DocumentId;
use serde_json::{Value, json};

use crate::answer::{Answer, Failure};
use crate::args::Command;
use crate::host::Http;

/// Runs a command.
pub(crate) fn run(notebook: &mut Notebook, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Enrol { link, server } => enrol(notebook, &link, server),
        Command::Sync => sync(notebook),
        Command::People { query } => Ok(people(&notebook.people(query.as_deref())?)),
        Command::List => Ok(list(&notebook.list()?)),
        Command::Search { text } => Ok(list(&notebook.search(&text)?)),
        Command::Show {
            note,
            attachment: Some(file),
            to: Some(to),
        } => fetch(notebook, &note, &file, &to),
        Command::Show { note, .. } => {
            let shown = notebook.show(id(&note)?)?;
            let words = serde_json::to_string_pretty(&shown).unwrap_or_default();
            Ok(Answer::new(shown, words))
        }
        Command::Messages => messages(notebook),
        Command::Batch => Err(Failure::call("this command does not go in a batch")),
        other => write(notebook, other),
    }
}

/// The commands that write.
fn write(notebook: &mut Notebook, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::New {
            about,
            name,
            started_at,
            ended_at,
        } => begin(notebook, &about, name.as_deref(), (started_at, ended_at)),
        Command::About { case_id } => Ok(made(notebook.about(&case_id)?)),
        Command::Join { note } => {
            notebook.join(id(&note)?)?;
            Ok(made(id(&note)?))
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
            Ok(done("typed"))
        }
        Command::Set { note, path, value } => {
            let value: Value = serde_json::from_str(&value)
                .map_err(|_| Failure::call("the value is no JSON; text needs quotes, as '\"text\"'"))?;
            Ok(entry(notebook.set(id(&note)?, &path, &value)?, "set"))
        }
        Command::Mark {
            note,
            start,
            end,
            kind,
            field,
        } => {
            notebook.mark(id(&note)?, &field, start, end, &kind)?;
            Ok(done("marked"))
        }
        Command::Finish { note } => {
            notebook.finish(id(&note)?)?;
            Ok(done("finished"))
        }
        Command::Attach { note, file, caption } => {
            let bytes = std::fs::read(&file).map_err(|error| Failure::call(format!("the file: {error}")))?;
            let id = notebook
                .attach(id(&note)?, &bytes, caption.as_deref())?
                .to_string();
            Ok(Answer::new(json!({"ok": true, "sha256": id}), id))
        }
        Command::Add { note, text } => Ok(entry(Some(notebook.add(id(&note)?, &given(text)?)?), "added")),
        Command::Read { message } => {
            notebook.read_message(&message)?;
            Ok(done("read"))
        }
        _ => Err(Failure::call("this command does not write")),
    }
}

/// Writes an attachment's bytes into a file, from this phone or from the server.
fn fetch(notebook: &mut Notebook, note: &str, file: &str, to: &Path) -> Result<Answer, Failure> {
    let file = file
        .parse()
        .map_err(|_| Failure::call("an attachment is named by its SHA-256, as `show` prints it"))?;
    let mut http = Http::to(&notebook.server()?.unwrap_or_default());
    let bytes = match notebook.attachment(&mut http, id(note)?, file)? {
        Fetched::Here(bytes) => bytes,
        Fetched::Not(ended) => {
            let failure = Failure::of(&ended);
            return Err(failure.unwrap_or_else(|| Failure::call("the file is not here")));
        }
    };
    std::fs::write(to, &bytes).map_err(|error| Failure::call(format!("the file: {error}")))?;
    let value = json!({"ok": true, "sha256": file.to_string(), "bytes": bytes.len()});
    Ok(Answer::new(value, format!("{} bytes", bytes.len())))
}

fn begin(
    notebook: &mut Notebook,
    about: &[String],
    name: Option<&str>,
    (started_at, ended_at): (Option<Timestamp>, Option<Timestamp>),
) -> Result<Answer, Failure> {
    let (who, kind) = match (about, name) {
        ([case_id, kind], None) => (Who::CaseId(case_id), kind),
        ([kind], Some(name)) => (Who::Name(name), kind),
        _ => return Err(Failure::call("give CASE_ID and KIND, or --name and KIND")),
    };
    Ok(made(notebook.new_note(&NewNote {
        who,
        kind,
        started_at: started_at.map(Timestamp::as_millisecond),
        ended_at: ended_at.map(Timestamp::as_millisecond),
    })?))
}

fn id(text: &str) -> Result<DocumentId, Failure> {
    text.parse()
        .map_err(|_| Failure::call("NOTE is an id as `new` and `list` print it"))
}

fn made(id: DocumentId) -> Answer {
    Answer::new(json!({"id": id}), id.to_string())
}

fn done(words: &str) -> Answer {
    Answer::new(json!({"ok": true}), words)
}

/// Done, and what was made has an id of its own.
fn entry(id: Option<String>, words: &str) -> Answer {
    let value = json!({"ok": true, "entry": id});
    Answer::new(value, id.unwrap_or_else(|| words.to_owned()))
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
    let mut value = serde_json::to_value(&report).unwrap_or_default();
    let mut words = in_words(&report);
    match notebook.ordered()?.wipe {
        None => {}
        Some(Wipe::Sends) => words.push_str(TO_BE_WIPED),
        Some(Wipe::Emptied | Wipe::Done) => {
            value["wiped"] = json!(true);
            WIPED.clone_into(&mut words);
        }
    }
    Ok(Answer::new(value, words))
}

const TO_BE_WIPED: &str =
    "\nThe team's desk has asked this phone to let go of everything. It does, once all is sent.";
const WIPED: &str = "The team's desk has asked this phone to let go of everything. Nothing is left on it.";

fn messages(notebook: &mut Notebook) -> Result<Answer, Failure> {
    let messages = notebook.messages()?;
    let lines = messages
        .iter()
        .map(|m| format!("{}  {}, {}: {}", m.id, m.from, m.sent_at, m.text));
    let words = lines.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(
        serde_json::to_value(&messages).unwrap_or_default(),
        words,
    ))
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
        // Writing into a string cannot fail.
        let _ = write!(words, "\n{} is held: {}", note.id, note.reason);
    }
    words
}

fn people(found: &[PersonItem]) -> Answer {
    let lines = found.iter().map(|p| {
        let mine = if p.mine { "  (mine)" } else { "" };
        format!("{}  {}{mine}", p.case_id, p.name)
    });
    let words = lines.collect::<Vec<_>>().join("\n");
    Answer::new(serde_json::to_value(found).unwrap_or_default(), words)
}

fn list(items: &[NoteItem]) -> Answer {
    let word = |value: &Value| value.as_str().unwrap_or("-").replace('_', " ");
    let lines = items.iter().map(|item| {
        let value = serde_json::to_value(item).unwrap_or_default();
        let reason = item.reason.as_ref().map(|r| format!(": {r}")).unwrap_or_default();
        let who = item.name.as_deref().unwrap_or("name not known");
        let of = |key: &str| word(&value[key]);
        format!(
            "{}  {who}, {}, {}, {}{reason}",
            item.id,
            of("kind"),
            of("stage"),
            of("state")
        )
    });
    let words = lines.collect::<Vec<_>>().join("\n");
    Answer::new(serde_json::to_value(items).unwrap_or_default(), words)
}
