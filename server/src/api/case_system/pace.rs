//! The pace at which case systems read: whoever reads fast, slowly or not to the end costs the phones nothing.
//!
//! Pages are made on one thread, which the system lets come last: so reading takes what phones leave of one core. And
//! each case system has few pages on the way, so that one that does not take them keeps only those in memory.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use notes::problem::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::api::{App, Refusal};
use crate::core::Core;

/// Pages that one case system may have on the way.
const PAGES_EACH: usize = 3;
/// A page goes to the connection in pieces of this size: what is not asked for yet stays in one place.
const PIECE_BYTES: usize = 64 * 1024;

/// How far behind all else the thread comes (`nice`, POSIX).
const BEHIND: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// Who makes pages, and who has some on the way.
pub struct Pace {
    jobs: mpsc::Sender<Job>,
    on_the_way: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Default for Pace {
    fn default() -> Self {
        let (jobs, waiting) = mpsc::channel::<Job>();
        let work = move || {
            come_last();
            for job in waiting {
                // Whoever asked is told that nothing came of it.
                if catch_unwind(AssertUnwindSafe(job)).is_err() {
                    tracing::error!("a page was not made");
                }
            }
        };
        // Without a thread each job is dropped, and its asker told to come again.
        if let Err(error) = std::thread::Builder::new().name("pages".to_owned()).spawn(work) {
            tracing::error!(%error, "there is no thread for pages");
        }
        Self {
            jobs,
            on_the_way: Mutex::default(),
        }
    }
}

/// Linux takes the number of a thread where POSIX takes that of a process; elsewhere nothing is done.
fn come_last() {
    #[cfg(target_os = "linux")]
    {
        let thread = rustix::thread::gettid();
        if let Err(error) = rustix::process::setpriority_process(Some(thread), BEHIND) {
            tracing::warn!(%error, "the thread for pages comes like any other");
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
    /// Makes a page, or an answer as long, after those before it.
    ///
    /// # Errors
    /// What the work says; `busy` where it came to nothing.
    pub(super) async fn in_turn<T, E, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        E: Into<Refusal> + Send + 'static,
        F: FnOnce(&Core) -> Result<T, E> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let core = Arc::clone(&self.core);
        let job = move || {
            // Who has gone meanwhile gets nothing made.
            if !tell.is_closed() {
                let _ = tell.send(work(&core));
            }
        };
        self.pace.jobs.send(Box::new(job)).map_err(|_| Code::Busy)?;
        told.await.map_err(|_| Code::Busy)?.map_err(Into::into)
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
