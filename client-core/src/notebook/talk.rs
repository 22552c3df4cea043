//! A talk with the server lasts as long as the network likes; the notebook is needed between two requests only.
//! So a talk borrows it for a moment at a time, and whoever types meanwhile never waits for the server. A host that
//! can wait in place has the same by [`Notebook`]'s own methods, for which no future ever waits.
//!
//! It decides nothing: passes, files, enrolment and tokens are beside it, each in a file of its own.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use super::Notebook;
use crate::host::{AsyncHost, HttpRequest, HttpResponse, Transport, Unreachable};
use crate::trouble::Trouble;

/// A notebook that is lent for a moment at a time.
pub trait Shared {
    /// Does something with it. Nothing that waits: others want it too.
    ///
    /// # Errors
    /// What the closure says, and [`Trouble::Broken`] where an earlier borrower broke down.
    fn with<T>(&self, f: impl FnOnce(&mut Notebook) -> Result<T, Trouble>) -> Result<T, Trouble>;
}

impl Shared for Mutex<Notebook> {
    fn with<T>(&self, f: impl FnOnce(&mut Notebook) -> Result<T, Trouble>) -> Result<T, Trouble> {
        f(&mut *self.lock().map_err(|_| Trouble::Broken)?)
    }
}

impl Shared for RefCell<Notebook> {
    fn with<T>(&self, f: impl FnOnce(&mut Notebook) -> Result<T, Trouble>) -> Result<T, Trouble> {
        f(&mut *self.try_borrow_mut().map_err(|_| Trouble::Broken)?)
    }
}

/// The one borrower there is.
struct Lone<'a>(RefCell<&'a mut Notebook>);

impl Shared for Lone<'_> {
    fn with<T>(&self, f: impl FnOnce(&mut Notebook) -> Result<T, Trouble>) -> Result<T, Trouble> {
        f(*self.0.try_borrow_mut().map_err(|_| Trouble::Broken)?)
    }
}

/// A transport that waits in place.
struct InPlace<'a>(RefCell<&'a mut dyn Transport>);

impl AsyncHost for InPlace<'_> {
    fn send(&self, request: &HttpRequest) -> impl Future<Output = Result<HttpResponse, Unreachable>> {
        let answer = match self.0.try_borrow_mut() {
            Ok(mut transport) => transport.send(request),
            Err(_) => Err(Unreachable),
        };
        std::future::ready(answer)
    }
}

/// A talk between a notebook and its server. Of two at once each would say the same: a host has one at a time.
#[derive(Debug)]
pub struct Talk<'a, S, H> {
    pub(super) book: &'a S,
    pub(super) host: &'a H,
}

impl<'a, S: Shared, H: AsyncHost> Talk<'a, S, H> {
    /// A talk for a notebook, by way of a host.
    pub const fn between(book: &'a S, host: &'a H) -> Self {
        Self { book, host }
    }
}

/// One talk from its beginning to its end, for the only borrower, on a transport that waits in place.
macro_rules! alone {
    ($book:expr, $transport:expr, |$talk:ident| $said:expr) => {{
        let (book, host) = $crate::notebook::talk::both($book, $transport);
        let $talk = $crate::notebook::talk::Talk::between(&book, &host);
        $crate::notebook::talk::in_place($said)
    }};
}
pub(super) use alone;

pub(super) fn both<'a>(
    book: &'a mut Notebook,
    transport: &'a mut dyn Transport,
) -> (impl Shared + 'a, impl AsyncHost + 'a) {
    (Lone(RefCell::new(book)), InPlace(RefCell::new(transport)))
}

/// Runs a talk whose host waits in place: an answer is there when `send` returns, so the first look finds the end.
pub fn in_place<T>(talk: impl Future<Output = T>) -> T {
    let mut talk = pin!(talk);
    loop {
        if let Poll::Ready(said) = talk.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return said;
        }
    }
}
