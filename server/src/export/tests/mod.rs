//! What the export must do, told by notes made with the edits of a phone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod events;
mod feeds;
mod fhir;
mod fhir_hard;
mod hard;
mod page;
mod receipts;
mod reconciling;
mod sentences;
mod tables;
mod taken_back;
pub(crate) mod town;
mod versions;
