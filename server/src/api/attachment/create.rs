//! `POST /v1/attachments/{sha256}`: begins an upload, or finds the one that is under way (tus, extension `creation`).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use notes::ids::DocumentId;
use notes::problem::Code;

use super::{LENGTH, METADATA, at, declined, file, number, same_version, spoken};
use crate::api::identity::Device;
use crate::api::{App, Refusal};
use crate::attachments::{self, Begun};
use crate::store::UploadKey;
use crate::sync::Pusher;

/// Takes `Upload-Length` and `Upload-Metadata` with `note` and `media_type`; `Location` says where the bytes go, and
/// `Upload-Offset` from which byte on.
///
/// # Errors
/// `parameter_invalid`, `not_found`, `attachment_unnamed`, `attachment_type`, `attachment_too_large`,
/// `attachment_quota`.
pub async fn create(
    State(app): State<App>,
    Device(who): Device,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Response {
    let created = begin(app, who, &sha256, &headers).await;
    spoken(created.unwrap_or_else(IntoResponse::into_response))
}

async fn begin(app: App, who: Pusher, sha256: &str, headers: &HeaderMap) -> Result<Response, Refusal> {
    same_version(headers)?;
    let (document, media_type) = metadata(headers)?;
    let key = UploadKey {
        device: who.device.id,
        id: file(sha256)?,
        document,
    };
    let begun = Begun {
        media_type,
        bytes: number(headers, &LENGTH)?,
    };
    let begin = move |core: &crate::core::Core| Ok::<_, Refusal>(attachments::begin(core, &who, key, &begun));
    Ok(match app.blocking(begin).await? {
        Ok(place) => {
            let mut response = at(StatusCode::CREATED, place);
            let location = format!("/v1/attachments/{}?note={document}", key.id);
            let location = HeaderValue::from_str(&location).map_err(|_| Code::Internal)?;
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        Err(refused) => declined(refused),
    })
}

/// The note and the media type: pairs of a key and a base64 value, set apart by commas.
fn metadata(headers: &HeaderMap) -> Result<(DocumentId, String), Refusal> {
    let bad = || Refusal::from(Code::ParameterInvalid).detail("Upload-Metadata has note and media_type");
    let text = headers
        .get(METADATA)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let value = |wanted: &str| {
        let mut pairs = text
            .split(',')
            .map(|pair| pair.trim().split_once(' ').unwrap_or_default());
        let (_, value) = pairs.find(|(name, _)| *name == wanted)?;
        String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
    };
    let note = value("note").and_then(|note| note.parse().ok()).ok_or_else(bad)?;
    Ok((note, value("media_type").ok_or_else(bad)?))
}
