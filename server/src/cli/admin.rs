//! `doorstep admin invite WORKER_ID`: a one-time sign-in link for the console.

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::desk::invite::{self, Inviter};
use crate::desk::passkey::console_origin;
use crate::import::Role;

#[derive(Subcommand)]
pub(super) enum Admin {
    /// A one-time sign-in link for the console.
    Invite {
        /// The worker's id in the case system.
        worker_id: String,
        /// Give them this role at the desk, above what the case system says.
        #[arg(long, value_name = "ROLE")]
        role: Option<DeskRole>,
        /// Where the browser reaches the console, if not where the server last said it listens.
        #[arg(long, value_name = "URL")]
        server: Option<String>,
    },
}

/// A role at the desk.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum DeskRole {
    /// Settles their own team's issues.
    TeamAdmin,
    /// Settles every team's issues, and has the settings.
    OrganisationAdmin,
    /// Reads all of it, and changes nothing.
    Auditor,
}

pub(super) fn run(call: &Call, command: &Admin) -> Result<Said, Failure> {
    let Admin::Invite {
        worker_id,
        role,
        server,
    } = command;
    let core = call.core()?;
    let role = role.map(|role| match role {
        DeskRole::TeamAdmin => Role::TeamAdmin,
        DeskRole::OrganisationAdmin => Role::OrganisationAdmin,
        DeskRole::Auditor => Role::Auditor,
    });
    let by = Inviter::Operator(OPERATOR);
    let link = invite::make(&core, worker_id, role, by, call.config.enrol_valid_ms)?;
    let told = server.as_ref().or(call.config.http.console_url.as_ref());
    let told = told.or(call.config.public_url.as_ref());
    let origin = console_origin(told.map_or(core.public_url(), String::as_str));
    let address = invite::address(&origin, &link.code);
    let hours = call.config.enrol_valid_ms / 3_600_000;
    Ok(Said {
        words: format!(
            "link  {address}\nGood once, for {hours} hours. It makes a passkey; older ones of theirs end."
        ),
        value: json!({ "link": address, "expires_at": link.expires_at }),
    })
}
