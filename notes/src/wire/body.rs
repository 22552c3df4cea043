//! A message as an HTTP body: CBOR, compressed as a whole, inflated only under a hard cap. One
//! stream over all chunks packs three times better than Automerge's own columns one by one.

use minicbor::{Decode, Encode};

/// No body inflates past this.
pub const MAX_INFLATED_BYTES: usize = 16 * 1024 * 1024;

/// Below this a compressed frame gains nothing.
const WORTH_PACKING_BYTES: usize = 160;

/// How a body is packed, as in the `Content-Encoding` header (RFC 9110, RFC 8878).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// Zstandard.
    Zstd,
}

impl Coding {
    /// Reads the header's value.
    #[must_use]
    pub fn from_header(value: Option<&str>) -> Option<Self> {
        match value.map(str::trim) {
            None | Some("" | "identity") => Some(Self::Identity),
            Some("zstd") => Some(Self::Zstd),
            Some(_) => None,
        }
    }
    /// The header's value.
    #[must_use]
    pub fn header(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Zstd => Some("zstd"),
        }
    }
}

/// Why a body is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyRefusal {
    /// It is, or inflates, past the cap.
    #[error("larger than {MAX_INFLATED_BYTES} bytes")]
    TooLarge,
    /// It is not what its coding says, or not the message's CBOR.
    #[error("not a message")]
    Malformed,
}

/// Packs a message; small ones are left as they are.
#[must_use]
pub fn encode<M: Encode<()>>(message: &M) -> (Vec<u8>, Coding) {
    // Writing into memory cannot fail, so an empty body can only mean a bug; it would be refused.
    let plain = minicbor::to_vec(message).unwrap_or_default();
    if plain.len() < WORTH_PACKING_BYTES {
        return (plain, Coding::Identity);
    }
    match zstandard::pack(&plain) {
        Some(packed) if packed.len() < plain.len() => (packed, Coding::Zstd),
        _ => (plain, Coding::Identity),
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod zstandard {
    use std::io::Read as _;

    use super::{BodyRefusal, MAX_INFLATED_BYTES};

    pub(super) fn pack(plain: &[u8]) -> Option<Vec<u8>> {
        zstd::bulk::compress(plain, 3).ok()
    }

    pub(super) fn unpack(body: &[u8]) -> Result<Vec<u8>, BodyRefusal> {
        let mut decoder =
            zstd::stream::read::Decoder::with_buffer(body).map_err(|_| BodyRefusal::Malformed)?;
        // 8 MiB of window is what RFC 8878 asks every decoder to take; more is an attack.
        decoder.window_log_max(23).map_err(|_| BodyRefusal::Malformed)?;
        let mut plain = Vec::new();
        let cap = MAX_INFLATED_BYTES as u64 + 1;
        decoder
            .take(cap)
            .read_to_end(&mut plain)
            .map_err(|_| BodyRefusal::Malformed)?;
        if plain.len() > MAX_INFLATED_BYTES {
            Err(BodyRefusal::TooLarge)
        } else {
            Ok(plain)
        }
    }
}

/// In a browser: what is sent is packed by the host, and `fetch` has unpacked what came.
#[cfg(target_arch = "wasm32")]
mod zstandard {
    use super::BodyRefusal;

    pub(super) const fn pack(_plain: &[u8]) -> Option<Vec<u8>> {
        None
    }

    pub(super) const fn unpack(_body: &[u8]) -> Result<Vec<u8>, BodyRefusal> {
        Err(BodyRefusal::Malformed)
    }
}

/// Inflates a body under the cap.
///
/// # Errors
/// [`BodyRefusal::TooLarge`] before more than the cap was written; `Malformed` for a broken frame.
pub fn inflate(body: &[u8], coding: Coding) -> Result<Vec<u8>, BodyRefusal> {
    if body.len() > MAX_INFLATED_BYTES {
        return Err(BodyRefusal::TooLarge);
    }
    match coding {
        Coding::Identity => Ok(body.to_vec()),
        Coding::Zstd => zstandard::unpack(body),
    }
}

/// Reads a message from a body.
///
/// # Errors
/// See [`BodyRefusal`]; bytes after the message are refused too.
pub fn decode<M: for<'b> Decode<'b, ()>>(body: &[u8], coding: Coding) -> Result<M, BodyRefusal> {
    let plain = inflate(body, coding)?;
    let mut decoder = minicbor::Decoder::new(&plain);
    let message = decoder.decode().map_err(|_| BodyRefusal::Malformed)?;
    if decoder.position() == plain.len() {
        Ok(message)
    } else {
        Err(BodyRefusal::Malformed)
    }
}
