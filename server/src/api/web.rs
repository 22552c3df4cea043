//! The files of the phone app and of the console, as `cargo xtask web` built them: read from a folder, sent packed where they
//! lie packed beside themselves, and under a policy that lets the page run and fetch nothing but its own.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::MethodRouter;
use tower_http::services::ServeDir;

/// What the page may do (Content Security Policy level 3): its own files, WebAssembly, its own server, pictures that it
/// has made itself. Nobody may frame it, and no form leaves it.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; \
    img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The same for the console: no WebAssembly, no Worker, no pictures that are made in the page.
const CONSOLE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// What each of the two may do, and use of its machine.
const PHONE: [&str; 2] = [POLICY, "geolocation=(), microphone=(self), camera=(self)"];
const CONSOLE: [&str; 2] = [
    CONSOLE_POLICY,
    "geolocation=(), microphone=(), camera=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
];

/// Files whose names change with what is in them are kept for ever; the others are asked for again each time.
fn keeps(path: &str) -> &'static str {
    if path.contains("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// The phone app's files; what is not there is answered by `missing`.
pub fn files(folder: &Path, missing: MethodRouter) -> Router {
    served(folder, missing).layer(from_fn(|request, next| with_headers(PHONE, request, next)))
}

/// The console's files.
pub fn console(folder: &Path, missing: MethodRouter) -> Router {
    served(folder, missing).layer(from_fn(|request, next| with_headers(CONSOLE, request, next)))
}

fn served(folder: &Path, missing: MethodRouter) -> Router {
    let files = ServeDir::new(folder)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(missing);
    Router::new().fallback_service(files)
}

async fn with_headers([policy, permissions]: [&'static str; 2], request: Request, next: Next) -> Response {
    let keeps = keeps(request.uri().path());
    let mut response = next.run(request).await;
    let found = response.status().is_success();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(permissions),
    );
    if found {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keeps));
    }
    response
}
