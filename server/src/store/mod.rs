//! The store: one SQLite database, encrypted with SQLCipher when a key is given.
//!
//! # The contract
//! What any backend must keep, whatever it is made of; `conformance.rs` is the suite that says so.
//! 1. **A transaction is whole.** What a closure given to [`Store::write`] did is all there after
//!    it returned `Ok`, through `kill -9` and power loss, and none of it is there after an `Err`.
//! 2. **One writer.** Writing transactions follow one another, also those of other processes. A
//!    transaction reads the heads of log and audit itself; nothing about them is remembered.
//! 3. **Readers see a moment.** A closure given to [`Store::read`] sees one committed state.
//! 4. **The log only grows.** An entry's number, chain, document, device, time and hash never
//!    change. A chunk stands once in a document. Its bytes go only with a tombstone behind them.
//! 5. **Numbers only grow**: log, publications, news, outbox, audit, uploads, holdings. None is given twice.
//! 6. **A file is its hash.** The bytes of a whole file never change, and stand here once.
//!
//! Only files in this folder hold SQL. A second backend would bring a trait of the functions on
//! [`Tx`]; until then there is one concrete type (docs/adr/0001-store.md).

mod about;
mod attachments;
mod audit;
mod audited;
mod backup;
mod counted;
mod desk;
mod devices;
mod disk;
mod export;
mod figures;
mod holds;
mod issues;
mod issues_page;
mod leavers;
mod likely;
mod lines;
mod live;
mod log;
mod mark;
mod merges;
mod messages;
mod moved;
mod news;
mod orders;
mod people;
mod projection;
mod reconcile;
mod reflection;
mod removal;
mod retention;
mod schema;
mod search;
mod settings;
mod sweeps;
mod uploads;
mod writer;

#[cfg(test)]
mod conformance;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

pub use about::Came;
pub use attachments::{AttachmentRecord, Holding, Piece};
pub use audit::{AuditEntry, AuditRecord, audit_chain};
pub use audited::Trail;
pub use counted::{CountedNote, DeviceGist, FeedGist, IssueGist, ReviewNote, SaidNote, Span, UnmetCount};
pub use desk::{DeskInvite, DeskSession, PasskeyRecord};
pub use devices::{DeviceRecord, EnrolCode};
pub use disk::Disk;
pub use export::{ClientRecord, EventRecord, Receipt, ReceiptState, VersionRecord};
pub use figures::{Concern, Figures};
pub use holds::Hold;
pub use issues::{Issue, IssueState, NewIssue};
pub use issues_page::IssueRow;
pub use lines::Line;
pub use live::{Addressee, Publication};
pub use log::{Entry, EntryState, Head, NewEntry, chain};
pub use messages::MessageRecord;
pub use moved::Moved;
pub use news::{Audience, News, NewsKind};
pub use orders::{DeviceOrder, DeviceState};
pub use people::{PersonRecord, TeamRecord, WorkerRecord};
pub use projection::{DocumentRecord, Published, Troubles};
pub use reconcile::{Sent, Taken};
pub use retention::Answer;
pub use settings::{PHONE_SETTINGS, SettingRecord};
pub use sweeps::Unanswered;
pub use uploads::{PIECE_BYTES, Underway, Upload, UploadKey};

/// Something that the store did not expect. Inside it is rich; outside it becomes `internal`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite's own.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file is encrypted with another key, or is no database.
    #[error("the database cannot be opened: wrong key, or not a database")]
    WrongKey,
    /// The file was written by a newer version.
    #[error("the database has schema {found}; this version knows up to {known}. Use the newer version.")]
    TooNew {
        /// What the file has.
        found: i64,
        /// What this code knows.
        known: i64,
    },
    /// Something in the database is not as it must be.
    #[error("the database is not consistent: {0}")]
    Inconsistent(&'static str),
    /// The data folder.
    #[error("data folder: {0}")]
    Folder(#[from] std::io::Error),
    /// A group of jobs was undone together; where it was the disk's fault, which.
    #[error("the commit failed")]
    NotCommitted(Option<Disk>),
    /// A backup was being restored into this folder, and is not whole.
    #[error("a restore into this folder did not come to its end; run `doorstep restore` again")]
    HalfRestored,
}

impl StoreError {
    /// Whether it is the trouble of the machine (disk, memory, locks) and of no single row.
    #[must_use]
    pub fn is_the_machines(&self) -> bool {
        match self {
            Self::Sqlite(error) => !matches!(
                error.sqlite_error_code(),
                None | Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
            ),
            Self::Folder(_) | Self::WrongKey | Self::NotCommitted(_) | Self::HalfRestored => true,
            Self::TooNew { .. } | Self::Inconsistent(_) => false,
        }
    }
}

/// A transaction, for reading or for writing. Its functions are spread over this folder by room.
pub struct Tx<'c> {
    db: &'c Connection,
}

/// The open store. Cheap to share behind an `Arc`.
pub struct Store {
    path: PathBuf,
    key: Option<[u8; 32]>,
    // Before the writer, because fields go in this order: who may write must close last, to bring
    // the log of changes into the file.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    queue: writer::Queue,
    mark: mark::Mark,
}

/// Connections for reading that are kept open; each may hold some megabytes of pages.
const MOST_IDLE_READERS: usize = 16;

/// How long a connection waits for another one.
const BUSY: Duration = Duration::from_secs(30);

/// The database's name in the data folder.
pub const FILE_NAME: &str = "doorstep.db";

impl Store {
    /// Opens the database in a data folder, makes it where it is not there, and brings its schema
    /// up to date.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::TooNew`], or what the disk says.
    pub fn open(folder: &Path, key: Option<[u8; 32]>) -> Result<Self, StoreError> {
        make_private(folder)?;
        let path = folder.join(FILE_NAME);
        let mark = mark::Mark::open(folder)?;
        // One at a time: SQLite does not wait where two switch a new file to WAL at once.
        let turn = mark.turn()?;
        let mut connection = connect(&path, key, false)?;
        // Before anything is written: a newer version's file stays as it is.
        schema::check(&connection)?;
        prepare(&connection)?;
        schema::upgrade(&mut connection)?;
        drop(turn);
        Ok(Self {
            path,
            key,
            writer: Mutex::new(connection),
            queue: writer::Queue::default(),
            mark,
            readers: Mutex::new(Vec::new()),
        })
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a closure in one reading transaction.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub fn read<T, E: From<StoreError>>(&self, f: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = self.reader()?;
        let result = {
            let tx = connection.transaction().map_err(StoreError::from)?;
            f(&Tx { db: &tx })
        };
        let mut idle = lock(&self.readers);
        if idle.len() < MOST_IDLE_READERS {
            idle.push(connection);
        }
        result
    }

    /// Runs a closure in one writing transaction and commits it where it says `Ok`.
    ///
    /// # Errors
    /// The closure's, or the database's; nothing has changed then.
    pub fn write<T, E: From<StoreError>>(&self, f: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = lock(&self.writer);
        let tx = begin(&mut connection)?;
        let value = f(&Tx { db: &tx })?;
        tx.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        if let Some(connection) = lock(&self.readers).pop() {
            return Ok(connection);
        }
        connect(&self.path, self.key, true)
    }
}

/// Makes the folder, where it is not there, so that only its owner looks in.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Takes a lock; a thread that panicked while it held one left a rolled-back transaction behind,
/// which is whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    // Immediate: the write lock is taken before the first read, so what was read stays true.
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

impl Tx<'_> {
    /// Does something that is undone alone where it says `Err`; the transaction goes on.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub fn attempt<T>(&self, f: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let run = |sql| self.db.prepare_cached(sql)?.execute([]);
        run("SAVEPOINT attempt")?;
        let result = f(self);
        if result.is_err() {
            run("ROLLBACK TO attempt")?;
        }
        run("RELEASE attempt")?;
        result
    }
}

/// How a database seals its pages: SHA-256, which processors have instructions for, is more than twice as fast as `SQLCipher`'s
/// own choice, with which what an older version made was sealed, and stays so.
const SEALS: [&str; 2] = ["HMAC_SHA256", "HMAC_SHA512"];

fn set_key(connection: &Connection, key: &[u8; 32], seal: &str) -> Result<(), StoreError> {
    let hex = crate::hex::hex(key);
    // A raw key: deriving one from a passphrase would cost a second at every open.
    connection.pragma_update(None, "key", format!("x'{hex}'"))?;
    connection.pragma_update(None, "cipher_hmac_algorithm", seal)?;
    Ok(())
}

fn connect(path: &Path, key: Option<[u8; 32]>, read_only: bool) -> Result<Connection, StoreError> {
    let Some(key) = key else {
        return connect_with(path, None, read_only);
    };
    let mut opened = Err(StoreError::WrongKey);
    for seal in SEALS {
        opened = connect_with(path, Some((&key, seal)), read_only);
        if !matches!(opened, Err(StoreError::WrongKey)) {
            break;
        }
    }
    opened
}

fn connect_with(
    path: &Path,
    key: Option<(&[u8; 32], &str)>,
    read_only: bool,
) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let connection = Connection::open_with_flags(path, flags)?;
    if let Some((key, seal)) = key {
        set_key(&connection, key, seal)?;
    }
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(256);
    // A plan holds for whatever is bound: else statements that a partial index might serve are parsed anew each time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // The first read shows whether the key fits.
    let readable: Result<i64, _> =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0));
    readable.map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::WrongKey,
        _ => StoreError::Sqlite(error),
    })?;
    // What is deleted is overwritten: these are notes about people.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// What the writer's connection needs, beside what every one has.
fn prepare(connection: &Connection) -> Result<(), StoreError> {
    // WAL: readers never wait for the writer. FULL: a commit is on disk when it returns.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}
