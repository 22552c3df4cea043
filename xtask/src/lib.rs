//! The project's chores as a library, so that they can be tested like anything else. One chore, one file.
//! Nothing here depends on the server or the client core: a chore starts their programs, and so compiles in
//! seconds.

pub mod bench;
pub mod fleet;
pub mod mobile;
pub mod packages;
pub mod run;
pub mod setup;
pub mod simulate;
pub mod test;
pub mod tidy;
pub mod validators;
pub mod web;
pub mod workshop;
