//! Importing people and workers from the case system's CSV files: read whole, applied in one
//! transaction, told to the phones that are concerned. The same file twice changes nothing.

use notes::ids::PersonId;
use serde::Serialize;
use serde_json::json;

use super::OpError;
use crate::core::Core;
use crate::host::Host;
use crate::import::{self, Fault, Parsed, PersonRow, WorkerRow};
use crate::store::{Audience, AuditEntry, NewsKind, PersonRecord, StoreError, Tx, WorkerRecord};

/// What became of a file.
#[derive(Debug, Default, Serialize)]
pub struct Imported {
    /// Rows that were new.
    pub added: u64,
    /// Rows that said something new of somebody known.
    pub changed: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows that could not be used.
    pub rejected: Vec<Fault>,
    /// Values that were left blank or altered.
    pub warnings: Vec<Fault>,
}

/// What became of a row.
#[derive(Clone, Copy)]
enum Row {
    Added,
    Changed,
    Unchanged,
}

impl Imported {
    fn count(&mut self, row: Row) {
        match row {
            Row::Added => self.added += 1,
            Row::Changed => self.changed += 1,
            Row::Unchanged => self.unchanged += 1,
        }
    }
}

/// Imports people.
///
/// # Errors
/// The file's, or the store's; nothing has changed then.
pub fn people(core: &Core, file: &[u8], by: &str) -> Result<Imported, OpError> {
    let parsed = import::people(file)?;
    apply(core, parsed, by, "people.imported", |tx, host, row, missing| {
        person(tx, host, row, missing, by)
    })
}

/// Imports workers.
///
/// # Errors
/// The file's, or the store's; nothing has changed then.
pub fn workers(core: &Core, file: &[u8], by: &str) -> Result<Imported, OpError> {
    let parsed = import::workers(file)?;
    apply(core, parsed, by, "workers.imported", |tx, _, row, missing| {
        worker(tx, row, missing)
    })
}

fn apply<R>(
    core: &Core,
    parsed: Parsed<R>,
    by: &str,
    what: &str,
    mut row: impl FnMut(&Tx<'_>, &Host, &R, &[&str]) -> Result<Row, StoreError>,
) -> Result<Imported, OpError> {
    core.store.write(|tx| {
        let mut imported = Imported::default();
        for each in &parsed.rows {
            imported.count(row(tx, &core.host, each, &parsed.missing_columns)?);
        }
        if imported.added + imported.changed > 0 {
            let detail = json!({
                "added": imported.added, "changed": imported.changed, "unchanged": imported.unchanged,
                "rejected": parsed.rejected.len(),
            });
            tx.audit(&AuditEntry {
                at: core.host.now_ms(),
                who: by.to_owned(),
                what: what.to_owned(),
                person: None,
                document: None,
                detail: detail.to_string(),
            })?;
        }
        imported.rejected = parsed.rejected;
        imported.warnings = parsed.warnings;
        Ok(imported)
    })
}

fn person(tx: &Tx<'_>, host: &Host, row: &PersonRow, missing: &[&str], by: &str) -> Result<Row, StoreError> {
    let old = tx.person_by_case(&row.case_id)?;
    let given_before = match &old {
        Some(old) => tx.person_team_given(old.id)?,
        None => false,
    };
    let id = match &old {
        Some(old) => old.id,
        None => PersonId::at(host.now_ms(), host.random()),
    };
    let mut new = merged(row, missing, old.as_ref(), id);
    let given = if missing.contains(&"allocated_team") {
        given_before
    } else {
        row.allocated_team.is_some()
    };
    new.team = match &row.allocated_team {
        Some(name) => Some(tx.team_named(name)?),
        None if given => old.as_ref().and_then(|old| old.team),
        None => team_of(tx, new.allocated_worker.as_deref())?,
    };
    if old.as_ref() == Some(&new) && given == given_before {
        return Ok(Row::Unchanged);
    }
    tx.person_put(&new)?;
    tx.person_team_given_put(id, given)?;
    tell(tx, old.as_ref(), &new)?;
    let Some(old) = old else { return Ok(Row::Added) };
    if old.allocated_worker != new.allocated_worker {
        audit_allocation(tx, host.now_ms(), by, &old, &new)?;
    }
    Ok(Row::Changed)
}

/// What the row says, and for columns that the file does not have, what is stored.
fn merged(row: &PersonRow, missing: &[&str], old: Option<&PersonRecord>, id: PersonId) -> PersonRecord {
    macro_rules! column {
        ($name:ident) => {
            if missing.contains(&stringify!($name)) {
                old.and_then(|old| old.$name.clone())
            } else {
                row.$name.clone()
            }
        };
    }
    PersonRecord {
        id,
        case_id: row.case_id.clone(),
        name: row.name.clone(),
        title: column!(title),
        forename: column!(forename),
        surname: column!(surname),
        preferred_name: column!(preferred_name),
        date_of_birth: column!(date_of_birth),
        nhs_number: column!(nhs_number),
        address_line_1: column!(address_line_1),
        address_line_2: column!(address_line_2),
        postcode: column!(postcode),
        phone: column!(phone),
        communication_needs: column!(communication_needs),
        alerts: column!(alerts),
        allocated_worker: column!(allocated_worker),
        team: None,
    }
}

/// The team that goes with a worker; none for one who is not known yet.
pub(super) fn team_of(tx: &Tx<'_>, worker: Option<&str>) -> Result<Option<i64>, StoreError> {
    match worker {
        Some(worker) => Ok(tx.worker(worker)?.and_then(|worker| worker.team)),
        None => Ok(None),
    }
}

/// Tells the phones that saw a person before, and those that see them now.
pub(super) fn tell(tx: &Tx<'_>, old: Option<&PersonRecord>, new: &PersonRecord) -> Result<(), StoreError> {
    let was = old.filter(|old| old.team != new.team || old.allocated_worker != new.allocated_worker);
    for seen in was.into_iter().chain([new]) {
        if let Some(team) = seen.team {
            tx.tell(Audience::Team(team), NewsKind::Person, &new.id.0)?;
        }
        if let Some(worker) = &seen.allocated_worker {
            tx.tell(Audience::Worker(worker), NewsKind::Person, &new.id.0)?;
        }
    }
    Ok(())
}

/// Writes down that a person came from one caseload to another.
pub(super) fn audit_allocation(
    tx: &Tx<'_>,
    at: i64,
    by: &str,
    old: &PersonRecord,
    new: &PersonRecord,
) -> Result<(), StoreError> {
    tx.audit(&AuditEntry {
        at,
        who: by.to_owned(),
        what: "person.allocated".to_owned(),
        person: Some(new.id),
        document: None,
        detail: json!({ "from": old.allocated_worker, "to": new.allocated_worker }).to_string(),
    })
}

fn worker(tx: &Tx<'_>, row: &WorkerRow, missing: &[&str]) -> Result<Row, StoreError> {
    let old = tx.worker(&row.worker_id)?;
    let old = old.as_ref();
    let has = |column: &str| !missing.contains(&column);
    let new = WorkerRecord {
        id: row.worker_id.clone(),
        name: row.name.clone(),
        email: if has("email") {
            row.email.clone()
        } else {
            old.and_then(|old| old.email.clone())
        },
        role: match old {
            Some(old) if !has("role") => old.role.clone(),
            _ => row.role.code().to_owned(),
        },
        team: match &row.team {
            Some(name) => Some(tx.team_named(name)?),
            None if has("team") => None,
            None => old.and_then(|old| old.team),
        },
        profession: if has("profession") {
            row.profession.clone()
        } else {
            old.and_then(|old| old.profession.clone())
        },
    };
    if old == Some(&new) {
        return Ok(Row::Unchanged);
    }
    tx.worker_put(&new)?;
    tx.tell(Audience::All, NewsKind::Worker, new.id.as_bytes())?;
    if old.is_none_or(|old| old.team != new.team) {
        caseload_follows(tx, &new)?;
    }
    Ok(if old.is_some() { Row::Changed } else { Row::Added })
}

/// People whose team is their worker's go with them; an allocation that waited for the worker
/// begins to work.
fn caseload_follows(tx: &Tx<'_>, worker: &WorkerRecord) -> Result<(), StoreError> {
    for id in tx.caseload(&worker.id)? {
        let Some(old) = tx.person(id)? else { continue };
        let mut new = old.clone();
        if !tx.person_team_given(id)? {
            new.team = worker.team;
            tx.person_put(&new)?;
        }
        tell(tx, Some(&old), &new)?;
    }
    Ok(())
}
