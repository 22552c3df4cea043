//! The Doorstep server as a library; `doorstep` is a thin program on top of it.

pub mod host;
pub mod store;

pub mod auth;
pub mod core;
pub mod export;
pub mod import;
pub mod issues;
pub mod sync;
