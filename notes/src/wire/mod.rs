//! What travels in a pass, as CBOR (RFC 8949) maps with integer keys. docs/protocol.md describes
//! the same in CDDL; a key that is not known is skipped, so fields can be added.

mod body;
mod message;
mod rows;

pub use body::{BodyRefusal, Coding, MAX_INFLATED_BYTES, decode, encode, inflate};
pub use message::{
    Closed, Fill, FillAnswer, JOINT_VISIT, Outcome, Pull, Push, Reading, Request, Response, Subject, ToDesk,
    Verdict, WRITTEN_AGAIN,
};
pub use rows::{
    ActorRow, DetailRow, GoneRow, MessageRow, OrderRow, PersonRow, RemovalRow, Row, RowBody, SettingsRow,
    StandingRow, VersionRow, WorkerRow,
};

/// The newest protocol version spoken here.
pub const PROTOCOL: u64 = 1;
/// The oldest that is still understood.
pub const PROTOCOL_OLDEST: u64 = 1;
/// The media type of both messages.
pub const MEDIA_TYPE: &str = "application/vnd.doorstep.sync+cbor";
/// A phone fills a request up to about this many bytes before compression.
pub const REQUEST_TARGET_BYTES: usize = 1024 * 1024;
/// A server fills a response up to about this many bytes before compression.
pub const RESPONSE_TARGET_BYTES: usize = 1024 * 1024;
/// Most pushes in one request.
pub const MAX_PUSHES: usize = 2_000;
/// Most chunks in one push.
pub const MAX_CHUNKS: usize = 5_000;
/// Most readings in one request.
pub const MAX_READINGS: usize = 2_000;
/// Most messages told as read in one request.
pub const MAX_READ: usize = 200;
/// Longest id of a message, in bytes.
pub const MAX_MESSAGE_ID_BYTES: usize = 64;
/// Most fills in one request.
pub const MAX_FILLS: usize = 64;
/// Most documents watched on one live socket.
pub const MAX_WATCHED: usize = 8;
/// Longest frame on a live socket, in bytes. What is longer goes in a pass.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;
/// The subprotocol of a live socket (RFC 6455 section 1.9).
pub const LIVE_PROTOCOL: &str = "doorstep.sync.v1";
/// A second subprotocol offered by who cannot set headers: this, and the access token behind it.
pub const LIVE_BEARER: &str = "bearer.";
/// Longest reason, in bytes.
pub const MAX_REASON_BYTES: usize = 500;

#[cfg(test)]
mod tests;
