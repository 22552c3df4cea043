//! How pulled chunks join a document: each is counted by the gate, parsed by itself, and all that
//! is ready is applied at once. What misses a dependency waits. A change under this install's own
//! actor that it never made means that two phones write under one actor: a fork.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use automerge::{ActorId, Automerge, Change, ChangeHash};
use notes::gate::{self, Kind, Limits};
use notes::note::{self, Template, genesis};

/// A document after a pull.
#[derive(Debug)]
pub struct Absorbed {
    /// The document; as it was where the pull showed a fork.
    pub doc: Automerge,
    /// Chunks whose dependencies are missing.
    pub waiting: Vec<Vec<u8>>,
    /// Chunks that cannot be read or do not fit, with the reason; kept, never applied.
    pub refused: Vec<(Vec<u8>, &'static str)>,
    /// How many changes were new.
    pub fresh: usize,
    /// Somebody else has written under an actor of this install.
    pub forked: bool,
}

struct Incoming {
    changes: Vec<Change>,
    refused: Vec<(Vec<u8>, &'static str)>,
}

fn parse(chunk: &[u8]) -> Result<Vec<Change>, &'static str> {
    let counted = gate::count(chunk, &Limits::default()).map_err(|refusal| refusal.code())?;
    match counted.kind {
        Kind::Change => Change::from_bytes(chunk.to_vec())
            .map(|change| vec![change])
            .map_err(|_| "chunk_malformed"),
        Kind::Document => note::load(chunk)
            .map(|doc| doc.get_changes(&[]))
            .map_err(|_| "chunk_malformed"),
    }
}

fn read_all(doc: &Automerge, chunks: &[Vec<u8>]) -> Incoming {
    let mut incoming = Incoming {
        changes: Vec::new(),
        refused: Vec::new(),
    };
    let mut seen = HashSet::new();
    for chunk in chunks {
        match parse(chunk) {
            Ok(changes) => incoming.changes.extend(changes.into_iter().filter(|change| {
                doc.get_change_meta_by_hash(&change.hash()).is_none() && seen.insert(change.hash())
            })),
            Err(code) => incoming.refused.push((chunk.clone(), code)),
        }
    }
    incoming
}

/// Joins chunks to a document that this install holds (`None`: it has none yet). `current` is the
/// actor in use, `mine` every actor it has used.
#[must_use]
pub fn absorb(
    base: Option<Automerge>,
    template: Template,
    chunks: &[Vec<u8>],
    mine: &BTreeSet<ActorId>,
    current: &ActorId,
) -> Absorbed {
    if base.is_none()
        && let Some(absorbed) = whole(template, chunks, current)
    {
        return absorbed;
    }
    let was_here = base.is_some();
    let doc = base.unwrap_or_else(|| genesis::document(template));
    let incoming = read_all(&doc, chunks);
    let forked = incoming.changes.iter().any(|change| {
        let actor = change.actor_id();
        // Under the actor in use, whatever this phone did not write is another phone's. Under one it
        // used before it is so only where both wrote the same number.
        actor == current || (was_here && mine.contains(actor) && has_seq(&doc, change))
    });
    if forked && was_here {
        return Absorbed {
            doc,
            waiting: Vec::new(),
            refused: incoming.refused,
            fresh: 0,
            forked,
        };
    }
    let mut absorbed = apply(doc, incoming);
    absorbed.forked = forked;
    absorbed
}

/// A document of which nothing is here yet, and which comes whole, is taken as it is: so come most notes to a new phone.
fn whole(template: Template, chunks: &[Vec<u8>], current: &ActorId) -> Option<Absorbed> {
    let [chunk] = chunks else { return None };
    let counted = gate::count(chunk, &Limits::default()).ok()?;
    if counted.kind != Kind::Document {
        return None;
    }
    let doc = note::load(chunk).ok()?;
    doc.get_change_meta_by_hash(&genesis::hash(template))?;
    let changes = doc.get_changes_meta(&[]);
    let forked = changes.iter().any(|meta| *meta.actor == *current);
    let fresh = changes.len() - 1;
    (!forked).then_some(Absorbed {
        doc,
        waiting: Vec::new(),
        refused: Vec::new(),
        fresh,
        forked,
    })
}

/// Whether a document with these heads has all that chunks bring, as can be told without loading it.
#[must_use]
pub fn brings_nothing(chunks: &[Vec<u8>], here: &[ChangeHash]) -> bool {
    let here: BTreeSet<ChangeHash> = here.iter().copied().collect();
    let same =
        |chunk: &Vec<u8>| heads(chunk).is_some_and(|heads| !heads.is_empty() && heads.is_subset(&here));
    chunks.iter().all(same)
}

/// Whether a document has all that a chunk brings.
#[must_use]
pub fn holds(doc: &Automerge, chunk: &[u8]) -> bool {
    let known = |head: &ChangeHash| doc.get_change_meta_by_hash(head).is_some();
    heads(chunk).is_some_and(|heads| heads.iter().all(known))
}

/// The heads of what a chunk brings; none where it cannot be read.
pub(super) fn heads(chunk: &[u8]) -> Option<BTreeSet<ChangeHash>> {
    let counted = gate::count(chunk, &Limits::default()).ok()?;
    Some(counted.heads.into_iter().map(ChangeHash).collect())
}

/// The changes that a chunk brings; none where it cannot be read.
pub(super) fn brings(chunk: &[u8]) -> Vec<ChangeHash> {
    let changes = parse(chunk).unwrap_or_default();
    changes.iter().map(Change::hash).collect()
}

/// Builds a document from the server's chunks alone.
#[must_use]
pub fn rebuild(template: Template, chunks: &[Vec<u8>]) -> Absorbed {
    let doc = genesis::document(template);
    let incoming = read_all(&doc, chunks);
    apply(doc, incoming)
}

fn has_seq(doc: &Automerge, change: &Change) -> bool {
    let twin = |meta: &automerge::ChangeMetadata<'_>| {
        *meta.actor == *change.actor_id() && meta.seq == change.seq() && meta.hash != change.hash()
    };
    doc.get_changes_meta(&[]).iter().any(twin)
}

fn apply(doc: Automerge, incoming: Incoming) -> Absorbed {
    let (ready, waiting) = ready_first(&doc, incoming.changes);
    let waiting: Vec<Vec<u8>> = waiting.iter().map(|change| change.raw_bytes().to_vec()).collect();
    let mut refused = incoming.refused;
    let fresh = ready.len();
    let mut next = doc.clone();
    let (doc, fresh) = if next.apply_changes(ready.iter().cloned()).is_ok() {
        (next, fresh)
    } else {
        one_by_one(doc, ready, &mut refused)
    };
    Absorbed {
        doc,
        waiting,
        refused,
        fresh,
        forked: false,
    }
}

/// The slow way, where the whole was refused: what fits goes in, the rest is set aside.
fn one_by_one(
    mut doc: Automerge,
    ready: Vec<Change>,
    refused: &mut Vec<(Vec<u8>, &'static str)>,
) -> (Automerge, usize) {
    let mut fresh = 0;
    for change in ready {
        let fits = change
            .deps()
            .iter()
            .all(|dep| doc.get_change_meta_by_hash(dep).is_some());
        let mut next = doc.clone();
        let chunk = change.raw_bytes().to_vec();
        if fits && next.apply_changes([change]).is_ok() {
            doc = next;
            fresh += 1;
        } else {
            refused.push((chunk, "unprocessable"));
        }
    }
    (doc, fresh)
}

/// Sorts changes so that each comes after its dependencies; those that miss one are left over.
fn ready_first(doc: &Automerge, changes: Vec<Change>) -> (Vec<Change>, Vec<Change>) {
    let mut known: HashSet<ChangeHash> = HashSet::new();
    let mut ready = Vec::with_capacity(changes.len());
    // Sorted, so that what waits comes out in the same order each time.
    let mut blocked: BTreeMap<ChangeHash, Vec<Change>> = BTreeMap::new();
    let mut queue: Vec<Change> = changes.into_iter().rev().collect();
    while let Some(change) = queue.pop() {
        let missing = |dep: &&ChangeHash| !known.contains(*dep) && doc.get_change_meta_by_hash(dep).is_none();
        if let Some(dep) = change.deps().iter().find(missing).copied() {
            blocked.entry(dep).or_default().push(change);
            continue;
        }
        known.insert(change.hash());
        // Those that waited for this one are looked at again at once.
        queue.extend(blocked.remove(&change.hash()).into_iter().flatten().rev());
        ready.push(change);
    }
    (ready, blocked.into_values().flatten().collect())
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
