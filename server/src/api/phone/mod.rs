//! What phones knock for: to be enrolled, to get a token, to sync, to write live. The token endpoint is the case
//! systems' too.

pub mod enrol;
pub mod let_in;
pub mod live;
pub mod lookup;
pub mod reflection;
pub mod sync;
pub mod token;
