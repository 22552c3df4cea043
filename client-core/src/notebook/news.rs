//! The server's rows, taken into the phone's copies: who is in view, what the case system said, what
//! is held, and what the phone must do.

use notes::ids::PersonId;
use notes::wire::{OrderRow, PersonRow, RowBody, StandingRow, Subject};

use super::absorb::Ledger;
use super::orders::Given;
use super::{anew, gone, orders};
use crate::store::docs::{self, Reset};
use crate::store::meta::{self, key};
use crate::store::{Db, fills, messages, outgoing, rows};
use crate::trouble::Trouble;

/// Takes rows in, in order.
pub(super) fn apply(conn: &Db, news: &[(u64, RowBody)], ledger: &mut Ledger) -> Result<(), Trouble> {
    for (number, body) in news {
        if ledger.emptied {
            return Ok(());
        }
        match body {
            RowBody::Person(row) => person(conn, row, ledger)?,
            RowBody::Detail(row) => rows::put_detail(conn, row)?,
            RowBody::Worker(row) => rows::put_worker(conn, row)?,
            RowBody::Actor(row) => rows::put_actor(conn, row)?,
            RowBody::Version(row) => rows::put_version(conn, row)?,
            RowBody::Standing(row) => standing(conn, row)?,
            RowBody::Order(row) => order(conn, *number, row, ledger)?,
            RowBody::Removal(row) => remove(conn, row.person, ledger)?,
            RowBody::Gone(row) => gone::removed(conn, row.document, ledger)?,
            RowBody::Message(row) => messages::put(conn, row, ledger.now)?,
            RowBody::Settings(row) => super::messages::settle(conn, row)?,
        }
    }
    Ok(())
}

fn person(conn: &Db, row: &PersonRow, ledger: &mut Ledger) -> Result<(), Trouble> {
    ledger.view_changed = true;
    let before = rows::person(conn, row.id)?;
    rows::put_person(conn, row)?;
    if before.is_none() {
        // What was written of them while they were out of view has passed this phone by. A note with a
        // name only may have been matched to them meanwhile.
        for doc in docs::perhaps_about(conn, row.id)? {
            fills::want_anew(conn, Subject::Document(doc.id))?;
        }
    }
    if row.mine {
        fills::want(conn, Subject::Person(row.id))?;
        docs::hide_person(conn, row.id, false)
    } else if before.is_some_and(|p| p.mine) {
        // Off the caseload, still in the team: two identifiers stay, the threads go.
        fills::forget(conn, Subject::Person(row.id))?;
        docs::hide_person(conn, row.id, true)
    } else {
        Ok(())
    }
}

fn standing(conn: &Db, row: &StandingRow) -> Result<(), Trouble> {
    if row.state == "clear" {
        outgoing::settle(conn, row.document)?;
    }
    rows::put_standing(conn, row)
}

fn order(conn: &Db, number: u64, row: &OrderRow, ledger: &mut Ledger) -> Result<(), Trouble> {
    if let Some(id) = row.id {
        let given = orders::given(conn, row, id)?;
        ledger.ordered |= given == Given::New;
        ledger.emptied |= given == Given::Emptied;
        return Ok(());
    }
    // Rows that come again from the first bring orders that were carried out long ago, after a restore too; a new
    // one has a number of its own there.
    let document = row.document.map(|id| id.to_string()).unwrap_or_default();
    let done = format!("{} {number} {} {document}", key::ORDER_DONE, row.order);
    if meta::get(conn, &done)?.is_some() {
        return Ok(());
    }
    meta::set(conn, &done, &ledger.now.to_be_bytes())?;
    match (row.order.as_str(), row.document) {
        ("new_actor", _) => {
            ledger.renew(conn)?;
            want_all_anew(conn)
        }
        (anew::RESET, Some(document)) => match docs::find(conn, document)? {
            Some(doc) if !doc.gone => {
                let against: Vec<u8> = row
                    .against
                    .iter()
                    .flatten()
                    .flat_map(|hash| hash.to_vec())
                    .collect();
                meta::set(conn, &anew::against(document), &against)?;
                anew::begin(conn, &doc, Reset::Order, ledger)
            }
            _ => Ok(()),
        },
        // An order of a newer server.
        _ => Ok(()),
    }
}

/// Two phones wrote under one actor. The server tells their installs apart and sends each what the other
/// pushed; this is the one moment at which the phone knows that something may be amiss, so all histories are
/// looked through once. What is here already costs nothing but its bytes.
fn want_all_anew(conn: &Db) -> Result<(), Trouble> {
    for person in rows::people(conn)?.iter().filter(|person| person.mine) {
        fills::want_anew(conn, Subject::Person(person.id))?;
    }
    for row in docs::joined(conn)? {
        fills::want_anew(conn, Subject::Document(row.id))?;
    }
    Ok(())
}

/// A person left this phone's view: hidden at once. What waits is still sent, what is sealed is kept.
fn remove(conn: &Db, person: PersonId, ledger: &mut Ledger) -> Result<(), Trouble> {
    ledger.view_changed = true;
    rows::remove_person(conn, person)?;
    fills::forget(conn, Subject::Person(person))?;
    docs::hide_person(conn, person, true)
}

/// After the last row of those that came anew: whoever did not come again has left.
pub(super) fn remove_stale(conn: &Db, ledger: &mut Ledger) -> Result<(), Trouble> {
    for person in rows::stale_people(conn)? {
        remove(conn, person, ledger)?;
    }
    Ok(())
}
