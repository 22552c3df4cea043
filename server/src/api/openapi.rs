//! `GET /v1/openapi.json`: every address, as an `OpenAPI` document (3.1). Anybody may read it. The desk's part is made from
//! the types that it sends, the rest is written by hand; tests hold all of it against the router, and against real answers.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};
use utoipa::OpenApi as _;

use super::desk;

const BY_HAND: &str = include_str!("openapi.json");

/// The document.
pub static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let document = whole().unwrap_or_default();
    // A JSON value always has a text.
    serde_json::to_string_pretty(&document).unwrap_or_default()
});

/// Which refusals every operation of the desk may answer with, as `docs/http.md` lists them.
const REFUSALS: [&str; 11] = [
    "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503",
];

/// What the desk's operations share, so that it stands here once.
fn whole() -> Option<Value> {
    let mut document: Value = serde_json::from_str(BY_HAND).ok()?;
    let mut desk = serde_json::to_value(desk::Document::openapi()).ok()?;
    let paths = desk.get_mut("paths")?.as_object_mut()?;
    for (path, item) in &mut *paths {
        for (method, operation) in item.as_object_mut()? {
            share(path, method, operation.as_object_mut()?)?;
        }
    }
    let paths = std::mem::take(paths);
    document.get_mut("paths")?.as_object_mut()?.extend(paths);
    let schemas = desk.pointer_mut("/components/schemas")?.take();
    let all = document.pointer_mut("/components/schemas")?.as_object_mut()?;
    if let Value::Object(schemas) = schemas {
        all.extend(schemas);
    }
    document.pointer_mut("/components/securitySchemes")?["desk"] = json!({
        "type": "apiKey", "in": "cookie", "name": "__Host-doorstep",
        "description": "A session of the console; what changes anything must also come from its own origin.",
    });
    document["tags"]
        .as_array_mut()?
        .push(json!({"name": "Desk", "description": "Admins and auditors, in the console."}));
    Some(document)
}

fn share(path: &str, method: &str, operation: &mut Map<String, Value>) -> Option<()> {
    operation.insert("tags".to_owned(), json!(["Desk"]));
    let open = path.starts_with("/v1/desk/sign-in/");
    let security = if open { json!([]) } else { json!([{ "desk": [] }]) };
    operation.insert("security".to_owned(), security);
    let responses = operation.get_mut("responses")?.as_object_mut()?;
    for (_, response) in responses.iter_mut() {
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = json!("Done.");
        }
    }
    if method == "get" {
        responses.insert(
            "304".to_owned(),
            json!({"description": "Nothing is new since `If-None-Match`."}),
        );
    }
    for status in REFUSALS {
        responses.insert(
            status.to_owned(),
            json!({"$ref": "#/components/responses/Problem"}),
        );
    }
    Some(())
}

/// Gives the document.
pub async fn openapi(headers: HeaderMap) -> Response {
    super::document(&headers, DOCUMENT.as_str(), "application/json")
}
