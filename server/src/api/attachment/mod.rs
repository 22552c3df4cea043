//! `/v1/attachments/{sha256}`: files that go with notes. Uploads speak tus 1.0.0 (tus.io: the core protocol and
//! creation), so that any client of that protocol can send one and a cut costs little; reading is plain HTTP with
//! ranges (RFC 9110, section 14).

pub mod append;
mod bytes;
pub mod create;
pub mod place;
pub mod read;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use notes::attachment::AttachmentId;
use notes::ids::{DeviceId, DocumentId};
use notes::problem::Code;

use super::case_system::Query;
use super::{App, Refusal};
use crate::attachments::{Declined, Place};
use crate::store::UploadKey;

const TUS_VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const SAFE: HeaderName = HeaderName::from_static("doorstep-safe");

/// What an upload can do here (tus, section `OPTIONS`).
pub async fn options(State(app): State<App>) -> Response {
    let mut response = spoken(StatusCode::NO_CONTENT.into_response());
    let headers = response.headers_mut();
    headers.insert("tus-extension", HeaderValue::from_static("creation"));
    headers.insert("tus-max-size", HeaderValue::from(app.core.attachments.file_bytes));
    response
}

/// The file that a path names; what is no hash names nothing.
fn file(sha256: &str) -> Result<AttachmentId, Refusal> {
    sha256.parse().map_err(|_| Code::NotFound.into())
}

/// The note that a query names.
fn note(query: Option<&str>) -> Result<Option<DocumentId>, Refusal> {
    let query = Query::read(query, &["note"])?;
    let id = query.text("note").map(str::parse).transpose();
    id.map_err(|_| Refusal::from(Code::ParameterInvalid).detail("note is a note's id"))
}

/// Whose upload of what, for the note that the query names.
fn key(device: DeviceId, sha256: &str, query: Option<&str>) -> Result<UploadKey, Refusal> {
    let missing = || Refusal::from(Code::ParameterInvalid).detail("say for which note: ?note=ID");
    Ok(UploadKey {
        device,
        id: file(sha256)?,
        document: note(query)?.ok_or_else(missing)?,
    })
}

/// A request of another version of tus is refused.
fn same_version(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(RESUMABLE) {
        Some(version) if version == TUS_VERSION => Ok(()),
        _ => Err(Refusal::from(Code::TusUnsupported).detail(format!("Tus-Resumable: {TUS_VERSION}"))),
    }
}

/// A header that is a whole number.
fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Refusal> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    // The parser takes a sign, the protocol does not.
    let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|text| text.parse().ok());
    number.ok_or_else(|| Refusal::from(Code::ParameterInvalid).detail(format!("{name} is a whole number")))
}

/// The answer that says where an upload stands.
fn at(status: StatusCode, place: Place) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(OFFSET, HeaderValue::from(place.arrived));
    headers.insert(LENGTH, HeaderValue::from(place.bytes));
    if place.safe {
        headers.insert(SAFE, HeaderValue::from_static("1"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to what was declined; it says where to go on where that helps.
fn declined(declined: Declined) -> Response {
    let elsewhere = match declined {
        Declined::Elsewhere(arrived) => Some(arrived),
        _ => None,
    };
    let mut response = Refusal::from(declined).into_response();
    if let Some(arrived) = elsewhere {
        response.headers_mut().insert(OFFSET, HeaderValue::from(arrived));
    }
    response
}

/// The same answer, with the version of tus that is spoken here: also for who asked in another.
fn spoken(mut response: Response) -> Response {
    let version = HeaderValue::from_static(TUS_VERSION);
    response.headers_mut().insert("tus-version", version.clone());
    response.headers_mut().insert(RESUMABLE, version);
    response
}
