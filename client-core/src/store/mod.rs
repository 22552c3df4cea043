//! The encrypted store: one SQLCipher database, one connection, which is the one writer. Only here
//! is SQL. Every change is one transaction that a crash leaves whole or not done at all; the parts
//! below take a connection inside such a transaction and never commit by themselves.
//!
//! It decides nothing: what is written when is the notebook's to say.

pub(crate) mod aside;
pub(crate) mod attachments;
pub(crate) mod docs;
pub(crate) mod emptied;
mod fault;
pub(crate) mod fills;
pub(crate) mod gists;
pub(crate) mod journal;
pub(crate) mod lookups;
pub(crate) mod messages;
pub(crate) mod meta;
pub(crate) mod outgoing;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod search;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::trouble::Trouble;

pub use fault::StoreFault;

/// The database as those see it who carry it from part to part: to be handed on, never to be asked.
/// A transaction is one, too.
pub(crate) type Db = Connection;

/// So many commits are worth a checkpoint.
const WORTH_A_REST: u32 = 64;

/// The open database.
pub(crate) struct Store {
    conn: Connection,
    /// Commits since the last checkpoint that was asked for.
    commits: u32,
}

impl Store {
    /// Opens the database at a path (a name, in a browser), makes it where it is new, and brings its
    /// schema up to date.
    pub(crate) fn open(path: &str, key: &[u8; 32]) -> Result<Self, Trouble> {
        let mut conn = Connection::open(path)?;
        unlock(&conn, key)?;
        settings(&conn)?;
        schema::upgrade(&mut conn, schema::STEPS)?;
        Ok(Self { conn, commits: 0 })
    }

    /// For reading.
    pub(crate) fn read(&self) -> &Connection {
        &self.conn
    }

    /// One transaction: all of the work, or none of it.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        self.commits = self.commits.saturating_add(1);
        Ok(done)
    }

    /// Nobody writes just now: what stands in the log goes into the database. Else SQLite does it at some commit, when its
    /// log has 1,000 pages, and a key waits for it.
    pub(crate) fn rest(&mut self) {
        if self.commits < WORTH_A_REST {
            return;
        }
        self.commits = 0;
        // Where there is no room for it, the log is as durable.
        let _ = self.conn.execute_batch("PRAGMA wal_checkpoint(PASSIVE)");
    }
}

fn unlock(conn: &Connection, key: &[u8; 32]) -> Result<(), Trouble> {
    // A raw key: SQLCipher derives nothing, opening costs milliseconds. The key is random anyway.
    let mut pragma = Zeroizing::new(String::from("PRAGMA key = \"x'"));
    for byte in key {
        // Writing into a string cannot fail.
        let _ = write!(pragma, "{byte:02x}");
    }
    pragma.push_str("'\"");
    // A wrong key is told by its error; SQLCipher's own lines on standard error help nobody.
    conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
    conn.execute_batch(&pragma)?;
    // In a browser's file pool a new file has its size before its salt is read, which would then be all zeros.
    let _: Option<String> = conn
        .query_row("PRAGMA cipher_salt", [], |row| row.get(0))
        .optional()?;
    // One program at a time: documents are also held in memory, so a second writer would be blind to the first. In
    // a browser's file pool a write-ahead log needs this too, and before anything is read.
    conn.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // The first read tells whether the key is right.
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    }) {
        Ok(_) => Ok(()),
        Err(rusqlite::Error::SqliteFailure(code, _)) if code.code == rusqlite::ErrorCode::NotADatabase => {
            Err(Trouble::WrongKey)
        }
        Err(other) => Err(other.into()),
    }
}

/// More than there are; beyond these each would be parsed anew.
const STATEMENTS: usize = 128;

fn settings(conn: &Connection) -> Result<(), Trouble> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan holds for whatever is bound: else statements that a partial index might serve are parsed anew each time.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Readers of a half-written page cannot happen, and one commit is one append and one fsync.
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" && mode != "memory" {
        return Err(Trouble::Damaged("the journal mode"));
    }
    // A key that was acknowledged must survive a battery that dies: fsync at every commit. NORMAL
    // would lose the last commits. On Apple's systems only F_FULLFSYNC reaches the disk.
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // Deleted notes leave no text in free pages, encrypted or not.
    conn.pragma_update(None, "secure_delete", true)?;
    // Sorting must not spill plain text into files beside the database.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // A damaged schema cannot make SQLite run functions with side effects.
    conn.pragma_update(None, "trusted_schema", false)?;
    // Another program that is just closing the store gets a moment.
    conn.busy_timeout(std::time::Duration::from_secs(2))?;
    Ok(())
}
