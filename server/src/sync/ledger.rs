//! The ledger of one document's history, for the judge: each chunk is parsed by itself, and let in
//! only where every change follows on. Whether what the changes do is allowed is asked elsewhere.

use std::collections::HashMap;

use automerge::{ActorId, Automerge, Change, ChangeHash};
use notes::gate::{self, Course, Said};
use notes::note::{self, Template, genesis};
use notes::problem::Code;

use super::past::{Known, Past};

/// A chunk that was read.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) changes: Vec<Change>,
    /// The chunk's own document, which a first push can be published as without any more work.
    pub(super) whole: Option<Automerge>,
    /// How often its history wrote under `finished`, where the chunk is the whole history.
    pub(super) closings: Option<u64>,
    /// How its history came to be, where it is whole and runs straight.
    pub(super) course: Option<Course>,
    /// What its texts say, where it is whole.
    pub(super) said: Vec<Said>,
    /// In what objects of the document it writes.
    pub(super) places: Vec<gate::Place>,
}

/// Parses a chunk. `lone`: nothing else is judged with it, so its document can be used as it is.
pub(super) fn parse(chunk: &[u8], lone: bool) -> Result<Parsed, Code> {
    // Counted again: an entry may stand in the log from before a limit was tightened.
    let limits = gate::Limits::default();
    let counted = if lone {
        gate::count_and_read(chunk, &limits)
    } else {
        gate::count(chunk, &limits).map(|counted| (counted, Vec::new()))
    };
    let (counted, said) = counted.map_err(|r| r.code().parse().unwrap_or(Code::ChunkMalformed))?;
    match counted.kind {
        gate::Kind::Change => {
            let change = Change::from_bytes(chunk.to_vec()).map_err(|_| Code::ChunkMalformed)?;
            Ok(Parsed {
                changes: vec![change],
                whole: None,
                closings: None,
                course: None,
                said: Vec::new(),
                places: counted.places,
            })
        }
        gate::Kind::Document => {
            let doc = note::load(chunk).map_err(|_| Code::ChunkMalformed)?;
            let (changes, whole) = if lone {
                (Vec::new(), Some(doc))
            } else {
                (doc.get_changes(&[]), None)
            };
            Ok(Parsed {
                changes,
                whole,
                closings: counted.closings,
                course: counted.course,
                said,
                places: Vec::new(),
            })
        }
    }
}

/// What the ledger says of a chunk.
pub(super) enum Admission {
    /// In, with the changes that are new.
    In(Vec<ChangeHash>),
    /// In, and all of the document there is.
    Whole,
    /// Something that it builds on is not there.
    Missing,
    /// It cannot be what it says.
    Wrong(Code),
}

/// One change as the ledger needs it, from a document's index or from the change itself.
struct Line<'a> {
    hash: ChangeHash,
    actor: &'a ActorId,
    seq: u64,
    start_op: u64,
    max_op: u64,
    deps: &'a [ChangeHash],
    /// None in a document chunk, which is whole by itself; Automerge has checked it while loading.
    change: Option<&'a Change>,
}

/// An actor's last change.
#[derive(Clone, Copy)]
struct Last {
    seq: u64,
    hash: ChangeHash,
}

/// What is known of the document's history so far: each actor's last change, and which came before which.
pub(super) struct Ledger {
    template: Template,
    last: HashMap<ActorId, Last>,
    past: Past,
    /// Who wrote, in order of first appearance.
    writers: Vec<ActorId>,
    last_start: u64,
}

impl Ledger {
    pub(super) fn new(base: Option<&Automerge>, template: Template) -> Self {
        let mut last: HashMap<ActorId, Last> = HashMap::new();
        let mut past = Past::default();
        let mut writers = Vec::new();
        let mut last_start = 0;
        for meta in base.map(|doc| doc.get_changes_meta(&[])).into_iter().flatten() {
            let (seq, hash) = (meta.seq, meta.hash);
            let actor = meta.actor.into_owned();
            if let Some(before) = last.get_mut(&actor) {
                if seq > before.seq {
                    *before = Last { seq, hash };
                }
            } else {
                writers.push(actor.clone());
                last.insert(actor.clone(), Last { seq, hash });
            }
            last_start = meta.start_op.max(last_start);
            let (start_op, max_op, deps) = (meta.start_op, meta.max_op, meta.deps);
            past.insert(
                hash,
                Known {
                    actor,
                    start_op,
                    max_op,
                    deps,
                },
            );
        }
        Self {
            template,
            last,
            past,
            writers,
            last_start,
        }
    }

    /// The actors of all that was let in, in order of first appearance.
    pub(super) fn into_writers(self) -> Vec<ActorId> {
        self.writers
    }

    /// The largest `start_op` of all changes; not smaller, at least.
    pub(super) const fn last_start(&self) -> u64 {
        self.last_start
    }

    /// A whole history that runs straight: the gate has seen all that would be asked of each change but the one
    /// with which it begins.
    fn admit_course(&mut self, parsed: &Parsed) -> Option<()> {
        let (doc, course) = (parsed.whole.as_ref()?, parsed.course.as_ref()?);
        let mut schema = course
            .writers
            .iter()
            .filter(|(actor, _)| genesis::is_genesis(actor));
        let begins = matches!((schema.next(), schema.next()), (Some((_, 1)), None));
        // It depends on nothing, and in a straight history only the first change may.
        doc.get_change_meta_by_hash(&genesis::hash(self.template))
            .filter(|_| begins && self.past.is_empty())?;
        let writers = course.writers.iter().map(|(actor, _)| ActorId::from(&actor[..]));
        self.writers = writers.collect();
        self.last_start = course.last_start;
        Some(())
    }

    /// Lets a whole chunk in, or nothing of it.
    pub(super) fn admit(&mut self, parsed: &Parsed) -> Admission {
        if self.admit_course(parsed).is_some() {
            return Admission::Whole;
        }
        let metas = parsed
            .whole
            .as_ref()
            .map(|doc| doc.get_changes_meta(&[]))
            .unwrap_or_default();
        let from_index = metas.iter().map(|m| Line {
            hash: m.hash,
            actor: m.actor.as_ref(),
            seq: m.seq,
            start_op: m.start_op,
            max_op: m.max_op,
            deps: &m.deps,
            change: None,
        });
        let from_changes = parsed.changes.iter().map(|c| Line {
            hash: c.hash(),
            actor: c.actor_id(),
            seq: c.seq(),
            start_op: c.start_op().get(),
            max_op: c.max_op(),
            deps: c.deps(),
            change: Some(c),
        });
        let mut entered = Vec::new();
        for line in from_index.chain(from_changes) {
            if self.past.get(&line.hash).is_some() {
                continue;
            }
            let refused = match self.check(&line) {
                Ok(true) => None,
                Ok(false) => Some(Admission::Missing),
                Err(code) => Some(Admission::Wrong(code)),
            };
            if let Some(refused) = refused {
                self.forget(entered);
                return refused;
            }
            let (seq, hash) = (line.seq, line.hash);
            let known = Known {
                actor: line.actor.clone(),
                start_op: line.start_op,
                max_op: line.max_op,
                deps: line.deps.to_vec(),
            };
            self.past.insert(hash, known);
            self.last_start = line.start_op.max(self.last_start);
            let before = self.last.insert(line.actor.clone(), Last { seq, hash });
            if before.is_none() {
                self.writers.push(line.actor.clone());
            }
            entered.push((line.hash, line.actor, before));
        }
        Admission::In(entered.into_iter().map(|(hash, _, _)| hash).collect())
    }

    fn forget(&mut self, entered: Vec<(ChangeHash, &ActorId, Option<Last>)>) {
        if entered.is_empty() {
            return;
        }
        self.past.remove(entered.iter().map(|(hash, _, _)| *hash));
        for (_, actor, before) in entered.into_iter().rev() {
            if let Some(before) = before {
                self.last.insert(actor.clone(), before);
            } else {
                self.last.remove(actor);
                self.writers.pop();
            }
        }
    }

    /// True where the change may follow what is there; false where a dependency is missing.
    fn check(&mut self, line: &Line<'_>) -> Result<bool, Code> {
        let schema = genesis::is_genesis(line.actor.to_bytes());
        if schema && line.hash != genesis::hash(self.template) {
            return Err(Code::GenesisForged);
        }
        if !schema && line.deps.is_empty() {
            return Err(Code::GenesisForged);
        }
        let mut largest = 0;
        for dep in line.deps {
            match self.past.get(dep) {
                Some(known) => largest = largest.max(known.max_op),
                None => return Ok(false),
            }
        }
        let others = line.change.map_or(&[][..], Change::other_actor_ids);
        if others.iter().any(|other| !self.last.contains_key(other)) {
            return Err(Code::ChunkMalformed);
        }
        let last = self.last.get(line.actor).copied();
        let next = last.map_or(0, |last| last.seq) + 1;
        if line.seq < next {
            return Err(Code::SeqTaken);
        }
        if line.seq > next {
            return Err(Code::SeqGap);
        }
        if line.start_op != largest + 1 {
            return Err(Code::StartOpWrong);
        }
        if last.is_some_and(|last| !self.past.builds_on(line.deps, last.hash)) {
            return Err(Code::SeqGap);
        }
        if line.change.is_some_and(|change| !self.past.has_seen_all(change)) {
            return Err(Code::SeqGap);
        }
        Ok(true)
    }
}
