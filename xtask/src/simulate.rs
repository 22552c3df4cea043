//! `cargo xtask simulate --seeds N --from S`: simulated villages from a range of seeds, in a release build. The
//! telling itself is a program of the tests crate; this only starts it and passes its verdict on.

use crate::workshop::{Failure, Workshop};

/// Runs the villages.
///
/// # Errors
/// Exit code 1 when a seed fails; its story has been printed.
pub fn simulate(workshop: &Workshop, seeds: u64, from: u64) -> Result<(), Failure> {
    let arguments = [seeds.to_string(), from.to_string()];
    workshop.measure("simulate", &arguments, "Not every village ended well.")
}
