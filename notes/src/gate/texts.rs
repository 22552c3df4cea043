//! What the texts of a document chunk say, put together while its rows go by: letters stand in the order in which they
//! are shown, and one that nothing replaced is shown. Automerge says the same, and takes ten times as long for it.
//!
//! Not for what is unusual: a letter that was written over, or something in a text that is no letter.

use std::collections::BTreeSet;

use super::ops::{Action, Id, Key, Stretch};

/// Texts by the ids of their objects within one chunk.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// In the order of the rows, which are sorted by object.
    found: Vec<(Id, Vec<u8>)>,
    /// Objects of which more would have to be known.
    unusual: BTreeSet<Id>,
}

impl Texts {
    /// Takes the next rows. `replaced`: each of them was, by a later operation.
    pub(super) fn add(&mut self, stretch: &Stretch<'_>, replaced: bool) {
        let Some(object) = stretch.object else { return };
        match (stretch.action, stretch.letters) {
            _ if matches!(stretch.key, Key::Map(_)) => {}
            (Action::MarkBegin | Action::MarkEnd, _) => {}
            (Action::Set, Some(letters)) if stretch.insert => {
                if !replaced {
                    self.put(object, letters);
                }
            }
            _ => _ = self.unusual.insert(object),
        }
    }

    fn put(&mut self, object: Id, letters: &[u8]) {
        match self.found.last_mut() {
            Some((known, text)) if *known == object => text.extend_from_slice(letters),
            _ => self.found.push((object, letters.to_vec())),
        }
    }

    /// Each text with the actor and the counter of its object.
    pub(super) fn name(self, actors: &[[u8; 16]]) -> Vec<super::Said> {
        let usual = self
            .found
            .into_iter()
            .filter(|(id, _)| !self.unusual.contains(id));
        let named = usual.filter_map(|((counter, actor), bytes)| {
            Some(super::Said {
                actor: *actors.get(usize::try_from(actor).ok()?)?,
                counter: u64::from(counter),
                text: String::from_utf8(bytes).ok()?,
            })
        });
        named.collect()
    }
}
