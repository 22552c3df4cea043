//! Judging: what was accepted for one document, on scratch. Pure: a base and candidates in, a
//! finding for each candidate and the new document out. Each chunk is parsed by itself; the changes
//! that pass are applied all at once (one at a time costs ten times more).
//!
//! A candidate that must be held is set aside and the rest is judged again without it, so that one
//! bad chunk never blocks the others.

use std::collections::{HashMap, HashSet};

use automerge::{ActorId, Automerge, Change, ChangeHash};
use notes::gate;
use notes::note::finish::{self, Newcomers};
use notes::note::plain::Unreadable;
use notes::note::{self, Plain, Template, genesis};
use notes::problem::Code;

/// A chunk under judgement.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The chunk.
    pub chunk: Vec<u8>,
    /// The person that the push named, as text; none for a joined note.
    pub person: Option<String>,
    /// The device had seen the finish when it sent this.
    pub knew_finish: bool,
    /// A person decided to take it: the rules of rights and finishing do not hold it.
    pub overruled: bool,
    /// A decision made at the desk, written by the server itself.
    pub desk: bool,
}

/// What the judge finds of one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Publish it.
    Publish,
    /// It depends on something that has not arrived.
    Wait,
    /// A person must decide.
    Hold(Code),
}

/// The outcome for a document.
pub struct Judged {
    /// One for each candidate, in order.
    pub findings: Vec<Finding>,
    /// The document with all that is to be published; none where nothing is.
    pub outcome: Option<(Automerge, Plain)>,
}

/// Judges candidates against a document.
#[must_use]
pub fn judge(base: Option<&Automerge>, template: Template, candidates: &[Candidate]) -> Judged {
    let mut bench = Bench::new(base, template, candidates);
    loop {
        match bench.hearing() {
            Ok(outcome) => return bench.close(outcome),
            // Each round holds at least one candidate more, so this ends.
            Err(Objection { candidate, code }) => {
                if let Some(finding) = bench.fixed.get_mut(candidate) {
                    *finding = Some(Finding::Hold(code));
                }
            }
        }
    }
}

struct Objection {
    candidate: usize,
    code: Code,
}

struct Parsed {
    changes: Vec<Change>,
    /// The chunk's own document, which a first push can be published as without any more work.
    whole: Option<Automerge>,
}

struct Bench<'a> {
    base: Option<&'a Automerge>,
    template: Template,
    candidates: &'a [Candidate],
    parsed: Vec<Parsed>,
    /// Findings that stand whatever the others are.
    fixed: Vec<Option<Finding>>,
    /// Findings of this round.
    round: Vec<Finding>,
}

impl<'a> Bench<'a> {
    fn new(base: Option<&'a Automerge>, template: Template, candidates: &'a [Candidate]) -> Self {
        let lone = base.is_none() && candidates.len() == 1;
        let mut fixed = Vec::with_capacity(candidates.len());
        let mut parsed = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            match parse(&candidate.chunk, lone) {
                Ok(p) => {
                    fixed.push(None);
                    parsed.push(p);
                }
                Err(code) => {
                    fixed.push(Some(Finding::Hold(code)));
                    parsed.push(Parsed { changes: Vec::new(), whole: None });
                }
            }
        }
        let round = vec![Finding::Wait; candidates.len()];
        Self { base, template, candidates, parsed, fixed, round }
    }

    /// One round over all candidates that are not held yet.
    fn hearing(&mut self) -> Result<Option<(Automerge, Plain)>, Objection> {
        let fresh = self.admit()?;
        let admitted: Vec<usize> =
            (0..self.round.len()).filter(|i| self.round.get(*i) == Some(&Finding::Publish)).collect();
        if admitted.is_empty() {
            return Ok(None);
        }
        let doc = self.apply(&admitted)?;
        let plain = match Plain::read(&doc, self.template) {
            Ok(plain) => plain,
            Err(problem) => return Err(self.blame_reading(&admitted, &problem)),
        };
        if self.template == Template::Note {
            if plain.text("person").is_none() && plain.text("person_name").is_none() {
                // A colleague who joined was here before the one who began the note.
                self.round.fill(Finding::Wait);
                return Ok(None);
            }
            self.right_person(&admitted, &plain)?;
            self.after_finish(&doc, &admitted, &fresh)?;
        }
        Ok(Some((doc, plain)))
    }

    /// Lets in every candidate whose history is there, in the order in which they came; goes round
    /// until no more can be let in. Returns the fresh changes with the candidate of each.
    fn admit(&mut self) -> Result<HashMap<ChangeHash, usize>, Objection> {
        let mut ledger = Ledger::new(self.base, self.template);
        let mut fresh = HashMap::new();
        for (finding, fixed) in self.round.iter_mut().zip(&self.fixed) {
            *finding = fixed.unwrap_or(Finding::Wait);
        }
        loop {
            let mut progress = false;
            for index in 0..self.round.len() {
                if self.round.get(index) != Some(&Finding::Wait) || self.fixed.get(index) != Some(&None) {
                    continue;
                }
                let Some(parsed) = self.parsed.get(index) else { continue };
                match ledger.admit(parsed) {
                    Admission::Missing => {}
                    Admission::Wrong(code) => return Err(Objection { candidate: index, code }),
                    Admission::In(hashes) => {
                        fresh.extend(hashes.into_iter().map(|hash| (hash, index)));
                        if let Some(finding) = self.round.get_mut(index) {
                            *finding = Finding::Publish;
                        }
                        progress = true;
                    }
                }
            }
            if !progress {
                return Ok(fresh);
            }
        }
    }

    fn apply(&mut self, admitted: &[usize]) -> Result<Automerge, Objection> {
        if self.base.is_none()
            && let [only] = admitted
            && let Some(whole) = self.parsed.get_mut(*only).and_then(|p| p.whole.take())
        {
            return Ok(whole);
        }
        let changes: Vec<Change> = admitted
            .iter()
            .filter_map(|i| self.parsed.get(*i))
            .flat_map(|parsed| parsed.changes.iter().cloned())
            .collect();
        let mut doc = self.base.cloned().unwrap_or_else(note::empty);
        let sound = doc.apply_changes(changes).is_ok() && is_sound(&doc);
        if sound {
            return Ok(doc);
        }
        Err(self.blame(admitted, |doc| (!is_sound(doc)).then_some(Code::Unprocessable)))
    }

    /// Finds the first candidate with which things go wrong, applying them one by one.
    fn blame(&self, admitted: &[usize], wrong: impl Fn(&Automerge) -> Option<Code>) -> Objection {
        let mut doc = self.base.cloned().unwrap_or_else(note::empty);
        for index in admitted {
            let changes = self.parsed.get(*index).map(|p| p.changes.clone()).unwrap_or_default();
            let code = match doc.apply_changes(changes) {
                Ok(()) => wrong(&doc),
                Err(_) => Some(Code::Unprocessable),
            };
            if let Some(code) = code {
                return Objection { candidate: *index, code };
            }
        }
        let last = admitted.last().copied().unwrap_or(0);
        Objection { candidate: last, code: Code::Unprocessable }
    }

    fn blame_reading(&self, admitted: &[usize], problem: &Unreadable) -> Objection {
        if let [only] = admitted {
            return Objection { candidate: *only, code: reading_code(problem) };
        }
        self.blame(admitted, |doc| Plain::read(doc, self.template).err().map(|problem| reading_code(&problem)))
    }

    /// The person in the note must be the one that a push with the right to write for them named.
    fn right_person(&self, admitted: &[usize], plain: &Plain) -> Result<(), Objection> {
        use automerge::ReadDoc as _;
        let Some(person) = plain.text("person") else { return Ok(()) };
        let before = self.base.and_then(|doc| {
            let (value, _) = doc.get(automerge::ROOT, "person").ok()??;
            value.as_str().map(str::to_owned)
        });
        let each = || admitted.iter().filter_map(|i| Some((*i, self.candidates.get(*i)?)));
        if each().any(|(_, c)| c.desk || c.overruled) {
            return Ok(());
        }
        let wrong = |candidate| Err(Objection { candidate, code: Code::WrongDocument });
        // A push for somebody else, or one that would move the note.
        if let Some((index, _)) = each().find(|(_, c)| c.person.as_deref().is_some_and(|named| named != person)) {
            return wrong(index);
        }
        let vouched = each().any(|(_, c)| c.person.as_deref() == Some(person));
        match (before, admitted.last()) {
            (Some(before), Some(last)) if before != person => wrong(*last),
            (None, Some(last)) if !vouched => wrong(*last),
            _ => Ok(()),
        }
    }

    fn after_finish(
        &self,
        doc: &Automerge,
        admitted: &[usize],
        fresh: &HashMap<ChangeHash, usize>,
    ) -> Result<(), Objection> {
        let of = |wanted: &dyn Fn(&Candidate) -> bool| -> HashSet<ChangeHash> {
            let wanted = |index: &usize| self.candidates.get(*index).is_some_and(wanted);
            fresh.iter().filter(|(_, index)| wanted(index)).map(|(hash, _)| *hash).collect()
        };
        let judged = of(&|c| !c.desk && !c.overruled);
        let knew = of(&|c| c.knew_finish);
        let newcomers = Newcomers { fresh: &judged, knew: &knew, desk: &|_| false };
        let violations = finish::violations(doc, &newcomers);
        let first = match &violations {
            Ok(violations) => violations.iter().find_map(|hash| fresh.get(hash)).copied(),
            Err(_) => admitted.last().copied(),
        };
        match first {
            None => Ok(()),
            Some(candidate) => Err(Objection { candidate, code: Code::ChangedAfterFinish }),
        }
    }

    fn close(self, outcome: Option<(Automerge, Plain)>) -> Judged {
        Judged { findings: self.round, outcome }
    }
}

/// Whether a phone that saves this document can open it again. Some changes apply without a word
/// and spoil what is saved afterwards; a document must not be spoilt for all by one of them.
fn is_sound(doc: &Automerge) -> bool {
    note::load(&doc.save_nocompress()).is_ok_and(|again| again.get_heads() == doc.get_heads())
}

fn reading_code(problem: &Unreadable) -> Code {
    match problem {
        Unreadable::UnknownKey(_) => Code::UnknownKey,
        Unreadable::WrongShape(_) => Code::WrongShape,
        Unreadable::Missing(_) => Code::FieldMissing,
        Unreadable::Broken => Code::Unprocessable,
    }
}

/// Parses a chunk. `lone`: nothing else is judged with it, so its document can be used as it is.
fn parse(chunk: &[u8], lone: bool) -> Result<Parsed, Code> {
    // Counted again: an entry may stand in the log from before a limit was tightened.
    let limits = gate::Limits::default();
    let counted = gate::count(chunk, &limits).map_err(|r| r.code().parse().unwrap_or(Code::ChunkMalformed))?;
    match counted.kind {
        gate::Kind::Change => {
            let change = Change::from_bytes(chunk.to_vec()).map_err(|_| Code::ChunkMalformed)?;
            Ok(Parsed { changes: vec![change], whole: None })
        }
        gate::Kind::Document => {
            let doc = note::load(chunk).map_err(|_| Code::ChunkMalformed)?;
            if lone {
                Ok(Parsed { changes: Vec::new(), whole: Some(doc) })
            } else {
                Ok(Parsed { changes: doc.get_changes(&[]), whole: None })
            }
        }
    }
}

enum Admission {
    In(Vec<ChangeHash>),
    Missing,
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
    /// Actors whose work it refers to.
    others: &'a [ActorId],
}

/// What is known of the document's history so far: each actor's last number, and the largest
/// operation of each change that something may depend on.
struct Ledger {
    template: Template,
    seqs: HashMap<ActorId, u64>,
    max_ops: HashMap<ChangeHash, u64>,
}

impl Ledger {
    fn new(base: Option<&Automerge>, template: Template) -> Self {
        let mut seqs = HashMap::new();
        let mut max_ops = HashMap::new();
        for meta in base.map(|doc| doc.get_changes_meta(&[])).into_iter().flatten() {
            let last = seqs.entry(meta.actor.clone().into_owned()).or_insert(0u64);
            *last = meta.seq.max(*last);
            max_ops.insert(meta.hash, meta.max_op);
        }
        Self { template, seqs, max_ops }
    }

    /// Lets a whole chunk in, or nothing of it.
    fn admit(&mut self, parsed: &Parsed) -> Admission {
        let metas = parsed.whole.as_ref().map(|doc| doc.get_changes_meta(&[])).unwrap_or_default();
        let from_index = metas.iter().map(|m| Line {
            hash: m.hash,
            actor: m.actor.as_ref(),
            seq: m.seq,
            start_op: m.start_op,
            max_op: m.max_op,
            deps: &m.deps,
            // A document chunk is whole by itself; Automerge has checked it while loading.
            others: &[],
        });
        let from_changes = parsed.changes.iter().map(|c| Line {
            hash: c.hash(),
            actor: c.actor_id(),
            seq: c.seq(),
            start_op: c.start_op().get(),
            max_op: c.max_op(),
            deps: c.deps(),
            others: c.other_actor_ids(),
        });
        let mut entered = Vec::new();
        for line in from_index.chain(from_changes) {
            if self.max_ops.contains_key(&line.hash) {
                continue;
            }
            let refused = match self.check(&line) {
                Ok(true) => None,
                Ok(false) => Some(Admission::Missing),
                Err(code) => Some(Admission::Wrong(code)),
            };
            if let Some(refused) = refused {
                self.forget(&entered);
                return refused;
            }
            self.max_ops.insert(line.hash, line.max_op);
            let before = self.seqs.insert(line.actor.clone(), line.seq);
            entered.push((line.hash, line.actor.clone(), before));
        }
        Admission::In(entered.into_iter().map(|(hash, _, _)| hash).collect())
    }

    fn forget(&mut self, entered: &[(ChangeHash, ActorId, Option<u64>)]) {
        for (hash, actor, before) in entered.iter().rev() {
            self.max_ops.remove(hash);
            match before {
                Some(seq) => self.seqs.insert(actor.clone(), *seq),
                None => self.seqs.remove(actor),
            };
        }
    }

    /// True where the change may follow what is there; false where a dependency is missing.
    fn check(&self, line: &Line<'_>) -> Result<bool, Code> {
        let schema = genesis::is_genesis(line.actor.to_bytes());
        if schema && line.hash != genesis::hash(self.template) {
            return Err(Code::GenesisForged);
        }
        if !schema && line.deps.is_empty() {
            return Err(Code::GenesisForged);
        }
        let mut largest = 0;
        for dep in line.deps {
            match self.max_ops.get(dep) {
                Some(max_op) => largest = largest.max(*max_op),
                None => return Ok(false),
            }
        }
        if line.others.iter().any(|other| !self.seqs.contains_key(other)) {
            return Err(Code::ChunkMalformed);
        }
        let next = self.seqs.get(line.actor).copied().unwrap_or(0) + 1;
        if line.seq < next {
            return Err(Code::SeqTaken);
        }
        if line.seq > next {
            return Err(Code::SeqGap);
        }
        if line.start_op != largest + 1 {
            return Err(Code::StartOpWrong);
        }
        Ok(true)
    }
}
