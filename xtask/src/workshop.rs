//! The place where chores work: the folders of this checkout, and how programs are started in it.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Why a chore stopped, in words for the person at the terminal, and the exit code that goes with it.
#[derive(Debug)]
pub struct Failure {
    /// What to print.
    pub message: String,
    /// What to exit with.
    pub exit: u8,
}

impl Failure {
    /// A failure with exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: 1,
        }
    }
}

/// The folders of this checkout.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Where cargo builds; everything that chores install lies in it too, so deleting it undoes them all.
    pub target: PathBuf,
}

impl Workshop {
    /// Finds the workspace that cargo runs this program for. What was baked in while building would be
    /// another checkout, where two share one target folder.
    ///
    /// # Errors
    /// When there is none any more.
    pub fn find() -> Result<Self, Failure> {
        let here = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here.parent().filter(|root| root.join("Cargo.toml").is_file());
        let root =
            root.ok_or_else(|| Failure::new(format!("{} is not a workspace any more", here.display())))?;
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Self {
            root: root.to_path_buf(),
            target,
        })
    }

    /// A cargo command, in the workspace. Its output goes to the terminal.
    #[must_use]
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        self.command(cargo, arguments)
    }

    /// Runs a program of the tests crate in a release build, with the server's program beside it; its output
    /// goes to the terminal.
    ///
    /// # Errors
    /// The sentence, with the program's exit code, where that is not 0.
    pub fn measure(&self, program: &str, arguments: &[String], sentence: &str) -> Result<(), Failure> {
        let build = [
            "build",
            "--release",
            "--package",
            "doorstep-tests",
            "--package",
            "doorstep-server",
            "--bins",
        ];
        run("cargo build", &mut self.cargo(&build))?;
        let status = self
            .command(self.target.join("release").join(program), &[])
            .args(arguments)
            .status()
            .map_err(|error| Failure::new(format!("{program} could not be started: {error}")))?;
        match status.code() {
            Some(0) => Ok(()),
            code => Err(Failure {
                message: sentence.to_owned(),
                exit: code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
            }),
        }
    }

    /// Any command, in the workspace, with nothing on its standard input.
    #[must_use]
    pub fn command(&self, program: impl Into<OsString>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program.into());
        command
            .args(arguments)
            .current_dir(&self.root)
            .stdin(Stdio::null());
        command
    }

    /// Where the binaries of the dev profile are.
    #[must_use]
    pub fn bin_dir(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// The Python of the virtual environment that `setup` makes.
    #[must_use]
    pub fn venv_python(&self) -> PathBuf {
        self.target.join("venv/bin/python")
    }

    /// Where `setup` installs cargo's tools.
    #[must_use]
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }
}

/// Runs a command to its end and fails where it fails, naming `what` was being done.
///
/// # Errors
/// When it cannot be started, or exits with another code than 0.
pub fn run(what: &str, command: &mut Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| Failure::new(format!("{what}: could not be started: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{what}: ended with {status}")))
}

/// Runs a command to its end and returns its standard output; its standard error goes to the terminal.
///
/// # Errors
/// When it cannot be started, exits with another code than 0, or prints something that is not UTF-8.
pub fn output(what: &str, command: &mut Command) -> Result<String, Failure> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("{what}: could not be started: {error}")))?;
    if !output.status.success() {
        return Err(Failure::new(format!("{what}: ended with {}", output.status)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure::new(format!("{what}: printed something that is not text")))
}

/// Whether a command can be started and exits with 0. It prints nothing.
pub fn works(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The present instant.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a chore tells a person how long its steps take; nothing depends on it"
)]
pub fn now() -> Instant {
    Instant::now()
}
