//! A council: Kofi with his phone, the server, the case system's database, and the importer between the two, on a way
//! that can be rough. It keeps its own ledger of what the phone was told.

use std::collections::BTreeMap;
use std::time::Duration;

use client_core::notebook::{NewNote, NoteItem, State, Who};
use doorstep_tests::live::LivePhone;
use doorstep_tests::{Chance, Folder, Importer, Postgres, Process, Rough};
use notes::ids::DocumentId;
use serde_json::Value;

/// Kofi Mensah of the team Ashmere North, and three people of it whose cases are open.
const KOFI: &str = "W105";
pub(crate) const OPEN: [&str; 3] = ["P104201", "P104222", "P104255"];

/// What the test itself knows of a note.
pub(crate) struct Told {
    pub(crate) body: String,
    pub(crate) addenda: Vec<String>,
    /// For each version that the phone was told, how many addenda it has.
    pub(crate) versions: BTreeMap<u64, usize>,
    /// The desk took it back: the last of its versions, once the phone was told.
    pub(crate) taken_back: bool,
}

pub(crate) struct Council {
    // Dropped in this order: the importer lets go of the database before that ends.
    pub(crate) importer: Importer,
    pub(crate) server: Process,
    pub(crate) postgres: Postgres,
    pub(crate) rough: Rough,
    pub(crate) phone: LivePhone,
    pub(crate) ledger: BTreeMap<DocumentId, Told>,
    /// Finished or added to, and the phone has not been told a version yet.
    pub(crate) untold: Vec<DocumentId>,
    _folder: Folder,
}

impl Council {
    pub(crate) fn new(seed: u64) -> Self {
        let folder = Folder::new();
        let server = Process::with_sample_team(folder.path());
        let postgres = Postgres::new();
        let rough = Rough::before(server.url(), Chance::new(seed, "rough"));
        let chance = Chance::new(seed, "importer");
        let importer = Importer::new(&server, &postgres, rough.url(), &chance);
        let phone = LivePhone::enrolled(
            KOFI,
            &server.code(KOFI),
            server.url(),
            folder.path(),
            Chance::new(seed, KOFI),
        );
        let council = Self {
            importer,
            server,
            postgres,
            rough,
            phone,
            ledger: BTreeMap::new(),
            untold: Vec::new(),
            _folder: folder,
        };
        for case_id in OPEN {
            council.has_case(case_id, "NULL", "NULL");
        }
        council
    }

    /// The case system has this case, closed on a day or not, and in somebody's hands or not.
    pub(crate) fn has_case(&self, case_id: &str, closed_on: &str, in_use_by: &str) {
        self.postgres.runs(&format!(
            "INSERT INTO person_case VALUES ('{case_id}', {closed_on}, {in_use_by}) ON CONFLICT (case_id)
             DO UPDATE SET closed_on = excluded.closed_on, in_use_by = excluded.in_use_by"
        ));
    }

    /// Kofi writes and finishes a note.
    pub(crate) fn finishes(&mut self, case_id: &str, kind: &str, body: &str) -> DocumentId {
        self.finishes_visit_at(None, case_id, kind, body)
    }

    /// The same, of a visit at this time.
    pub(crate) fn finishes_visit_at(
        &mut self,
        started_at: Option<i64>,
        case_id: &str,
        kind: &str,
        body: &str,
    ) -> DocumentId {
        let new = NewNote {
            who: Who::CaseId(case_id),
            kind,
            started_at,
            ended_at: None,
        };
        let note = self.phone.book.new_note(&new).unwrap();
        self.phone.book.type_text(note, "body", None, 0, body, 0).unwrap();
        self.phone.book.finish(note).unwrap();
        let told = Told {
            body: body.to_owned(),
            addenda: Vec::new(),
            versions: BTreeMap::new(),
            taken_back: false,
        };
        self.ledger.insert(note, told);
        self.untold.push(note);
        note
    }

    /// Kofi adds to a finished note.
    pub(crate) fn adds(&mut self, note: DocumentId, text: &str) {
        self.phone.book.add(note, text).unwrap();
        self.ledger.get_mut(&note).unwrap().addenda.push(text.to_owned());
        self.untold.push(note);
    }

    /// The desk takes back a note that stands beside another about the same visit.
    pub(crate) fn takes_back(&mut self, note: DocumentId) {
        let mut issues = self.issues("possible_duplicate").into_iter();
        let text = note.to_string();
        let of_note = |issue: &Value| {
            issue["detail"]["notes"]
                .as_array()
                .unwrap()
                .contains(&text.as_str().into())
        };
        let issue = issues.find(of_note).expect("somebody was asked");
        let id = issue["id"].as_str().unwrap();
        let order = [
            "issue",
            "settle",
            id,
            "withdraw",
            "--note",
            &text,
            "--reason",
            "Written twice.",
        ];
        self.server.run(&order);
        self.ledger.get_mut(&note).unwrap().taken_back = true;
        self.untold.push(note);
    }

    /// A pass of the phone, if the server is there; what it is told of versions is written into the ledger.
    pub(crate) fn syncs(&mut self) {
        self.phone.syncs();
        let Self {
            phone,
            ledger,
            untold,
            ..
        } = self;
        untold.retain(|note| {
            let item = phone.book.listed(*note).unwrap().unwrap();
            let told = ledger.get_mut(note).unwrap();
            let before = told.versions.keys().next_back().copied().unwrap_or(0);
            match item.version {
                Some(version) if version > before && item.state != State::OnPhone => {
                    assert_eq!(version, before + 1, "{note}: one deed, one version");
                    told.versions.insert(version, told.addenda.len());
                    false
                }
                _ => true,
            }
        });
    }

    /// Passes until the phone was told of all that it sent. The server must be there.
    pub(crate) fn syncs_until_told(&mut self) {
        for _ in 0..500 {
            self.syncs();
            if self.untold.is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!(
            "the phone is not told of {:?}\n{}",
            self.untold,
            self.server.log()
        );
    }

    /// What the phone shows of a note, after a pass.
    pub(crate) fn shows(&mut self, note: DocumentId) -> NoteItem {
        self.syncs();
        self.phone.book.listed(note).unwrap().unwrap()
    }

    /// Open issues of one kind.
    pub(crate) fn issues(&self, kind: &str) -> Vec<Value> {
        let all = self.server.run(&["issue", "list", "--json"]);
        let all: Vec<Value> = serde_json::from_str(&all).unwrap();
        all.into_iter().filter(|issue| issue["kind"] == kind).collect()
    }

    /// What the server says that the importer has not answered.
    pub(crate) fn outstanding(&self) -> Vec<Value> {
        let (client, key) = (&self.importer.client, &self.importer.key);
        let args = ["client", "token", client, "--key", key.to_str().unwrap()];
        let token = self
            .server
            .run(&[&args[..], &["--server", self.server.url(), "--json"]].concat());
        let token: Value = serde_json::from_str(&token).unwrap();
        let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let mut answer = ureq::get(format!("{}/v1/export/outstanding", self.server.url()))
            .header("Authorization", bearer)
            .call()
            .unwrap();
        let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        assert_eq!(answer["more"], false, "all of them");
        answer["outstanding"].as_array().unwrap().clone()
    }

    /// The case system's rows, notes and appendments.
    pub(crate) fn rows(&self) -> Vec<Value> {
        self.postgres.asks(
            "SELECT note_id, version, 'note' AS sort, text, record FROM case_note UNION ALL
             SELECT note_id, version, 'appendment', text, record FROM appendment ORDER BY note_id, version",
        )
    }
}
