//! What phones knock for: to be enrolled, to get a token, to sync. The token endpoint is the case
//! systems' too.

pub mod enrol;
pub mod sync;
pub mod token;
