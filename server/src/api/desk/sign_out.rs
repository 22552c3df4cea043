//! `POST /v1/desk/sign-out`: ends this session.

use axum::extract::State;
use axum::http::header;
use axum::response::Response;

use super::super::{App, Refusal};
use super::done;
use super::seat::{NO_COOKIE, SessionOnly};

/// Ends this session
///
/// # Errors
/// `signed_out` where there is none.
#[utoipa::path(post, path = "/v1/desk/sign-out", operation_id = "deskSignOut", responses((status = 204)))]
pub async fn sign_out(
    State(app): State<App>,
    SessionOnly(session): SessionOnly,
) -> Result<Response, Refusal> {
    app.blocking(move |core| {
        let now = core.host.now_ms();
        core.store.write(|tx| tx.session_end(&session.hash, now))
    })
    .await?;
    let mut response = done();
    response.headers_mut().insert(header::SET_COOKIE, NO_COOKIE);
    Ok(response)
}
