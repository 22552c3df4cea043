//! Writing live, for apps: the app brings a socket, tells what happens to it, and is told when to come back. What
//! is said over it, and when to try again, is client-core's.

use std::collections::VecDeque;
use std::sync::Arc;

use client_core::Talk;
use client_core::live::{Action, Event};
use client_core::notebook::in_place;
use notes::ids::DocumentId;

use super::host::{HostError, Link, Transport};
use super::{Notebook, NotebookError};

/// The app's socket. Its methods are called inside a call of [`Notebook::live`]: they begin something and return,
/// and what came of it is told by the next event.
#[uniffi::export(foreign)]
pub trait LiveSocket: Send + Sync {
    /// Opens one, at a path of the server. The token goes in `Authorization: Bearer`, or, where no header can be
    /// set, as a second subprotocol `bearer.` and the token.
    ///
    /// # Errors
    /// Where that cannot even be tried.
    fn open(&self, path: String, protocol: String, token: String) -> Result<(), HostError>;
    /// Sends a binary frame.
    ///
    /// # Errors
    /// Where the socket is no longer open.
    fn send(&self, frame: Vec<u8>) -> Result<(), HostError>;
    /// Ends it; of one that is not there, nothing. (Kotlin has a `close` of its own in every such object.)
    ///
    /// # Errors
    /// Never one that would matter.
    fn end(&self) -> Result<(), HostError>;
}

/// What happened to the socket.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum LiveEvent {
    /// Time passed, or something was typed.
    Tick,
    /// It is open.
    Opened,
    /// A binary frame came.
    Frame {
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// The server, or something on the way, did not open it.
    Refused {
        /// HTTP status.
        status: u16,
        /// Seconds, of the header `Retry-After`.
        retry_after_s: Option<u32>,
    },
    /// There was no answer, or it has ended.
    Lost {
        /// Of its close frame, where there was one.
        code: Option<u16>,
    },
    /// The device has a network, or none.
    Network {
        /// Whether it has.
        there: bool,
    },
}

/// What is to be done after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct LiveStep {
    /// Come back with a tick at this time at the latest, UTC milliseconds by the app's clock.
    pub wait_until: i64,
    /// Make an ordinary pass: something is too long for a frame.
    pub pass: bool,
}

#[uniffi::export]
impl Notebook {
    /// Says whether a socket is wanted: while the app is in front.
    ///
    /// # Errors
    /// Where an earlier call broke down.
    pub fn go_live(&self, wanted: bool) -> Result<(), NotebookError> {
        self.book()?.go_live(wanted);
        Ok(())
    }

    /// Says which notes are open on the screen now, at most eight. Opening one counts as a reading.
    ///
    /// # Errors
    /// A note that is not here, or too many.
    pub fn watch(&self, notes: Vec<DocumentId>) -> Result<(), NotebookError> {
        Ok(self.book()?.watch(&notes)?)
    }

    /// Whether a colleague has this note open too.
    ///
    /// # Errors
    /// Where an earlier call broke down.
    pub fn in_company(&self, note: DocumentId) -> Result<bool, NotebookError> {
        Ok(self.book()?.in_company(note))
    }

    /// One step of the live line. The transport is for a token only.
    ///
    /// # Errors
    /// Where the store fails; the socket was closed then, and comes back by itself.
    pub fn live(
        &self,
        transport: Arc<dyn Transport>,
        socket: Arc<dyn LiveSocket>,
        event: LiveEvent,
    ) -> Result<LiveStep, NotebookError> {
        self.hands.ready()?;
        let link = Link(transport);
        let talk = Talk::between(self, &link);
        let mut step = LiveStep {
            wait_until: 0,
            pass: false,
        };
        let actions = match in_place(talk.live(event_of(&event))) {
            Ok(actions) => actions,
            Err(trouble) => {
                // Nothing that it says could be understood any more.
                let _ = socket.end();
                return Err(trouble.into());
            }
        };
        let mut actions = VecDeque::from(actions);
        while let Some(action) = actions.pop_front() {
            let done = match action {
                Action::Open(door) => socket.open(door.path.to_owned(), door.protocol.to_owned(), door.token),
                Action::Send(frame) => socket.send(frame),
                Action::Close => socket.end(),
                Action::Pass => {
                    step.pass = true;
                    Ok(())
                }
                Action::WaitUntil(at) => {
                    step.wait_until = at;
                    Ok(())
                }
            };
            if done.is_err() {
                let lost = in_place(talk.live(Event::Lost { code: None }))?;
                actions = VecDeque::from(lost);
            }
        }
        Ok(step)
    }
}

fn event_of(event: &LiveEvent) -> Event<'_> {
    match event {
        LiveEvent::Tick => Event::Tick,
        LiveEvent::Opened => Event::Opened,
        LiveEvent::Frame { bytes } => Event::Frame(bytes),
        LiveEvent::Refused {
            status,
            retry_after_s,
        } => Event::Refused {
            status: *status,
            retry_after_s: *retry_after_s,
        },
        LiveEvent::Lost { code } => Event::Lost { code: *code },
        LiveEvent::Network { there } => Event::Network(*there),
    }
}
