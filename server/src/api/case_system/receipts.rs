//! `POST /v1/export/receipts`: what became of events in the case system.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::api::body::{self, Takes};
use crate::api::identity::{CaseSystem, ExportReceipt};
use crate::api::{self, App, Refusal};
use crate::export;

/// Takes receipts; each gets an answer of its own.
///
/// # Errors
/// Those of bodies; what is wrong with one receipt stands in its answer.
pub async fn receipts(
    State(app): State<App>,
    CaseSystem { client, .. }: CaseSystem<ExportReceipt>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let limit = app.http.receipts_body_bytes;
    let takes = Takes {
        media: "application/json",
        limit,
        timeout: app.body_timeout(),
    };
    let packed = body::read(&headers, body, takes).await?;
    let answer = app
        .blocking(move |core| {
            let plain = packed.inflate(limit)?;
            export::receipts(core, &client, &plain).map_err(Refusal::from)
        })
        .await?;
    Ok(api::json(&headers, &answer))
}
