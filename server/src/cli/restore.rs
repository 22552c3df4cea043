//! `doorstep restore FILE`, into a data folder without a database.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Call, Failure, Said};
use crate::host::Host;
use crate::ops::restore;
use crate::serve;

#[derive(Args)]
pub(super) struct Restore {
    /// A backup.
    file: PathBuf,
}

pub(super) fn run(call: &Call, args: &Restore) -> Result<Said, Failure> {
    let config = &call.config;
    let _lock = serve::lock(config)?;
    let key = config.key.as_ref().map(|key| key.0);
    let seq = restore::restore(&args.file, &config.data_dir, key, &Host::system())?;
    Ok(Said {
        value: json!({ "log_seq": seq }),
        words: format!("restored up to log entry {seq}; phones bring again what was sent since"),
    })
}
