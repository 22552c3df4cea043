//! The operations: what the server does for phones, case systems and the people who run it. The
//! HTTP routes and the command line call the same functions; neither decides anything itself.
//! Each takes its time and chance from the core, and does its deed and its audit entry in one
//! transaction.

pub mod allocate;
pub mod backup;
pub mod client;
pub mod copy;
pub mod device;
pub mod enrol;
pub mod file_drop;
pub mod hold;
pub mod import;
pub mod lookup;
pub mod message;
pub mod restore;
pub mod retention;
#[cfg(test)]
mod tests;
pub mod token;
pub mod verify;

use notes::problem::Code;

use crate::auth::AuthRefusal;
use crate::import::FileRefusal;
use crate::issues::Refused;
use crate::store::StoreError;

/// Why an operation was not done. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum OpError {
    /// Refused by the rules.
    #[error("{}", .0.title())]
    Refused(Code),
    /// Refused, with more about this case. No personal data.
    #[error("{} ({})", .0.title(), .1)]
    Because(Code, String),
    /// Not who they say.
    #[error("{}", .0.code().title())]
    Auth(#[from] AuthRefusal),
    /// A file of which nothing is taken.
    #[error(transparent)]
    File(#[from] FileRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refused> for OpError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Code(code) => Self::Refused(code),
            Refused::Settled(ended) => Self::Because(Code::IssueSettled, ended.words()),
        }
    }
}

impl From<Code> for OpError {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}
