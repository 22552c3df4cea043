//! `GET /v1/live`: the same messages as of a pass on a WebSocket (RFC 6455), and word at once of what others
//! write in a note that is open on the screen. Here the door is; what is said inside is in `session`.

mod session;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use notes::problem::Code;
use notes::wire::{LIVE_PROTOCOL, MAX_FRAME_BYTES};
use std::sync::Arc;

use crate::api::identity::LiveDevice;
use crate::api::{App, Refusal};

/// How much is read and written at once; each socket keeps as much memory for each of the two.
const BUFFER_BYTES: usize = 16 * 1024;

/// Opens a socket.
///
/// # Errors
/// Those of tokens, `device_revoked`, `origin_refused`, `upgrade_needed`, `protocol_unsupported`, `busy`.
pub async fn live(
    State(app): State<App>,
    who: LiveDevice,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    if !is_at_home(&app, &headers) {
        return Err(Code::OriginRefused.into());
    }
    let upgrade = upgrade.map_err(|_| Refusal::from(Code::UpgradeNeeded))?;
    let upgrade = upgrade.protocols([LIVE_PROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let detail = format!("offer the subprotocol {LIVE_PROTOCOL}");
        return Err(Refusal::from(Code::ProtocolUnsupported).detail(detail));
    }
    let permit = Arc::clone(&app.live_permits).try_acquire_owned();
    let permit = permit.map_err(|_| Refusal::from(Code::Busy))?;
    let upgrade = upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES);
    Ok(upgrade.on_upgrade(move |socket| async move {
        session::talk(socket, app, who).await;
        drop(permit);
    }))
}

/// Whether a web page that asks is one of ours. An app that is no web page says nothing of its origin.
fn is_at_home(app: &App, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return headers.get(header::ORIGIN).is_none();
    };
    let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
    let own = origin_of(app.core.public_url()).to_ascii_lowercase();
    origin == own || app.http.origins.contains(&origin)
}

/// Scheme, host and port of an address (RFC 6454), without its path.
fn origin_of(url: &str) -> &str {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let path_at = url.get(host_at..).and_then(|rest| rest.find('/'));
    path_at.and_then(|at| url.get(..host_at + at)).unwrap_or(url)
}
