//! The server's rows: people, details, workers, actors, versions and standings. Copies only; a later
//! row of the same key replaces an earlier one.

use std::collections::BTreeMap;

use automerge::ChangeHash;
use notes::ids::{DocumentId, PersonId};
use notes::wire::{ActorRow, DetailRow, PersonRow, StandingRow, VersionRow, WorkerRow};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::docs::split;
use crate::trouble::Trouble;

/// Bytes as SQLite takes them.
pub(super) fn blob(bytes: &[u8; 16]) -> &[u8] {
    bytes
}

fn person_of(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    Ok(PersonRow {
        id: PersonId(row.get(0)?),
        case_id: row.get(1)?,
        name: row.get(2)?,
        date_of_birth: row.get(3)?,
        mine: row.get(4)?,
    })
}

const PERSON: &str = "SELECT id, case_id, name, date_of_birth, mine FROM person";

pub(crate) fn people(conn: &Connection) -> Result<Vec<PersonRow>, Trouble> {
    let mut statement = conn.prepare_cached(&format!("{PERSON} ORDER BY mine DESC, name, case_id"))?;
    let rows = statement.query_map([], person_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn person(conn: &Connection, id: PersonId) -> Result<Option<PersonRow>, Trouble> {
    let mut statement = conn.prepare_cached(&format!("{PERSON} WHERE id = ?1"))?;
    Ok(statement.query_row([id.0], person_of).optional()?)
}

pub(crate) fn person_by_case_id(conn: &Connection, case_id: &str) -> Result<Option<PersonRow>, Trouble> {
    let mut statement = conn.prepare_cached(&format!("{PERSON} WHERE case_id = ?1 ORDER BY id LIMIT 1"))?;
    Ok(statement.query_row([case_id], person_of).optional()?)
}

pub(crate) fn put_person(conn: &Connection, row: &PersonRow) -> Result<(), Trouble> {
    let sql = "INSERT OR REPLACE INTO person (id, case_id, name, date_of_birth, mine, stale)
        VALUES (?1, ?2, ?3, ?4, ?5, 0)";
    conn.prepare_cached(sql)?
        .execute((row.id.0, &row.case_id, &row.name, &row.date_of_birth, row.mine))?;
    Ok(())
}

pub(crate) fn remove_person(conn: &Connection, id: PersonId) -> Result<(), Trouble> {
    conn.execute("DELETE FROM person WHERE id = ?1", [id.0])?;
    conn.execute("DELETE FROM detail WHERE id = ?1", [id.0])?;
    Ok(())
}

pub(crate) fn put_detail(conn: &Connection, row: &DetailRow) -> Result<(), Trouble> {
    let sql = "INSERT OR REPLACE INTO detail (id, preferred_name, address, phone, nhs_number,
        communication_needs, alerts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let args = rusqlite::params![
        row.id.0,
        row.preferred_name,
        row.address,
        row.phone,
        row.nhs_number,
        row.communication_needs,
        row.alerts,
    ];
    conn.prepare_cached(sql)?.execute(args)?;
    Ok(())
}

pub(crate) fn detail(conn: &Connection, id: PersonId) -> Result<Option<DetailRow>, Trouble> {
    let sql = "SELECT preferred_name, address, phone, nhs_number, communication_needs, alerts
        FROM detail WHERE id = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &Row<'_>| {
        Ok(DetailRow {
            id,
            preferred_name: row.get(0)?,
            address: row.get(1)?,
            phone: row.get(2)?,
            nhs_number: row.get(3)?,
            communication_needs: row.get(4)?,
            alerts: row.get(5)?,
        })
    };
    Ok(statement.query_row([id.0], read).optional()?)
}

pub(crate) fn put_worker(conn: &Connection, row: &WorkerRow) -> Result<(), Trouble> {
    conn.prepare_cached("INSERT OR REPLACE INTO worker (id, name) VALUES (?1, ?2)")?
        .execute((&row.id, &row.name))?;
    Ok(())
}

/// Names of all workers that are known here, by id.
pub(crate) fn workers(conn: &Connection) -> Result<BTreeMap<String, String>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT id, name FROM worker")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A worker's name.
pub(crate) fn worker_name(conn: &Connection, id: &str) -> Result<Option<String>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT name FROM worker WHERE id = ?1")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

pub(crate) fn put_actor(conn: &Connection, row: &ActorRow) -> Result<(), Trouble> {
    conn.prepare_cached("INSERT OR REPLACE INTO actor (actor, worker) VALUES (?1, ?2)")?
        .execute((row.actor.0, &row.worker))?;
    Ok(())
}

/// Whether a worker writes under an actor, as far as the server has told.
pub(crate) fn writes_under(conn: &Connection, worker: &str, actor: &[u8]) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM actor WHERE actor = ?1 AND worker = ?2)";
    Ok(conn
        .prepare_cached(sql)?
        .query_row((actor, worker), |row| row.get(0))?)
}

pub(crate) fn put_version(conn: &Connection, row: &VersionRow) -> Result<(), Trouble> {
    let heads: Vec<u8> = row.heads.iter().flat_map(|h| h.to_vec()).collect();
    let sql = "INSERT OR REPLACE INTO version (doc, version, heads, outcome, case_system_ref, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let version = i64::try_from(row.version).unwrap_or(i64::MAX);
    let args = rusqlite::params![
        row.document.0,
        version,
        heads,
        row.outcome,
        row.case_system_ref,
        row.reason
    ];
    conn.prepare_cached(sql)?.execute(args)?;
    Ok(())
}

/// A version as this phone knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) number: u64,
    pub(crate) heads: Vec<ChangeHash>,
    pub(crate) outcome: String,
    pub(crate) case_system_ref: Option<String>,
    pub(crate) reason: Option<String>,
}

pub(crate) fn version(conn: &Connection, doc: DocumentId) -> Result<Option<Version>, Trouble> {
    let sql = "SELECT version, heads, outcome, case_system_ref, reason FROM version WHERE doc = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &Row<'_>| {
        Ok(Version {
            number: row.get::<_, i64>(0)?.unsigned_abs(),
            heads: split(&row.get::<_, Vec<u8>>(1)?),
            outcome: row.get(2)?,
            case_system_ref: row.get(3)?,
            reason: row.get(4)?,
        })
    };
    Ok(statement.query_row([doc.0], read).optional()?)
}

/// Writes a standing. After `clear` the code of what was held stays, for a reset that may follow.
pub(crate) fn put_standing(conn: &Connection, row: &StandingRow) -> Result<(), Trouble> {
    if row.state == "clear" {
        conn.execute(
            "UPDATE standing SET state = 'clear' WHERE doc = ?1",
            [row.document.0],
        )?;
        return Ok(());
    }
    let sql = "INSERT OR REPLACE INTO standing (doc, state, code, message) VALUES (?1, ?2, ?3, ?4)";
    conn.prepare_cached(sql)?
        .execute((row.document.0, &row.state, &row.code, &row.message))?;
    Ok(())
}

pub(crate) fn standing(conn: &Connection, doc: DocumentId) -> Result<Option<StandingRow>, Trouble> {
    let sql = "SELECT state, code, message FROM standing WHERE doc = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    let read = |row: &Row<'_>| {
        Ok(StandingRow {
            document: doc,
            state: row.get(0)?,
            code: row.get(1)?,
            message: row.get(2)?,
        })
    };
    Ok(statement.query_row([doc.0], read).optional()?)
}

/// The rows come again from the first. People stay until the last row came, so that a list is never
/// empty in between; those who did not come again are then given by [`stale_people`].
pub(crate) fn begin_anew(conn: &Connection) -> Result<(), Trouble> {
    conn.execute_batch(
        "UPDATE person SET stale = 1; DELETE FROM detail; DELETE FROM worker; DELETE FROM actor;
         DELETE FROM version; DELETE FROM standing;",
    )?;
    Ok(())
}

/// People who did not come again.
pub(crate) fn stale_people(conn: &Connection) -> Result<Vec<PersonId>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT id FROM person WHERE stale = 1")?;
    let rows = statement.query_map([], |row| Ok(PersonId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
