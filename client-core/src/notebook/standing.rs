//! Where a note stands, in one word and with the reason: on this phone, on the server, in the case
//! system, or somewhere that needs a person. The word is that of the newest content on this phone.

use std::collections::BTreeSet;

use notes::problem::Code;
use serde::{Deserialize, Serialize};

use crate::store::docs::DocRow;
use crate::store::{Db, attachments, outgoing, rows};
use crate::trouble::Trouble;

/// Open or finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub enum Stage {
    /// Still being written.
    Open,
    /// Closed.
    Finished,
}

/// Where the newest content stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub enum State {
    /// Something of it is only here.
    OnPhone,
    /// All of it is durable on the server.
    OnServer,
    /// The case system has it.
    InCaseSystem,
    /// The case system refused it.
    Refused,
    /// The server holds it; a person will decide.
    Held,
    /// Two phones disagree on a value.
    Conflict,
}

/// A state with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) version: Option<u64>,
    pub(super) case_system_ref: Option<String>,
    pub(super) reason: Option<String>,
}

/// Works it out; `typed` says whether the journal holds keys of it.
pub(super) fn of(conn: &Db, row: &DocRow, typed: bool) -> Result<Standing, Trouble> {
    let version = rows::version(conn, row.id)?;
    let mut standing = Standing {
        state: State::OnServer,
        version: version.as_ref().map(|v| v.number),
        case_system_ref: version.as_ref().and_then(|v| v.case_system_ref.clone()),
        reason: None,
    };
    let known = rows::standing(conn, row.id)?;
    let held = match known.as_ref().filter(|s| s.state == "held") {
        Some(s) => Some((s.code.clone().unwrap_or_default(), s.message.clone())),
        None => outgoing::held_code(conn, row.id)?.map(|code| (code, None)),
    };
    let disputed = known.as_ref().filter(|s| s.state == "conflict");
    if let Some((code, message)) = &held {
        standing.reason = Some(message.clone().unwrap_or_else(|| in_words(code)));
    }
    let untouched = row.alone && row.offered_heads.is_empty();
    if typed || row.unoffered || untouched || outgoing::unanswered(conn, row.id)? {
        standing.state = State::OnPhone;
    } else if let files @ 1.. = attachments::waiting(conn, row.id)? {
        // A note is sent when its files are, too.
        standing.state = State::OnPhone;
        let refused = attachments::refused(conn, row.id)?;
        standing.reason = Some(refused.map_or_else(|| files_in_words(files), |code| in_words(&code)));
    } else if held.is_some() {
        standing.state = State::Held;
    } else if disputed.is_some() || !row.face.conflicts.is_empty() {
        standing.state = State::Conflict;
        let said = disputed.and_then(|s| s.message.clone());
        standing.reason = Some(said.unwrap_or_else(|| {
            format!(
                "two phones disagree on: {}",
                row.face.conflicts.replace('\n', ", ")
            )
        }));
    } else if let Some(version) = &version {
        let (there, here): (BTreeSet<_>, BTreeSet<_>) =
            (version.heads.iter().collect(), row.heads.iter().collect());
        // Anything newer than the version has not been answered for by the case system.
        if there == here {
            match version.outcome.as_str() {
                "imported" | "duplicate" => standing.state = State::InCaseSystem,
                "refused" => standing.state = State::Refused,
                _ => {}
            }
            standing.reason.clone_from(&version.reason);
        }
    }
    Ok(standing)
}

/// What a note still waits for.
fn files_in_words(files: u64) -> String {
    match files {
        1 => "a file is still to be sent".into(),
        n => format!("{n} files are still to be sent"),
    }
}

/// A code as a sentence.
pub(super) fn in_words(code: &str) -> String {
    code.parse::<Code>().map_or_else(
        |()| format!("held by the server ({code})"),
        |known| known.title().to_owned(),
    )
}
