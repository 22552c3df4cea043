//! What is printed, and with which exit status the command ends.

use std::io::Write as _;
use std::process::ExitCode;

use client_core::{Ended, Trouble};
use serde_json::{Value, json};

/// What a command says.
pub(crate) struct Answer {
    pub(crate) value: Value,
    pub(crate) words: String,
    pub(crate) exit: u8,
}

impl Answer {
    pub(crate) fn new(value: Value, words: impl Into<String>) -> Self {
        Self {
            value,
            words: words.into(),
            exit: 0,
        }
    }

    pub(crate) fn print(&self, json: bool) {
        if json {
            say(&self.value.to_string());
        } else {
            say(&self.words);
        }
    }

    pub(crate) fn exit(&self) -> ExitCode {
        ExitCode::from(self.exit)
    }
}

/// One line on standard output. A reader that has gone away is no failure of the command.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Why a command did nothing, or not all.
pub(crate) struct Failure {
    pub(crate) exit: u8,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn call(message: impl Into<String>) -> Self {
        Self {
            exit: 2,
            code: "call".into(),
            message: message.into(),
        }
    }

    /// What a talk that did not end well means; `None` for one that did.
    pub(crate) fn of(ended: &Ended) -> Option<Self> {
        match ended {
            Ended::Quiet => None,
            Ended::Offline => Some(Self {
                exit: 3,
                code: "offline".into(),
                message: "The server cannot be reached. Nothing is lost; try again later.".into(),
            }),
            Ended::Refused(refusal) => Some(Self {
                exit: 4,
                code: refusal.code.clone(),
                message: if refusal.title.is_empty() {
                    format!("The server refused (status {}).", refusal.status)
                } else {
                    refusal.title.clone()
                },
            }),
        }
    }

    pub(crate) fn value(&self) -> Value {
        json!({"error": {"exit": self.exit, "code": self.code, "message": self.message}})
    }

    pub(crate) fn print(&self, json: bool) {
        if json {
            say(&self.value().to_string());
        }
        drop(writeln!(std::io::stderr(), "{}", self.message));
    }

    pub(crate) fn exit(&self) -> ExitCode {
        ExitCode::from(self.exit)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let code = match &trouble {
            Trouble::Busy => "busy",
            Trouble::Full => "disk_full",
            Trouble::NoNote => "no_note",
            Trouble::NoAttachment => "no_attachment",
            Trouble::NoPerson => "no_person",
            Trouble::WrongPin => "wrong_pin",
            Trouble::NotEnrolled => "not_enrolled",
            Trouble::NotAllowed(_) => "not_allowed",
            Trouble::Edit(_) => "edit",
            _ => "store",
        };
        Self {
            exit: 2,
            code: code.into(),
            message: trouble.to_string(),
        }
    }
}
