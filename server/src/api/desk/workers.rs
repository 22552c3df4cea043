//! `/v1/desk/workers` and `/v1/desk/devices`: who has which phone and how it stands, a code for a new one, words to a
//! worker, orders to a device, and a worker who left.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::note::plain::rfc3339;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::{App, Refusal};
use super::seat::{Deciding, Reading};
use super::{Id, Params, answer, done, read};
use crate::desk::workers::{self, Left, Worker, Workers};
use crate::ops::{device, enrol};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkersPage {
    /// From the page before.
    after: Option<String>,
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    /// In words; it stands in the audit.
    reason: String,
}

/// How a device is to be wiped.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WipeAsked {
    /// In words; it stands in the audit.
    reason: String,
    /// `wipe unsent`, typed, where what was not sent is to go too; none where everything is sent first.
    #[serde(default)]
    unsent: Option<String>,
}

/// A name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeviceName {
    /// Empty for none; at most 60 letters.
    name: String,
}

/// What is to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsAsked {
    /// At most 2,000 bytes.
    text: String,
}

/// Who left.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LeftAsked {
    /// In words; it stands in the audit.
    reason: String,
    /// To whose caseload their people come.
    #[serde(default)]
    hand_to: Option<String>,
}

/// A message that was sent.
#[derive(Serialize, ToSchema)]
struct SentMessage {
    /// Its id.
    message_id: String,
}

/// A one-time code for one device.
#[derive(Serialize, ToSchema)]
struct EnrolLink {
    /// To be typed.
    code: String,
    /// To be opened on the phone, or shown as a QR code.
    link: String,
    /// RFC 3339.
    expires_at: String,
}

/// Workers and what is known to wait on their devices
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`.
#[utoipa::path(
    get,
    path = "/v1/desk/workers",
    operation_id = "deskWorkers",
    params(WorkersPage),
    responses((status = 200, body = Workers))
)]
pub async fn list(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(page): Params<WorkersPage>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let after = page.after.unwrap_or_default();
    let scope = seated.admin.scope;
    let found = app
        .blocking(move |core| workers::list(core, scope, &after))
        .await?;
    Ok(answer(&headers, &found))
}

/// A worker with their devices
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`.
#[utoipa::path(
    get,
    path = "/v1/desk/workers/{worker_id}",
    operation_id = "deskWorker",
    params(("worker_id" = String, Path, description = "Id in the case system")),
    responses((status = 200, body = Worker))
)]
pub async fn one(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(worker): Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = seated.admin.scope;
    let found = app
        .blocking(move |core| workers::one(core, scope, &worker))
        .await?;
    Ok(answer(&headers, &found))
}

/// Make a one-time code for a worker's new phone
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `worker_left`.
#[utoipa::path(
    post,
    path = "/v1/desk/workers/{worker_id}/enrol",
    operation_id = "deskEnrol",
    params(("worker_id" = String, Path, description = "Id in the case system")),
    responses((status = 200, body = EnrolLink))
)]
pub async fn enrol(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(worker): Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let valid_ms = app.http.enrol_valid_ms;
    let admin = seated.admin;
    let made = app
        .blocking(move |core| {
            core.store
                .read(|tx| workers::known(tx, admin.scope, &worker).map(|_| ()))?;
            let made = enrol::make_code(core, &worker, valid_ms, &admin.by())?;
            let code = made.code.shown();
            let link = format!("{}/#enrol={code}", core.public_url());
            Ok::<_, crate::ops::OpError>(EnrolLink {
                code,
                link,
                expires_at: rfc3339(made.expires_at),
            })
        })
        .await?;
    Ok(answer(&headers, &made))
}

/// Say something to a worker, on their phones
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `parameter_invalid`.
#[utoipa::path(
    post,
    path = "/v1/desk/workers/{worker_id}/messages",
    operation_id = "deskSay",
    params(("worker_id" = String, Path, description = "Id in the case system")),
    request_body = WordsAsked,
    responses((status = 200, body = SentMessage))
)]
pub async fn say(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(worker): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: WordsAsked = read(&app, &headers, body).await?;
    let message_id = app
        .blocking(move |core| workers::say(core, &seated.admin, &worker, &asked.text))
        .await?;
    Ok(answer(&headers, &SentMessage { message_id }))
}

/// A worker has left: take their devices' rights, hand their people on
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `reason_missing`, `parameter_invalid`, `worker_left`.
#[utoipa::path(
    post,
    path = "/v1/desk/workers/{worker_id}/left",
    operation_id = "deskWorkerLeft",
    params(("worker_id" = String, Path, description = "Id in the case system")),
    request_body = LeftAsked,
    responses((status = 200, body = Left))
)]
pub async fn left(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(worker): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: LeftAsked = read(&app, &headers, body).await?;
    let left = app
        .blocking(move |core| {
            workers::left(
                core,
                &seated.admin,
                &worker,
                asked.hand_to.as_deref(),
                &asked.reason,
            )
        })
        .await?;
    Ok(answer(&headers, &left))
}

/// Take a device's rights away; what it still sends is held
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `reason_missing`.
#[utoipa::path(
    post,
    path = "/v1/desk/devices/{device_id}/revoke",
    operation_id = "deskRevokeDevice",
    params(("device_id" = String, Path, description = "The device's id")),
    request_body = Because,
    responses((status = 204))
)]
pub async fn revoke(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(device): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: Because = read(&app, &headers, body).await?;
    app.blocking(move |core| {
        workers::with_device(core, seated.admin.scope, &device, |tx| {
            device::revoke(tx, &core.host, &device, Some(&asked.reason), &seated.admin.by())
        })
    })
    .await?;
    Ok(done())
}

/// Order a device to ask for the PIN
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `reason_missing`, `device_wiped`, `order_stands`.
#[utoipa::path(
    post,
    path = "/v1/desk/devices/{device_id}/lock",
    operation_id = "deskLockDevice",
    params(("device_id" = String, Path, description = "The device's id")),
    request_body = Because,
    responses((status = 204))
)]
pub async fn lock(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(device): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: Because = read(&app, &headers, body).await?;
    app.blocking(move |core| {
        workers::with_device(core, seated.admin.scope, &device, |tx| {
            device::lock(tx, &core.host, &device, &asked.reason, &seated.admin.by())
        })
    })
    .await?;
    Ok(done())
}

/// Order a device to let go of everything
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `reason_missing`, `parameter_invalid`, `device_wiped`, `order_stands`.
#[utoipa::path(
    post,
    path = "/v1/desk/devices/{device_id}/wipe",
    operation_id = "deskWipeDevice",
    params(("device_id" = String, Path, description = "The device's id")),
    request_body = WipeAsked,
    responses((status = 204))
)]
pub async fn wipe(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(device): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: WipeAsked = read(&app, &headers, body).await?;
    app.blocking(move |core| {
        workers::wipe(
            core,
            &seated.admin,
            &device,
            asked.unsent.as_deref(),
            &asked.reason,
        )
    })
    .await?;
    Ok(done())
}

/// Give a device a name
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `parameter_invalid`.
#[utoipa::path(
    post,
    path = "/v1/desk/devices/{device_id}/rename",
    operation_id = "deskRenameDevice",
    params(("device_id" = String, Path, description = "The device's id")),
    request_body = DeviceName,
    responses((status = 204))
)]
pub async fn rename(
    State(app): State<App>,
    Deciding(seated): Deciding,
    Id(device): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let asked: DeviceName = read(&app, &headers, body).await?;
    app.blocking(move |core| {
        workers::with_device(core, seated.admin.scope, &device, |tx| {
            device::rename(tx, &core.host, &device, &asked.name, &seated.admin.by())
        })
    })
    .await?;
    Ok(done())
}
