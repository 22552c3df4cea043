//! Which bytes of a file were asked for, and a body that reads them piece by piece, so that a large file is never in
//! memory whole.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::attachments::{self, Opened};
use crate::core::Core;
use crate::store::{Piece, StoreError};

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of it.
    Whole,
    /// From one byte up to another, which is not meant.
    Part(u64, u64),
    /// No byte that there is.
    Nowhere,
}

/// Reads a `Range` header against a length. Several ranges, other units and what cannot be read are answered with the
/// whole, as RFC 9110 (section 14.2) allows.
pub(super) fn asked(range: Option<&str>, length: u64) -> Asked {
    let Some((first, last)) = range
        .and_then(|range| range.trim().strip_prefix("bytes="))
        .filter(|set| !set.contains(','))
        .and_then(|set| set.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // What does not fit is behind every end.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), _) if first >= length && (last.is_empty() || number(last) >= Some(first)) => {
            Asked::Nowhere
        }
        (Some(first), None) if last.is_empty() => Asked::Part(first, length),
        (Some(first), Some(last)) if first <= last => Asked::Part(first, last.saturating_add(1).min(length)),
        (None, Some(0)) if first.is_empty() => Asked::Nowhere,
        (None, Some(suffix)) if first.is_empty() => Asked::Part(length.saturating_sub(suffix), length),
        _ => Asked::Whole,
    }
}

/// A body of known length. The next piece is read when the one before has gone, so a slow reader holds one piece and no
/// thread.
struct Pieces {
    core: Arc<Core>,
    file: Opened,
    at: u64,
    to: u64,
    reading: Option<JoinHandle<Result<Piece, StoreError>>>,
}

impl Pieces {
    /// The bytes of a piece that were asked for.
    fn wanted(&self, (begin, data): &Piece) -> Bytes {
        let within = |place: u64| usize::try_from(place - begin).map_or(data.len(), |n| n.min(data.len()));
        Bytes::copy_from_slice(data.get(within(self.at)..within(self.to)).unwrap_or_default())
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StoreError>>> {
        let this = self.get_mut();
        if this.at >= this.to {
            return Poll::Ready(None);
        }
        let (core, file, at) = (&this.core, &this.file, this.at);
        let reading = this.reading.get_or_insert_with(|| {
            let (core, file) = (Arc::clone(core), file.clone());
            tokio::task::spawn_blocking(move || attachments::piece(&core, &file, at))
        });
        let read = std::task::ready!(Pin::new(reading).poll(cx));
        this.reading = None;
        let read = read.unwrap_or(Err(StoreError::Inconsistent("a file was not read to its end")));
        let piece = read.map(|piece| this.wanted(&piece));
        match &piece {
            Ok(piece) => this.at += piece.len() as u64,
            Err(error) => {
                tracing::error!(%error, "a file could not be read to its end");
                this.at = this.to;
            }
        }
        Poll::Ready(Some(piece.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.to - self.at)
    }
}

/// The bytes of a file from one place up to another.
pub(super) fn stream(core: Arc<Core>, file: Opened, from: u64, to: u64) -> Body {
    Body::new(Pieces {
        core,
        file,
        at: from,
        to,
        reading: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_rfc_9110_says() {
        use Asked::{Nowhere, Part, Whole};
        for (range, expected) in [
            ("bytes=0-0", Part(0, 1)),
            ("bytes=2-4", Part(2, 5)),
            ("bytes=2-", Part(2, 10)),
            ("bytes=9-", Part(9, 10)),
            ("bytes=0-99", Part(0, 10)),
            ("bytes=-3", Part(7, 10)),
            ("bytes=-99", Part(0, 10)),
            ("bytes=5-99999999999999999999999", Part(5, 10)),
            ("bytes=10-", Nowhere),
            ("bytes=10-12", Nowhere),
            ("bytes=-0", Nowhere),
            ("bytes=99999999999999999999999-", Nowhere),
            ("bytes=4-2", Whole),
            ("bytes=0-1,3-4", Whole),
            ("bytes=", Whole),
            ("bytes=-", Whole),
            ("bytes=a-b", Whole),
            ("bytes=+1-2", Whole),
            ("items=0-1", Whole),
            ("", Whole),
        ] {
            assert_eq!(asked(Some(range), 10), expected, "{range}");
        }
        assert_eq!(asked(None, 10), Whole);
    }
}
