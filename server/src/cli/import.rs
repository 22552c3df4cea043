//! `doorstep import people|workers FILE [--mode whole] [--dry-run] [--confirm N]`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::import::{Fault, Format};
use crate::ops::import::{self, Change, How, Imported, Mode, What};

#[derive(Subcommand)]
pub(super) enum Import {
    /// People, with their workers and teams.
    People(File),
    /// Workers, with their roles and teams.
    Workers(File),
}

#[derive(Args)]
pub(super) struct File {
    /// A file in UTF-8: `.ndjson` for one JSON object a line, CSV otherwise.
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// `whole`: the file is everybody, and who is not in it has left.
    #[arg(long, value_enum, default_value = "changes")]
    mode: Whose,
    /// Only say what would change.
    #[arg(long)]
    dry_run: bool,
    /// That so many will leave is right.
    #[arg(long, value_name = "N")]
    confirm: Option<u64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Whose {
    Changes,
    Whole,
}

impl File {
    fn how(&self) -> How {
        How {
            format: format(&self.path),
            mode: match self.mode {
                Whose::Changes => Mode::Changes,
                Whose::Whole => Mode::Whole,
            },
            dry_run: self.dry_run,
            confirm: self.confirm,
        }
    }
}

fn format(file: &Path) -> Format {
    let extension = file.extension().unwrap_or_default();
    if extension.eq_ignore_ascii_case("ndjson") {
        Format::Ndjson
    } else {
        Format::Csv
    }
}

pub(super) fn run(call: &Call, import: &Import) -> Result<Said, Failure> {
    let (Import::People(file) | Import::Workers(file)) = import;
    let how = file.how();
    if how.confirm.is_some() && how.mode == Mode::Changes {
        return Err(Failure::Usage("--confirm goes with --mode whole".to_owned()));
    }
    let bytes = std::fs::read(&file.path).map_err(|e| Failure::File(file.path.display().to_string(), e))?;
    let core = call.core()?;
    let imported = match import {
        Import::People(_) => import::people_as(&core, &bytes, how, OPERATOR)?,
        Import::Workers(_) => import::workers_as(&core, &bytes, how, OPERATOR)?,
    };
    Ok(Said {
        words: words(&imported),
        value: json!(imported),
    })
}

fn words(imported: &Imported) -> String {
    let mut words = format!(
        "{} added, {} changed, {} unchanged, {} rejected",
        imported.added,
        imported.changed,
        imported.unchanged,
        imported.rejected.len()
    );
    // Writing into memory cannot fail.
    if !imported.left.is_empty() {
        let _ = write!(words, ", {} left", imported.left.len());
    }
    if imported.merged > 0 {
        let _ = write!(words, ", {} merged", imported.merged);
    }
    if imported.dry_run {
        words.insert_str(0, "Nothing was done. It would be: ");
        imported
            .changes
            .iter()
            .for_each(|change| tell(&mut words, change));
    } else {
        let left = imported.changes.iter().filter(|change| change.what == What::Left);
        left.for_each(|change| tell(&mut words, change));
    }
    list(&mut words, "rejected", &imported.rejected);
    list(&mut words, "warning", &imported.warnings);
    words
}

fn tell(words: &mut String, change: &Change) {
    let what = match change.what {
        What::Added => "added",
        What::Changed => "changed",
        What::Left => "left",
        What::Merged => "merged",
    };
    let id = change.case_id.as_ref().or(change.worker_id.as_ref());
    let _ = write!(words, "\n{what}: {}", id.map_or("", String::as_str));
    if !change.columns.is_empty() {
        let _ = write!(words, ": {}", change.columns.join(", "));
    }
}

fn list(words: &mut String, what: &str, faults: &[Fault]) {
    for fault in faults {
        let (line, column, reason) = (fault.line, &fault.column, &fault.reason);
        // Writing into memory cannot fail.
        let _ = write!(words, "\n{what}: line {line}, {column}: {reason}");
    }
}
