//! `doorstep serve`: runs the server until it is told to stop, and says where it listens.

use std::io::Write as _;

use super::{Call, Failure};
use crate::host::Host;
use crate::serve;

pub(super) fn run(call: &Call) -> Result<(), Failure> {
    serve::serve(&call.config, Host::system(), |address| {
        let mut out = std::io::stdout();
        // Who started the server may have closed its standard output; it serves all the same.
        let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
    })?;
    Ok(())
}
