//! Serving: the listener, the thread that judges and publishes, and an end that finishes what was
//! begun. One server at a time serves a data folder; other commands go on beside it.

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::api::App;
use crate::attachments;
use crate::config::Config;
use crate::core::Core;
use crate::host::Host;
use crate::issues;
use crate::live::Crier;
use crate::ops::retention;
use crate::ops::verify::chains;
use crate::router::router;
use crate::store::StoreError;
use crate::sync;

/// Documents that are judged in one transaction.
const BATCH: u32 = 64;
/// How long a decision of another process may wait to be seen.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How often changes that wait too long are looked for.
const SWEEP_EVERY_MS: i64 = 60_000;
/// How long live sockets may take to say goodbye.
const FAREWELLS: Duration = Duration::from_secs(3);
/// How long open connections may take to end.
const GRACE: Duration = Duration::from_secs(30);

/// Why the server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another process does.
    #[error("another doorstep serves this data folder already")]
    Served,
    /// The address, or the folder.
    #[error("{0}: {1}")]
    Io(&'static str, std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Serves until the process is told to stop. `ready` hears the address once requests are taken.
///
/// # Errors
/// What keeps it from serving.
pub fn serve(config: &Config, host: Host, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    let _lock = lock(config)?;
    let key = config.key.as_ref().map(|key| key.0);
    let mut core = Core::open(&config.data_dir, key, host)?;
    core.attachments = config.attachments.clone();
    core.mapping = config.mapping.clone();
    core.issue_limits = config.issues.clone();
    core.retention_months = config.retention_months;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| ServeError::Io("runtime", e))?;
    let listener = runtime
        .block_on(TcpListener::bind(config.listen))
        .map_err(|e| ServeError::Io("listen", e))?;
    let address = listener.local_addr().map_err(|e| ServeError::Io("listen", e))?;
    let own_url = format!("http://{address}");
    core.announce(config.public_url.as_ref().unwrap_or(&own_url))?;
    let core = Arc::new(core);
    let (stop, stopping) = watch::channel(false);
    let projector = projector(Arc::clone(&core), stopping.clone())?;
    let app = App::new(Arc::clone(&core), config.http.clone(), stopping);
    let outcome = runtime.block_on(until_told(listener, app, stop, || ready(address)));
    // Work that was begun in a request runs to its end here.
    drop(runtime);
    core.bell.ring();
    if projector.join().is_err() {
        tracing::error!("the projector's thread died");
    }
    tracing::info!("stopped");
    outcome.map_err(|e| ServeError::Io("serve", e))
}

/// A server that was killed while it began a process of its own to judge in leaves the lock to that one for a
/// moment, until it is that other program.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Takes the data folder for one process; the lock goes with the file that is given back.
///
/// # Errors
/// [`ServeError::Served`] where another process has it.
pub fn lock(config: &Config) -> Result<File, ServeError> {
    crate::store::make_private(&config.data_dir).map_err(|e| ServeError::Io("data folder", e))?;
    let path = config.data_dir.join("serve.lock");
    let file = File::create(path).map_err(|e| ServeError::Io("data folder", e))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(e)) => return Err(ServeError::Io("data folder", e)),
        }
    }
    Err(ServeError::Served)
}

async fn until_told(
    listener: TcpListener,
    app: App,
    stop: watch::Sender<bool>,
    ready: impl FnOnce(),
) -> std::io::Result<()> {
    let hub = Arc::clone(&app.core);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let mut told = stop.subscribe();
    let mut late = stop.subscribe();
    let signalled = signals()?;
    let stopper = tokio::spawn(async move {
        signalled.await;
        tracing::info!("stopping");
        // The receivers live as long as the server does.
        let _ = stop.send(true);
    });
    // An answer leaves at once, however small it is.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection kept its delay");
        }
    });
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that the sender is gone, which is as good as being told.
        let _ = told.wait_for(|stop| *stop).await;
    });
    ready();
    let too_late = async move {
        let _ = late.wait_for(|stop| *stop).await;
        tokio::time::sleep(GRACE).await;
    };
    let outcome = tokio::select! {
        outcome = server => outcome,
        () = too_late => {
            tracing::warn!("some connections did not end in time");
            Ok(())
        }
    };
    stopper.abort();
    // Upgraded connections are no requests any more: they are waited for apart.
    let farewells = async {
        while !hub.live.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(FAREWELLS, farewells).await.is_err() {
        tracing::warn!("some live sockets did not end in time");
    }
    outcome
}

#[cfg(unix)]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same shape as where signals can fail"
)]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Judges and publishes what waits, until told to stop.
fn projector(core: Arc<Core>, stopping: watch::Receiver<bool>) -> Result<JoinHandle<()>, ServeError> {
    let work = move || {
        let (mut due, mut crier) = (Due::default(), Crier::default());
        while !*stopping.borrow() {
            let round = catch_unwind(AssertUnwindSafe(|| round(&core, &stopping, &mut crier, &mut due)));
            match round {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "the projector will try again"),
                Err(_) => tracing::error!("the projector panicked and will try again"),
            }
            core.bell.wait(LOOK_AGAIN);
        }
    };
    let thread = std::thread::Builder::new().name("projector".to_owned());
    thread.spawn(work).map_err(|e| ServeError::Io("projector", e))
}

/// When what is done now and then is next to be done.
#[derive(Default)]
struct Due {
    swept_at: i64,
    retention_at: i64,
}

fn round(
    core: &Core,
    stopping: &watch::Receiver<bool>,
    crier: &mut Crier,
    due: &mut Due,
) -> Result<(), StoreError> {
    while !*stopping.borrow() && sync::project(core, BATCH)? > 0 {
        crier.cry(core)?;
    }
    // Also what another process has decided, or a request that published nothing.
    crier.cry(core)?;
    sync::count_again(core, BATCH)?;
    let now = core.host.now_ms();
    if now.saturating_sub(due.swept_at) >= SWEEP_EVERY_MS {
        sync::sweep(core)?;
        attachments::sweep(core)?;
        issues::sweep(core)?;
        retention::sweep(core, &mut due.retention_at)?;
        chains::sweep(core)?;
        due.swept_at = now;
    }
    Ok(())
}
