//! Chores that have a name already but whose part of the product is not built yet. Each moves into a file of its
//! own when its part comes; until then it says so and does nothing.

use crate::workshop::Failure;

/// A chore whose part of the product does not exist yet.
#[derive(Debug, Clone, Copy)]
pub enum Later {
    /// Load on a server.
    Fleet,
}

impl Later {
    /// Says in one sentence what is not built yet, with exit code 2: a call that cannot be right today.
    #[must_use]
    pub fn failure(self) -> Failure {
        let sentence = match self {
            Self::Fleet => "The fleet, which loads a server with many phones, is not built yet.",
        };
        Failure {
            message: sentence.to_owned(),
            exit: 2,
        }
    }
}
