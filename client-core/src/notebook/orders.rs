//! What the team's desk orders this phone to do: to lock itself, or to let go of everything.
//!
//! What never happens: a plain wipe takes anything with it that the server has not accepted or held. It waits, through
//! as many passes as it takes. Once the store is empty only that is said, until the server has heard it; then the host
//! takes the files and the keys away.

use notes::ids::DocumentId;
use notes::wire::{MAX_READ, OrderRow, ToDesk};
use serde::{Deserialize, Serialize};

use super::Notebook;
use crate::store::meta::{self, key};
use crate::store::{Db, docs, emptied, messages, outgoing};
use crate::trouble::Trouble;

const LOCK: &str = "lock";
const WIPE: &str = "wipe";
const WIPE_UNSENT: &str = "wipe_unsent";

/// How far a wipe has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub enum Wipe {
    /// Something is still to be sent.
    Sends,
    /// Nothing is left here but who this phone was; the server does not know it yet.
    Emptied,
    /// The server knows it: the host takes the files and the keys away.
    Done,
}

/// What this phone was ordered to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Ordered {
    /// To ask for the PIN.
    pub lock: bool,
    /// To let go of everything.
    pub wipe: Option<Wipe>,
    /// Notes of which something is still to be sent.
    pub waiting: u64,
    /// Notes to which something was begun to be added: a wipe waits until it is added or taken out.
    pub additions: Vec<DocumentId>,
}

/// How the phone stands, for the desk; the host knows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Storage {
    /// Whether the system promised to keep the app's storage.
    pub persisted: Option<bool>,
    /// How much the app uses.
    pub used_bytes: Option<u64>,
    /// How much more it may use.
    pub free_bytes: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Wiping {
    id: u64,
    stage: Wipe,
}

fn wiping(conn: &Db) -> Result<Option<Wiping>, Trouble> {
    let kept = meta::get(conn, key::WIPE)?;
    kept.map(|bytes| serde_json::from_slice(&bytes).map_err(|_| Trouble::Damaged("an order")))
        .transpose()
}

fn set_wiping(conn: &Db, wiping: &Wiping) -> Result<(), Trouble> {
    let bytes = serde_json::to_vec(wiping).map_err(|_| Trouble::Damaged("an order"))?;
    meta::set(conn, key::WIPE, &bytes)
}

/// Whether everything was let go of.
pub(super) fn is_emptied(conn: &Db) -> Result<bool, Trouble> {
    Ok(wiping(conn)?.is_some_and(|wiping| wiping.stage != Wipe::Sends))
}

/// Nothing is begun on a phone that was emptied: nobody would ever see it.
pub(super) fn refuse_if_emptied(conn: &Db) -> Result<(), Trouble> {
    if is_emptied(conn)? {
        return Err(Trouble::NotAllowed(
            "your team's desk has wiped this phone: nothing can be written on it any more",
        ));
    }
    Ok(())
}

fn number(conn: &Db, name: &str) -> Result<Option<u64>, Trouble> {
    Ok(meta::number(conn, name)?.map(i64::cast_unsigned))
}

/// The order to lock that was given last.
pub(super) fn lock_order(conn: &Db) -> Result<Option<u64>, Trouble> {
    number(conn, key::LOCK)
}

/// The order that was obeyed and of which the server has not been told.
fn obeyed(conn: &Db) -> Result<Option<u64>, Trouble> {
    if let Some(wiping) = wiping(conn)? {
        return Ok((wiping.stage == Wipe::Emptied).then_some(wiping.id));
    }
    let lock = lock_order(conn)?;
    Ok(lock.filter(|_| number(conn, key::LOCK_TOLD).ok().flatten() != lock))
}

/// What an order that came is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// One that was known, or cannot be carried out.
    Old,
    /// A new one.
    New,
    /// To let go of everything now, which is done.
    Emptied,
}

/// Takes an order in that stands.
pub(super) fn given(conn: &Db, row: &OrderRow, id: u64) -> Result<Given, Trouble> {
    let before = wiping(conn)?;
    let known = before.as_ref().map(|wiping| wiping.id);
    let stage = match (row.order.as_str(), before.map(|wiping| wiping.stage)) {
        // An answer that was on its way when this phone was emptied.
        (_, Some(Wipe::Emptied | Wipe::Done)) => return Ok(Given::Old),
        (LOCK, _) => {
            let new = lock_order(conn)? != Some(id);
            meta::set(conn, key::LOCK, &id.to_be_bytes())?;
            meta::clear(conn, key::LOCK_TOLD)?;
            return Ok(if new { Given::New } else { Given::Old });
        }
        (WIPE, _) => Wipe::Sends,
        (WIPE_UNSENT, _) => Wipe::Emptied,
        // An order of a newer server.
        _ => return Ok(Given::Old),
    };
    if stage == Wipe::Sends && known == Some(id) {
        return Ok(Given::Old);
    }
    set_wiping(conn, &Wiping { id, stage })?;
    if stage == Wipe::Emptied {
        emptied::empty(conn)?;
        return Ok(Given::Emptied);
    }
    Ok(Given::New)
}

/// The server has heard what it was told.
pub(super) fn heard(conn: &Db, told: &ToDesk) -> Result<(), Trouble> {
    messages::told(conn, told.read.as_deref().unwrap_or_default())?;
    let Some(id) = told.obeyed else { return Ok(()) };
    match wiping(conn)? {
        Some(wiping) if wiping.id == id && wiping.stage == Wipe::Emptied => {
            let stage = Wipe::Done;
            set_wiping(conn, &Wiping { stage, ..wiping })
        }
        Some(_) => Ok(()),
        None => meta::set(conn, key::LOCK_TOLD, &id.to_be_bytes()),
    }
}

impl Notebook {
    /// What this phone was ordered to do. A host looks after each talk with the server.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn ordered(&self) -> Result<Ordered, Trouble> {
        let conn = self.store.read();
        Ok(Ordered {
            // Who opened the notebook since has given the PIN.
            lock: lock_order(conn)?.is_some_and(|order| Some(order) != self.opened_after),
            wipe: wiping(conn)?.map(|wiping| wiping.stage),
            waiting: docs::waiting(conn)?,
            additions: emptied::additions(conn)?,
        })
    }

    /// Tells the core how the phone stands; the desk is told with the next request.
    pub fn stands(&mut self, storage: Storage) {
        self.storage = storage;
    }

    /// Lets go of everything where that was ordered and nothing is left that the server has not answered for. Says
    /// whether it did.
    pub(super) fn obey(&mut self) -> Result<bool, Trouble> {
        let sends = |wiping: &Wiping| wiping.stage == Wipe::Sends;
        if !wiping(self.store.read())?.as_ref().is_some_and(sends) {
            return Ok(false);
        }
        self.settle_all()?;
        let emptied = self.store.write(|tx| {
            let Some(wiping) = wiping(tx)?.filter(sends) else {
                return Ok(false);
            };
            // Looked at in the transaction that lets go, so that no key can come in between.
            if !emptied::nothing_waits(tx)? {
                return Ok(false);
            }
            emptied::empty(tx)?;
            set_wiping(
                tx,
                &Wiping {
                    stage: Wipe::Emptied,
                    ..wiping
                },
            )?;
            Ok(true)
        })?;
        if emptied {
            self.forget_all();
        }
        Ok(emptied)
    }

    /// Nothing of what was let go of stays in memory.
    pub(super) fn forget_all(&mut self) {
        self.desk.clear();
        self.read.clear();
        self.arrivals += 1;
    }

    /// What the next request tells the desk.
    pub(super) fn to_desk(&self) -> Result<ToDesk, Trouble> {
        let conn = self.store.read();
        let read = messages::to_tell(conn, MAX_READ)?;
        let held = outgoing::all_held(conn)?.len() as u64;
        Ok(ToDesk {
            read: (!read.is_empty()).then_some(read),
            obeyed: obeyed(conn)?,
            held: Some(held),
            persisted: self.storage.persisted,
            used_bytes: self.storage.used_bytes,
            free_bytes: self.storage.free_bytes,
        })
    }

    /// Whether there is something that the desk waits to hear.
    pub(super) fn has_to_tell(&self) -> Result<bool, Trouble> {
        let conn = self.store.read();
        Ok(obeyed(conn)?.is_some() || !messages::to_tell(conn, 1)?.is_empty())
    }
}
