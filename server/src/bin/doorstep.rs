//! The server's program. All of it is in the library; this hands over the words and the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    doorstep_server::cli::main(std::env::args_os())
}
