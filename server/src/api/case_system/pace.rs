//! The pace at which case systems read: whoever reads fast, slowly or not to the end costs the phones nothing.
//!
//! One page is made at a time, so that reading never takes more than one core; and each case system has few
//! pages on the way, so that one that does not take them keeps only those in memory.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use notes::problem::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::api::{App, Refusal};
use crate::core::Core;

/// Pages that one case system may have on the way.
const PAGES_EACH: usize = 3;
/// A page goes to the connection in pieces of this size: what is not asked for yet stays in one place.
const PIECE_BYTES: usize = 64 * 1024;

/// Who may make a page, and who has pages on the way.
pub struct Pace {
    making: Semaphore,
    on_the_way: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            making: Semaphore::new(1),
            on_the_way: Mutex::default(),
        }
    }
}

impl Pace {
    /// A place for one more page of a case system, kept until the page has left.
    ///
    /// # Errors
    /// `rate_limited` where it has taken none of the pages before.
    pub(super) fn place(&self, client: &str) -> Result<OwnedSemaphorePermit, Refusal> {
        let mut all = self.on_the_way.lock().unwrap_or_else(PoisonError::into_inner);
        let places = all.entry(client.to_owned());
        let places = Arc::clone(places.or_insert_with(|| Arc::new(Semaphore::new(PAGES_EACH))));
        drop(all);
        places.try_acquire_owned().map_err(|_| {
            let detail = format!("{PAGES_EACH} pages are on the way to you; read those first");
            Refusal::from(Code::RateLimited).detail(detail).retry_after(1)
        })
    }
}

impl App {
    /// Makes a page or an answer as long, where it does not hold up the phones; others wait for their turn.
    ///
    /// # Errors
    /// What the work says; `internal` where it panicked.
    pub(super) async fn in_turn<T, E, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        E: Into<Refusal> + Send + 'static,
        F: FnOnce(&Core) -> Result<T, E> + Send + 'static,
    {
        let _turn = self.pace.making.acquire().await.map_err(|_| Code::Busy)?;
        self.blocking(work).await
    }
}

/// A page with its place, which is free again when the page has left or its reader has gone.
struct Paced {
    bytes: Bytes,
    _place: OwnedSemaphorePermit,
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let bytes = &mut self.get_mut().bytes;
        let piece = bytes.split_to(bytes.len().min(PIECE_BYTES));
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

/// A body of a page, with its place.
pub(super) fn paced(bytes: Vec<u8>, place: OwnedSemaphorePermit) -> Body {
    Body::new(Paced {
        bytes: bytes.into(),
        _place: place,
    })
}
