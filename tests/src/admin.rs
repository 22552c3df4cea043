//! The people who run the server, with the operations that its command line has.

use notes::ids::DocumentId;
use serde_json::{Map, Value, json};
use server::messages::{self, Kind, NewMessage};
use server::ops::import::Imported;
use server::{issues, ops};

use crate::clock::DAY;
use crate::phone::Phone;
use crate::server::Server;
use crate::village::file;

/// An operator at the server's keyboard.
pub struct Admin<'a>(pub(crate) &'a Server);

impl Admin<'_> {
    /// Imports the demo's workers and people; gives what became of both.
    pub fn imports(&self) -> [Imported; 2] {
        let core = self.0.core();
        let read = |name: &str| std::fs::read(file(name)).expect("the demo is there");
        let workers = ops::import::workers(&core, &read("demo/workers.csv"), "operator");
        let people = ops::import::people(&core, &read("demo/people.csv"), "operator");
        [workers.expect("workers"), people.expect("people")]
    }

    /// A one-time code for one phone.
    pub fn code(&self, worker: &str) -> String {
        let made = ops::enrol::make_code(&self.0.core(), worker, DAY, "operator");
        made.expect("a code").code.shown()
    }

    /// Takes a phone's rights away.
    pub fn revokes(&self, phone: &Phone) {
        let device = phone.device().to_string();
        let core = self.0.core();
        let revoked = core
            .store
            .write(|tx| ops::device::revoke(tx, &core.host, &device, None, "operator"));
        assert!(revoked.expect("revoked"));
    }

    /// Orders a phone to let go of everything.
    pub fn wipes(&self, phone: &Phone, unsent: bool) {
        let device = phone.device().to_string();
        let (core, why) = (self.0.core(), ("lost on a bus", "operator"));
        let ordered = core
            .store
            .write(|tx| ops::device::wipe(tx, &core.host, &device, unsent, why));
        assert!(ordered.expect("ordered").new);
    }

    /// Orders a phone to ask for the PIN.
    pub fn locks(&self, phone: &Phone) {
        let device = phone.device().to_string();
        let core = self.0.core();
        let ordered = core
            .store
            .write(|tx| ops::device::lock(tx, &core.host, &device, "left on a table", "operator"));
        assert!(ordered.expect("ordered").new);
    }

    /// What the desk knows of a phone.
    pub fn device(&self, phone: &Phone) -> Value {
        let all = ops::device::list(&self.0.core()).expect("the list");
        let id = phone.device().to_string();
        let found = all
            .as_array()
            .and_then(|all| all.iter().find(|d| d["id"] == id.as_str()));
        found.cloned().expect("the phone is known")
    }

    /// Asks a worker about a note; gives the message's id.
    pub fn asks(&self, worker: &str, note: DocumentId, text: &str) -> String {
        let core = self.0.core();
        let message = NewMessage {
            worker,
            document: Some(note),
            issue: None,
            kind: Kind::Ask,
            text,
            by_name: "Bea Admin",
        };
        let sent = core.store.write(|tx| messages::send(tx, &core.host, &message));
        sent.expect("the store")
    }

    /// Settles something for the whole council.
    pub fn sets(&self, name: &str, value: &str) {
        let core = self.0.core();
        let now = core.host.now_ms();
        let set = core
            .store
            .write(|tx| tx.setting_put(name, value, "operator", now));
        set.expect("the store");
    }

    /// Puts a person on a worker's caseload.
    pub fn allocates(&self, case_id: &str, worker: &str) {
        let done = ops::allocate::allocate(&self.0.core(), case_id, worker, "operator");
        done.expect("allocated");
    }

    /// All open issues.
    pub fn issues(&self) -> Vec<Value> {
        let list = issues::list(&self.0.core()).expect("the list");
        list.as_array().cloned().unwrap_or_default()
    }

    /// The only open issue of a kind about a note.
    pub fn issue(&self, kind: &str, note: DocumentId) -> Value {
        let id = note.to_string();
        let mut found = self.issues();
        found.retain(|issue| issue["kind"] == kind && issue["note_id"] == id.as_str());
        assert_eq!(
            found.len(),
            1,
            "one open issue of kind {kind}: {:?}",
            self.issues()
        );
        found.remove(0)
    }

    /// Ends an issue.
    pub fn settles(&self, issue: &Value, action: &str, args: &Value) {
        let id = issue["id"].as_str().expect("an id");
        let empty = Map::new();
        let args = args.as_object().unwrap_or(&empty);
        let ended = issues::settle(&self.0.core(), id, action, args, "operator", "looked at it");
        ended.unwrap_or_else(|code| panic!("{action} on {issue}: {code}"));
    }

    /// Ends an issue by an action that needs nothing else.
    pub fn decides(&self, issue: &Value, action: &str) {
        self.settles(issue, action, &json!({}));
    }

    /// A person's id by the case system's.
    pub fn person(&self, case_id: &str) -> notes::ids::PersonId {
        let found = self.0.core().store.read(|tx| tx.person_by_case(case_id));
        found.expect("the store").expect("the person is known").id
    }
}
