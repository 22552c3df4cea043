//! Receipts from the folder: a JSON array, NDJSON, or CSV with a header line. A file is taken whole, then
//! put away with the answers beside it; taking it a second time changes nothing.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::folder::Folder;
use super::{Dropped, Unreadable};
use crate::core::Core;
use crate::export;
use crate::ops::OpError;
use crate::store::{ClientRecord, StoreError};

/// Largest receipt file.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Receipts in one transaction.
const BATCH: usize = 500;

/// Takes what waits in the folder.
pub(super) fn take(
    core: &Core,
    client: &ClientRecord,
    folder: &Folder,
    dropped: &mut Dropped,
) -> Result<(), OpError> {
    for path in folder.receipts()? {
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let receipts = match read(&path) {
            Ok(receipts) => receipts,
            Err(reason) => {
                dropped.unreadable.push(Unreadable { file, reason });
                continue;
            }
        };
        let mut answers = Vec::with_capacity(receipts.len());
        for batch in receipts.chunks(BATCH) {
            let said = export::receipts(core, client, json!(batch).to_string().as_bytes())?;
            answers.extend(said.as_array().cloned().unwrap_or_default());
        }
        let accepted = answers
            .iter()
            .filter(|answer| answer["status"] == "accepted")
            .count();
        dropped.receipts += accepted as u64;
        dropped.receipts_refused += (answers.len() - accepted) as u64;
        let bytes = serde_json::to_vec_pretty(&answers)
            .map_err(|_| StoreError::Inconsistent("answers cannot be written"))?;
        folder.answered(&path, &bytes)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Value>, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > MAX_BYTES {
        return Err(format!("is larger than {MAX_BYTES} bytes; split it"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => serde_json::from_str(text).map_err(|error| format!("is no JSON array: {error}")),
        Some("ndjson") => lines(text),
        Some("csv") => rows(text),
        _ => Err("the name ends in .json, .ndjson or .csv".to_owned()),
    }
}

fn lines(text: &str) -> Result<Vec<Value>, String> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let each =
        lines.map(|(n, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", n + 1)));
    each.collect()
}

/// A row is a receipt by the names of its columns; an empty cell says nothing.
fn rows(text: &str) -> Result<Vec<Value>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| error.to_string())?.clone();
    for needed in ["event_id", "sha256", "outcome"] {
        if !names.iter().any(|name| name == needed) {
            return Err(format!("the column {needed} is missing"));
        }
    }
    let each = reader.records().map(|row| {
        let row = row.map_err(|error| error.to_string())?;
        let cells = names.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
        let receipt: Map<String, Value> = cells.map(|(name, cell)| (name.to_owned(), cell.into())).collect();
        Ok(Value::Object(receipt))
    });
    each.collect()
}
