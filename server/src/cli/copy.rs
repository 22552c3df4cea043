//! `doorstep copy CASE_ID --to DIR`, `doorstep copy release CASE_ID --of DIR --checked-by WORKER_ID --reason TEXT`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::copy::Wanted;
use crate::ops::copy::{self, Bundle};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Copy {
    #[command(subcommand)]
    step: Option<Step>,
    #[command(flatten)]
    prepare: Option<Prepare>,
}

#[derive(Subcommand)]
enum Step {
    /// Record that a copy was given away.
    Release(Release),
}

#[derive(Args)]
struct Prepare {
    /// Whose.
    case_id: String,
    /// The folder for the three files; it is made where it is not there.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The folder may hold an older copy, which is replaced.
    #[arg(long)]
    replace: bool,
    /// Whom to ask about the copy, as it stands in it: a name, a telephone number.
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// Tell concerns about safeguarding, too. Telling may put somebody in danger.
    #[arg(long)]
    include_safeguarding: bool,
}

#[derive(Args)]
struct Release {
    /// Whose.
    case_id: String,
    /// The folder with the files that were given.
    #[arg(long, value_name = "DIR")]
    of: PathBuf,
    /// The worker who checked them.
    #[arg(long, value_name = "WORKER_ID")]
    checked_by: String,
    /// Why and to whom; it stands in the audit.
    #[arg(long)]
    reason: String,
}

pub(super) fn run(call: &Call, args: &Copy) -> Result<Said, Failure> {
    match (&args.step, &args.prepare) {
        (Some(Step::Release(args)), _) => release(call, args),
        (None, Some(args)) => prepare(call, args),
        (None, None) => Err(Failure::Usage(
            "say whose copy, and where to: CASE_ID --to DIR".to_owned(),
        )),
    }
}

fn prepare(call: &Call, args: &Prepare) -> Result<Said, Failure> {
    let wanted = Wanted {
        include_safeguarding: args.include_safeguarding,
        contact: args.contact.clone(),
    };
    let core = call.core()?;
    let bundle = Bundle::open(&args.to, args.replace)?;
    let prepared = copy::prepare(&core, &args.case_id, &wanted, OPERATOR)?;
    copy::write(&bundle, &prepared)?;
    let (counts, hashes) = (&prepared.counts, &prepared.hashes);
    Ok(Said {
        value: json!({
            "notes": counts.notes,
            "left_out": counts.left_out,
            "warnings": counts.warnings,
            "html_sha256": hashes.html_sha256,
            "json_sha256": hashes.json_sha256,
        }),
        words: format!(
            "{} notes; {} passages and entries left out; {} things to look at\n\
             copy.html {}\ncopy.json {}\n\
             Have a worker read left-out.html and check the copy. It is not for the person.",
            counts.notes, counts.left_out, counts.warnings, hashes.html_sha256, hashes.json_sha256
        ),
    })
}

fn release(call: &Call, args: &Release) -> Result<Said, Failure> {
    let hashes = copy::hashes_in(&args.of)?;
    let release = copy::Release {
        hashes: &hashes,
        checked_by: &args.checked_by,
        reason: &args.reason,
    };
    copy::release(&call.core()?, &args.case_id, &release, OPERATOR)?;
    Ok(Said {
        value: json!(hashes),
        words: format!("recorded; copy.html {}", hashes.html_sha256),
    })
}
