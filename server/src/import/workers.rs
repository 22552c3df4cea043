//! What a row of the workers file means.
//!
//! A role that cannot be read gives the fewest rights: a slip in a file makes nobody an admin.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::cell::{Lines, is_email};
use super::column::{Column, Need, read, unsaid};
use super::row::{Rejected, Row};
use super::{FileRefusal, Format, Parsed, Standing};

/// What a worker may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Visits people and writes notes.
    Practitioner,
    /// Settles a team's issues.
    TeamAdmin,
    /// Settles every team's issues.
    OrganisationAdmin,
    /// Reads the audit log.
    Auditor,
}

impl Role {
    /// The role that a file or a row of the store names.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "practitioner" => Some(Self::Practitioner),
            "team_admin" => Some(Self::TeamAdmin),
            "organisation_admin" => Some(Self::OrganisationAdmin),
            "auditor" => Some(Self::Auditor),
            _ => None,
        }
    }

    /// The name of the role in files and in the store.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::TeamAdmin => "team_admin",
            Self::OrganisationAdmin => "organisation_admin",
            Self::Auditor => "auditor",
        }
    }
}

/// A worker as the case system has them. Blank cells are `None`, and so is what the row says nothing of.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkerRow {
    /// The case system's own identifier.
    pub worker_id: String,
    /// As it is shown; empty where the row says nothing of it.
    pub name: String,
    /// For reaching the worker; nothing is decided by it.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// A team's name.
    pub team: Option<String>,
    /// As it was written.
    pub profession: Option<String>,
    /// Whether the worker is still there. Of one who has left the row says nothing else.
    pub standing: Standing,
    /// The columns of which the row says nothing: what is stored stays.
    pub unsaid: Vec<&'static str>,
    /// The line of the file on which the row begins.
    pub line: u64,
}

/// Names no worker, so that a row may stand in a log by mistake.
impl fmt::Debug for WorkerRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerRow")
            .field("line", &self.line)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

const COLUMNS: [Column; 7] = [
    Column::required("worker_id"),
    Column::of("name", Need::Unless(&["status"])),
    Column::optional("email"),
    Column::optional("role"),
    Column::optional("team"),
    Column::optional("profession"),
    Column::of("status", Need::Seldom),
];

/// Reads a workers file in CSV.
///
/// # Errors
/// When nothing of the file can be taken. A row that cannot be used is in `rejected` instead.
pub fn workers(bytes: &[u8]) -> Result<Parsed<WorkerRow>, FileRefusal> {
    workers_in(Format::Csv, bytes)
}

/// Reads a workers file.
///
/// # Errors
/// When nothing of the file can be taken. A row that cannot be used is in `rejected` instead.
pub fn workers_in(format: Format, bytes: &[u8]) -> Result<Parsed<WorkerRow>, FileRefusal> {
    read(format, bytes, &COLUMNS, &worker)
}

fn worker(row: &mut Row<'_>) -> Result<WorkerRow, Rejected> {
    let worker_id = row.identifier("worker_id")?;
    let standing = row.standing();
    if standing == Standing::Left {
        row.keep(&worker_id);
        return Ok(WorkerRow {
            worker_id,
            name: String::new(),
            email: None,
            role: Role::Practitioner,
            team: None,
            profession: None,
            standing,
            unsaid: COLUMNS.iter().map(|column| column.name).collect(),
            line: row.line(),
        });
    }
    let name = row.name("name")?;
    if name.is_none() && row.has_column("name") {
        return Err(row.reject("name", "blank"));
    }
    let name = name.unwrap_or_default();
    row.keep(&worker_id);
    Ok(WorkerRow {
        worker_id,
        name,
        email: email(row),
        role: role(row),
        team: row.optional("team", Lines::One),
        profession: row.optional("profession", Lines::One),
        standing,
        unsaid: unsaid(row, &COLUMNS),
        line: row.line(),
    })
}

fn email(row: &mut Row<'_>) -> Option<String> {
    let text = row.optional("email", Lines::One)?;
    if is_email(&text) {
        return Some(text);
    }
    row.warn("email", "not an e-mail address; left blank");
    None
}

fn role(row: &mut Row<'_>) -> Role {
    let text = row.optional("role", Lines::One).unwrap_or_default();
    Role::from_code(&text.to_ascii_lowercase()).unwrap_or_else(|| {
        if row.has_column("role") {
            row.warn("role", "not a role; taken as practitioner");
        }
        Role::Practitioner
    })
}
