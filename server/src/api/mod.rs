//! The HTTP face: each operation in one file, with its request, its refusals and its answer. What
//! is decided is decided elsewhere; here a request is read, and a value becomes an answer.

pub mod attachment;
pub mod body;
pub mod case_system;
pub mod desk;
pub mod health;
pub mod identity;
pub mod import;
pub mod jwks;
pub mod layers;
pub mod openapi;
pub mod phone;
#[cfg(test)]
mod tests;
pub mod web;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use notes::problem::Code;
use tokio::sync::{Semaphore, watch};

use self::case_system::pace::Pace;
use self::desk::seat::Readings;
use crate::config::HttpConfig;
use crate::core::Core;
use crate::desk::passkey::{Passkeys, console_origin};
pub use crate::problem::Refusal;

/// What every route is given. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What an [`App`] shares.
pub struct Inner {
    /// The server's heart.
    pub core: Arc<Core>,
    /// Limits on requests.
    pub http: HttpConfig,
    /// One for each request that may be under way.
    pub permits: Semaphore,
    /// One for each live socket that may be open.
    pub live_permits: Arc<Semaphore>,
    /// The pace of case systems.
    pub pace: Pace,
    /// Where the console is reached, as an origin (RFC 6454).
    pub console_origin: String,
    /// The passkeys of admins.
    pub passkeys: Passkeys,
    /// What auditors have just read.
    pub readings: Readings,
    /// True once the server is stopping.
    pub stopping: watch::Receiver<bool>,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    /// The routes' view of a server.
    #[must_use]
    pub fn new(core: Arc<Core>, http: HttpConfig, stopping: watch::Receiver<bool>) -> Self {
        let console = http.console_url.as_deref().unwrap_or(core.public_url());
        let console_origin = console_origin(console);
        let permits = Semaphore::new(http.max_requests.min(Semaphore::MAX_PERMITS));
        Self(Arc::new(Inner {
            core,
            live_permits: Arc::new(Semaphore::new(http.max_live.min(Semaphore::MAX_PERMITS))),
            http,
            permits,
            passkeys: Passkeys::new(&console_origin),
            console_origin,
            readings: Readings::default(),
            pace: Pace::default(),
            stopping,
        }))
    }

    /// How long a request's body may take to arrive.
    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.http.body_timeout_s)
    }

    /// Runs what waits for the disk where it does not hold up the other requests.
    ///
    /// # Errors
    /// What the work says; `internal` where it panicked.
    pub async fn blocking<T, E, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        E: Into<Refusal> + Send + 'static,
        F: FnOnce(&Core) -> Result<T, E> + Send + 'static,
    {
        let core = Arc::clone(&self.core);
        match tokio::task::spawn_blocking(move || work(&core)).await {
            Ok(result) => result.map_err(Into::into),
            Err(error) => {
                tracing::error!(panicked = error.is_panic(), "an operation did not end");
                Err(Code::Internal.into())
            }
        }
    }
}

/// A JSON answer, packed as the caller likes it.
fn json(headers: &HeaderMap, value: &serde_json::Value) -> Response {
    // A JSON value always has a text.
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let mut response = body::packed(headers, bytes, "application/json");
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// A document that is the same for everybody until the next version of the server.
fn document(headers: &HeaderMap, text: &'static str, media: &'static str) -> Response {
    let mut response = body::packed(headers, text.as_bytes().to_vec(), media);
    let cache = HeaderValue::from_static("max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}
