//! The person's copy: preparing it, and recording that it was given away. Two steps, because somebody looks at it in
//! between: the audit says what was prepared, with the hash of each file, and a release names one of those, who
//! checked it and why it was given. Which bytes somebody was given can be shown for ever.

mod folder;
mod gather;

use notes::problem::Code;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub use self::folder::{Bundle, hashes_in, write};
#[cfg(test)]
pub(crate) use self::gather::held as held_now;
use super::OpError;
use crate::copy::{Counts, Wanted, pages};
use crate::core::Core;
use crate::hex::hex;
use crate::store::{AuditEntry, StoreError, Tx};

/// A copy that was prepared.
pub struct Prepared {
    /// The page for the person.
    pub html: String,
    /// The same as JSON.
    pub json: String,
    /// For the worker who checks, and for nobody else.
    pub left_out: String,
    /// How much of what.
    pub counts: Counts,
    /// Which bytes the first two are.
    pub hashes: Hashes,
}

/// The SHA-256 of the files that are given away, as small hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Hashes {
    /// Of the page.
    pub html_sha256: String,
    /// Of the JSON.
    pub json_sha256: String,
}

impl Hashes {
    /// Of files.
    #[must_use]
    pub fn of(html: &[u8], json: &[u8]) -> Self {
        Self {
            html_sha256: sha256(html),
            json_sha256: sha256(json),
        }
    }
}

/// How a release is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a> {
    /// What was given.
    pub hashes: &'a Hashes,
    /// The worker who looked at it first.
    pub checked_by: &'a str,
    /// Why, and to whom it was given.
    pub reason: &'a str,
}

const PREPARED: &str = "copy.prepared";
const RELEASED: &str = "copy.released";
/// Longest reason, in characters.
const LONGEST_REASON: usize = 1_000;
const AT_A_TIME: u32 = 1_000;

/// Prepares the copy of all that is held about somebody, and writes that down. What the audit has of this very
/// preparation is not in it yet.
///
/// # Errors
/// [`Code::CaseUnknown`], or the store's.
pub fn prepare(core: &Core, case_id: &str, wanted: &Wanted, by: &str) -> Result<Prepared, OpError> {
    let made_at = core.host.now_ms();
    let held = core.store.read(|tx| gather::held(tx, case_id.trim()))?;
    let held = held.ok_or(Code::CaseUnknown)?;
    let pages = pages(&held, wanted, made_at, sha256)
        .map_err(|_| StoreError::Inconsistent("a copy that has no JSON form"))?;
    let hashes = Hashes::of(pages.html.as_bytes(), pages.json.as_bytes());
    let mut detail = json!(hashes);
    detail["left_out"] = pages.counts.left_out.into();
    detail["warnings"] = pages.counts.warnings.into();
    detail["include_safeguarding"] = wanted.include_safeguarding.into();
    core.store.write(|tx| {
        tx.audit(&AuditEntry {
            at: made_at,
            who: by.to_owned(),
            what: PREPARED.to_owned(),
            person: Some(held.person.id),
            document: None,
            detail: detail.to_string(),
        })
    })?;
    Ok(Prepared {
        html: pages.html,
        json: pages.json,
        left_out: pages.left_out,
        counts: pages.counts,
        hashes,
    })
}

/// Writes down that a copy was given away. The same one may be given again, and that is written down again.
///
/// # Errors
/// [`Code::CaseUnknown`]; [`Code::NotFound`] for a worker who is not known; [`Code::ReasonMissing`];
/// [`Code::ParameterInvalid`] for a reason without end; [`Code::CopyUnknown`] where these bytes were not prepared for
/// this person: then the files were changed, or are somebody else's.
pub fn release(core: &Core, case_id: &str, release: &Release<'_>, by: &str) -> Result<(), OpError> {
    let reason = release.reason.trim();
    if reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(OpError::Because(
            Code::ParameterInvalid,
            "the reason is too long".to_owned(),
        ));
    }
    core.store.write(|tx| {
        let person = tx.person_by_case(case_id.trim())?.ok_or(Code::CaseUnknown)?;
        let checked_by = tx
            .worker(release.checked_by.trim())?
            .ok_or_else(|| OpError::Because(Code::NotFound, "no worker has this id".to_owned()))?;
        if !was_prepared(tx, person.id, release.hashes)? {
            return Err(Code::CopyUnknown.into());
        }
        let mut detail = json!(release.hashes);
        detail["checked_by"] = checked_by.id.into();
        detail["reason"] = reason.into();
        tx.audit(&AuditEntry {
            at: core.host.now_ms(),
            who: by.to_owned(),
            what: RELEASED.to_owned(),
            person: Some(person.id),
            document: None,
            detail: detail.to_string(),
        })?;
        Ok(())
    })
}

fn was_prepared(tx: &Tx<'_>, person: notes::ids::PersonId, hashes: &Hashes) -> Result<bool, StoreError> {
    let mut after = 0;
    loop {
        let records = tx.audit_about(person, after, AT_A_TIME)?;
        let Some(last) = records.last() else {
            return Ok(false);
        };
        after = last.n;
        let is_it = |detail: &str| {
            let detail: Value = serde_json::from_str(detail).unwrap_or_default();
            detail["html_sha256"] == hashes.html_sha256.as_str()
                && detail["json_sha256"] == hashes.json_sha256.as_str()
        };
        let mut prepared = records.iter().filter(|record| record.entry.what == PREPARED);
        if prepared.any(|record| is_it(&record.entry.detail)) {
            return Ok(true);
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
