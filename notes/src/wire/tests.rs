//! What travels, as bytes: every message comes back as it was sent, and no body, however made, is more
//! than a refusal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bodies;
mod messages;
mod samples;
