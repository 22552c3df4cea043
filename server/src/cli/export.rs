//! `doorstep export --to DIR`: the feed as files in a folder, and receipts back from it.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Call, Failure, OPERATOR, Said};
use crate::export::Format;
use crate::ops::file_drop::{self, Wanted};

#[derive(Args)]
pub(super) struct Export {
    /// The folder; it is made where it is not there.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// As what.
    #[arg(long, value_enum, default_value = "ndjson")]
    format: Written,
    /// Most events in one file.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    per_file: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Written {
    Ndjson,
    Csv,
}

pub(super) fn run(call: &Call, args: &Export) -> Result<Said, Failure> {
    let wanted = Wanted {
        format: match args.format {
            Written::Ndjson => Format::Ndjson,
            Written::Csv => Format::Csv,
        },
        per_file: args.per_file,
    };
    let dropped = file_drop::run(&call.core()?, &args.to, wanted, OPERATOR)?;
    let mut words = format!(
        "{} events in {} files, {} attachments; {} receipts taken, {} refused",
        dropped.events, dropped.files, dropped.attachments, dropped.receipts, dropped.receipts_refused
    );
    for unreadable in &dropped.unreadable {
        // Writing into memory cannot fail.
        let _ = write!(
            words,
            "\nleft where it is: {}: {}",
            unreadable.file, unreadable.reason
        );
    }
    Ok(Said {
        value: json!(dropped),
        words,
    })
}
