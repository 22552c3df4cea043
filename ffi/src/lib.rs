//! How apps hold the core: [`mobile`] gives client-core's notebook to Kotlin, Swift and Python through UniFFI, `web`
//! gives it to a browser's Worker as WebAssembly. They pass values on and decide nothing; whatever looks like a rule
//! belongs to client-core.

#![allow(
    unsafe_code,
    reason = "UniFFI's and wasm-bindgen's macros write C functions; tests.rs sees that no hand does"
)]

#[cfg(any(target_arch = "wasm32", all(test, feature = "cli")))]
mod calls;
pub mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod mobile;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
#[cfg(target_arch = "wasm32")]
pub mod web;

use error::NotebookError;
use zeroize::Zeroizing;

/// A store's key as an app hands it over.
fn key_of(key: Vec<u8>) -> Result<Zeroizing<[u8; 32]>, NotebookError> {
    let key = Zeroizing::new(key);
    let bytes = key[..].try_into();
    bytes
        .map(Zeroizing::new)
        .map_err(|_| NotebookError::BadCall("a store's key is 32 bytes"))
}

#[cfg(not(target_arch = "wasm32"))]
uniffi::setup_scaffolding!();
