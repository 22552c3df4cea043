//! Reads a CSV file into rows whose cells are asked for by column name, and gathers what is wrong.
//!
//! What is the same for people and workers is here. What a column means is not.

use csv::{ReaderBuilder, StringRecord};

use super::column::{Column, Need};
use super::decode::decode;
use super::gather::Gathering;
use super::quoting::{RowShape, row_shapes};
use super::row::{Cells, Header, Rejected, Row};
use super::{Fault, FileRefusal, Parsed};

/// Reads the whole file, asking `read_row` for a value per row.
pub(super) fn read<T>(
    bytes: &[u8],
    columns: &[Column],
    read_row: &dyn Fn(&mut Row<'_>) -> Result<T, Rejected>,
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
    let mut gathering = Gathering::new(parsed);
    while let Some(shape) = next(&mut reader, &mut record, &mut shapes)? {
        gathering.row(shape.line, Cells::Csv(&header, &record), |row| {
            check_shape(row, &header, &record, &shape);
            read_row(row)
        });
    }
    Ok(gathering.end(first.line, "the file has a header and no rows"))
}

fn check_shape(row: &mut Row<'_>, header: &Header, record: &StringRecord, shape: &RowShape) {
    let (has, wants) = (record.len(), header.cells);
    if has > wants {
        let reason = format!("the row has {} cells too many; ignored", has - wants);
        row.warn(&format!("column {}", wants + 1), &reason);
    }
    if has < wants {
        row.warn(
            &column_name(header, has),
            "the row ends before this column; left blank from here on",
        );
    }
    if let Some(at) = shape.text_after_quote {
        row.warn(
            &column_name(header, at),
            "goes on after its closing quote; read without those quotes",
        );
    }
}

fn column_name(header: &Header, place: usize) -> String {
    let known = header.places.iter().find(|(_, at)| *at == place);
    known.map_or_else(|| format!("column {}", place + 1), |(name, _)| (*name).to_owned())
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
    let has = |name: &str| places.iter().any(|(known, _)| *known == name);
    // A file that names people by their ids alone is no export that lacks something.
    let by_id = |column: &Column| matches!(column.need, Need::Unless(_)) && !has(column.name);
    let by_id = columns.iter().any(by_id);
    for column in columns.iter().filter(|column| !has(column.name)) {
        match column.need {
            Need::Always => return Err(FileRefusal::ColumnMissing { column: column.name }),
            Need::Unless(others) if !others.iter().any(|other| has(other)) => {
                return Err(FileRefusal::ColumnMissing { column: column.name });
            }
            Need::Expected => {
                parsed.missing_columns.push(column.name);
                if !by_id {
                    let reason = "the file has no such column";
                    parsed.warnings.push(Fault::new(line, column.name, reason));
                }
            }
            Need::Unless(_) | Need::Seldom => {}
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
