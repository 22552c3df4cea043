//! The few documents that are open, in memory: a key only looks up a length here and never touches
//! Automerge. Everything in it can be thrown away and read again from the store.

use std::collections::BTreeMap;

use automerge::{Automerge, ROOT, ReadDoc as _};
use notes::ids::DocumentId;
use notes::note::Plain;

use crate::store::docs::DocRow;
use crate::store::journal::Entry;
use crate::trouble::Trouble;

/// A pause in typing: the journal becomes a change.
pub(super) const PAUSE_MS: i64 = 2_000;
/// The journal becomes a change at this many keys, pause or not.
pub(super) const MOST_KEYS: usize = 500;
/// How many documents stay open.
const MOST_OPEN: usize = 8;

/// A document in memory.
pub(super) struct Open {
    pub(super) row: DocRow,
    pub(super) doc: Automerge,
    /// Length of each text with the journal's keys in it, in Unicode scalar values.
    pub(super) lengths: BTreeMap<&'static str, u64>,
    /// Time that this device spent writing, as the document has it.
    pub(super) recorded_ms: u64,
    /// A newer app wrote it: shown, not changed.
    pub(super) newer: bool,
    /// Acknowledged keys that the document does not have yet.
    pub(super) journal: Vec<Entry>,
    pub(super) last_key_at: i64,
    used: u64,
}

impl Open {
    pub(super) fn new(
        row: DocRow,
        doc: Automerge,
        plain: Option<&Plain>,
        device: Option<&str>,
    ) -> Result<Self, Trouble> {
        let mut lengths = BTreeMap::new();
        for name in row.template.texts() {
            if let Some((_, id)) = doc.get(ROOT, name)? {
                lengths.insert(name, doc.length(&id) as u64);
            }
        }
        let recorded = |plain: &Plain| Some(*plain.counters.get("recording_ms")?.get(device?)?);
        Ok(Self {
            lengths,
            recorded_ms: plain.and_then(recorded).unwrap_or(0),
            // What cannot be read by the table must not be changed by it either.
            newer: plain.is_none_or(|p| p.schema > notes::note::genesis::SCHEMA),
            row,
            doc,
            journal: Vec::new(),
            last_key_at: 0,
            used: 0,
        })
    }
}

/// The open documents.
#[derive(Default)]
pub(super) struct Desk {
    open: BTreeMap<DocumentId, Open>,
    uses: u64,
}

impl Desk {
    pub(super) fn get(&mut self, id: DocumentId) -> Option<&mut Open> {
        self.uses += 1;
        let open = self.open.get_mut(&id)?;
        open.used = self.uses;
        Some(open)
    }

    /// Takes a document out; it is read from the store again unless it is put back.
    pub(super) fn take(&mut self, id: DocumentId) -> Option<Open> {
        self.open.remove(&id)
    }

    pub(super) fn put(&mut self, mut open: Open) {
        self.uses += 1;
        open.used = self.uses;
        self.open.insert(open.row.id, open);
    }

    pub(super) fn clear(&mut self) {
        self.open.clear();
    }

    /// The document to close before another is opened, where the desk is full.
    pub(super) fn crowded(&self) -> Option<DocumentId> {
        if self.open.len() < MOST_OPEN {
            return None;
        }
        self.open
            .iter()
            .min_by_key(|(_, open)| open.used)
            .map(|(id, _)| *id)
    }

    /// Documents with keys in the journal.
    pub(super) fn typed(&self) -> Vec<DocumentId> {
        let typed = self.open.iter().filter(|(_, open)| !open.journal.is_empty());
        typed.map(|(id, _)| *id).collect()
    }

    /// Documents in which typing has paused.
    pub(super) fn paused(&self, now: i64) -> Vec<DocumentId> {
        let over = |open: &Open| !open.journal.is_empty() && now - open.last_key_at >= PAUSE_MS;
        let paused = self.open.iter().filter(|(_, open)| over(open));
        paused.map(|(id, _)| *id).collect()
    }
}
