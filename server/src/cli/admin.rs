//! `doorstep admin invite WORKER_ID`. The console that the link would open is not built yet, and
//! this says so rather than printing a link that leads nowhere.

use clap::Subcommand;

use super::Failure;

#[derive(Subcommand)]
pub(super) enum Admin {
    /// A one-time sign-in link for the console.
    Invite {
        /// The worker's id in the case system.
        worker_id: String,
    },
}

pub(super) fn run(command: &Admin) -> Result<(), Failure> {
    let Admin::Invite { worker_id } = command;
    Err(Failure::Usage(format!(
        "the console is not built yet, so there is nothing to invite {worker_id} to; `doorstep issue` settles issues"
    )))
}
