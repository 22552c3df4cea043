//! What the install knows of itself: single values by name, and the actors it has written under.

use automerge::ActorId;
use notes::ids::Actor;
use rusqlite::{Connection, OptionalExtension as _};

use crate::trouble::Trouble;

/// The names of the values.
pub(crate) mod key {
    pub(crate) const ACTOR: &str = "actor";
    pub(crate) const DEVICE_SECRET: &str = "device_secret";
    pub(crate) const DEVICE: &str = "device";
    pub(crate) const WORKER: &str = "worker";
    pub(crate) const WORKER_NAME: &str = "worker_name";
    pub(crate) const TEAM: &str = "team";
    pub(crate) const TOKEN_URL: &str = "token_url";
    pub(crate) const TOKEN: &str = "token";
    pub(crate) const CLOCK_OFFSET: &str = "clock_offset_ms";
    pub(crate) const CURSOR: &str = "cursor";
    pub(crate) const SERVER: &str = "server";
    /// Followed by the order itself.
    pub(crate) const ORDER_DONE: &str = "order_done";
    /// Followed by a document: what was begun to be added to it.
    pub(crate) const ADDITION: &str = "addition";
    /// Followed by a document: what a person decided against in it.
    pub(crate) const AGAINST: &str = "against";
    /// What the council settled for its phones, as the row came.
    pub(crate) const SETTINGS: &str = "settings";
    /// The number of the newest order to lock.
    pub(crate) const LOCK: &str = "lock";
    /// The same, once the server has heard that it was obeyed.
    pub(crate) const LOCK_TOLD: &str = "lock_told";
    /// How far a wipe has come.
    pub(crate) const WIPE: &str = "wipe";
}

pub(crate) fn get(conn: &Connection, key: &str) -> Result<Option<Vec<u8>>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(crate) fn set(conn: &Connection, key: &str, value: &[u8]) -> Result<(), Trouble> {
    let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    conn.prepare_cached(sql)?.execute((key, value))?;
    Ok(())
}

pub(crate) fn clear(conn: &Connection, key: &str) -> Result<(), Trouble> {
    conn.execute("DELETE FROM meta WHERE key = ?1", [key])?;
    Ok(())
}

/// Clears all values whose names begin and end so.
pub(crate) fn clear_between(conn: &Connection, begin: &str, end: &str) -> Result<(), Trouble> {
    let sql = "DELETE FROM meta WHERE substr(key, 1, length(?1)) = ?1 AND substr(key, -length(?2)) = ?2";
    conn.execute(sql, [begin, end])?;
    Ok(())
}

pub(crate) fn text(conn: &Connection, key: &str) -> Result<Option<String>, Trouble> {
    let read = |bytes| String::from_utf8(bytes).map_err(|_| Trouble::Damaged("a setting"));
    get(conn, key)?.map(read).transpose()
}

pub(crate) fn number(conn: &Connection, key: &str) -> Result<Option<i64>, Trouble> {
    let read = |bytes: Vec<u8>| match <[u8; 8]>::try_from(bytes) {
        Ok(bytes) => Ok(i64::from_be_bytes(bytes)),
        Err(_) => Err(Trouble::Damaged("a setting")),
    };
    get(conn, key)?.map(read).transpose()
}

/// Takes an actor into use; the ones before stay known as this install's.
pub(crate) fn set_actor(conn: &Connection, actor: Actor, now: i64) -> Result<(), Trouble> {
    set(conn, key::ACTOR, &actor.0)?;
    let sql = "INSERT OR IGNORE INTO actor_of_mine (actor, since_at) VALUES (?1, ?2)";
    conn.execute(sql, (actor.0, now))?;
    Ok(())
}

/// The actor in use.
pub(crate) fn actor(conn: &Connection) -> Result<Actor, Trouble> {
    let bytes = get(conn, key::ACTOR)?.ok_or(Trouble::NotEnrolled)?;
    Actor::from_slice(&bytes).ok_or(Trouble::Damaged("the actor"))
}

/// All actors that this install has written under.
pub(crate) fn my_actors(conn: &Connection) -> Result<Vec<ActorId>, Trouble> {
    let mut statement = conn.prepare_cached("SELECT actor FROM actor_of_mine")?;
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|row| Ok(ActorId::from(row?))).collect()
}
