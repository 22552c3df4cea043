//! The Swift side in the tests: compiled where there is a Swift compiler, and where there is none, said to be only
//! written.

use super::bindings::{MODULE_MAP, SWIFT};
use super::{headers, swift_side};
use crate::workshop::{Failure, Workshop, run, works};

/// Has the compiler read the Swift side against its header, types and all.
///
/// # Errors
/// Where it does not compile.
pub fn check(workshop: &Workshop) -> Result<(), Failure> {
    if !works(&mut workshop.command("swiftc", &["--version"])) {
        println!("    the Swift side was written and not compiled: there is no swiftc here");
        return Ok(());
    }
    let headers = headers(workshop);
    let map = format!("-fmodule-map-file={}", headers.join(MODULE_MAP).display());
    let mut command = workshop.command("swiftc", &["-typecheck", "-swift-version", "5", "-I"]);
    command.arg(&headers).arg("-Xcc").arg(map);
    run("swiftc", command.arg(swift_side(workshop).join(SWIFT)))
}
