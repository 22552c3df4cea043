//! What the gate leaves to the judge, who knows the document: a change's author, number and start follow on,
//! every actor, object, element and operation that it names is there, and marks are in texts.
//!
//! A model for tests: behind the gate and these rules, nothing may make Automerge panic or wedge a document.

use std::collections::{HashMap, HashSet};

use automerge::legacy::{Key, ObjectId, OpId, OpType};
use automerge::{ActorId, Change, ExpandedChange, ObjType};

use crate::gate::Counted;

#[derive(Default)]
pub(super) struct Judge {
    objects: HashMap<ObjectId, ObjType>,
    slots: HashMap<OpId, (ObjectId, Key)>,
    actors: HashSet<ActorId>,
    seqs: HashMap<ActorId, u64>,
    max_op: u64,
}

impl Judge {
    /// Knows a document by its changes, each of which an honest phone made.
    pub(super) fn new(changes: &[Change]) -> Self {
        let mut judge = Self {
            objects: [(ObjectId::Root, ObjType::Map)].into(),
            ..Self::default()
        };
        for change in changes {
            judge.actors.insert(change.actor_id().clone());
            judge.seqs.insert(change.actor_id().clone(), change.seq());
            judge.max_op = judge.max_op.max(change.max_op());
            assert!(
                judge.operations(&change.decode()),
                "an honest change names what is there"
            );
        }
        judge
    }

    /// Whether a change that builds on the whole document may be applied to it.
    pub(super) fn lets_in(mut self, counted: &Counted, change: &Change) -> bool {
        let author = change.actor_id().clone();
        let next = self.seqs.get(&author).copied().unwrap_or(0) + 1;
        self.actors.insert(author);
        counted.seq == next
            && counted.start_op == self.max_op + 1
            && counted
                .actors
                .iter()
                .all(|actor| self.actors.contains(&ActorId::from(*actor)))
            && self.operations(&change.decode())
    }

    fn operations(&mut self, change: &ExpandedChange) -> bool {
        let ids = (change.start_op.get()..).map(|counter| OpId(counter, change.actor_id.clone()));
        change.operations.iter().zip(ids).all(|(op, id)| {
            let Some(&object) = self.objects.get(&op.obj) else {
                return false;
            };
            let slot = if op.insert {
                Key::from(id.clone())
            } else {
                op.key.clone()
            };
            let there = match op.key.to_opid() {
                Some(element) => self.slots.get(&element) == Some(&(op.obj.clone(), op.key.clone())),
                None => true,
            };
            let here = (op.obj.clone(), slot);
            let mark = matches!(op.action, OpType::MarkBegin(_) | OpType::MarkEnd(_));
            let fits = there
                && op.key.is_map_key() == (object == ObjType::Map)
                && (object == ObjType::Text || !mark)
                && op.pred.iter().all(|pred| self.slots.get(pred) == Some(&here));
            if let OpType::Make(made) = op.action {
                self.objects.insert(ObjectId::Id(id.clone()), made);
            }
            if op.action != OpType::Delete {
                self.slots.insert(id, here);
            }
            fits
        })
    }
}
