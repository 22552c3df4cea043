//! The reference importer at work: the real server process, the real importer process, a real PostgreSQL, a real phone.
//! First what becomes of one note, then what is left of many when everything is killed, cut and repeated.
//!
//! `DOORSTEP_SEED` replays the dice as far as a real machine allows; `DOORSTEP_ROUNDS` sets how many rounds there are,
//! `DOORSTEP_LONG=1` makes them 1,000.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "importer/council.rs"]
mod council;
#[path = "importer/judge.rs"]
mod judge;
#[path = "importer/once.rs"]
mod once;
#[path = "importer/one_note.rs"]
mod one_note;
#[path = "importer/refused.rs"]
mod refused;
#[path = "importer/restored.rs"]
mod restored;
#[path = "importer/taken_back.rs"]
mod taken_back;
