//! Sessions of the console: kept here and not in the browser, which holds a secret only. They end by themselves after a
//! while without use, and in any case at the end of a day's work; by their owner, or by who may take the role away.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::problem::Code;
use sha2::{Digest as _, Sha256};

use super::{Admin, admin};
use crate::core::Core;
use crate::hex::hex;
use crate::host::Host;
use crate::ops::OpError;
use crate::store::{DeskSession, StoreError, Tx};

/// How exactly it is known when a session was last used: a write for each request would cost more than it tells.
const EXACT_MS: i64 = 60_000;
/// How long a session that is over stands in the list for who looks back.
const REMEMBERED_MS: i64 = 90 * 24 * 3_600_000;
/// The most that is kept of what a browser calls itself.
const MAX_AGENT_CHARS: usize = 200;
/// Sessions in one list.
const MAX_SESSIONS: u32 = 100;

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Without use, milliseconds.
    pub idle_ms: i64,
    /// In any case, milliseconds.
    pub whole_ms: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle_ms: 30 * 60_000,
            whole_ms: 12 * 3_600_000,
        }
    }
}

/// What the cookie holds; only its hash is stored. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// As it travels.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A session that is good now, and whose.
#[derive(Debug, Clone)]
pub struct Seated {
    /// Who.
    pub admin: Admin,
    /// The session.
    pub session: DeskSession,
    /// When it ends in any case, UTC milliseconds.
    pub expires_at: i64,
}

impl Seated {
    /// The session's name in lists.
    #[must_use]
    pub fn id(&self) -> String {
        id(&self.session)
    }
}

/// A session's name in lists, which opens nothing.
#[must_use]
pub fn id(session: &DeskSession) -> String {
    hex(&session.hash[..8])
}

/// Begins a session for somebody who has shown who they are.
///
/// # Errors
/// The database's.
pub fn begin(tx: &Tx<'_>, host: &Host, worker: &str, agent: &str) -> Result<Secret, StoreError> {
    let secret = URL_SAFE_NO_PAD.encode(host.random::<32>());
    let now = host.now_ms();
    let session = DeskSession {
        hash: Sha256::digest(&secret).into(),
        worker: worker.to_owned(),
        made_at: now,
        seen_at: now,
        ended_at: None,
        agent: agent.chars().take(MAX_AGENT_CHARS).collect(),
    };
    tx.session_begin(&session, now.saturating_sub(REMEMBERED_MS))?;
    Ok(Secret(secret))
}

/// Who holds a secret, if the session is good now; their role is read anew each time.
///
/// # Errors
/// `signed_out` where it is not; `role_forbidden` where they have no role any more.
pub fn seated(core: &Core, secret: &str, limits: Limits) -> Result<Seated, OpError> {
    let hash: [u8; 32] = Sha256::digest(secret).into();
    let now = core.host.now_ms();
    let seated = core.store.read(|tx| {
        let session = tx.session(&hash)?.ok_or(Code::SignedOut)?;
        let idle = now.saturating_sub(session.seen_at) >= limits.idle_ms;
        let expires_at = session.made_at.saturating_add(limits.whole_ms);
        if session.ended_at.is_some() || idle || now >= expires_at {
            return Err(OpError::from(Code::SignedOut));
        }
        let admin = admin(tx, &session.worker)?.ok_or(Code::RoleForbidden)?;
        Ok(Seated {
            admin,
            session,
            expires_at,
        })
    })?;
    if now.saturating_sub(seated.session.seen_at) >= EXACT_MS {
        core.store.write(|tx| tx.session_seen(&hash, now))?;
    }
    Ok(seated)
}

/// The session of a secret, whatever became of it.
///
/// # Errors
/// The database's.
pub fn known(core: &Core, secret: &str) -> Result<Option<DeskSession>, StoreError> {
    let hash: [u8; 32] = Sha256::digest(secret).into();
    core.store.read(|tx| tx.session(&hash))
}

/// A worker's sessions that are good now, the newest first.
///
/// # Errors
/// The database's.
pub fn list(core: &Core, worker: &str, limits: Limits) -> Result<Vec<DeskSession>, StoreError> {
    let now = core.host.now_ms();
    let mut sessions = core.store.read(|tx| tx.sessions_of(worker, MAX_SESSIONS))?;
    sessions.retain(|session| {
        now.saturating_sub(session.seen_at) < limits.idle_ms
            && now.saturating_sub(session.made_at) < limits.whole_ms
    });
    Ok(sessions)
}

/// Ends one of a worker's sessions by its name; it may have ended before.
///
/// # Errors
/// `not_found` where the worker has no such session.
pub fn end(core: &Core, worker: &str, name: &str) -> Result<(), OpError> {
    let now = core.host.now_ms();
    core.store.write(|tx| {
        let sessions = tx.sessions_of(worker, MAX_SESSIONS)?;
        let session = sessions.iter().find(|session| id(session) == name);
        let session = session.ok_or(Code::NotFound)?;
        tx.session_end(&session.hash, now)?;
        Ok(())
    })
}
