//! `GET /v1/export/outstanding`: events that no receipt has ended yet.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::Query;
use crate::api::identity::{CaseSystem, ExportRead};
use crate::api::{self, App, Refusal};
use crate::export;

const MAX_LIMIT: u32 = 1_000;

/// Lists them, oldest first.
///
/// # Errors
/// `parameter_invalid`.
pub async fn outstanding(
    State(app): State<App>,
    CaseSystem { client, .. }: CaseSystem<ExportRead>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = Query::read(query.as_deref(), &["limit"])?;
    let limit = query.number("limit", (1, MAX_LIMIT), MAX_LIMIT)?;
    let answer = app
        .in_turn(move |core| export::outstanding(core, &client, limit))
        .await?;
    Ok(api::json(&headers, &answer))
}
