//! What each phone showed as sent, and when: the changes that stood in the note while the phone said
//! so. Whatever happens later, the server must have every one of them.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};
use notes::ids::DocumentId;

/// One showing.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) phone: String,
    pub(crate) note: DocumentId,
    pub(crate) changes: BTreeMap<ChangeHash, ActorId>,
}

/// All showings of a village.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    all: Vec<Shown>,
    /// Every actor that a phone has written under.
    actors: BTreeSet<ActorId>,
    desk_is_lost: bool,
}

impl Ledger {
    pub(crate) fn write(&mut self, shown: Shown) {
        let known = |old: &Shown| old.phone == shown.phone && old.note == shown.note;
        match self.all.iter_mut().find(|old| known(old)) {
            // A note only grows, but a copy that was mended may have lost its old changes: both count.
            Some(old) => old.changes.extend(shown.changes),
            None => self.all.push(shown),
        }
    }

    /// A phone writes under an actor.
    pub(crate) fn writes_under(&mut self, actor: ActorId) {
        self.actors.insert(actor);
    }

    /// What the desk itself wrote is not kept by phones: a server that was set back has lost it, and a
    /// person decides again (docs/known-limits.md).
    pub(crate) fn forgets_the_desk(&mut self) {
        self.desk_is_lost = true;
    }

    /// Notes that were shown as sent and of which the server lacks something.
    pub(crate) fn missing_from(&self, server: &BTreeSet<ChangeHash>) -> Vec<String> {
        let lacking = self.all.iter().filter_map(|shown| {
            let counts = |actor| !self.desk_is_lost || self.actors.contains(actor);
            let lacks = shown
                .changes
                .iter()
                .filter(|(hash, actor)| counts(*actor) && !server.contains(*hash));
            let lacks = lacks.count();
            let of = shown.changes.len();
            (lacks > 0).then(|| format!("{} showed {}: {lacks} of {of} are lost", shown.phone, shown.note))
        });
        lacking.collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}
