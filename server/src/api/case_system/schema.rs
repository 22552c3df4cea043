//! `GET /v1/export/schema.json`: what an event is, as a JSON Schema (draft 2020-12). Anybody may read it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use crate::api::body;
use crate::export::SCHEMA;

/// Registered for JSON Schema documents (draft-bhutton-json-schema-01, section 14).
const MEDIA_TYPE: &str = "application/schema+json";
const CACHE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300"));

/// Gives the schema.
pub async fn schema(headers: HeaderMap) -> Response {
    let mut response = body::packed(&headers, SCHEMA.as_bytes().to_vec(), MEDIA_TYPE);
    response.headers_mut().insert(CACHE.0, CACHE.1);
    response
}
