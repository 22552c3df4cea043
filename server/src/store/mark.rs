//! The mark: which document is being judged at this very moment, in a small file beside the
//! database. If the process dies over it, the next one knows. It is written without waiting for the
//! disk, because it must outlive the process and not the machine, and it stands only while nothing
//! but the judge runs: a server that is killed from outside is rarely killed just then.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use notes::ids::DocumentId;

use super::{Store, StoreError};

/// The file's name in the data folder.
const FILE_NAME: &str = "judging";

/// No document has this id.
const NOBODY: [u8; 16] = [0; 16];

/// The open file.
pub(super) struct Mark {
    file: File,
    looked: AtomicBool,
}

impl Mark {
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(Self {
            file,
            looked: AtomicBool::new(false),
        })
    }

    /// Waits until no other process is opening the database.
    pub(super) fn turn(&self) -> Result<Turn, StoreError> {
        let file = self.file.try_clone()?;
        file.lock()?;
        Ok(Turn(file))
    }
}

/// A turn at opening the database; it ends when it is dropped.
pub(super) struct Turn(File);

impl Drop for Turn {
    fn drop(&mut self) {
        // Closing the file would end it too; there is nothing to do about a failure.
        let _ = self.0.unlock();
    }
}

impl Store {
    /// Says which document is judged from now on.
    ///
    /// # Errors
    /// The data folder's.
    pub fn mark(&self, document: DocumentId) -> Result<(), StoreError> {
        Ok(self.mark.file.write_all_at(&document.0, 0)?)
    }

    /// Says that its judgement has ended.
    ///
    /// # Errors
    /// The data folder's.
    pub fn unmark(&self) -> Result<(), StoreError> {
        // Written over and not cut off: the file's length is the file system's business, and costs a journal entry.
        Ok(self.mark.file.write_all_at(&NOBODY, 0)?)
    }

    /// The document over which the process before this one died, told once.
    ///
    /// # Errors
    /// The data folder's.
    pub fn marked_before(&self) -> Result<Option<DocumentId>, StoreError> {
        if self.mark.looked.swap(true, Ordering::Relaxed) {
            return Ok(None);
        }
        let mut id = [0; 16];
        match self.mark.file.read_exact_at(&mut id, 0) {
            Ok(()) => Ok((id != NOBODY).then_some(DocumentId(id))),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;

    #[test]
    fn a_mark_that_was_cut_short_names_nobody() {
        let folder = Folder::new();
        std::fs::write(folder.path().join(FILE_NAME), [1; 15]).unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        assert_eq!(store.marked_before().unwrap(), None);
    }

    #[test]
    fn a_mark_outlives_the_process_and_is_told_once() {
        let folder = Folder::new();
        let open = || Store::open(folder.path(), None).unwrap();
        let (first, id) = (open(), DocumentId([7; 16]));
        assert_eq!(first.marked_before().unwrap(), None);
        first.mark(DocumentId([1; 16])).unwrap();
        first.unmark().unwrap();
        first.mark(id).unwrap();
        drop(first);
        let second = open();
        assert_eq!(second.marked_before().unwrap(), Some(id));
        assert_eq!(second.marked_before().unwrap(), None, "told once");
        second.unmark().unwrap();
        assert_eq!(
            open().marked_before().unwrap(),
            None,
            "an ended judgement leaves nothing"
        );
    }
}
