//! Which bytes of a file were asked for, and a body that reads them piece by piece, so that a large file is never in
//! memory whole.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;

use crate::attachments::{self, Opened};
use crate::core::Core;
use crate::store::StoreError;

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

/// A body of known length whose bytes come from another thread.
struct Pieces {
    left: u64,
    coming: mpsc::Receiver<Result<Bytes, StoreError>>,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StoreError>>> {
        let next = std::task::ready!(self.coming.poll_recv(cx));
        let next = next.map(|piece| {
            let piece = piece?;
            self.left = self.left.saturating_sub(piece.len() as u64);
            Ok(Frame::data(piece))
        });
        Poll::Ready(next)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The bytes of a file from one place up to another.
pub(super) fn stream(core: Arc<Core>, file: Opened, from: u64, to: u64) -> Body {
    let (sender, coming) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let mut at = from;
        while at < to {
            let piece = attachments::piece(&core, &file, at).map(|(begin, data)| {
                let within = |place: u64| {
                    usize::try_from(place - begin)
                        .unwrap_or(usize::MAX)
                        .min(data.len())
                };
                Bytes::copy_from_slice(data.get(within(at)..within(to)).unwrap_or_default())
            });
            if let Err(error) = &piece {
                tracing::error!(%error, "a file could not be read to its end");
            }
            let failed = piece.is_err();
            at += piece.as_ref().map_or(0, |piece| piece.len() as u64);
            // Whoever asked may have hung up.
            if sender.blocking_send(piece).is_err() || failed {
                return;
            }
        }
    });
    Body::new(Pieces {
        left: to - from,
        coming,
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
