//! What the team's desk says to an app and orders it to do.

use client_core::notebook::{Message, Ordered, Settings, Storage, Wipe};
use notes::ids::DocumentId;

use super::{Notebook, NotebookError};

/// A message of the team's desk that was not read yet.
#[uniffi::remote(Record)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The note that it is about, where that is on this phone.
    pub note: Option<DocumentId>,
    /// The person whom that note is about, where known.
    pub name: Option<String>,
    /// `nudge`, `ask`, `returned` or `note`.
    pub kind: String,
    /// The words.
    pub text: String,
    /// Who says it.
    pub from: String,
    /// When.
    pub sent_at: String,
}

/// What the council has settled for its phones. What is none is the app's own to say.
#[uniffi::remote(Record)]
pub struct Settings {
    /// After so many seconds in which nobody touched it the app locks itself.
    pub idle_lock_s: Option<u32>,
    /// What a worker says to a person about the notes.
    pub consent_text: Option<String>,
    /// What stands on the page on which a note is finished.
    pub finish_text: Option<String>,
    /// A note that is open so many hours after the contact is overdue.
    pub overdue_draft_h: Option<u32>,
}

/// How far a wipe has come.
#[uniffi::remote(Enum)]
pub enum Wipe {
    /// Something is still to be sent.
    Sends,
    /// Nothing is left here but who this phone was; the server does not know it yet.
    Emptied,
    /// The server knows it: the app takes the files and the keys away.
    Done,
}

/// What this phone was ordered to do.
#[uniffi::remote(Record)]
pub struct Ordered {
    /// To ask for the PIN.
    pub lock: bool,
    /// To let go of everything.
    pub wipe: Option<Wipe>,
    /// Notes of which something is still to be sent.
    pub waiting: u64,
    /// Notes to which something was begun to be added: a wipe waits until it is added or taken out.
    pub additions: Vec<DocumentId>,
}

/// How the phone stands, for the desk.
#[uniffi::remote(Record)]
pub struct Storage {
    /// Whether the system promised to keep the app's storage.
    pub persisted: Option<bool>,
    /// How much the app uses.
    pub used_bytes: Option<u64>,
    /// How much more it may use.
    pub free_bytes: Option<u64>,
}

#[uniffi::export]
impl Notebook {
    /// What the team's desk says, oldest first, until it was read.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn messages(&self) -> Result<Vec<Message>, NotebookError> {
        Ok(self.book()?.messages()?)
    }

    /// The worker has read a message; the desk is told with the next pass.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn read_message(&self, id: &str) -> Result<(), NotebookError> {
        Ok(self.book()?.read_message(id)?)
    }

    /// What the council has settled for its phones.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn settings(&self) -> Result<Settings, NotebookError> {
        Ok(self.book()?.settings()?)
    }

    /// What this phone was ordered to do; to be asked after each talk with the server.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn ordered(&self) -> Result<Ordered, NotebookError> {
        Ok(self.book()?.ordered()?)
    }

    /// Tells the core how the phone stands, before a pass.
    ///
    /// # Errors
    /// Where an earlier call broke down.
    pub fn stands(&self, storage: Storage) -> Result<(), NotebookError> {
        self.book()?.stands(storage);
        Ok(())
    }
}
