//! Tells who is asking: the server's keys, its access tokens, and the assertions that devices and
//! case systems sign to get one.
//!
//! Pure: the time and every random byte are passed in, and nothing here is stored. Whether a device
//! is revoked, or whom it may see, is not decided here; a valid token says only who holds it.
//!
//! jsonwebtoken reads the machine's clock to judge `exp` and `nbf`, so it is told not to, and the
//! times are judged here against the time that was passed in.

mod assertion;
mod codes;
mod jwt;
mod public_key;
mod replay;
mod signing_key;
#[cfg(test)]
mod tests;
mod token;

pub use assertion::{Assertion, assertion_subject, verify_client_assertion, verify_device_assertion};
pub use codes::{CODE_RANDOM_BYTES, EnrolmentCode};
pub use public_key::{ClientPublicKey, DevicePublicKey, KeyFault};
pub use replay::ReplayGuard;
pub use signing_key::{KeySet, SigningKey};
pub use token::{
    ACCESS_TOKEN_SECONDS, AccessClaims, NewToken, Realm, TokenKind, issue_access_token, verify_access_token,
};

use notes::problem::Code;

/// The longest token or assertion that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// How far two clocks may differ before a time counts, in milliseconds.
pub const LEEWAY_MS: i64 = 30_000;

/// Why somebody is not who they say, or not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthRefusal {
    /// Not a token of ours, whatever is wrong with it. The reason is for the log: telling it to the
    /// caller would help only who tries keys.
    #[error("the token is not valid: {0}")]
    TokenInvalid(&'static str),
    /// An access token whose ten minutes are over.
    #[error("the token has expired")]
    TokenExpired,
    /// An access token from a time that has not come.
    #[error("the token is not valid yet")]
    TokenNotYetValid,
    /// An assertion with a good signature, whose times do not fit the server's.
    #[error("the assertion's times do not fit the server's clock")]
    Clock,
    /// An assertion that was taken before.
    #[error("the assertion was used before")]
    AssertionReplayed,
    /// More assertions than can be remembered until they expire.
    #[error("too many assertions at once")]
    TooManyAssertions,
    /// A good token that does not reach so far.
    #[error("the token does not allow this")]
    ScopeMissing,
}

impl AuthRefusal {
    /// The code that the caller is told.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::TokenInvalid(_) => Code::TokenInvalid,
            Self::TokenExpired => Code::TokenExpired,
            Self::TokenNotYetValid => Code::TokenNotYetValid,
            Self::Clock => Code::Clock,
            Self::AssertionReplayed => Code::AssertionReplayed,
            Self::TooManyAssertions => Code::RateLimited,
            Self::ScopeMissing => Code::ScopeMissing,
        }
    }
}
