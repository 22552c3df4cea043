//! Placeholder.
pub mod import;
