//! `GET /v1/export/notes`: events after a cursor, in the format that was asked for, the same bytes every time.

use std::time::Duration;

use ::notes::problem::Code;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use super::Query;
use super::pace::paced;
use crate::api::body::{packed_as, weight};
use crate::api::identity::{CaseSystem, ExportRead};
use crate::api::{App, Refusal};
use crate::export::{self, Asked, FeedPage, Format};

const MAX_LIMIT: u32 = 1_000;
const DEFAULT_LIMIT: u32 = 100;
const MAX_WAIT_S: u32 = 60;
/// How often a waiting request looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
const CURSOR: HeaderName = HeaderName::from_static("doorstep-cursor");
const ADAPTER: HeaderName = HeaderName::from_static("doorstep-adapter");

/// What a request asks for.
#[derive(Clone)]
struct Wanted {
    after: Option<String>,
    limit: u32,
    wait_s: u32,
    format: Format,
}

/// Gives a page of the feed.
///
/// # Errors
/// `cursor_unknown`, `epoch_changed`, `not_acceptable`, `parameter_invalid`, `rate_limited`.
pub async fn notes(
    State(app): State<App>,
    CaseSystem { client, .. }: CaseSystem<ExportRead>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let format = format(&headers)?;
    let query = Query::read(query.as_deref(), &["after", "limit", "wait"])?;
    let wanted = Wanted {
        after: query.text("after").map(str::to_owned),
        limit: query.number("limit", (1, MAX_LIMIT), DEFAULT_LIMIT)?,
        wait_s: query.number("wait", (0, MAX_WAIT_S), 0)?,
        format,
    };
    let limit = wanted.limit;
    let place = app.pace.place(&client.id)?;
    let page = page(&app, wanted).await?;
    let (next, lines) = (page.next, page.lines);
    let body = move |bytes| paced(bytes, place);
    let mut response = app
        .in_turn(move |_| Ok::<_, Refusal>(packed_as(&headers, lines, format.media_type(), body)))
        .await?;
    let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let link = format!("</v1/export/notes?after={encoded}&limit={limit}>; rel=\"next\"");
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Refusal::from(Code::Internal));
    let out = response.headers_mut();
    out.insert(header::LINK, value(&link)?);
    out.insert(CURSOR, value(&next)?);
    out.append(header::VARY, HeaderValue::from_static("accept"));
    if let Some(adapter) = format.made_with(&app.core.mapping) {
        out.insert(ADAPTER, value(&adapter)?);
    }
    Ok(response)
}

async fn page(app: &App, wanted: Wanted) -> Result<FeedPage, Refusal> {
    let until = app
        .core
        .host
        .now_ms()
        .saturating_add(i64::from(wanted.wait_s) * 1000);
    loop {
        let Wanted {
            after, limit, format, ..
        } = wanted.clone();
        let page = app
            .in_turn(move |core| {
                let after = after.as_deref();
                export::feed(core, Asked { after, limit, format })
            })
            .await?;
        let over = app.core.host.now_ms() >= until || *app.stopping.borrow();
        if over || page.events > 0 {
            return Ok(page);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The format that a reader likes best; NDJSON where it does not say. A format by name counts before one by asterisk
/// (RFC 9110, section 12.5.1).
fn format(headers: &HeaderMap) -> Result<Format, Refusal> {
    if !headers.contains_key(header::ACCEPT) {
        return Ok(Format::Ndjson);
    }
    let liked = |format: Format| {
        let media = format.media_type();
        let range = format!("{}/*", media.split('/').next().unwrap_or_default());
        [media, &range, "*/*"]
            .into_iter()
            .find_map(|name| weight(headers, &header::ACCEPT, name))
    };
    let mut best: Option<(Format, f32)> = None;
    for format in Format::ALL {
        let Some(weight) = liked(format).filter(|weight| *weight > 0.0) else {
            continue;
        };
        if best.is_none_or(|(_, most)| weight > most) {
            best = Some((format, weight));
        }
    }
    let known = Format::ALL.map(Format::media_type).join(", ");
    let refusal = || Refusal::from(Code::NotAcceptable).detail(known);
    best.map(|(format, _)| format).ok_or_else(refusal)
}
