//! Why an issue was not ended: a code, or that somebody was faster. Whoever comes second reads who, when and how, and
//! nothing is done twice.

use notes::note::plain::rfc3339;
use notes::problem::Code;

use super::Halt;
use crate::store::{Issue, IssueState, StoreError, Tx};

/// How an issue ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// UTC milliseconds.
    pub at: i64,
    /// Who decided, by name.
    pub by: String,
    /// What they decided.
    pub action: String,
}

impl Ended {
    /// In a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        format!("Settled by {} at {}: {}.", self.by, rfc3339(self.at), self.action)
    }
}

/// Why an issue was not ended. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// By the rules.
    #[error("{}", .0.title())]
    Code(Code),
    /// It was settled before.
    #[error("{}", .0.words())]
    Settled(Ended),
}

impl Refused {
    /// Its code.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Code(code) => *code,
            Self::Settled(_) => Code::IssueSettled,
        }
    }
}

impl From<Code> for Refused {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

impl From<Halt> for Refused {
    fn from(halt: Halt) -> Self {
        Self::Code(halt.into())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Code(Halt::Store(error).into())
    }
}

/// Who somebody of the audit is, by name where they have one.
///
/// # Errors
/// The database's.
pub fn name_of(tx: &Tx<'_>, by: &str) -> Result<String, StoreError> {
    let Some(id) = by.strip_prefix("worker:") else {
        return Ok(format!("the {by}"));
    };
    let worker = tx.worker(id)?;
    Ok(worker.map_or_else(|| id.to_owned(), |worker| worker.name))
}

/// How an issue ended; none where it is open.
///
/// # Errors
/// The database's.
pub fn ended(tx: &Tx<'_>, issue: &Issue) -> Result<Option<Ended>, StoreError> {
    let IssueState::Settled { at, by, action, .. } = &issue.state else {
        return Ok(None);
    };
    Ok(Some(Ended {
        at: *at,
        by: name_of(tx, by)?,
        action: action.clone(),
    }))
}
