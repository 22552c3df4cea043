//! What can go wrong in a notebook, in words a practitioner can act on. Nothing here carries what a
//! note says. That a note was held, or that the server is out of reach, is no trouble but a value.

use notes::note::edit::BadEdit;

use crate::host::KeyRefused;
use crate::store::StoreFault;

/// Why a call did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No note of this id is here.
    #[error("there is no such note on this phone")]
    NoNote,
    /// The note names no such attachment.
    #[error("the note has no such attachment")]
    NoAttachment,
    /// No person of this case id is here.
    #[error("there is no person with this case id on this phone; a note can begin with a name only")]
    NoPerson,
    /// The call asks for something that is not allowed; the sentence says what.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// An edit that does not fit the note.
    #[error(transparent)]
    Edit(#[from] BadEdit),
    /// The document was written by a newer app, or is damaged. It is kept whole.
    #[error("this version of the app cannot read the note; it is kept whole")]
    Unreadable,
    /// The key does not open the store, or the file is no store.
    #[error("the store does not open with this key")]
    WrongKey,
    /// The PIN does not open the vault.
    #[error("the PIN is not right")]
    WrongPin,
    /// The vault's file is damaged.
    #[error("the vault cannot be read")]
    VaultBroken,
    /// The store was written by a newer version.
    #[error("the store has schema {found}, this app knows {known}: update the app; nothing was changed")]
    NewerStore {
        /// Its schema version.
        found: u32,
        /// The newest known here.
        known: u32,
    },
    /// The phone has not been enrolled.
    #[error("this phone is not enrolled yet")]
    NotEnrolled,
    /// The device's key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// Another program has the store open. Nothing is lost; it can be tried again.
    #[error("another program has the store open; close it and try again")]
    Busy,
    /// An earlier call broke down in the middle, a bug. What was saved is safe.
    #[error("an earlier step broke down: close the app and open it again; what was saved is safe")]
    Broken,
    /// No room is left for the store.
    #[error("this phone has no room left: free some storage and try again; what was saved before is safe")]
    Full,
    /// The database failed: a failing disk, or a damaged file.
    #[error(transparent)]
    Store(StoreFault),
    /// What the store holds does not fit together; a bug, or a damaged file.
    #[error("the store holds something that cannot be read: {0}")]
    Damaged(&'static str),
}

impl From<automerge::AutomergeError> for Trouble {
    fn from(_: automerge::AutomergeError) -> Self {
        Self::Damaged("a document")
    }
}

impl From<notes::note::plain::Unreadable> for Trouble {
    fn from(_: notes::note::plain::Unreadable) -> Self {
        Self::Unreadable
    }
}
