//! `GET /v1/desk/me`: who is signed in, and until when.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::note::plain::rfc3339;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{App, Refusal};
use super::answer;
use super::seat::Reading;
use crate::core::Core;
use crate::desk::Admin;
use crate::store::StoreError;

/// Who is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// Id in the case system.
    pub worker_id: String,
    /// As it is shown.
    pub name: String,
    /// `team_admin`, `organisation_admin` or `auditor`.
    pub role: String,
    /// The name of the only team that they see; none where they see all.
    #[schema(required)]
    pub team: Option<String>,
    /// When the session ends in any case, RFC 3339.
    pub expires_at: String,
    /// After how many seconds without use it ends.
    pub idle_s: i64,
}

impl Me {
    /// Somebody whose session ends at `expires_at`, UTC milliseconds.
    pub(super) fn of(core: &Core, admin: &Admin, expires_at: i64, idle_ms: i64) -> Result<Self, StoreError> {
        let team = match admin.scope.team() {
            Some(team) => core.store.read(|tx| tx.team(team))?.map(|team| team.name),
            None => None,
        };
        Ok(Self {
            worker_id: admin.worker.id.clone(),
            name: admin.worker.name.clone(),
            role: admin.role.code().to_owned(),
            team,
            expires_at: rfc3339(expires_at),
            idle_s: idle_ms / 1000,
        })
    }
}

/// Who is signed in, and until when
///
/// # Errors
/// `signed_out`, `role_forbidden`.
#[utoipa::path(get, path = "/v1/desk/me", operation_id = "deskMe", responses((status = 200, body = Me)))]
pub async fn me(
    State(app): State<App>,
    Reading(seated): Reading,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let idle_ms = app.http.desk.idle_ms;
    let me = app
        .blocking(move |core| Me::of(core, &seated.admin, seated.expires_at, idle_ms))
        .await?;
    Ok(answer(&headers, &me))
}
