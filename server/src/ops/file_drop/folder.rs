//! The folder on the disk: names, and files that are there whole or not at all.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use notes::attachment::AttachmentId;
use notes::problem::Code;

use crate::export::Format;
use crate::ops::OpError;
use crate::ops::backup::sync_folder;
use crate::store::{AttachmentRecord, Piece, StoreError};

/// An opened folder.
pub(super) struct Folder {
    path: PathBuf,
}

/// Where each thing lies.
const SENT: &str = "sent";
const FILES: &str = "files";
const RECEIPTS: &str = "receipts";
const DONE: &str = "done";
/// How the name of a file begins that is not whole yet.
const PART: &str = ".part-";

/// The name of a file of events.
pub(super) fn events_name(number: u64, format: Format) -> String {
    let extension = match format {
        Format::Csv => "csv",
        Format::Ndjson | Format::Fhir => "ndjson",
    };
    format!("notes-{number:06}.{extension}")
}

/// The name of its manifest.
pub(super) fn manifest_name(number: u64) -> String {
    format!("notes-{number:06}.manifest.json")
}

impl Folder {
    /// Opens a folder, and makes what is missing in it.
    pub(super) fn open(path: &Path) -> Result<Self, OpError> {
        for part in [SENT, FILES] {
            std::fs::create_dir_all(path.join(part)).map_err(disk)?;
        }
        std::fs::create_dir_all(path.join(RECEIPTS).join(DONE)).map_err(disk)?;
        let path = path.canonicalize().map_err(disk)?;
        Ok(Self { path })
    }

    /// Its whole name.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Keeps other runs away for as long as the file is held.
    pub(super) fn turn(&self) -> Result<File, OpError> {
        let file = File::create(self.path.join(".lock")).map_err(disk)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                let why = "another export into this folder is under way";
                Err(OpError::Because(Code::Busy, why.to_owned()))
            }
            Err(TryLockError::Error(error)) => Err(disk(error)),
        }
    }

    /// Writes a file beside its place and puts it there whole.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), OpError> {
        self.put(Path::new(name), |file| file.write_all(bytes))
    }

    fn put(&self, name: &Path, fill: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), OpError> {
        let whole = self.path.join(name);
        let plain = name.file_name().unwrap_or_default().to_string_lossy();
        let part = whole.with_file_name(format!("{PART}{plain}"));
        let put = || {
            let mut file = File::create(&part)?;
            fill(&mut file)?;
            file.sync_all()?;
            std::fs::rename(&part, &whole)?;
            sync_folder(&whole)
        };
        put().map_err(disk)
    }

    /// The manifest of a number, where it lies in the folder.
    pub(super) fn manifest(&self, number: u64) -> Result<Option<Vec<u8>>, OpError> {
        read(&self.path.join(manifest_name(number)))
    }

    /// Notes down that a file is finished: from here the next run goes on.
    pub(super) fn note_sent(&self, number: u64, manifest: &[u8]) -> Result<(), OpError> {
        self.put(&Path::new(SENT).join(format!("{number:06}.json")), |file| {
            file.write_all(manifest)
        })
    }

    /// The manifest of the newest file that is finished.
    pub(super) fn newest_sent(&self) -> Result<Option<Vec<u8>>, OpError> {
        match self.sent()?.pop() {
            Some((_, path)) => read(&path),
            None => Ok(None),
        }
    }

    /// All manifests of finished files, in their order.
    pub(super) fn all_sent(&self) -> Result<impl Iterator<Item = Result<Vec<u8>, OpError>>, OpError> {
        let all = self.sent()?.into_iter();
        Ok(all.map(|(_, path)| std::fs::read(path).map_err(disk)))
    }

    fn sent(&self) -> Result<Vec<(u64, PathBuf)>, OpError> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(self.path.join(SENT)).map_err(disk)? {
            let path = entry.map_err(disk)?.path();
            let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            all.extend(number.map(|number| (number, path)));
        }
        all.sort_unstable();
        Ok(all)
    }

    fn attachment_name(id: AttachmentId) -> PathBuf {
        Path::new(FILES).join(id.to_string())
    }

    pub(super) fn has_attachment(&self, id: AttachmentId) -> Result<bool, OpError> {
        let path = self.path.join(Self::attachment_name(id));
        path.try_exists().map_err(disk)
    }

    /// Writes an attachment, piece by piece.
    pub(super) fn write_attachment(
        &self,
        opened: &AttachmentRecord,
        piece: impl Fn(u64) -> Result<Piece, StoreError>,
    ) -> Result<(), OpError> {
        let mut failed = None;
        let written = self.put(&Self::attachment_name(opened.id), |file| {
            let mut at = 0;
            while at < opened.bytes {
                match piece(at) {
                    Ok((begin, bytes)) => {
                        file.write_all(&bytes)?;
                        at = begin + bytes.len() as u64;
                    }
                    Err(error) => {
                        failed = Some(error);
                        return Err(std::io::ErrorKind::Other.into());
                    }
                }
            }
            Ok(())
        });
        match failed {
            Some(error) => Err(error.into()),
            None => written,
        }
    }

    /// The receipt files that wait, by name. Names with a dot in front are still being written.
    pub(super) fn receipts(&self) -> Result<Vec<PathBuf>, OpError> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(self.path.join(RECEIPTS)).map_err(disk)? {
            let path = entry.map_err(disk)?.path();
            let hidden = path
                .file_name()
                .is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if !hidden && path.is_file() {
                all.push(path);
            }
        }
        all.sort_unstable();
        Ok(all)
    }

    /// Puts the answers beside a receipt file that was taken, and it away.
    pub(super) fn answered(&self, receipts: &Path, answers: &[u8]) -> Result<(), OpError> {
        let name = receipts
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let done = Path::new(RECEIPTS).join(DONE);
        self.put(&done.join(format!("{name}.answers.json")), |file| {
            file.write_all(answers)
        })?;
        let away = self.path.join(done).join(name);
        std::fs::rename(receipts, &away).map_err(disk)?;
        sync_folder(&away).map_err(disk)
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, OpError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(disk(error)),
    }
}

fn disk(error: std::io::Error) -> OpError {
    OpError::Store(StoreError::Folder(error))
}
