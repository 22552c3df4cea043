//! Live sockets, without the sockets: who has one open and what each is to hear of. A publication is looked at
//! once for all of them, and each gets at most a mark that something waits; what it then sends is read from the
//! store with its own cursor. So nothing is kept for a slow reader, and nothing is sent before it is on disk.
//!
//! It speaks no WebSocket: that is `api/phone/live`.

mod crier;
mod hub;
#[cfg(test)]
mod tests;

pub use crier::Crier;
pub use hub::{Farewell, Hub, Sitter};
