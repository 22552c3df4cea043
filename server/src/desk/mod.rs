//! The desk: what admins see and do in the console. Above the operations, the issues and the export, below HTTP; all that
//! the console shows is made here, and nothing is decided that is not decided there.
//!
//! What never happens: somebody sees what is another team's, a deed is done twice, a deed or an auditor's reading leaves no
//! trace.

pub mod audit;
pub mod brief;
pub mod caseload;
pub mod concerns;
pub mod decide;
mod in_view;
pub mod invite;
pub mod issue;
#[cfg(test)]
mod issue_tests;
pub mod issues;
pub mod moving;
#[cfg(test)]
mod moving_tests;
pub mod note;
pub mod page;
pub mod passkey;
pub mod people;
pub mod reflection;
pub mod reports;
pub mod scope;
pub mod seen;
pub mod session;
pub mod settings;
pub mod spread;
#[cfg(test)]
mod tests;
pub mod today;
pub mod workers;

pub use brief::PersonBrief;
pub(crate) use brief::named;
pub use decide::{preview, reopen, settle};
pub use issue::issue;
pub use issues::{issues, open_issues};
pub use moving::{move_note, preview_move};
pub use page::Page;
pub use scope::Scope;
pub use seen::seen;

use crate::core::Core;
use crate::import::Role;
use crate::store::{StoreError, Tx, WorkerRecord};

/// Somebody at the desk, as they stand at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Who.
    pub worker: WorkerRecord,
    /// What they may do.
    pub role: Role,
    /// How far they may see.
    pub scope: Scope,
}

impl Admin {
    /// How the audit names them.
    #[must_use]
    pub fn by(&self) -> String {
        format!("worker:{}", self.worker.id)
    }
}

/// A worker as they may sit at the desk now; none where they may not: a practitioner, a team admin without a team,
/// somebody who has left.
///
/// # Errors
/// The database's.
pub fn admin(tx: &Tx<'_>, worker: &str) -> Result<Option<Admin>, StoreError> {
    let Some(worker) = tx.worker(worker)? else {
        return Ok(None);
    };
    if tx.worker_left(&worker.id)?.is_some() {
        return Ok(None);
    }
    let given = tx.desk_role(&worker.id)?;
    let role = Role::from_code(given.as_deref().unwrap_or(&worker.role));
    let scope = match role {
        Some(Role::OrganisationAdmin | Role::Auditor) => Some(Scope::All),
        Some(Role::TeamAdmin) => worker.team.map(Scope::Team),
        Some(Role::Practitioner) | None => None,
    };
    Ok(role.zip(scope).map(|(role, scope)| Admin { worker, role, scope }))
}

/// Runs a reading that is to be recorded, or was a moment ago: then nothing is written.
pub(crate) fn looked<T, E: From<StoreError>>(
    core: &Core,
    record: bool,
    look: impl FnOnce(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    if record {
        core.store.write(look)
    } else {
        core.store.read(look)
    }
}
