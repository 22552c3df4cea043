//! A phone as it is on a real machine: the real notebook with the machine's clock, over HTTP and a WebSocket to a
//! real process. One thread: it waits for the socket no longer than the notebook says.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use client_core::host::Clock as _;
use client_core::live::{Action, Door, Event};
use client_core::{Ended, NewNote, Notebook, SyncMode, Who};
use notes::ids::DocumentId;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::dice::Chance;
use crate::wire::{Flights, MachineClock, Wire, machine};

/// An open socket.
pub type Socket = WebSocket<TcpStream>;

/// Knocks at `/v1/live` with these headers.
///
/// # Errors
/// The status and the body of a refusal; status 0 where there was no answer.
pub fn knock(url: &str, headers: &[(&str, &str)]) -> Result<Socket, (u16, Vec<u8>)> {
    let address = url.strip_prefix("http://").expect("loopback");
    let gone = |_| (0, Vec::new());
    let stream = TcpStream::connect(address).map_err(gone)?;
    stream.set_nodelay(true).map_err(gone)?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .map_err(gone)?;
    let mut request = format!("ws://{address}/v1/live")
        .into_client_request()
        .expect("a request");
    for (name, value) in headers {
        let name: tungstenite::http::HeaderName = name.parse().expect("a header");
        request
            .headers_mut()
            .insert(name, value.parse().expect("a value"));
    }
    match tungstenite::client(request, stream) {
        Ok((socket, _)) => Ok(socket),
        Err(HandshakeError::Failure(Error::Http(answer))) => {
            let status = answer.status().as_u16();
            Err((status, answer.into_body().unwrap_or_default()))
        }
        Err(_) => Err((0, Vec::new())),
    }
}

/// Now, on a stopwatch.
#[expect(
    clippy::disallowed_methods,
    reason = "a real process is waited for in real time"
)]
pub fn watch() -> Instant {
    Instant::now()
}

/// A phone.
pub struct LivePhone {
    /// Its notebook.
    pub book: Notebook,
    /// How often a socket was opened.
    pub opened: u32,
    /// The close codes of those that ended; none where the link broke.
    pub ended: Vec<Option<u16>>,
    /// Statuses with which it was refused.
    pub refused: Vec<u16>,
    http: Wire,
    url: String,
    socket: Option<Socket>,
    close_code: Option<u16>,
    wait_until: i64,
}

impl LivePhone {
    /// A worker's new phone.
    pub fn enrolled(worker: &str, code: &str, url: &str, folder: &Path, chance: Chance) -> Self {
        let path = folder.join(format!("live-{worker}.db"));
        let mut book = Notebook::open(path.to_str().unwrap(), &[3; 32], machine(chance)).unwrap();
        let mut http = Wire::to(url, &Flights::default());
        assert_eq!(book.enrol(&mut http, code, url).unwrap(), Ended::Quiet);
        assert_eq!(book.sync(&mut http, SyncMode::Both).unwrap().ended, Ended::Quiet);
        Self {
            book,
            opened: 0,
            ended: Vec::new(),
            refused: Vec::new(),
            http,
            url: url.to_owned(),
            socket: None,
            close_code: None,
            wait_until: 0,
        }
    }

    /// Begins a note about somebody on the caseload.
    pub fn begins(&mut self) -> DocumentId {
        let mut people = self.book.people(None).unwrap().into_iter();
        let case_id = people.find(|person| person.mine).unwrap().case_id;
        let new = NewNote {
            who: Who::CaseId(&case_id),
            kind: "home_visit",
            started_at: None,
            ended_at: None,
        };
        self.book.new_note(&new).unwrap()
    }

    /// An ordinary pass.
    pub fn syncs(&mut self) -> Ended {
        self.book.sync(&mut self.http, SyncMode::Both).unwrap().ended
    }

    /// Goes live with these notes on the screen.
    pub fn goes_live(&mut self, notes: &[DocumentId]) {
        self.book.go_live(true);
        self.book.watch(notes).unwrap();
        self.step(Event::Tick);
    }

    /// Types at the end of the body.
    pub fn types(&mut self, note: DocumentId, text: &str) {
        self.book.type_text(note, "body", None, 0, text, 0).unwrap();
        self.step(Event::Tick);
    }

    /// The body as the screen shows it.
    pub fn body(&mut self, note: DocumentId) -> String {
        self.book.on_screen(note, "body").unwrap().expect("a text")
    }

    /// Tells the notebook what happened, and does what it says.
    pub fn step(&mut self, event: Event<'_>) {
        let mut actions = self.book.live(&mut self.http, event).unwrap();
        while !actions.is_empty() {
            let mut next = Vec::new();
            for action in actions {
                next.extend(self.does(action));
            }
            actions = next;
        }
    }

    fn does(&mut self, action: Action) -> Vec<Action> {
        match action {
            Action::Open(door) => return self.opens(&door),
            Action::Send(frame) => {
                let sent = self
                    .socket
                    .as_mut()
                    .map(|socket| socket.send(Message::Binary(frame.into())));
                if !matches!(sent, Some(Ok(()))) {
                    return self.lost();
                }
            }
            Action::Close => self.socket = None,
            Action::Pass => drop(self.syncs()),
            Action::WaitUntil(at) => self.wait_until = at,
        }
        Vec::new()
    }

    fn opens(&mut self, door: &Door) -> Vec<Action> {
        let bearer = format!("Bearer {}", door.token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("sec-websocket-protocol", door.protocol),
        ];
        let event = match knock(&self.url, &headers) {
            Ok(socket) => {
                self.socket = Some(socket);
                self.opened += 1;
                Event::Opened
            }
            Err((0, _)) => Event::Lost { code: None },
            Err((status, _)) => {
                self.refused.push(status);
                Event::Refused {
                    status,
                    retry_after_s: None,
                }
            }
        };
        self.book.live(&mut self.http, event).unwrap()
    }

    fn lost(&mut self) -> Vec<Action> {
        self.socket = None;
        let code = self.close_code.take();
        self.ended.push(code);
        self.book.live(&mut self.http, Event::Lost { code }).unwrap()
    }

    /// Lives until something holds, or so long. Says whether it holds.
    pub fn lives_until(&mut self, at_most: Duration, mut holds: impl FnMut(&mut Self) -> bool) -> bool {
        let end = watch() + at_most;
        loop {
            if holds(self) {
                return true;
            }
            let left = end.saturating_duration_since(watch());
            if left.is_zero() {
                return false;
            }
            self.waits(left);
        }
    }

    /// Lives so long.
    pub fn lives(&mut self, time: Duration) {
        self.lives_until(time, |_| false);
    }

    /// Waits for one frame, or for what the notebook waits for.
    pub fn waits(&mut self, at_most: Duration) {
        let until_tick = u64::try_from(self.wait_until - MachineClock.now_ms()).unwrap_or(0);
        let wait = at_most.min(Duration::from_millis(until_tick));
        let Some(socket) = self.socket.as_mut() else {
            std::thread::sleep(wait.min(Duration::from_millis(5)));
            self.ticks_if_due();
            return;
        };
        let wait = wait.max(Duration::from_millis(1));
        socket.get_ref().set_read_timeout(Some(wait)).unwrap();
        match socket.read() {
            Ok(Message::Binary(frame)) => self.step(Event::Frame(&frame)),
            Ok(Message::Close(close)) => self.close_code = close.map(|close| close.code.into()),
            Ok(_) => {}
            Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => {
                for action in self.lost() {
                    let _ = self.does(action);
                }
            }
        }
        self.ticks_if_due();
    }

    fn ticks_if_due(&mut self) {
        if MachineClock.now_ms() >= self.wait_until {
            self.step(Event::Tick);
        }
    }
}

/// Enrols a device for a story of its own words: gives a token, and the actor under which it may write.
pub fn token(url: &str, code: &str) -> (String, notes::ids::Actor) {
    let folder = crate::folder::Folder::new();
    let mut phone = LivePhone::enrolled("stranger", code, url, folder.path(), Chance::new(5, code));
    phone.book.go_live(true);
    let actions = phone.book.live(&mut phone.http, Event::Tick).unwrap();
    let door = actions.into_iter().find_map(|action| match action {
        Action::Open(door) => Some(door),
        _ => None,
    });
    (door.expect("it wants a socket").token, phone.book.actor())
}
