//! What the import must do, told by files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bad_files;
mod cells;
mod lines;
mod rows;
mod samples;

use super::{Fault, PersonRow, people};

/// A people file of the given rows with CRLF, as the legacy system writes them.
pub(super) fn file(rows: &[&str]) -> Vec<u8> {
    let mut text = String::from("\u{feff}case_id,title,forename,surname,date_of_birth,nhs_number,alerts\r\n");
    for row in rows {
        text.push_str(row);
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// Line, column and reason of each fault about the rows; the header's own are left out.
pub(super) fn told(faults: &[Fault]) -> Vec<(u64, &str, &str)> {
    let of_rows = faults.iter().filter(|fault| fault.line > 1);
    of_rows
        .map(|f| (f.line, f.column.as_str(), f.reason.as_str()))
        .collect()
}

pub(super) fn only_row(row: &str) -> (PersonRow, Vec<(u64, String, String)>) {
    let mut parsed = people(&file(&[row])).unwrap();
    assert_eq!(parsed.rejected, [], "{row:.60}");
    assert_eq!(parsed.rows.len(), 1, "{row:.60}");
    let told = told(&parsed.warnings);
    let warnings = told
        .into_iter()
        .map(|(l, c, r)| (l, c.to_owned(), r.to_owned()))
        .collect();
    (parsed.rows.remove(0), warnings)
}

/// A small generator with a seed, so that a failure can be seen again.
pub(super) struct Seeded(pub(super) u64);

impl Seeded {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // xorshift64*: good enough to choose bytes.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % bound
    }
}
