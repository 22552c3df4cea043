//! The note as a document: what it holds, what it refuses, how it merges, and what may follow a finish.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod after_finish;
mod chance;
mod conflicts;
mod edits;
mod fields;
mod genesis;
mod json;
mod plain;
mod trace;
mod world;
