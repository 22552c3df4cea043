//! `/v1/desk/caseloads/{worker_id}`: whom a worker has, and handing them on.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::{App, Refusal};
use super::seat::{Deciding, Reading};
use super::{Id, answer, read};
use crate::desk::Admin;
use crate::desk::caseload::{self, Caseload, HandedOn, Handover};

/// Whom to hand on, to whom and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOn {
    /// The worker who gets them.
    to: String,
    /// Only these; all where none is named.
    #[serde(default)]
    case_ids: Vec<String>,
    /// Why; kept in the audit. A preview needs none.
    #[serde(default)]
    reason: String,
}

/// A worker's caseload, as a page for the next worker
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`.
#[utoipa::path(
    get,
    path = "/v1/desk/caseloads/{worker_id}",
    operation_id = "deskCaseload",
    params(("worker_id" = String, Path, description = "Id in the case system")),
    responses((status = 200, body = Caseload))
)]
pub async fn caseload(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(worker): Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = seated.admin.scope;
    let caseload = app
        .blocking(move |core| caseload::caseload(core, scope, &worker))
        .await?;
    Ok(answer(&headers, &caseload))
}

/// What handing a caseload on would do
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `parameter_invalid`, `worker_left`.
#[utoipa::path(
    post,
    path = "/v1/desk/caseloads/{worker_id}/preview",
    operation_id = "deskHandOnPreview",
    params(("worker_id" = String, Path, description = "Who has them now")),
    request_body = HandOn,
    responses((status = 200, body = HandedOn))
)]
pub async fn preview(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(worker): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: HandOn = read(&app, &headers, body).await?;
    run(&app, &headers, seated.admin, worker, asked, true).await
}

/// Hand a caseload on
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `reason_missing`, `parameter_invalid`, `worker_left`.
#[utoipa::path(
    post,
    path = "/v1/desk/caseloads/{worker_id}/hand-on",
    operation_id = "deskHandOn",
    params(("worker_id" = String, Path, description = "Who has them now")),
    request_body = HandOn,
    responses((status = 200, body = HandedOn))
)]
pub async fn hand_on(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(worker): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: HandOn = read(&app, &headers, body).await?;
    run(&app, &headers, seated.admin, worker, asked, false).await
}

async fn run(
    app: &App,
    headers: &HeaderMap,
    admin: Admin,
    from: String,
    asked: HandOn,
    only_look: bool,
) -> Result<Response, Refusal> {
    let done = app
        .blocking(move |core| {
            let handover = Handover {
                from: &from,
                to: asked.to.trim(),
                case_ids: &asked.case_ids,
                reason: &asked.reason,
            };
            caseload::hand_on(core, admin.scope, &admin.by(), &handover, only_look)
        })
        .await?;
    Ok(answer(headers, &done))
}
