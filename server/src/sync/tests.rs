//! The rules of sync, tried with notes made by the edits of phones, and with forged ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod after_finish;
mod chance;
mod erasing;
mod figures;
mod hostile;
mod judging;
mod passes;
mod past;
mod projecting;
mod pulls;
mod rights;
mod small;
mod to_desk;
mod watching;
mod world;
