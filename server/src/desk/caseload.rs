//! Caseloads: whom a worker has, and handing all or some of them on in one deed, with the page that the next worker reads.

use notes::ids::PersonId;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Scope;
use super::people::{PersonRow, WorkerName, row, worker_name};
use crate::core::Core;
use crate::ops::OpError;
use crate::ops::allocate::hand_to;
use crate::store::{AuditEntry, StoreError, Tx, WorkerRecord};

/// People of one caseload that are listed and handed on in one deed; no worker has as many.
const MOST: usize = 1_000;
/// Longest reason, in characters.
const MAX_REASON_CHARS: usize = 2_000;

/// A worker's caseload, as the next one wants to read it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Caseload {
    /// Whose.
    pub worker: WorkerName,
    /// In the order of their names.
    pub people: Vec<Charge>,
}

/// A person on a caseload.
#[derive(Debug, Serialize, ToSchema)]
pub struct Charge {
    /// Who.
    #[serde(flatten)]
    pub person: PersonRow,
    /// What a visitor must know.
    #[schema(required)]
    pub alerts: Option<String>,
    /// How to speak with them.
    #[schema(required)]
    pub communication_needs: Option<String>,
    /// When the last contact began, RFC 3339.
    #[schema(required)]
    pub last_contact_at: Option<String>,
    /// Notes of theirs that are not finished.
    pub open_notes: u64,
    /// Issues about them that wait for a decision.
    pub open_issues: u64,
}

/// What handing on did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandedOn {
    /// From whom.
    pub from: WorkerName,
    /// To whom.
    pub to: WorkerName,
    /// Who comes to the new worker.
    pub people: Vec<PersonRow>,
    /// What else that means, in plain sentences.
    pub effects: Vec<String>,
}

/// Which people are to be handed on, to whom and why.
#[derive(Debug)]
pub struct Handover<'a> {
    /// From this worker.
    pub from: &'a str,
    /// To this one.
    pub to: &'a str,
    /// These case ids; all where none is named.
    pub case_ids: &'a [String],
    /// Why.
    pub reason: &'a str,
}

/// A worker's caseload.
///
/// # Errors
/// `not_found`.
pub fn caseload(core: &Core, scope: Scope, worker: &str) -> Result<Caseload, OpError> {
    core.store.read(|tx| {
        let worker = within(tx, scope, worker)?;
        let mut people = Vec::new();
        for id in charges(tx, &worker.id)? {
            if let Some(known) = tx.person(id)? {
                let (last, open) = tx.contacts(id)?;
                people.push(Charge {
                    person: row(tx, &known)?,
                    alerts: known.alerts,
                    communication_needs: known.communication_needs,
                    last_contact_at: last.map(rfc3339),
                    open_notes: open,
                    open_issues: tx.issues_about(id)?.len() as u64,
                });
            }
        }
        people.sort_by(|a, b| (&a.person.name, &a.person.case_id).cmp(&(&b.person.name, &b.person.case_id)));
        Ok(Caseload {
            worker: worker_name(tx, &worker.id)?,
            people,
        })
    })
}

/// Hands people on; with `only_look` nothing is changed, and the answer says what would be.
///
/// # Errors
/// `not_found` for who is not there, `reason_missing`, `parameter_invalid` for somebody who is not on that caseload,
/// `worker_left` where the new worker has gone.
pub fn hand_on(
    core: &Core,
    scope: Scope,
    by: &str,
    handover: &Handover<'_>,
    only_look: bool,
) -> Result<HandedOn, OpError> {
    let reason = handover.reason.trim();
    if !only_look && reason.is_empty() {
        return Err(Code::ReasonMissing.into());
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(Code::ParameterInvalid.into());
    }
    let now = core.host.now_ms();
    let work = |tx: &Tx<'_>| -> Result<HandedOn, OpError> {
        let (from, to) = (within(tx, scope, handover.from)?, within(tx, scope, handover.to)?);
        if from.id == to.id {
            return Err(OpError::Because(
                Code::ParameterInvalid,
                "both are the same worker".into(),
            ));
        }
        if tx.worker_left(&to.id)?.is_some() {
            return Err(Code::WorkerLeft.into());
        }
        let people = chosen(tx, &from.id, handover.case_ids)?;
        let mut rows = Vec::new();
        for id in &people {
            let known = tx.person(*id)?.ok_or(Code::NotFound)?;
            if !only_look {
                hand_to(tx, now, &known, &to, by)?;
            }
            rows.push(row(tx, &known)?);
        }
        if !only_look && !people.is_empty() {
            tx.audit(&AuditEntry {
                at: now,
                who: by.to_owned(),
                what: "caseload.handed_on".to_owned(),
                person: None,
                document: None,
                detail: json!({"from": from.id, "to": to.id, "people": people.len(), "reason": reason})
                    .to_string(),
            })?;
        }
        rows.sort_by(|a, b| (&a.name, &a.case_id).cmp(&(&b.name, &b.case_id)));
        Ok(HandedOn {
            effects: effects(tx, &from, &to, people.len())?,
            from: worker_name(tx, &from.id)?,
            to: worker_name(tx, &to.id)?,
            people: rows,
        })
    };
    if only_look {
        core.store.read(work)
    } else {
        core.store.write(work)
    }
}

fn effects(
    tx: &Tx<'_>,
    from: &WorkerRecord,
    to: &WorkerRecord,
    count: usize,
) -> Result<Vec<String>, StoreError> {
    let people = if count == 1 { "person comes" } else { "people come" };
    let mut effects = vec![
        format!(
            "{count} {people} to {}; their threads reach the new phone at its next pass.",
            to.name
        ),
        format!(
            "They leave {}'s phone. What is not yet sent from it is sent all the same, and nothing is lost.",
            from.name
        ),
    ];
    if from.team != to.team {
        let team = to.team.map(|team| tx.team(team)).transpose()?.flatten();
        let team = team.map_or_else(|| "no team".to_owned(), |team| team.name);
        effects.push(format!("They come to another team: {team}."));
    }
    Ok(effects)
}

fn chosen(tx: &Tx<'_>, from: &str, case_ids: &[String]) -> Result<Vec<PersonId>, OpError> {
    let all = charges(tx, from)?;
    if case_ids.is_empty() {
        return Ok(all);
    }
    let mut people = Vec::new();
    for case_id in case_ids {
        let known = tx
            .person_by_case(case_id)?
            .filter(|known| all.contains(&known.id));
        let known = known.ok_or_else(|| {
            OpError::Because(
                Code::ParameterInvalid,
                "somebody is not on that caseload any more".into(),
            )
        })?;
        if !people.contains(&known.id) {
            people.push(known.id);
        }
    }
    Ok(people)
}

fn charges(tx: &Tx<'_>, worker: &str) -> Result<Vec<PersonId>, OpError> {
    let all = tx.caseload(worker)?;
    if all.len() > MOST {
        return Err(OpError::Because(
            Code::ParameterInvalid,
            format!("a caseload of more than {MOST} people"),
        ));
    }
    Ok(all)
}

fn within(tx: &Tx<'_>, scope: Scope, worker: &str) -> Result<WorkerRecord, OpError> {
    let known = tx.worker(worker)?;
    let seen = known.filter(|known| scope.has(known.team));
    Ok(seen.ok_or(Code::NotFound)?)
}
