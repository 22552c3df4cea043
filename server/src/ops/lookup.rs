//! Looking up somebody who is not on one's caseload: by the exact case id, for a reason, and in the audit before a
//! word is read. What is given may be read for a day; nothing can be written by it.

use std::collections::BTreeMap;

use notes::ids::{DocumentId, PersonId};
use notes::lookup::{Found, FoundNote, LONGEST_REASON, Lookup, MOST_NOTES, READABLE_MS, SHORTEST_REASON};
use notes::note::Template;
use notes::problem::Code;
use serde_json::json;

use super::OpError;
use crate::core::Core;
use crate::store::{AuditEntry, PersonRecord, StoreError, Tx};
use crate::sync::{self, Pusher};

/// Who it is, and their newest notes. A case id that nobody has is in the audit too.
///
/// # Errors
/// `case_unknown`, `reason_missing`, `device_revoked`.
pub fn look_up(core: &Core, who: &Pusher, case_id: &str, reason: &str) -> Result<serde_json::Value, OpError> {
    if who.device.revoked_at.is_some() {
        return Err(Code::DeviceRevoked.into());
    }
    let (case_id, reason) = (case_id.trim(), reason.trim());
    if !(SHORTEST_REASON..=LONGEST_REASON).contains(&reason.chars().count()) {
        return Err(Code::ReasonMissing.into());
    }
    let found = core.store.write(|tx| -> Result<_, StoreError> {
        let person = tx.person_by_case(case_id)?;
        let shortened: String = case_id.chars().take(100).collect();
        tx.audit(&AuditEntry {
            at: core.host.now_ms(),
            who: format!("worker:{}", who.worker.id),
            what: "person.looked_up".to_owned(),
            person: person.as_ref().map(|person| person.id),
            document: None,
            detail: json!({ "device": who.device.id, "case_id": shortened, "reason": reason }).to_string(),
        })?;
        Ok(person)
    })?;
    let person = found.ok_or(Code::CaseUnknown)?;
    let lookup = core.store.read(|tx| told(tx, person))?;
    Ok(serde_json::to_value(&lookup).map_err(|_| StoreError::Inconsistent("a note that is no JSON"))?)
}

fn told(tx: &Tx<'_>, person: PersonRecord) -> Result<Lookup, StoreError> {
    let notes = tx.notes_about(person.id)?;
    let left_out = notes.len().saturating_sub(MOST_NOTES) as u64;
    let notes: Result<Vec<_>, StoreError> = notes
        .into_iter()
        .take(MOST_NOTES)
        .filter_map(|id| note(tx, id).transpose())
        .collect();
    Ok(Lookup {
        about: page(tx, person.id)?,
        notes: notes?,
        left_out,
        readable_ms: READABLE_MS,
        person: found(tx, person)?,
    })
}

fn found(tx: &Tx<'_>, person: PersonRecord) -> Result<Found, StoreError> {
    let worker = match &person.allocated_worker {
        Some(id) => tx.worker(id)?.map(|worker| worker.name),
        None => None,
    };
    let team = match person.team {
        Some(team) => tx.team(team)?.map(|team| team.name),
        None => None,
    };
    Ok(Found {
        id: person.id,
        address: person.address(),
        case_id: person.case_id,
        name: person.name,
        preferred_name: person.preferred_name,
        date_of_birth: person.date_of_birth,
        nhs_number: person.nhs_number,
        phone: person.phone,
        communication_needs: person.communication_needs,
        alerts: person.alerts,
        worker,
        team,
    })
}

fn note(tx: &Tx<'_>, id: DocumentId) -> Result<Option<FoundNote>, StoreError> {
    let Some((doc, plain)) = sync::read(tx, id)? else {
        return Ok(None);
    };
    let authors = sync::authors_of(tx, &doc, &plain)?.into_iter().map(|id| {
        let worker = tx.worker(&id)?;
        Ok(worker.map_or(id, |worker| worker.name))
    });
    Ok(Some(FoundNote {
        id,
        authors: authors.collect::<Result<_, StoreError>>()?,
        fields: plain.shown(Template::Note),
    }))
}

fn page(tx: &Tx<'_>, person: PersonId) -> Result<Option<BTreeMap<String, String>>, StoreError> {
    let Some((_, plain)) = sync::read(tx, DocumentId::about(person))? else {
        return Ok(None);
    };
    let texts = plain
        .texts
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty());
    Ok(Some(texts.map(|(name, text)| (name.to_owned(), text)).collect()))
}
