//! Reconciling: how a case system and this server find out, in two requests, whether they have the same
//! versions of the same notes; and what the case system took before this server was restored.
//!
//! The hash of a day is SHA-256 over one line for each event, `NOTE_ID VERSION SHA256` and a line feed,
//! ordered by note id (its bytes) and version (a number). A note that was removed after its time still counts
//! with the hash that it had.

use std::collections::BTreeSet;

use jiff::civil::Date;
use notes::ids::DocumentId;
use notes::problem::Code;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{cursor, publish};
use crate::core::Core;
use crate::hex::hex;
use crate::host::Host;
use crate::issues::Halt;
use crate::store::{AuditEntry, ClientRecord, Sent, StoreError, Taken, Tx};

/// Most events of a day in one answer.
const MAX_LINES: u32 = 10_000;
/// Most versions in one body.
const MAX_TAKEN: usize = 1_000;
/// The largest version that is believed. A note that is amended daily for a thousand years stays below.
const MAX_VERSION: u64 = 1_000_000;
/// Longest event id that is kept.
const MAX_ID_CHARS: usize = 64;

/// A place among the events of a day: behind a version of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(DocumentId, u64);

impl std::str::FromStr for Place {
    type Err = Code;
    fn from_str(text: &str) -> Result<Self, Code> {
        let (note, version) = text.split_once(':').ok_or(Code::ParameterInvalid)?;
        let note = note.parse().map_err(|_| Code::ParameterInvalid)?;
        let version = version.parse().map_err(|_| Code::ParameterInvalid)?;
        Ok(Self(note, version))
    }
}

/// A day under its hash.
struct Day {
    events: u64,
    hash: Sha256,
}

impl Day {
    fn new() -> Self {
        Self {
            events: 0,
            hash: Sha256::new(),
        }
    }

    fn count(&mut self, sent: &Sent) {
        self.events += 1;
        let sha256 = hex(&sent.sha256);
        let line = format!("{} {} {sha256}\n", sent.document, sent.version);
        self.hash.update(line);
    }

    fn said(self, day: i64) -> Value {
        json!({"day": date(day), "events": self.events, "sha256": hex(&self.hash.finalize())})
    }
}

/// Days since 1970 as `yyyy-mm-dd`.
fn date(day: i64) -> String {
    let at = day.checked_mul(86_400_000).map(jiff::Timestamp::from_millisecond);
    let at = at.and_then(Result::ok).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// `yyyy-mm-dd` as days since 1970.
fn number(date: Date) -> i64 {
    let zoned = date.to_zoned(jiff::tz::TimeZone::UTC);
    zoned.map_or(0, |at| at.timestamp().as_second().div_euclid(86_400))
}

/// Each day on which there are events: `{"days": [{"day", "events", "sha256"}]}`.
///
/// # Errors
/// [`Code::Internal`].
pub fn days(core: &Core, from: Option<Date>, to: Option<Date>) -> Result<Value, Code> {
    let between = (from.map_or(i64::MIN, number), to.map_or(i64::MAX, number));
    let days: Result<_, Halt> = core.store.read(|tx| {
        let mut days = Vec::new();
        let mut open: Option<(i64, Day)> = None;
        tx.sent_between(between, |sent| {
            let (_, day) = match &mut open {
                Some(open) if open.0 == sent.day => open,
                open => {
                    days.extend(open.take().map(|(day, all)| all.said(day)));
                    open.insert((sent.day, Day::new()))
                }
            };
            day.count(&sent);
            Ok(())
        })?;
        days.extend(open.map(|(day, all)| all.said(day)));
        Ok(json!({ "days": days }))
    });
    Ok(days?)
}

/// The events of one day behind a place, with the hash of the whole day:
/// `{"day", "events", "sha256", "lines": […], "more", "next"}`.
///
/// # Errors
/// [`Code::ParameterInvalid`] for a limit outside 1 to 10,000, [`Code::Internal`].
pub fn day(
    core: &Core,
    client: &ClientRecord,
    date: Date,
    after: Option<Place>,
    limit: u32,
) -> Result<Value, Code> {
    if !(1..=MAX_LINES).contains(&limit) {
        return Err(Code::ParameterInvalid);
    }
    let Place(note, version) = after.unwrap_or(Place(DocumentId([0; 16]), 0));
    let number = number(date);
    let said: Result<_, Halt> = core.store.read(|tx| {
        let mut whole = Day::new();
        tx.sent_between((number, number), |sent| {
            whole.count(&sent);
            Ok(())
        })?;
        let mut events = tx.sent_on(&client.id, number, (note, version), limit + 1)?;
        let more = events.len() > limit as usize;
        events.truncate(limit as usize);
        let epoch = cursor::epoch(tx)?;
        let lines = events.iter().map(|(e, outcome)| {
            json!({
                "note_id": e.document,
                "version": e.version,
                "event_id": e.event_id,
                "type": e.kind,
                "sha256": hex(&e.sha256),
                // Reading the feed after this gives the event.
                "after": cursor::write(epoch, e.n.saturating_sub(1)),
                "outcome": outcome,
            })
        });
        let mut said = whole.said(number);
        said["lines"] = lines.collect();
        let last = events.last().filter(|_| more);
        said["more"] = more.into();
        said["next"] = last.map(|(e, _)| format!("{}:{}", e.document, e.version)).into();
        Ok(said)
    });
    Ok(said?)
}

#[derive(Deserialize)]
struct Line {
    event_id: String,
    note_id: DocumentId,
    version: u64,
    sha256: String,
}

/// Takes what a case system says that it has taken, and answers line by line. `known`: this server has the same.
/// `differs`: it has another content under that version; the note is sent again under a number above. `lost`: it does
/// not have that version; the next one of the note is numbered above it.
///
/// `{"answers": [{"note_id", "version", "answer", "outcome"}], "next": cursor}`; the cursor is the place behind which
/// stands the oldest event without a receipt of this client.
///
/// # Errors
/// [`Code::MessageMalformed`], [`Code::MessageTooLarge`], [`Code::Internal`]; nothing was changed. A line that cannot
/// be used is answered with a code of its own.
pub fn took(core: &Core, client: &ClientRecord, body: &[u8]) -> Result<Value, Code> {
    let lines: Vec<Value> = serde_json::from_slice(body).map_err(|_| Code::MessageMalformed)?;
    if lines.len() > MAX_TAKEN {
        return Err(Code::MessageTooLarge);
    }
    Ok(core.store.write(|tx| take_all(tx, &core.host, client, lines))?)
}

fn take_all(tx: &Tx<'_>, host: &Host, client: &ClientRecord, lines: Vec<Value>) -> Result<Value, Halt> {
    let (mut answers, mut differing) = (Vec::with_capacity(lines.len()), BTreeSet::new());
    for line in lines {
        let note_id = line.get("note_id").cloned();
        let version = line.get("version").cloned();
        let answer = match checked(line) {
            Err(code) => {
                json!({"note_id": note_id, "version": version, "code": code.as_str(), "title": code.title()})
            }
            Ok(line) => {
                let (answer, outcome) = compare(tx, client, &line)?;
                if answer == "differs" {
                    differing.insert(line.note_id.0);
                }
                json!({"note_id": note_id, "version": version, "answer": answer, "outcome": outcome})
            }
        };
        answers.push(answer);
    }
    let mut again = 0;
    for note in differing {
        again += u64::from(send_again(tx, host, DocumentId(note))?);
    }
    audit(tx, host, client, &answers, again)?;
    let oldest = tx.outstanding(&client.id, 1)?.first().map(|event| event.n);
    let next = oldest.map_or(tx.outbox_next()?, |n| n).saturating_sub(1);
    Ok(json!({"answers": answers, "next": cursor::write(cursor::epoch(tx)?, next)}))
}

fn checked(line: Value) -> Result<Line, Code> {
    let line: Line = serde_json::from_value(line).map_err(|_| Code::RowInvalid)?;
    let is_hash = line.sha256.len() == 64 && line.sha256.bytes().all(|b| b.is_ascii_hexdigit());
    let is_id = !line.event_id.is_empty() && line.event_id.chars().count() <= MAX_ID_CHARS;
    if is_hash && is_id && (1..=MAX_VERSION).contains(&line.version) {
        Ok(line)
    } else {
        Err(Code::RowInvalid)
    }
}

fn compare(
    tx: &Tx<'_>,
    client: &ClientRecord,
    line: &Line,
) -> Result<(&'static str, Option<String>), StoreError> {
    let ours = tx.outbox_version(line.note_id, line.version)?;
    if let Some(ours) = &ours
        && line.sha256.eq_ignore_ascii_case(&hex(&ours.sha256))
    {
        let receipts = tx.receipts(&ours.event_id)?;
        let theirs = receipts.into_iter().find(|receipt| receipt.client == client.id);
        return Ok(("known", theirs.map(|receipt| receipt.state.outcome)));
    }
    tx.taken_put(&Taken {
        document: line.note_id,
        version: line.version,
        event_id: line.event_id.clone(),
    })?;
    Ok((if ours.is_some() { "differs" } else { "lost" }, None))
}

/// Sends a note again, unless a newer version of it is above all that was taken already.
fn send_again(tx: &Tx<'_>, host: &Host, note: DocumentId) -> Result<bool, StoreError> {
    let ours = tx.version_newest(note)?.map_or(0, |newest| newest.version);
    let theirs = tx.taken(note)?.map_or(0, |taken| taken.version);
    let needed = ours <= theirs;
    if needed {
        publish::again(tx, host, note)?;
    }
    Ok(needed)
}

fn audit(
    tx: &Tx<'_>,
    host: &Host,
    client: &ClientRecord,
    answers: &[Value],
    again: u64,
) -> Result<(), StoreError> {
    let count = |what: &str| answers.iter().filter(|answer| answer["answer"] == what).count();
    tx.audit(&AuditEntry {
        at: host.now_ms(),
        who: format!("client:{}", client.id),
        what: "export.reconciled".to_owned(),
        person: None,
        document: None,
        detail: json!({
            "known": count("known"), "differs": count("differs"), "lost": count("lost"), "sent_again": again,
        })
        .to_string(),
    })
}
