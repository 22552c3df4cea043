//! `/v1/desk/sessions`: where one is signed in, and ending it there.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::note::plain::rfc3339;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{App, Refusal};
use super::seat::Reading;
use super::{Id, answer, done};
use crate::desk::session;

/// One's sessions.
#[derive(Serialize, ToSchema)]
struct Sessions {
    /// The newest first.
    sessions: Vec<Session>,
}

/// A session that is good now.
#[derive(Serialize, ToSchema)]
struct Session {
    /// Its name in this list.
    id: String,
    /// When it began, RFC 3339.
    made_at: String,
    /// When it was last used, RFC 3339, to the minute.
    seen_at: String,
    /// What the browser calls itself.
    agent: String,
    /// Whether it is this one.
    current: bool,
}

/// Where I am signed in
///
/// # Errors
/// `signed_out`, `role_forbidden`.
#[utoipa::path(get, path = "/v1/desk/sessions", operation_id = "deskSessions", responses((status = 200, body = Sessions)))]
pub async fn list(
    State(app): State<App>,
    Reading(seated): Reading,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let limits = app.http.desk;
    let current = seated.id();
    let sessions = app
        .blocking(move |core| session::list(core, &seated.admin.worker.id, limits))
        .await?;
    let sessions = sessions.into_iter().map(|one| Session {
        id: session::id(&one),
        made_at: rfc3339(one.made_at),
        seen_at: rfc3339(one.seen_at),
        current: session::id(&one) == current,
        agent: one.agent,
    });
    let sessions = sessions.collect();
    Ok(answer(&headers, &Sessions { sessions }))
}

/// End one of my sessions
///
/// # Errors
/// `signed_out`, `not_found`.
#[utoipa::path(
    post,
    path = "/v1/desk/sessions/{id}/end",
    operation_id = "deskEndSession",
    params(("id" = String, Path, description = "Its name in the list")),
    responses((status = 204))
)]
pub async fn end(State(app): State<App>, Reading(seated): Reading, Id(id): Id) -> Result<Response, Refusal> {
    app.blocking(move |core| session::end(core, &seated.admin.worker.id, &id))
        .await?;
    Ok(done())
}
