//! A phone without a screen: the notebook on the command line, for trying the product out, for tests
//! and for scripts. It decides nothing; every rule is in `client-core`.

mod answer;
mod args;
mod batch;
mod host;
mod run;
mod vault_file;

use std::process::ExitCode;

use clap::Parser as _;

use answer::Failure;
use args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    match start(cli) {
        Ok(code) => code,
        Err(failure) => {
            failure.print(json);
            failure.exit()
        }
    }
}

fn start(cli: Cli) -> Result<ExitCode, Failure> {
    let pin = std::env::var("DOORSTEP_PIN")
        .map_err(|_| Failure::call("set the PIN in the environment variable DOORSTEP_PIN"))?;
    let enrolling = matches!(cli.command, Command::Enrol { .. });
    let mut notebook = vault_file::open(&cli.dir, &pin, enrolling)?;
    if matches!(cli.command, Command::Batch) {
        return batch::run(&mut notebook);
    }
    let answer = run::run(&mut notebook, cli.command)?;
    answer.print(cli.json);
    Ok(answer.exit())
}
