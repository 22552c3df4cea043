//! `POST /v1/enrol`: a phone brings a one-time code, its public key and its actor.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::problem::Code;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::identity::Address;
use crate::api::{self, App, Refusal, body};
use crate::auth::DevicePublicKey;
use crate::limits::Deed;
use crate::ops::OpError;
use crate::ops::enrol::{self, Newcomer};

const MAX_BODY_BYTES: usize = 16 * 1024;
const MAX_APP_CHARS: usize = 200;

#[derive(Deserialize)]
struct Request {
    code: String,
    public_key: Jwk,
    actor: String,
    app: String,
    #[serde(default)]
    spare: Option<String>,
}

/// RFC 7517, of which only this kind is taken.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

/// Enrols.
///
/// # Errors
/// `code_unknown`, `actor_taken`, `parameter_invalid`, `rate_limited`, and those of bodies.
pub async fn enrol(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let newcomer = read(body::json(&headers, body, MAX_BODY_BYTES, app.body_timeout()).await?)?;
    let (limits, now) = (&app.core.limits, app.core.host.now_ms());
    limits
        .check(Deed::CodeGuess, &address, now)
        .map_err(|seconds| Refusal::from(Code::RateLimited).retry_after(seconds))?;
    let answer = app
        .blocking(move |core| {
            let enrolled = enrol::use_code(core, &newcomer);
            if matches!(enrolled, Err(OpError::Refused(Code::CodeUnknown))) {
                core.limits.count(Deed::CodeGuess, &address, core.host.now_ms());
            }
            Ok::<Value, OpError>(told(core, &enrolled?))
        })
        .await?;
    Ok(api::json(&headers, &answer))
}

fn told(core: &crate::core::Core, enrolled: &enrol::Enrolled) -> Value {
    json!({
        "device_id": enrolled.device,
        "worker": { "id": enrolled.worker.id, "name": enrolled.worker.name },
        "team": enrolled.team,
        "token_url": core.token_url(),
        "server_time": core.host.now_ms(),
    })
}

fn read(request: Request) -> Result<Newcomer, Refusal> {
    let invalid = |what: &str| Refusal::from(Code::ParameterInvalid).detail(what);
    let key = point(&request.public_key)
        .and_then(|point| DevicePublicKey::from_sec1(&point).ok())
        .ok_or_else(|| invalid("public_key is no point on P-256"))?;
    let actor = request
        .actor
        .parse()
        .map_err(|_| invalid("actor is not 32 hexadecimal digits"))?;
    if request.app.chars().count() > MAX_APP_CHARS {
        return Err(invalid("app is too long"));
    }
    let spare = match request.spare {
        Some(text) => Some(spare_of(&text).ok_or_else(|| invalid("spare is not 32 bytes in base64url"))?),
        None => None,
    };
    Ok(Newcomer {
        code: request.code,
        key,
        actor,
        app: request.app,
        spare,
    })
}

fn spare_of(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// The uncompressed point of a JWK (SEC1).
fn point(jwk: &Jwk) -> Option<Vec<u8>> {
    if jwk.kty != "EC" || jwk.crv != "P-256" {
        return None;
    }
    let coordinate = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
        (bytes.len() == 32).then_some(bytes)
    };
    let mut point = vec![4];
    point.extend(coordinate(&jwk.x)?);
    point.extend(coordinate(&jwk.y)?);
    Some(point)
}
