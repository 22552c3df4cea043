//! The command line. Each command reads its words, calls one operation and prints what it says; a
//! program reads it with `--json`. Nothing is decided here.
//!
//! Exit codes: 0 done, 1 not done (or `verify` found a difference), 2 a wrong call.

mod admin;
mod allocate;
mod backup;
mod client;
mod copy;
mod device;
mod enrol;
mod export;
mod help;
mod hold;
mod import;
mod issue;
mod message;
mod rebuild;
mod restore;
mod retention;
mod serve;
mod verify;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use serde_json::Value;

use crate::apart;
use crate::config::{self, Config, ConfigError};
use crate::core::Core;
use crate::host::Host;
use crate::ops::OpError;
use crate::serve::ServeError;
use crate::store::StoreError;

/// How the audit log names whoever can run commands on the server's machine.
const OPERATOR: &str = "operator";

/// Notes of visits, from the doorstep to the case system.
#[derive(Parser)]
#[command(name = "doorstep", version, disable_help_subcommand = true)]
struct Cli {
    /// Print one JSON value.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT.
    Serve,
    /// Import people or workers from a CSV file.
    #[command(subcommand)]
    Import(import::Import),
    /// Make a one-time code for one device.
    Enrol(enrol::Enrol),
    /// Case systems: their identity, and a token to try things with.
    #[command(subcommand)]
    Client(client::Client),
    /// Write the feed into a folder, and take receipts from it.
    Export(export::Export),
    /// All that is held about a person, for them: prepare it, then record that it was given.
    Copy(copy::Copy),
    /// What waits for a decision.
    #[command(subcommand)]
    Issue(issue::Issue),
    /// Enrolled devices.
    #[command(subcommand)]
    Device(device::Device),
    /// Put a person on a worker's caseload.
    Allocate(allocate::Allocate),
    /// The console's administrators.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Copy the database while it is in use.
    Backup(backup::Backup),
    /// Put a backup into an empty data folder.
    Restore(restore::Restore),
    /// Say something to a worker, on their phone.
    Message(message::Message),
    /// Legal holds: whose notes are not removed.
    #[command(subcommand)]
    Hold(hold::Hold),
    /// What is kept longer than the rule says, and what keeps it.
    Retention(retention::Retention),
    /// Check the log, the audit and every document.
    Verify,
    /// Make the projections again from the log.
    Rebuild,
    /// Judge what stands on standard input and forget it. The server starts this by itself.
    #[command(hide = true)]
    JudgeApart,
    /// This text, that of a command, or `config`: all settings.
    Help(help::Help),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Op(#[from] OpError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    #[error("{0}")]
    Remote(String),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Config(_) => 2,
            _ => 1,
        }
    }
}

/// What a command is given beside its own words.
struct Call {
    config: Config,
    json: bool,
}

/// What a command has to say: for programs, and for people.
struct Said {
    value: Value,
    words: String,
}

impl Call {
    fn core(&self) -> Result<Core, StoreError> {
        let key = self.config.key.as_ref().map(|key| key.0);
        let mut core = Core::open(&self.config.data_dir, key, Host::system())?;
        core.mapping = self.config.mapping.clone();
        core.retention_months = self.config.retention_months;
        Ok(core)
    }
}

/// Runs the program.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command = config::with_flags(Cli::command());
    let matches = match command.try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => error.exit(),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match run(cli, deepest(&matches)) {
        Ok(code) => code,
        Err(failure) => {
            // Where there is no room to say why, the exit code says that it failed.
            let _ = writeln!(std::io::stderr(), "doorstep: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// A flag that stands after the command's name is known only to that command's matches.
fn deepest(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| deepest(inner))
}

fn run(cli: Cli, flags: &ArgMatches) -> Result<ExitCode, Failure> {
    if let Command::Help(topic) = cli.command {
        return help::run(&topic).map(|()| ExitCode::SUCCESS);
    }
    if matches!(cli.command, Command::JudgeApart) {
        return Ok(apart::main());
    }
    let config = Config::gather(flags, &|name| std::env::var(name).ok())?;
    let serving = matches!(cli.command, Command::Serve);
    log_to_stderr(&config, serving)?;
    let call = Call {
        config,
        json: cli.json,
    };
    let said = match cli.command {
        Command::Serve => return serve::run(&call).map(|()| ExitCode::SUCCESS),
        Command::Import(import) => import::run(&call, &import)?,
        Command::Enrol(enrol) => enrol::run(&call, &enrol)?,
        Command::Client(client) => client::run(&call, &client)?,
        Command::Export(export) => export::run(&call, &export)?,
        Command::Copy(copy) => copy::run(&call, &copy)?,
        Command::Issue(issue) => issue::run(&call, &issue)?,
        Command::Device(device) => device::run(&call, &device)?,
        Command::Allocate(allocate) => allocate::run(&call, &allocate)?,
        Command::Admin(admin) => admin::run(&call, &admin)?,
        Command::Backup(backup) => backup::run(&call, &backup)?,
        Command::Restore(restore) => restore::run(&call, &restore)?,
        Command::Message(message) => message::run(&call, &message)?,
        Command::Hold(hold) => hold::run(&call, &hold)?,
        Command::Retention(args) => retention::run(&call, &args)?,
        Command::Verify => {
            let (said, whole) = verify::run(&call)?;
            say(&call, &said);
            return Ok(if whole {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        Command::Rebuild => rebuild::run(&call)?,
        Command::Help(topic) => return help::run(&topic).map(|()| ExitCode::SUCCESS),
        Command::JudgeApart => return Ok(apart::main()),
    };
    say(&call, &said);
    Ok(ExitCode::SUCCESS)
}

fn say(call: &Call, said: &Said) {
    let text = if call.json {
        said.value.to_string()
    } else {
        said.words.clone()
    };
    // A reader that has gone away, such as `head`, is no fault of the command's.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn log_to_stderr(config: &Config, serving: bool) -> Result<(), Failure> {
    use tracing_subscriber::EnvFilter;
    let filter = if serving { config.log.as_str() } else { "warn" };
    // Automerge opens a span for each load and writes the whole history into it, told or not.
    let filter = EnvFilter::try_new(format!("automerge=warn,{filter}"))
        .map_err(|_| Failure::Usage("log: not a filter that can be read".to_owned()))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        // Told on standard error too, and then by a panic: a full disk under the log is no reason to die.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // A second subscriber is refused; then the first one, of a test, stays.
    let _ = if config.log_json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    Ok(())
}
