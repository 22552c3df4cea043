//! Who gets in and who does not, told by tokens that are right but for one thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod access_tokens;
mod assertions;
mod codes;
mod keys;
mod replay;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, EncodingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use serde_json::Value;

/// Monday 19 October 2026, 09:00 in Ashmere.
pub(super) const NOW: i64 = 1_792_396_800_000;
pub(super) const NOW_S: i64 = NOW / 1000;

/// Somebody with a key pair, who signs whatever they like.
pub(super) struct Party {
    pub(super) algorithm: Algorithm,
    pub(super) encoding: EncodingKey,
    pub(super) public_pem: String,
    pub(super) point: Vec<u8>,
}

impl Party {
    pub(super) fn on_p256(seed: u8) -> Self {
        let secret = p256::SecretKey::from_slice(&[seed; 32]).unwrap();
        Self {
            algorithm: Algorithm::ES256,
            encoding: EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes()),
            public_pem: secret.public_key().to_public_key_pem(LineEnding::LF).unwrap(),
            point: secret.public_key().to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    pub(super) fn on_p384(seed: u8) -> Self {
        let secret = p384::SecretKey::from_slice(&[seed; 48]).unwrap();
        Self {
            algorithm: Algorithm::ES384,
            encoding: EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes()),
            public_pem: secret.public_key().to_public_key_pem(LineEnding::LF).unwrap(),
            point: secret.public_key().to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        forge(header, claims, &self.encoding, self.algorithm)
    }
}

/// A JWT with any header and claims, signed with any key.
pub(super) fn forge(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = unsigned(header, claims);
    let signature = sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// The same object with one member replaced, or taken out by `null`.
pub(super) fn with(object: &Value, member: &str, value: Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(member);
    } else {
        members.insert(member.to_owned(), value);
    }
    object
}

/// Every way to spoil a token by a byte: cut anywhere, or with one character changed.
pub(super) fn spoiled(token: &str) -> Vec<String> {
    let mut all: Vec<String> = (0..token.len()).map(|at| token[..at].to_owned()).collect();
    for (at, character) in token.char_indices() {
        let other = if character == 'A' { 'B' } else { 'A' };
        let mut changed = token.to_owned();
        changed.replace_range(at..=at, &other.to_string());
        all.push(changed);
    }
    all
}
