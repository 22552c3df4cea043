//! `POST /v1/lookups`: somebody who is not on the caller's caseload, by the exact case id and for a stated reason. It is
//! in the audit before anything is answered.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::problem::Code;
use serde::Deserialize;

use crate::api::identity::Device;
use crate::api::{self, App, Refusal, body};
use crate::limits::Deed;
use crate::ops::lookup;

const MAX_BODY_BYTES: usize = 16 * 1024;

#[derive(Deserialize)]
struct Request {
    case_id: String,
    reason: String,
}

/// Gives what is known of the person: see [`lookup::look_up`].
///
/// # Errors
/// `case_unknown`, `reason_missing`, `device_revoked`, `rate_limited`, and those of bodies.
pub async fn lookup(
    State(app): State<App>,
    Device(who): Device,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let request: Request = body::json(&headers, body, MAX_BODY_BYTES, app.body_timeout()).await?;
    let (id, now) = (who.device.id.to_string(), app.core.host.now_ms());
    let limits = &app.core.limits;
    limits
        .check(Deed::Lookup, &id, now)
        .map_err(|seconds| Refusal::from(Code::RateLimited).retry_after(seconds))?;
    limits.count(Deed::Lookup, &id, now);
    let found = app
        .blocking(move |core| lookup::look_up(core, &who, &request.case_id, &request.reason))
        .await?;
    Ok(api::json(&headers, &found))
}
