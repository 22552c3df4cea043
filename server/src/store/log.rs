//! The log: every chunk that ever came, in the order in which it came, each entry chained to the
//! one before. An entry's state says how far it got; nothing else about it changes.

use notes::ids::{DeviceId, DocumentId, PersonId};
use notes::note::Template;
use rusqlite::{OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use super::{StoreError, Tx};

/// How far an entry got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryState {
    /// Waits for judgement.
    Pending,
    /// Published: others see it.
    Published,
    /// Held for a person's decision.
    Held,
    /// Waits for a change that it depends on.
    Waiting,
    /// Set aside by decision; kept.
    SetAside,
    /// Its document was removed: the bytes are gone, and a tombstone says so.
    Erased,
    /// Says that its document was removed.
    Tombstone,
}

impl EntryState {
    fn number(self) -> i64 {
        match self {
            Self::Pending => 0,
            Self::Published => 1,
            Self::Held => 2,
            Self::Waiting => 3,
            Self::SetAside => 4,
            Self::Erased => 5,
            Self::Tombstone => 6,
        }
    }
    fn read(number: i64) -> Self {
        match number {
            0 => Self::Pending,
            1 => Self::Published,
            3 => Self::Waiting,
            4 => Self::SetAside,
            5 => Self::Erased,
            6 => Self::Tombstone,
            _ => Self::Held,
        }
    }
}

/// The head of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry; 0 in an empty log.
    pub seq: u64,
    /// Its chain.
    pub chain: [u8; 32],
}

/// What is to be appended.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The document.
    pub document: DocumentId,
    /// Who sent it; none for the server's own changes.
    pub device: Option<DeviceId>,
    /// Which of the device's installs.
    pub line: Option<u64>,
    /// UTC milliseconds, by the server's clock.
    pub received_at: i64,
    /// SHA-256 of the chunk.
    pub hash: [u8; 32],
    /// The bytes.
    pub chunk: Vec<u8>,
    /// Note or page.
    pub template: Template,
    /// Whom the push named.
    pub person: Option<PersonId>,
    /// The reason that the push gave.
    pub reason: Option<String>,
    /// Where the device had pulled to.
    pub pulled_pub: u64,
    /// `Pending`, or `Held` with a code.
    pub state: EntryState,
    /// Why it is held.
    pub code: Option<String>,
}

/// An entry as it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// Its chain.
    pub chain: [u8; 32],
    /// The rest, as it was appended, with the state of now.
    pub entry: NewEntry,
    /// A person decided to take it.
    pub overruled: bool,
}

const COLUMNS: &str = "seq, chain, document, device, received_at, hash, chunk, template, person, reason, pulled_pub, \
                       state, code, overruled, line";

/// Whether a chunk stands in its document already.
pub(super) const KNOWN: &str = "SELECT seq FROM log WHERE document = ? AND hash = ?";
// The states stand as numbers in the text of these, so that the indexes of open entries are used.
pub(super) const UNJUDGED: &str =
    "SELECT document FROM log WHERE state = 0 GROUP BY document ORDER BY min(seq) LIMIT ?";
pub(super) const UNJUDGED_COUNT: &str = "SELECT count(*) FROM log WHERE state = 0";
pub(super) const UNJUDGED_OF: &str =
    "SELECT * FROM log WHERE document = ? AND state = 0 ORDER BY seq LIMIT ?";
pub(super) const WAITING_OF: &str = "SELECT * FROM log WHERE document = ? AND state = 3 ORDER BY seq LIMIT ?";
pub(super) const WAITING_SINCE: &str =
    "SELECT * FROM log INDEXED BY log_waiting WHERE state = 3 AND received_at < ? ORDER BY seq LIMIT ?";

impl Tx<'_> {
    /// The head of the log as of this transaction.
    ///
    /// # Errors
    /// The database's.
    pub fn log_head(&self) -> Result<Head, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1")?;
        let head = find
            .query_row([], |row| {
                Ok(Head {
                    seq: row.get(0)?,
                    chain: row.get(1)?,
                })
            })
            .optional()?;
        Ok(head.unwrap_or(Head {
            seq: 0,
            chain: [0; 32],
        }))
    }

    /// The chain of one entry; all zero for entry 0; none for one that is not there.
    ///
    /// # Errors
    /// The database's.
    pub fn log_chain(&self, seq: u64) -> Result<Option<[u8; 32]>, StoreError> {
        if seq == 0 {
            return Ok(Some([0; 32]));
        }
        let mut find = self.db.prepare_cached("SELECT chain FROM log WHERE seq = ?")?;
        Ok(find.query_row([seq], |row| row.get(0)).optional()?)
    }

    /// Appends an entry behind a head and moves the head; returns the number it has. A chunk that
    /// stands in its document already is not appended again: its number is returned with `false`.
    ///
    /// # Errors
    /// The database's.
    pub fn log_append(&self, head: &mut Head, new: &NewEntry) -> Result<(u64, bool), StoreError> {
        let mut find = self.db.prepare_cached(KNOWN)?;
        let known: Option<u64> = find
            .query_row(params![new.document.0, new.hash], |row| row.get(0))
            .optional()?;
        if let Some(seq) = known {
            return Ok((seq, false));
        }
        let seq = head.seq + 1;
        let chain = chain(&head.chain, seq, new);
        let mut insert = self.db.prepare_cached(
            "INSERT INTO log (seq, chain, document, device, received_at, hash, chunk, template, person, reason, \
             pulled_pub, state, code, line) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?;
        insert.execute(params![
            seq,
            chain,
            new.document.0,
            new.device.map(|d| d.0),
            new.received_at,
            new.hash,
            new.chunk,
            new.template as i64,
            new.person.map(|p| p.0),
            new.reason,
            new.pulled_pub,
            new.state.number(),
            new.code,
            new.line,
        ])?;
        *head = Head { seq, chain };
        Ok((seq, true))
    }

    /// One entry.
    ///
    /// # Errors
    /// The database's.
    pub fn log_entry(&self, seq: u64) -> Result<Option<Entry>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {COLUMNS} FROM log WHERE seq = ?"))?;
        Ok(find.query_row([seq], entry).optional()?)
    }

    /// How an entry stands, and whether a person overruled the rules for it.
    ///
    /// # Errors
    /// The database's.
    pub fn log_state(&self, seq: u64) -> Result<Option<(EntryState, bool)>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT state, overruled FROM log WHERE seq = ?")?;
        let read = |row: &Row<'_>| Ok((EntryState::read(row.get(0)?), row.get(1)?));
        Ok(find.query_row([seq], read).optional()?)
    }

    /// Entries after a number, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn log_after(&self, seq: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM log WHERE seq > ? ORDER BY seq LIMIT ?"
        ))?;
        let rows = find.query_map(params![seq, limit], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All entries of a document in the given states, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn log_of(&self, document: DocumentId, states: &[EntryState]) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for state in states {
            let mut find = self.db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM log WHERE document = ? AND state = ? ORDER BY seq"
            ))?;
            let rows = find.query_map(params![document.0, state.number()], entry)?;
            entries.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
        entries.sort_unstable_by_key(|e| e.seq);
        Ok(entries)
    }

    /// A document's entries that are open: those that wait for judgement first, then those that
    /// wait for a dependency, at most so many; given back in the log's order.
    ///
    /// # Errors
    /// The database's.
    pub fn log_open_of(&self, document: DocumentId, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for open in [UNJUDGED_OF, WAITING_OF] {
            let mut find = self.db.prepare_cached(&with_columns(open))?;
            let room = limit.saturating_sub(entries.len());
            let rows = find.query_map(params![document.0, room], entry)?;
            entries.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
        entries.sort_unstable_by_key(|e| e.seq);
        Ok(entries)
    }

    /// Puts a document's entries that wait for a dependency before the judge again.
    ///
    /// # Errors
    /// The database's.
    pub fn log_wake(&self, document: DocumentId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE log SET state = 0 WHERE document = ? AND state = 3")?
            .execute([document.0])?;
        Ok(())
    }

    /// Puts a document's entries that are held for one reason before the judge again; returns how
    /// many there were.
    ///
    /// # Errors
    /// The database's.
    pub fn log_retry(&self, document: DocumentId, code: &str) -> Result<usize, StoreError> {
        let mut update = self.db.prepare_cached(
            "UPDATE log SET state = 0, code = NULL WHERE document = ? AND state = 2 AND code = ?",
        )?;
        Ok(update.execute(params![document.0, code])?)
    }

    /// Documents with entries that wait for judgement, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub fn log_unjudged(&self, limit: u32) -> Result<Vec<DocumentId>, StoreError> {
        let mut find = self.db.prepare_cached(UNJUDGED)?;
        let rows = find.query_map([limit], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Entries that have waited for a dependency since before a time.
    ///
    /// # Errors
    /// The database's.
    pub fn log_waiting_since(&self, before: i64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let mut find = self.db.prepare_cached(&with_columns(WAITING_SINCE))?;
        let rows = find.query_map(params![before, limit], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many entries wait for judgement.
    ///
    /// # Errors
    /// The database's.
    pub fn log_unjudged_count(&self) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached(UNJUDGED_COUNT)?;
        Ok(find.query_row([], |row| row.get(0))?)
    }

    /// Sets an entry's state.
    ///
    /// # Errors
    /// The database's.
    pub fn log_set_state(&self, seq: u64, state: EntryState, code: Option<&str>) -> Result<(), StoreError> {
        let mut update = self
            .db
            .prepare_cached("UPDATE log SET state = ?, code = ? WHERE seq = ?")?;
        update.execute(params![state.number(), code, seq])?;
        Ok(())
    }

    /// Puts a held entry before the judge again, with what a person may overrule decided; the
    /// person may be another than the push named. It counts as nobody's own from then on: whoever sent it
    /// may have let go of it since, where something that came after it was decided against.
    ///
    /// # Errors
    /// The database's.
    pub fn log_overrule(&self, seq: u64, person: Option<PersonId>) -> Result<(), StoreError> {
        let mut update = self.db.prepare_cached(
            "UPDATE log SET state = 0, overruled = 1, line = NULL, person = coalesce(?, person) WHERE seq = ?",
        )?;
        update.execute(params![person.map(|p| p.0), seq])?;
        Ok(())
    }

    /// Whether anything of a document ever came.
    ///
    /// # Errors
    /// The database's.
    pub fn log_knows(&self, document: DocumentId) -> Result<bool, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT 1 FROM log WHERE document = ? LIMIT 1")?;
        Ok(find.exists([document.0])?)
    }

    /// The worker whose device sent the first part of a document; none where the server itself wrote it.
    ///
    /// # Errors
    /// The database's.
    pub fn begun_by(&self, document: DocumentId) -> Result<Option<String>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT d.worker FROM log l JOIN device d ON d.id = l.device WHERE l.document = ? ORDER BY l.seq LIMIT 1",
        )?;
        let begun = find.query_row([document.0], |row| row.get(0)).optional()?;
        // The desk began it out of another: whoever began that one did.
        match (begun, self.moved_into(document)?.first()) {
            (None, Some(moved)) if moved.document != document => self.begun_by(moved.document),
            (begun, _) => Ok(begun),
        }
    }

    /// The device that sent the first part of a document; none where the server itself wrote it.
    ///
    /// # Errors
    /// The database's.
    pub fn begun_on(&self, document: DocumentId) -> Result<Option<DeviceId>, StoreError> {
        let mut find = self.db.prepare_cached(
            "SELECT device FROM log WHERE document = ? AND device IS NOT NULL ORDER BY seq LIMIT 1",
        )?;
        Ok(find
            .query_row([document.0], |row| row.get(0).map(DeviceId))
            .optional()?)
    }

    /// When the first and the last part of a document came, UTC milliseconds; none where nothing did.
    ///
    /// # Errors
    /// The database's.
    pub fn came_between(&self, document: DocumentId) -> Result<Option<(i64, i64)>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT min(received_at), max(received_at) FROM log WHERE document = ?")?;
        let times: (Option<i64>, Option<i64>) =
            find.query_row([document.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(times.0.zip(times.1))
    }

    /// Whether a device sent anything of a document, and then whether some of it is neither published nor set aside.
    ///
    /// # Errors
    /// The database's.
    pub fn log_sent_by(&self, document: DocumentId, device: DeviceId) -> Result<Option<bool>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT max(state IN (0, 2, 3)) FROM log WHERE document = ? AND device = ?")?;
        Ok(find.query_row([document.0, device.0], |row| row.get(0))?)
    }
}

/// `SHA-256(chain before ‖ seq ‖ document ‖ device ‖ received_at ‖ H(chunk))`, numbers big-endian,
/// the device as 16 zero bytes where the server itself wrote.
#[must_use]
pub fn chain(before: &[u8; 32], seq: u64, new: &NewEntry) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(seq.to_be_bytes());
    hasher.update(new.document.0);
    hasher.update(new.device.map_or([0; 16], |d| d.0));
    hasher.update(new.received_at.to_be_bytes());
    hasher.update(new.hash);
    hasher.finalize().into()
}

fn with_columns(sql: &str) -> String {
    sql.replacen('*', COLUMNS, 1)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let template: i64 = row.get(7)?;
    let state: i64 = row.get(11)?;
    Ok(Entry {
        seq: row.get(0)?,
        chain: row.get(1)?,
        entry: NewEntry {
            document: DocumentId(row.get(2)?),
            device: row.get::<_, Option<[u8; 16]>>(3)?.map(DeviceId),
            received_at: row.get(4)?,
            hash: row.get(5)?,
            chunk: row.get(6)?,
            template: if template == 1 {
                Template::About
            } else {
                Template::Note
            },
            person: row.get::<_, Option<[u8; 16]>>(8)?.map(PersonId),
            reason: row.get(9)?,
            pulled_pub: row.get(10)?,
            state: EntryState::read(state),
            code: row.get(12)?,
            line: row.get(14)?,
        },
        overruled: row.get(13)?,
    })
}
