//! The notebook as an object that an app may share between its threads. Each method is one call of
//! client-core's notebook under a lock; values travel as records, and a whole note also as JSON text.
//! Calls block: an app makes them away from the thread that draws its screens.

#![expect(clippy::needless_pass_by_value, reason = "UniFFI hands values over")]

mod desk;
mod gathered;
mod host;
mod let_in;
mod live;
mod lookup;
mod note;
mod reflection;
mod values;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use client_core::notebook::in_place;
use client_core::notebook::{Ended, Fetched, Identity, NoteItem, PersonItem, SyncMode, SyncReport};
use client_core::{NewNote, Shared, Talk, Trouble, Who, vault};
use notes::ids::DocumentId;
use zeroize::Zeroizing;

pub use crate::error::NotebookError;
use crate::key_of;
pub use gathered::{OpenAction, PersonView, ScreenText, TodayView, WantedOutcome};
pub use host::{Clock, Dice, HostError, HttpHeader, HttpRequest, HttpResponse, Keystore, Transport};
use host::{Device, Hands, Link};
pub use let_in::{LetIn, let_in, throw_spare};
pub use live::{LiveEvent, LiveSocket, LiveStep};
pub use lookup::{FoundNoteView, LookupView};
pub use note::{
    Action, Addendum, Attachment, Concern, Conflict, Contact, Feedback, Finished, NoteFields, NoteView,
    Outcome, PageAlert, PageView, Passage, Present, ReviewPlan, SingleValue, UnmetNeed, Worker,
};

/// The notes of one worker on one phone.
#[derive(uniffi::Object)]
pub struct Notebook {
    book: Mutex<client_core::Notebook>,
    /// Held for as long as a pass takes: of two at once, each would say the same.
    passes: Mutex<()>,
    /// How often what was typed was refused: what is typed on top of a refused key is refused too.
    refused: AtomicU64,
    hands: Hands,
}

impl Shared for Notebook {
    fn with<T>(
        &self,
        f: impl FnOnce(&mut client_core::Notebook) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        self.book.with(f)
    }
}

impl Notebook {
    /// The notebook for one call, with a host that has shown that it can serve it.
    fn book(&self) -> Result<MutexGuard<'_, client_core::Notebook>, NotebookError> {
        let book = self.book.lock().map_err(|_| NotebookError::Broken)?;
        self.hands.ready()?;
        Ok(book)
    }

    /// A pass, or what must not run beside one. Between two requests others have the notebook.
    fn pass<T>(&self, pass: impl Future<Output = Result<T, Trouble>>) -> Result<T, NotebookError> {
        let _alone = self.passes.lock().map_err(|_| NotebookError::Broken)?;
        self.hands.ready()?;
        Ok(in_place(pass)?)
    }

    /// What a screen has seen: another number once something came from elsewhere, or a key was refused.
    fn seen(&self, book: &client_core::Notebook) -> u64 {
        let refused = self.refused.load(Ordering::Relaxed);
        book.arrivals().wrapping_add(refused)
    }

    fn begin(&self, new: &NewNote<'_>) -> Result<DocumentId, NotebookError> {
        Ok(self.book()?.new_note(new)?)
    }
}

#[uniffi::export]
impl Notebook {
    /// Opens the store at a path, or makes it there, and replays what a kill left in its journal.
    ///
    /// `key` is 32 bytes, as [`unseal_key`] gives them. Without a keystore the device's key is kept in
    /// software, inside the encrypted store. `app` is the app's name and version, for the team's desk.
    ///
    /// # Errors
    /// A key that is not the store's, a store of a newer app, or one that cannot be read.
    #[uniffi::constructor]
    pub fn open(
        path: &str,
        key: Vec<u8>,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
        keystore: Option<Arc<dyn Keystore>>,
        app: String,
    ) -> Result<Arc<Self>, NotebookError> {
        let key = key_of(key)?;
        let hands = Hands::new(clock, dice)?;
        let host = client_core::host::Host {
            clock: Box::new(hands.clone()),
            dice: Box::new(hands.clone()),
            keystore: keystore.map(|keystore| Box::new(Device(keystore)) as Box<_>),
            app,
        };
        let book = client_core::Notebook::open(path, &key, host)?;
        Ok(Arc::new(Self {
            book: Mutex::new(book),
            passes: Mutex::default(),
            refused: AtomicU64::default(),
            hands,
        }))
    }

    /// Spends a one-time code. `server` is the server's address; it is kept for [`Self::server`]. `spare` is left with the
    /// server, for [`let_in()`].
    ///
    /// # Errors
    /// Where the store or the key fails; that the server refuses or is out of reach is a value.
    #[uniffi::method(default(spare = None))]
    pub fn enrol(
        &self,
        transport: Arc<dyn Transport>,
        code: &str,
        server: &str,
        spare: Option<String>,
    ) -> Result<Ended, NotebookError> {
        let link = Link(transport);
        let spare = spare.map(|spare| let_in::spare_of(&spare)).transpose()?;
        self.pass(Talk::between(self, &link).enrol_with(code, server, spare.as_ref()))
    }

    /// Whose phone this is; none before it is enrolled.
    ///
    /// # Errors
    /// Where an earlier call broke down.
    pub fn identity(&self) -> Result<Option<Identity>, NotebookError> {
        Ok(self.book()?.identity().cloned())
    }

    /// The server's address, as it was given when enrolling.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn server(&self) -> Result<Option<String>, NotebookError> {
        Ok(self.book()?.server()?)
    }

    /// Caseload first, then the team; with a query, those whose name or case id has it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn people(&self, query: Option<String>) -> Result<Vec<PersonItem>, NotebookError> {
        Ok(self.book()?.people(query.as_deref())?)
    }

    /// A worker's name, where this phone knows it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn worker_name(&self, worker: &str) -> Result<Option<String>, NotebookError> {
        Ok(self.book()?.worker_name(worker)?)
    }

    /// Begins a note on a person of the team. Times are UTC milliseconds; it starts now where none is given.
    ///
    /// # Errors
    /// An unknown case id or kind, or a start in the future.
    pub fn new_note(
        &self,
        case_id: &str,
        kind: &str,
        started_at: Option<i64>,
        ended_at: Option<i64>,
    ) -> Result<DocumentId, NotebookError> {
        let who = Who::CaseId(case_id);
        self.begin(&NewNote {
            who,
            kind,
            started_at,
            ended_at,
        })
    }

    /// Begins a note on a person who is not known yet.
    ///
    /// # Errors
    /// An empty name, an unknown kind, or a start in the future.
    pub fn new_note_named(
        &self,
        name: &str,
        kind: &str,
        started_at: Option<i64>,
        ended_at: Option<i64>,
    ) -> Result<DocumentId, NotebookError> {
        let who = Who::Name(name);
        self.begin(&NewNote {
            who,
            kind,
            started_at,
            ended_at,
        })
    }

    /// The person's own page, which is written in like a note.
    ///
    /// # Errors
    /// An unknown case id.
    pub fn about(&self, case_id: &str) -> Result<DocumentId, NotebookError> {
        Ok(self.book()?.about(case_id)?)
    }

    /// Joins a colleague's open note, here already or not yet.
    ///
    /// # Errors
    /// A note that is finished, or a person's page.
    pub fn join(&self, note: DocumentId) -> Result<(), NotebookError> {
        Ok(self.book()?.join(note)?)
    }

    /// Deletes `delete` characters at a position and inserts text there; without a position at the end.
    /// Positions count Unicode scalar values. When it returns, the key is durable. `seen` comes from
    /// [`Self::on_screen`], where the position was counted in that text.
    ///
    /// # Errors
    /// A position outside the text, or a finished note; `Stale` where something came from elsewhere since `seen`, or a
    /// key was refused: take the text anew. Nothing was changed then.
    #[uniffi::method(default(seen = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "a key is one call, and they have names where it is called"
    )]
    pub fn type_text(
        &self,
        note: DocumentId,
        field: &str,
        at: Option<u64>,
        delete: u64,
        insert: &str,
        spent_ms: u64,
        seen: Option<u64>,
    ) -> Result<(), NotebookError> {
        let mut book = self.book()?;
        if seen.is_some_and(|seen| seen != self.seen(&book)) {
            return Err(NotebookError::Stale);
        }
        let typed = book.type_text(note, field, at, delete, insert, spent_ms);
        if typed.is_err() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        Ok(typed?)
    }

    /// Sets a field to a value in JSON; `actions.+` adds an entry and gives its id. `null` clears.
    ///
    /// # Errors
    /// A path or value that does not fit the note, or a finished note.
    pub fn set(&self, note: DocumentId, path: &str, json: &str) -> Result<Option<String>, NotebookError> {
        let value = serde_json::from_str(json)
            .map_err(|_| NotebookError::BadCall("the value is no JSON; text needs quotes"))?;
        Ok(self.book()?.set(note, path, &value)?)
    }

    /// Marks a passage as one that stays out of the person's copy: `third_party` or `do_not_share`.
    ///
    /// # Errors
    /// A passage outside the text, an unknown kind, or a text that does not exist.
    pub fn mark(
        &self,
        note: DocumentId,
        field: &str,
        start: u64,
        end: u64,
        kind: &str,
    ) -> Result<(), NotebookError> {
        Ok(self.book()?.mark(note, field, start, end, kind)?)
    }

    /// Finishes a note: from now on it is closed.
    ///
    /// # Errors
    /// A person's page is never finished.
    pub fn finish(&self, note: DocumentId) -> Result<(), NotebookError> {
        Ok(self.book()?.finish(note)?)
    }

    /// Adds an addendum to a finished note; gives its id.
    ///
    /// # Errors
    /// A note that is still open, or an empty text.
    pub fn add(&self, note: DocumentId, text: &str) -> Result<String, NotebookError> {
        Ok(self.book()?.add(note, text)?)
    }

    /// Attaches a file; gives its SHA-256 in hexadecimal. What kind of file it is, is told from its bytes.
    ///
    /// # Errors
    /// A kind of file that is not taken, one that is empty or larger than 25 MB, or a finished note.
    pub fn attach(
        &self,
        note: DocumentId,
        bytes: Vec<u8>,
        caption: Option<String>,
    ) -> Result<String, NotebookError> {
        Ok(self.book()?.attach(note, &bytes, caption.as_deref())?.to_string())
    }

    /// The bytes of a note's attachment, by its SHA-256: from this phone, or from the server. It counts as a reading.
    ///
    /// # Errors
    /// No such note or attachment here; that the server is out of reach or refuses is a value.
    pub fn attachment(
        &self,
        transport: Arc<dyn Transport>,
        note: DocumentId,
        sha256: &str,
    ) -> Result<Fetched, NotebookError> {
        let id = sha256
            .parse()
            .map_err(|_| NotebookError::BadCall("an attachment is named by 64 hexadecimal digits"))?;
        self.hands.ready()?;
        let link = Link(transport);
        Ok(in_place(Talk::between(self, &link).attachment(note, id))?)
    }

    /// All notes in view, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list(&self) -> Result<Vec<NoteItem>, NotebookError> {
        Ok(self.book()?.list()?)
    }

    /// Notes that have all the words, best first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn search(&self, words: &str) -> Result<Vec<NoteItem>, NotebookError> {
        Ok(self.book()?.search(words)?)
    }

    /// A note, or a person's page, as JSON with every field by its name. It counts as a reading.
    ///
    /// # Errors
    /// No such note here, or one that this app cannot read.
    pub fn show(&self, note: DocumentId) -> Result<String, NotebookError> {
        Ok(self.book()?.show(note)?.to_string())
    }

    /// One pass with the server. It blocks until its end, but no other call waits for the network: what is typed
    /// meanwhile goes with the next pass, or with the rest of this. A second pass waits for the first.
    ///
    /// # Errors
    /// Where the store fails. An unreachable or refusing server is told by the report.
    pub fn sync(&self, transport: Arc<dyn Transport>, mode: SyncMode) -> Result<SyncReport, NotebookError> {
        let link = Link(transport);
        self.pass(Talk::between(self, &link).sync(mode))
    }

    /// Turns typing that has paused into a change. Apps call it every second or so.
    ///
    /// # Errors
    /// Where the store cannot be written; nothing is lost.
    pub fn tick(&self) -> Result<(), NotebookError> {
        Ok(self.book()?.tick()?)
    }
}

/// Wraps a store's key by a PIN; gives the vault's file, for the app to keep beside the store.
///
/// # Errors
/// An empty PIN, or a key that is not 32 bytes.
#[uniffi::export]
pub fn seal_key(key: Vec<u8>, pin: String, dice: Arc<dyn Dice>) -> Result<Vec<u8>, NotebookError> {
    let (key, pin) = (key_of(key)?, Zeroizing::new(pin));
    let mut throws = host::throws(&*dice)?;
    Ok(vault::seal(&key, &pin, &mut throws)?)
}

/// Unwraps a store's key.
///
/// # Errors
/// A wrong PIN, or a file that is no vault.
#[uniffi::export]
pub fn unseal_key(vault: Vec<u8>, pin: String) -> Result<Vec<u8>, NotebookError> {
    let pin = Zeroizing::new(pin);
    Ok(vault::unseal(&vault, &pin)?.to_vec())
}
