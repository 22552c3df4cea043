//! Notes on phones, and phones at a server, for the tests of this room. Nothing is checked here.

use std::sync::Arc;

use automerge::transaction::CommitOptions;
use automerge::{ActorId, Automerge, ReadDoc as _};
use notes::ids::{Actor, DeviceId, DocumentId, PersonId};
use notes::note::edit::Scalar;
use notes::note::{Edit, Plain, Template, genesis};
use notes::problem::Code;
use notes::wire::{Fill, Outcome, Push, Reading, Request, Response, Subject};

use crate::core::Core;
use crate::store::{
    Audience, DeviceRecord, EntryState, NewsKind, PersonRecord, StoreError, Tx, WorkerRecord,
};
use crate::sync::judge::{Candidate, Finding, Judged, judge};
use crate::sync::pull::Portion;
use crate::sync::{Pusher, pass_within, project};
use crate::testing::{Folder, SetClock};

pub(super) const ANN: PersonId = PersonId([0xa1; 16]);
pub(super) const BEN: PersonId = PersonId([0xb2; 16]);
pub(super) const JOINT: Option<&str> = Some("joint_visit");

pub(super) fn put(path: &str, value: &str) -> Edit {
    Edit::Put {
        path: path.into(),
        value: Some(Scalar::Text(value.into())),
    }
}

pub(super) fn clear(path: &str) -> Edit {
    Edit::Put {
        path: path.into(),
        value: None,
    }
}

pub(super) fn typed(at: u64, text: &str) -> Edit {
    Edit::Splice {
        field: "body".into(),
        at,
        delete: 0,
        insert: text.into(),
    }
}

pub(super) fn finish(at: i64) -> Edit {
    Edit::Finish {
        at,
        author: "W1".into(),
    }
}

pub(super) fn addendum(id: &str) -> Edit {
    put(
        &format!("addenda.{id}.text"),
        "She called to say that it went well.",
    )
}

pub(super) fn about(person: PersonId) -> [Edit; 2] {
    [put("person", &person.to_string()), put("kind", "home_visit")]
}

pub(super) fn actor(n: u8) -> Actor {
    Actor([n; 16])
}

pub(super) fn take(doc: &mut Automerge, actor: Actor) {
    doc.set_actor(ActorId::from(actor.0));
}

/// A document with nothing but its first change, in an actor's hands.
pub(super) fn bare(template: Template, by: Actor) -> Automerge {
    let mut doc = genesis::document(template);
    take(&mut doc, by);
    doc
}

/// A note about a person, with a sentence in it.
pub(super) fn note_by(by: Actor, person: PersonId) -> Automerge {
    let mut doc = bare(Template::Note, by);
    write(&mut doc, &about(person));
    write(&mut doc, &[typed(0, "We talked. ")]);
    doc
}

/// One change; its chunk.
pub(super) fn write(doc: &mut Automerge, edits: &[Edit]) -> Vec<u8> {
    let mut tx = doc.transaction();
    for edit in edits {
        edit.apply(&mut tx, Template::Note).unwrap();
    }
    let (hash, _) = tx.commit_with(CommitOptions::default().with_time(1_790_000_000_000));
    doc.get_change_by_hash(&hash.unwrap())
        .unwrap()
        .raw_bytes()
        .to_vec()
}

/// The document as the first push sends it.
pub(super) fn whole(doc: &Automerge) -> Vec<u8> {
    doc.save_nocompress()
}

/// All changes but the genesis, each a chunk, in their order.
pub(super) fn changes(doc: &Automerge) -> Vec<Vec<u8>> {
    doc.get_changes(&[])
        .iter()
        .map(|c| c.raw_bytes().to_vec())
        .collect()
}

pub(super) fn candidate(chunk: Vec<u8>) -> Candidate {
    Candidate {
        chunk,
        person: Some(ANN.to_string()),
        knew_finish: false,
        overruled: false,
        desk: false,
        sender: None,
    }
}

/// A colleague's part: nobody is named.
pub(super) fn joined(chunk: Vec<u8>) -> Candidate {
    Candidate {
        person: None,
        ..candidate(chunk)
    }
}

pub(super) fn judged(base: Option<&Automerge>, candidates: &[Candidate]) -> Judged {
    judge(base, Template::Note, candidates)
}

/// A letter for each finding: published, waits, or the code.
pub(super) fn findings(judged: &Judged) -> Vec<&'static str> {
    let word = |finding: &Finding| match finding {
        Finding::Publish => "publish",
        Finding::Wait => "wait",
        Finding::Hold(code) => code.as_str(),
    };
    judged.findings.iter().map(word).collect()
}

pub(super) fn body(judged: &Judged) -> String {
    judged.outcome.as_ref().unwrap().plain.texts["body"].clone()
}

pub(super) fn plain(doc: &Automerge) -> Plain {
    Plain::read(doc, Template::Note).unwrap()
}

/// A server with two teams: Alice (W1) and Bob (W2) in the north, Carol (W3) in the south. Ann is
/// on Alice's caseload, Ben on Carol's.
pub(super) struct Town {
    pub(super) core: Core,
    pub(super) folder: Folder,
    pub(super) clock: Arc<SetClock>,
}

pub(super) const NORTH: &str = "North";
pub(super) const SOUTH: &str = "South";

impl Town {
    pub(super) fn new() -> Self {
        let (core, folder, clock) = crate::testing::core();
        let town = Self { core, folder, clock };
        for (worker, team) in [("W1", NORTH), ("W2", NORTH), ("W3", SOUTH)] {
            town.write(|tx| {
                let team = Some(tx.team_named(team)?);
                tx.worker_put(&WorkerRecord {
                    id: worker.into(),
                    name: format!("Worker {worker}"),
                    email: None,
                    role: "practitioner".into(),
                    team,
                    profession: None,
                })
            });
        }
        town.allocate(ANN, "W1", NORTH);
        town.allocate(BEN, "W3", SOUTH);
        town
    }

    pub(super) fn write<T>(&self, f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> T {
        self.core.store.write(f).unwrap()
    }

    pub(super) fn read<T>(&self, f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> T {
        self.core.store.read(f).unwrap()
    }

    /// Puts a person on a caseload and tells those whom it concerns, as an import does.
    pub(super) fn allocate(&self, person: PersonId, worker: &str, team: &str) {
        self.write(|tx| {
            let team = tx.team_named(team)?;
            let before = tx.person(person)?.and_then(|p| p.team);
            tx.person_put(&PersonRecord {
                id: person,
                case_id: format!("C{}", person.0[0]),
                name: format!("Person {}", person.0[0]),
                title: None,
                forename: None,
                surname: None,
                preferred_name: None,
                date_of_birth: None,
                nhs_number: None,
                address_line_1: Some("1 Road".into()),
                address_line_2: None,
                postcode: None,
                phone: Some("01".into()),
                communication_needs: None,
                alerts: None,
                allocated_worker: Some(worker.into()),
                team: Some(team),
            })?;
            for team in before.into_iter().chain([team]) {
                tx.tell(Audience::Team(team), NewsKind::Person, &person.0)?;
            }
            Ok(())
        });
    }

    pub(super) fn phone(&self, n: u8, worker: &str) -> Phone<'_> {
        let id = DeviceId([n; 16]);
        self.write(|tx| {
            tx.device_add(&DeviceRecord {
                id,
                worker: worker.into(),
                public_key: vec![n; 65],
                app: "test".into(),
                enrolled_at: 1,
                last_seen_at: None,
                revoked_at: None,
                waiting: 0,
                clock_offset_ms: 0,
                pulled_pub: 0,
            })?;
            tx.actor_claim(actor(n), id, 1)
        });
        Phone {
            town: self,
            id,
            actor: actor(n),
            cursor: Vec::new(),
            portion: Portion::default(),
        }
    }

    /// Judges until nothing waits for it.
    pub(super) fn project(&self) {
        while project(&self.core, 64).unwrap() > 0 {}
    }

    pub(super) fn states(&self, document: DocumentId) -> Vec<(EntryState, Option<String>)> {
        let entries = self.read(|tx| tx.log_after(0, u32::MAX));
        let of = entries.into_iter().filter(|e| e.entry.document == document);
        of.map(|e| (e.entry.state, e.entry.code)).collect()
    }

    pub(super) fn document(&self, document: DocumentId) -> Option<Automerge> {
        self.read(|tx| {
            let record = tx.document(document)?;
            crate::sync::published(tx, document, record.as_ref())
        })
    }

    pub(super) fn body(&self, document: DocumentId) -> String {
        plain(&self.document(document).unwrap()).texts["body"].clone()
    }
}

/// A phone's side of the talk.
pub(super) struct Phone<'t> {
    pub(super) town: &'t Town,
    pub(super) id: DeviceId,
    pub(super) actor: Actor,
    pub(super) cursor: Vec<u8>,
    pub(super) portion: Portion,
}

pub(super) fn note(n: u8) -> DocumentId {
    DocumentId::at(1_790_000_000_000, [n; 10])
}

pub(super) fn push(document: DocumentId, person: Option<PersonId>, chunks: &[Vec<u8>]) -> Push {
    Push {
        document,
        template: Template::Note,
        person,
        reason: None,
        chunks: chunks.iter().map(|c| c.clone().into()).collect(),
    }
}

pub(super) fn joint(document: DocumentId, person: Option<PersonId>, chunks: &[Vec<u8>]) -> Push {
    Push {
        reason: JOINT.map(str::to_owned),
        ..push(document, person, chunks)
    }
}

impl Phone<'_> {
    pub(super) fn who(&self) -> Pusher {
        self.town.read(|tx| {
            let device = tx.device(self.id)?.unwrap();
            let worker = tx.worker(&device.worker)?.unwrap();
            Ok(Pusher { device, worker })
        })
    }

    pub(super) fn request(&self, pushes: Vec<Push>) -> Request {
        Request {
            protocol: 1,
            device_at: self.town.core.host.now_ms(),
            actor: self.actor,
            cursor: self.cursor.clone(),
            pushes,
            readings: Vec::new(),
            waiting: 0,
            pull: true,
            fills: Vec::new(),
            app: "test".into(),
            watch: None,
            to_desk: None,
        }
    }

    pub(super) fn ask(&self, request: Request) -> Result<Response, Code> {
        pass_within(&self.town.core, &self.who(), request, self.portion)
    }

    /// One request; the cursor moves on.
    pub(super) fn pass(&mut self, pushes: Vec<Push>) -> Response {
        let response = self.ask(self.request(pushes)).unwrap();
        self.cursor.clone_from(&response.cursor);
        response
    }

    /// Requests until there is no more; all the chunks that came, in order.
    pub(super) fn pull(&mut self) -> Vec<(DocumentId, Vec<u8>)> {
        let mut chunks = Vec::new();
        for _ in 0..10_000 {
            let response = self.pass(Vec::new());
            chunks.extend(pulled(&response));
            if !response.more {
                return chunks;
            }
        }
        panic!("a pass without end");
    }

    /// Pushes one note's chunks; outcome and code.
    pub(super) fn push(&mut self, push: Push) -> (Outcome, Option<String>) {
        let mut response = self.pass(vec![push]);
        let verdict = response.verdicts.pop().unwrap();
        (verdict.outcome, verdict.code)
    }

    pub(super) fn read(&mut self, document: DocumentId, opened_at: i64) -> Response {
        let mut request = self.request(Vec::new());
        request.readings = vec![Reading { document, opened_at }];
        self.ask(request).unwrap()
    }

    pub(super) fn fill(&self, subject: Subject, after: u64) -> Response {
        let mut request = self.request(Vec::new());
        request.fills = vec![Fill { subject, after }];
        self.ask(request).unwrap()
    }
}

pub(super) fn pulled(response: &Response) -> Vec<(DocumentId, Vec<u8>)> {
    let each = response.pulls.iter();
    each.flat_map(|p| p.chunks.iter().map(|c| (p.document, c.to_vec())))
        .collect()
}

pub(super) const ACCEPTED: (Outcome, Option<String>) = (Outcome::Accepted, None);

pub(super) fn held(code: Code) -> (Outcome, Option<String>) {
    (Outcome::Held, Some(code.as_str().to_owned()))
}

/// A small generator; the seed is printed, and one run can be seen again by it.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}
