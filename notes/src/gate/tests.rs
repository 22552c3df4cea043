//! The gate against honest chunks made by Automerge, against forged ones, and against every flipped byte
//! with Automerge itself behind it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod flips;
mod forged;
mod honest;
mod judge;
mod samples;
