//! Typing: a key is checked against the length of its text, appended to the journal in one durable
//! commit, and only then acknowledged. Automerge learns of it at the next pause.

use notes::ids::DocumentId;
use notes::note::Edit;
use notes::note::edit::BadEdit;
use notes::note::fields::MAX_TEXT_CHARS;

use super::Notebook;
use super::desk::{MOST_KEYS, PAUSE_MS};
use crate::store::journal::{self, Entry};
use crate::trouble::Trouble;

impl Notebook {
    /// Deletes `delete` characters at a position and inserts text there; without a position at the
    /// end (where `delete` counts backwards). Positions count Unicode scalar values. `spent_ms` is
    /// the time spent writing since the last call.
    ///
    /// # Errors
    /// Where the position is outside the text, or the note is finished. Nothing was changed then.
    pub fn type_text(
        &mut self,
        note: DocumentId,
        field: &str,
        at: Option<u64>,
        delete: u64,
        insert: &str,
        spent_ms: u64,
    ) -> Result<(), Trouble> {
        let now = self.now();
        self.pause(note, now)?;
        let open = self.in_view(note)?;
        if open.row.face.finished_at.is_some() {
            return Err(Trouble::NotAllowed(
                "the note is finished: it takes an addendum, not a change",
            ));
        }
        if open.newer {
            return Err(Trouble::Unreadable);
        }
        let (name, length) = open
            .lengths
            .get_key_value(field)
            .map(|(name, length)| (*name, *length))
            .ok_or_else(|| BadEdit::NoField(field.to_owned()))?;
        let at = match at {
            Some(at) => at,
            None => length.checked_sub(delete).ok_or(BadEdit::OutOfRange)?,
        };
        if at > length || delete > length - at {
            return Err(BadEdit::OutOfRange.into());
        }
        let after = length - delete + insert.chars().count() as u64;
        if after > MAX_TEXT_CHARS as u64 {
            return Err(Trouble::NotAllowed(
                "the text is longer than a note takes: finish this note and go on in another",
            ));
        }
        let edit = Edit::Splice {
            field: name.to_owned(),
            at,
            delete,
            insert: insert.to_owned(),
        };
        let n = open.journal.last().map_or(0, |last| last.n + 1);
        let entry = Entry::new(n, now, spent_ms, &edit);
        let doc = open.row.nr;
        if self.is_due(note, now) {
            // The change is as durable as the journal; where it fails, the desk forgets this key with it.
            self.opened(note)?.journal.push(entry);
            return self.change_on_beat(note, now);
        }
        self.store.write(|tx| journal::append(tx, doc, &entry))?;
        // Durable: now it counts.
        let open = self.opened(note)?;
        open.lengths.insert(name, after);
        open.journal.push(entry);
        open.last_key_at = now;
        if open.journal.len() >= MOST_KEYS {
            self.settle(note)?;
        }
        Ok(())
    }

    /// A pause since the last key ends its change before the next key begins another.
    fn pause(&mut self, note: DocumentId, now: i64) -> Result<(), Trouble> {
        let paused = self
            .desk
            .get(note)
            .is_some_and(|open| !open.journal.is_empty() && now - open.last_key_at >= PAUSE_MS);
        if paused { self.settle(note) } else { Ok(()) }
    }
}
