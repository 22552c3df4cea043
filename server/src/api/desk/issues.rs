//! `/v1/desk/issues`: what waits for a decision, one of them with all that it takes to decide, and deciding.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::problem::Code;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::super::{App, Refusal};
use super::seat::{Deciding, Reading};
use super::{Id, Params, answer, read};
use crate::desk::issue::IssueView;
use crate::desk::issues::{Filter, OpenIssues, Page};
use crate::desk::{self, Admin};
use crate::issues::Refused;

/// Ten years.
const MAX_AGE_H: u32 = 87_600;
const HOUR_MS: i64 = 3_600_000;

/// Which issues.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Of this kind.
    kind: Option<String>,
    /// Of this team, by its number; for whoever sees more than one.
    team: Option<i64>,
    /// About this worker.
    worker: Option<String>,
    /// Open for at least so many hours.
    #[param(maximum = 87_600)]
    age_h: Option<u32>,
    /// Those that are settled, the latest first; else those that are open, the oldest first.
    #[serde(default)]
    settled: bool,
    /// From the page before.
    after: Option<String>,
}

/// What to do about an issue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    /// One of those that the issue offers.
    action: String,
    /// What the action is told, by name.
    #[serde(default)]
    #[schema(value_type = Object)]
    args: Map<String, Value>,
    /// Why; kept in the audit. A preview and an action that only asks need none.
    #[serde(default)]
    reason: String,
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reopened {
    /// In words; kept in the audit.
    reason: String,
}

/// What a decision would do.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct IssuePreview {
    /// The issue.
    id: String,
    /// The action.
    action: String,
    /// What comes of it, a sentence each.
    effects: Vec<String>,
    /// What it must be told first; then nothing was tried.
    missing: Vec<String>,
}

/// What was done.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct IssueDone {
    /// The issue.
    id: String,
    /// Its kind.
    kind: String,
    /// The action.
    action: String,
    /// When it ended, RFC 3339; none where it stays open.
    #[serde(default)]
    #[schema(required)]
    settled_at: Option<String>,
    /// What came of it, a sentence each.
    effects: Vec<String>,
}

/// A decision that was undone.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct IssueReopened {
    /// The issue.
    id: String,
    /// Its kind.
    kind: String,
    /// The action that was undone.
    undone: String,
    /// RFC 3339.
    reopened_at: String,
}

/// Issues, those that wait longest first
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`, `cursor_unknown`.
#[utoipa::path(
    get,
    path = "/v1/desk/issues",
    operation_id = "deskIssues",
    params(Asked),
    responses((status = 200, body = Page))
)]
pub async fn list(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(asked): Params<Asked>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if asked.age_h.is_some_and(|hours| hours > MAX_AGE_H) {
        return Err(Refusal::from(Code::ParameterInvalid).detail("age_h is at most ten years"));
    }
    let scope = seated.admin.scope;
    let page = app
        .blocking(move |core| {
            let now = core.host.now_ms();
            let filter = Filter {
                kind: asked.kind,
                team: asked.team,
                worker: asked.worker,
                opened_before: asked.age_h.map(|hours| now - i64::from(hours) * HOUR_MS),
                settled: asked.settled,
            };
            desk::issues(core, scope, &filter, asked.after.as_deref())
        })
        .await?;
    Ok(answer(&headers, &page))
}

/// How many issues are open
///
/// # Errors
/// `signed_out`, `role_forbidden`.
#[utoipa::path(
    get,
    path = "/v1/desk/open-issues",
    operation_id = "deskOpenIssues",
    responses((status = 200, body = OpenIssues))
)]
pub async fn open(
    State(app): State<App>,
    Reading(seated): Reading,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = seated.admin.scope;
    let open = app.blocking(move |core| desk::open_issues(core, scope)).await?;
    Ok(answer(&headers, &open))
}

/// One issue, with all that it takes to decide
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`.
#[utoipa::path(
    get,
    path = "/v1/desk/issues/{id}",
    operation_id = "deskIssue",
    params(("id" = String, Path, description = "The issue")),
    responses((status = 200, body = IssueView))
)]
pub async fn one(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let what = format!("issue {id}");
    let by = app.readings.reader(&app, &seated, &what);
    let scope = seated.admin.scope;
    let view = app
        .blocking(move |core| desk::issue(core, scope, by.as_deref(), &id))
        .await?;
    app.readings.read(&app, &seated, &what);
    Ok(answer(&headers, &view))
}

/// What a decision would do
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `issue_settled`, `action_unknown`, `person_unknown`, `parameter_invalid`.
#[utoipa::path(
    post,
    path = "/v1/desk/issues/{id}/preview",
    operation_id = "deskIssuePreview",
    params(("id" = String, Path, description = "The issue")),
    request_body = Decided,
    responses((status = 200, body = IssuePreview))
)]
pub async fn preview(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: Decided = read(&app, &headers, body).await?;
    let Admin { scope, .. } = seated.admin;
    let by = seated.admin.by();
    let seen = app
        .blocking(move |core| desk::preview(core, scope, &by, &id, (&asked.action, &asked.args)))
        .await?;
    Ok(answer(&headers, &typed::<IssuePreview>(seen)?))
}

/// Decide
///
/// # Errors
/// As the preview, and `reason_missing`, `issue_asked`.
#[utoipa::path(
    post,
    path = "/v1/desk/issues/{id}/settle",
    operation_id = "deskSettle",
    params(("id" = String, Path, description = "The issue")),
    request_body = Decided,
    responses((status = 200, body = IssueDone))
)]
pub async fn settle(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: Decided = read(&app, &headers, body).await?;
    let Admin { scope, .. } = seated.admin;
    let by = seated.admin.by();
    let done = app
        .blocking(move |core| {
            let how = (asked.action.as_str(), &asked.args);
            desk::settle(core, scope, &by, &id, how, &asked.reason)
        })
        .await?;
    Ok(answer(&headers, &typed::<IssueDone>(done)?))
}

/// Undo a decision that changed nothing outside
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `reason_missing`, `issue_open`, `action_unknown`.
#[utoipa::path(
    post,
    path = "/v1/desk/issues/{id}/reopen",
    operation_id = "deskReopen",
    params(("id" = String, Path, description = "The issue")),
    request_body = Reopened,
    responses((status = 200, body = IssueReopened))
)]
pub async fn reopen(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(id): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: Reopened = read(&app, &headers, body).await?;
    let Admin { scope, .. } = seated.admin;
    let by = seated.admin.by();
    let done = app
        .blocking(move |core| desk::reopen(core, scope, &by, &id, &asked.reason))
        .await?;
    Ok(answer(&headers, &typed::<IssueReopened>(done)?))
}

/// What the rules answered, in the shape that the document promises.
pub(super) fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Refused> {
    serde_json::from_value(value).map_err(|_| Code::Internal.into())
}
