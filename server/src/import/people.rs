//! What a row of the people file means.
//!
//! Nothing but the case id and a name is needed. Two rows that may be one person are both kept: that
//! is for a worker to see, not for software to settle.

use std::fmt;

use super::cell::{Lines, NhsNumberFault, date_of_birth, nhs_number};
use super::column::{Column, Need, read, unsaid};
use super::row::{Rejected, Row};
use super::{FileRefusal, Format, Parsed, Standing};

/// A person as the case system has them. Blank cells are `None`, and so is what the row says nothing of.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The case system's own identifier.
    pub case_id: String,
    /// Mrs, Dr, ….
    pub title: Option<String>,
    /// Given names.
    pub forename: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// What the person likes to be called; kept apart from the name, which is for finding the record.
    pub preferred_name: Option<String>,
    /// Forename and surname, as it is shown; empty where the row says nothing of them.
    pub name: String,
    /// As yyyy-mm-dd.
    pub date_of_birth: Option<String>,
    /// Ten digits whose check digit fits.
    pub nhs_number: Option<String>,
    /// May run over several lines.
    pub address_line_1: Option<String>,
    /// May run over several lines.
    pub address_line_2: Option<String>,
    /// As it was written.
    pub postcode: Option<String>,
    /// As it was written.
    pub phone: Option<String>,
    /// What to heed when talking with the person.
    pub communication_needs: Option<String>,
    /// What to know before knocking.
    pub alerts: Option<String>,
    /// A worker id. That worker may not be known yet.
    pub allocated_worker: Option<String>,
    /// A team's name.
    pub allocated_team: Option<String>,
    /// Whether the person is still there. Of one who has left the row says nothing else.
    pub standing: Standing,
    /// The case id of the person who this one is, too. Then the row says nothing else.
    pub merged_into: Option<String>,
    /// The columns of which the row says nothing: what is stored stays.
    pub unsaid: Vec<&'static str>,
    /// The line of the file on which the row begins.
    pub line: u64,
}

/// Names no person, so that a row may stand in a log by mistake.
impl fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRow")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

/// A file that has one of these may name people by their case ids alone.
const BY_ID: Need = Need::Unless(&["status", "merged_into"]);

const COLUMNS: [Column; 17] = [
    Column::required("case_id"),
    Column::optional("title"),
    Column::of("forename", BY_ID),
    Column::of("surname", BY_ID),
    Column::optional("preferred_name"),
    Column::optional("date_of_birth"),
    Column::optional("nhs_number"),
    Column::optional("address_line_1"),
    Column::optional("address_line_2"),
    Column::optional("postcode"),
    Column::optional("phone"),
    Column::optional("communication_needs"),
    Column::optional("alerts"),
    Column::optional("allocated_worker"),
    Column::optional("allocated_team"),
    Column::of("status", Need::Seldom),
    Column::of("merged_into", Need::Seldom),
];

/// Reads a people file in CSV.
///
/// # Errors
/// When nothing of the file can be taken. A row that cannot be used is in `rejected` instead.
pub fn people(bytes: &[u8]) -> Result<Parsed<PersonRow>, FileRefusal> {
    people_in(Format::Csv, bytes)
}

/// Reads a people file.
///
/// # Errors
/// When nothing of the file can be taken. A row that cannot be used is in `rejected` instead.
pub fn people_in(format: Format, bytes: &[u8]) -> Result<Parsed<PersonRow>, FileRefusal> {
    read(format, bytes, &COLUMNS, &person)
}

/// A name as it is shown. Some people have one name only.
#[must_use]
pub fn shown_name(forename: Option<&str>, surname: Option<&str>) -> Option<String> {
    match (forename, surname) {
        (Some(forename), Some(surname)) => Some(format!("{forename} {surname}")),
        (only, None) | (None, only) => only.map(str::to_owned),
    }
}

fn person(row: &mut Row<'_>) -> Result<PersonRow, Rejected> {
    let case_id = row.identifier("case_id")?;
    let merged_into = row.reference("merged_into");
    let standing = row.standing();
    if merged_into.is_some() || standing == Standing::Left {
        row.keep(&case_id);
        return Ok(by_id(case_id, standing, merged_into, row.line()));
    }
    let forename = row.name("forename")?;
    let surname = row.name("surname")?;
    let name = shown_name(forename.as_deref(), surname.as_deref());
    if name.is_none() && row.has_column("forename") && row.has_column("surname") {
        return Err(row.reject("surname", "neither a forename nor a surname"));
    }
    let name = name.unwrap_or_default();
    row.keep(&case_id);
    Ok(PersonRow {
        case_id,
        title: row.optional("title", Lines::One),
        forename,
        surname,
        preferred_name: row.optional("preferred_name", Lines::One),
        name,
        date_of_birth: birth(row),
        nhs_number: nhs(row),
        address_line_1: row.optional("address_line_1", Lines::Many),
        address_line_2: row.optional("address_line_2", Lines::Many),
        postcode: row.optional("postcode", Lines::One),
        phone: row.optional("phone", Lines::One),
        communication_needs: row.optional("communication_needs", Lines::Many),
        alerts: row.optional("alerts", Lines::Many),
        allocated_worker: row.reference("allocated_worker"),
        allocated_team: row.optional("allocated_team", Lines::One),
        standing,
        merged_into,
        unsaid: unsaid(row, &COLUMNS),
        line: row.line(),
    })
}

/// A row that says nothing but what became of somebody.
fn by_id(case_id: String, standing: Standing, merged_into: Option<String>, line: u64) -> PersonRow {
    PersonRow {
        case_id,
        title: None,
        forename: None,
        surname: None,
        preferred_name: None,
        name: String::new(),
        date_of_birth: None,
        nhs_number: None,
        address_line_1: None,
        address_line_2: None,
        postcode: None,
        phone: None,
        communication_needs: None,
        alerts: None,
        allocated_worker: None,
        allocated_team: None,
        standing,
        merged_into,
        unsaid: COLUMNS.iter().map(|column| column.name).collect(),
        line,
    }
}

fn birth(row: &mut Row<'_>) -> Option<String> {
    let text = row.optional("date_of_birth", Lines::One)?;
    let date = date_of_birth(&text);
    if date.is_none() {
        row.warn(
            "date_of_birth",
            "not a day that exists, as dd/mm/yyyy; left blank",
        );
    }
    date
}

fn nhs(row: &mut Row<'_>) -> Option<String> {
    let text = row.optional("nhs_number", Lines::One)?;
    let reason = match nhs_number(&text) {
        Ok(number) => return Some(number),
        Err(NhsNumberFault::NotTenDigits) => "not ten digits; left blank",
        Err(NhsNumberFault::CheckDigit) => "its check digit does not fit; left blank",
        Err(NhsNumberFault::Placeholder) => "a placeholder, not a number; left blank",
    };
    row.warn("nhs_number", reason);
    None
}
