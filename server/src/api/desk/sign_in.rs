//! `/v1/desk/sign-in/…`: a one-time link makes a passkey, a passkey opens a session.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use notes::problem::Code;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::identity::Address;
use super::super::{App, Refusal};
use super::me::Me;
use super::seat::{SameOrigin, cookie_of};
use super::{answer, read};
use crate::core::Core;
use crate::desk::passkey::{Challenge, Passkeys};
use crate::desk::{Admin, invite, session};
use crate::limits::Deed;
use crate::ops::OpError;
use crate::store::{AuditEntry, StoreError, Tx};

/// A one-time link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitation {
    /// The code in the link.
    code: String,
}

/// What a browser is to ask its owner for.
#[derive(Serialize, ToSchema)]
pub(super) struct Ask {
    /// To be sent back with the answer.
    ceremony: String,
    /// For `navigator.credentials`: `PublicKeyCredentialCreationOptionsJSON` or `…RequestOptionsJSON` (WebAuthn level 3).
    #[schema(value_type = Object)]
    options: Value,
}

impl From<Challenge> for Ask {
    fn from(challenge: Challenge) -> Self {
        Self {
            ceremony: challenge.ceremony,
            options: challenge.options,
        }
    }
}

/// Who comes with a link.
#[derive(Serialize, ToSchema)]
struct Newcomer {
    /// Whose link it is.
    name: String,
    /// What they will be able to do.
    role: String,
    /// Whether they have passkeys already, which go with the new one.
    replaces: bool,
    /// What the browser is to ask.
    ask: Ask,
}

/// The new passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    /// The code in the link.
    code: String,
    /// From the question.
    ceremony: String,
    /// `RegistrationResponseJSON` (WebAuthn level 3).
    #[schema(value_type = Object)]
    credential: Value,
    /// What the passkey is to be called.
    #[serde(default)]
    label: String,
}

/// A passkey's answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Assertion {
    /// From the question.
    ceremony: String,
    /// `AuthenticationResponseJSON` (WebAuthn level 3).
    #[schema(value_type = Object)]
    credential: Value,
}

/// Come with a one-time link
///
/// Nothing is spent by that.
///
/// # Errors
/// `code_unknown`, `role_missing`, `rate_limited`, `passkey_refused`.
#[utoipa::path(
    post,
    path = "/v1/desk/sign-in/invitation",
    operation_id = "deskInvitation",
    request_body = Invitation,
    responses((status = 200, body = Newcomer))
)]
pub async fn invitation(
    State(app): State<App>,
    _: SameOrigin,
    Address(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: Invitation = read(&app, &headers, body).await?;
    let newcomer = guessing(&app, &address, move |core, passkeys| {
        core.store.write(|tx| {
            let who = invite::read(tx, &core.host, &asked.code)?;
            let replaces = !tx.passkeys_of(&who.worker.id)?.is_empty();
            let ask = passkeys.ask_new(tx, &core.host, &who)?.into();
            Ok(Newcomer {
                name: who.worker.name,
                role: who.role.code().to_owned(),
                replaces,
                ask,
            })
        })
    });
    Ok(answer(&headers, &newcomer.await?))
}

/// Make a passkey with a one-time link
///
/// The link is spent, earlier passkeys and sessions of the same worker end, and a session begins.
///
/// # Errors
/// `code_unknown`, `role_missing`, `rate_limited`, `passkey_refused`.
#[utoipa::path(
    post,
    path = "/v1/desk/sign-in/registration",
    operation_id = "deskRegistration",
    request_body = Registration,
    responses((status = 200, body = Me))
)]
pub async fn registration(
    State(app): State<App>,
    _: SameOrigin,
    Address(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let made: Registration = read(&app, &headers, body).await?;
    let agent = agent(&headers);
    let (who, secret) = guessing(&app, &address, move |core, passkeys| {
        core.store.write(|tx| {
            let host = &core.host;
            let who = invite::read(tx, host, &made.code)?;
            let worker = &who.worker.id;
            invite::put_away(tx, worker, host.now_ms())?;
            let answer = (made.ceremony.as_str(), &made.credential);
            passkeys.take_new(tx, host, worker, answer, &made.label)?;
            let secret = welcome(core, tx, &who, &agent, "admin.registered")?;
            Ok((who, secret))
        })
    })
    .await?;
    seat(&app, &headers, who, &secret).await
}

/// Ask for a passkey
///
/// # Errors
/// `rate_limited`, `passkey_refused`.
#[utoipa::path(
    post,
    path = "/v1/desk/sign-in/challenge",
    operation_id = "deskChallenge",
    responses((status = 200, body = Ask))
)]
pub async fn challenge(
    State(app): State<App>,
    _: SameOrigin,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let ask: Ask = app.passkeys.ask(&app.core.host)?.into();
    Ok(answer(&headers, &ask))
}

/// Sign in with a passkey
///
/// # Errors
/// `passkey_refused`, `role_missing`, `rate_limited`.
#[utoipa::path(
    post,
    path = "/v1/desk/sign-in/assertion",
    operation_id = "deskAssertion",
    request_body = Assertion,
    responses((status = 200, body = Me))
)]
pub async fn assertion(
    State(app): State<App>,
    _: SameOrigin,
    Address(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let shown: Assertion = read(&app, &headers, body).await?;
    let agent = agent(&headers);
    let (who, secret) = guessing(&app, &address, move |core, passkeys| {
        core.store.write(|tx| {
            let who = passkeys.recognise(tx, &core.host, &shown.ceremony, &shown.credential)?;
            let secret = welcome(core, tx, &who, &agent, "admin.signed_in")?;
            Ok((who, secret))
        })
    })
    .await?;
    seat(&app, &headers, who, &secret).await
}

/// Runs what somebody might try again and again until it fits.
async fn guessing<T: Send + 'static>(
    app: &App,
    address: &str,
    work: impl FnOnce(&Core, &Passkeys) -> Result<T, OpError> + Send + 'static,
) -> Result<T, Refusal> {
    let (limits, now) = (&app.core.limits, app.core.host.now_ms());
    limits
        .check(Deed::SignIn, address, now)
        .map_err(|seconds| Refusal::from(Code::RateLimited).retry_after(seconds))?;
    let inner = app.clone();
    let tried = app.blocking(move |core| work(core, &inner.passkeys)).await;
    if tried.is_err() {
        limits.count(Deed::SignIn, address, now);
    }
    tried
}

fn welcome(
    core: &Core,
    tx: &Tx<'_>,
    who: &Admin,
    agent: &str,
    what: &str,
) -> Result<session::Secret, StoreError> {
    let secret = session::begin(tx, &core.host, &who.worker.id, agent)?;
    tx.audit(&AuditEntry {
        at: core.host.now_ms(),
        who: who.by(),
        what: what.to_owned(),
        person: None,
        document: None,
        detail: json!({ "role": who.role.code() }).to_string(),
    })?;
    Ok(secret)
}

/// The answer with which a session begins.
async fn seat(
    app: &App,
    headers: &HeaderMap,
    who: Admin,
    secret: &session::Secret,
) -> Result<Response, Refusal> {
    let limits = app.http.desk;
    let me = app
        .blocking(move |core| {
            let expires_at = core.host.now_ms().saturating_add(limits.whole_ms);
            Me::of(core, &who, expires_at, limits.idle_ms)
        })
        .await?;
    let mut response = answer(headers, &me);
    let cookie: HeaderValue = cookie_of(secret, limits);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
