//! What holds for every JWT, ours or a device's: the size, the header, the signature, the audience.
//!
//! The algorithm is the key's, never the header's choice: a header may say `none`, or HS256 with the
//! public key as its secret. Times are not judged here, because a late access token and a late
//! assertion get different answers.

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, de::DeserializeOwned};

use super::{AuthRefusal, MAX_TOKEN_BYTES};

/// What a token must say of itself.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) audiences: &'a [&'a str],
    /// Whose token it must be, where that is known beforehand.
    pub(super) subject: Option<&'a str>,
    /// Beyond `iss`, `aud`, `sub` and `exp`.
    pub(super) needs_nbf: bool,
}

/// Refuses what is too large to be looked at.
pub(super) fn check_size(token: &str) -> Result<(), AuthRefusal> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(AuthRefusal::TokenInvalid("too long"));
    }
    Ok(())
}

/// The header, of which nothing is proven yet.
pub(super) fn header(token: &str) -> Result<Header, AuthRefusal> {
    check_size(token)?;
    let header = decode_header(token).map_err(|_| AuthRefusal::TokenInvalid("header"))?;
    // RFC 7515: what is marked critical must be understood, and none of it is.
    if header.crit.is_some() {
        return Err(AuthRefusal::TokenInvalid("crit"));
    }
    Ok(header)
}

/// The claims, once the signature and all but the times have been checked. To be asked after `header`,
/// which holds the bound on the size.
pub(super) fn verify<T: DeserializeOwned>(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
    expected: &Expected<'_>,
) -> Result<T, AuthRefusal> {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    // Without these a claim that is left out is taken for a claim that fits.
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    if expected.needs_nbf {
        validation.required_spec_claims.insert("nbf".to_owned());
    }
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(expected.audiences);
    validation.sub = expected.subject.map(str::to_owned);
    let token = decode::<T>(token, key, &validation)
        .map_err(|_| AuthRefusal::TokenInvalid("signature, issuer, audience, subject or a claim"))?;
    Ok(token.claims)
}

/// A time in a JWT: seconds since the epoch, which may have a fraction (RFC 7519).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate {
    pub(super) at_ms: i64,
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        if !seconds.is_finite() {
            return Err(D::Error::custom("not a time"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, and is only compared with"
        )]
        let at_ms = (seconds * 1000.0) as i64;
        Ok(Self { at_ms })
    }
}
