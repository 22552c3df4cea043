//! Reads a file of JSON lines into rows whose cells are asked for by the names of the CSV columns.
//!
//! A line's end is a row's end whatever stands in the line, so a broken line harms itself alone. Only
//! a file that breaks off in its last line is refused: it was not sent whole.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::column::Column;
use super::decode::decode;
use super::gather::Gathering;
use super::row::{Cells, Rejected, Row};
use super::{Fault, FileRefusal, MAX_ROWS, Parsed};

/// So many names of members that are not known are told apart, each warned about once.
const MAX_UNKNOWN: usize = 100;

/// What a member holds.
#[derive(Debug)]
pub(super) enum Cell {
    Text(String),
    /// `null`: the value is gone.
    Gone,
    /// No text; what is said of it.
    Wrong(&'static str),
}

/// The members of a line that are known, by the names of the columns.
#[derive(Debug, Default)]
pub(super) struct Members {
    known: Vec<(&'static str, Cell)>,
    /// The others, each with its place in the line.
    unknown: Vec<(usize, String)>,
    twice: bool,
}

impl Members {
    pub(super) fn get(&self, column: &str) -> Option<&Cell> {
        let found = self.known.iter().find(|(name, _)| *name == column);
        found.map(|(_, cell)| cell)
    }
}

/// Reads the whole file, asking `read_row` for a value per row.
pub(super) fn read<T>(
    bytes: &[u8],
    columns: &[Column],
    read_row: &dyn Fn(&mut Row<'_>) -> Result<T, Rejected>,
) -> Result<Parsed<T>, FileRefusal> {
    let text = decode(bytes)?;
    let mut gathering = Gathering::new(Parsed::empty());
    let mut unknown = HashSet::new();
    let (mut line, mut rows) = (0, 0);
    for each in text.split_inclusive('\n') {
        line += 1;
        let whole = each.ends_with('\n');
        let each = each.trim();
        if each.is_empty() {
            continue;
        }
        rows += 1;
        if rows > MAX_ROWS {
            return Err(FileRefusal::TooLarge);
        }
        let members = match members(each, columns) {
            Ok(members) if members.twice => {
                gathering.no_row(Fault::new(line, "line", "a member stands there twice"));
                continue;
            }
            Ok(members) => members,
            Err(error) if error.is_eof() && !whole => {
                let reason = "the file breaks off in this line";
                return Err(FileRefusal::Malformed { line, reason });
            }
            Err(_) => {
                gathering.no_row(Fault::new(line, "line", "not a JSON object"));
                continue;
            }
        };
        for (place, name) in &members.unknown {
            if unknown.len() < MAX_UNKNOWN && unknown.insert(name.clone()) {
                let reason = "not a member that is known here; ignored, in later lines too";
                gathering.warn(Fault::new(line, format!("member {place}"), reason));
            }
        }
        gathering.row(line, Cells::Ndjson(&members), read_row);
    }
    Ok(gathering.end(1, "the file has no rows"))
}

fn members(line: &str, columns: &[Column]) -> Result<Members, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(line);
    let members = Names(columns).deserialize(&mut reader)?;
    reader.end()?;
    Ok(members)
}

/// Reads an object by these names.
struct Names<'a>(&'a [Column]);

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = Members;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        let mut place = 0;
        while let Some(name) = map.next_key::<String>()? {
            place += 1;
            let Some(column) = self.0.iter().find(|column| column.is_called(&name)) else {
                map.next_value::<IgnoredAny>()?;
                if members.unknown.len() < MAX_UNKNOWN {
                    members.unknown.push((place, name));
                }
                continue;
            };
            members.twice |= members.get(column.name).is_some();
            members.known.push((column.name, map.next_value()?));
        }
        Ok(members)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

const NUMBER: &str = "a number, where text in quotes is needed";

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell, E> {
        Ok(Cell::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Gone)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Cell, E> {
        Ok(Cell::Wrong("true or false, where text in quotes is needed"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Cell, E> {
        Ok(Cell::Wrong(NUMBER))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Cell, E> {
        Ok(Cell::Wrong(NUMBER))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Cell, E> {
        Ok(Cell::Wrong(NUMBER))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Wrong("a list, where text in quotes is needed"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Wrong("an object, where text in quotes is needed"))
    }
}
