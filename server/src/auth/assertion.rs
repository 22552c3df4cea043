//! Assertions: short statements that a device (RFC 7523) or a case system (SMART Backend Services)
//! signs with its own key to get an access token.
//!
//! The signature is judged before the times, so that only who holds the key learns that the clock
//! is wrong. That an assertion is used once is the `ReplayGuard`'s to see.

use jsonwebtoken::Algorithm;
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::Deserialize;

use super::jwt::{self, Expected, NumericDate};
use super::{AuthRefusal, ClientPublicKey, DevicePublicKey, LEEWAY_MS};

/// How far ahead an assertion may expire.
const MAX_AHEAD_MS: i64 = 5 * 60 * 1000;

/// The longest `jti` or `sub`, in bytes.
const MAX_ID_BYTES: usize = 128;

/// What is left to do with an assertion that was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its own id, never to be used again.
    pub jti: String,
    /// When it may be forgotten.
    pub expires_at: i64,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    exp: NumericDate,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
}

#[derive(Deserialize)]
struct Subject {
    sub: String,
}

/// Who an assertion says it is from, to look up whose key to check it with. Proves nothing.
///
/// # Errors
/// `token_invalid` when it cannot be read.
pub fn assertion_subject(assertion: &str) -> Result<String, AuthRefusal> {
    jwt::check_size(assertion)?;
    let claims: Subject =
        insecure_decode_claims(assertion).map_err(|_| AuthRefusal::TokenInvalid("claims"))?;
    let usable = (1..=MAX_ID_BYTES).contains(&claims.sub.len())
        && claims.sub.bytes().all(|byte| byte.is_ascii_graphic());
    if usable {
        Ok(claims.sub)
    } else {
        Err(AuthRefusal::TokenInvalid("sub"))
    }
}

/// Checks a device's assertion against the key that it enrolled with.
///
/// # Errors
/// `token_invalid`, or `clock` when only its times are wrong.
pub fn verify_device_assertion(
    assertion: &str,
    key: &DevicePublicKey,
    device_id: &str,
    token_urls: &[&str],
    now_ms: i64,
) -> Result<Assertion, AuthRefusal> {
    check_typ(&jwt::header(assertion)?)?;
    let expected = from(device_id, token_urls);
    let claims: Claims = jwt::verify(assertion, key.decoding(), Algorithm::ES256, &expected)?;
    judge(claims, now_ms)
}

/// Checks a case system's assertion against its keys: two are good at once while it changes them.
///
/// # Errors
/// `token_invalid`, or `clock` when only its times are wrong.
pub fn verify_client_assertion(
    assertion: &str,
    keys: &[ClientPublicKey],
    client_id: &str,
    token_urls: &[&str],
    now_ms: i64,
) -> Result<Assertion, AuthRefusal> {
    let header = jwt::header(assertion)?;
    check_typ(&header)?;
    let expected = from(client_id, token_urls);
    // A `kid` that is no thumbprint of ours is the client's own name for a key: then all are tried.
    let named = keys.iter().find(|key| header.kid.as_deref() == Some(key.kid()));
    let candidates = named.map_or(keys, std::slice::from_ref).iter();
    let claims: Claims = candidates
        .filter(|key| key.algorithm() == header.alg)
        .find_map(|key| jwt::verify(assertion, key.decoding(), key.algorithm(), &expected).ok())
        .ok_or(AuthRefusal::TokenInvalid("none of the client's keys, or a claim"))?;
    judge(claims, now_ms)
}

/// Who signs speaks for itself: issuer and subject are one.
const fn from<'a>(party: &'a str, token_urls: &'a [&'a str]) -> Expected<'a> {
    Expected {
        issuer: party,
        audiences: token_urls,
        subject: Some(party),
        needs_nbf: false,
    }
}

/// An access token is no assertion, even one that was signed with a key that is also a client's.
fn check_typ(header: &jsonwebtoken::Header) -> Result<(), AuthRefusal> {
    match header.typ.as_deref() {
        None => Ok(()),
        Some(typ) if typ.eq_ignore_ascii_case("JWT") => Ok(()),
        Some(_) => Err(AuthRefusal::TokenInvalid("typ")),
    }
}

fn judge(claims: Claims, now_ms: i64) -> Result<Assertion, AuthRefusal> {
    if !(1..=MAX_ID_BYTES).contains(&claims.jti.len()) {
        return Err(AuthRefusal::TokenInvalid("jti"));
    }
    let latest = now_ms.saturating_add(LEEWAY_MS);
    let begun = |at: Option<NumericDate>| at.is_none_or(|at| at.at_ms <= latest);
    let expires_at = claims.exp.at_ms;
    let fits = now_ms < expires_at.saturating_add(LEEWAY_MS)
        && expires_at <= latest.saturating_add(MAX_AHEAD_MS)
        && begun(claims.nbf)
        && begun(claims.iat);
    if !fits {
        return Err(AuthRefusal::Clock);
    }
    Ok(Assertion {
        jti: claims.jti,
        expires_at,
    })
}
