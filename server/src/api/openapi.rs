//! `GET /v1/openapi.json`: every address, as an `OpenAPI` document (3.1). Anybody may read it. It is written by hand;
//! tests hold it against the router, and against real answers.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::body;

/// The document.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// Gives the document.
pub async fn openapi(headers: HeaderMap) -> Response {
    let mut response = body::packed(&headers, DOCUMENT.as_bytes().to_vec(), "application/json");
    let cache = HeaderValue::from_static("max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}
