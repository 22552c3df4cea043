//! `POST /v1/import/people` and `/v1/import/workers`: a whole CSV file, applied at once.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::problem::Code;

use super::body::{self, Takes};
use super::identity::{CaseSystem, ImportWrite};
use super::{App, Refusal};
use crate::core::Core;
use crate::import::MAX_FILE_BYTES;
use crate::ops::OpError;
use crate::ops::import::{self, Imported};

type Import = fn(&Core, &[u8], &str) -> Result<Imported, OpError>;

/// Imports people.
///
/// # Errors
/// Those of bodies and of CSV files.
pub async fn people(
    State(app): State<App>,
    who: CaseSystem<ImportWrite>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    run(app, who, headers, body, import::people).await
}

/// Imports workers.
///
/// # Errors
/// Those of bodies and of CSV files.
pub async fn workers(
    State(app): State<App>,
    who: CaseSystem<ImportWrite>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    run(app, who, headers, body, import::workers).await
}

async fn run(
    app: App,
    who: CaseSystem<ImportWrite>,
    headers: HeaderMap,
    body: Body,
    import: Import,
) -> Result<Response, Refusal> {
    let takes = Takes {
        media: "text/csv",
        limit: app.http.import_body_bytes,
        timeout: app.body_timeout(),
    };
    let packed = body::read(&headers, body, takes).await?;
    let by = format!("client:{}", who.client.id);
    let imported = app
        .blocking(move |core| {
            let file = packed.inflate(MAX_FILE_BYTES)?;
            import(core, &file, &by).map_err(Refusal::from)
        })
        .await?;
    let value = serde_json::to_value(&imported).map_err(|_| Refusal::from(Code::Internal))?;
    Ok(super::json(&headers, &value))
}
