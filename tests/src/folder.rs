//! Folders that go when they are dropped, in memory where the machine has such a place: the stories
//! ask what is in the files, not how fast the disk is.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A folder of its own.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A fresh one.
    #[allow(clippy::new_without_default, reason = "it touches the disk")]
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        Self::under(&base)
    }

    /// A fresh one on disk: for more than belongs into memory.
    pub fn on_disk() -> Self {
        Self::under(&std::env::temp_dir())
    }

    fn under(base: &Path) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("doorstep-village-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The files as they are at this moment, in a new folder: what a process that dies now leaves. The
    /// shared index of a WAL is not a file that a dead process leaves in any state to rely on, so it
    /// stays behind.
    #[must_use]
    pub fn as_left_by_a_crash(&self) -> Self {
        Self::copy_of(&self.0)
    }

    /// The same of any folder.
    #[must_use]
    pub(crate) fn copy_of(folder: &Path) -> Self {
        let copy = Self::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            if entry.file_type().unwrap().is_file() && !name.to_string_lossy().ends_with("-shm") {
                std::fs::copy(entry.path(), copy.0.join(name)).unwrap();
            }
        }
        copy
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
