//! `cargo xtask simulate --seeds N --from S`: simulated villages from a range of seeds, in a release build. The
//! telling itself is a program of the tests crate; this only starts it and passes its verdict on.

use crate::workshop::{Failure, Workshop};

/// Runs the villages.
///
/// # Errors
/// Exit code 1 when a seed fails; its story has been printed.
pub fn simulate(workshop: &Workshop, seeds: u64, from: u64) -> Result<(), Failure> {
    let mut command = workshop.cargo(&[
        "run",
        "--release",
        "--package",
        "doorstep-tests",
        "--bin",
        "simulate",
        "--",
    ]);
    command.args([seeds.to_string(), from.to_string()]);
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("cargo could not be started: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new("Not every village ended well.".to_owned()))
    }
}
