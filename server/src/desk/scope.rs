//! How far somebody at the desk may see.

/// Whose people, notes, devices and issues are there for somebody. What lies outside is answered like what does not
/// exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every team's.
    All,
    /// One team's.
    Team(i64),
}

impl Scope {
    /// The team, where it is only one.
    #[must_use]
    pub const fn team(self) -> Option<i64> {
        match self {
            Self::All => None,
            Self::Team(team) => Some(team),
        }
    }
}
