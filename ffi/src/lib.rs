//! How apps hold the core: [`mobile`] gives client-core's notebook to Kotlin, Swift and Python through
//! UniFFI. It passes values on and decides nothing; whatever looks like a rule belongs to client-core.

#![allow(
    unsafe_code,
    reason = "UniFFI's macros write C functions; tests.rs sees that no hand does"
)]

pub mod mobile;
#[cfg(test)]
mod tests;

uniffi::setup_scaffolding!();
