//! Workers from a file: compared with what is stored, row by row. One who has left gets no new phone;
//! what phones they have, and whose caseload theirs becomes, is for an administrator to decide.

use std::collections::HashSet;

use serde_json::json;

use super::answer::{What, Whom};
use super::leave::Roll;
use super::people::tell;
use super::{Mode, Run};
use crate::import::{Parsed, Standing, WorkerRow};
use crate::ops::OpError;
use crate::store::{Audience, NewsKind, StoreError, Tx, WorkerRecord};

pub(super) fn apply(run: &mut Run<'_>, mut parsed: Parsed<WorkerRow>) -> Result<(), OpError> {
    run.answer.rejected = std::mem::take(&mut parsed.rejected);
    run.answer.warnings = std::mem::take(&mut parsed.warnings);
    let here = match run.how.mode {
        Mode::Whole => run.tx.workers_here()?,
        Mode::Changes => Vec::new(),
    };
    for row in &parsed.rows {
        worker(run, row)?;
    }
    let rows = parsed.rows.iter().map(|row| row.worker_id.as_str());
    let named: HashSet<&str> = rows.chain(parsed.named.iter().map(String::as_str)).collect();
    let roll = Roll::of(&parsed);
    for id in roll.leavers(run, here, |id| named.contains(id.as_str()))? {
        leave(run, &id)?;
        run.answer.note(None, Whom::Worker(&id), What::Left, Vec::new());
    }
    Ok(())
}

fn worker(run: &mut Run<'_>, row: &WorkerRow) -> Result<(), OpError> {
    let tx = run.tx;
    let whom = Whom::Worker(&row.worker_id);
    let old = tx.worker(&row.worker_id)?;
    let has_left = tx.worker_left(&row.worker_id)?.is_some();
    if row.standing == Standing::Left {
        if old.is_some() && !has_left {
            leave(run, &row.worker_id)?;
            run.answer.note(Some(row.line), whom, What::Left, vec!["status"]);
        } else {
            run.answer.unchanged += 1;
        }
        return Ok(());
    }
    let Some(new) = said(tx, row, old.as_ref())? else {
        run.answer.reject(row.line, "name", "blank");
        return Ok(());
    };
    let mut columns = old.as_ref().map(|old| differing(old, &new)).unwrap_or_default();
    if has_left && row.standing == Standing::Here {
        columns.push("status");
        tx.worker_left_put(&new.id, None)?;
        run.audit("worker.returned", None, &json!({ "worker": new.id }))?;
    }
    if old.as_ref() == Some(&new) {
        if columns.is_empty() {
            run.answer.unchanged += 1;
        } else {
            run.answer.note(Some(row.line), whom, What::Changed, columns);
        }
        return Ok(());
    }
    tx.worker_put(&new)?;
    tx.tell(Audience::All, NewsKind::Worker, new.id.as_bytes())?;
    if old.as_ref().is_none_or(|old| old.team != new.team) {
        caseload_follows(tx, &new)?;
    }
    let what = if old.is_some() { What::Changed } else { What::Added };
    run.answer.note(Some(row.line), whom, what, columns);
    Ok(())
}

/// The worker as they are to be stored; none without a name.
fn said(
    tx: &Tx<'_>,
    row: &WorkerRow,
    old: Option<&WorkerRecord>,
) -> Result<Option<WorkerRecord>, StoreError> {
    let has = |column: &str| !row.unsaid.contains(&column);
    let name = if has("name") {
        Some(row.name.clone())
    } else {
        old.map(|old| old.name.clone())
    };
    let Some(name) = name else { return Ok(None) };
    Ok(Some(WorkerRecord {
        id: row.worker_id.clone(),
        name,
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
    }))
}

/// The columns in which two differ.
fn differing(old: &WorkerRecord, new: &WorkerRecord) -> Vec<&'static str> {
    let mut columns = Vec::new();
    macro_rules! compare {
        ($($name:ident)*) => {
            $(if old.$name != new.$name { columns.push(stringify!($name)); })*
        };
    }
    compare!(name email role team profession);
    columns
}

fn leave(run: &Run<'_>, id: &str) -> Result<(), StoreError> {
    run.tx.worker_left_put(id, Some(run.host.now_ms()))?;
    run.audit("worker.left", None, &json!({ "worker": id }))
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
