//! `/v1/desk/admins`: who sits at the desk, a one-time link for another, and taking a seat away.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::note::plain::rfc3339;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{App, Refusal};
use super::seat::{Deciding, Organising, Reading};
use super::{Id, Params, answer, read};
use crate::desk::{self, invite, session};
use crate::import::Role;
use crate::store::StoreError;

/// Admins in one page.
const PAGE: u32 = 50;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// From the page before.
    pub(super) after: Option<String>,
}

/// Who sits at the desk.
#[derive(Serialize, ToSchema)]
struct Admins {
    /// By worker id.
    admins: Vec<Admin>,
    /// For the next page, where there is one.
    #[schema(required)]
    next: Option<String>,
}

/// Somebody with a role at the desk.
#[derive(Serialize, ToSchema)]
struct Admin {
    /// Id in the case system.
    worker_id: String,
    /// As it is shown.
    name: String,
    /// `team_admin`, `organisation_admin` or `auditor`.
    role: String,
    /// The only team that they see; none where they see all.
    #[schema(required)]
    team: Option<String>,
    /// How many passkeys they have.
    passkeys: usize,
    /// When one of their sessions was last used that is good now, RFC 3339.
    #[schema(required)]
    seen_at: Option<String>,
}

/// A role to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invite {
    /// Above what the case system says; only an organisation admin may give one.
    #[serde(default)]
    role: Option<GivenRole>,
}

/// A role at the desk.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GivenRole {
    /// Of their own team.
    TeamAdmin,
    /// Of all teams, workers and settings.
    OrganisationAdmin,
    /// Reads all, changes nothing.
    Auditor,
}

impl From<GivenRole> for Role {
    fn from(role: GivenRole) -> Self {
        match role {
            GivenRole::TeamAdmin => Self::TeamAdmin,
            GivenRole::OrganisationAdmin => Self::OrganisationAdmin,
            GivenRole::Auditor => Self::Auditor,
        }
    }
}

/// A one-time link, shown once.
#[derive(Serialize, ToSchema)]
struct Link {
    /// To be opened in the browser that is to get the passkey.
    link: String,
    /// RFC 3339.
    expires_at: String,
}

/// What is left.
#[derive(Serialize, ToSchema)]
struct Revoked {
    /// False where the case system itself says that they have a role: it must say otherwise there.
    gone: bool,
}

/// Who sits at the desk
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/admins",
    operation_id = "deskAdmins",
    params(Page),
    responses((status = 200, body = Admins))
)]
pub async fn list(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(page): Params<Page>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let limits = app.http.desk;
    let admins = app
        .blocking(move |core| {
            let after = page.after.unwrap_or_default();
            let team = seated.admin.scope.team();
            let ids = core.store.read(|tx| tx.desk_workers(team, &after, PAGE))?;
            let next = ids.last().filter(|_| ids.len() == PAGE as usize).cloned();
            let mut admins = Vec::new();
            for id in ids {
                let seen = session::list(core, &id, limits)?;
                let seen_at = seen.iter().map(|one| one.seen_at).max();
                let (known, passkeys, team) = core.store.read(|tx| {
                    let known = desk::admin(tx, &id)?;
                    let team = known.as_ref().and_then(|admin| admin.scope.team());
                    let team = team.map(|team| tx.team(team)).transpose()?.flatten();
                    Ok::<_, StoreError>((known, tx.passkeys_of(&id)?.len(), team))
                })?;
                admins.extend(known.map(|admin| Admin {
                    worker_id: admin.worker.id,
                    name: admin.worker.name,
                    role: admin.role.code().to_owned(),
                    team: team.map(|team| team.name),
                    passkeys,
                    seen_at: seen_at.map(rfc3339),
                }));
            }
            Ok::<_, StoreError>(Admins { admins, next })
        })
        .await?;
    Ok(answer(&headers, &admins))
}

/// Make a one-time sign-in link for a worker
///
/// # Errors
/// `signed_out`, `role_forbidden`, `role_missing`, `not_found`, `worker_left`.
#[utoipa::path(
    post,
    path = "/v1/desk/admins/{worker_id}/invite",
    operation_id = "deskInvite",
    params(("worker_id" = String, Path, description = "Id in the case system")),
    request_body = Invite,
    responses((status = 200, body = Link))
)]
pub async fn invite(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(worker): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: Invite = read(&app, &headers, body).await?;
    let valid_ms = app.http.enrol_valid_ms;
    let role = asked.role.map(Role::from);
    let link = app
        .blocking(move |core| {
            let by = invite::Inviter::Admin(&seated.admin);
            invite::make(core, &worker, role, by, valid_ms)
        })
        .await?;
    let link = Link {
        link: invite::address(&app.console_origin, &link.code),
        expires_at: rfc3339(link.expires_at),
    };
    Ok(answer(&headers, &link))
}

/// Take a worker's seat at the desk away
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`.
#[utoipa::path(
    post,
    path = "/v1/desk/admins/{worker_id}/revoke",
    operation_id = "deskRevokeAdmin",
    params(("worker_id" = String, Path, description = "Id in the case system")),
    responses((status = 200, body = Revoked))
)]
pub async fn revoke(
    State(app): State<App>,
    Organising(seated): Organising,
    Id(worker): Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let gone = app
        .blocking(move |core| invite::revoke(core, &worker, &seated.admin))
        .await?;
    Ok(answer(&headers, &Revoked { gone }))
}
