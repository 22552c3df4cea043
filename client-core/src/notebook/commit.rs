//! From edits to one Automerge change, and from a document to its row: snapshot, heads, list
//! columns, search and the journal's end, all in one transaction.

use std::collections::BTreeSet;

use automerge::transaction::CommitOptions;
use automerge::{ActorId, Automerge};
use notes::ids::DocumentId;
use notes::note::edit::Scalar;
use notes::note::{self, Edit, Plain};

use super::Notebook;
use super::desk::Open;
use super::gather;
use crate::store::docs::{self, DocRow, Face};
use crate::store::journal::{self, Entry};
use crate::store::{Db, aside, outgoing, search};
use crate::sync;
use crate::trouble::Trouble;

/// When a change is frozen for the server.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    /// With the change: a colleague waits for it.
    Now,
    /// With the next pass.
    Later,
}

/// What is written along with a change.
pub(super) type Also<'a> = &'a dyn Fn(&Db) -> Result<(), Trouble>;

/// What lists show of a document.
fn face_of(plain: &Plain) -> Face {
    let paths: Vec<&str> = plain.conflicts.iter().map(|c| c.path.as_str()).collect();
    Face {
        person_name: plain.text("person_name").map(str::to_owned),
        kind: plain.text("kind").map(str::to_owned),
        started_at: plain.time("started_at"),
        finished_at: plain.finished().map(|(at, _)| at),
        conflicts: paths.join("\n"),
    }
}

/// All that a person might look for.
fn words_of(plain: &Plain) -> String {
    let texts = plain.texts.values().map(String::as_str);
    let values = plain.text("person_name").into_iter();
    let records = plain.records.values().flat_map(|entry| entry.values());
    let entries = plain.entries.iter().filter(|(name, _)| **name != "workers");
    let entries = entries.flat_map(|(_, map)| map.values().flat_map(|entry| entry.values()));
    let lines = records.chain(entries).filter_map(note::plain::Value::text);
    texts.chain(values).chain(lines).collect::<Vec<_>>().join("\n")
}

/// Writes a document with everything that follows from it, and gives it as plain values. What cannot
/// be read by the table keeps the columns that it had.
pub(super) fn save(conn: &Db, row: &mut DocRow, doc: &Automerge) -> Result<Option<Plain>, Trouble> {
    row.heads = doc.get_heads();
    let plain = Plain::read(doc, row.template).ok();
    if let Some(plain) = &plain {
        row.face = face_of(plain);
        let named = plain.text("person").and_then(|id| id.parse().ok());
        row.person = named.or(row.person);
    }
    row.nr = docs::save(conn, row, &doc.save())?;
    if let Some(plain) = &plain {
        search::index(conn, row.nr, &words_of(plain))?;
        gather::keep(conn, row, plain)?;
    }
    Ok(plain)
}

/// Freezes what a document has not offered yet; gives how many bytes that is. The row is to be written then.
pub(super) fn freeze(
    conn: &Db,
    row: &mut DocRow,
    doc: &Automerge,
    mine: &BTreeSet<ActorId>,
    now: i64,
) -> Result<usize, Trouble> {
    let mut bytes = 0;
    for chunk in sync::chunks_to_offer(doc, &row.offered_heads, mine) {
        bytes += chunk.len();
        outgoing::freeze(conn, row.id, &chunk, now)?;
    }
    row.offered_heads = doc.get_heads();
    row.unoffered = false;
    Ok(bytes)
}

impl Notebook {
    /// The document on the desk, opened from the store where it is not there yet.
    pub(super) fn opened(&mut self, id: DocumentId) -> Result<&mut Open, Trouble> {
        if self.desk.get(id).is_none() {
            if let Some(oldest) = self.desk.crowded() {
                self.settle(oldest)?;
                drop(self.desk.take(oldest));
            }
            let row = docs::find(self.store.read(), id)?.ok_or(Trouble::NoNote)?;
            if row.gone {
                return Err(Trouble::NotAllowed("the note was removed by decision"));
            }
            let doc = note::load(&docs::snapshot(self.store.read(), row.nr)?)?;
            let device = self.device().map(|d| d.to_string());
            let plain = Plain::read(&doc, row.template).ok();
            let mut open = Open::new(row, doc, plain.as_ref(), device.as_deref())?;
            open.journal = journal::entries(self.store.read(), open.row.nr)?;
            self.desk.put(open);
        }
        self.desk.get(id).ok_or(Trouble::NoNote)
    }

    /// The same, for a person to see: what has left this phone's view is not there for them.
    pub(super) fn in_view(&mut self, id: DocumentId) -> Result<&mut Open, Trouble> {
        let open = self.opened(id)?;
        if open.row.hidden {
            Err(Trouble::NoNote)
        } else {
            Ok(open)
        }
    }

    /// Turns a document's journal into one change.
    pub(super) fn settle(&mut self, id: DocumentId) -> Result<(), Trouble> {
        self.settle_for(id, Offer::Later)
    }

    /// The same, and offers the change in the same transaction.
    pub(super) fn settle_and_offer(&mut self, id: DocumentId) -> Result<(), Trouble> {
        self.settle_for(id, Offer::Now)
    }

    fn settle_for(&mut self, id: DocumentId, offer: Offer) -> Result<(), Trouble> {
        if self.opened(id)?.journal.is_empty() {
            return Ok(());
        }
        self.write_change(id, &[], &|_| Ok(()), offer)
    }

    /// Turns every journal into a change.
    pub(super) fn settle_all(&mut self) -> Result<(), Trouble> {
        for id in self.desk.typed() {
            self.settle(id)?;
        }
        Ok(())
    }

    /// Settles the journal, then makes the edits as one change of their own.
    pub(super) fn change(&mut self, id: DocumentId, edits: &[Edit]) -> Result<(), Trouble> {
        self.change_with(id, edits, &|_| Ok(()))
    }

    /// The same, and writes something else in the same transaction.
    pub(super) fn change_with(
        &mut self,
        id: DocumentId,
        edits: &[Edit],
        also: Also<'_>,
    ) -> Result<(), Trouble> {
        self.settle_all()?;
        self.write_change(id, edits, also, Offer::Later)
    }

    /// Makes one change of the journal, or of the edits where the journal is empty, and writes it. On
    /// any failure the store is as it was.
    fn write_change(
        &mut self,
        id: DocumentId,
        edits: &[Edit],
        also: Also<'_>,
        offer: Offer,
    ) -> Result<(), Trouble> {
        let now = self.now();
        let actor = ActorId::from(&self.actor.0[..]);
        let device = self.device().map(|d| d.to_string());
        self.opened(id)?;
        // From here the copy in memory counts only once the store has it.
        let mut open = self.desk.take(id).ok_or(Trouble::NoNote)?;
        let unreplayed = if open.journal.is_empty() {
            if let Err(refused) = make(&mut open, edits, &actor, now) {
                self.desk.put(open);
                return Err(refused);
            }
            Vec::new()
        } else {
            replay(&mut open, &actor, now, device.as_deref())
        };
        open.row.unoffered = true;
        let Self { store, mine, .. } = self;
        let plain = store.write(|tx| {
            if offer == Offer::Now && open.row.is_offered() {
                freeze(tx, &mut open.row, &open.doc, mine, now)?;
            }
            let plain = save(tx, &mut open.row, &open.doc)?;
            also(tx)?;
            for entry in &unreplayed {
                aside::keep(tx, id, now, "journal", &entry.edit)?;
            }
            journal::clear(tx, open.row.nr)?;
            Ok(plain)
        })?;
        let fresh = Open::new(open.row, open.doc, plain.as_ref(), device.as_deref())?;
        self.desk.put(fresh);
        Ok(())
    }
}

/// All of the edits, or none.
fn make(open: &mut Open, edits: &[Edit], actor: &ActorId, now: i64) -> Result<(), Trouble> {
    open.doc.set_actor(actor.clone());
    let mut tx = open.doc.transaction();
    for edit in edits {
        if let Err(refused) = edit.apply(&mut tx, open.row.template) {
            tx.rollback();
            return Err(refused.into());
        }
    }
    tx.commit_with(CommitOptions::default().with_time(now));
    Ok(())
}

/// The journal as one change; gives the entries that cannot be made any more. They were acknowledged,
/// so they are kept, and they do not stop the others.
fn replay(open: &mut Open, actor: &ActorId, now: i64, device: Option<&str>) -> Vec<Entry> {
    let mut spent_ms = 0u64;
    let mut lost = Vec::new();
    open.doc.set_actor(actor.clone());
    let mut tx = open.doc.transaction();
    for (edit, entries) in runs(std::mem::take(&mut open.journal)) {
        let made = edit.is_some_and(|edit| edit.apply(&mut tx, open.row.template).is_ok());
        for entry in entries {
            // Of a run that cannot be made as a whole each key is tried by itself.
            let mut alone = |key: Edit| key.apply(&mut tx, open.row.template).is_ok();
            if made || entry.read().is_some_and(&mut alone) {
                spent_ms = spent_ms.saturating_add(entry.spent_ms);
            } else {
                lost.push(entry);
            }
        }
    }
    if let Some(device) = device
        && spent_ms > 0
    {
        let counter = Edit::Put {
            path: format!("recording_ms.{device}"),
            value: Some(Scalar::Count(open.recorded_ms.saturating_add(spent_ms))),
        };
        // A person's page has no such counter.
        drop(counter.apply(&mut tx, open.row.template));
    }
    tx.commit_with(CommitOptions::default().with_time(now));
    lost
}

/// The journal as runs of typing, each with the entries that it is made of; no edit where one cannot be read.
fn runs(journal: Vec<Entry>) -> Vec<(Option<Edit>, Vec<Entry>)> {
    let mut runs: Vec<(Option<Edit>, Vec<Entry>)> = Vec::new();
    for entry in journal {
        let edit = entry.read();
        if let (Some((Some(run), entries)), Some(key)) = (runs.last_mut(), &edit)
            && run.run_on(key)
        {
            entries.push(entry);
        } else {
            runs.push((edit, vec![entry]));
        }
    }
    runs
}
