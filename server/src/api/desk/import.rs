//! `/v1/desk/import/…`: files of people and workers by hand, with a dry run that shows what would change and what is wrong,
//! line by line. The same files and rules as the case system's own imports.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa::IntoParams;

use super::super::import::take;
use super::super::{App, Refusal};
use super::answer;
use super::seat::Organising;
use crate::ops::import::{self, Imported, Mode};

/// How a file is to be taken; read where the case system's are.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "for the document; it is read by `take`")]
pub struct HowToTake {
    /// Whether the file holds changes, or everybody: then who is not in it has left.
    #[param(inline)]
    mode: Option<Mode>,
    /// Only look: nothing is done.
    dry_run: Option<bool>,
    /// How many leave with a whole file, where that is most of them.
    #[param(minimum = 1)]
    confirm: Option<u64>,
}

/// Import people
///
/// # Errors
/// `signed_out`, `role_forbidden`, those of bodies and files, `leavers_unconfirmed`.
#[utoipa::path(
    post,
    path = "/v1/desk/import/people",
    operation_id = "deskImportPeople",
    params(HowToTake),
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
    params(HowToTake),
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
