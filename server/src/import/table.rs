//! Reads a CSV file into rows whose cells are asked for by column name, and gathers what is wrong.
//!
//! What is the same for people and workers is here. What a column means is not.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};

use super::decode::decode;
use super::quoting::{RowShape, row_shapes};
use super::row::{Header, Rejected, Row};
use super::{Fault, FileRefusal, MAX_WARNINGS, Parsed};

/// A column that may stand in the file.
pub(super) struct Column {
    name: &'static str,
    /// Without it no row could be used.
    required: bool,
}

impl Column {
    pub(super) const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    pub(super) const fn optional(name: &'static str) -> Self {
        Self {
            name,
            required: false,
        }
    }
}

/// Reads the whole file, asking `read_row` for a value per row.
pub(super) fn read<T>(
    bytes: &[u8],
    columns: &[Column],
    read_row: impl Fn(&mut Row<'_>) -> Result<T, Rejected>,
) -> Result<Parsed<T>, FileRefusal> {
    let text = decode(bytes)?;
    let shapes = row_shapes(text)?;
    // Flexible: a row of another length than the header is a warning, not the end of the file.
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut shapes = shapes.into_iter();
    let Some(first) = next(&mut reader, &mut record, &mut shapes)? else {
        return Err(FileRefusal::Empty);
    };

    let mut parsed = Parsed::empty();
    let header = read_header(&record, first.line, columns, &mut parsed)?;
    let mut seen = HashMap::new();
    let mut unlisted = 0_usize;
    while let Some(shape) = next(&mut reader, &mut record, &mut shapes)? {
        let mut warnings = Vec::new();
        let mut row = Row {
            line: shape.line,
            header: &header,
            record: &record,
            seen: &mut seen,
            warnings: &mut warnings,
            rejected: &mut parsed.rejected,
        };
        row.check_shape(&shape);
        // A rejected row's warnings would only hide why it was rejected.
        if let Ok(value) = read_row(&mut row) {
            parsed.rows.push(value);
            let room = MAX_WARNINGS.saturating_sub(parsed.warnings.len());
            unlisted += warnings.len().saturating_sub(room);
            parsed.warnings.extend(warnings.into_iter().take(room));
        }
    }
    note_what_is_not_listed(&mut parsed, first.line, unlisted);
    Ok(parsed)
}

fn note_what_is_not_listed<T>(parsed: &mut Parsed<T>, line: u64, unlisted: usize) {
    if unlisted > 0 {
        let reason = format!("there are {unlisted} more warnings, which are not listed");
        parsed.warnings.push(Fault::new(line, "column 1", reason));
    }
    if parsed.rows.is_empty() && parsed.rejected.is_empty() {
        let reason = "the file has a header and no rows";
        parsed.warnings.push(Fault::new(line, "column 1", reason));
    }
}

/// The next row, with its place in the file.
fn next(
    reader: &mut csv::Reader<&[u8]>,
    record: &mut StringRecord,
    shapes: &mut impl Iterator<Item = RowShape>,
) -> Result<Option<RowShape>, FileRefusal> {
    let more = reader.read_record(record);
    let shape = shapes.next();
    match (more, shape) {
        (Ok(true), Some(shape)) => Ok(Some(shape)),
        (Ok(false), None) => Ok(None),
        // The two walks over the text differ, so no line could be trusted.
        (_, shape) => Err(FileRefusal::Malformed {
            line: shape.map_or(1, |s| s.line),
            reason: "the rows cannot be told apart",
        }),
    }
}

fn read_header<T>(
    record: &StringRecord,
    line: u64,
    columns: &[Column],
    parsed: &mut Parsed<T>,
) -> Result<Header, FileRefusal> {
    let mut places: Vec<(&'static str, usize)> = Vec::new();
    let mut unknown = 0_usize;
    for (place, given) in record.iter().enumerate() {
        let known = columns.iter().find(|c| c.name.eq_ignore_ascii_case(given.trim()));
        match known {
            None => unknown += 1,
            Some(column) if places.iter().any(|(name, _)| *name == column.name) => {
                return Err(FileRefusal::Malformed {
                    line,
                    reason: "the first line names a column twice",
                });
            }
            Some(column) => places.push((column.name, place)),
        }
    }
    for column in columns {
        let present = places.iter().any(|(name, _)| *name == column.name);
        match (present, column.required) {
            (true, _) => {}
            (false, true) => {
                return Err(FileRefusal::ColumnMissing { column: column.name });
            }
            (false, false) => {
                parsed.missing_columns.push(column.name);
                let reason = "the file has no such column";
                parsed.warnings.push(Fault::new(line, column.name, reason));
            }
        }
    }
    if unknown > 0 {
        let first = (0..record.len())
            .find(|place| places.iter().all(|(_, at)| at != place))
            .unwrap_or_default();
        let reason = format!("{unknown} of the columns are not known here and were ignored");
        let column = format!("column {}", first + 1);
        parsed.warnings.push(Fault::new(line, column, reason));
    }
    Ok(Header {
        places,
        cells: record.len(),
    })
}
