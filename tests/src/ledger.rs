//! What each phone showed as sent, and when: the changes that stood in the note while the phone said
//! so. Whatever happens later, the server must have every one of them.

use std::collections::BTreeSet;

use automerge::ChangeHash;
use notes::ids::DocumentId;

/// One showing.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) phone: String,
    pub(crate) note: DocumentId,
    pub(crate) changes: BTreeSet<ChangeHash>,
}

/// All showings of a village.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Vec<Shown>);

impl Ledger {
    pub(crate) fn write(&mut self, shown: Shown) {
        let known = |old: &Shown| old.phone == shown.phone && old.note == shown.note;
        match self.0.iter_mut().find(|old| known(old)) {
            // A note only grows, but a copy that was mended may have lost its old changes: both count.
            Some(old) => old.changes.extend(shown.changes),
            None => self.0.push(shown),
        }
    }

    /// Notes that were shown as sent and of which the server lacks something.
    pub(crate) fn missing_from(&self, server: &BTreeSet<ChangeHash>) -> Vec<String> {
        let lacking = self.0.iter().filter_map(|shown| {
            let lacks = shown.changes.iter().filter(|hash| !server.contains(hash)).count();
            let of = shown.changes.len();
            (lacks > 0).then(|| format!("{} showed {}: {lacks} of {of} are lost", shown.phone, shown.note))
        });
        lacking.collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
