//! Sync as values: what to offer, the next request, what an answer means, how pulled chunks join a
//! document, and how a forked one is mended. Dry: no store, no network, no clock, no dice. The
//! notebook reads the store, calls these, and writes what they say in one transaction.

mod fork;
mod letters;
mod merge;
mod offer;
mod parts;
mod plan;
mod take;
pub(crate) mod token;

pub use fork::{Replay, others, replay};
pub use merge::{Absorbed, absorb, brings_nothing, holds, rebuild};
pub use offer::{alone, chunks_to_offer, holds_mine};
pub use plan::{Outlook, Plan, Unsent, plan, unasked};
pub use take::{Answer, Arrival, Effects, FillNews, Misfit, take};
