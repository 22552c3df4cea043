//! Rows: each piece of news made into what one phone may know of it, from the truth as it is now.

use notes::ids::{Actor, DeviceId, DocumentId, PersonId};
use notes::wire::{
    ActorRow, DetailRow, GoneRow, OrderRow, PersonRow, RemovalRow, Row, RowBody, SettingsRow, StandingRow,
    VersionRow, WorkerRow,
};

use super::Pusher;
use super::view;
use crate::store::{News, NewsKind, PersonRecord, StoreError, Tx};
use crate::{export, issues, messages};

/// The rows that a piece of news is for one phone; none where there is nothing to tell any more.
pub(super) fn compose(tx: &Tx<'_>, who: &Pusher, news: &News) -> Result<Vec<Row>, StoreError> {
    let key16 =
        || <[u8; 16]>::try_from(news.key.as_slice()).map_err(|_| StoreError::Inconsistent("a news key"));
    let bodies = match news.kind {
        NewsKind::Person => person(tx, who, PersonId(key16()?))?,
        NewsKind::Worker => {
            let id = String::from_utf8_lossy(&news.key);
            let worker = tx.worker(&id)?;
            worker
                .into_iter()
                .map(|w| {
                    RowBody::Worker(WorkerRow {
                        id: w.id,
                        name: w.name,
                    })
                })
                .collect()
        }
        NewsKind::Actor => {
            let actor = Actor(key16()?);
            let worker = tx.actor_worker(actor)?;
            worker
                .into_iter()
                .map(|worker| RowBody::Actor(ActorRow { actor, worker }))
                .collect()
        }
        NewsKind::Version => version(tx, DocumentId(key16()?))?.into_iter().collect(),
        // Of what was removed only that is told, and by the news above.
        NewsKind::Standing if tx.log_tombstone(DocumentId(key16()?))?.is_some() => Vec::new(),
        NewsKind::Standing => {
            let document = DocumentId(key16()?);
            let (state, code, message) = issues::standing(tx, document, Some(who.device.id))?;
            vec![RowBody::Standing(StandingRow {
                document,
                state: state.to_owned(),
                code,
                message,
            })]
        }
        NewsKind::Reset => {
            let document = DocumentId(key16()?);
            if !issues::can_write_again(tx, document, who.device.id)? {
                // Its history would not be given to it: it would take the note for a new one.
                return Ok(Vec::new());
            }
            let against = issues::decided_against(tx, document, who.device.id)?;
            vec![RowBody::Order(OrderRow {
                order: "reset".to_owned(),
                document: Some(document),
                against: (!against.is_empty())
                    .then(|| against.into_iter().map(|hash| hash.to_vec().into()).collect()),
                id: None,
            })]
        }
        NewsKind::Message => {
            let id = String::from_utf8_lossy(&news.key);
            vec![RowBody::Message(messages::row(tx, &who.worker.id, &id)?)]
        }
        NewsKind::Settings => vec![RowBody::Settings(settings(tx)?)],
        // What is ordered stands in every answer; this only rings.
        NewsKind::Order => Vec::new(),
        NewsKind::NewActor => {
            vec![RowBody::Order(OrderRow {
                order: "new_actor".to_owned(),
                document: None,
                against: None,
                id: None,
            })]
        }
    };
    bodies.iter().map(|body| pack(news.n, body)).collect()
}

/// The order that stands for a device, as a row. It goes by its own number, not by one of the news.
pub(super) fn standing_order(tx: &Tx<'_>, device: DeviceId) -> Result<Option<Row>, StoreError> {
    let Some(order) = tx.order_standing(device)? else {
        return Ok(None);
    };
    let body = RowBody::Order(OrderRow {
        order: order.what,
        document: None,
        against: None,
        id: Some(order.n),
    });
    pack(order.n, &body).map(Some)
}

fn pack(number: u64, body: &RowBody) -> Result<Row, StoreError> {
    Row::pack(number, body).map_err(|_| StoreError::Inconsistent("a row that cannot be packed"))
}

/// What phones obey. A value that is no number counts as none.
fn settings(tx: &Tx<'_>) -> Result<SettingsRow, StoreError> {
    let number = |name| -> Result<Option<u64>, StoreError> {
        Ok(tx.setting(name)?.and_then(|value| value.trim().parse().ok()))
    };
    Ok(SettingsRow {
        idle_lock_s: number("idle_lock_s")?,
        kept_days: number("kept_days")?,
        consent_text: tx.setting("consent_text")?,
        finish_text: tx.setting("finish_text")?,
        overdue_draft_h: number("overdue_draft_h")?,
    })
}

fn person(tx: &Tx<'_>, who: &Pusher, id: PersonId) -> Result<Vec<RowBody>, StoreError> {
    let Some(person) = tx.person(id)? else {
        return Ok(Vec::new());
    };
    if !view::may_see(&who.worker, &person) {
        return Ok(vec![RowBody::Removal(RemovalRow { person: id })]);
    }
    let mine = view::is_mine(&who.worker, &person);
    let mut bodies = vec![RowBody::Person(PersonRow {
        id,
        case_id: person.case_id.clone(),
        name: person.name.clone(),
        date_of_birth: person.date_of_birth.clone(),
        mine,
    })];
    if mine {
        bodies.push(RowBody::Detail(detail(person)));
    }
    Ok(bodies)
}

fn detail(person: PersonRecord) -> DetailRow {
    DetailRow {
        address: person.address(),
        id: person.id,
        preferred_name: person.preferred_name,
        phone: person.phone,
        nhs_number: person.nhs_number,
        communication_needs: person.communication_needs,
        alerts: person.alerts,
    }
}

fn version(tx: &Tx<'_>, document: DocumentId) -> Result<Option<RowBody>, StoreError> {
    let Some(version) = tx.version_newest(document)? else {
        let removed = tx.log_tombstone(document)?.is_some() || tx.moved(document)?.is_some();
        return Ok(removed.then_some(RowBody::Gone(GoneRow { document })));
    };
    if let Some(reason) = export::withdrawn(tx, &version)? {
        return Ok(Some(RowBody::Version(VersionRow {
            document,
            version: version.version,
            heads: version.heads.iter().map(|h| h.to_vec().into()).collect(),
            outcome: "withdrawn".to_owned(),
            case_system_ref: None,
            reason: Some(format!("Taken back from the case system: {reason}")),
        })));
    }
    // What ended it counts most; of several the newest.
    let receipts = tx.receipts(&version.event_id)?;
    let ended = receipts.iter().rev().find(|r| r.state.outcome != "deferred");
    let state = ended.or(receipts.last()).map(|r| &r.state);
    Ok(Some(RowBody::Version(VersionRow {
        document,
        version: version.version,
        heads: version.heads.iter().map(|h| h.to_vec().into()).collect(),
        outcome: state.map_or("waiting", |s| s.outcome.as_str()).to_owned(),
        case_system_ref: state.and_then(|s| s.case_system_ref.clone()),
        reason: state.and_then(|s| s.reason.clone()),
    })))
}
