//! The public keys of devices and case systems, as they come in and as they are kept.
//!
//! A key that is no point on its curve is refused when it is registered, so that later a bad
//! signature is the only thing left to be wrong. Private keys of others are never seen here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::pkcs8::DecodePublicKey as _;
use sha2::{Digest as _, Sha256};

/// A key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Neither of the forms that are taken.
    #[error("not a key of a form that is taken here")]
    Form,
    /// A number that is no private key; one in four thousand million is not.
    #[error("these random bytes give no key; draw others")]
    Unlucky,
    /// Signing did not work, though the key was good.
    #[error("could not sign")]
    Signing,
}

/// The longest PEM text that is looked at, in bytes. A P-384 key needs 215.
const MAX_PEM_BYTES: usize = 4 * 1024;

/// An uncompressed P-256 point: a tag and two numbers of 32 bytes.
const P256_POINT_BYTES: usize = 65;

/// A device's public key, always on P-256: every phone's keystore and every browser has that.
#[derive(Clone, Debug)]
pub struct DevicePublicKey {
    point: Vec<u8>,
    decoding: DecodingKey,
}

impl DevicePublicKey {
    /// From an uncompressed point (SEC1): what `WebCrypto` calls `raw`, and how it is stored.
    ///
    /// # Errors
    /// When it is not 65 bytes, or no point on the curve.
    pub fn from_sec1(point: &[u8]) -> Result<Self, KeyFault> {
        if point.len() != P256_POINT_BYTES {
            return Err(KeyFault::Form);
        }
        let key = p256::PublicKey::from_sec1_bytes(point).map_err(|_| KeyFault::Form)?;
        Ok(Self::from_key(&key))
    }

    /// From a PEM text (SPKI).
    ///
    /// # Errors
    /// When it is not the public key of a P-256 pair.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFault> {
        check_pem_size(pem)?;
        let key = p256::PublicKey::from_public_key_pem(pem).map_err(|_| KeyFault::Form)?;
        Ok(Self::from_key(&key))
    }

    fn from_key(key: &p256::PublicKey) -> Self {
        let point = key.to_sec1_point(false).as_bytes().to_vec();
        let decoding = DecodingKey::from_ec_der(&point);
        Self { point, decoding }
    }

    /// The uncompressed point, to be stored.
    #[must_use]
    pub fn as_sec1(&self) -> &[u8] {
        &self.point
    }

    pub(super) const fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

/// A case system's public key, on P-256 or P-384 (SMART Backend Services).
#[derive(Clone, Debug)]
pub struct ClientPublicKey {
    kid: String,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

impl ClientPublicKey {
    /// From a PEM text (SPKI).
    ///
    /// # Errors
    /// When it is not the public key of a P-256 or P-384 pair.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFault> {
        check_pem_size(pem)?;
        if let Ok(key) = p256::PublicKey::from_public_key_pem(pem) {
            let point = key.to_sec1_point(false);
            return Ok(Self::from_point("P-256", Algorithm::ES256, point.as_bytes()));
        }
        let key = p384::PublicKey::from_public_key_pem(pem).map_err(|_| KeyFault::Form)?;
        let point = key.to_sec1_point(false);
        Ok(Self::from_point("P-384", Algorithm::ES384, point.as_bytes()))
    }

    fn from_point(curve: &str, algorithm: Algorithm, point: &[u8]) -> Self {
        let (x, y) = coordinates(point);
        Self {
            kid: thumbprint(curve, &x, &y),
            algorithm,
            decoding: DecodingKey::from_ec_der(point),
        }
    }

    /// The key's thumbprint (RFC 7638), by which its owner may name it in a header.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) const fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

pub(super) const fn check_pem_size(pem: &str) -> Result<(), KeyFault> {
    if pem.len() > MAX_PEM_BYTES {
        return Err(KeyFault::Form);
    }
    Ok(())
}

/// Both coordinates of an uncompressed point, as a JWK writes them.
pub(super) fn coordinates(point: &[u8]) -> (String, String) {
    let numbers = point.get(1..).unwrap_or_default();
    let (x, y) = numbers.split_at(numbers.len() / 2);
    (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y))
}

/// RFC 7638: the hash of the members that a key needs, in the order of their names, without spaces.
pub(super) fn thumbprint(curve: &str, x: &str, y: &str) -> String {
    let members = format!(r#"{{"crv":"{curve}","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}
