//! Who may sit at the desk: roles that were given here, one-time links, passkeys and sessions.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// A one-time sign-in link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskInvite {
    /// Whom it lets in.
    pub worker: String,
    /// UTC milliseconds.
    pub expires_at: i64,
    /// UTC milliseconds; then it is spent.
    pub used_at: Option<i64>,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRecord {
    /// The credential's id.
    pub id: Vec<u8>,
    /// Whose it is.
    pub worker: String,
    /// Public key and counters, as the library writes them (JSON).
    pub credential: String,
    /// What its owner calls it.
    pub label: String,
    /// UTC milliseconds.
    pub made_at: i64,
    /// When it last let its owner in, UTC milliseconds.
    pub used_at: Option<i64>,
}

/// A session of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskSession {
    /// SHA-256 of what the cookie holds.
    pub hash: [u8; 32],
    /// Whose it is.
    pub worker: String,
    /// UTC milliseconds.
    pub made_at: i64,
    /// When it was last used, UTC milliseconds, to the minute.
    pub seen_at: i64,
    /// UTC milliseconds; then it is over.
    pub ended_at: Option<i64>,
    /// What the browser calls itself.
    pub agent: String,
}

const PASSKEY: &str = "id, worker, credential, label, made_at, used_at";
const SESSION: &str = "hash, worker, made_at, seen_at, ended_at, agent";

impl Tx<'_> {
    /// The role that was given to a worker here.
    ///
    /// # Errors
    /// The database's.
    pub fn desk_role(&self, worker: &str) -> Result<Option<String>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT role FROM desk_role WHERE worker = ?")?;
        Ok(find.query_row([worker], |row| row.get(0)).optional()?)
    }

    /// Gives a worker a role, or takes it back.
    ///
    /// # Errors
    /// The database's.
    pub fn desk_role_put(
        &self,
        worker: &str,
        role: Option<&str>,
        by: &str,
        at: i64,
    ) -> Result<(), StoreError> {
        match role {
            Some(role) => self
                .db
                .prepare_cached(
                    "INSERT OR REPLACE INTO desk_role (worker, role, given_by, given_at) VALUES (?,?,?,?)",
                )?
                .execute(params![worker, role, by, at])?,
            None => self
                .db
                .prepare_cached("DELETE FROM desk_role WHERE worker = ?")?
                .execute([worker])?,
        };
        Ok(())
    }

    /// Workers who have a role at the desk, from the case system or given here, by id after the given one; of one team, or
    /// of all.
    ///
    /// # Errors
    /// The database's.
    pub fn desk_workers(
        &self,
        team: Option<i64>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT w.id FROM worker w LEFT JOIN desk_role r ON r.worker = w.id \
             WHERE w.id > ?1 AND coalesce(r.role, w.role) <> 'practitioner' AND w.left_at IS NULL \
             AND (?2 IS NULL OR w.team = ?2) ORDER BY w.id LIMIT ?3",
        )?;
        let rows = find.query_map(params![after, team, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Stores a one-time link by the hash of its code.
    ///
    /// # Errors
    /// The database's.
    pub fn invite_put(&self, hash: &[u8; 32], worker: &str, expires_at: i64) -> Result<(), StoreError> {
        let mut put = self
            .db
            .prepare_cached("INSERT INTO desk_invite (hash, worker, expires_at) VALUES (?,?,?)")?;
        put.execute(params![hash, worker, expires_at])?;
        Ok(())
    }

    /// A one-time link.
    ///
    /// # Errors
    /// The database's.
    pub fn invite(&self, hash: &[u8; 32]) -> Result<Option<DeskInvite>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT worker, expires_at, used_at FROM desk_invite WHERE hash = ?")?;
        let read = |row: &Row<'_>| {
            Ok(DeskInvite {
                worker: row.get(0)?,
                expires_at: row.get(1)?,
                used_at: row.get(2)?,
            })
        };
        Ok(find.query_row([hash], read).optional()?)
    }

    /// Spends a link; with it go all others of the same worker.
    ///
    /// # Errors
    /// The database's.
    pub fn invites_spend(&self, worker: &str, at: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE desk_invite SET used_at = ? WHERE worker = ? AND used_at IS NULL")?
            .execute(params![at, worker])?;
        Ok(())
    }

    /// Ends every session and spends every link; returns how many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn desk_close(&self, at: i64) -> Result<usize, StoreError> {
        let sessions = self.db.execute(
            "UPDATE desk_session SET ended_at = ? WHERE ended_at IS NULL",
            [at],
        )?;
        let invites = self
            .db
            .execute("UPDATE desk_invite SET used_at = ? WHERE used_at IS NULL", [at])?;
        Ok(sessions + invites)
    }

    /// The name by which a worker's passkeys know them.
    ///
    /// # Errors
    /// The database's.
    pub fn desk_handle(&self, worker: &str) -> Result<Option<[u8; 16]>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT handle FROM desk_handle WHERE worker = ?")?;
        Ok(find.query_row([worker], |row| row.get(0)).optional()?)
    }

    /// Gives a worker such a name.
    ///
    /// # Errors
    /// The database's.
    pub fn desk_handle_put(&self, worker: &str, handle: &[u8; 16]) -> Result<(), StoreError> {
        self.db
            .prepare_cached("INSERT INTO desk_handle (worker, handle) VALUES (?,?)")?
            .execute(params![worker, handle])?;
        Ok(())
    }

    /// Whose name that is.
    ///
    /// # Errors
    /// The database's.
    pub fn desk_worker(&self, handle: &[u8; 16]) -> Result<Option<String>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT worker FROM desk_handle WHERE handle = ?")?;
        Ok(find.query_row([handle], |row| row.get(0)).optional()?)
    }

    /// Writes a passkey.
    ///
    /// # Errors
    /// The database's.
    pub fn passkey_put(&self, key: &PasskeyRecord) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT OR REPLACE INTO passkey (id, worker, credential, label, made_at, used_at) VALUES (?,?,?,?,?,?)",
        )?;
        put.execute(params![
            key.id,
            key.worker,
            key.credential,
            key.label,
            key.made_at,
            key.used_at
        ])?;
        Ok(())
    }

    /// A passkey by its id.
    ///
    /// # Errors
    /// The database's.
    pub fn passkey(&self, id: &[u8]) -> Result<Option<PasskeyRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {PASSKEY} FROM passkey WHERE id = ?"))?;
        Ok(find.query_row([id], passkey).optional()?)
    }

    /// A worker's passkeys, the oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn passkeys_of(&self, worker: &str) -> Result<Vec<PasskeyRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {PASSKEY} FROM passkey WHERE worker = ? ORDER BY made_at, id"
        ))?;
        let rows = find.query_map([worker], passkey)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes a passkey away; false where there was none.
    ///
    /// # Errors
    /// The database's.
    pub fn passkey_remove(&self, id: &[u8]) -> Result<bool, StoreError> {
        let mut remove = self.db.prepare_cached("DELETE FROM passkey WHERE id = ?")?;
        Ok(remove.execute([id])? > 0)
    }

    /// Begins a session, and forgets those that ended long before.
    ///
    /// # Errors
    /// The database's.
    pub fn session_begin(&self, session: &DeskSession, forget_before: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM desk_session WHERE worker = ? AND made_at < ?")?
            .execute(params![session.worker, forget_before])?;
        let mut put = self.db.prepare_cached(
            "INSERT INTO desk_session (hash, worker, made_at, seen_at, ended_at, agent) VALUES (?,?,?,?,?,?)",
        )?;
        put.execute(params![
            session.hash,
            session.worker,
            session.made_at,
            session.seen_at,
            session.ended_at,
            session.agent
        ])?;
        Ok(())
    }

    /// A session by the hash of its secret.
    ///
    /// # Errors
    /// The database's.
    pub fn session(&self, hash: &[u8; 32]) -> Result<Option<DeskSession>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {SESSION} FROM desk_session WHERE hash = ?"))?;
        Ok(find.query_row([hash], session).optional()?)
    }

    /// Says that a session was used.
    ///
    /// # Errors
    /// The database's.
    pub fn session_seen(&self, hash: &[u8; 32], at: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE desk_session SET seen_at = max(seen_at, ?) WHERE hash = ?")?
            .execute(params![at, hash])?;
        Ok(())
    }

    /// Ends a session; false where it was over.
    ///
    /// # Errors
    /// The database's.
    pub fn session_end(&self, hash: &[u8; 32], at: i64) -> Result<bool, StoreError> {
        let mut end = self
            .db
            .prepare_cached("UPDATE desk_session SET ended_at = ? WHERE hash = ? AND ended_at IS NULL")?;
        Ok(end.execute(params![at, hash])? > 0)
    }

    /// Ends all sessions of a worker; returns how many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn sessions_end(&self, worker: &str, at: i64) -> Result<usize, StoreError> {
        let mut end = self
            .db
            .prepare_cached("UPDATE desk_session SET ended_at = ? WHERE worker = ? AND ended_at IS NULL")?;
        Ok(end.execute(params![at, worker])?)
    }

    /// A worker's sessions that were not ended, the newest first, at most so many.
    ///
    /// # Errors
    /// The database's.
    pub fn sessions_of(&self, worker: &str, limit: u32) -> Result<Vec<DeskSession>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {SESSION} FROM desk_session WHERE worker = ? AND ended_at IS NULL ORDER BY made_at DESC LIMIT ?"
        ))?;
        let rows = find.query_map(params![worker, limit], session)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn passkey(row: &Row<'_>) -> rusqlite::Result<PasskeyRecord> {
    Ok(PasskeyRecord {
        id: row.get(0)?,
        worker: row.get(1)?,
        credential: row.get(2)?,
        label: row.get(3)?,
        made_at: row.get(4)?,
        used_at: row.get(5)?,
    })
}

fn session(row: &Row<'_>) -> rusqlite::Result<DeskSession> {
    Ok(DeskSession {
        hash: row.get(0)?,
        worker: row.get(1)?,
        made_at: row.get(2)?,
        seen_at: row.get(3)?,
        ended_at: row.get(4)?,
        agent: row.get(5)?,
    })
}
