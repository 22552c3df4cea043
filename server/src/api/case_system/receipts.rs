//! `POST /v1/export/receipts`: what became of events in the case system.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::said;
use crate::api::identity::{CaseSystem, ExportReceipt};
use crate::api::{App, Refusal};
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
    said(&app, &headers, body, move |core, plain| {
        export::receipts(core, &client, plain)
    })
    .await
}
