//! `/v1/desk/notes/{id}/move`: a note that was written about the wrong person goes to the right one.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::ids::DocumentId;
use notes::problem::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{App, Refusal};
use super::issues::typed;
use super::seat::Deciding;
use super::{Id, answer, read};
use crate::desk::{move_note, preview_move};

/// To whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveAsked {
    /// The case id of the right person.
    case_id: String,
    /// Why; kept in the audit. A preview needs none.
    #[serde(default)]
    reason: String,
}

/// What moving a note does.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct NoteMove {
    /// The note.
    note_id: String,
    /// The note that it became; none in a preview.
    #[serde(default)]
    #[schema(required)]
    became: Option<String>,
    /// What comes of it, a sentence each.
    effects: Vec<String>,
}

/// What moving a note to another person would do
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `person_unknown`, `note_moved`, `parameter_invalid`.
#[utoipa::path(
    post,
    path = "/v1/desk/notes/{id}/move-preview",
    operation_id = "deskMovePreview",
    params(("id" = String, Path, description = "The note")),
    request_body = MoveAsked,
    responses((status = 200, body = NoteMove))
)]
pub async fn preview(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: MoveAsked = read(&app, &headers, body).await?;
    let note = note_of(&id)?;
    let by = seated.admin.by();
    let seen = app
        .blocking(move |core| preview_move(core, seated.admin.scope, &by, note, &asked.case_id))
        .await?;
    Ok(answer(&headers, &typed::<NoteMove>(seen)?))
}

/// Move a note to the right person
///
/// # Errors
/// As the preview, and `reason_missing`.
#[utoipa::path(
    post,
    path = "/v1/desk/notes/{id}/move",
    operation_id = "deskMove",
    params(("id" = String, Path, description = "The note")),
    request_body = MoveAsked,
    responses((status = 200, body = NoteMove))
)]
pub async fn go(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: MoveAsked = read(&app, &headers, body).await?;
    let note = note_of(&id)?;
    let by = seated.admin.by();
    let done = app
        .blocking(move |core| {
            let MoveAsked { case_id, reason } = &asked;
            move_note(core, seated.admin.scope, &by, note, case_id, reason)
        })
        .await?;
    Ok(answer(&headers, &typed::<NoteMove>(done)?))
}

fn note_of(id: &str) -> Result<DocumentId, Refusal> {
    id.parse().map_err(|_| Code::NotFound.into())
}
