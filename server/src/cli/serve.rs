//! `doorstep serve`: runs the server until it is told to stop, and says where it listens.

use std::io::Write as _;
use std::sync::Arc;

use super::{Call, Failure};
use crate::apart::ThisProgram;
use crate::host::Host;
use crate::serve;

pub(super) fn run(call: &Call) -> Result<(), Failure> {
    let host = Host {
        apart: Some(Arc::new(ThisProgram)),
        ..Host::system()
    };
    serve::serve(&call.config, host, |address| {
        let mut out = std::io::stdout();
        // Who started the server may have closed its standard output; it serves all the same.
        let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
    })?;
    Ok(())
}
