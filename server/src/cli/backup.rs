//! `doorstep backup FILE`: a copy of the database, made while the server goes on.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::ops::backup;

#[derive(Args)]
pub(super) struct Backup {
    /// Where to put it.
    file: PathBuf,
}

pub(super) fn run(call: &Call, args: &Backup) -> Result<Said, Failure> {
    let core = call.core()?;
    let key = call.config.key.as_ref().map(|key| key.0);
    let made = backup::backup(&core, key, &args.file, OPERATOR)?;
    Ok(Said {
        value: json!({ "file": args.file, "safe_seq": made.seq, "bytes": made.bytes }),
        words: format!(
            "{} bytes, checked; log entries up to {} are safe",
            made.bytes, made.seq
        ),
    })
}
