//! A small change, as typing makes them twenty times a second: whether each object, letter and value that it names
//! is where it says. Then the document is as sound with it as it was before, and need not be saved and loaded to see
//! that; to load takes as long as the note has history.
//!
//! Whatever is not plainly so (marks, new entries, one letter taken out twice) is left to the long way.

use std::collections::{HashMap, HashSet};

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc as _, ScalarValue};

/// More operations at once are no typing.
const MOST_OPERATIONS: usize = 128;

/// Whether all that these changes name is there, in the document or in what their author made before. They are
/// given in the order in which each builds on the other.
pub(super) fn fits<'a>(base: &Automerge, changes: impl Iterator<Item = &'a Change>) -> bool {
    let mut look = Look {
        base,
        letters: HashMap::new(),
        gone: HashSet::new(),
        values: HashMap::new(),
        read: HashMap::new(),
    };
    let mut left = MOST_OPERATIONS;
    for change in changes {
        let Some(rest) = left.checked_sub(change.len()) else {
            return false;
        };
        left = rest;
        let change = change.decode();
        let ids = (change.start_op.get()..).map(|counter| OpId(counter, change.actor_id.clone()));
        if !ids.zip(&change.operations).all(|(id, op)| look.takes(id, op)) {
            return false;
        }
    }
    true
}

struct Look<'a> {
    base: &'a Automerge,
    /// Letters that these changes made, each with its text.
    letters: HashMap<OpId, ObjectId>,
    /// Letters that they took out.
    gone: HashSet<OpId>,
    /// What they wrote last under a key.
    values: HashMap<(ObjectId, String), OpId>,
    /// Changes of the document in which a letter was looked up: their first counters, and what they did.
    read: HashMap<ChangeHash, (u64, Vec<Op>)>,
}

impl Look<'_> {
    fn takes(&mut self, id: OpId, op: &Op) -> bool {
        let replaced: Vec<&OpId> = op.pred.iter().collect();
        let object = match &op.obj {
            ObjectId::Root => ROOT,
            ObjectId::Id(made) => exid(made),
        };
        match (self.base.object_type(&object), &op.key, &op.action) {
            (Ok(ObjType::Text), Key::Seq(place), OpType::Put(ScalarValue::Str(_))) if op.insert => {
                let stands = match place {
                    ElementId::Head => true,
                    ElementId::Id(letter) => self.is_letter(letter, op, &id.1),
                };
                self.letters.insert(id, op.obj.clone());
                stands && replaced.is_empty()
            }
            (Ok(ObjType::Text), Key::Seq(ElementId::Id(letter)), OpType::Delete) if !op.insert => {
                replaced == [letter] && self.is_letter(letter, op, &id.1) && self.gone.insert(letter.clone())
            }
            (Ok(ObjType::Map), Key::Map(key), OpType::Put(value)) if !op.insert => {
                let place = (op.obj.clone(), key.to_string());
                let stands = match self.values.get(&place) {
                    Some(mine) => mine.1 == id.1 && replaced == [mine],
                    None => self.are_values(&object, key, &replaced),
                };
                self.values.insert(place, id);
                stands && !matches!(value, ScalarValue::Counter(_))
            }
            _ => false,
        }
    }

    /// Whether a letter stands in the text in which an operation writes, be it taken out since.
    fn is_letter(&mut self, letter: &OpId, op: &Op, author: &ActorId) -> bool {
        if let Some(object) = self.letters.get(letter) {
            return letter.1 == *author && *object == op.obj;
        }
        let Some(hash) = self.base.hash_for_opid(&exid(letter)) else {
            return false;
        };
        let (start, ops) = self.read.entry(hash).or_insert_with(|| {
            let change = self.base.get_change_by_hash(&hash).map(|change| change.decode());
            change.map_or((0, Vec::new()), |change| {
                (change.start_op.get(), change.operations)
            })
        });
        let number = letter.0.checked_sub(*start);
        let number = number.and_then(|number| usize::try_from(number).ok());
        let made = number.and_then(|number| ops.get(number));
        made.is_some_and(|made| made.insert && made.obj == op.obj && matches!(made.action, OpType::Put(_)))
    }

    /// Whether all these are values under one key now.
    fn are_values(&self, object: &ObjId, key: &str, ids: &[&OpId]) -> bool {
        let Ok(there) = self.base.get_all(object, key) else {
            return false;
        };
        ids.iter()
            .all(|id| there.iter().any(|(_, known)| *known == exid(id)))
    }
}

fn exid(id: &OpId) -> ObjId {
    // The last part is a hint where to look.
    ObjId::Id(id.0, id.1.clone(), 0)
}
