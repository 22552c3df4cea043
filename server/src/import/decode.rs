//! Turns the bytes of a file into text, or says why they are not the text that was asked for.
//!
//! Nothing is guessed: a file in another encoding would be read with garbled names, and the names of
//! people are what this import is for.

use super::{FileRefusal, MAX_FILE_BYTES};

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// RFC 4180, with a header.
    #[default]
    Csv,
    /// One JSON object a line.
    Ndjson,
}

impl Format {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Ndjson];

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// The file's text without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, FileRefusal> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FileRefusal::TooLarge);
    }
    if is_utf16(bytes) {
        return Err(FileRefusal::Encoding { line: 1 });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| FileRefusal::Encoding {
        line: line_at(bytes, error.valid_up_to()),
    })?;
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        return Err(FileRefusal::Nul {
            line: line_at(bytes, at),
        });
    }
    // Some tools put a second mark before the first; the csv crate would swallow it unseen.
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(FileRefusal::Empty);
    }
    Ok(text)
}

/// UTF-16 without a byte order mark is valid UTF-8 full of NULs; 'save it as UTF-8' helps more.
fn is_utf16(bytes: &[u8]) -> bool {
    let every_other_is_nul = |start: &[u8], odd: usize| {
        start.len() >= 4 && start.iter().enumerate().all(|(i, b)| (*b == 0) == (i % 2 == odd))
    };
    let start = bytes.get(..16).unwrap_or(bytes);
    bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || every_other_is_nul(start, 1)
        || every_other_is_nul(start, 0)
}

fn line_at(bytes: &[u8], at: usize) -> u64 {
    let before = bytes.get(..at).unwrap_or(bytes);
    let lines = before.split(|b| *b == b'\n').count();
    u64::try_from(lines).unwrap_or(u64::MAX)
}
