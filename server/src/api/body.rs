//! Bodies: read under a limit, of the media type that the operation takes, inflated under a hard
//! cap; answers packed as the caller says. What is in them is not looked at here.

use std::future::poll_fn;
use std::io::{Read as _, Write as _};
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use notes::problem::Code;
use notes::wire::{self, BodyRefusal};
use serde::de::DeserializeOwned;

use super::Refusal;

/// Below this an answer is not worth packing.
const WORTH_PACKING_BYTES: usize = 160;
/// How much more than the limit is read and thrown away, so that the caller hears the refusal
/// instead of a broken connection.
const DRAIN_BYTES: usize = 64 * 1024 * 1024;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As it is.
    Identity,
    /// RFC 8878.
    Zstd,
    /// RFC 1952.
    Gzip,
}

/// A body as it came, still packed.
pub struct Packed {
    bytes: Vec<u8>,
    packing: Packing,
}

/// What an operation takes.
#[derive(Clone, Copy)]
pub struct Takes {
    /// The media type.
    pub media: &'static str,
    /// The largest body over the wire.
    pub limit: usize,
    /// How long it may take to arrive.
    pub timeout: Duration,
}

/// Reads a JSON body of at most so many bytes, packed or not.
///
/// # Errors
/// As [`read`]; `message_malformed`, with the place, where it is not the JSON that is asked for.
pub async fn json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    timeout: Duration,
) -> Result<T, Refusal> {
    let media = "application/json";
    let takes = Takes {
        media,
        limit,
        timeout,
    };
    let packed = read(headers, body, takes).await?;
    serde_json::from_slice(&packed.inflate(limit)?).map_err(|error| {
        // The parser's own words may repeat a value; the place may not.
        let detail = format!("line {}, column {}", error.line(), error.column());
        Refusal::from(Code::MessageMalformed).detail(detail)
    })
}

/// Reads a body.
///
/// # Errors
/// `media_type_unsupported`, `encoding_unsupported`, `message_too_large`, `message_malformed`.
pub async fn read(headers: &HeaderMap, body: Body, takes: Takes) -> Result<Packed, Refusal> {
    if !has_media_type(headers, takes.media) {
        let detail = format!("send {}", takes.media);
        return Err(Refusal::from(Code::MediaTypeUnsupported).detail(detail));
    }
    let packing = packing(headers)?;
    match tokio::time::timeout(takes.timeout, collect(body, takes.limit)).await {
        Ok(bytes) => Ok(Packed {
            bytes: bytes?,
            packing,
        }),
        Err(_) => Err(Refusal::from(Code::MessageMalformed).detail("the body did not arrive in time")),
    }
}

/// Refuses a body that is of another media type or packed; it is read elsewhere.
///
/// # Errors
/// `media_type_unsupported`, `encoding_unsupported`.
pub(super) fn plain(headers: &HeaderMap, media: &'static str) -> Result<(), Refusal> {
    if !has_media_type(headers, media) {
        return Err(Refusal::from(Code::MediaTypeUnsupported).detail(format!("send {media}")));
    }
    match packing(headers)? {
        Packing::Identity => Ok(()),
        _ => Err(Refusal::from(Code::EncodingUnsupported).detail("this body goes without packing")),
    }
}

async fn collect(mut body: Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut total = 0usize;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| Refusal::from(Code::MessageMalformed).detail("the body broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        total = total.saturating_add(data.len());
        if total <= limit {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
            if total > limit.saturating_add(DRAIN_BYTES) {
                break;
            }
        }
    }
    if total > limit {
        let detail = format!("at most {limit} bytes");
        return Err(Refusal::from(Code::MessageTooLarge).detail(detail));
    }
    Ok(bytes)
}

impl Packed {
    /// Inflates the body, never past the cap.
    ///
    /// # Errors
    /// `message_too_large`, `message_malformed`.
    pub fn inflate(self, cap: usize) -> Result<Vec<u8>, Refusal> {
        let plain = match self.packing {
            Packing::Identity => self.bytes,
            Packing::Zstd => {
                let plain = wire::inflate(&self.bytes, wire::Coding::Zstd);
                plain.map_err(body_refusal)?
            }
            Packing::Gzip => gunzip(&self.bytes, cap)?,
        };
        if plain.len() > cap {
            return Err(body_refusal(BodyRefusal::TooLarge));
        }
        Ok(plain)
    }
}

/// What the caller is told of a body that is no message.
#[must_use]
pub fn body_refusal(refusal: BodyRefusal) -> Refusal {
    match refusal {
        BodyRefusal::TooLarge => Code::MessageTooLarge.into(),
        BodyRefusal::Malformed => Code::MessageMalformed.into(),
    }
}

fn gunzip(bytes: &[u8], cap: usize) -> Result<Vec<u8>, Refusal> {
    let mut plain = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes);
    let most = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .by_ref()
        .take(most)
        .read_to_end(&mut plain)
        .map_err(|_| body_refusal(BodyRefusal::Malformed))?;
    Ok(plain)
}

/// Whether a body is of a media type, by its header.
pub(super) fn has_media_type(headers: &HeaderMap, media: &str) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let essence = value.to_str().unwrap_or_default().split(';').next();
    essence.unwrap_or_default().trim().eq_ignore_ascii_case(media)
}

fn packing(headers: &HeaderMap) -> Result<Packing, Refusal> {
    let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
    let first = values.next().map_or(Ok(""), HeaderValue::to_str);
    let name = first.unwrap_or("unreadable").trim().to_ascii_lowercase();
    match (name.as_str(), values.next()) {
        ("" | "identity", None) => Ok(Packing::Identity),
        ("zstd", None) => Ok(Packing::Zstd),
        ("gzip" | "x-gzip", None) => Ok(Packing::Gzip),
        _ => Err(Code::EncodingUnsupported.into()),
    }
}

/// An answer, packed where the caller says that it can read it so.
pub fn packed(headers: &HeaderMap, bytes: Vec<u8>, media: &'static str) -> Response {
    packed_as(headers, bytes, media, Body::from)
}

/// The same, with a body that is made of the packed bytes.
pub fn packed_as(
    headers: &HeaderMap,
    bytes: Vec<u8>,
    media: &'static str,
    body: impl FnOnce(Vec<u8>) -> Body,
) -> Response {
    let packing = if bytes.len() < WORTH_PACKING_BYTES {
        Packing::Identity
    } else {
        accepted(headers)
    };
    let (bytes, name) = match packing {
        Packing::Identity => (bytes, None),
        Packing::Zstd => match zstd::bulk::compress(&bytes, 3) {
            Ok(packed) => (packed, Some("zstd")),
            Err(_) => (bytes, None),
        },
        Packing::Gzip => match gzip(&bytes) {
            Ok(packed) => (packed, Some("gzip")),
            Err(_) => (bytes, None),
        },
    };
    let mut response = ([(header::CONTENT_TYPE, media)], body(bytes)).into_response();
    let vary = HeaderValue::from_static("accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    if let Some(name) = name {
        let value = HeaderValue::from_static(name);
        response.headers_mut().insert(header::CONTENT_ENCODING, value);
    }
    response
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// The best packing that the caller accepts; none where it says nothing.
fn accepted(headers: &HeaderMap) -> Packing {
    let accepts = |name| listed(headers, &header::ACCEPT_ENCODING, name);
    if accepts("zstd") {
        Packing::Zstd
    } else if accepts("gzip") {
        Packing::Gzip
    } else {
        Packing::Identity
    }
}

/// Whether a header's list names something, and not with a weight of nought.
fn listed(headers: &HeaderMap, header: &HeaderName, name: &str) -> bool {
    weight(headers, header, name).is_some_and(|weight| weight > 0.0)
}

/// The weight (RFC 9110, section 12.4.2) that a header's list gives something; none where it does not name it.
pub(super) fn weight(headers: &HeaderMap, header: &HeaderName, name: &str) -> Option<f32> {
    let values = headers.get_all(header).iter();
    let mut items = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','));
    items.find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let word = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = weight.map_or(1.0, |q| q.parse().unwrap_or(1.0));
        word.eq_ignore_ascii_case(name).then_some(weight)
    })
}
