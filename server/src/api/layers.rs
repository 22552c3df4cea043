//! What surrounds every request: a bound on how many are under way, a net for panics, and one line
//! in the log that names nobody but by id.

use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use notes::problem::Code;

use super::identity::Caller;
use super::{App, Refusal};
use crate::hex::hex;

/// Runs a request, and says in one line what became of it.
pub async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let host = &app.core.host;
    let (begun_at, id) = (host.now_ms(), hex(&host.random::<8>()));
    let caller = Caller::default();
    request.extensions_mut().insert(caller.clone());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let mut response = match app.permits.try_acquire() {
        Ok(_permit) => guarded(next, request).await,
        Err(_) => Refusal::from(Code::Busy).into_response(),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("doorstep-request", value);
    }
    keep_to_ourselves(&app, response.headers_mut());
    tracing::info!(
        %method,
        path,
        status = response.status().as_u16(),
        ms = host.now_ms().saturating_sub(begun_at),
        bytes = response.body().size_hint().exact().unwrap_or(0),
        who = caller.name(),
        request = id,
        "request"
    );
    response
}

/// What browsers are told of every answer: take it for what it says it is, show it in nobody's frame, and where we are behind
/// TLS, come back that way only (RFC 6797). A page's own files say more than that.
fn keep_to_ourselves(app: &App, headers: &mut HeaderMap) {
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(header::CONTENT_SECURITY_POLICY, nothing);
    }
    if app.core.public_url().starts_with("https://") {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// A request runs as a task of its own: what it has begun it finishes, even if the caller hangs up,
/// and if it panics the caller gets an answer and the server goes on.
async fn guarded(next: Next, request: Request) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(panicked = error.is_panic(), "a request did not end");
            Refusal::from(Code::Internal).into_response()
        }
    }
}
