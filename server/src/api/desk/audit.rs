//! `GET /v1/desk/audit`: who looked at or changed what, and why. Looking here is written down too.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use notes::ids::DeviceId;
use notes::problem::Code;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::{App, Refusal};
use super::seat::Reading;
use super::{Params, answer};
use crate::core::Core;
use crate::desk::Scope;
use crate::desk::audit::{self, Asked, AuditView};
use crate::ops::OpError;

/// Which deeds. All that is said must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Question {
    /// About whom: their id in the case system.
    person: Option<String>,
    /// By which worker.
    worker: Option<String>,
    /// With or about which device.
    device: Option<String>,
    /// Which verb, as in `note.read`.
    what: Option<String>,
    /// From this day on, `yyyy-mm-dd` (UTC).
    #[param(format = Date)]
    from: Option<String>,
    /// Up to this day.
    #[param(format = Date)]
    until: Option<String>,
    /// From the page before.
    after: Option<String>,
}

/// Who looked at or changed what, and why
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`, `not_found`, `cursor_unknown`.
#[utoipa::path(
    get,
    path = "/v1/desk/audit",
    operation_id = "deskAudit",
    params(Question),
    responses((status = 200, body = AuditView))
)]
pub async fn audit(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(question): Params<Question>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let what = format!("audit {question:?}");
    let by = app.readings.reader(&app, &seated, &what);
    let scope = seated.admin.scope;
    let found = app
        .blocking(move |core| look(core, scope, &question, by.as_deref()))
        .await?;
    app.readings.read(&app, &seated, &what);
    Ok(answer(&headers, &found))
}

fn look(core: &Core, scope: Scope, asked: &Question, by: Option<&str>) -> Result<AuditView, OpError> {
    let person = asked.person.as_deref();
    let person = person.map(|id| audit::person(core, scope, id)).transpose()?;
    let device: Option<DeviceId> = asked
        .device
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| Code::NotFound)?;
    let asked_for = Asked {
        person,
        worker: asked.worker.as_deref(),
        device,
        what: asked.what.as_deref(),
        from: asked.from.as_deref().map(|day| begin(day, 0)).transpose()?,
        until: asked.until.as_deref().map(|day| begin(day, 1)).transpose()?,
    };
    audit::view(core, scope, &asked_for, asked.after.as_deref(), by)
}

/// When a day begins, or one after it.
fn begin(day: &str, later: i64) -> Result<i64, Code> {
    let day: Date = day.parse().map_err(|_| Code::ParameterInvalid)?;
    let day = day
        .checked_add(jiff::Span::new().days(later))
        .map_err(|_| Code::ParameterInvalid)?;
    let at = day.to_zoned(TimeZone::UTC).map_err(|_| Code::ParameterInvalid)?;
    Ok(at.timestamp().as_millisecond())
}
