//! Who knew what: of each change of one document, what came before it. A phone that gets changes one at a time must
//! be able to take each of them when all that it depends on is there. Automerge panics over one that names a letter
//! which it does not depend on and which has not come.

use std::collections::{BinaryHeap, HashMap, HashSet};

use automerge::legacy::{ElementId, Key, ObjectId, OpId};
use automerge::{ActorId, Change, ChangeHash};
use notes::note::genesis;

/// How many changes are looked at, in all of one round. Who writes together with others looks back over what they
/// wrote since, which comes to a few steps for each change.
const MOST_STEPS: usize = 1_000_000;

/// A change that is there.
pub(super) struct Known {
    pub(super) actor: ActorId,
    pub(super) start_op: u64,
    pub(super) max_op: u64,
    pub(super) deps: Vec<ChangeHash>,
}

/// For each actor the largest counter of theirs that somebody had seen.
type Seen = HashMap<ActorId, u64>;

/// All changes that are there, and which came before which.
#[derive(Default)]
pub(super) struct Past {
    known: HashMap<ChangeHash, Known>,
    /// Those on which nothing builds.
    heads: HashSet<ChangeHash>,
    /// Each actor's largest counter.
    largest: Seen,
    steps: usize,
    /// For each actor, what their last change had seen, where that was asked: not less, and perhaps more.
    seen: HashMap<ActorId, Seen>,
}

impl Past {
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn get(&self, hash: &ChangeHash) -> Option<&Known> {
        self.known.get(hash)
    }

    /// Takes a change in, all of whose dependencies are here.
    pub(super) fn insert(&mut self, hash: ChangeHash, known: Known) {
        for dep in &known.deps {
            self.heads.remove(dep);
        }
        self.heads.insert(hash);
        raise(&mut self.largest, &known.actor, known.max_op);
        self.known.insert(hash, known);
    }

    /// Takes changes out again, on which nothing builds that stays.
    pub(super) fn remove(&mut self, hashes: impl Iterator<Item = ChangeHash>) {
        for hash in hashes {
            self.known.remove(&hash);
        }
        self.heads = self.known.keys().copied().collect();
        self.largest.clear();
        for known in self.known.values() {
            raise(&mut self.largest, &known.actor, known.max_op);
            for dep in &known.deps {
                self.heads.remove(dep);
            }
        }
        self.seen.clear();
    }

    /// Whether a change with these dependencies comes after another. Nobody writes beside their own last change,
    /// and Automerge panics over who does when it sorts the two the wrong way round.
    pub(super) fn builds_on(&mut self, deps: &[ChangeHash], earlier: ChangeHash) -> bool {
        if deps.contains(&earlier) {
            return true;
        }
        let floor = self.known.get(&earlier).map_or(0, |known| known.max_op);
        let mut seen: HashSet<ChangeHash> = deps.iter().copied().collect();
        let mut open = deps.to_vec();
        while let Some(known) = open.pop().and_then(|hash| self.known.get(&hash)) {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return false;
            }
            // What ends before the other does cannot come after it.
            if known.max_op < floor {
                continue;
            }
            if known.deps.contains(&earlier) {
                return true;
            }
            let fresh = known.deps.iter().filter(|dep| seen.insert(**dep));
            open.extend(fresh);
        }
        false
    }

    /// Whether a change names only what its author had seen. Each change here builds on its own author's last one,
    /// and so must this.
    pub(super) fn has_seen_all(&mut self, change: &Change) -> bool {
        let author = change.actor_id();
        let stranger = |actor: &ActorId| actor != author && !genesis::is_genesis(actor.to_bytes());
        if !change.other_actor_ids().iter().any(stranger) {
            return true;
        }
        let mut named = Seen::new();
        for OpId(counter, actor) in names(change).filter(|id| stranger(&id.1)) {
            raise(&mut named, &actor, counter);
        }
        let within = |seen: &Seen| {
            let seen = |actor| seen.get(actor).copied().unwrap_or(0);
            named.iter().all(|(actor, counter)| *counter <= seen(actor))
        };
        if self.seen.get(author).is_some_and(within) {
            return true;
        }
        let Some(beside) = self.beside(change.deps()) else {
            return false;
        };
        let mut seen = self.largest.clone();
        for (actor, first) in beside {
            seen.insert(actor, first.saturating_sub(1));
        }
        let right = within(&seen);
        self.seen.insert(author.clone(), seen);
        right
    }

    /// What a change with these dependencies has not seen: for each actor the first counter of it. None where there
    /// is too much to look at.
    fn beside(&mut self, deps: &[ChangeHash]) -> Option<Seen> {
        let mut first = Seen::new();
        if self.heads.iter().all(|head| deps.contains(head)) {
            return Some(first);
        }
        // From the newest to the oldest, until none is left that was not seen. True: it was.
        let mut colours: HashMap<ChangeHash, bool> = self.heads.iter().map(|head| (*head, false)).collect();
        colours.extend(deps.iter().map(|dep| (*dep, true)));
        let height = |hash: &ChangeHash| self.known.get(hash).map_or(0, |known| known.max_op);
        let mut open: BinaryHeap<(u64, ChangeHash)> =
            colours.keys().map(|hash| (height(hash), *hash)).collect();
        let not_seen = colours.iter().filter(|(_, seen)| !**seen);
        let mut floor = not_seen.map(|(hash, _)| height(hash)).min().unwrap_or(u64::MAX);
        while let Some((_, hash)) = open.pop().filter(|(top, _)| *top >= floor) {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return None;
            }
            let seen = colours.get(&hash).copied().unwrap_or(true);
            for dep in self.known.get(&hash).iter().flat_map(|known| &known.deps) {
                let before = colours.get(dep).copied();
                // Empty changes are as high as what they build on: one of those may have been passed already.
                if before.is_none() || (seen && before == Some(false)) {
                    colours.insert(*dep, seen);
                    open.push((height(dep), *dep));
                    if !seen {
                        floor = floor.min(height(dep));
                    }
                }
            }
        }
        for known in colours
            .iter()
            .filter(|(_, seen)| !**seen)
            .filter_map(|(hash, _)| self.known.get(hash))
        {
            let counter = first.entry(known.actor.clone()).or_insert(known.start_op);
            *counter = known.start_op.min(*counter);
        }
        Some(first)
    }
}

fn raise(counters: &mut Seen, actor: &ActorId, counter: u64) {
    if let Some(largest) = counters.get_mut(actor) {
        *largest = counter.max(*largest);
    } else {
        counters.insert(actor.clone(), counter);
    }
}

/// All operations that a change names: the objects and places that it writes in, and what it replaces.
fn names(change: &Change) -> impl Iterator<Item = OpId> {
    change.decode().operations.into_iter().flat_map(|op| {
        let object = match op.obj {
            ObjectId::Root => None,
            ObjectId::Id(id) => Some(id),
        };
        let place = match op.key {
            Key::Seq(ElementId::Id(id)) => Some(id),
            Key::Seq(ElementId::Head) | Key::Map(_) => None,
        };
        let replaced: Vec<OpId> = op.pred.iter().cloned().collect();
        object.into_iter().chain(place).chain(replaced)
    })
}
