//! `GET /.well-known/jwks.json`: the public keys that verify this server's access tokens.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::App;

/// Answers.
pub async fn jwks(State(app): State<App>, headers: HeaderMap) -> Response {
    super::json(&headers, &app.core.keys().jwks())
}
