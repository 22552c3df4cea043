//! `doorstep allocate CASE_ID WORKER_ID`.

use clap::Args;
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::ops::allocate;

#[derive(Args)]
pub(super) struct Allocate {
    /// The person's id in the case system.
    case_id: String,
    /// The worker's id in the case system.
    worker_id: String,
}

pub(super) fn run(call: &Call, args: &Allocate) -> Result<Said, Failure> {
    let core = call.core()?;
    let changed = allocate::allocate(&core, &args.case_id, &args.worker_id, OPERATOR)?;
    let words = if changed { "allocated" } else { "was so before" };
    Ok(Said {
        value: json!({ "case_id": args.case_id, "worker_id": args.worker_id, "changed": changed }),
        words: words.to_owned(),
    })
}
