//! The desk, asked on a town of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod audit;
mod common;
mod concerns;
mod reflection;
mod reports;
mod settings;
mod today;
