//! A village for whole-system stories: a real server, named phones, a case system, links that can be
//! cut and a clock that can be set, in one thread and from one seed. A story says who does what, and
//! then what must be true; what never happens stands in `tests/never.rs`.
//!
//! It is not for testing one part: it has no back door into phone or server but to look at what they
//! have on disk.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a tool of tests, which must stop where a story cannot go on"
)]

mod admin;
pub mod assault;
mod case_system;
mod clock;
pub mod corpus;
mod dice;
pub mod fleet;
mod folder;
pub mod hex;
pub mod hostile;
mod importer;
mod ledger;
mod link;
pub mod live;
mod peek;
mod phone;
mod postgres;
pub mod process;
mod proxy;
mod rough;
mod server;
pub mod simulator;
pub mod traces;
mod village;
pub mod visit;
pub mod wire;

pub use case_system::{CaseSystem, Event};
pub use clock::{DAY, HOUR, MINUTE, SECOND, Time};
pub use dice::Chance;
pub use folder::Folder;
pub use importer::Importer;
pub use link::{Cut, Link};
pub use phone::Phone;
pub use postgres::Postgres;
pub use process::Process;
pub use proxy::Proxy;
pub use rough::{Mischief, Rough};
pub use server::{Answer, Heads, Server, URL};
pub use village::{Village, seed};
