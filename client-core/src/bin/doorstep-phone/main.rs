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
use client_core::notebook::Wipe;

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
    let said = if matches!(cli.command, Command::Batch) {
        batch::run(&mut notebook)
    } else {
        run::run(&mut notebook, cli.command).map(|answer| {
            answer.print(cli.json);
            answer.exit()
        })
    };
    if notebook.ordered()?.wipe == Some(Wipe::Done) {
        drop(notebook);
        vault_file::remove(&cli.dir)?;
    }
    said
}
