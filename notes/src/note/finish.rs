//! The rules after finishing. A finished note is closed: only addenda, private marks and flags,
//! and an admin's decision may follow. A phone refuses the rest; what reaches the server all the
//! same is judged here, by what each change really touches and by where it stands in history.
//!
//! Not for the document as a whole: what it may hold is [`super::plain`]'s to say.

use std::collections::{HashMap, HashSet};

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{
    ActorId, Automerge, Change, ChangeHash, ObjId, ObjType, Prop, ROOT, ReadDoc, ScalarValue,
    Value as AmValue,
};

use super::fields::{MARKS, Shape, Template};
use super::genesis;
use super::plain::Unreadable;

/// Changes after a finish that touch more than they may, by hash.
pub type Violations = Vec<ChangeHash>;

/// Entries that a colleague took out and this change still flags, at most. Finding one means a
/// search through the whole history; nobody flags more by hand.
const MAX_HIDDEN: usize = 100;

/// So many changes of a history sent at once may come behind its finish. By hand nobody adds more before the
/// first push; a person looks at the rest.
const MAX_BUSY: usize = 1_000;

/// What the judge must know beside the document.
pub struct Newcomers<'a> {
    /// The changes under judgement; the document holds them already.
    pub fresh: &'a HashSet<ChangeHash>,
    /// Fresh changes by a device that had already seen the finish: they count as later even where
    /// their dependencies do not say so.
    pub knew: &'a HashSet<ChangeHash>,
    /// Actors of decisions made at the desk.
    pub desk: &'a dyn Fn(&ActorId) -> bool,
}

/// Whether a whole history, sent at once by one who knew of no finish but those in it, holds to the rules.
/// `closings` is what it did under `finished` (as the gate counted), `last_start` the largest `start_op` of
/// its changes. The same as no [`violations`] with every change fresh, without a look at each change.
///
/// # Errors
/// Where Automerge cannot read its own document.
pub fn stands(doc: &Automerge, closings: u64, last_start: u64) -> Result<bool, Unreadable> {
    if closings == 0 {
        return Ok(true);
    }
    let finishes = doc.get_all(ROOT, "finished")?;
    // One that is not there any more was replaced or taken out by somebody who had seen it.
    if finishes.len() as u64 != closings {
        return Ok(false);
    }
    // What follows another change begins behind its last operation.
    if let [(_, ObjId::Id(counter, ..))] = finishes.as_slice()
        && last_start <= *counter
    {
        return Ok(true);
    }
    let finishing: Vec<ChangeHash> = finishes
        .iter()
        .filter_map(|(_, id)| doc.hash_for_opid(id))
        .collect();
    let mut behind: HashSet<ChangeHash> = finishing.iter().copied().collect();
    let mut busy = HashSet::new();
    for meta in doc.get_changes_meta(&[]) {
        if meta.deps.iter().any(|dep| behind.contains(dep)) {
            behind.insert(meta.hash);
            if meta.start_op <= meta.max_op {
                busy.insert(meta.hash);
            }
        }
    }
    if busy.is_empty() || busy.len() > MAX_BUSY {
        return Ok(busy.is_empty());
    }
    let mut places = Places::of(doc)?;
    for change in doc.get_changes(&finishing) {
        if busy.contains(&change.hash()) && !places.allow(&change, true)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Finds the fresh changes that change a finished note in a way that is not allowed. A change that
/// merely stands on one of them is not named: without it, it has no history to stand on.
///
/// # Errors
/// Where Automerge cannot read its own document.
pub fn violations(doc: &Automerge, new: &Newcomers<'_>) -> Result<Violations, Unreadable> {
    let mut suspects = Vec::new();
    // In one order, whatever the set's is. Each is looked up: of a long history few are new.
    let mut fresh: Vec<&ChangeHash> = new.fresh.iter().collect();
    fresh.sort_unstable();
    for meta in fresh
        .into_iter()
        .filter_map(|hash| doc.get_change_meta_by_hash(hash))
    {
        if (new.desk)(&meta.actor) {
            continue;
        }
        // Asked of what this very writer had seen, for a later change may have put another finish
        // over the first, or taken it out.
        let later = !doc.get_all_at(ROOT, "finished", &meta.deps)?.is_empty();
        if later || new.knew.contains(&meta.hash) {
            suspects.push((meta.hash, later));
        }
    }
    if suspects.is_empty() {
        return Ok(Vec::new());
    }
    let mut places = Places::of(doc)?;
    let mut found = Vec::new();
    for (hash, later) in suspects {
        let allowed = match doc.get_change_by_hash(&hash) {
            Some(change) => places.allow(&change, later)?,
            None => false,
        };
        if !allowed {
            found.push(hash);
        }
    }
    Ok(found)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Addenda,
    Entry,
    Elsewhere,
}

/// Where each object of the document stands, for the few that may still be touched.
struct Places<'a> {
    doc: &'a Automerge,
    known: HashMap<OpId, Place>,
    addenda: Option<ObjId>,
    hidden: usize,
}

impl<'a> Places<'a> {
    fn of(doc: &'a Automerge) -> Result<Self, Unreadable> {
        let mut places = Self {
            doc,
            known: HashMap::new(),
            addenda: None,
            hidden: 0,
        };
        for field in Template::Note.fields() {
            for (value, id) in doc.get_all(ROOT, field.name)? {
                if !genesis::made(&id) {
                    continue;
                }
                match (field.shape, value) {
                    (Shape::Text, AmValue::Object(ObjType::Text)) => places.note(&id, Place::Text),
                    (Shape::Entries(_), AmValue::Object(ObjType::Map)) => {
                        places.entries(&id)?;
                        if field.name == "addenda" {
                            places.note(&id, Place::Addenda);
                            places.addenda = Some(id);
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(places)
    }

    fn entries(&mut self, map: &ObjId) -> Result<(), Unreadable> {
        for key in self.doc.keys(map) {
            for (value, id) in self.doc.get_all(map, key)? {
                if value == AmValue::Object(ObjType::Map) {
                    self.note(&id, Place::Entry);
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, id: &ObjId, place: Place) {
        if let ObjId::Id(counter, actor, _) = id {
            self.known.insert(OpId::new(*counter, actor), place);
        }
    }

    fn find(&mut self, id: &OpId) -> Place {
        if let Some(place) = self.known.get(id) {
            return *place;
        }
        self.hidden += 1;
        let place = if self.hidden <= MAX_HIDDEN {
            self.search(id)
        } else {
            Place::Elsewhere
        };
        self.known.insert(id.clone(), place);
        place
    }

    /// An entry that a colleague took out meanwhile is still an entry.
    fn search(&self, id: &OpId) -> Place {
        let object = ObjId::Id(id.counter(), id.actor().clone(), 0);
        let (Ok(ObjType::Map), Ok(parents)) = (self.doc.object_type(&object), self.doc.parents(&object))
        else {
            return Place::Elsewhere;
        };
        match parents.path().as_slice() {
            [(ObjId::Root, Prop::Map(name)), (map, Prop::Map(_))] if genesis::made(map) => {
                match Template::Note.field(name).map(|field| field.shape) {
                    Some(Shape::Entries(_)) => Place::Entry,
                    _ => Place::Elsewhere,
                }
            }
            _ => Place::Elsewhere,
        }
    }

    /// Whether a change does only what may still be done. One that is not `later` but whose writer
    /// knew of the finish may also be a finish of its own: of two, the earliest counts.
    fn allow(&mut self, change: &Change, later: bool) -> Result<bool, Unreadable> {
        let mut own: HashSet<OpId> = HashSet::new();
        for (counter, op) in (change.start_op().get()..).zip(&change.decode().operations) {
            let begins = match &op.obj {
                ObjectId::Root => {
                    !later && begins(op) && matches!(&op.key, Key::Map(key) if key == "finished")
                }
                // What this very change begins may be filled in; older addenda are closed.
                ObjectId::Id(id) if own.contains(id) => {
                    if matches!(op.action, OpType::Put(_)) && !op.insert {
                        continue;
                    }
                    false
                }
                ObjectId::Id(id) => match self.find(id) {
                    Place::Text if is_private_mark(op) => continue,
                    Place::Entry if self.keeps_private(id, op, change.hash())? => continue,
                    Place::Addenda => begins(op) && self.is_free(op, change.deps())?,
                    _ => false,
                },
            };
            if !begins {
                return Ok(false);
            }
            own.insert(OpId::new(counter, change.actor_id()));
        }
        Ok(true)
    }

    /// A flag is set, or what takes one of two away leaves the other: so Automerge writes a choice
    /// between the flags of two phones.
    fn keeps_private(&self, id: &OpId, op: &Op, change: ChangeHash) -> Result<bool, Unreadable> {
        if op.insert || !matches!(&op.key, Key::Map(key) if key == "private") {
            return Ok(false);
        }
        match &op.action {
            OpType::Put(ScalarValue::Str(word)) => Ok(MARKS.contains(&word.as_str())),
            OpType::Delete => {
                let entry = ObjId::Id(id.counter(), id.actor().clone(), 0);
                Ok(!self.doc.get_all_at(&entry, "private", &[change])?.is_empty())
            }
            _ => Ok(false),
        }
    }

    /// An addendum under the key of one that its writer had seen would stand in its place.
    fn is_free(&self, op: &Op, deps: &[ChangeHash]) -> Result<bool, Unreadable> {
        let (Key::Map(key), Some(addenda)) = (&op.key, &self.addenda) else {
            return Ok(false);
        };
        Ok(self.doc.get_all_at(addenda, key.as_str(), deps)?.is_empty())
    }
}

fn begins(op: &Op) -> bool {
    matches!(op.action, OpType::Make(ObjType::Map)) && op.pred.is_empty() && !op.insert
}

/// A mark is put between letters; one that stands in for a letter would take it out.
fn is_private_mark(op: &Op) -> bool {
    let private = match &op.action {
        OpType::MarkBegin(mark) => {
            MARKS.contains(&mark.name.as_str()) && mark.value == ScalarValue::Boolean(true)
        }
        OpType::MarkEnd(_) => true,
        _ => false,
    };
    private && op.insert && op.pred.is_empty()
}
