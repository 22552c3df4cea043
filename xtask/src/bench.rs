//! `cargo xtask bench`: measures the figures of speed, in a release build. The measuring itself is a program of
//! the tests crate; this only starts it and passes its verdict on.

use crate::workshop::{Failure, Workshop};

/// Runs the measurements. With `check` a missed figure ends in exit code 1.
///
/// # Errors
/// The exit code of the measuring program, when it is not 0.
pub fn bench(workshop: &Workshop, check: bool) -> Result<(), Failure> {
    let arguments = if check {
        vec!["--check".to_owned()]
    } else {
        Vec::new()
    };
    workshop.measure("bench", &arguments, "The bench did not pass.")
}
