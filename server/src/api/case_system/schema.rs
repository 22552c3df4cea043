//! `GET /v1/export/schema.json`: what an event is, as a JSON Schema (draft 2020-12). Anybody may read it.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::api;
use crate::export::SCHEMA;

/// Registered for JSON Schema documents (draft-bhutton-json-schema-01, section 14).
const MEDIA_TYPE: &str = "application/schema+json";

/// Gives the schema.
pub async fn schema(headers: HeaderMap) -> Response {
    api::document(&headers, SCHEMA, MEDIA_TYPE)
}
