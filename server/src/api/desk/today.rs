//! `/v1/desk/today` and `/v1/desk/concerns`: what stands at the desk this morning, and taking note of a concern.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::ids::DocumentId;
use notes::problem::Code;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::{App, Refusal};
use super::admins::Page as Which;
use super::seat::{Deciding, Reading};
use super::{Id, Params, answer, read};
use crate::desk::concerns::{self, ConcernRow};
use crate::desk::page::Page;
use crate::desk::today::{self, Today};

/// Which concern.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConcernNamed {
    /// Its id in the note.
    entry: String,
}

/// What needs a person today, and whether anything is stuck
///
/// # Errors
/// `signed_out`, `role_forbidden`.
#[utoipa::path(
    get,
    path = "/v1/desk/today",
    operation_id = "deskToday",
    responses((status = 200, body = Today))
)]
pub async fn today(
    State(app): State<App>,
    Reading(seated): Reading,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = seated.admin.scope;
    let counted = app.blocking(move |core| today::today(core, scope)).await?;
    Ok(answer(&headers, &counted))
}

/// Concerns that were raised in notes, the newest first
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`, `cursor_unknown`.
#[utoipa::path(
    get,
    path = "/v1/desk/concerns",
    operation_id = "deskConcerns",
    params(Which),
    responses((status = 200, body = Page<ConcernRow>))
)]
pub async fn concerns(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(which): Params<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = seated.admin.scope;
    let page = app
        .blocking(move |core| concerns::concerns(core, scope, which.after.as_deref()))
        .await?;
    Ok(answer(&headers, &page))
}

/// Take note of a concern, in one's own name
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `already_acknowledged`.
#[utoipa::path(
    post,
    path = "/v1/desk/concerns/{note_id}/acknowledge",
    operation_id = "deskAcknowledge",
    params(("note_id" = String, Path, description = "The note in which it was raised")),
    request_body = ConcernNamed,
    responses((status = 200, body = ConcernRow))
)]
pub async fn acknowledge(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(note): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let ConcernNamed { entry } = read(&app, &headers, body).await?;
    let note: DocumentId = note.parse().map_err(|_| Code::NotFound)?;
    let row = app
        .blocking(move |core| {
            let admin = &seated.admin;
            concerns::acknowledge(core, admin.scope, note, &entry, &admin.by())
        })
        .await?;
    Ok(answer(&headers, &row))
}
