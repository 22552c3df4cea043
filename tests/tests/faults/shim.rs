//! The shim, from this side: compiled once for a test, put under a program by its environment, armed
//! and read through a file that both share.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The calls by which a program changes a file or lets something out. Numbers as in the shim.
pub(crate) mod ops {
    /// Bytes into a file.
    pub(crate) const WRITE: u32 = 1;
    /// `fsync`, `fdatasync`.
    pub(crate) const SYNC: u32 = 2;
    /// `ftruncate`.
    pub(crate) const TRUNCATE: u32 = 4;
    /// `rename`, `unlink`, `rmdir`.
    pub(crate) const NAME: u32 = 8;
    /// A new file or folder.
    pub(crate) const CREATE: u32 = 16;
    /// Bytes on a socket.
    pub(crate) const ANSWER: u32 = 32;
    /// All that changes what is on the disk.
    pub(crate) const DISK: u32 = WRITE | SYNC | TRUNCATE | NAME | CREATE;
    /// All that needs room.
    pub(crate) const ROOM: u32 = WRITE | SYNC | TRUNCATE | CREATE;
}

/// What happens at the call. Numbers as in the shim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// `kill -9` before the call.
    DieBefore = 1,
    /// `kill -9` after it.
    DieAfter = 2,
    /// Half of a write goes through, then `kill -9`.
    DieHalf = 3,
    /// Half of a write, in whole sectors of 512 bytes, then `kill -9`.
    DieSector = 4,
    /// `kill -9`, and all that was written and not synced is gone.
    PowerOff = 5,
    /// No room is left for this call and those that follow.
    Full = 6,
    /// There is room for half of this write, and for nothing more.
    FullHalf = 7,
}

/// At which call something happens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) action: Action,
    /// Which calls count.
    pub(crate) ops: u32,
    /// Only files whose path ends so.
    pub(crate) ending: &'static str,
    /// The call, from 1.
    pub(crate) at: u64,
    /// The last call that is refused, where there is no room.
    pub(crate) until: u64,
}

impl Fault {
    /// At one call, or from it on where there is no room.
    pub(crate) fn at(action: Action, ops: u32, at: u64) -> Self {
        Self {
            action,
            ops,
            ending: "",
            at,
            until: u64::MAX,
        }
    }

    /// Only files whose path ends so count.
    pub(crate) fn only(self, ending: &'static str) -> Self {
        Self { ending, ..self }
    }
}

// The layout of the shim's struct control.
const AT_OPS: u64 = 4;
const AT_AT: u64 = 8;
const AT_COUNT: u64 = 24;
const AT_FIRED: u64 = 32;
const AT_WHERE: u64 = 80;
const AT_TRACE: u64 = 120;
const TRACED: u64 = 1 << 16;
const WHOLE: u64 = AT_TRACE + TRACED;
const NAME_BYTES: usize = 40;

/// The shim under programs that write below one folder.
pub(crate) struct Shim {
    preloaded: PathBuf,
    watched: PathBuf,
    control_path: PathBuf,
    control: File,
}

impl Shim {
    /// Compiles it into a folder that is not watched. None, with a word about it, where there is no
    /// such thing as preloading.
    pub(crate) fn new(workshop: &Path, watched: &Path) -> Option<Self> {
        if !cfg!(target_os = "linux") {
            println!("left out: the shim is for Linux");
            return None;
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shim/faults.c");
        let preloaded = workshop.join("faults.so");
        let compiled = Command::new("cc")
            .args([
                "-std=gnu11",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-shared",
                "-fPIC",
                "-o",
            ])
            .args([&preloaded, &source])
            .args(["-ldl", "-lpthread"])
            .output()
            .expect("the project needs a C compiler called cc");
        let said = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "the shim does not compile:\n{said}");
        let control_path = workshop.join("control");
        let options = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .clone();
        let control = options.open(&control_path).unwrap();
        control.set_len(WHOLE).unwrap();
        std::fs::create_dir_all(watched).unwrap();
        Some(Self {
            preloaded,
            watched: watched.canonicalize().unwrap(),
            control_path,
            control,
        })
    }

    /// What puts it under a program.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        vec![
            ("LD_PRELOAD".to_owned(), text(&self.preloaded)),
            ("FAULT_FOLDER".to_owned(), text(&self.watched)),
            ("FAULT_CONTROL".to_owned(), text(&self.control_path)),
        ]
    }

    /// Counts from nothing; the fault happens at its call.
    pub(crate) fn arm(&self, fault: Fault) {
        self.disarm();
        let mut ending = [0; NAME_BYTES];
        ending[..fault.ending.len()].copy_from_slice(fault.ending.as_bytes());
        let mut bytes = Vec::new();
        bytes.extend(fault.ops.to_le_bytes());
        bytes.extend(fault.at.to_le_bytes());
        bytes.extend(fault.until.to_le_bytes());
        bytes.extend([0; 16]);
        bytes.extend(ending);
        bytes.extend([0; NAME_BYTES]);
        self.control.write_all_at(&bytes, AT_OPS).unwrap();
        // Last: from here on it may happen.
        self.control
            .write_all_at(&(fault.action as u32).to_le_bytes(), 0)
            .unwrap();
    }

    /// From here on nothing happens.
    pub(crate) fn disarm(&self) {
        self.control.write_all_at(&[0; 4], 0).unwrap();
    }

    /// How many calls there were since it was armed.
    pub(crate) fn count(&self) -> u64 {
        self.number(AT_COUNT)
    }

    /// How often it happened since it was armed.
    pub(crate) fn fired(&self) -> u64 {
        self.number(AT_FIRED)
    }

    fn number(&self, at: u64) -> u64 {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, at).unwrap();
        u64::from_le_bytes(bytes)
    }

    /// The call at which it happened, in words.
    pub(crate) fn place(&self) -> String {
        let mut bytes = [0; NAME_BYTES];
        self.control.read_exact_at(&mut bytes, AT_WHERE).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = text.trim_end_matches('\0');
        let mut op = [0];
        let at = self.number(AT_AT).clamp(1, TRACED) - 1;
        self.control.read_exact_at(&mut op, AT_TRACE + at).unwrap();
        let file = text.rsplit('/').next().unwrap_or_default();
        match u32::from(op[0]) {
            ops::WRITE => format!("write to {file}"),
            ops::SYNC => format!("sync of {file}"),
            ops::TRUNCATE => format!("truncation of {file}"),
            ops::NAME => format!("name of {file}"),
            ops::CREATE => format!("creation of {file}"),
            _ => "answer".to_owned(),
        }
    }
}
