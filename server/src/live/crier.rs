//! The crier: after each round of the projector it looks once at what was published and told since the last
//! time, also by other processes, finds whom that concerns, and marks their seats.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use notes::ids::{DeviceId, DocumentId};

use super::hub::{Face, Farewell, Pending};
use crate::core::Core;
use crate::store::{Addressee, Publication, StoreError, Tx};

/// So many publications or pieces of news in one round concern everybody: they all look for themselves.
const MANY: u32 = 1_000;

/// How far it has told.
#[derive(Default)]
pub struct Crier {
    /// Published number and number of the news; none where nobody listened the last time.
    told: Option<(u64, u64)>,
}

/// What happened since.
struct Tidings {
    published: Vec<Publication>,
    /// Devices that follow a document, of those that were published.
    followers: HashMap<DocumentId, Vec<DeviceId>>,
    news: HashSet<Addressee>,
    revoked: HashSet<DeviceId>,
    /// So much, or not known what.
    all: bool,
}

impl Crier {
    /// Marks the seats of those whom it concerns.
    ///
    /// # Errors
    /// The database's; then the same is told the next time.
    pub fn cry(&mut self, core: &Core) -> Result<(), StoreError> {
        if core.live.is_empty() {
            self.told = None;
            return Ok(());
        }
        let (heads, tidings) = core.store.read(|tx| {
            let heads = (tx.published_head()?, tx.news_head()?);
            Ok::<_, StoreError>((heads, gather(tx, self.told, heads)?))
        })?;
        self.told = Some(heads);
        if tidings.is_something() {
            core.live.mark_each(|face| tidings.concern(face));
        }
        Ok(())
    }
}

fn gather(tx: &Tx<'_>, told: Option<(u64, u64)>, heads: (u64, u64)) -> Result<Tidings, StoreError> {
    let mut tidings = Tidings {
        published: Vec::new(),
        followers: HashMap::new(),
        news: HashSet::new(),
        revoked: tx.devices_revoked()?.into_iter().collect(),
        // Something may have been published between a socket's first answer and this look.
        all: told.is_none(),
    };
    let (published, news) = told.unwrap_or(heads);
    if published < heads.0 {
        tidings.published = tx.published_since(published, MANY)?;
    }
    if news < heads.1 {
        let since = tx.news_since(news, MANY)?;
        tidings.all |= since.len() >= MANY as usize;
        tidings.news = since.into_iter().filter_map(|(_, who)| who).collect();
    }
    tidings.all |= tidings.published.len() >= MANY as usize;
    for publication in &tidings.published {
        let id = publication.document;
        if let Entry::Vacant(place) = tidings.followers.entry(id) {
            place.insert(tx.followers(id)?);
        }
    }
    Ok(tidings)
}

impl Tidings {
    fn is_something(&self) -> bool {
        self.all || !self.published.is_empty() || !self.news.is_empty() || !self.revoked.is_empty()
    }

    fn concern(&self, face: &Face<'_>) -> Pending {
        let mut pending = Pending {
            pull: self.all && !face.watched.is_empty(),
            poke: self.all || self.is_told(face),
            farewell: self.revoked.contains(&face.device).then_some(Farewell::Revoked),
            ..Pending::default()
        };
        for publication in self.published.iter().filter(|p| self.reaches(p, face)) {
            if face.watched.contains(&publication.document) {
                pending.pull = true;
            } else {
                pending.poke = true;
            }
        }
        pending
    }

    /// Whether a device would pull it: it is about somebody on the caseload, or in a note that it follows.
    fn reaches(&self, publication: &Publication, face: &Face<'_>) -> bool {
        let mine = publication.worker.as_deref() == Some(face.worker);
        let follows = || {
            let followers = self.followers.get(&publication.document);
            followers.is_some_and(|all| all.contains(&face.device))
        };
        publication.sender != Some(face.device) && (mine || follows())
    }

    fn is_told(&self, face: &Face<'_>) -> bool {
        let has = |who: Addressee| self.news.contains(&who);
        !self.news.is_empty()
            && (has(Addressee::All)
                || has(Addressee::Device(face.device))
                || has(Addressee::Worker(face.worker.to_owned()))
                || face.team.is_some_and(|team| has(Addressee::Team(team))))
    }
}
