//! Fetches all that the store has about one person, at one moment. Notes are read from what was published and not
//! from the feed, for unfinished ones are theirs, too.

use std::collections::{BTreeMap, BTreeSet};

use notes::ids::{DocumentId, PersonId};
use serde_json::Value;

use super::AT_A_TIME;
use crate::copy::{Held, HeldNote};
use crate::store::{AuditEntry, StoreError, Tx};
use crate::sync;

/// All of it; none where nobody has the case id.
pub(crate) fn held(tx: &Tx<'_>, case_id: &str) -> Result<Option<Held>, StoreError> {
    let Some(person) = tx.person_by_case(case_id)? else {
        return Ok(None);
    };
    let mut earlier = Vec::new();
    for one in tx.merged_into(person.id)? {
        let page = sync::read(tx, DocumentId::about(one.id))?.map(|(_, plain)| plain);
        earlier.push((one, page));
    }
    let ids: Vec<PersonId> = earlier.iter().map(|(one, _)| one.id).collect();
    let ids = [&[person.id], ids.as_slice()].concat();
    let about = sync::read(tx, DocumentId::about(person.id))?.map(|(_, plain)| plain);
    let (mut notes, mut open, mut unjudged) = (Vec::new(), Vec::new(), 0);
    for id in &ids {
        for id in tx.notes_about(*id)? {
            notes.extend(note(tx, id)?);
        }
        let issues = tx.issues_about(*id)?.into_iter().map(|issue| issue.opened);
        open.extend(issues.map(|opened| (opened.kind, opened.opened_at, opened.document)));
        unjudged += tx.unjudged_about(*id)?;
    }
    // Two people's notes are one person's, the latest contact first.
    notes.sort_by_key(|note| std::cmp::Reverse((note.plain.time("started_at"), note.id)));
    let mut held = Held {
        earlier_case_ids: tx.aliases_of(person.id)?,
        left_at: tx.person_left(person.id)?,
        earlier,
        team: person
            .team
            .map(|id| tx.team(id))
            .transpose()?
            .flatten()
            .map(|team| team.name),
        about,
        notes,
        open,
        audit: audit(tx, &ids)?,
        unjudged,
        teams: BTreeMap::new(),
        workers: BTreeMap::new(),
        clients: BTreeMap::new(),
        person,
    };
    names(tx, &mut held)?;
    Ok(Some(held))
}

fn note(tx: &Tx<'_>, id: DocumentId) -> Result<Option<HeldNote>, StoreError> {
    let Some((doc, plain)) = sync::read(tx, id)? else {
        return Ok(None);
    };
    let mut versions = Vec::new();
    for event in tx.outbox_of(id)? {
        let receipts = tx.receipts(&event.event_id)?;
        versions.push((event, receipts));
    }
    let mut here = Vec::new();
    for file in tx.named(id)? {
        if tx.holding(file, id)?.is_some() {
            here.push(file);
        }
    }
    Ok(Some(HeldNote {
        id,
        authors: sync::authors_of(tx, &doc, &plain)?,
        plain,
        came: tx.came(id)?,
        versions,
        here,
    }))
}

/// What the audit has about somebody and about those who turned out to be the same human, in its order.
fn audit(tx: &Tx<'_>, people: &[PersonId]) -> Result<Vec<AuditEntry>, StoreError> {
    let mut all = Vec::new();
    for person in people {
        let mut after = 0;
        loop {
            let records = tx.audit_about(*person, after, AT_A_TIME)?;
            let Some(last) = records.last() else { break };
            after = last.n;
            all.extend(records);
        }
    }
    all.sort_by_key(|record| record.n);
    // A merge is written down on both sides.
    all.dedup_by(|b, a| {
        a.entry.what == "person.merged" && a.entry.what == b.entry.what && a.entry.detail == b.entry.detail
    });
    Ok(all.into_iter().map(|record| record.entry).collect())
}

/// Looks up everybody who is named anywhere: workers, their teams, case systems.
fn names(tx: &Tx<'_>, held: &mut Held) -> Result<(), StoreError> {
    let mut workers: BTreeSet<String> = held.person.allocated_worker.iter().cloned().collect();
    let mut clients = BTreeSet::new();
    for note in &held.notes {
        workers.extend(note.authors.iter().cloned());
        workers.extend(note.plain.finished().map(|(_, author)| author.to_owned()));
        let addenda = note.plain.entries.get("addenda").into_iter().flatten();
        let authors = addenda.filter_map(|(_, addendum)| addendum.get("author")?.text());
        workers.extend(authors.map(str::to_owned));
        let receipts = note.versions.iter().flat_map(|(_, receipts)| receipts);
        clients.extend(receipts.map(|receipt| receipt.client.clone()));
    }
    for entry in &held.audit {
        match entry.who.split_once(':') {
            Some(("worker", id)) => workers.insert(id.to_owned()),
            Some(("client", id)) => clients.insert(id.to_owned()),
            _ => false,
        };
        let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
        let named = ["from", "to", "checked_by"]
            .into_iter()
            .filter_map(|name| detail[name].as_str());
        workers.extend(named.map(str::to_owned));
    }
    for id in workers {
        if let Some(worker) = tx.worker(&id)? {
            if let Some(team) = worker.team.map(|id| tx.team(id)).transpose()?.flatten() {
                held.teams.insert(team.id, team.name);
            }
            held.workers.insert(id, worker);
        }
    }
    for id in clients {
        if let Some(client) = tx.client(&id)? {
            held.clients.insert(id, client.name);
        }
    }
    Ok(())
}
