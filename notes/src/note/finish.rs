//! The rules after finishing. A finished note is closed: only addenda, private marks and flags,
//! and an admin's decision may follow. A phone refuses the rest; what reaches the server all the
//! same is judged here, by what each change really touches and by where it stands in history.

use std::collections::{HashMap, HashSet};

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{
    ActorId, Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as AmValue,
};

use super::fields::{MARKS, Template};
use super::plain::{Unreadable, finishes};

/// Changes after a finish that touch more than they may, by hash.
pub type Violations = Vec<ChangeHash>;

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

/// Finds the fresh changes that change a finished note in a way that is not allowed.
///
/// # Errors
/// Where `finished` itself is not readable.
pub fn violations(doc: &Automerge, new: &Newcomers<'_>) -> Result<Violations, Unreadable> {
    let finishers: HashSet<ChangeHash> = finishes(doc)?
        .iter()
        .filter_map(|id| doc.hash_for_opid(id))
        .collect();
    // An edit made before any finish was known is free; so is the common case, a note whose finish
    // is its last change.
    if finishers.is_empty() {
        return Ok(Vec::new());
    }
    let mut after: HashSet<ChangeHash> = HashSet::new();
    let mut suspects = Vec::new();
    for meta in doc.get_changes_meta(&[]) {
        let later = meta
            .deps
            .iter()
            .any(|dep| finishers.contains(dep) || after.contains(dep));
        if later {
            after.insert(meta.hash);
        }
        let knew = new.knew.contains(&meta.hash) && !finishers.contains(&meta.hash);
        if (later || knew) && new.fresh.contains(&meta.hash) && !(new.desk)(&meta.actor) {
            suspects.push(meta.hash);
        }
    }
    if suspects.is_empty() {
        return Ok(Vec::new());
    }
    let places = Places::of(doc)?;
    let allowed = |hash: &ChangeHash| {
        doc.get_change_by_hash(hash)
            .is_some_and(|change| places.all_allowed(change.decode().operations.as_slice(), &change))
    };
    Ok(suspects.into_iter().filter(|hash| !allowed(hash)).collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Addenda,
    Addendum,
    Entry,
}

/// Where each object of the document stands, for the few that may still be touched.
struct Places(HashMap<(u64, ActorId), Place>);

impl Places {
    fn of(doc: &Automerge) -> Result<Self, Unreadable> {
        let mut places = HashMap::new();
        let mut note = |id: &ObjId, place| {
            if let ObjId::Id(counter, actor, _) = id {
                places.insert((*counter, actor.clone()), place);
            }
        };
        for field in Template::Note.fields() {
            match doc.get(ROOT, field.name)? {
                Some((AmValue::Object(ObjType::Text), id)) => note(&id, Place::Text),
                Some((AmValue::Object(ObjType::Map), id)) => {
                    let addenda = field.name == "addenda";
                    if addenda {
                        note(&id, Place::Addenda);
                    }
                    for item in doc.map_range(&id, ..) {
                        note(&item.id(), if addenda { Place::Addendum } else { Place::Entry });
                    }
                }
                _ => {}
            }
        }
        Ok(Self(places))
    }

    fn all_allowed(&self, ops: &[Op], change: &automerge::Change) -> bool {
        // Addenda that this very change begins may be filled in; older ones are closed.
        let start = change.start_op().get();
        let own = |counter: u64, actor: &ActorId| actor == change.actor_id() && counter >= start;
        ops.iter().all(|op| {
            let ObjectId::Id(id) = &op.obj else { return false };
            match self.0.get(&(id.counter(), id.actor().clone())) {
                Some(Place::Text) => is_private_mark(&op.action),
                Some(Place::Addenda) => matches!(op.action, OpType::Make(ObjType::Map)) && op.pred.is_empty(),
                Some(Place::Addendum) if own(id.counter(), id.actor()) => {
                    matches!(op.action, OpType::Put(_))
                }
                Some(Place::Addendum | Place::Entry) => is_private_flag(op),
                None => false,
            }
        })
    }
}

fn is_private_mark(action: &OpType) -> bool {
    match action {
        OpType::MarkBegin(mark) => {
            MARKS.contains(&mark.name.as_str()) && mark.value == ScalarValue::Boolean(true)
        }
        OpType::MarkEnd(_) => true,
        _ => false,
    }
}

fn is_private_flag(op: &Op) -> bool {
    let on_private = matches!(&op.key, Key::Map(key) if key == "private");
    let adds = matches!(&op.action, OpType::Put(ScalarValue::Str(word)) if MARKS.contains(&word.as_str()));
    on_private && adds
}
