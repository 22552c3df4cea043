//! `/v1/desk/settings`: what the council settles, and changing it.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{App, Refusal};
use super::seat::{Organising, Reading};
use super::{Id, answer, read};
use crate::desk::settings::{self, SettingRow};

/// All settings.
#[derive(Serialize, ToSchema)]
struct Settings {
    /// In the order in which they are shown.
    settings: Vec<SettingRow>,
}

/// What is to count.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingAsked {
    /// A whole number or a text; none for what counts where nobody says otherwise.
    #[serde(default)]
    value: Option<String>,
    /// Why; it stands in the audit.
    reason: String,
}

/// What the council has settled
///
/// # Errors
/// `signed_out`, `role_forbidden`.
#[utoipa::path(
    get,
    path = "/v1/desk/settings",
    operation_id = "deskSettings",
    responses((status = 200, body = Settings))
)]
pub async fn list(
    State(app): State<App>,
    Reading(_): Reading,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let settings = app.blocking(settings::list).await?;
    Ok(answer(&headers, &Settings { settings }))
}

/// Change a setting
///
/// # Errors
/// `signed_out`, `role_forbidden`, `reason_missing`, `setting_unknown`, `setting_invalid`.
#[utoipa::path(
    post,
    path = "/v1/desk/settings/{name}",
    operation_id = "deskChangeSetting",
    params(("name" = String, Path, description = "The setting's name")),
    request_body = SettingAsked,
    responses((status = 200, body = SettingRow))
)]
pub async fn change(
    State(app): State<App>,
    Organising(seated): Organising,
    Id(name): Id,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let SettingAsked { value, reason } = read(&app, &headers, body).await?;
    let row = app
        .blocking(move |core| settings::change(core, &name, value.as_deref(), &reason, &seated.admin.by()))
        .await?;
    Ok(answer(&headers, &row))
}
