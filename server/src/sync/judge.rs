//! Judging: what was accepted for one document, on scratch. Pure: a base and candidates in, a
//! finding for each candidate and the new document out. Each chunk is parsed by itself; the changes
//! that pass are applied all at once (one at a time costs ten times more).
//!
//! A candidate that must be held is set aside and the rest is judged again without it, so that one
//! bad chunk never blocks the others. Who sends bad ones again and again for one document has the rest
//! of what it sent for it held with them: else each would cost a judgement of all the others.

use std::collections::{HashMap, HashSet};

use automerge::{ActorId, Automerge, Change, ChangeHash, ObjId, ReadDoc as _};
use notes::gate::{self, Said};
use notes::ids::DeviceId;
use notes::note::finish::{self, Newcomers};
use notes::note::plain::Unreadable;
use notes::note::{self, Plain, Template, genesis};
use notes::problem::Code;

use super::ledger::{Admission, Ledger, Parsed, parse};
use super::small;

/// So many objections to one sender's chunks are looked into one by one.
const MOST_OBJECTIONS: u32 = 3;

/// A chunk under judgement.
#[derive(Debug, Clone, minicbor::Encode, minicbor::Decode)]
pub struct Candidate {
    /// The chunk.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub chunk: Vec<u8>,
    /// The person that the push named, as text; none for a joined note.
    #[n(1)]
    pub person: Option<String>,
    /// The device had seen the finish when it sent this.
    #[n(2)]
    pub knew_finish: bool,
    /// A person decided to take it: the rules of rights and finishing do not hold it.
    #[n(3)]
    pub overruled: bool,
    /// A decision made at the desk, written by the server itself.
    #[n(4)]
    pub desk: bool,
    /// The device that sent it; none for the desk.
    #[n(5)]
    pub sender: Option<DeviceId>,
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
    pub outcome: Option<Sound>,
}

/// A document that holds to all the rules.
pub struct Sound {
    /// The document; none where the only chunk is the document just as it came, which is let go at
    /// once: a batch of them, held until it is written down, would be read from cold memory.
    pub doc: Option<Automerge>,
    /// Its heads.
    pub heads: Vec<[u8; 32]>,
    /// What it says.
    pub plain: Plain,
    /// Who wrote in it, in order of first appearance; the schema's own actor too.
    pub writers: Vec<ActorId>,
}

/// Judges candidates against a document.
#[must_use]
pub fn judge(base: Option<&Automerge>, template: Template, candidates: &[Candidate]) -> Judged {
    let mut bench = Bench::new(base, template, candidates);
    loop {
        match bench.hearing() {
            Ok(outcome) => return bench.close(outcome),
            // Each round holds at least one candidate more, so this ends.
            Err(objection) => bench.sustain(&objection),
        }
    }
}

/// Raised by what a document says with these candidates in it.
struct Objection {
    candidates: Vec<usize>,
    code: Code,
}

impl Objection {
    fn to(candidates: Vec<usize>, code: Code) -> Self {
        Self { candidates, code }
    }
}

struct Held {
    code: Code,
    /// Held while the order of things was looked at: it may be let in when another candidate falls.
    early: bool,
}

struct Bench<'a> {
    base: Option<&'a Automerge>,
    template: Template,
    candidates: &'a [Candidate],
    parsed: Vec<Parsed>,
    held: Vec<Option<Held>>,
    /// Those who were let in this round, in the order in which one builds on the other.
    admitted: Vec<usize>,
    /// The changes that they bring, each with its candidate.
    fresh: HashMap<ChangeHash, usize>,
    /// The one that brings all changes that there are; they are not in `fresh`.
    whole: Option<usize>,
    /// How often each sender's chunks were objected to.
    objections: HashMap<DeviceId, u32>,
}

impl<'a> Bench<'a> {
    fn new(base: Option<&'a Automerge>, template: Template, candidates: &'a [Candidate]) -> Self {
        let lone = base.is_none() && candidates.len() == 1;
        let mut held = Vec::with_capacity(candidates.len());
        let mut parsed = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            match parse(&candidate.chunk, lone) {
                Ok(p) => {
                    held.push(None);
                    parsed.push(p);
                }
                Err(code) => {
                    held.push(Some(Held { code, early: false }));
                    parsed.push(Parsed::default());
                }
            }
        }
        Self {
            base,
            template,
            candidates,
            parsed,
            held,
            admitted: Vec::new(),
            fresh: HashMap::new(),
            whole: None,
            objections: HashMap::new(),
        }
    }

    /// One round over all candidates that are not held yet.
    fn hearing(&mut self) -> Result<Option<Sound>, Objection> {
        let ledger = self.admit();
        if self.admitted.is_empty() {
            return Ok(None);
        }
        if let Some(base) = self.base {
            self.right_kinds(base, true)?;
        }
        let (doc, as_it_came) = self.apply()?;
        self.right_kinds(&doc, false)?;
        let said = if as_it_came { self.said() } else { Vec::new() };
        let plain = match read_beside(&doc, self.template, said) {
            Ok(plain) => plain,
            Err(code) => return Err(self.blame(code, |doc| read(doc, self.template).err())),
        };
        // What came as one document was loaded just now; others load the same bytes.
        if !as_it_came && !self.is_small() && !loads_again(&doc, &plain, self.template) {
            return Err(self.blame(Code::Unprocessable, |doc| self.unsound(doc)));
        }
        if self.template == Template::Note {
            if !identified(&plain) {
                self.keeps_its_person()?;
                // A colleague who joined was here before the one who began the note.
                self.admitted.clear();
                return Ok(None);
            }
            self.right_person(&doc)?;
            if let Some(closings) = self.closings().filter(|_| as_it_came) {
                self.stands(&doc, closings, ledger.last_start())?;
            } else {
                if let Some(index) = self.whole {
                    let all = doc.get_changes_meta(&[]);
                    self.fresh.extend(all.into_iter().map(|meta| (meta.hash, index)));
                }
                self.after_finish(&doc)?;
            }
        }
        let heads = doc.get_heads().into_iter().map(|head| head.0).collect();
        Ok(Some(Sound {
            doc: (!as_it_came).then_some(doc),
            heads,
            plain,
            writers: ledger.into_writers(),
        }))
    }

    /// A key that is written in a text, a letter in a map, either in what is not there: Automerge may take it on
    /// top of a document, and panic where all is applied at once, as on a new phone. `may_come`: what is not in
    /// the document yet may be made by a candidate.
    fn right_kinds(&self, doc: &Automerge, may_come: bool) -> Result<(), Objection> {
        let right = |place: &gate::Place| {
            let id = ObjId::Id(place.counter, ActorId::from(&place.actor[..]), 0);
            let kind = doc.object_type(&id);
            kind.map_or(may_come, |kind| kind.is_sequence() == place.sequence)
        };
        let wrong = |index: &&usize| {
            let parsed = self.parsed.get(**index);
            parsed.is_some_and(|parsed| !parsed.places.iter().all(right))
        };
        let guilty: Vec<usize> = self.admitted.iter().filter(wrong).copied().collect();
        if guilty.is_empty() {
            Ok(())
        } else {
            Err(Objection::to(guilty, Code::WrongShape))
        }
    }

    fn sustain(&mut self, objection: &Objection) {
        // Who came second behind one that is held now may yet be first.
        for held in &mut self.held {
            held.take_if(|held| held.early);
        }
        for index in &objection.candidates {
            self.hold(*index, objection.code, false);
        }
        let mut senders: Vec<DeviceId> = objection
            .candidates
            .iter()
            .filter_map(|i| self.sender(*i))
            .collect();
        senders.sort_unstable();
        senders.dedup();
        for sender in senders {
            let count = self.objections.entry(sender).or_default();
            *count += 1;
            if *count >= MOST_OBJECTIONS {
                self.hold_the_rest(sender, objection.code);
            }
        }
    }

    fn hold(&mut self, index: usize, code: Code, early: bool) {
        if let Some(place) = self.held.get_mut(index) {
            *place = Some(Held { code, early });
        }
    }

    fn hold_the_rest(&mut self, sender: DeviceId, code: Code) {
        for index in 0..self.held.len() {
            let open = matches!(self.held.get(index), Some(None));
            if open && self.sender(index) == Some(sender) && !self.decided(index) {
                self.hold(index, code, false);
            }
        }
    }

    fn sender(&self, index: usize) -> Option<DeviceId> {
        self.candidates.get(index)?.sender
    }

    /// Lets in every candidate whose history is there, in the order in which they came; goes round
    /// until no more can be let in. What cannot be what it says is held.
    fn admit(&mut self) -> Ledger {
        let mut ledger = Ledger::new(self.base, self.template);
        self.admitted.clear();
        self.fresh.clear();
        self.whole = None;
        let mut waiting: Vec<usize> = (0..self.held.len())
            .filter(|index| matches!(self.held.get(*index), Some(None)))
            .collect();
        loop {
            let before = waiting.len();
            let mut still = Vec::new();
            for index in waiting {
                let Some(parsed) = self.parsed.get(index) else {
                    continue;
                };
                match ledger.admit(parsed) {
                    Admission::Missing => still.push(index),
                    Admission::Wrong(code) => self.hold(index, code, true),
                    Admission::Whole => {
                        self.whole = Some(index);
                        self.admitted.push(index);
                    }
                    Admission::In(hashes) => {
                        self.fresh.extend(hashes.into_iter().map(|hash| (hash, index)));
                        self.admitted.push(index);
                    }
                }
            }
            if still.len() == before {
                return ledger;
            }
            waiting = still;
        }
    }

    /// The document with all who were let in, and whether it is a first push just as it came.
    fn apply(&mut self) -> Result<(Automerge, bool), Objection> {
        if self.base.is_none()
            && let [only] = self.admitted.as_slice()
            && let Some(whole) = self.parsed.get_mut(*only).and_then(|p| p.whole.take())
        {
            return Ok((whole, true));
        }
        if let Some(doc) = self.with(self.admitted.len()) {
            return Ok((doc, false));
        }
        Err(self.blame(Code::Unprocessable, |_| None))
    }

    /// The document with the first so many of those who were let in; none where Automerge refuses.
    fn with(&self, count: usize) -> Option<Automerge> {
        self.on(self.before(), 0..count)
    }

    /// The document before any candidate.
    fn before(&self) -> Automerge {
        self.base.cloned().unwrap_or_else(note::empty)
    }

    /// A document with some more of those who were let in.
    fn on(&self, mut doc: Automerge, range: std::ops::Range<usize>) -> Option<Automerge> {
        let more = self.admitted.get(range)?.iter();
        let parsed = more.filter_map(|i| self.parsed.get(*i));
        let changes: Vec<Change> = parsed.flat_map(|p| p.changes.iter().cloned()).collect();
        doc.apply_changes(changes).ok()?;
        Some(doc)
    }

    /// Finds a candidate with which things go wrong, by halving: without it they are right.
    fn blame(&self, code: Code, wrong: impl Fn(&Automerge) -> Option<Code>) -> Objection {
        let (mut right, mut bad, mut found) = (0, self.admitted.len(), code);
        let mut known = None;
        while bad - right > 1 {
            let middle = usize::midpoint(right, bad);
            // What is right stays, so that each is applied once or twice and not once for each half.
            let so_far = known.get_or_insert_with(|| self.before());
            let trial = self.on(so_far.clone(), right..middle);
            // With none but the base there is nothing to read yet.
            let verdict = trial.as_ref().map_or(Some(Code::Unprocessable), &wrong);
            if let Some(code) = verdict {
                (bad, found) = (middle, code);
            } else {
                (right, known) = (middle, trial);
            }
        }
        Objection::to(self.admitted.get(right).copied().into_iter().collect(), found)
    }

    /// What the gate has told of a first push as it came.
    fn said(&mut self) -> Vec<Said> {
        let only = self.admitted.first().and_then(|only| self.parsed.get_mut(*only));
        only.map(|parsed| std::mem::take(&mut parsed.said))
            .unwrap_or_default()
    }

    /// Whether it is typing in a sound document, and all that it names is there.
    fn is_small(&self) -> bool {
        let parsed = self.admitted.iter().filter_map(|index| self.parsed.get(*index));
        let changes = parsed.flat_map(|parsed| &parsed.changes);
        self.base.is_some_and(|base| small::fits(base, changes))
    }

    fn unsound(&self, doc: &Automerge) -> Option<Code> {
        let sound = read(doc, self.template).is_ok_and(|plain| loads_again(doc, &plain, self.template));
        (!sound).then_some(Code::Unprocessable)
    }

    fn decided(&self, index: usize) -> bool {
        self.candidates.get(index).is_some_and(|c| c.desk || c.overruled)
    }

    fn named(&self, index: usize) -> Option<&str> {
        self.candidates.get(index)?.person.as_deref()
    }

    /// Nobody may take out whom the note is about.
    fn keeps_its_person(&self) -> Result<(), Objection> {
        let known = |doc: &Automerge| read(doc, self.template).is_ok_and(|plain| identified(&plain));
        let mut before = self.base.is_some_and(&known);
        if !before && self.admitted.len() < 2 {
            return Ok(());
        }
        for count in 1..=self.admitted.len() {
            let now = self.with(count).is_some_and(|doc| known(&doc));
            if before && !now {
                let index = self.admitted.get(count - 1).copied();
                return Err(Objection::to(index.into_iter().collect(), Code::WrongDocument));
            }
            before = now;
        }
        Ok(())
    }

    /// The person in the note must be one that a push with the right to write for them named, and
    /// stays the same: who moves a note, or sends it for somebody else, is held.
    fn right_person(&self, doc: &Automerge) -> Result<(), Objection> {
        let people = people(doc);
        let before: Vec<String> = self.base.map(people_named).unwrap_or_default();
        if people.is_empty() {
            return if before.is_empty() {
                Ok(())
            } else {
                let gone = |doc: &Automerge| people_named(doc).is_empty().then_some(Code::WrongDocument);
                Err(self.blame(Code::WrongDocument, gone))
            };
        }
        let writer = |hash: &ChangeHash| self.whole.or_else(|| self.fresh.get(hash).copied());
        // Of two who begin one note, the first counts.
        let first = people.iter().filter_map(|(_, hash)| writer(hash)).min();
        let vouched = |person: &str| {
            self.admitted
                .iter()
                .any(|index| self.named(*index) == Some(person))
        };
        let mut guilty = Vec::new();
        for (person, hash) in &people {
            let Some(index) = writer(hash).filter(|index| !self.decided(*index)) else {
                continue;
            };
            // Only who begins a note names its person: a second naming, even of the same person, is the
            // beginning of another note, sent for this one.
            let second = !before.is_empty() || Some(index) != first;
            if second || !vouched(person) {
                guilty.push(index);
            }
        }
        let elsewhere = |index: &&usize| {
            let known = |named| people.iter().any(|(person, _)| person == named);
            !self.decided(**index) && self.named(**index).is_some_and(|named| !known(named))
        };
        guilty.extend(self.admitted.iter().filter(elsewhere));
        if guilty.is_empty() {
            Ok(())
        } else {
            Err(Objection::to(guilty, Code::WrongDocument))
        }
    }

    /// What a first push did under `finished`, where it alone is judged and by all of the rules.
    fn closings(&self) -> Option<u64> {
        let [only] = self.admitted.as_slice() else {
            return None;
        };
        let unknowing = self.candidates.get(*only).is_some_and(|c| !c.knew_finish);
        let by_the_rules = unknowing && !self.decided(*only);
        self.parsed.get(*only)?.closings.filter(|_| by_the_rules)
    }

    /// The rules after finishing, for a first push as it came.
    fn stands(&self, doc: &Automerge, closings: u64, last_start: u64) -> Result<(), Objection> {
        if finish::stands(doc, closings, last_start).unwrap_or(false) {
            Ok(())
        } else {
            Err(Objection::to(self.admitted.clone(), Code::ChangedAfterFinish))
        }
    }

    fn after_finish(&self, doc: &Automerge) -> Result<(), Objection> {
        let of = |wanted: &dyn Fn(&Candidate) -> bool| -> HashSet<ChangeHash> {
            let wanted = |index: &usize| self.candidates.get(*index).is_some_and(wanted);
            let chosen = self.fresh.iter().filter(|(_, index)| wanted(index));
            chosen.map(|(hash, _)| *hash).collect()
        };
        let judged = of(&|c| !c.desk && !c.overruled);
        let knew = of(&|c| c.knew_finish);
        let newcomers = Newcomers {
            fresh: &judged,
            knew: &knew,
            desk: &|_| false,
        };
        let guilty: Vec<usize> = match finish::violations(doc, &newcomers) {
            Ok(hashes) => hashes
                .iter()
                .filter_map(|hash| self.fresh.get(hash))
                .copied()
                .collect(),
            Err(_) => self.admitted.last().copied().into_iter().collect(),
        };
        if guilty.is_empty() {
            Ok(())
        } else {
            Err(Objection::to(guilty, Code::ChangedAfterFinish))
        }
    }

    fn close(self, outcome: Option<Sound>) -> Judged {
        let mut findings = vec![Finding::Wait; self.candidates.len()];
        for (index, finding) in findings.iter_mut().enumerate() {
            if let Some(Some(held)) = self.held.get(index) {
                *finding = Finding::Hold(held.code);
            } else if self.admitted.contains(&index) {
                *finding = Finding::Publish;
            }
        }
        Judged { findings, outcome }
    }
}

/// Reads a document by the table of this schema. What a newer one adds cannot be judged here, and
/// only a genesis change may say that a document is newer.
fn read(doc: &Automerge, template: Template) -> Result<Plain, Code> {
    read_beside(doc, template, Vec::new())
}

fn read_beside(doc: &Automerge, template: Template, said: Vec<Said>) -> Result<Plain, Code> {
    let plain = Plain::read_beside(doc, template, said).map_err(|problem| reading_code(&problem))?;
    if plain.schema == genesis::SCHEMA {
        Ok(plain)
    } else {
        Err(Code::WrongShape)
    }
}

/// A change may name an object or a letter that is not there, or is of another kind. Automerge takes
/// some of these, and then shows something else once the document was saved and loaded: a phone
/// would lose what it had seen.
pub(super) fn loads_again(doc: &Automerge, plain: &Plain, template: Template) -> bool {
    note::load(&doc.save_nocompress()).is_ok_and(|again| {
        again.get_heads() == doc.get_heads() && Plain::read(&again, template).as_ref() == Ok(plain)
    })
}

fn identified(plain: &Plain) -> bool {
    plain.text("person").is_some() || plain.text("person_name").is_some()
}

/// Every person that stands in a note, with the change that wrote it; two only where phones disagree.
fn people(doc: &Automerge) -> Vec<(String, ChangeHash)> {
    let all = doc.get_all(automerge::ROOT, "person").unwrap_or_default();
    let read = |(value, id): (automerge::Value<'_>, automerge::ObjId)| {
        Some((value.as_str()?.to_owned(), doc.hash_for_opid(&id)?))
    };
    all.into_iter().filter_map(read).collect()
}

fn people_named(doc: &Automerge) -> Vec<String> {
    people(doc).into_iter().map(|(person, _)| person).collect()
}

fn reading_code(problem: &Unreadable) -> Code {
    match problem {
        Unreadable::UnknownKey(_) => Code::UnknownKey,
        Unreadable::WrongShape(_) => Code::WrongShape,
        Unreadable::Missing(_) => Code::FieldMissing,
        Unreadable::Broken => Code::Unprocessable,
    }
}
