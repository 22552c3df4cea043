//! `HEAD /v1/attachments/{sha256}?note=ID`: where an upload stands (tus, section `HEAD`).

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{at, declined, key, same_version, spoken};
use crate::api::identity::Device;
use crate::api::{App, Refusal};
use crate::attachments;
use crate::core::Core;
use crate::sync::Pusher;

/// `Upload-Offset` equals `Upload-Length` once the file is whole and proven; `Doorstep-Safe: 1` says that a backup
/// has it.
///
/// # Errors
/// `not_found`; `attachment_mismatch` where the comparison was still to be made.
pub async fn place(
    State(app): State<App>,
    Device(who): Device,
    Path(sha256): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let answer = ask(app, who, &sha256, query.as_deref(), &headers).await;
    spoken(answer.unwrap_or_else(IntoResponse::into_response))
}

async fn ask(
    app: App,
    who: Pusher,
    sha256: &str,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    same_version(headers)?;
    let key = key(who.device.id, sha256, query)?;
    let place = move |core: &Core| Ok::<_, Refusal>(attachments::place(core, &who, key));
    let place = app.blocking(place).await?;
    Ok(place.map_or_else(declined, |place| at(StatusCode::OK, place)))
}
