//! `doorstep help [TOPIC]`: a command's own help, and all settings on one page.

use clap::{Args, CommandFactory as _};

use super::{Cli, Failure};
use crate::config::{self, Config};

#[derive(Args)]
pub(super) struct Help {
    /// A command, or `config` for all settings.
    topic: Vec<String>,
}

pub(super) fn run(help: &Help) -> Result<(), Failure> {
    if matches!(help.topic.as_slice(), [topic] if topic == "config") {
        print!("{}", Config::page());
        return Ok(());
    }
    let mut root = config::with_flags(Cli::command());
    root.build();
    let mut command = &mut root;
    for word in &help.topic {
        command = command
            .find_subcommand_mut(word)
            .ok_or_else(|| Failure::Usage(format!("there is no command {word:?}")))?;
    }
    print!("{}", command.render_long_help());
    Ok(())
}
