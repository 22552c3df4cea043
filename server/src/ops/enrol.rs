//! Enrolling a device: a one-time code is made for a worker, and a phone uses it to leave its
//! public key and its actor. The answer to a lost answer is the same answer.

use notes::ids::{Actor, DeviceId};
use notes::note::genesis;
use notes::problem::Code;
use serde_json::json;

use super::OpError;
use crate::auth::{DevicePublicKey, EnrolmentCode};
use crate::core::Core;
use crate::store::{Audience, AuditEntry, DeviceRecord, NewsKind, StoreError, Tx, WorkerRecord};

/// A code, ready to be shown.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The code.
    pub code: EnrolmentCode,
    /// UTC milliseconds.
    pub expires_at: i64,
}

/// Makes a one-time code for one device of a worker.
///
/// # Errors
/// `not_found` for a worker who is not known, `worker_left` for one who is gone.
pub fn make_code(core: &Core, worker: &str, valid_ms: i64, by: &str) -> Result<Invitation, OpError> {
    let code = EnrolmentCode::from_random(&core.host.random());
    let now = core.host.now_ms();
    let expires_at = now.saturating_add(valid_ms);
    core.store.write(|tx| {
        if tx.worker(worker)?.is_none() {
            return Err(OpError::Because(
                Code::NotFound,
                format!("no worker has the id {worker:?}"),
            ));
        }
        if tx.worker_left(worker)?.is_some() {
            return Err(Code::WorkerLeft.into());
        }
        tx.code_put(&code.sha256(), worker, expires_at)?;
        tx.audit(&AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "device.invited".to_owned(),
            person: None,
            document: None,
            detail: json!({ "worker": worker }).to_string(),
        })?;
        Ok(())
    })?;
    Ok(Invitation { code, expires_at })
}

/// What a phone brings.
#[derive(Debug)]
pub struct Newcomer {
    /// The code as it was typed.
    pub code: String,
    /// Its public key.
    pub key: DevicePublicKey,
    /// Under which it will write.
    pub actor: Actor,
    /// App name and version.
    pub app: String,
    /// What the phone leaves with the server, to be let in again where its PIN is forgotten.
    pub spare: Option<[u8; 32]>,
}

/// What a phone is told.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// Its id from now on.
    pub device: DeviceId,
    /// Whose it is.
    pub worker: WorkerRecord,
    /// The name of their team.
    pub team: Option<String>,
}

/// Uses a code.
///
/// # Errors
/// `code_unknown`, `actor_taken`.
pub fn use_code(core: &Core, newcomer: &Newcomer) -> Result<Enrolled, OpError> {
    let code = EnrolmentCode::read(&newcomer.code).ok_or(Code::CodeUnknown)?;
    // The genesis actors are everybody's and nobody's.
    if genesis::is_genesis(&newcomer.actor.0) {
        return Err(Code::ActorTaken.into());
    }
    let now = core.host.now_ms();
    let fresh = DeviceId::at(now, core.host.random());
    core.store.write(|tx| {
        let known = tx.code(&code.sha256())?.ok_or(Code::CodeUnknown)?;
        let device = match known.device {
            Some(_) if known.let_in => return Err(Code::CodeUnknown.into()),
            Some(device) => used_before(tx, device, newcomer)?,
            None if now >= known.expires_at => return Err(Code::CodeUnknown.into()),
            None if tx.worker_left(&known.worker)?.is_some() => return Err(Code::CodeUnknown.into()),
            None => {
                add(tx, fresh, &known.worker, newcomer, now)?;
                tx.code_used(&code.sha256(), fresh, false)?;
                fresh
            }
        };
        let (owner, new) = tx.actor_claim(newcomer.actor, device, now)?;
        if owner != Some(device) {
            return Err(Code::ActorTaken.into());
        }
        if new {
            tx.tell(Audience::All, NewsKind::Actor, &newcomer.actor.0)?;
        }
        if let Some(spare) = &newcomer.spare {
            tx.spare_put(device, spare)?;
        }
        answer(tx, device, &known.worker)
    })
}

/// The same phone that lost its answer, or somebody else with a code that is spent.
fn used_before(tx: &Tx<'_>, device: DeviceId, newcomer: &Newcomer) -> Result<DeviceId, OpError> {
    let known = tx.device(device)?;
    let same = known.is_some_and(|d| d.public_key == newcomer.key.as_sec1() && d.revoked_at.is_none());
    if same {
        Ok(device)
    } else {
        Err(Code::CodeUnknown.into())
    }
}

fn add(tx: &Tx<'_>, id: DeviceId, worker: &str, newcomer: &Newcomer, now: i64) -> Result<(), StoreError> {
    tx.device_add(&DeviceRecord {
        id,
        worker: worker.to_owned(),
        public_key: newcomer.key.as_sec1().to_vec(),
        app: newcomer.app.clone(),
        enrolled_at: now,
        last_seen_at: None,
        revoked_at: None,
        waiting: 0,
        clock_offset_ms: 0,
        pulled_pub: 0,
    })?;
    tx.audit(&AuditEntry {
        at: now,
        who: format!("worker:{worker}"),
        what: "device.enrolled".to_owned(),
        person: None,
        document: None,
        detail: json!({ "device": id, "actor": newcomer.actor }).to_string(),
    })
}

fn answer(tx: &Tx<'_>, device: DeviceId, worker: &str) -> Result<Enrolled, OpError> {
    let worker = tx
        .worker(worker)?
        .ok_or(StoreError::Inconsistent("a code's worker vanished"))?;
    let team = match worker.team {
        Some(team) => tx.team(team)?.map(|team| team.name),
        None => None,
    };
    Ok(Enrolled { device, worker, team })
}

/// Gives a phone its spare back, for a fresh code of its worker's: whoever made the code has seen who holds the phone.
/// The answer to a lost answer is the same answer, for as long as the code is valid.
///
/// # Errors
/// `code_unknown`, also for a code that enrolled a phone; `device_revoked`; `not_found` where the phone left no spare.
pub fn let_in(core: &Core, device: &DeviceRecord, code: &str) -> Result<[u8; 32], OpError> {
    if device.revoked_at.is_some() {
        return Err(Code::DeviceRevoked.into());
    }
    let code = EnrolmentCode::read(code).ok_or(Code::CodeUnknown)?;
    let now = core.host.now_ms();
    core.store.write(|tx| {
        let known = tx.code(&code.sha256())?.ok_or(Code::CodeUnknown)?;
        let mine = known.worker == device.worker && now < known.expires_at;
        let fresh = known.device.is_none();
        if !mine || !(fresh || (known.let_in && known.device == Some(device.id))) {
            return Err(Code::CodeUnknown.into());
        }
        let spare = tx.spare(device.id)?.ok_or(Code::NotFound)?;
        if fresh {
            tx.code_used(&code.sha256(), device.id, true)?;
            tx.audit(&AuditEntry {
                at: now,
                who: format!("worker:{}", device.worker),
                what: "device.let_in".to_owned(),
                person: None,
                document: None,
                detail: json!({ "device": device.id }).to_string(),
            })?;
        }
        Ok(spare)
    })
}
