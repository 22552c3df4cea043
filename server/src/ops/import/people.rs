//! People from a file: compared with what is stored, row by row.

use std::collections::HashSet;

use notes::ids::PersonId;
use serde_json::json;

use super::answer::{What, Whom};
use super::leave::Roll;
use super::{Mode, Run, merge};
use crate::import::{Parsed, PersonRow, Standing, shown_name};
use crate::ops::OpError;
use crate::store::{Audience, AuditEntry, NewsKind, PersonRecord, StoreError, Tx};

pub(super) fn apply(run: &mut Run<'_>, mut parsed: Parsed<PersonRow>) -> Result<(), OpError> {
    run.answer.rejected = std::mem::take(&mut parsed.rejected);
    run.answer.warnings = std::mem::take(&mut parsed.warnings);
    let here = match run.how.mode {
        Mode::Whole => run.tx.people_here()?,
        Mode::Changes => Vec::new(),
    };
    let (merges, rows): (Vec<&PersonRow>, Vec<&PersonRow>) =
        parsed.rows.iter().partition(|row| row.merged_into.is_some());
    let own: HashSet<&str> = rows.iter().map(|row| row.case_id.as_str()).collect();
    let mut named = HashSet::new();
    for row in rows {
        let known = run.tx.person_by_case(&row.case_id)?;
        if let Some(known) = &known {
            let merged = known.case_id != row.case_id;
            let second = !named.insert(known.id);
            // That the old case id is no longer used says nothing of the person.
            let spoken_for = second || row.standing == Standing::Left;
            if merged && (spoken_for || own.contains(known.case_id.as_str())) {
                let reason = "merged into another, of whom this row says nothing more; it was not read";
                run.answer.warn(row.line, "case_id", reason);
                run.answer.unchanged += 1;
                continue;
            }
            if merged {
                let reason = "merged into another; taken for that one";
                run.answer.warn(row.line, "case_id", reason);
            }
        }
        person(run, row, known)?;
    }
    let others = merges.iter().filter_map(|row| row.merged_into.as_ref());
    for case_id in parsed.named.iter().chain(others) {
        named.extend(run.tx.person_by_case(case_id)?.map(|known| known.id));
    }
    for row in &merges {
        named.extend(run.tx.person_by_case(&row.case_id)?.map(|known| known.id));
        merge::row(run, row)?;
    }
    let roll = Roll::of(&parsed);
    for (id, case_id) in roll.leavers(run, here, |(id, _)| named.contains(id))? {
        let Some(old) = run.tx.person(id)? else { continue };
        leave(run, &old)?;
        run.answer
            .note(None, Whom::Person(&case_id), What::Left, Vec::new());
    }
    Ok(())
}

fn person(run: &mut Run<'_>, row: &PersonRow, old: Option<PersonRecord>) -> Result<(), OpError> {
    let whom = Whom::Person(&row.case_id);
    if row.standing == Standing::Left {
        let left = match &old {
            Some(old) => leave(run, old)?,
            None => false,
        };
        if left {
            run.answer.note(Some(row.line), whom, What::Left, vec!["status"]);
        } else {
            run.answer.unchanged += 1;
        }
        return Ok(());
    }
    let Some((new, given)) = said(run, row, old.as_ref())? else {
        let reason = "neither a forename nor a surname";
        run.answer.reject(row.line, "surname", reason);
        return Ok(());
    };
    let tx = run.tx;
    let given_before = tx.person_team_given(new.id)?;
    let returned = row.standing == Standing::Here && tx.person_left(new.id)?.is_some();
    let mut columns = old.as_ref().map(|old| differing(old, &new)).unwrap_or_default();
    if old.is_some() && given != given_before && !columns.contains(&"allocated_team") {
        columns.push("allocated_team");
    }
    if returned {
        columns.push("status");
    }
    let Some(old) = old else {
        tx.person_put(&new)?;
        tx.person_team_given_put(new.id, given)?;
        tell(tx, None, &new)?;
        run.answer.note(Some(row.line), whom, What::Added, columns);
        return Ok(());
    };
    if columns.is_empty() && old == new {
        run.answer.unchanged += 1;
        return Ok(());
    }
    tx.person_put(&new)?;
    tx.person_team_given_put(new.id, given)?;
    tell(tx, Some(&old), &new)?;
    if returned {
        tx.person_left_put(new.id, None)?;
        run.audit("person.returned", Some(new.id), &json!({}))?;
    }
    if old.allocated_worker != new.allocated_worker {
        audit_allocation(tx, run.host.now_ms(), run.by, &old, &new)?;
    }
    run.answer.note(Some(row.line), whom, What::Changed, columns);
    Ok(())
}

/// The person as they are to be stored, and whether the case system names their team; none without a name.
fn said(
    run: &Run<'_>,
    row: &PersonRow,
    old: Option<&PersonRecord>,
) -> Result<Option<(PersonRecord, bool)>, StoreError> {
    let tx = run.tx;
    let id = old.map_or_else(
        || PersonId::at(run.host.now_ms(), run.host.random()),
        |old| old.id,
    );
    let Some(mut new) = merged(row, old, id) else {
        return Ok(None);
    };
    if row.standing == Standing::AsItWas && tx.person_left(id)?.is_some() {
        new.allocated_worker = None;
        return Ok(Some((new, false)));
    }
    let given = if row.unsaid.contains(&"allocated_team") {
        tx.person_team_given(id)?
    } else {
        row.allocated_team.is_some()
    };
    new.team = match &row.allocated_team {
        Some(name) => Some(tx.team_named(name)?),
        None if given => old.and_then(|old| old.team),
        None => team_of(tx, new.allocated_worker.as_deref())?,
    };
    Ok(Some((new, given)))
}

/// What the row says, and for columns of which it says nothing, what is stored; without a team.
fn merged(row: &PersonRow, old: Option<&PersonRecord>, id: PersonId) -> Option<PersonRecord> {
    let unsaid = |column: &str| row.unsaid.contains(&column);
    macro_rules! column {
        ($name:ident) => {
            if unsaid(stringify!($name)) {
                old.and_then(|old| old.$name.clone())
            } else {
                row.$name.clone()
            }
        };
    }
    let (forename, surname) = (column!(forename), column!(surname));
    let name = match old {
        Some(old) if unsaid("forename") && unsaid("surname") => Some(old.name.clone()),
        _ => shown_name(forename.as_deref(), surname.as_deref()),
    };
    Some(PersonRecord {
        id,
        // The row may stand there under a case id that was merged into this one.
        case_id: old.map_or(&row.case_id, |old| &old.case_id).clone(),
        name: name?,
        title: column!(title),
        forename,
        surname,
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
    })
}

/// The columns in which two differ.
fn differing(old: &PersonRecord, new: &PersonRecord) -> Vec<&'static str> {
    let mut columns = Vec::new();
    macro_rules! compare {
        ($($name:ident)*) => {
            $(if old.$name != new.$name { columns.push(stringify!($name)); })*
        };
    }
    compare!(title forename surname preferred_name date_of_birth nhs_number address_line_1 address_line_2
             postcode phone communication_needs alerts allocated_worker);
    if old.team != new.team {
        columns.push("allocated_team");
    }
    columns
}

/// The person has left: they are on no caseload and in no team from now on. False where it was so before.
pub(super) fn leave(run: &Run<'_>, old: &PersonRecord) -> Result<bool, StoreError> {
    let tx = run.tx;
    let before = tx.person_left(old.id)?;
    if before.is_some() && old.allocated_worker.is_none() && old.team.is_none() {
        return Ok(false);
    }
    withdraw(tx, old)?;
    let now = run.host.now_ms();
    tx.person_left_put(old.id, before.or(Some(now)))?;
    run.audit(
        "person.left",
        Some(old.id),
        &json!({ "from": old.allocated_worker }),
    )?;
    Ok(true)
}

/// Takes a person from their caseload and their team.
pub(super) fn withdraw(tx: &Tx<'_>, old: &PersonRecord) -> Result<(), StoreError> {
    let mut new = old.clone();
    (new.allocated_worker, new.team) = (None, None);
    tx.person_put(&new)?;
    tx.person_team_given_put(new.id, false)?;
    tell(tx, Some(old), &new)
}

/// The team that goes with a worker; none for one who is not known yet.
fn team_of(tx: &Tx<'_>, worker: Option<&str>) -> Result<Option<i64>, StoreError> {
    match worker {
        Some(worker) => Ok(tx.worker(worker)?.and_then(|worker| worker.team)),
        None => Ok(None),
    }
}

/// Tells the phones that saw a person before, and those that see them now.
pub(in crate::ops) fn tell(
    tx: &Tx<'_>,
    old: Option<&PersonRecord>,
    new: &PersonRecord,
) -> Result<(), StoreError> {
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
pub(in crate::ops) fn audit_allocation(
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
