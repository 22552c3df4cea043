//! `/v1/desk/import/…`: files of people and workers by hand, with a dry run that shows what would change and what is wrong,
//! line by line. The same files and rules as the case system's own imports.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::import::take;
use super::super::{App, Refusal};
use super::answer;
use super::seat::Organising;
use crate::ops::import::{self, Imported, Mode};

/// Import people
///
/// # Errors
/// `signed_out`, `role_forbidden`, those of bodies and files, `leavers_unconfirmed`.
#[utoipa::path(
    post,
    path = "/v1/desk/import/people",
    operation_id = "deskImportPeople",
    params(
        ("mode" = Option<Mode>, Query, description = "Whether the file holds changes, or everybody: then who is not in it has left"),
        ("dry_run" = Option<bool>, Query, description = "Only look: nothing is done"),
        ("confirm" = Option<u64>, Query, description = "How many leave with a whole file, where that is most of them", minimum = 1)
    ),
    request_body(content(("text/csv"), ("application/x-ndjson"))),
    responses((status = 200, body = Imported))
)]
pub async fn people(
    State(app): State<App>,
    Organising(seated): Organising,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let by = seated.admin.by();
    let imported = take(&app, by, (query.as_deref(), &headers), body, import::people_as).await?;
    Ok(answer(&headers, &imported))
}

/// Import workers
///
/// # Errors
/// `signed_out`, `role_forbidden`, those of bodies and files, `leavers_unconfirmed`.
#[utoipa::path(
    post,
    path = "/v1/desk/import/workers",
    operation_id = "deskImportWorkers",
    params(
        ("mode" = Option<Mode>, Query, description = "Whether the file holds changes, or everybody: then who is not in it has left"),
        ("dry_run" = Option<bool>, Query, description = "Only look: nothing is done"),
        ("confirm" = Option<u64>, Query, description = "How many leave with a whole file, where that is most of them", minimum = 1)
    ),
    request_body(content(("text/csv"), ("application/x-ndjson"))),
    responses((status = 200, body = Imported))
)]
pub async fn workers(
    State(app): State<App>,
    Organising(seated): Organising,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let by = seated.admin.by();
    let imported = take(&app, by, (query.as_deref(), &headers), body, import::workers_as).await?;
    Ok(answer(&headers, &imported))
}
