//! `cargo xtask bench`: measures the figures of speed, in a release build. The measuring itself is a program of
//! the tests crate; this only starts it and passes its verdict on.

use crate::workshop::{Failure, Workshop};

/// Runs the measurements. With `check` a missed figure ends in exit code 1.
///
/// # Errors
/// The exit code of the measuring program, when it is not 0.
pub fn bench(workshop: &Workshop, check: bool) -> Result<(), Failure> {
    let mut command = workshop.cargo(&[
        "run",
        "--release",
        "--package",
        "doorstep-tests",
        "--bin",
        "bench",
        "--",
    ]);
    if check {
        command.arg("--check");
    }
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("cargo could not be started: {error}")))?;
    match status.code() {
        Some(0) => Ok(()),
        code => Err(Failure {
            message: "The bench did not pass.".to_owned(),
            exit: code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
        }),
    }
}
