//! What the server's own tests share: a data folder of their own that goes when they end, a clock
//! that can be set, and dice that can be replayed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::core::Core;
use crate::host::{Clock, Dice, Host};

/// A folder that is removed when it is dropped.
pub(crate) struct Folder(PathBuf);

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Folder {
    /// A fresh one.
    pub(crate) fn new() -> Self {
        let name = format!(
            "doorstep-test-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A clock that stands still until it is set.
#[derive(Default)]
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    /// Moves it.
    pub(crate) fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bytes that differ from call to call, the same in every run.
#[derive(Default)]
struct CountingDice(AtomicU64);

impl Dice for CountingDice {
    fn fill(&self, bytes: &mut [u8]) {
        use sha2::Digest as _;
        for part in bytes.chunks_mut(32) {
            let n = self.0.fetch_add(1, Ordering::Relaxed);
            let digest = sha2::Sha256::digest(n.to_be_bytes());
            part.copy_from_slice(&digest[..part.len()]);
        }
    }
}

/// When tests begin, UTC milliseconds.
pub(crate) const BEGIN_MS: i64 = 1_790_000_000_000;

/// A host whose clock can be set.
pub(crate) fn host() -> (Host, Arc<SetClock>) {
    let clock = Arc::new(SetClock(AtomicI64::new(BEGIN_MS)));
    let dice = Arc::new(CountingDice::default());
    (
        Host {
            clock: clock.clone(),
            dice,
            apart: None,
        },
        clock,
    )
}

/// An open server in a folder of its own.
pub(crate) fn core() -> (Core, Folder, Arc<SetClock>) {
    let folder = Folder::new();
    let (host, clock) = host();
    let mut core = Core::open(folder.path(), None, host).unwrap();
    core.announce("https://before.example").unwrap();
    core.announce("https://doorstep.example").unwrap();
    (core, folder, clock)
}
