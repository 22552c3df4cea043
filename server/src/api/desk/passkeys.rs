//! `/v1/desk/passkeys`: one's own passkeys; another one for another machine, and taking one away.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::super::{App, Refusal};
use super::seat::Reading;
use super::sign_in::Ask;
use super::{Id, answer, done, read};
use crate::desk::session::Seated;
use crate::ops::OpError;
use crate::store::{AuditEntry, StoreError, Tx};

/// One's passkeys.
#[derive(Serialize, ToSchema)]
struct Passkeys {
    /// The oldest first.
    passkeys: Vec<Passkey>,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
struct Passkey {
    /// Its id.
    id: String,
    /// What its owner calls it.
    label: String,
    /// RFC 3339.
    made_at: String,
    /// When it last let its owner in, RFC 3339.
    #[schema(required)]
    used_at: Option<String>,
}

/// Another passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasskey {
    /// From the question.
    ceremony: String,
    /// `RegistrationResponseJSON` (WebAuthn level 3).
    #[schema(value_type = Object)]
    credential: Value,
    /// What it is to be called.
    #[serde(default)]
    label: String,
}

/// My passkeys
///
/// # Errors
/// `signed_out`, `role_forbidden`.
#[utoipa::path(get, path = "/v1/desk/passkeys", operation_id = "deskPasskeys", responses((status = 200, body = Passkeys)))]
pub async fn list(
    State(app): State<App>,
    Reading(seated): Reading,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let known = app
        .blocking(move |core| core.store.read(|tx| tx.passkeys_of(&seated.admin.worker.id)))
        .await?;
    let passkeys = known.into_iter().map(|key| Passkey {
        id: URL_SAFE_NO_PAD.encode(&key.id),
        label: key.label,
        made_at: rfc3339(key.made_at),
        used_at: key.used_at.map(rfc3339),
    });
    let passkeys = passkeys.collect();
    Ok(answer(&headers, &Passkeys { passkeys }))
}

/// Begin another passkey of mine
///
/// # Errors
/// `signed_out`, `passkey_refused`.
#[utoipa::path(
    post,
    path = "/v1/desk/passkeys/challenge",
    operation_id = "deskPasskeyChallenge",
    responses((status = 200, body = Ask))
)]
pub async fn challenge(
    State(app): State<App>,
    Reading(seated): Reading,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let inner = app.clone();
    let ask: Ask = app
        .blocking(move |core| {
            core.store
                .write(|tx| inner.passkeys.ask_new(tx, &core.host, &seated.admin))
        })
        .await?
        .into();
    Ok(answer(&headers, &ask))
}

/// Add another passkey of mine
///
/// # Errors
/// `signed_out`, `passkey_refused`.
#[utoipa::path(
    post,
    path = "/v1/desk/passkeys",
    operation_id = "deskAddPasskey",
    request_body = NewPasskey,
    responses((status = 204))
)]
pub async fn add(
    State(app): State<App>,
    Reading(seated): Reading,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let made: NewPasskey = read(&app, &headers, body).await?;
    let inner = app.clone();
    app.blocking(move |core| {
        core.store.write(|tx| {
            let answer = (made.ceremony.as_str(), &made.credential);
            let worker = &seated.admin.worker.id;
            inner
                .passkeys
                .take_new(tx, &core.host, worker, answer, &made.label)?;
            trail(tx, &seated, core.host.now_ms(), "passkey.added")?;
            Ok::<_, OpError>(())
        })
    })
    .await?;
    Ok(done())
}

/// Take one of my passkeys away
///
/// # Errors
/// `signed_out`, `not_found`.
#[utoipa::path(
    post,
    path = "/v1/desk/passkeys/{id}/remove",
    operation_id = "deskRemovePasskey",
    params(("id" = String, Path, description = "Its id in the list")),
    responses((status = 204))
)]
pub async fn remove(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(id): Id,
) -> Result<Response, Refusal> {
    app.blocking(move |core| {
        let id = URL_SAFE_NO_PAD.decode(id).map_err(|_| Code::NotFound)?;
        core.store.write(|tx| {
            let known = tx.passkey(&id)?;
            let mine = known.is_some_and(|key| key.worker == seated.admin.worker.id);
            if !mine || !tx.passkey_remove(&id)? {
                return Err(OpError::from(Code::NotFound));
            }
            trail(tx, &seated, core.host.now_ms(), "passkey.removed")?;
            Ok(())
        })
    })
    .await?;
    Ok(done())
}

fn trail(tx: &Tx<'_>, seated: &Seated, now: i64, what: &str) -> Result<(), StoreError> {
    tx.audit(&AuditEntry {
        at: now,
        who: seated.admin.by(),
        what: what.to_owned(),
        person: None,
        document: None,
        detail: json!({ "session": seated.id() }).to_string(),
    })
}
