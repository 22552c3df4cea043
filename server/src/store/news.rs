//! News: that something changed, and for whom. The row that a phone gets is made from the truth
//! when it asks, so no copy of anybody's data lies here, and none is ever out of date.

use notes::ids::{DeviceId, PersonId};
use rusqlite::{OptionalExtension as _, params};

use super::{StoreError, Tx};

/// Whose phones a change is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience<'a> {
    /// Everybody's.
    All,
    /// A team's.
    Team(i64),
    /// One worker's.
    Worker(&'a str),
    /// One device.
    Device(DeviceId),
    /// Those on whose caseload a person is.
    Person(PersonId),
}

impl std::fmt::Display for Audience<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Team(id) => write!(f, "team:{id}"),
            Self::Worker(id) => write!(f, "worker:{id}"),
            Self::Device(id) => write!(f, "device:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
        }
    }
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsKind {
    /// A person; the key is their id.
    Person,
    /// A worker; the key is their id as text.
    Worker,
    /// An actor; the key is the actor.
    Actor,
    /// A note's version, its receipt, or that it was removed; the key is the document.
    Version,
    /// Whether a document waits for a decision; the key is the document.
    Standing,
    /// `reset` of a document; the key is the document.
    Reset,
    /// A fresh actor is needed; the key is empty.
    NewActor,
    /// What the desk says to a worker; the key is the message's id as text.
    Message,
    /// What the council settled for its phones; the key is empty.
    Settings,
    /// That an order stands; the key is empty. The order itself comes with every answer.
    Order,
}

const KINDS: [NewsKind; 10] = [
    NewsKind::Person,
    NewsKind::Worker,
    NewsKind::Actor,
    NewsKind::Version,
    NewsKind::Standing,
    NewsKind::Reset,
    NewsKind::NewActor,
    NewsKind::Message,
    NewsKind::Settings,
    NewsKind::Order,
];

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Its number.
    pub n: u64,
    /// What changed.
    pub kind: NewsKind,
    /// Which.
    pub key: Vec<u8>,
}

pub(super) const FOR: &str = "SELECT n, kind, key FROM news WHERE audience = ? AND n > ? ORDER BY n LIMIT ?";

pub(super) const OF: &str = "SELECT n FROM news WHERE audience = ? AND kind = ? AND key = ?";

impl Tx<'_> {
    /// The largest number.
    ///
    /// # Errors
    /// The database's.
    pub fn news_head(&self) -> Result<u64, StoreError> {
        let mut find = self.db.prepare_cached("SELECT coalesce(max(n), 0) FROM news")?;
        Ok(find.query_row([], |row| row.get(0))?)
    }

    /// Leaves so many numbers out: what is told from now on has larger ones.
    ///
    /// # Errors
    /// The database's.
    pub fn news_leap(&self, numbers: u64) -> Result<(), StoreError> {
        let leap = "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'news'";
        if self.db.execute(leap, [numbers])? == 0 {
            let begin = "INSERT INTO sqlite_sequence (name, seq) VALUES ('news', ?)";
            self.db.execute(begin, [numbers])?;
        }
        Ok(())
    }

    /// Tells an audience. Older news of the same matter is dropped: only the newest counts.
    ///
    /// # Errors
    /// The database's.
    pub fn tell(&self, audience: Audience<'_>, kind: NewsKind, key: &[u8]) -> Result<(), StoreError> {
        let mut insert = self
            .db
            .prepare_cached("INSERT OR REPLACE INTO news (audience, kind, key) VALUES (?,?,?)")?;
        insert.execute(params![audience.to_string(), kind as i64, key])?;
        Ok(())
    }

    /// News for an audience after a number.
    ///
    /// # Errors
    /// The database's.
    pub fn news_for(&self, audience: Audience<'_>, after: u64, limit: u32) -> Result<Vec<News>, StoreError> {
        let mut find = self.db.prepare_cached(FOR)?;
        let rows = find.query_map(params![audience.to_string(), after, limit], |row| {
            let kind: usize = row.get(1)?;
            let kind = KINDS.get(kind).copied().unwrap_or(NewsKind::Worker);
            Ok(News {
                n: row.get(0)?,
                kind,
                key: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The news of one matter for an audience; none where there was none.
    ///
    /// # Errors
    /// The database's.
    pub fn news_of(
        &self,
        audience: Audience<'_>,
        kind: NewsKind,
        key: &[u8],
    ) -> Result<Option<News>, StoreError> {
        let mut find = self.db.prepare_cached(OF)?;
        let n = find
            .query_row(params![audience.to_string(), kind as i64, key], |row| row.get(0))
            .optional()?;
        let key = key.to_vec();
        Ok(n.map(|n| News { n, kind, key }))
    }
}
