//! `GET /v1/desk/notes/{id}`: one note, with its versions and what case systems answered.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::{App, Refusal};
use super::seat::Reading;
use super::{Id, answer};
use crate::desk::note::{self, Note};

/// One note
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`.
#[utoipa::path(
    get,
    path = "/v1/desk/notes/{id}",
    operation_id = "deskNote",
    params(("id" = String, Path, description = "The note")),
    responses((status = 200, body = Note))
)]
pub async fn note(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let what = format!("note {id}");
    let by = app.readings.reader(&app, &seated, &what);
    let scope = seated.admin.scope;
    let note = app
        .blocking(move |core| note::note(core, scope, by.as_deref(), &id))
        .await?;
    app.readings.read(&app, &seated, &what);
    Ok(answer(&headers, &note))
}
