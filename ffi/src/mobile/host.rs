//! What an app passes in, as traits that Kotlin, Swift and Python implement, and the hands that give
//! them to the core. The core's clock and dice cannot fail, those of an app can: so each call begins
//! with a look at both, and an app that fails is told before anything is done.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use client_core::host::{self as core, KeyRefused, Unreachable};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// What an app's own code throws when it cannot do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HostError {
    /// It could not.
    #[error("the app could not do this")]
    Failed,
}

// Whatever else an app's code throws counts as this too, so that no exception ends a call half way.
impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// The device's clock.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// UTC milliseconds since 1970.
    ///
    /// # Errors
    /// Where the clock cannot be read.
    fn now_ms(&self) -> Result<i64, HostError>;
}

/// The operating system's random bytes.
#[uniffi::export(foreign)]
pub trait Dice: Send + Sync {
    /// As many as asked for.
    ///
    /// # Errors
    /// Where there are none.
    fn bytes(&self, count: u32) -> Result<Vec<u8>, HostError>;
}

/// A header of a request or an answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpHeader {
    /// Its name, in any case.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One HTTP request, without the server's address: the app knows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpRequest {
    /// `POST`, `GET`, `HEAD` or `PATCH`.
    pub method: String,
    /// Path from the root, perhaps with a query, as `/v1/sync`.
    pub path: String,
    /// All to be sent as they are.
    pub headers: Vec<HttpHeader>,
    /// The body.
    pub body: Vec<u8>,
}

/// The answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// As they came.
    pub headers: Vec<HttpHeader>,
    /// The body as it came, still packed.
    pub body: Vec<u8>,
}

/// The way to the server.
#[uniffi::export(foreign)]
pub trait Transport: Send + Sync {
    /// Sends one request and waits for its answer, under the app's own time limit. Follows no redirect.
    ///
    /// # Errors
    /// Where no answer came. A status that is an error is an answer.
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, HostError>;
}

/// The device's P-256 key in the phone's own keystore, where it cannot be read.
#[uniffi::export(foreign)]
pub trait Keystore: Send + Sync {
    /// The public point: x and y, 32 bytes each, one after the other.
    ///
    /// # Errors
    /// Where the keystore refuses.
    fn public_point(&self) -> Result<Vec<u8>, HostError>;
    /// An ES256 signature over the message: r and s, 64 bytes (RFC 7518 section 3.4), not DER.
    ///
    /// # Errors
    /// Where the keystore refuses.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, HostError>;
}

/// Random bytes that cannot run out in the middle of a call: thrown from 32 of the app's.
pub(super) struct Throws(ChaCha20Rng);

impl core::Dice for Throws {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// Asks the app for a fresh seed.
pub(super) fn throws(dice: &dyn Dice) -> Result<Throws, HostError> {
    let seed: [u8; 32] = dice.bytes(32)?.try_into().map_err(|_| HostError::Failed)?;
    Ok(Throws(ChaCha20Rng::from_seed(seed)))
}

/// The app's clock and dice, as the core takes them. Clones are the same hands.
#[derive(Clone)]
pub(super) struct Hands {
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    last_now_ms: Arc<AtomicI64>,
    throws: Arc<Mutex<Throws>>,
}

impl Hands {
    pub(super) fn new(clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Result<Self, HostError> {
        Ok(Self {
            last_now_ms: Arc::new(AtomicI64::new(clock.now_ms()?)),
            throws: Arc::new(Mutex::new(throws(&*dice)?)),
            clock,
            dice,
        })
    }

    /// Before each call: reads the clock, and takes a fresh seed, so that a machine that is copied while
    /// the app runs does not go on with the same throws in both copies.
    pub(super) fn ready(&self) -> Result<(), HostError> {
        self.last_now_ms.store(self.clock.now_ms()?, Ordering::Relaxed);
        let fresh = throws(&*self.dice)?;
        *self.throws.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

impl core::Clock for Hands {
    /// Where the clock fails in the middle of a call, the time is what it was a moment ago.
    fn now_ms(&self) -> i64 {
        let last = || self.last_now_ms.load(Ordering::Relaxed);
        self.clock.now_ms().unwrap_or_else(|_| last())
    }
}

impl core::Dice for Hands {
    fn fill(&mut self, bytes: &mut [u8]) {
        let mut throws = self.throws.lock().unwrap_or_else(PoisonError::into_inner);
        throws.fill(bytes);
    }
}

/// The app's way to the server, as the core takes it.
pub(super) struct Link(pub(super) Arc<dyn Transport>);

impl core::AsyncHost for Link {
    /// It waits in place: the app's own call returns with the answer.
    async fn send(&self, request: &core::HttpRequest) -> Result<core::HttpResponse, Unreachable> {
        let headers = request.headers.iter().cloned();
        let request = HttpRequest {
            method: request.method.to_owned(),
            path: request.path.clone(),
            headers: headers.map(|(name, value)| HttpHeader { name, value }).collect(),
            body: request.body.clone(),
        };
        let response = self.0.send(request).map_err(|_| Unreachable)?;
        let headers = response.headers.into_iter();
        Ok(core::HttpResponse {
            status: response.status,
            headers: headers.map(|header| (header.name, header.value)).collect(),
            body: response.body,
        })
    }
}

/// The app's keystore, as the core takes it.
pub(super) struct Device(pub(super) Arc<dyn Keystore>);

impl core::Keystore for Device {
    fn public_point(&self) -> Result<[[u8; 32]; 2], KeyRefused> {
        let point = self.0.public_point().map_err(|_| KeyRefused)?;
        let (halves, rest) = point.as_chunks::<32>();
        match (halves, rest) {
            ([x, y], []) => Ok([*x, *y]),
            _ => Err(KeyRefused),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyRefused> {
        let signature = self.0.sign(message.to_vec()).map_err(|_| KeyRefused)?;
        signature.try_into().map_err(|_| KeyRefused)
    }
}
