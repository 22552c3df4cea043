//! `POST /v1/sync`: one request of a pass.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use notes::problem::Code;
use notes::wire::{self, Coding, Request};

use crate::api::body::{self, Packed, Takes, body_refusal};
use crate::api::identity::Device;
use crate::api::{App, Refusal};
use crate::core::Core;
use crate::sync::{self, Pusher};

/// Takes what the phone has and gives what it lacks.
///
/// # Errors
/// Those of bodies, and those of the pass.
pub async fn sync(
    State(app): State<App>,
    Device(who): Device,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let takes = Takes {
        media: wire::MEDIA_TYPE,
        limit: app.http.sync_body_bytes,
        timeout: app.body_timeout(),
    };
    let packed = body::read(&headers, body, takes).await?;
    app.blocking(move |core| {
        let _first = core.courtesy.phone();
        let answer = pass(core, &who, packed)?;
        Ok::<_, Refusal>(body::packed(&headers, answer, wire::MEDIA_TYPE))
    })
    .await
}

fn pass(core: &Core, who: &Pusher, packed: Packed) -> Result<Vec<u8>, Refusal> {
    let plain = packed.inflate(wire::MAX_INFLATED_BYTES)?;
    let request: Request = wire::decode(&plain, Coding::Identity).map_err(body_refusal)?;
    drop(plain);
    let pushes = !request.pushes.is_empty();
    let response = sync::pass(core, who, request)?;
    if pushes {
        core.bell.ring();
    }
    minicbor::to_vec(&response).map_err(|_| Code::Internal.into())
}
