//! `GET /v1/export/notes`: events after a cursor, one a line, the same bytes every time.

use std::time::Duration;

use ::notes::problem::Code;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::Query;
use crate::api::body::{self, listed};
use crate::api::identity::{CaseSystem, ExportRead};
use crate::api::{App, Refusal};
use crate::export::{self, FeedPage};

const MEDIA_TYPE: &str = "application/x-ndjson";
const MAX_LIMIT: u32 = 1_000;
const DEFAULT_LIMIT: u32 = 100;
const MAX_WAIT_S: u32 = 60;
/// How often a waiting request looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Gives a page of the feed.
///
/// # Errors
/// `cursor_unknown`, `epoch_changed`, `not_acceptable`, `parameter_invalid`.
pub async fn notes(
    State(app): State<App>,
    _who: CaseSystem<ExportRead>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if !takes_ndjson(&headers) {
        return Err(Refusal::from(Code::NotAcceptable).detail(MEDIA_TYPE));
    }
    let query = Query::read(query.as_deref(), &["after", "limit", "wait"])?;
    let after = query.text("after").map(str::to_owned);
    let limit = query.number("limit", (1, MAX_LIMIT), DEFAULT_LIMIT)?;
    let wait_s = query.number("wait", (0, MAX_WAIT_S), 0)?;
    let page = page(&app, after, limit, wait_s).await?;
    let next = page.next;
    let mut response = body::packed(&headers, page.lines, MEDIA_TYPE);
    let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let link = format!("</v1/export/notes?after={encoded}&limit={limit}>; rel=\"next\"");
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Refusal::from(Code::Internal));
    response.headers_mut().insert(header::LINK, value(&link)?);
    response.headers_mut().insert("doorstep-cursor", value(&next)?);
    Ok(response)
}

async fn page(app: &App, after: Option<String>, limit: u32, wait_s: u32) -> Result<FeedPage, Refusal> {
    let until = app.core.host.now_ms().saturating_add(i64::from(wait_s) * 1000);
    loop {
        let cursor = after.clone();
        let page = app
            .blocking(move |core| export::feed(core, cursor.as_deref(), limit))
            .await?;
        let over = app.core.host.now_ms() >= until || *app.stopping.borrow();
        if over || !page.lines.is_empty() {
            return Ok(page);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn takes_ndjson(headers: &HeaderMap) -> bool {
    let fits = |word: &str| matches!(word, MEDIA_TYPE | "application/*" | "*/*");
    !headers.contains_key(header::ACCEPT) || listed(headers, &header::ACCEPT, fits)
}
