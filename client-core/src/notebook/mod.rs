//! The notebook: the one door to everything a phone holds. Every call leaves the store whole;
//! whatever it acknowledged survives a kill at any moment. The app above decides nothing about notes,
//! and the store below decides nothing at all.

mod absorb;
mod anew;
mod attach;
mod begin;
mod commit;
mod desk;
mod edits;
mod enrol;
mod gather;
mod gone;
mod let_in;
mod link;
mod live;
mod look;
mod lookup;
mod messages;
mod news;
mod orders;
mod pass;
mod people;
mod reflection;
mod standing;
mod talk;
#[cfg(test)]
mod tests;
mod typing;
mod upload;

use std::collections::BTreeSet;

use automerge::ActorId;
use notes::ids::{Actor, DeviceId, DocumentId, uuid_v7};

pub use attach::{Bytes, Fetched};
pub use begin::{NewNote, Who};
pub use enrol::Identity;
pub use gather::{Gathered, PersonView, Review, ThreadItem, ToDo, TodayView};
pub use let_in::{Locked, let_in};
pub use link::{Ended, Refusal};
pub use look::NoteItem;
pub use lookup::LookedUp;
pub use messages::{Message, Settings};
pub use orders::{Ordered, Storage, Wipe};
pub use pass::{Held, SyncMode, SyncReport};
pub use people::PersonItem;
pub use standing::{Stage, State};
pub use talk::{Shared, Talk, in_place};

use crate::host::{Host, Keystore};
use crate::keystore::SoftKey;
use crate::store::{Store, fills, journal, meta};
use crate::trouble::Trouble;
use desk::Desk;

/// The notes of one worker on one phone.
pub struct Notebook {
    store: Store,
    host: Host,
    desk: Desk,
    live: live::Live,
    me: Option<Identity>,
    actor: Actor,
    mine: BTreeSet<ActorId>,
    arrivals: u64,
    /// What was read since the notebook was opened.
    read: BTreeSet<DocumentId>,
    /// The order to lock that had been given when the notebook was opened.
    opened_after: Option<u64>,
    /// How the phone stands, as the host last said.
    storage: Storage,
}

impl std::fmt::Debug for Notebook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notebook")
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

impl Notebook {
    /// Opens the store at a path, or makes it there, and replays what a kill left in the journal.
    ///
    /// # Errors
    /// [`Trouble::WrongKey`], [`Trouble::NewerStore`], or a store that cannot be read.
    pub fn open(path: &str, key: &[u8; 32], mut host: Host) -> Result<Self, Trouble> {
        let mut store = Store::open(path, key)?;
        let now = host.clock.now_ms();
        if meta::get(store.read(), meta::key::ACTOR)?.is_none() {
            let actor = Actor(host.random());
            store.write(|tx| meta::set_actor(tx, actor, now))?;
        }
        if host.keystore.is_none() {
            host.keystore = Some(Box::new(own_key(&mut store, &mut host)?));
        }
        let me = enrol::identity(store.read())?;
        let actor = meta::actor(store.read())?;
        let mine = meta::my_actors(store.read())?.into_iter().collect();
        let opened_after = orders::lock_order(store.read())?;
        let desk = Desk::default();
        let mut notebook = Self {
            store,
            host,
            desk,
            live: live::Live::default(),
            me,
            actor,
            mine,
            arrivals: 0,
            read: BTreeSet::new(),
            opened_after,
            storage: Storage::default(),
        };
        for id in journal::open_docs(notebook.store.read())? {
            notebook.settle(id)?;
        }
        notebook.gather_what_is_missing()?;
        Ok(notebook)
    }

    /// Turns typing that has paused into a change. Apps call it every second or so.
    ///
    /// # Errors
    /// Where the store cannot be written; nothing is lost.
    pub fn tick(&mut self) -> Result<(), Trouble> {
        let now = self.now();
        let paused = self.desk.paused(now);
        if paused.is_empty() && self.desk.typed().is_empty() {
            self.store.rest();
        }
        for id in paused {
            self.settle(id)?;
        }
        self.clear_lookups()
    }

    /// Writes readings down for the audit. `again`: a screen that shows them already asks anew, and only what was not read
    /// since the notebook was opened counts.
    fn note_readings(
        &mut self,
        documents: impl IntoIterator<Item = DocumentId>,
        again: bool,
    ) -> Result<(), Trouble> {
        let now = self.now();
        let mut count = |id: &DocumentId| self.read.insert(*id) || !again;
        let counted: Vec<DocumentId> = documents.into_iter().filter(|id| count(id)).collect();
        if counted.is_empty() {
            return Ok(());
        }
        self.store
            .write(|tx| counted.iter().try_for_each(|id| fills::opened(tx, *id, now)))
    }

    fn now(&self) -> i64 {
        self.host.clock.now_ms()
    }

    fn me(&self) -> Result<&Identity, Trouble> {
        self.me.as_ref().ok_or(Trouble::NotEnrolled)
    }

    fn key(&self) -> Result<&dyn Keystore, Trouble> {
        self.host.keystore.as_deref().ok_or(Trouble::NotEnrolled)
    }

    /// A fresh id in text; ids made later sort later.
    fn fresh_id(&mut self) -> String {
        let now = self.now();
        DocumentId(uuid_v7(now, self.host.random())).to_string()
    }

    /// The actor in use and all that were, after one was taken into use.
    fn reread_actors(&mut self) -> Result<(), Trouble> {
        self.actor = meta::actor(self.store.read())?;
        self.mine = meta::my_actors(self.store.read())?.into_iter().collect();
        Ok(())
    }

    /// This phone's device id, once enrolled.
    #[must_use]
    pub fn device(&self) -> Option<DeviceId> {
        self.me.as_ref().map(|me| me.device)
    }

    /// Counts what came from elsewhere since the notebook was opened. A place in a text that was read is the same place
    /// for as long as this has not moved.
    #[must_use]
    pub const fn arrivals(&self) -> u64 {
        self.arrivals
    }

    /// The actor under which this install writes now.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor
    }
}

fn own_key(store: &mut Store, host: &mut Host) -> Result<SoftKey, Trouble> {
    if let Some(secret) = meta::get(store.read(), meta::key::DEVICE_SECRET)? {
        let secret = zeroize::Zeroizing::new(secret);
        return Ok(SoftKey::from_secret(&secret)?);
    }
    let (key, secret) = SoftKey::throw(host.dice.as_mut())?;
    let secret = zeroize::Zeroizing::new(secret);
    store.write(|tx| meta::set(tx, meta::key::DEVICE_SECRET, &secret[..]))?;
    Ok(key)
}
