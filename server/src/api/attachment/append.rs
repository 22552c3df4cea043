//! `PATCH /v1/attachments/{sha256}?note=ID`: the next bytes of an upload (tus, section `PATCH`). They are written down
//! piece by piece while they stream in, so that what came before a cut is kept.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use notes::problem::Code;

use super::{OFFSET, at, declined, key, number, same_version, spoken};
use crate::api::identity::Device;
use crate::api::{App, Refusal, body};
use crate::attachments::{self, Declined};
use crate::core::Core;
use crate::store::{PIECE_BYTES, UploadKey};
use crate::sync::Pusher;

const MEDIA_TYPE: &str = "application/offset+octet-stream";

/// Takes bytes from `Upload-Offset` on, which must be where the upload stands. With the last one the file is compared
/// with its hash, and is whole once `Upload-Offset` in the answer equals its length.
///
/// # Errors
/// `not_found`, `media_type_unsupported`, `parameter_invalid`, `attachment_offset`, `attachment_too_large`,
/// `attachment_quota`, `attachment_mismatch`, `attachment_type`; `message_malformed` where the body broke off, and
/// then what came is kept all the same.
pub async fn append(
    State(app): State<App>,
    Device(who): Device,
    Path(sha256): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let answer = async {
        same_version(&headers)?;
        body::plain(&headers, MEDIA_TYPE)?;
        let key = key(who.device.id, &sha256, query.as_deref())?;
        let offset = number(&headers, &OFFSET)?;
        Upload {
            app,
            who,
            key,
            offset,
        }
        .take(body)
        .await
    };
    let answer: Result<Response, Refusal> = answer.await;
    spoken(answer.unwrap_or_else(IntoResponse::into_response))
}

struct Upload {
    app: App,
    who: Pusher,
    key: UploadKey,
    /// Where the next byte goes.
    offset: u64,
}

impl Upload {
    async fn take(mut self, body: Body) -> Result<Response, Refusal> {
        let (key, who) = (self.key, self.who.clone());
        // Who may not, or is at another byte, hears it before a byte is read.
        let first = self.write(Vec::new()).await?;
        if let Err(refused) = first {
            return Ok(declined(refused));
        }
        let whole = match tokio::time::timeout(self.app.body_timeout(), self.stream(body)).await {
            Ok(Ok(whole)) => whole,
            Ok(Err(refused)) => return Ok(refused),
            Err(_) => {
                return Err(Refusal::from(Code::MessageMalformed).detail("the body did not arrive in time"));
            }
        };
        let finish = move |core: &Core| Ok::<_, Refusal>(attachments::finish(core, &who, key));
        let place = self.app.blocking(finish).await?;
        if !whole {
            return Err(Refusal::from(Code::MessageMalformed).detail("the body broke off; what came is kept"));
        }
        Ok(place.map_or_else(declined, |place| at(StatusCode::NO_CONTENT, place)))
    }

    /// Writes the body down as it comes; false where it broke off.
    async fn stream(&mut self, mut body: Body) -> Result<bool, Response> {
        let mut piece = Vec::new();
        let mut whole = true;
        loop {
            let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
            let over = match frame {
                Some(Ok(frame)) => {
                    piece.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
                    false
                }
                Some(Err(_)) => {
                    whole = false;
                    true
                }
                None => true,
            };
            while piece.len() >= PIECE_BYTES || (over && !piece.is_empty()) {
                let rest = piece.split_off(piece.len().min(PIECE_BYTES));
                let written = self.write(std::mem::replace(&mut piece, rest)).await;
                written.map_err(IntoResponse::into_response)?.map_err(declined)?;
            }
            if over {
                return Ok(whole);
            }
        }
    }

    async fn write(&mut self, piece: Vec<u8>) -> Result<Result<(), Declined>, Refusal> {
        let (who, key, at) = (self.who.clone(), self.key, self.offset);
        let append = move |core: &Core| Ok::<_, Refusal>(attachments::append(core, &who, key, at, piece));
        Ok(match self.app.blocking(append).await? {
            Ok(arrived) => {
                self.offset = arrived;
                Ok(())
            }
            Err(refused) => Err(refused),
        })
    }
}
