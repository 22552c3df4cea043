//! The formats of the feed. Each is an adapter from an event's line to bytes, one file each. NDJSON is
//! the line itself; the others read it back and write what it says in their own way, with a council's
//! own codes (`mapping.rs`). None looks at a note, so no format can show what the feed does not.
//!
//! The same event under the same adapter and mapping gives the same bytes.

pub(super) mod csv;
pub(super) mod event;
mod fhir;
pub(super) mod mapping;
mod prose;

use event::Event;
pub use mapping::Mapping;

use crate::store::StoreError;

/// What the feed can be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One event a line, the exact bytes that were written with it.
    Ndjson,
    /// One row a version, RFC 4180.
    Csv,
    /// One FHIR R4 document Bundle a line.
    Fhir,
}

impl Format {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Ndjson, Self::Csv, Self::Fhir];

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv",
            Self::Fhir => "application/fhir+ndjson",
        }
    }

    /// Which adapter wrote it: its name and a number that grows whenever the bytes of some event change. None for
    /// NDJSON, which never does.
    const fn adapter(self) -> Option<&'static str> {
        match self {
            Self::Ndjson => None,
            Self::Csv => Some("csv/1"),
            Self::Fhir => Some("fhir/1"),
        }
    }

    /// The adapter and the mapping: where both are the same, so are the bytes.
    #[must_use]
    pub fn made_with(self, mapping: &Mapping) -> Option<String> {
        let adapter = self.adapter()?;
        let mapping = mapping.hash().unwrap_or("none");
        Some(format!("{adapter}; mapping={mapping}"))
    }

    /// What stands before the first event of a page.
    pub(super) fn head(self) -> Vec<u8> {
        match self {
            Self::Csv => csv::header(),
            Self::Ndjson | Self::Fhir => Vec::new(),
        }
    }

    /// Appends an event, given as its line without a line feed.
    pub(super) fn write(
        self,
        mapping: &Mapping,
        line: Vec<u8>,
        page: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Ndjson => {
                page.extend(line);
                page.push(b'\n');
            }
            Self::Csv => csv::row(&Event::read(&line)?, mapping, page)?,
            Self::Fhir => {
                fhir::bundle(&Event::read(&line)?, mapping, page);
                page.push(b'\n');
            }
        }
        Ok(())
    }
}
