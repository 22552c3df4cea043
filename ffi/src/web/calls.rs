//! The calls that need no server, each named as the notebook's method, and their answers as JSON: the shapes that
//! `doorstep-phone --json` prints, so that there is one description of them.

use client_core::live::Action;
use client_core::notebook::Ended;
use client_core::{NewNote, Notebook, Who};
use notes::ids::DocumentId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::NotebookError;

/// A call and its arguments.
#[derive(Debug, Deserialize)]
#[serde(
    tag = "call",
    content = "args",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub(super) enum Call {
    Identity {},
    Server {},
    People {
        query: Option<String>,
    },
    List {},
    Waiting {},
    Search {
        words: String,
    },
    Show {
        note: String,
    },
    NewNote {
        case_id: Option<String>,
        name: Option<String>,
        kind: String,
        started_at: Option<i64>,
        ended_at: Option<i64>,
    },
    About {
        case_id: String,
    },
    Person {
        case_id: String,
    },
    Today {},
    Workers {},
    Arrivals {},
    Join {
        note: String,
    },
    TypeText {
        note: String,
        field: String,
        at: Option<u64>,
        delete: u64,
        insert: String,
        spent_ms: u64,
        /// As the last `on_screen` gave it: what came meanwhile may have moved the place.
        seen: u64,
    },
    Set {
        note: String,
        path: String,
        value: Value,
    },
    Mark {
        note: String,
        field: String,
        start: u64,
        end: u64,
        kind: String,
    },
    Finish {
        note: String,
    },
    Add {
        note: String,
        text: String,
    },
    WorkerName {
        worker: String,
    },
    Watch {
        notes: Vec<String>,
    },
    OnScreen {
        note: String,
        field: String,
    },
    InCompany {
        note: String,
    },
    GoLive {
        wanted: bool,
    },
    Tick {},
}

fn id(text: &str) -> Result<DocumentId, NotebookError> {
    Ok(text.parse()?)
}

impl Call {
    /// Makes it.
    pub(super) fn made(self, book: &mut Notebook) -> Result<Value, NotebookError> {
        match self {
            Self::NewNote { .. } | Self::TypeText { .. } | Self::Set { .. } | Self::Mark { .. } => {
                self.written(book)
            }
            Self::Identity {} => Ok(json!(book.identity())),
            Self::Server {} => Ok(json!(book.server()?)),
            Self::People { query } => Ok(json!(book.people(query.as_deref())?)),
            Self::Waiting {} => Ok(json!(book.waiting()?)),
            Self::List {} => Ok(json!(book.list()?)),
            Self::Search { words } => Ok(json!(book.search(&words)?)),
            Self::Show { note } => Ok(book.show(id(&note)?)?),
            Self::About { case_id } => Ok(json!({"id": book.about(&case_id)?})),
            Self::Person { case_id } => Ok(json!(book.person(&case_id)?)),
            Self::Today {} => Ok(json!(book.today()?)),
            Self::Workers {} => Ok(json!(book.workers()?)),
            Self::Arrivals {} => Ok(json!(book.arrivals())),
            Self::Join { note } => Ok(json!(book.join(id(&note)?)?)),
            Self::Finish { note } => Ok(json!(book.finish(id(&note)?)?)),
            Self::Add { note, text } => Ok(json!({"id": book.add(id(&note)?, &text)?})),
            Self::WorkerName { worker } => Ok(json!(book.worker_name(&worker)?)),
            Self::Watch { notes } => {
                let notes: Result<Vec<_>, _> = notes.iter().map(|note| id(note)).collect();
                Ok(json!(book.watch(&notes?)?))
            }
            Self::OnScreen { note, field } => {
                let text = book.on_screen(id(&note)?, &field)?;
                Ok(json!(
                    text.map(|text| json!({"text": text, "seen": book.arrivals()}))
                ))
            }
            Self::InCompany { note } => Ok(json!(book.in_company(id(&note)?))),
            Self::GoLive { wanted } => {
                book.go_live(wanted);
                Ok(Value::Null)
            }
            Self::Tick {} => Ok(json!(book.tick()?)),
        }
    }

    /// The calls that write in a note.
    fn written(self, book: &mut Notebook) -> Result<Value, NotebookError> {
        match self {
            Self::NewNote {
                case_id,
                name,
                kind,
                started_at,
                ended_at,
            } => {
                let who = match (&case_id, &name) {
                    (Some(case_id), None) => Who::CaseId(case_id),
                    (None, Some(name)) => Who::Name(name),
                    _ => return Err(NotebookError::BadCall("a note begins with a case id or a name")),
                };
                let new = NewNote {
                    who,
                    kind: &kind,
                    started_at,
                    ended_at,
                };
                Ok(json!({"id": book.new_note(&new)?}))
            }
            Self::TypeText {
                note,
                field,
                at,
                delete,
                insert,
                spent_ms,
                seen,
            } => {
                if seen != book.arrivals() {
                    return Err(NotebookError::Stale);
                }
                Ok(json!(book.type_text(
                    id(&note)?,
                    &field,
                    at,
                    delete,
                    &insert,
                    spent_ms
                )?))
            }
            Self::Set { note, path, value } => Ok(json!({"id": book.set(id(&note)?, &path, &value)?})),
            Self::Mark {
                note,
                field,
                start,
                end,
                kind,
            } => Ok(json!(book.mark(id(&note)?, &field, start, end, &kind)?)),
            _ => Err(NotebookError::BadCall("no such call")),
        }
    }
}

/// How a talk ended: `"quiet"`, `"offline"`, or `{"refused": {"status", "code", "title"}}`.
pub(super) fn ended_json(ended: &Ended) -> Value {
    match ended {
        Ended::Quiet => json!("quiet"),
        Ended::Offline => json!("offline"),
        Ended::Refused(refusal) => json!({"refused": refusal}),
    }
}

/// What the Worker is to do with its socket; a frame is put aside under a number.
pub(super) fn action_json(action: Action, frames: &mut Vec<Vec<u8>>) -> Value {
    match action {
        Action::Open(door) => {
            json!({"do": "open", "path": door.path, "protocols": door.protocols_with_token()})
        }
        Action::Send(frame) => {
            frames.push(frame);
            json!({"do": "send", "frame": frames.len() - 1})
        }
        Action::Close => json!({"do": "close"}),
        Action::Pass => json!({"do": "pass"}),
        Action::WaitUntil(at) => json!({"do": "wait_until", "at": at}),
    }
}
