//! The server's own keys: the one that signs access tokens, and those before it that still verify.
//!
//! A new key is put in front while tokens of the old one are still about; after ten minutes the old
//! one may go. Where the keys are kept is not decided here: they come in and go out as PEM.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::elliptic_curve::zeroize::Zeroizing;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use serde::Serialize;
use serde_json::{Value, json};

use super::public_key::{KeyFault, check_pem_size, coordinates, thumbprint};

/// One ES256 key pair of the server.
#[derive(Clone)]
pub struct SigningKey {
    secret: p256::SecretKey,
    encoding: EncodingKey,
    decoding: DecodingKey,
    kid: String,
    x: String,
    y: String,
}

/// The name of the key and nothing else of it.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new key from random bytes, which must come from the machine's own source and be used once.
    ///
    /// # Errors
    /// When the bytes are no private key, which chance makes very rare: draw others.
    pub fn from_random(bytes: &[u8; 32]) -> Result<Self, KeyFault> {
        let secret = p256::SecretKey::from_slice(bytes).map_err(|_| KeyFault::Unlucky)?;
        Self::from_secret(secret)
    }

    /// A key that was kept.
    ///
    /// # Errors
    /// When the text is not a P-256 private key in PKCS#8.
    pub fn from_pem(pem: &str) -> Result<Self, KeyFault> {
        check_pem_size(pem)?;
        let secret = p256::SecretKey::from_pkcs8_pem(pem).map_err(|_| KeyFault::Form)?;
        Self::from_secret(secret)
    }

    fn from_secret(secret: p256::SecretKey) -> Result<Self, KeyFault> {
        let der = secret.to_pkcs8_der().map_err(|_| KeyFault::Form)?;
        let point = secret.public_key().to_sec1_point(false);
        let (x, y) = coordinates(point.as_bytes());
        Ok(Self {
            encoding: EncodingKey::from_ec_der(der.as_bytes()),
            decoding: DecodingKey::from_ec_der(point.as_bytes()),
            kid: thumbprint("P-256", &x, &y),
            secret,
            x,
            y,
        })
    }

    /// The private key in PKCS#8, to be kept where only the server can read it.
    ///
    /// # Errors
    /// Never for a key that was made here; the encoder's signature allows for it.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyFault> {
        self.secret
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| KeyFault::Form)
    }

    /// The key's thumbprint (RFC 7638), which names it in every token's header.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub(super) const fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    fn jwk(&self) -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "x": self.x, "y": self.y,
            "kid": self.kid, "use": "sig", "alg": "ES256",
        })
    }
}

/// The key that signs, and those before it that still verify.
#[derive(Clone, Debug)]
pub struct KeySet {
    current: SigningKey,
    previous: Vec<SigningKey>,
}

impl KeySet {
    /// The keys as they were kept, the current one apart.
    #[must_use]
    pub const fn new(current: SigningKey, previous: Vec<SigningKey>) -> Self {
        Self { current, previous }
    }

    /// Signs with `next` from now on. Tokens of the keys before stay good until they expire.
    pub fn rotate(&mut self, next: SigningKey) {
        let before = std::mem::replace(&mut self.current, next);
        self.previous.insert(0, before);
    }

    /// Forgets every key but the current one: what they signed is refused from now on.
    pub fn forget_previous(&mut self) {
        self.previous.clear();
    }

    /// The key that signs.
    #[must_use]
    pub const fn current(&self) -> &SigningKey {
        &self.current
    }

    /// The public keys for `/.well-known/jwks.json` (RFC 7517), the current one first.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let keys: Vec<_> = self.all().map(SigningKey::jwk).collect();
        json!({ "keys": keys })
    }

    /// Signs claims with the current key.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn sign<C: Serialize>(&self, typ: &str, claims: &C) -> Result<String, KeyFault> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.current.kid.clone());
        encode(&header, claims, &self.current.encoding).map_err(|_| KeyFault::Signing)
    }

    pub(super) fn named(&self, kid: &str) -> Option<&SigningKey> {
        self.all().find(|key| key.kid == kid)
    }

    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}
