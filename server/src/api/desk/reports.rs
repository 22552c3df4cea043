//! `/v1/desk/reports/…`: what a team learns of its own recording, as JSON or as CSV; and the page of one worker, which is
//! theirs first.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use notes::reflection::Reflection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::super::{App, Refusal, body};
use super::admins::Page as Which;
use super::seat::Reading;
use super::{Id, Params, answer};
use crate::core::Core;
use crate::desk::page::Page;
use crate::desk::reflection;
use crate::desk::reports::feedback::{self, FeedbackRow, WordsRow};
use crate::desk::reports::fields::{self, FieldRow};
use crate::desk::reports::path::{self, PathRow};
use crate::desk::reports::recording::{self, RecordingRow};
use crate::desk::reports::reviews::{self, DueRow, ReviewRow};
use crate::desk::reports::unmet::{self, UnmetRow};
use crate::desk::reports::{Period, Report, Tabled};
use crate::desk::{Scope, seen};
use crate::ops::OpError;

/// How a report is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// With types.
    Json,
    /// For a spreadsheet.
    Csv,
}

/// Which months: at most twelve.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Months {
    /// The first month, `yyyy-mm`.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$")]
    from: String,
    /// The last month.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$")]
    until: String,
    /// Without it, as `Accept` says.
    #[param(inline)]
    format: Option<Format>,
}

/// Which months, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MonthsPage {
    /// The first month, `yyyy-mm`.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$")]
    from: String,
    /// The last month.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$")]
    until: String,
    /// From the page before.
    after: Option<String>,
}

/// Which quarter.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Quarter {
    /// As in `2026-Q1`.
    #[param(pattern = "^[0-9]{4}-Q[1-4]$")]
    quarter: String,
}

/// Makes a report and gives it as it was asked for.
async fn told<R: Tabled + Serialize + Send + 'static>(
    app: &App,
    headers: &HeaderMap,
    months: Months,
    scope: Scope,
    make: fn(&Core, Scope, Period) -> Result<Report<R>, OpError>,
) -> Result<Response, Refusal> {
    let period = Period::read(&months.from, &months.until)?;
    let report = app.blocking(move |core| make(core, scope, period)).await?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let accepted = accepts.is_some_and(|value| value.trim_start().starts_with("text/csv"));
    if months.format.map_or(accepted, |format| format == Format::Csv) {
        let mut response = body::packed(headers, report.csv(), "text/csv; charset=utf-8");
        let more = [
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"report.csv\""),
        ];
        for (name, value) in more {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        return Ok(response);
    }
    Ok(answer(headers, &report))
}

/// Recording time against contact time
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/recording",
    operation_id = "deskReportRecording",
    params(Months),
    responses((status = 200, content((Report<RecordingRow> = "application/json"), (String = "text/csv"))))
)]
pub async fn recording(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(months): Params<Months>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    told(&app, &headers, months, seated.admin.scope, recording::recording).await
}

/// From the contact to the finish, the server and the case system
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/path",
    operation_id = "deskReportPath",
    params(Months),
    responses((status = 200, content((Report<PathRow> = "application/json"), (String = "text/csv"))))
)]
pub async fn path(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(months): Params<Months>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    told(&app, &headers, months, seated.admin.scope, path::path).await
}

/// Fields that are used, seldom or never
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/fields",
    operation_id = "deskReportFields",
    params(Months),
    responses((status = 200, content((Report<FieldRow> = "application/json"), (String = "text/csv"))))
)]
pub async fn fields(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(months): Params<Months>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    told(&app, &headers, months, seated.admin.scope, fields::fields).await
}

/// Needs that were not met, by reason
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/unmet-needs",
    operation_id = "deskReportUnmetNeeds",
    params(Months),
    responses((status = 200, content((Report<UnmetRow> = "application/json"), (String = "text/csv"))))
)]
pub async fn unmet(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(months): Params<Months>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    told(&app, &headers, months, seated.admin.scope, unmet::unmet).await
}

/// Whether visits were useful
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/feedback",
    operation_id = "deskReportFeedback",
    params(Months),
    responses((status = 200, content((Report<FeedbackRow> = "application/json"), (String = "text/csv"))))
)]
pub async fn feedback(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(months): Params<Months>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    told(&app, &headers, months, seated.admin.scope, feedback::feedback).await
}

/// Reviews done, due and overdue
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/reviews",
    operation_id = "deskReportReviews",
    params(Months),
    responses((status = 200, content((Report<ReviewRow> = "application/json"), (String = "text/csv"))))
)]
pub async fn reviews(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(months): Params<Months>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    told(&app, &headers, months, seated.admin.scope, reviews::reviews).await
}

/// What people said of visits, without names, the newest first
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`, `cursor_unknown`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/feedback/words",
    operation_id = "deskReportWords",
    params(MonthsPage),
    responses((status = 200, body = Page<WordsRow>))
)]
pub async fn words(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(asked): Params<MonthsPage>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let period = Period::read(&asked.from, &asked.until)?;
    let who = format!("words {} {} {:?}", asked.from, asked.until, asked.after);
    let by = app.readings.reader(&app, &seated, &who);
    let scope = seated.admin.scope;
    let page = app
        .blocking(move |core| {
            let page = feedback::words(core, scope, period, asked.after.as_deref())?;
            if let Some(by) = by {
                let detail = json!({ "from": asked.from, "until": asked.until });
                core.store
                    .write(|tx| seen(tx, &core.host, &by, "feedback.seen", None, None, &detail))?;
            }
            Ok::<_, OpError>(page)
        })
        .await?;
    app.readings.read(&app, &seated, &who);
    Ok(answer(&headers, &page))
}

/// Whose reviews are overdue or due soon
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`, `cursor_unknown`.
#[utoipa::path(
    get,
    path = "/v1/desk/reports/reviews/due",
    operation_id = "deskReportReviewsDue",
    params(Which),
    responses((status = 200, body = Page<DueRow>))
)]
pub async fn reviews_due(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(which): Params<Which>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = seated.admin.scope;
    let page = app
        .blocking(move |core| reviews::due(core, scope, which.after.as_deref()))
        .await?;
    Ok(answer(&headers, &page))
}

/// A worker's own quarter, once they have seen it
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `not_yet_seen`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/workers/{worker_id}/reflection",
    operation_id = "deskReflection",
    params(("worker_id" = String, Path, description = "Id in the case system"), Quarter),
    responses((status = 200, body = Reflection))
)]
pub async fn supervision(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(worker): Id,
    Params(asked): Params<Quarter>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let page = app
        .blocking(move |core| {
            let admin = &seated.admin;
            reflection::show(core, admin.scope, &worker, &asked.quarter, &admin.by())
        })
        .await?;
    Ok(answer(&headers, &page))
}
