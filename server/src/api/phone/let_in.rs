//! `POST /v1/let-in`: a phone whose PIN is forgotten, or was tried too often, brings a fresh one-time code of its
//! worker's and gets back the spare that it left when it was enrolled.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::problem::Code;
use serde::Deserialize;
use serde_json::json;

use crate::api::identity::Device;
use crate::api::{self, App, Refusal, body};
use crate::limits::Deed;
use crate::ops::OpError;
use crate::ops::enrol;

const MAX_BODY_BYTES: usize = 4 * 1024;

#[derive(Deserialize)]
struct Request {
    code: String,
}

/// Gives the spare: `{"spare": "<base64url>"}`.
///
/// # Errors
/// `code_unknown`, `device_revoked`, `not_found`, `rate_limited`, and those of bodies.
pub async fn let_in(
    State(app): State<App>,
    Device(who): Device,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let request: Request = body::json(&headers, body, MAX_BODY_BYTES, app.body_timeout()).await?;
    let (id, now) = (who.device.id.to_string(), app.core.host.now_ms());
    app.core
        .limits
        .check(Deed::CodeGuess, &id, now)
        .map_err(|seconds| Refusal::from(Code::RateLimited).retry_after(seconds))?;
    let spare = app
        .blocking(move |core| {
            let spare = enrol::let_in(core, &who.device, &request.code);
            if matches!(spare, Err(OpError::Refused(Code::CodeUnknown))) {
                core.limits.count(Deed::CodeGuess, &id, core.host.now_ms());
            }
            spare
        })
        .await?;
    Ok(api::json(
        &headers,
        &json!({ "spare": URL_SAFE_NO_PAD.encode(spare) }),
    ))
}
