//! The shared language of Doorstep: what a note is, what travels between phone and server,
//! and the code of every problem. Pure: no I/O, no clock, no randomness; it must compile for a
//! phone, a browser and a server alike.

pub mod attachment;
#[cfg(any(test, feature = "forge"))]
pub mod forge;
pub mod gate;
pub mod ids;
pub mod lookup;
pub mod note;
pub mod problem;
pub mod reflection;
pub mod wire;
