//! A phone of the village: the real notebook on an encrypted store of its own, with words as a story
//! uses them. Whatever it shows as sent is written into the village's ledger at once.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use automerge::{Automerge, ChangeHash};
use client_core::host::Host;
use client_core::notebook::{NoteItem, Stage, State};
use client_core::{Ended, Fetched, NewNote, Notebook, SyncMode, SyncReport, Trouble, Who};
use notes::attachment::AttachmentId;
use notes::ids::{DeviceId, DocumentId};
use serde_json::Value;

use crate::clock::{PhoneClock, Time};
use crate::dice::Chance;
use crate::folder::Folder;
use crate::ledger::{Ledger, Shown};
use crate::link::Link;
use crate::peek::Peek;
use crate::server::{Server, URL};

const STORE: &str = "phone.db";

/// What a phone needs of its village.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) time: Time,
    pub(crate) server: Rc<Server>,
    pub(crate) shown: Rc<RefCell<Ledger>>,
}

/// A phone with its worker.
pub struct Phone {
    /// Which phone it is, for the ledger.
    pub name: String,
    /// Whose it is.
    pub worker: String,
    /// Its way to the server.
    pub link: Link,
    around: Around,
    notebook: Option<Notebook>,
    folder: Folder,
    key: [u8; 32],
    offset: Arc<AtomicI64>,
    chance: Chance,
}

impl Phone {
    pub(crate) fn new(around: Around, worker: &str, name: &str, chance: Chance) -> Self {
        let mut phone = Self {
            name: name.to_owned(),
            worker: worker.to_owned(),
            link: Link::new(Rc::clone(&around.server)),
            around,
            notebook: None,
            folder: Folder::new(),
            key: chance.bytes(),
            offset: Arc::default(),
            chance,
        };
        phone.open();
        phone
    }

    fn open(&mut self) {
        let clock = PhoneClock {
            time: self.around.time.clone(),
            offset: Arc::clone(&self.offset),
        };
        let host = Host {
            clock: Box::new(clock),
            dice: Box::new(self.chance.clone()),
            keystore: None,
            app: "village 1".into(),
        };
        let path = self.folder.path().join(STORE);
        let opened = Notebook::open(path.to_str().unwrap(), &self.key, host);
        self.notebook = Some(opened.expect("the notebook opens"));
    }

    /// The notebook itself, for what has no word here.
    pub fn notebook(&mut self) -> &mut Notebook {
        self.notebook.as_mut().expect("the phone is on")
    }

    /// Its id on the server.
    pub fn device(&self) -> DeviceId {
        let device = self.notebook.as_ref().and_then(Notebook::device);
        device.expect("the phone is enrolled")
    }

    /// Spends a one-time code.
    pub fn enrol(&mut self, code: &str) -> Ended {
        let Self { notebook, link, .. } = self;
        let notebook = notebook.as_mut().expect("the phone is on");
        notebook.enrol(link, code, URL).expect("the store is fine")
    }

    /// The phone's clock goes wrong by so much.
    pub fn clock_is_off_by(&mut self, ms: i64) {
        self.offset.store(ms, Ordering::Relaxed);
    }

    // Writing.

    /// Begins a note about a person of the team.
    pub fn new_note(&mut self, case_id: &str, kind: &str) -> DocumentId {
        let new = NewNote {
            who: Who::CaseId(case_id),
            kind,
            started_at: None,
            ended_at: None,
        };
        self.notebook().new_note(&new).expect("a note begins")
    }

    /// Types at the end of the body.
    pub fn types(&mut self, note: DocumentId, text: &str) {
        self.types_in(note, "body", text);
    }

    /// Types at the end of a field.
    pub fn types_in(&mut self, note: DocumentId, field: &str, text: &str) {
        let typed = self.notebook().type_text(note, field, None, 0, text, 0);
        typed.expect("the text is taken");
    }

    /// Deletes and inserts somewhere in the body.
    ///
    /// # Errors
    /// The notebook's, where it refuses.
    pub fn edits(&mut self, note: DocumentId, at: u64, delete: u64, insert: &str) -> Result<(), Trouble> {
        self.notebook()
            .type_text(note, "body", Some(at), delete, insert, 0)
    }

    /// Sets a field; gives the id of a new entry.
    pub fn sets(&mut self, note: DocumentId, path: &str, value: impl Into<Value>) -> Option<String> {
        let value = value.into();
        let set = self.notebook().set(note, path, &value);
        set.unwrap_or_else(|trouble| panic!("{path} = {value}: {trouble}"))
    }

    /// Finishes a note.
    pub fn finishes(&mut self, note: DocumentId) {
        self.notebook().finish(note).expect("it is finished");
    }

    /// Adds to a finished note.
    pub fn adds(&mut self, note: DocumentId, text: &str) {
        self.notebook().add(note, text).expect("it is added");
    }

    /// Attaches a file.
    pub fn attaches(&mut self, note: DocumentId, bytes: &[u8], caption: &str) -> AttachmentId {
        let attached = self.notebook().attach(note, bytes, Some(caption));
        attached.expect("it is attached")
    }

    /// A file of a note, from the phone or from the server.
    pub fn fetches(&mut self, note: DocumentId, id: AttachmentId) -> Fetched {
        let Self { notebook, link, .. } = self;
        let notebook = notebook.as_mut().expect("the phone is on");
        notebook.attachment(link, note, id).expect("the note names it")
    }

    /// Where the bytes of a file are, by the phone's own word.
    pub fn where_is(&mut self, note: DocumentId, id: AttachmentId) -> String {
        let shown = self.reads(note);
        let all = shown["attachments"].as_array().expect("attachments");
        let found = all.iter().find(|one| one["id"] == id.to_string());
        found.expect("it is named")["where"]
            .as_str()
            .expect("a place")
            .to_owned()
    }

    /// Whether the bytes of a file are in the phone's own store.
    pub fn still_has_file(&mut self, id: AttachmentId) -> bool {
        self.peek().has_file(id)
    }

    /// Joins a colleague's note.
    pub fn joins(&mut self, note: DocumentId) {
        self.notebook().join(note).expect("it is joined");
    }

    // Sync.

    /// One pass, whatever comes of it.
    pub fn syncs(&mut self) -> SyncReport {
        let report = self.passes(SyncMode::Both);
        self.note_down();
        report
    }

    /// One pass or half of one, without a look at the list.
    pub fn passes(&mut self, mode: SyncMode) -> SyncReport {
        let Self { notebook, link, .. } = self;
        let notebook = notebook.as_mut().expect("the phone is on");
        notebook.sync(link, mode).expect("the store is fine")
    }

    /// One pass that must go through.
    pub fn syncs_well(&mut self) -> SyncReport {
        let report = self.syncs();
        assert_eq!(report.ended, Ended::Quiet, "{} in fair weather", self.name);
        report
    }

    // Looking.

    /// Everything that the phone lists. The shorter lists are looked for in another way, and must say the same.
    pub fn list(&mut self) -> Vec<NoteItem> {
        let all = self.notebook().list().expect("the list");
        let those = |states: &[State]| -> Vec<NoteItem> {
            all.iter()
                .filter(|item| states.contains(&item.state))
                .cloned()
                .collect()
        };
        let (unsent, amiss) = (self.notebook().unsent(), self.notebook().amiss());
        assert_eq!(
            unsent.expect("what waits"),
            those(&[State::OnPhone]),
            "{}",
            self.name
        );
        let expected = those(&[State::Held, State::Refused, State::Conflict]);
        assert_eq!(amiss.expect("what is amiss"), expected, "{}", self.name);
        all
    }

    /// One line of the list; none where the note is not there.
    pub fn item(&mut self, note: DocumentId) -> Option<NoteItem> {
        let listed = self.notebook().listed(note).expect("a line of the list");
        assert_eq!(listed, self.list().into_iter().find(|item| item.id == note));
        listed
    }

    /// Where a note stands, by the phone's own word.
    pub fn state(&mut self, note: DocumentId) -> State {
        let item = self.item(note);
        item.unwrap_or_else(|| panic!("{} does not list {note}", self.name))
            .state
    }

    /// Whether a note is finished here.
    pub fn has_finished(&mut self, note: DocumentId) -> bool {
        self.item(note).is_some_and(|item| item.stage == Stage::Finished)
    }

    /// Opens a note, which leaves a trace.
    pub fn reads(&mut self, note: DocumentId) -> Value {
        self.notebook().show(note).expect("the note opens")
    }

    /// The body, as the store has it; leaves no trace.
    pub fn body(&mut self, note: DocumentId) -> String {
        self.text(note, "body")
    }

    /// A text, as the store has it; leaves no trace.
    pub fn text(&mut self, note: DocumentId, field: &str) -> String {
        use automerge::ReadDoc as _;
        let doc = self.document(note).expect("the note is here");
        let (_, text) = doc.get(automerge::ROOT, field).unwrap().expect("a text");
        doc.text(&text).unwrap()
    }

    /// The document, as the store has it once typing has come to rest.
    pub fn document(&mut self, note: DocumentId) -> Option<Automerge> {
        let _ = self.list();
        self.peek().document(note)
    }

    /// Every change of a note that is anywhere on the phone: in it, offered, or set aside.
    pub fn still_has(&mut self, note: DocumentId) -> BTreeSet<ChangeHash> {
        let _ = self.list();
        self.peek().changes(note)
    }

    fn peek(&self) -> Peek {
        Peek::at(&self.folder, STORE, &self.key)
    }

    /// Writes into the ledger what the phone shows as sent at this moment.
    pub fn note_down(&mut self) {
        let sent = |item: &NoteItem| {
            let held = matches!(item.state, State::OnServer | State::InCaseSystem | State::Refused);
            held.then_some(item.id)
        };
        let sent: Vec<_> = self.list().iter().filter_map(sent).collect();
        if sent.is_empty() {
            return;
        }
        let peek = self.peek();
        let actor = self.notebook().actor().0;
        self.around.shown.borrow_mut().writes_under(actor.to_vec().into());
        for note in sent {
            let doc = peek.document(note).expect("what is listed is in the store");
            let metas = doc.get_changes_meta(&[]);
            let changes = metas
                .into_iter()
                .map(|meta| (meta.hash, meta.actor.into_owned()))
                .collect();
            let phone = self.name.clone();
            self.around
                .shown
                .borrow_mut()
                .write(Shown { phone, note, changes });
        }
    }

    // What happens to phones.

    /// The phone dies at this moment, and starts again from what is in its files.
    pub fn is_killed(&mut self) {
        let left = self.folder.as_left_by_a_crash();
        drop(self.notebook.take());
        self.folder = left;
        self.open();
    }

    /// A second phone from a copy of this one's files, with dice of its own.
    #[must_use]
    pub fn copied(&mut self, name: &str) -> Self {
        let folder = self.folder.as_left_by_a_crash();
        let mut copy = Self {
            name: name.to_owned(),
            worker: self.worker.clone(),
            link: Link::new(Rc::clone(&self.around.server)),
            around: self.around.clone(),
            notebook: None,
            folder,
            key: self.key,
            offset: Arc::default(),
            chance: Chance::new(self.chance.below(u64::MAX), name),
        };
        copy.open();
        copy
    }
}
