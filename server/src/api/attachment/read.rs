//! `GET /v1/attachments/{sha256}`: a file, or a range of its bytes (RFC 9110, section 14). A browser is told in every
//! way there is that it is to be saved and never run.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use notes::problem::Code;

use super::bytes::{Asked, asked, stream};
use super::{file, note};
use crate::api::identity::Reader;
use crate::api::{App, Refusal};
use crate::attachments::{self, Opened};
use crate::core::Core;

/// Gives the file to a device that may read a note with it, or to a case system that was told of it. `note` says in
/// which note it is read.
///
/// # Errors
/// `not_found`, `device_revoked`, `scope_missing`, `range_unsatisfiable`.
pub async fn read(
    State(app): State<App>,
    reader: Reader,
    Path(sha256): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (id, note) = (file(&sha256)?, note(query.as_deref())?);
    let opened = app
        .blocking(move |core: &Core| match &reader {
            Reader::Device(who) => attachments::for_device(core, who, id, note),
            Reader::CaseSystem(client) => attachments::for_case_system(core, client, id, note),
        })
        .await?;
    let etag = format!("\"{}\"", opened.id);
    // A file never changes: another tag asks for another file, and gets the whole of this one.
    let same = headers.get(header::IF_RANGE).is_none_or(|tag| *tag == etag);
    let range = headers
        .get(header::RANGE)
        .filter(|_| same)
        .and_then(|range| range.to_str().ok());
    let (status, (from, to)) = match asked(range, opened.bytes) {
        Asked::Whole => (StatusCode::OK, (0, opened.bytes)),
        Asked::Part(from, to) => (StatusCode::PARTIAL_CONTENT, (from, to)),
        Asked::Nowhere => {
            let mut response = Refusal::from(Code::RangeUnsatisfiable).into_response();
            let length = HeaderValue::from_str(&format!("bytes */{}", opened.bytes));
            response
                .headers_mut()
                .insert(header::CONTENT_RANGE, length.map_err(|_| Code::Internal)?);
            return Ok(response);
        }
    };
    let mut response = status.into_response();
    dress(response.headers_mut(), &opened, &etag)?;
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {from}-{}/{}", to - 1, opened.bytes);
        let range = HeaderValue::from_str(&range).map_err(|_| Code::Internal)?;
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    *response.body_mut() = stream(app.core.clone(), opened, from, to);
    Ok(response)
}

fn dress(headers: &mut HeaderMap, opened: &Opened, etag: &str) -> Result<(), Refusal> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Refusal::from(Code::Internal));
    headers.insert(header::CONTENT_TYPE, value(&opened.media_type)?);
    headers.insert(header::ETAG, value(etag)?);
    for (name, fixed) in [
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(fixed));
    }
    Ok(())
}
