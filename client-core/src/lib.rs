//! What runs on a phone: the notebook (the one door), the encrypted store behind it, and sync.
//! Blocking, without a runtime; time, chance, the network and the device's key are passed in by the
//! host, so that the same core runs in an app, in a browser and in a test of a whole town.
//!
//! It is not for screens, and it opens no socket and no file but its own database.

pub mod host;
mod keystore;
pub mod live;
pub mod notebook;
mod store;
pub mod sync;
mod trouble;
pub mod vault;

pub use keystore::SoftKey;
pub use notebook::{Ended, Fetched, NewNote, Notebook, Shared, SyncMode, SyncReport, Talk, Who};
pub use store::StoreFault;
pub use trouble::Trouble;
