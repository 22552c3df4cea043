//! What the live sockets are told by: whom the publications and the news since a moment concern. One look for
//! all sockets together, never one for each.

use notes::ids::{DeviceId, DocumentId};
use rusqlite::params;

use super::{StoreError, Tx};

/// Something that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its number.
    pub number: u64,
    /// The document.
    pub document: DocumentId,
    /// Who sent it; none for the server itself.
    pub sender: Option<DeviceId>,
    /// The worker on whose caseload the person is.
    pub worker: Option<String>,
}

/// Whom a piece of news is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Addressee {
    /// Everybody.
    All,
    /// A team.
    Team(i64),
    /// A worker; news about a person are for the worker on whose caseload the person is.
    Worker(String),
    /// A device.
    Device(DeviceId),
}

pub(super) const PUBLISHED_SINCE: &str = "SELECT p.pub, p.document, l.device, w.allocated_worker FROM published p \
                                          JOIN log l ON l.seq = p.seq LEFT JOIN person w ON w.id = p.person \
                                          WHERE p.pub > ? ORDER BY p.pub LIMIT ?";
pub(super) const NEWS_SINCE: &str = "SELECT n, audience FROM news WHERE n > ? ORDER BY n LIMIT ?";

impl Tx<'_> {
    /// What was published after a number, in order.
    ///
    /// # Errors
    /// The database's.
    pub fn published_since(&self, after: u64, limit: u32) -> Result<Vec<Publication>, StoreError> {
        let mut find = self.db.prepare_cached(PUBLISHED_SINCE)?;
        let rows = find.query_map(params![after, limit], |row| {
            Ok(Publication {
                number: row.get(0)?,
                document: DocumentId(row.get(1)?),
                sender: row.get::<_, Option<[u8; 16]>>(2)?.map(DeviceId),
                worker: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whom the news after a number are for, each with its number, in order. A person who is on nobody's
    /// caseload concerns nobody.
    ///
    /// # Errors
    /// The database's.
    pub fn news_since(&self, after: u64, limit: u32) -> Result<Vec<(u64, Option<Addressee>)>, StoreError> {
        let mut find = self.db.prepare_cached(NEWS_SINCE)?;
        let rows = find.query_map(params![after, limit], |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut all = Vec::new();
        for row in rows {
            let (n, audience) = row?;
            all.push((n, self.addressee(&audience)?));
        }
        Ok(all)
    }

    /// An audience as it stands in the table, read back.
    fn addressee(&self, audience: &str) -> Result<Option<Addressee>, StoreError> {
        const BROKEN: StoreError = StoreError::Inconsistent("an audience");
        Ok(match audience.split_once(':') {
            None => Some(Addressee::All),
            Some(("team", id)) => Some(Addressee::Team(id.parse().map_err(|_| BROKEN)?)),
            Some(("worker", id)) => Some(Addressee::Worker(id.to_owned())),
            Some(("device", id)) => Some(Addressee::Device(id.parse().map_err(|_| BROKEN)?)),
            Some(("person", id)) => {
                let person = self.person(id.parse().map_err(|_| BROKEN)?)?;
                person
                    .and_then(|person| person.allocated_worker)
                    .map(Addressee::Worker)
            }
            Some(_) => return Err(BROKEN),
        })
    }

    /// All devices that were revoked.
    ///
    /// # Errors
    /// The database's.
    pub fn devices_revoked(&self) -> Result<Vec<DeviceId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT id FROM device WHERE revoked_at IS NOT NULL")?;
        let rows = find.query_map([], |row| row.get(0).map(DeviceId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
