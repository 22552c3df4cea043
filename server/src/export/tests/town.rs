//! A small town for the tests of export and issues: a server, people, workers, and phones that make
//! real notes with the edits of a phone and send them through a real pass.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use automerge::transaction::CommitOptions;
use automerge::{ActorId, Automerge, ChangeHash};
use notes::ids::{Actor, DeviceId, DocumentId, PersonId};
use notes::note::edit::from_json;
use notes::note::{Edit, Template, genesis};
use notes::wire::{Outcome, Push, Request, Verdict};
use serde_json::Value;

use crate::core::Core;
use crate::export;
use crate::host::Host;
use crate::ops::backup::backup;
use crate::ops::restore::restore;
use crate::store::{ClientRecord, DeviceRecord, PersonRecord, StoreError, Tx, WorkerRecord};
use crate::sync::{Pusher, pass, project};
use crate::testing::{self, Folder, SetClock};

/// 3 September 2026, 09:15 UTC.
pub(crate) const MORNING: i64 = 1_788_426_900_000;

pub(crate) struct Town {
    pub(crate) core: Core,
    pub(crate) clock: Arc<SetClock>,
    _folder: Folder,
}

/// Margaret and Tom are of the team and on Kofi's caseload; Zoë is of another team.
pub(crate) const MARGARET: PersonId = PersonId([1; 16]);
pub(crate) const TOM: PersonId = PersonId([2; 16]);
pub(crate) const ZOE: PersonId = PersonId([3; 16]);
pub(crate) const NOBODY: PersonId = PersonId([9; 16]);

impl Town {
    pub(crate) fn new() -> Self {
        let (mut core, folder, _) = testing::core();
        let (host, clock) = testing::host();
        core.host = host;
        core.store.write(settle).unwrap();
        Self {
            core,
            clock,
            _folder: folder,
        }
    }

    pub(crate) fn phone(&self, worker: &str, number: u8) -> Phone {
        let id = DeviceId([number; 16]);
        let record = DeviceRecord {
            id,
            worker: worker.to_owned(),
            public_key: vec![4; 65],
            app: "test".into(),
            enrolled_at: 0,
            last_seen_at: None,
            revoked_at: None,
            waiting: 0,
            clock_offset_ms: 0,
            pulled_pub: 0,
        };
        self.core.store.write(|tx| tx.device_add(&record)).unwrap();
        Self::known_phone(number)
    }

    /// A phone that was enrolled before.
    pub(crate) fn known_phone(number: u8) -> Phone {
        Phone {
            id: DeviceId([number; 16]),
            actor: Actor([number; 16]),
        }
    }

    /// Makes a backup, to be restored later.
    pub(crate) fn backup(&self) -> PathBuf {
        let file = self.core.folder.join("backup.db");
        backup(&self.core, None, &file, "operator").unwrap();
        file
    }

    /// The server as it comes back from a backup, on another disk.
    pub(crate) fn restored(&self, backup: &Path) -> Self {
        let folder = Folder::new();
        restore(backup, folder.path(), None, &Host::system()).unwrap();
        let mut core = Core::open(folder.path(), None, Host::system()).unwrap();
        let (host, clock) = testing::host();
        core.host = host;
        clock.forward(self.core.host.now_ms() - core.host.now_ms());
        // Chance does not come back with a backup.
        for _ in 0..1_000 {
            let _ = core.host.random::<16>();
        }
        Self {
            core,
            clock,
            _folder: folder,
        }
    }

    /// Judges and publishes until nothing waits.
    pub(crate) fn run(&self) {
        while project(&self.core, 100).unwrap() > 0 {}
    }

    /// All events, read from the beginning.
    pub(crate) fn events(&self) -> Vec<Value> {
        let page = export::feed(
            &self.core,
            export::Asked {
                after: None,
                limit: 1_000,
                format: export::Format::Ndjson,
            },
        )
        .unwrap();
        let lines = page
            .lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    pub(crate) fn read<T>(&self, f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> T {
        self.core.store.read(f).unwrap()
    }

    /// The number of the newest news.
    pub(crate) fn news(&self) -> u64 {
        self.read(newest)
    }

    pub(crate) fn issues(&self) -> Vec<Value> {
        crate::issues::list(&self.core)
            .unwrap()
            .as_array()
            .unwrap()
            .clone()
    }

    /// The only open issue of a kind.
    pub(crate) fn issue(&self, kind: &str) -> Value {
        let mut of_kind: Vec<Value> = self.issues().into_iter().filter(|i| i["kind"] == kind).collect();
        assert_eq!(of_kind.len(), 1, "{kind}: {of_kind:?}");
        of_kind.remove(0)
    }
}

fn newest(tx: &Tx<'_>) -> Result<u64, StoreError> {
    tx.news_head()
}

fn settle(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.meta_put("epoch", &[7; 8])?;
    let team = tx.team_named("North")?;
    let other = tx.team_named("South")?;
    for (id, name) in [("W1", "Kofi Mensah"), ("W2", "Siân Powell"), ("W3", "Ana Ruiz")] {
        tx.worker_put(&WorkerRecord {
            id: id.into(),
            name: name.into(),
            email: None,
            role: "practitioner".into(),
            team: Some(team),
            profession: None,
        })?;
    }
    person(tx, MARGARET, "C1", "Margaret Oduya", team)?;
    person(tx, TOM, "C2", "Tom Bright", team)?;
    person(tx, ZOE, "C3", "Zoë Marsh", other)?;
    tx.client_put(&client("mosaic"))?;
    tx.client_put(&client("eclipse"))
}

fn person(tx: &Tx<'_>, id: PersonId, case_id: &str, name: &str, team: i64) -> Result<(), StoreError> {
    tx.person_put(&PersonRecord {
        id,
        case_id: case_id.into(),
        name: name.into(),
        title: None,
        forename: None,
        surname: None,
        preferred_name: None,
        date_of_birth: Some("1941-03-02".into()),
        nhs_number: None,
        address_line_1: None,
        address_line_2: None,
        postcode: None,
        phone: None,
        communication_needs: None,
        alerts: None,
        allocated_worker: (id != ZOE).then(|| "W1".into()),
        team: Some(team),
    })
}

pub(crate) fn client(id: &str) -> ClientRecord {
    ClientRecord {
        id: id.into(),
        name: id.into(),
        scope: "export.read export.receipt".into(),
        public_keys: String::new(),
        created_at: 0,
        revoked_at: None,
    }
}

/// A phone: a device with one actor.
#[derive(Clone, Copy)]
pub(crate) struct Phone {
    pub(crate) id: DeviceId,
    actor: Actor,
}

/// A phone's copy of a note.
#[derive(Clone)]
pub(crate) struct Copy {
    pub(crate) id: DocumentId,
    pub(crate) doc: Automerge,
    sent: Vec<ChangeHash>,
}

impl Copy {
    /// What came after another copy is to be sent again.
    pub(crate) fn forget_since(&mut self, earlier: &Self) {
        self.sent.clone_from(&earlier.sent);
    }
}

impl Phone {
    /// Begins a note about somebody, at the usual time.
    pub(crate) fn begin(&self, number: u8, person: PersonId) -> Copy {
        let mut copy = self.empty(number);
        let person = format!("\"{person}\"");
        self.set(&mut copy, "person", &person);
        self.set(&mut copy, "kind", "\"home_visit\"");
        self.set(&mut copy, "started_at", "\"2026-09-03T09:15:00Z\"");
        copy
    }

    pub(crate) fn empty(&self, number: u8) -> Copy {
        let mut doc = genesis::document(Template::Note);
        doc.set_actor(ActorId::from(&self.actor.0[..]));
        Copy {
            id: DocumentId::at(MORNING, [number; 10]),
            doc,
            sent: Vec::new(),
        }
    }

    /// Takes another phone's copy as it is now; this phone writes into it from here.
    pub(crate) fn join(&self, other: &Copy) -> Copy {
        let mut copy = other.clone();
        copy.doc.set_actor(ActorId::from(&self.actor.0[..]));
        copy.sent = copy
            .doc
            .get_changes(&[])
            .iter()
            .map(automerge::Change::hash)
            .collect();
        copy
    }

    pub(crate) fn edit(&self, copy: &mut Copy, edits: &[Edit]) {
        assert_eq!(
            copy.doc.get_actor().to_bytes(),
            self.actor.0,
            "another phone's copy"
        );
        let mut change = copy.doc.transaction();
        for edit in edits {
            edit.apply(&mut change, Template::Note).unwrap();
        }
        change.commit_with(CommitOptions::default().with_time(MORNING));
    }

    pub(crate) fn set(&self, copy: &mut Copy, path: &str, json: &str) {
        let value = serde_json::from_str(json).unwrap();
        let edits = from_json(Template::Note, path, &value).unwrap();
        self.edit(copy, &edits);
    }

    pub(crate) fn type_in(&self, copy: &mut Copy, field: &str, at: u64, text: &str) {
        let edit = Edit::Splice {
            field: field.into(),
            at,
            delete: 0,
            insert: text.into(),
        };
        self.edit(copy, &[edit]);
    }

    pub(crate) fn mark(&self, copy: &mut Copy, field: &str, (start, end): (u64, u64), kind: &str) {
        let (field, kind) = (field.to_owned(), kind.to_owned());
        let edit = Edit::Mark {
            field,
            start,
            end,
            kind,
        };
        self.edit(copy, &[edit]);
    }

    pub(crate) fn finish(&self, copy: &mut Copy, author: &str) {
        let edit = Edit::Finish {
            at: MORNING + 3_600_000,
            author: author.into(),
        };
        self.edit(copy, &[edit]);
    }

    /// An addendum on the day after.
    pub(crate) fn add(&self, copy: &mut Copy, id: &str, author: &str, text: &str) {
        let entry = format!(r#"{{"at":"2026-09-04T08:00:00Z","author":"{author}","text":"{text}"}}"#);
        self.set(copy, &format!("addenda.{id}"), &entry);
    }

    /// Takes the changes of another copy.
    pub(crate) fn merge(&self, copy: &mut Copy, other: &Copy) {
        assert_eq!(
            copy.doc.get_actor().to_bytes(),
            self.actor.0,
            "another phone's copy"
        );
        copy.doc.apply_changes(other.doc.get_changes(&[])).unwrap();
        copy.sent
            .extend(other.doc.get_changes(&[]).iter().map(automerge::Change::hash));
    }

    /// Sends what was not sent, in a request that pulls nothing.
    pub(crate) fn push(&self, town: &Town, copy: &mut Copy, person: Option<PersonId>) -> Verdict {
        let chunks = if copy.sent.is_empty() {
            vec![copy.doc.save_nocompress().into()]
        } else {
            let fresh = copy.doc.get_changes(&[]);
            let own = |c: &&automerge::Change| c.actor_id().to_bytes() == self.actor.0;
            let fresh = fresh
                .iter()
                .filter(|c| !copy.sent.contains(&c.hash()))
                .filter(own);
            fresh.map(|change| change.raw_bytes().to_vec().into()).collect()
        };
        copy.sent = copy
            .doc
            .get_changes(&[])
            .iter()
            .map(automerge::Change::hash)
            .collect();
        self.send(town, copy.id, person, chunks)
    }

    pub(crate) fn send(
        &self,
        town: &Town,
        document: DocumentId,
        person: Option<PersonId>,
        chunks: Vec<minicbor::bytes::ByteVec>,
    ) -> Verdict {
        let (device, worker) = town.read(|tx| {
            let device = tx.device(self.id)?.unwrap();
            let worker = tx.worker(&device.worker)?.unwrap();
            Ok((device, worker))
        });
        let push = Push {
            document,
            template: Template::Note,
            person,
            reason: None,
            chunks,
        };
        let request = Request {
            protocol: notes::wire::PROTOCOL,
            device_at: MORNING,
            actor: self.actor,
            cursor: Vec::new(),
            pushes: vec![push],
            readings: Vec::new(),
            waiting: 0,
            pull: false,
            fills: Vec::new(),
            app: "test".into(),
            watch: None,
            to_desk: None,
        };
        pass(&town.core, &Pusher { device, worker }, request)
            .unwrap()
            .verdicts
            .remove(0)
    }

    /// Sends, and has it published.
    pub(crate) fn publish(&self, town: &Town, copy: &mut Copy, person: Option<PersonId>) {
        let verdict = self.push(town, copy, person);
        assert_eq!(verdict.outcome, Outcome::Accepted, "{:?}", verdict.code);
        town.run();
    }
}
