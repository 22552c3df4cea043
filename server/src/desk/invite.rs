//! One-time sign-in links: made by whoever runs the server, or by another admin for their own team; good for a day, once.
//! Using one makes a passkey and puts away all older ones of the same worker, so that a lost passkey is a new link.

use notes::problem::Code;
use serde_json::json;

use super::{Admin, Scope, admin};
use crate::auth::EnrolmentCode;
use crate::core::Core;
use crate::host::Host;
use crate::import::Role;
use crate::ops::OpError;
use crate::store::{AuditEntry, StoreError, Tx};

/// Who may invite whom.
#[derive(Debug, Clone, Copy)]
pub enum Inviter<'a> {
    /// Whoever can run commands on the server's machine.
    Operator(&'a str),
    /// Somebody at the desk.
    Admin(&'a Admin),
}

/// A link, ready to be handed over.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its code.
    pub code: EnrolmentCode,
    /// UTC milliseconds.
    pub expires_at: i64,
}

/// Makes a link for a worker, and gives them a role where one is named.
///
/// # Errors
/// `not_found` for a worker who is not known, or not there for who asks; `worker_left`; `role_forbidden` where the inviter
/// may not give that role; `role_missing` where the worker has none.
pub fn make(
    core: &Core,
    worker: &str,
    role: Option<Role>,
    inviter: Inviter<'_>,
    valid_ms: i64,
) -> Result<Link, OpError> {
    let code = EnrolmentCode::from_random(&core.host.random());
    let now = core.host.now_ms();
    let expires_at = now.saturating_add(valid_ms);
    let by = match inviter {
        Inviter::Operator(name) => name.to_owned(),
        Inviter::Admin(admin) => admin.by(),
    };
    core.store.write(|tx| {
        within(tx, worker, inviter)?;
        if tx.worker_left(worker)?.is_some() {
            return Err(OpError::from(Code::WorkerLeft));
        }
        if let Some(role) = role {
            if matches!(inviter, Inviter::Admin(admin) if admin.role != Role::OrganisationAdmin) {
                return Err(Code::RoleForbidden.into());
            }
            tx.desk_role_put(worker, Some(role.code()), &by, now)?;
        }
        let known = admin(tx, worker)?.ok_or(Code::RoleMissing)?;
        // A team admin lets in team admins only, and never makes one.
        if matches!(inviter, Inviter::Admin(admin) if admin.role == Role::TeamAdmin && known.role != Role::TeamAdmin)
        {
            return Err(Code::RoleForbidden.into());
        }
        tx.invite_put(&code.sha256(), worker, expires_at)?;
        tx.audit(&AuditEntry {
            at: now,
            who: by.clone(),
            what: "admin.invited".to_owned(),
            person: None,
            document: None,
            detail: json!({ "worker": worker, "role": known.role.code() }).to_string(),
        })?;
        Ok(())
    })?;
    Ok(Link { code, expires_at })
}

/// The link itself: the code stands behind the `#`, which browsers keep to themselves.
#[must_use]
pub fn address(console_origin: &str, code: &EnrolmentCode) -> String {
    format!("{console_origin}/console#invite={}", code.shown())
}

/// Whether the worker is there for who asks.
fn within(tx: &Tx<'_>, worker: &str, inviter: Inviter<'_>) -> Result<(), OpError> {
    let unknown = || OpError::Because(Code::NotFound, format!("no worker has the id {worker:?}"));
    let scope = match inviter {
        Inviter::Admin(admin) => admin.scope,
        Inviter::Operator(_) => Scope::All,
    };
    if scope.has_worker(tx, worker)? {
        Ok(())
    } else {
        Err(unknown())
    }
}

/// Whom a code lets in, while it is good. It is not spent by that.
///
/// # Errors
/// `code_unknown`; `role_missing` where they have lost their role since.
pub fn read(tx: &Tx<'_>, host: &Host, code: &str) -> Result<Admin, OpError> {
    let code = EnrolmentCode::read(code).ok_or(Code::CodeUnknown)?;
    let invite = tx.invite(&code.sha256())?.ok_or(Code::CodeUnknown)?;
    if invite.used_at.is_some() || host.now_ms() >= invite.expires_at {
        return Err(Code::CodeUnknown.into());
    }
    Ok(admin(tx, &invite.worker)?.ok_or(Code::RoleMissing)?)
}

/// Takes a worker's seat at the desk away: sessions, passkeys, links, and the role that was given here. False where a role
/// from the case system stays.
///
/// # Errors
/// `not_found`.
pub fn revoke(core: &Core, worker: &str, by: &Admin) -> Result<bool, OpError> {
    let now = core.host.now_ms();
    core.store.write(|tx| {
        within(tx, worker, Inviter::Admin(by))?;
        put_away(tx, worker, now)?;
        tx.desk_role_put(worker, None, &by.by(), now)?;
        tx.audit(&AuditEntry {
            at: now,
            who: by.by(),
            what: "admin.revoked".to_owned(),
            person: None,
            document: None,
            detail: json!({ "worker": worker }).to_string(),
        })?;
        Ok(admin(tx, worker)?.is_none())
    })
}

/// Ends all by which a worker could come in until now.
pub(crate) fn put_away(tx: &Tx<'_>, worker: &str, now: i64) -> Result<(), StoreError> {
    tx.sessions_end(worker, now)?;
    tx.invites_spend(worker, now)?;
    for key in tx.passkeys_of(worker)? {
        tx.passkey_remove(&key.id)?;
    }
    Ok(())
}
