//! A server in this process with a meter at its door: processor time, bodies and requests of all
//! that passes, without what the phone does on its side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use client_core::host::{HttpRequest, HttpResponse, Transport, Unreachable};
use rustix::time::{ClockId, clock_gettime};
use server::api::App;
use server::config::HttpConfig;
use server::core::Core;
use server::host::Host;
use tower::ServiceExt as _;

/// Processor time of this process so far, all threads.
pub(crate) fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

/// Resident memory of a process, in bytes.
pub(crate) fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// The most that a process is resident while this is there; looked at every 10 ms.
pub(crate) struct Peak {
    most: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    watching: JoinHandle<()>,
}

impl Peak {
    /// Watches from now on.
    pub(crate) fn of(process: u32) -> Self {
        let (most, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let watching = {
            let (most, over) = (Arc::clone(&most), Arc::clone(&over));
            std::thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    most.fetch_max(resident(process), Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(10));
                }
            })
        };
        Self { most, over, watching }
    }

    /// The most there was, in bytes.
    pub(crate) fn ends(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.watching.join().unwrap();
        self.most.load(Ordering::Relaxed)
    }
}

/// What passed the door.
#[derive(Default, Clone, Copy)]
pub(crate) struct Passed {
    pub(crate) cpu: Duration,
    pub(crate) requests: u32,
    pub(crate) up: usize,
    pub(crate) down: usize,
}

/// The server.
pub(crate) struct Server {
    pub(crate) core: Arc<Core>,
    runtime: tokio::runtime::Runtime,
    /// The second keeps the first open.
    door: (Router, tokio::sync::watch::Sender<bool>),
    pub(crate) passed: Passed,
    /// Bodies of sync requests, kept to look into.
    pub(crate) bodies: Vec<(Vec<u8>, bool)>,
    folder: Folder,
}

/// A folder of its own that goes when the run ends.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    /// A fresh one in memory, where there is such a place: for what is counted in processor time.
    pub(crate) fn new(name: &str) -> Self {
        let memory = std::path::Path::new("/dev/shm");
        if memory.is_dir() {
            Self::under(memory, name)
        } else {
            Self::on_disk(name)
        }
    }

    /// A fresh one on disk: for what must be durable.
    pub(crate) fn on_disk(name: &str) -> Self {
        Self::under(&std::env::temp_dir(), name)
    }

    fn under(parent: &std::path::Path, name: &str) -> Self {
        let path = parent.join(format!("doorstep-bench-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// All routes over a core, and what keeps them open.
fn door(core: &Arc<Core>) -> (Router, tokio::sync::watch::Sender<bool>) {
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let app = App::new(Arc::clone(core), HttpConfig::default(), stopping);
    (server::router::router(app), stop)
}

impl Server {
    /// A server with the demo team, encrypted, whose projector runs only when it is told to.
    pub(crate) fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let mut core = Core::open(&folder.0, Some([7; 32]), Host::system()).unwrap();
        core.announce("http://bench.example").unwrap();
        let workers = include_bytes!("../../../../demo/workers.csv");
        let people = include_bytes!("../../../../demo/people.csv");
        server::ops::import::workers(&core, workers, "bench").unwrap();
        server::ops::import::people(&core, people, "bench").unwrap();
        let core = Arc::new(core);
        let door = door(&core);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self {
            core,
            runtime,
            door,
            passed: Passed::default(),
            bodies: Vec::new(),
            folder,
        }
    }

    /// Another process would have this before it: the same files, and nothing remembered.
    pub(crate) fn starts_anew(&mut self) {
        let mut core = Core::open(&self.folder.0, Some([7; 32]), Host::system()).unwrap();
        core.announce("http://bench.example").unwrap();
        self.core = Arc::new(core);
        self.door = door(&self.core);
    }

    /// A code for one more device.
    pub(crate) fn code(&self, worker: &str) -> String {
        server::ops::enrol::make_code(&self.core, worker, 3_600_000, "bench")
            .unwrap()
            .code
            .shown()
    }

    /// Judges and publishes all that waits.
    pub(crate) fn project(&self) {
        while self.project_some(64) > 0 {}
    }

    /// One batch of it, of at most so many documents; says of how many.
    pub(crate) fn project_some(&self, most: usize) -> usize {
        server::sync::project(&self.core, u32::try_from(most).unwrap()).unwrap() as usize
    }

    /// Forgets what passed so far.
    pub(crate) fn reset(&mut self) {
        self.passed = Passed::default();
        self.bodies.clear();
    }
}

impl Transport for Server {
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        if request.path == "/v1/sync" {
            let packed = request.headers.iter().any(|(name, value)| {
                name.eq_ignore_ascii_case("content-encoding") && value.eq_ignore_ascii_case("zstd")
            });
            self.bodies.push((request.body.clone(), packed));
            self.passed.requests += 1;
        }
        let mut builder = axum::http::Request::builder()
            .method(request.method)
            .uri(&request.path);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let asked = builder.body(Body::from(request.body.clone())).unwrap();
        let router = self.door.0.clone();
        let before = cpu();
        let (status, headers, body) = self.runtime.block_on(async move {
            let answer = router.oneshot(asked).await.unwrap();
            let (parts, body) = answer.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            (parts.status.as_u16(), parts.headers, body)
        });
        self.passed.cpu += cpu().saturating_sub(before);
        self.passed.up += request.body.len();
        self.passed.down += body.len();
        let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap_or_default().to_owned())
        };
        Ok(HttpResponse {
            status,
            headers: headers.iter().map(text).collect(),
            body: body.to_vec(),
        })
    }
}
