//! Ending an issue as a person decides. The actions of each kind, and what each does:
//!
//! | kind | action | effect |
//! |---|---|---|
//! | `held` | `accept` | the judge takes what was held; only for rules that protect rights and order |
//! | | `accept_for` (`person`: case id) | the same, for another person than it was sent for |
//! | | `addendum` | what was written after finishing becomes an addendum by its worker; the phone takes the server's copy |
//! | | `return` (`message`) | set aside; the worker reads the reason and the message, and the phone takes the server's copy |
//! | | `set_aside` | the same without a word to the worker |
//! | `conflict` | `take` (`value`, or `index` in the values shown) | that value is written |
//! | | `take_both` (`first`: index) | all values, joined, where the field is text |
//! | | `ask` (`worker`, `message`) | whoever wrote one of the values is asked on their phone; it stays open |
//! | `unmatched_person` | `match` (`person`: case id) | the note is about that person |
//! | | `ask_case_id` (`from`) | nothing yet; the issue says from whom a case id was asked |
//! | `possible_duplicate` | `keep_both` | they are not the same visit |
//! | | `join` | one note: the earlier one, with the other's words; the other is moved into it |
//! | | `withdraw` (`note`: which of the two) | the case systems are told to take it back; it stays here |
//! | `export_refused`, `export_silent` | `send_again` | the case systems get the note once more |
//! | `stale_device`, `overdue_draft` | `nudge` (`message`) | the worker reads it on their phone; it stays open |
//! | `forked_device`, `wrong_clock`, `missing_attachment` | `ask_again` (`message`) | the same |
//! | any other, and these | `close` | nothing but the decision |
//!
//! Nothing held is ever deleted: what is set aside stays in the log with its bytes. An action that only asks leaves
//! the issue open, with a step in its trail.

mod conflict;
mod deed;
mod duplicate;
mod held;
mod offer;
mod person;
mod reopen;
mod sent;
mod word;

use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde_json::{Map, Value, json};

use super::refused::ended;
use super::{Halt, Refused, trail};
use crate::core::Core;
use crate::host::Host;
use crate::store::{AuditEntry, Issue, IssueState, StoreError, Tx};
use deed::{Deed, MAX_REASON_CHARS};

pub(super) use held::entries;
pub(super) use offer::values;
pub use offer::{Arg, Candidate, Offer, can_undo, offers};
pub use reopen::{reopen, reopen_in};

/// What a person decided.
#[derive(Clone, Copy)]
struct Decision<'a> {
    action: &'a str,
    args: &'a Map<String, Value>,
    by: &'a str,
    reason: &'a str,
}

/// Ends an issue: `by` is who decided (`operator`, `worker:W1`), and the reason is kept; a worker to
/// whom something is returned reads it.
///
/// # Errors
/// [`Refused::Settled`]; or [`Code::NotFound`], [`Code::ActionUnknown`], [`Code::ReasonMissing`],
/// [`Code::ParameterInvalid`], [`Code::PersonUnknown`], [`Code::WrongDocument`], [`Code::IssueAsked`], or the
/// desk's; then nothing was changed.
pub fn settle(
    core: &Core,
    id: &str,
    action: &str,
    args: &Map<String, Value>,
    by: &str,
    reason: &str,
) -> Result<Value, Refused> {
    let done = core
        .store
        .write(|tx| settle_in(tx, &core.host, id, (action, args), by, reason))?;
    // What was let in, or written by the desk, waits for the judge.
    core.bell.ring();
    Ok(done)
}

/// [`settle`] in a transaction of the caller's, who rings the judge's bell afterwards.
///
/// # Errors
/// As [`settle`]; then the transaction is to be undone.
pub fn settle_in(
    tx: &Tx<'_>,
    host: &Host,
    id: &str,
    (action, args): (&str, &Map<String, Value>),
    by: &str,
    reason: &str,
) -> Result<Value, Refused> {
    let decision = Decision {
        action,
        args,
        by,
        reason: reason.trim(),
    };
    end(tx, host, id, decision)
}

/// What [`settle`] would do: see [`preview_in`]. Nothing has changed afterwards.
///
/// # Errors
/// As [`settle`].
pub fn preview(
    core: &Core,
    (id, team): (&str, Option<i64>),
    action: &str,
    args: &Map<String, Value>,
    by: &str,
) -> Result<Value, Refused> {
    undone(core, |tx| {
        preview_in(tx, &core.host, (id, team), (action, args), by)
    })
}

/// What comes of something that is done and undone: nothing has changed afterwards.
///
/// # Errors
/// Those of what is tried.
pub fn undone(core: &Core, what: impl FnOnce(&Tx<'_>) -> Result<Value, Refused>) -> Result<Value, Refused> {
    let tried: Result<(), Undone> = core
        .store
        .write(|tx| Err(what(tx).map_or_else(Undone::Refused, Undone::Seen)));
    match tried {
        Err(Undone::Seen(seen)) => Ok(seen),
        Err(Undone::Refused(refused)) => Err(refused),
        Ok(()) => Err(Code::Internal.into()),
    }
}

/// What is taken out of the transaction that it undoes.
enum Undone {
    Seen(Value),
    Refused(Refused),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// What [`settle`] would do, in plain sentences, with what the action needs to be told, in a transaction that is then
/// [`undone`]. People of the given team come into question, where one is given. What is needed and was not given stands
/// under `missing`, and then nothing is tried.
///
/// # Errors
/// As [`settle`].
pub fn preview_in(
    tx: &Tx<'_>,
    host: &Host,
    (id, team): (&str, Option<i64>),
    (action, args): (&str, &Map<String, Value>),
    by: &str,
) -> Result<Value, Refused> {
    let issue = open(tx, id)?;
    let offers = offers(tx, &issue, team)?;
    let offer = offers.into_iter().find(|offer| offer.action == action);
    let offer = offer.ok_or(Code::ActionUnknown)?;
    let given = |arg: &&Arg| args.get(arg.name).is_none_or(Value::is_null);
    let missing: Vec<_> = offer.args.iter().filter(|arg| arg.needed).filter(given).collect();
    let missing: Vec<&str> = missing.into_iter().map(|arg| arg.name).collect();
    let effects = if missing.is_empty() {
        let done = settle_in(tx, host, id, (action, args), by, "-")?;
        done.get("effects").cloned()
    } else {
        None
    };
    Ok(json!({
        "id": id,
        "action": offer.action,
        "effects": effects.unwrap_or_else(|| json!([])),
        "args": offer.args,
        "missing": missing,
    }))
}

/// An issue that may be ended.
fn open(tx: &Tx<'_>, id: &str) -> Result<Issue, Refused> {
    let issue = tx.issue(id)?.ok_or(Code::NotFound)?;
    match ended(tx, &issue)? {
        Some(ended) => Err(Refused::Settled(ended)),
        None => Ok(issue),
    }
}

fn end(tx: &Tx<'_>, host: &Host, id: &str, decision: Decision<'_>) -> Result<Value, Refused> {
    let issue = open(tx, id)?;
    let Decision {
        action,
        args,
        by,
        reason,
    } = decision;
    if !actions(tx, &issue)?.contains(&action) {
        return Err(Code::ActionUnknown.into());
    }
    let settles = offer::settles(action);
    if reason.is_empty() && settles {
        return Err(Code::ReasonMissing.into());
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Code::ParameterInvalid.into());
    }
    let now = host.now_ms();
    if settles && !tx.issue_settle(id, now, by, action, reason)? {
        return Err(Code::IssueSettled.into());
    }
    let mut deed = Deed {
        tx,
        host,
        issue: &issue,
        action,
        args,
        by,
        reason,
        effects: Vec::new(),
    };
    carry_out(&mut deed)?;
    let effects = deed.effects;
    let opened = &issue.opened;
    tx.audit(&AuditEntry {
        at: now,
        who: by.to_owned(),
        what: if settles { "issue.settled" } else { "issue.asked" }.to_owned(),
        person: opened.person,
        document: opened.document,
        detail: json!({"issue": id, "kind": opened.kind, "action": action, "reason": reason}).to_string(),
    })?;
    let at = if settles { "settled_at" } else { "asked_at" };
    Ok(json!({"id": id, "kind": opened.kind, "action": action, at: rfc3339(now), "effects": effects}))
}

fn carry_out(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    match (deed.issue.opened.kind.as_str(), deed.action) {
        (_, "ask" | "ask_again" | "nudge") => word::ask(deed),
        ("held", _) => held::end(deed),
        ("conflict", _) => conflict::end(deed),
        ("unmatched_person", _) => person::end(deed),
        ("possible_duplicate", _) => duplicate::end(deed),
        (_, "send_again") => sent::again(deed),
        _ => {
            // The decision itself is all.
            deed.say("The issue is closed. Nothing else changes.");
            Ok(())
        }
    }
}

/// The actions that may end an issue now, or move it on.
pub(super) fn actions(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<&'static str>, StoreError> {
    if issue.state != IssueState::Open {
        return Ok(Vec::new());
    }
    Ok(match issue.opened.kind.as_str() {
        "held" => held::actions(tx, issue)?,
        "conflict" => conflict::actions(tx, issue)?,
        "unmatched_person" => vec!["match", "ask_case_id"],
        "possible_duplicate" => duplicate::actions(tx, issue)?,
        "export_refused" | "export_silent" => sent::actions(tx, issue)?,
        kind => {
            let asks = match kind {
                "stale_device" | "overdue_draft" => Some("nudge"),
                "forked_device" | "wrong_clock" | "missing_attachment" => Some("ask_again"),
                _ => None,
            };
            let asks = asks.filter(|_| issue.opened.worker.is_some());
            asks.into_iter().chain(["close"]).collect()
        }
    })
}

/// Writes into the trail that somebody was asked something. The same again within a minute is two admins at once, and
/// refused.
fn asked(deed: &mut Deed<'_, '_>, to: Option<&str>, text: Option<&str>) -> Result<(), Halt> {
    const AT_ONCE_MS: i64 = 60_000;
    let now = deed.host.now_ms();
    let lately = rfc3339(now.saturating_sub(AT_ONCE_MS));
    let moment = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let again = trail::trail(deed.issue)
        .iter()
        .any(|step| step.action == deed.action && moment(&step.at) > moment(&lately));
    if again {
        return Err(Code::IssueAsked.into());
    }
    let step = trail::Step {
        to: to.map(str::to_owned),
        text: text.map(str::to_owned),
        ..trail::Step::new(deed.tx, now, deed.by, deed.action)?
    };
    Ok(trail::add(deed.tx, deed.issue, step)?)
}
