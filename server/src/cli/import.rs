//! `doorstep import people|workers FILE`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::import::Fault;
use crate::ops::import;

#[derive(Subcommand)]
pub(super) enum Import {
    /// People, with their workers and teams.
    People {
        /// A CSV file in UTF-8.
        file: PathBuf,
    },
    /// Workers, with their roles and teams.
    Workers {
        /// A CSV file in UTF-8.
        file: PathBuf,
    },
}

pub(super) fn run(call: &Call, import: &Import) -> Result<Said, Failure> {
    let (Import::People { file } | Import::Workers { file }) = import;
    let bytes = std::fs::read(file).map_err(|e| Failure::File(file.display().to_string(), e))?;
    let core = call.core()?;
    let imported = match import {
        Import::People { .. } => import::people(&core, &bytes, OPERATOR)?,
        Import::Workers { .. } => import::workers(&core, &bytes, OPERATOR)?,
    };
    let mut words = format!(
        "{} added, {} changed, {} unchanged, {} rejected",
        imported.added,
        imported.changed,
        imported.unchanged,
        imported.rejected.len()
    );
    list(&mut words, "rejected", &imported.rejected);
    list(&mut words, "warning", &imported.warnings);
    Ok(Said {
        value: json!(imported),
        words,
    })
}

fn list(words: &mut String, what: &str, faults: &[Fault]) {
    for fault in faults {
        let (line, column, reason) = (fault.line, &fault.column, &fault.reason);
        // Writing into memory cannot fail.
        let _ = write!(words, "\n{what}: line {line}, {column}: {reason}");
    }
}
