//! Why an operation stopped: a refusal that the caller is told, or a surprise that they are not.

use notes::problem::Code;

use crate::store::StoreError;

/// A refusal or a surprise.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Foreseen.
    Code(Code),
    /// Not foreseen.
    Store(StoreError),
}

impl From<Code> for Halt {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Halt> for Code {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Code(code) => code,
            Halt::Store(error) => {
                tracing::error!(%error, "the store failed");
                error.code()
            }
        }
    }
}
