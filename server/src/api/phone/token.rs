//! `POST /v1/token`: a signed assertion for a token of ten minutes (RFC 7523 for devices, SMART
//! Backend Services for case systems).

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use notes::problem::Code;
use serde_json::json;

use crate::api::body::{self, Takes};
use crate::api::identity::{Address, Caller};
use crate::api::{self, App, Refusal};
use crate::auth::{ACCESS_TOKEN_SECONDS, AuthRefusal};
use crate::core::Core;
use crate::limits::Deed;
use crate::ops::OpError;
use crate::ops::token::{self, Granted};

/// Room for an assertion of the longest kind, percent-encoded.
const MAX_BODY_BYTES: usize = 32 * 1024;
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const CLIENT_ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

enum Asked {
    Device(String),
    Client(String),
}

/// Gives a token.
///
/// # Errors
/// `token_invalid`, `clock`, `assertion_replayed`, `rate_limited`, `parameter_invalid`, and those
/// of bodies.
pub async fn token(
    State(app): State<App>,
    Address(address): Address,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let takes = Takes {
        media: "application/x-www-form-urlencoded",
        limit: MAX_BODY_BYTES,
        timeout: app.body_timeout(),
    };
    let packed = body::read(&headers, body, takes).await?;
    let asked = read(&packed.inflate(MAX_BODY_BYTES)?)?;
    let granted = app.blocking(move |core| grant(core, &asked, &address)).await?;
    if let Some(Extension(caller)) = caller {
        caller.is(&granted.who);
    }
    let answer = json!({
        "access_token": granted.access_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_SECONDS,
        "scope": granted.scope,
    });
    Ok(api::json(&headers, &answer))
}

fn grant(core: &Core, asked: &Asked, address: &str) -> Result<Granted, Refusal> {
    let now = core.host.now_ms();
    core.limits
        .check(Deed::TokenFailure, address, now)
        .map_err(|seconds| Refusal::from(Code::RateLimited).retry_after(seconds))?;
    let granted = match asked {
        Asked::Device(assertion) => token::device(core, assertion),
        Asked::Client(assertion) => token::client(core, assertion),
    };
    granted.map_err(|error| match error {
        // A good signature with a wrong clock is no attempt at anything.
        OpError::Auth(AuthRefusal::Clock) => Refusal::from(Code::Clock).server_time(now),
        OpError::Auth(refusal) => {
            core.limits.count(Deed::TokenFailure, address, now);
            refusal.into()
        }
        other => other.into(),
    })
}

fn read(bytes: &[u8]) -> Result<Asked, Refusal> {
    let invalid = |what: &str| Refusal::from(Code::ParameterInvalid).detail(what);
    let mut form: HashMap<String, String> = HashMap::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(invalid("a parameter stands there twice"));
        }
    }
    let mut take = |name: &str| form.remove(name);
    match take("grant_type").as_deref() {
        Some(JWT_BEARER) => {
            let assertion = take("assertion").ok_or_else(|| invalid("assertion is missing"))?;
            Ok(Asked::Device(assertion))
        }
        Some("client_credentials") => {
            if take("client_assertion_type").as_deref() != Some(CLIENT_ASSERTION) {
                return Err(invalid("client_assertion_type is not the one that is taken"));
            }
            let assertion = take("client_assertion").ok_or_else(|| invalid("client_assertion is missing"))?;
            Ok(Asked::Client(assertion))
        }
        Some(_) => Err(invalid("grant_type is not one that is taken")),
        None => Err(invalid("grant_type is missing")),
    }
}
