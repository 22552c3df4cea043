//! The server of the village: the real core on files of its own and the real routes, asked without a
//! socket. The projector does not run by itself; a story steps it, so that it can stand still between
//! an answer and the judgement.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use automerge::ChangeHash;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::stream;
use notes::attachment::AttachmentId;
use notes::note;
use server::api::App;
use server::attachments::Limits;
use server::config::HttpConfig;
use server::core::Core;
use server::export::FeedPage;
use server::host::Host;
use server::ops::{backup, restore};
use server::store::Entry;
use server::{export, router, sync};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::clock::Time;
use crate::dice::Chance;
use crate::folder::Folder;

/// Where the server says that it is.
pub const URL: &str = "https://ashmere.example";
/// The database's key: the store is encrypted in the village too.
const KEY: [u8; 32] = [0x5a; 32];
const BACKUP: &str = "backup.db";

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// As it came, still packed.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON answer")
    }

    /// The code of a problem document; empty where it is none.
    pub fn code(&self) -> String {
        let value: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        value["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// How far log and audit have come: what changed nothing leaves both where they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// Entries in the log.
    pub log: u64,
    /// Entries in the audit.
    pub audit: u64,
}

struct Running {
    core: Arc<Core>,
    router: Router,
    _stop: watch::Sender<bool>,
}

/// The server.
pub struct Server {
    runtime: Runtime,
    host: Host,
    time: Time,
    folder: RefCell<Folder>,
    running: RefCell<Running>,
    limits: RefCell<Limits>,
}

fn open(folder: &Folder, host: &Host, limits: &Limits) -> Running {
    let mut core = Core::open(folder.path(), Some(KEY), host.clone()).expect("the data folder opens");
    core.announce(URL).expect("the address is written down");
    core.attachments = limits.clone();
    let core = Arc::new(core);
    let (stop, stopping) = watch::channel(false);
    let app = App::new(Arc::clone(&core), HttpConfig::default(), stopping);
    Running {
        core,
        router: router::router(app),
        _stop: stop,
    }
}

impl Server {
    pub(crate) fn new(time: Time, chance: Chance) -> Self {
        let host = Host {
            clock: Arc::new(time.clone()),
            dice: Arc::new(chance),
            apart: None,
        };
        let folder = Folder::new();
        let running = open(&folder, &host, &Limits::default());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        Self {
            runtime,
            host,
            time,
            folder: RefCell::new(folder),
            running: RefCell::new(running),
            limits: RefCell::default(),
        }
    }

    /// The heart of the server, for the operations that its command line has.
    pub fn core(&self) -> Arc<Core> {
        Arc::clone(&self.running.borrow().core)
    }

    /// What the clock says.
    pub(crate) fn now(&self) -> i64 {
        self.host.now_ms()
    }

    /// Lets time pass while a request is on its way.
    pub(crate) fn waits(&self, ms: i64) {
        self.time.pass(ms);
    }

    /// Judges and publishes until nothing waits.
    pub fn settle(&self) {
        let core = self.core();
        while sync::project(&core, 64).expect("the projector goes on") > 0 {}
    }

    /// Asks, and waits for the answer.
    pub fn ask(&self, method: &str, path: &str, headers: &[(String, String)], body: Vec<u8>) -> Answer {
        self.ask_with(method, path, headers, Body::from(body))
    }

    /// Asks with a body that breaks off after half of its bytes.
    pub fn ask_torn(&self, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
        self.ask_cut(method, path, headers, &body[..body.len() / 2])
    }

    /// Asks with a body of which no more than this arrives before the connection breaks.
    pub fn ask_cut(&self, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
        let beginning = Bytes::copy_from_slice(body);
        let gone = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let torn = Body::from_stream(stream::iter([Ok(beginning), Err(gone)]));
        self.ask_with(method, path, headers, torn)
    }

    fn ask_with(&self, method: &str, path: &str, headers: &[(String, String)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(body).expect("a request");
        let router = self.running.borrow().router.clone();
        self.runtime.block_on(async {
            let response = router.oneshot(request).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
            let text =
                |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            Answer {
                status: parts.status.as_u16(),
                headers: parts
                    .headers
                    .iter()
                    .map(|(n, v)| (n.to_string(), text(v)))
                    .collect(),
                body: body.to_vec(),
            }
        })
    }

    /// The process dies at this moment, and another opens what is in the files.
    pub fn crash(&self) {
        let left = self.folder.borrow().as_left_by_a_crash();
        let running = open(&left, &self.host, &self.limits.borrow());
        *self.running.borrow_mut() = running;
        *self.folder.borrow_mut() = left;
    }

    /// From now on it takes files within other limits; it is started again for that.
    pub fn takes_files(&self, limits: Limits) {
        *self.limits.borrow_mut() = limits;
        self.crash();
    }

    /// Looks for what has waited too long.
    pub fn sweeps(&self) {
        server::attachments::sweep(&self.core()).expect("it sweeps");
    }

    /// A file that came whole, as it lies on the server; none where it did not.
    pub fn file(&self, id: AttachmentId) -> Option<Vec<u8>> {
        let core = self.core();
        let file = core.store.read(|tx| tx.attachment(id)).expect("the store")?;
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < file.bytes {
            let (_, piece) = server::attachments::piece(&core, &file, bytes.len() as u64).expect("a piece");
            bytes.extend(piece);
        }
        Some(bytes)
    }

    /// An online backup, to a place of its own.
    pub fn backup(&self) -> Folder {
        let place = Folder::new();
        let made = backup::backup(&self.core(), Some(KEY), &place.path().join(BACKUP), "operator");
        made.expect("a backup");
        place
    }

    /// The machine is lost; another one begins with a backup.
    pub fn restore(&self, backup: &Folder) {
        let fresh = Folder::new();
        let file = backup.path().join(BACKUP);
        restore::restore(&file, fresh.path(), Some(KEY), &self.host).expect("it is restored");
        let running = open(&fresh, &self.host, &self.limits.borrow());
        *self.running.borrow_mut() = running;
        *self.folder.borrow_mut() = fresh;
    }

    /// The whole feed, from the beginning.
    pub fn feed(&self) -> FeedPage {
        export::feed(
            &self.core(),
            export::Asked {
                after: None,
                limit: 1_000,
                format: export::Format::Ndjson,
            },
        )
        .expect("the feed")
    }

    /// Every entry of the log, whatever became of it.
    pub fn log(&self) -> Vec<Entry> {
        let read = self.core().store.read(|tx| tx.log_after(0, u32::MAX));
        read.expect("the log")
    }

    /// How far log and audit have come.
    pub fn heads(&self) -> Heads {
        Heads {
            log: self.log().len() as u64,
            audit: self.audit().len() as u64,
        }
    }

    /// The whole audit.
    pub fn audit(&self) -> Vec<server::store::AuditEntry> {
        let read = self.core().store.read(|tx| tx.audit_after(0, u32::MAX));
        read.expect("the audit")
            .into_iter()
            .map(|record| record.entry)
            .collect()
    }

    /// Every change that stands in the log, whatever became of it: what the server has on disk.
    pub fn changes(&self) -> BTreeSet<ChangeHash> {
        let mut all = BTreeSet::new();
        for entry in self.log() {
            all.extend(changes_in(&entry.entry.chunk));
        }
        all
    }

    /// Checks log, audit and every document.
    pub fn verify(&self) {
        let verified = server::ops::verify::verify(&self.core()).expect("it can be read");
        assert_eq!(verified.differences, Vec::<String>::new());
    }
}

/// The changes of one chunk; none where it is not a whole chunk.
pub(crate) fn changes_in(chunk: &[u8]) -> Vec<ChangeHash> {
    let counted = notes::gate::count(chunk, &notes::gate::Limits::default());
    match counted.map(|counted| counted.kind) {
        Ok(notes::gate::Kind::Change) => automerge::Change::from_bytes(chunk.to_vec())
            .map(|change| vec![change.hash()])
            .unwrap_or_default(),
        Ok(notes::gate::Kind::Document) => note::load(chunk)
            .map(|doc| {
                doc.get_changes_meta(&[])
                    .into_iter()
                    .map(|meta| meta.hash)
                    .collect()
            })
            .unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}
