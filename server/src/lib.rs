//! The Doorstep server as a library; `doorstep` is a thin program on top of it.

pub mod host;
pub mod store;

mod apart;
pub mod api;
pub mod attachments;
pub mod auth;
pub mod cli;
pub mod config;
pub mod copy;
pub mod core;
pub mod courtesy;
pub mod desk;
pub mod export;
mod hex;
pub mod import;
pub mod issues;
mod limits;
pub mod live;
pub mod messages;
pub mod ops;
mod problem;
pub mod router;
pub mod serve;
pub mod settings;
pub mod sync;
#[cfg(test)]
mod testing;
