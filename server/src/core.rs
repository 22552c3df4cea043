//! The server's heart, held together: the store, the surroundings and the settings. The HTTP
//! routes, the command line and the tests all call the same functions with it.

use crate::host::Host;
use crate::store::Store;

/// What every operation may need. Cheap to share behind an `Arc`.
pub struct Core {
    /// The database.
    pub store: Store,
    /// Time and chance.
    pub host: Host,
    /// Documents that the projector saw last; a bounded cache that can be dropped at any moment.
    pub memory: crate::sync::Memory,
}
