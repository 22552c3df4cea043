//! Access tokens: ten minutes for a device or a case system, signed by the server for itself.
//!
//! There is no refresh token to steal: who needs another signs another assertion. A token is no
//! proof of standing; a device's is read on every request.

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};

use super::jwt::{self, Expected};
use super::{AuthRefusal, KeyFault, KeySet, LEEWAY_MS};

/// How long an access token is good for.
pub const ACCESS_TOKEN_SECONDS: i64 = 600;

/// RFC 9068: no other token of this server, and no assertion, can pass for an access token.
const TYP: &str = "at+jwt";

/// Who holds a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// An enrolled phone.
    Device,
    /// A revoked phone, which may hand over what it still has.
    DevicePushOnly,
    /// A case system.
    CaseSystem,
}

/// What a token says. Times are whole seconds since the epoch, as JWT has them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The server that signed.
    pub iss: String,
    /// The server that it is for.
    pub aud: String,
    /// A device id or a client id.
    pub sub: String,
    /// Not from this second on.
    pub exp: i64,
    /// Not before this second.
    pub nbf: i64,
    /// Signed in this second.
    pub iat: i64,
    /// This token's own id.
    pub jti: String,
    /// What it allows, words apart by spaces.
    pub scope: String,
    /// Who holds it.
    pub kind: TokenKind,
}

impl AccessClaims {
    /// Refuses a token that does not allow `scope`.
    ///
    /// # Errors
    /// `scope_missing`.
    pub fn require_scope(&self, scope: &str) -> Result<(), AuthRefusal> {
        let has = self.scope.split_ascii_whitespace().any(|word| word == scope);
        if has {
            Ok(())
        } else {
            Err(AuthRefusal::ScopeMissing)
        }
    }

    /// Refuses a token whose holder is none of `kinds`.
    ///
    /// # Errors
    /// `scope_missing`: the token is good, and not for this door.
    pub fn require_kind(&self, kinds: &[TokenKind]) -> Result<(), AuthRefusal> {
        if kinds.contains(&self.kind) {
            Ok(())
        } else {
            Err(AuthRefusal::ScopeMissing)
        }
    }
}

/// The server's own name, in the two places of a token where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Realm<'a> {
    /// Who signs.
    pub issuer: &'a str,
    /// Who is meant to read.
    pub audience: &'a str,
}

/// What differs from token to token.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// A device id or a client id.
    pub subject: &'a str,
    /// Who holds it.
    pub kind: TokenKind,
    /// What it allows, words apart by spaces.
    pub scope: &'a str,
    /// A fresh random id.
    pub jti: &'a str,
}

/// Signs an access token that begins now.
///
/// # Errors
/// When signing fails, which a good key does not.
pub fn issue_access_token(
    keys: &KeySet,
    realm: Realm<'_>,
    token: NewToken<'_>,
    now_ms: i64,
) -> Result<String, KeyFault> {
    let now = now_ms.div_euclid(1000);
    let claims = AccessClaims {
        iss: realm.issuer.to_owned(),
        aud: realm.audience.to_owned(),
        sub: token.subject.to_owned(),
        exp: now.saturating_add(ACCESS_TOKEN_SECONDS),
        nbf: now,
        iat: now,
        jti: token.jti.to_owned(),
        scope: token.scope.to_owned(),
        kind: token.kind,
    };
    keys.sign(TYP, &claims)
}

/// What a token says, if this server signed it for itself and now is its time.
///
/// # Errors
/// `token_invalid`, `token_expired`, `token_not_yet_valid`.
pub fn verify_access_token(
    keys: &KeySet,
    token: &str,
    realm: Realm<'_>,
    now_ms: i64,
) -> Result<AccessClaims, AuthRefusal> {
    let header = jwt::header(token)?;
    if header.typ.as_deref() != Some(TYP) {
        return Err(AuthRefusal::TokenInvalid("typ"));
    }
    let key = header.kid.as_deref().and_then(|kid| keys.named(kid));
    let key = key.ok_or(AuthRefusal::TokenInvalid("kid"))?;
    let expected = Expected {
        issuer: realm.issuer,
        audiences: &[realm.audience],
        subject: None,
        needs_nbf: true,
    };
    let claims: AccessClaims = jwt::verify(token, key.decoding(), Algorithm::ES256, &expected)?;
    check_times(&claims, now_ms)?;
    Ok(claims)
}

fn check_times(claims: &AccessClaims, now_ms: i64) -> Result<(), AuthRefusal> {
    let in_ms = |seconds: i64| seconds.saturating_mul(1000);
    if now_ms >= in_ms(claims.exp).saturating_add(LEEWAY_MS) {
        return Err(AuthRefusal::TokenExpired);
    }
    if now_ms.saturating_add(LEEWAY_MS) < in_ms(claims.nbf.max(claims.iat)) {
        return Err(AuthRefusal::TokenNotYetValid);
    }
    Ok(())
}
