//! What a machine may do to the real programs: kill them at named calls, tear a last write, lose
//! power, have no room left, cut a link at any byte; and two servers that want one folder. The faults
//! come from a shim under the program (`shim/faults.c`) or from the link, never from inside it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "faults/commands.rs"]
mod commands;
#[path = "faults/cut.rs"]
mod cut;
#[path = "faults/full.rs"]
mod full;
#[path = "faults/killed_at.rs"]
mod killed_at;
#[path = "faults/office.rs"]
mod office;
#[path = "faults/phone.rs"]
mod phone;
#[path = "faults/shim.rs"]
mod shim;
#[path = "faults/two.rs"]
mod two;

/// Whether the long forms were asked for.
fn long() -> bool {
    std::env::var_os("DOORSTEP_LONG").is_some()
}
