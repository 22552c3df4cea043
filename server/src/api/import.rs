//! `POST /v1/import/people` and `/v1/import/workers`: a file of changes, or of everybody, in CSV or
//! NDJSON; applied at once, or only looked at.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use notes::problem::Code;

use super::body::{self, Takes};
use super::case_system::{Query, invalid};
use super::identity::{CaseSystem, ImportWrite};
use super::{App, Refusal};
use crate::core::Core;
use crate::import::{Format, MAX_FILE_BYTES};
use crate::ops::OpError;
use crate::ops::import::{self, How, Imported, Mode};

type Import = fn(&Core, &[u8], How, &str) -> Result<Imported, OpError>;

/// Imports people.
///
/// # Errors
/// Those of bodies and of files, `parameter_invalid`, `leavers_unconfirmed`.
pub async fn people(
    State(app): State<App>,
    who: CaseSystem<ImportWrite>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    run(app, who, (query, headers), body, import::people_as).await
}

/// Imports workers.
///
/// # Errors
/// Those of bodies and of files, `parameter_invalid`, `leavers_unconfirmed`.
pub async fn workers(
    State(app): State<App>,
    who: CaseSystem<ImportWrite>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    run(app, who, (query, headers), body, import::workers_as).await
}

/// What the request says beside the file.
fn how(headers: &HeaderMap, query: Option<&str>) -> Result<How, Refusal> {
    let mut formats = Format::ALL.into_iter();
    let format = formats.find(|format| body::has_media_type(headers, format.media_type()));
    let format = format.ok_or_else(|| {
        let both = Format::ALL.map(Format::media_type).join(" or ");
        Refusal::from(Code::MediaTypeUnsupported).detail(format!("send {both}"))
    })?;
    let query = Query::read(query, &["mode", "dry_run", "confirm"])?;
    let mode = match query.text("mode") {
        None => Mode::default(),
        Some(text) => Mode::from_code(text).ok_or_else(|| invalid("mode is changes or whole".into()))?,
    };
    let dry_run = match query.text("dry_run") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(invalid("dry_run is true or false".into())),
    };
    let confirm = match query.text("confirm") {
        None => None,
        Some(_) if mode == Mode::Changes => return Err(invalid("confirm goes with mode=whole".into())),
        Some(_) => Some(query.number("confirm", (1, u64::MAX), 1)?),
    };
    Ok(How {
        format,
        mode,
        dry_run,
        confirm,
    })
}

async fn run(
    app: App,
    who: CaseSystem<ImportWrite>,
    (query, headers): (Option<String>, HeaderMap),
    body: Body,
    import: Import,
) -> Result<Response, Refusal> {
    let by = format!("client:{}", who.client.id);
    let imported = take(&app, by, (query.as_deref(), &headers), body, import).await?;
    let value = serde_json::to_value(&imported).map_err(|_| Refusal::from(Code::Internal))?;
    Ok(super::json(&headers, &value))
}

/// Takes a file, whoever brings it.
///
/// # Errors
/// Those of bodies and of files, `parameter_invalid`, `leavers_unconfirmed`.
pub(super) async fn take(
    app: &App,
    by: String,
    (query, headers): (Option<&str>, &HeaderMap),
    body: Body,
    import: Import,
) -> Result<Imported, Refusal> {
    let how = how(headers, query)?;
    let takes = Takes {
        media: how.format.media_type(),
        limit: app.http.import_body_bytes,
        timeout: app.body_timeout(),
    };
    let packed = body::read(headers, body, takes).await?;
    app.blocking(move |core| {
        let file = packed.inflate(MAX_FILE_BYTES)?;
        import(core, &file, how, &by).map_err(Refusal::from)
    })
    .await
}
