//! `GET /v1/openapi.json`: every address, as an `OpenAPI` document (3.1). Anybody may read it. It is written by hand;
//! tests hold it against the router, and against real answers.

use axum::http::HeaderMap;
use axum::response::Response;

/// The document.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// Gives the document.
pub async fn openapi(headers: HeaderMap) -> Response {
    super::document(&headers, DOCUMENT, "application/json")
}
