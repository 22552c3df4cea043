//! Export: the case system's door. A finished note becomes a numbered version and an event with
//! exact bytes, in the transaction that publishes it; case systems read events by cursor and answer
//! with receipts, which travel back to the phones. Who may read is decided before this room.
//!
//! What never happens: an event changes, a version is written twice, a note whose person is not
//! known leaves the house.

mod canonical;
mod content;
mod cursor;
mod event;
mod feed;
mod format;
mod outstanding;
mod publish;
mod receipts;
mod reconcile;
mod removed;
mod shown;
mod summary;
pub(crate) mod words;

/// What an event of the feed is: a JSON Schema (draft 2020-12).
pub const SCHEMA: &str = include_str!("schema.json");

#[cfg(test)]
pub(crate) mod tests;

pub use feed::{Asked, FeedPage, Told, feed};
pub(crate) use format::csv::plain_line;
pub use format::mapping::MappingError;
pub use format::{Format, Mapping};
pub use outstanding::outstanding;
pub use publish::{
    after_publish, attachment_arrived, is_out, next_version, offers, tell, version_after, withdrawn,
};
pub(crate) use publish::{send_again, withdraw};
pub use receipts::receipts;
pub use reconcile::{Place, day, days, took};
pub(crate) use removed::removed;
pub use shown::show;
