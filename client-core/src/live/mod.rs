//! The live line, dry: when to open a socket, when to let it rest, when to try again. It holds no socket, reads
//! no clock and throws no dice: the host tells what happened, with the time and a throw, and is told what to do.
//! What is said over the socket is the notebook's (`notebook/live.rs`).
//!
//! It is not needed for anything: while there is no socket, passes go on as ever.

#[cfg(test)]
mod tests;

/// What happened to the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// Time passed, or something was typed.
    Tick,
    /// The socket is open.
    Opened,
    /// A binary frame came.
    Frame(&'a [u8]),
    /// The server, or something on the way, did not open a socket: its HTTP status, and seconds to wait where
    /// it said so.
    Refused {
        /// Status of the answer.
        status: u16,
        /// Of its header `Retry-After`.
        retry_after_s: Option<u32>,
    },
    /// There was no answer, or the socket has ended, with the code of its close frame where there was one.
    Lost {
        /// RFC 6455 section 7.4, or one of docs/protocol.md.
        code: Option<u16>,
    },
    /// The device has a network, or none.
    Network(bool),
}

/// What the host is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open a socket.
    Open(Door),
    /// Send a binary frame.
    Send(Vec<u8>),
    /// End the socket, without a further word.
    Close,
    /// Make a pass: something is too long for a frame.
    Pass,
    /// Come back with a tick at this time at the latest, by the device's clock, UTC milliseconds.
    WaitUntil(i64),
}

/// How the socket is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Path from the root of the server.
    pub path: &'static str,
    /// The access token, for `Authorization: Bearer`.
    pub token: String,
    /// Subprotocols to offer where headers can be set.
    pub protocol: &'static str,
}

impl Door {
    /// Subprotocols to offer where no header can be set, as in a web page.
    #[must_use]
    pub fn protocols_with_token(&self) -> [String; 2] {
        let bearer = format!("{}{}", notes::wire::LIVE_BEARER, self.token);
        [self.protocol.to_owned(), bearer]
    }
}

/// What the line wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// A socket, with a token that was asked for just now where the last one was not taken.
    Open { fresh_token: bool },
    /// The end of the one that there is.
    Close,
}

/// The first wait is up to this, each next one up to twice as long.
const FIRST_WAIT_MS: i64 = 1_000;
/// No wait of that kind is longer.
const LONGEST_WAIT_MS: i64 = 60_000;
/// Where sockets are not let through, or another app of this device has one.
const LONG_REST_MS: i64 = 10 * 60_000;
/// A socket that does not open.
const OPENING_MS: i64 = 20_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// None, and not before this time.
    Resting {
        until: i64,
    },
    Opening {
        since: i64,
    },
    Open,
}

/// What is thought of the token that this phone keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Good,
    /// It was refused, or has expired: the next socket takes a fresh one.
    Stale,
    /// A fresh one was taken, and no answer came since.
    Fresh,
}

/// The line.
#[derive(Debug)]
pub(crate) struct Line {
    wanted: bool,
    network: bool,
    state: State,
    failures: u32,
    token: Token,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            wanted: false,
            network: true,
            state: State::Resting { until: i64::MIN },
            failures: 0,
            token: Token::Good,
        }
    }
}

impl Line {
    /// Whether a socket is wanted at all: an app in the background wants none.
    pub(crate) fn want(&mut self, wanted: bool) {
        self.wanted = wanted;
    }

    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// An answer came: the line is good.
    pub(crate) fn answered(&mut self) {
        self.failures = 0;
        self.token = Token::Good;
    }

    /// One step; `thrown` is random.
    pub(crate) fn step(&mut self, event: &Event<'_>, now: i64, thrown: u32) -> Option<Order> {
        match event {
            Event::Opened => self.state = State::Open,
            Event::Refused {
                status,
                retry_after_s,
            } => self.refused(*status, *retry_after_s, now, thrown),
            Event::Lost { code } => self.lost(*code, now, thrown),
            Event::Network(there) => {
                if *there && !self.network {
                    self.failures = 0;
                    self.rest(now, spread(FIRST_WAIT_MS, thrown));
                }
                self.network = *there;
            }
            Event::Tick | Event::Frame(_) => {}
        }
        self.due(now, thrown)
    }

    fn due(&mut self, now: i64, thrown: u32) -> Option<Order> {
        if let State::Opening { since } = self.state
            && now.saturating_sub(since) >= OPENING_MS
        {
            self.lost(None, now, thrown);
            return Some(Order::Close);
        }
        match self.state {
            State::Resting { until } if self.wanted && self.network && now >= until => {
                self.state = State::Opening { since: now };
                let fresh_token = self.token == Token::Stale;
                if fresh_token {
                    self.token = Token::Fresh;
                }
                Some(Order::Open { fresh_token })
            }
            State::Open | State::Opening { .. } if !self.wanted => {
                self.rest(now, 0);
                Some(Order::Close)
            }
            _ => None,
        }
    }

    /// When it wants a tick; none where only an event can change anything.
    pub(crate) fn next_at(&self) -> Option<i64> {
        match self.state {
            State::Resting { until } if self.wanted && self.network => Some(until),
            State::Opening { since } => Some(since.saturating_add(OPENING_MS)),
            _ => None,
        }
    }

    fn refused(&mut self, status: u16, retry_after_s: Option<u32>, now: i64, thrown: u32) {
        match status {
            401 if self.token == Token::Good => {
                self.token = Token::Stale;
                self.rest(now, 0);
            }
            429 | 500..=599 => {
                let told_ms = i64::from(retry_after_s.unwrap_or(0)).saturating_mul(1_000);
                let wait_ms = self.longer(thrown).max(told_ms.min(LONG_REST_MS));
                self.rest(now, wait_ms);
            }
            // A proxy that drops the upgrade, an older server, a device that may not: passes do.
            _ => self.rest(now, LONG_REST_MS + spread(LONGEST_WAIT_MS, thrown)),
        }
    }

    fn lost(&mut self, code: Option<u16>, now: i64, thrown: u32) {
        match code {
            // The token has expired; a server that says so at once and again is waited for.
            Some(4401) if self.token == Token::Good => {
                self.token = Token::Stale;
                self.rest(now, 0);
            }
            Some(4400 | 4403 | 4409) => self.rest(now, LONG_REST_MS + spread(LONGEST_WAIT_MS, thrown)),
            Some(4429) => self.rest(now, LONGEST_WAIT_MS + spread(LONGEST_WAIT_MS, thrown)),
            _ => {
                let wait_ms = self.longer(thrown);
                self.rest(now, wait_ms);
            }
        }
    }

    /// Exponential, with full jitter: three thousand phones do not come back at once.
    fn longer(&mut self, thrown: u32) -> i64 {
        let most = FIRST_WAIT_MS << self.failures.min(10);
        self.failures = self.failures.saturating_add(1);
        spread(most.min(LONGEST_WAIT_MS), thrown)
    }

    fn rest(&mut self, now: i64, ms: i64) {
        self.state = State::Resting {
            until: now.saturating_add(ms),
        };
    }
}

/// From nought up to so much.
fn spread(most_ms: i64, thrown: u32) -> i64 {
    i64::from(thrown) % (most_ms + 1)
}
