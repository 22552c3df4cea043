//! One socket from its first frame to its last: requests are answered in order; between them goes what the
//! crier has marked. There is no queue: one message is on its way at a time, and what comes behind a slow
//! reader is a mark that is read from the store when there is room. So nobody's slowness costs memory.

use std::future::pending;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use notes::ids::{DeviceId, DocumentId};
use notes::problem::Code;
use notes::wire::{self, Coding, PROTOCOL, Request, Response};
use tokio::time::{Instant, sleep_until, timeout};

use crate::api::App;
use crate::api::identity::{LiveDevice, standing};
use crate::core::Core;
use crate::limits::Deed;
use crate::live::{Farewell, Sitter};
use crate::sync::{self, Pusher};

/// How often the other side is asked for a sign of life.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Without any frame for so long a socket is ended.
const SILENCE: Duration = Duration::from_secs(75);
/// How long one message may take to be read.
const PATIENCE: Duration = Duration::from_secs(10);
/// A poke waits so long at least, and up to `SPREAD_MS` longer: not everybody comes at once.
const POKE_AFTER_MS: u64 = 1_000;
const SPREAD_MS: u64 = 4_000;

/// Why a socket is over: with a word to the other side, or without.
enum Over {
    Said(Farewell),
    Gone,
}

impl From<Farewell> for Over {
    fn from(farewell: Farewell) -> Self {
        Self::Said(farewell)
    }
}

impl From<Code> for Over {
    fn from(code: Code) -> Self {
        Self::Said(Farewell::Refused(code))
    }
}

/// Talks until one side has had enough.
pub(super) async fn talk(socket: WebSocket, app: App, who: LiveDevice) {
    let LiveDevice { pusher, expires_at } = who;
    let worker = pusher.worker;
    let mut session = Session {
        sitter: app.core.live.sit(pusher.device.id, &worker.id, worker.team),
        app: &app,
        socket,
        device: pusher.device.id,
        expires_at,
        heard_at: Instant::now(),
        ping_at: Instant::now() + PING_EVERY,
        cursor: None,
        poke_at: None,
        poked: false,
        told_company: Vec::new(),
    };
    let over = session.run().await;
    let reason = match over {
        Over::Said(farewell) => {
            session.end(farewell).await;
            farewell.reason()
        }
        Over::Gone => "gone",
    };
    tracing::info!(who = %format_args!("device:{}", pusher.device.id), reason, "a live socket ended");
}

struct Session<'a> {
    app: &'a App,
    sitter: Sitter<'a>,
    socket: WebSocket,
    device: DeviceId,
    expires_at: i64,
    heard_at: Instant,
    ping_at: Instant,
    /// The cursor that was sent last; none before the first answer.
    cursor: Option<Vec<u8>>,
    /// When a poke goes out.
    poke_at: Option<Instant>,
    /// One went out, and the phone has not asked since.
    poked: bool,
    /// What the phone knows of who else is here.
    told_company: Vec<DocumentId>,
}

impl Session<'_> {
    async fn run(&mut self) -> Over {
        loop {
            if let Err(over) = self.step().await {
                return over;
            }
        }
    }

    /// Waits for whatever comes first, and does what it asks for.
    async fn step(&mut self) -> Result<(), Over> {
        let mut stopping = self.app.stopping.clone();
        let wake_at = self.wake_at();
        let frame = tokio::select! {
            frame = self.socket.recv() => Some(frame),
            () = self.sitter.seat.woken() => None,
            () = sleep_until(wake_at) => None,
            () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => {
                return Err(Farewell::Stopping.into());
            }
        };
        if let Some(frame) = frame {
            self.hear(frame).await?;
        }
        let now = Instant::now();
        if self.app.core.host.now_ms() >= self.expires_at {
            return Err(Farewell::Expired.into());
        }
        if now.duration_since(self.heard_at) >= SILENCE {
            return Err(Farewell::TooSlow.into());
        }
        self.tell().await?;
        if self.poke_at.is_some_and(|at| at <= now) {
            self.poke().await?;
        }
        if self.ping_at <= now {
            self.ping_at = now + PING_EVERY;
            self.send(Message::Ping(Vec::new().into())).await?;
        }
        Ok(())
    }

    fn wake_at(&self) -> Instant {
        let left_ms = self.expires_at.saturating_sub(self.app.core.host.now_ms());
        let expires = Instant::now() + Duration::from_millis(u64::try_from(left_ms).unwrap_or(0));
        let poke = self.poke_at.unwrap_or(expires);
        (self.heard_at + SILENCE).min(self.ping_at).min(expires).min(poke)
    }

    /// Takes a frame of the phone's.
    async fn hear(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), Over> {
        let message = match frame {
            None | Some(Ok(Message::Close(_))) => return Err(Over::Gone),
            Some(Err(error)) => return Err(broken(&error)),
            Some(Ok(message)) => message,
        };
        self.heard_at = Instant::now();
        let (limits, now) = (&self.app.core.limits, self.app.core.host.now_ms());
        let caller = self.device.to_string();
        if limits.check(Deed::LiveFrame, &caller, now).is_err() {
            return Err(Farewell::TooMany.into());
        }
        limits.count(Deed::LiveFrame, &caller, now);
        match message {
            Message::Binary(bytes) => self.answer(bytes.to_vec()).await,
            Message::Text(_) => Err(Farewell::NotBinary.into()),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        }
    }

    /// Answers a request, as a pass would have answered it.
    async fn answer(&mut self, bytes: Vec<u8>) -> Result<(), Over> {
        let device = self.device;
        let answered = blocking(self.app, move |core| answer(core, device, &bytes)).await?;
        let Answered {
            mut response,
            who,
            watch,
        } = answered;
        self.sitter.is(&who.worker.id, who.worker.team);
        if let Some(watched) = watch {
            self.sitter.watches(watched);
            // Told again whatever was told before: the phone may have forgotten.
            self.told_company = self.sitter.company();
            response.company = Some(self.told_company.clone());
        }
        (self.poked, self.poke_at) = (false, None);
        self.say(&response).await
    }

    /// Sends what the crier has marked.
    async fn tell(&mut self) -> Result<(), Over> {
        let pending = self.sitter.seat.take();
        if let Some(farewell) = pending.farewell {
            return Err(farewell.into());
        }
        let Some(cursor) = self.cursor.clone() else {
            // The phone's first request brings all that there is.
            return Ok(());
        };
        let company = pending.company.then(|| self.sitter.company());
        let company = company.filter(|company| *company != self.told_company);
        if let Some(company) = &company {
            self.told_company.clone_from(company);
        }
        if pending.pull {
            let device = self.device;
            let pulled = blocking(self.app, move |core| pull(core, device, &cursor)).await?;
            let mut response = pulled;
            // What was marked elsewhere came along, but for what had no room.
            (self.poked, self.poke_at) = (response.more, None);
            response.unasked = Some(true);
            response.company = company;
            return self.say(&response).await;
        }
        if pending.poke && !self.poked && self.poke_at.is_none() {
            let thrown = u64::from(u16::from_be_bytes(self.app.core.host.random()));
            let wait_ms = POKE_AFTER_MS + thrown * SPREAD_MS / u64::from(u16::MAX);
            self.poke_at = Some(Instant::now() + Duration::from_millis(wait_ms));
        }
        if company.is_some() {
            let mut response = self.empty(cursor);
            response.company = company;
            return self.say(&response).await;
        }
        Ok(())
    }

    /// Says that there is something, once until the phone asks.
    async fn poke(&mut self) -> Result<(), Over> {
        (self.poked, self.poke_at) = (true, None);
        let mut response = self.empty(self.cursor.clone().unwrap_or_default());
        response.more = true;
        self.say(&response).await
    }

    fn empty(&self, cursor: Vec<u8>) -> Response {
        Response {
            protocol: PROTOCOL,
            server_at: self.app.core.host.now_ms(),
            cursor,
            unasked: Some(true),
            ..Response::default()
        }
    }

    async fn say(&mut self, response: &Response) -> Result<(), Over> {
        let bytes = minicbor::to_vec(response).map_err(|_| Code::Internal)?;
        self.cursor = Some(response.cursor.clone());
        self.send(Message::Binary(bytes.into())).await
    }

    /// Sends one message; who does not read it in time is let go.
    async fn send(&mut self, message: Message) -> Result<(), Over> {
        match timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Over::Gone),
            Err(_) => Err(Farewell::TooSlow.into()),
        }
    }

    async fn end(&mut self, farewell: Farewell) {
        let close = Message::Close(Some(CloseFrame {
            code: farewell.code(),
            reason: farewell.reason().into(),
        }));
        // Whether it is heard makes no difference here: the phone goes by its cursor.
        let sent = timeout(Duration::from_secs(1), self.socket.send(close)).await;
        if matches!(sent, Ok(Ok(()))) {
            // The other side closes too; then nothing that is on its way is lost to a reset. After a frame that is
            // too long nothing more can be read; the word gets its time all the same.
            let answered = async {
                loop {
                    match self.socket.recv().await {
                        Some(Ok(_)) => {}
                        Some(Err(_)) if matches!(farewell, Farewell::TooLarge) => return pending().await,
                        _ => return,
                    }
                }
            };
            let _ = timeout(Duration::from_secs(1), answered).await;
        }
    }
}

async fn blocking<T, F>(app: &App, work: F) -> Result<T, Over>
where
    T: Send + 'static,
    F: FnOnce(&Core) -> Result<T, Farewell> + Send + 'static,
{
    let core = std::sync::Arc::clone(&app.core);
    match tokio::task::spawn_blocking(move || work(&core)).await {
        Ok(result) => result.map_err(Over::Said),
        Err(error) => {
            tracing::error!(panicked = error.is_panic(), "a live message did not end");
            Err(Code::Internal.into())
        }
    }
}

struct Answered {
    response: Response,
    who: Pusher,
    watch: Option<Vec<DocumentId>>,
}

/// The device as it stands now; a revoked one goes back to passes.
fn stands(core: &Core, device: DeviceId) -> Result<Pusher, Farewell> {
    let who = standing(core, device).map_err(|error| {
        tracing::error!(%error, "a live device cannot be read");
        Farewell::Refused(Code::Internal)
    })?;
    if who.device.revoked_at.is_some() {
        return Err(Farewell::Revoked);
    }
    Ok(who)
}

fn answer(core: &Core, device: DeviceId, bytes: &[u8]) -> Result<Answered, Farewell> {
    let who = stands(core, device)?;
    let malformed = Farewell::Refused(Code::MessageMalformed);
    let mut request: Request = wire::decode(bytes, Coding::Identity).map_err(|_| malformed)?;
    let (pushes, watch) = (!request.pushes.is_empty(), request.watch.take());
    let watch = watch.map(|asked| sync::watched(core, &who, &asked)).transpose();
    let watch = watch.map_err(Farewell::Refused)?;
    let response = sync::pass_over_the_line(core, &who, request).map_err(Farewell::Refused)?;
    if pushes {
        core.bell.ring();
    }
    Ok(Answered { response, who, watch })
}

fn pull(core: &Core, device: DeviceId, cursor: &[u8]) -> Result<Response, Farewell> {
    let who = stands(core, device)?;
    sync::pull_only(core, &who, cursor).map_err(Farewell::Refused)
}

/// A frame that is too long gets a word; a link that broke cannot get one.
fn broken(error: &axum::Error) -> Over {
    let text = error.to_string();
    if text.contains("too long") {
        Farewell::TooLarge.into()
    } else {
        Over::Gone
    }
}
