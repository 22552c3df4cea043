//! What the console asks for: each operation in one file, with its request, its answer and its place in the OpenAPI
//! document. Nothing that the console does goes another way.

pub mod admins;
pub mod audit;
pub mod caseload;
pub mod import;
pub mod issues;
pub mod me;
pub mod moving;
pub mod note;
pub mod passkeys;
pub mod people;
pub mod reports;
pub mod seat;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod sign_out;
pub mod today;
pub mod workers;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use notes::problem::Code;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use utoipa::OpenApi;

use super::{App, Refusal, body};
use crate::hex::hex;

/// The largest JSON body that the desk sends, but for files.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The desk's part of the OpenAPI document; what all operations share is added by `openapi.rs`.
#[derive(OpenApi)]
#[openapi(paths(
    sign_in::invitation,
    sign_in::registration,
    sign_in::challenge,
    sign_in::assertion,
    sign_out::sign_out,
    me::me,
    sessions::list,
    sessions::end,
    passkeys::list,
    passkeys::challenge,
    passkeys::add,
    passkeys::remove,
    admins::list,
    admins::invite,
    admins::revoke,
    people::find,
    people::person,
    people::thread,
    note::note,
    moving::preview,
    moving::go,
    issues::list,
    issues::open,
    issues::one,
    issues::preview,
    issues::settle,
    issues::reopen,
    caseload::caseload,
    caseload::preview,
    caseload::hand_on,
    import::people,
    import::workers,
    workers::list,
    workers::one,
    workers::enrol,
    workers::say,
    workers::left,
    workers::revoke,
    workers::lock,
    workers::wipe,
    workers::rename,
    today::today,
    today::concerns,
    today::acknowledge,
    audit::audit,
    settings::list,
    settings::change,
    reports::recording,
    reports::path,
    reports::fields,
    reports::unmet,
    reports::feedback,
    reports::words,
    reports::reviews,
    reports::reviews_due,
    reports::supervision,
))]
pub struct Document;

/// An answer in JSON with a tag (RFC 9110, 8.8.3): a page that looks again and finds nothing new gets no body.
fn answer<T: Serialize>(headers: &HeaderMap, value: &T) -> Response {
    // What is sent are structs of text, numbers and lists, which always have a JSON form.
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let tag = format!("\"{}\"", hex(&Sha256::digest(&bytes)[..16]));
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|value| value.split(','));
    let mut response = if known.any(|one| one.trim() == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body::packed(headers, bytes, "application/json")
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Done, and nothing to say.
fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Reads a JSON body.
async fn read<T: DeserializeOwned>(app: &App, headers: &HeaderMap, body: Body) -> Result<T, Refusal> {
    body::json(headers, body, MAX_BODY_BYTES, app.body_timeout()).await
}

/// The query of a request; what is not foreseen there is refused.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, app).await;
        match query {
            Ok(Query(params)) => Ok(Self(params)),
            // The parser's words may repeat a value, so they stay here.
            Err(_) => Err(Refusal::from(Code::ParameterInvalid).detail("the query cannot be read")),
        }
    }
}

/// The one id in a path.
pub struct Id(pub String);

impl FromRequestParts<App> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let path: Result<Path<String>, _> = Path::from_request_parts(parts, app).await;
        path.map(|Path(id)| Self(id)).map_err(|_| Code::NotFound.into())
    }
}
