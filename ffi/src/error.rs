//! The one error that apps see. The variant is the code, the text a sentence that may be shown; no
//! sentence repeats what the caller passed in, so none can carry what a note says.

use client_core::Trouble;
use notes::ids::BadId;
use notes::note::edit::BadEdit;

#[cfg(not(target_arch = "wasm32"))]
use crate::mobile::HostError;

/// Why a call did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(not(target_arch = "wasm32"), derive(uniffi::Error), uniffi(flat_error))]
pub enum NotebookError {
    /// No note of this id is here.
    #[error("There is no such note on this phone.")]
    NoNote,
    /// The note names no such attachment.
    #[error("The note has no such attachment.")]
    NoAttachment,
    /// No person of this case id is here.
    #[error("There is no person with this case id on this phone; a note can begin with a name only.")]
    NoPerson,
    /// The call asks for something that is not allowed.
    #[error("This is not allowed: {0}.")]
    NotAllowed(&'static str),
    /// An edit that does not fit the note.
    #[error("This does not fit the note: {0}.")]
    Edit(&'static str),
    /// Written by a newer app, or damaged.
    #[error("This version of the app cannot read the note; it is kept whole.")]
    Unreadable,
    /// The key does not open the store, or the file is no store.
    #[error("The store does not open with this key.")]
    WrongKey,
    /// The PIN does not open the vault.
    #[error("The PIN is not right.")]
    WrongPin,
    /// The vault's file is damaged.
    #[error("The vault cannot be read.")]
    VaultBroken,
    /// The store was written by a newer app.
    #[error("The notes here were written by a newer version of the app: update it. Nothing was changed.")]
    NewerStore,
    /// The phone has not been enrolled.
    #[error("This phone is not enrolled yet.")]
    NotEnrolled,
    /// The device's key cannot sign.
    #[error("The device's key cannot be used.")]
    Key,
    /// No room is left on the phone.
    #[error("This phone has no room left. Free some storage and try again; what was saved before is safe.")]
    Full,
    /// The database failed: failing disk, damaged file, or another program has it open.
    #[error("The store could not be read or written.")]
    Store,
    /// What the store holds does not fit together.
    #[error("The store holds something that cannot be read: {0}.")]
    Damaged(&'static str),
    /// Something came from elsewhere since the text was read, so the place may be another one.
    #[error("The text has changed meanwhile.")]
    Stale,
    /// The app called with something that is none: a mistake in the app.
    #[error("The app made a mistake: {0}.")]
    BadCall(&'static str),
    #[cfg(not(target_arch = "wasm32"))]
    /// The app's clock or dice gave nothing: a mistake in the app.
    #[error("The phone's clock or its random numbers cannot be had.")]
    Host,
    /// An earlier call broke down half way. What was acknowledged is in the store.
    #[error("The notebook has to be opened again. What was acknowledged is kept.")]
    Broken,
}

impl From<Trouble> for NotebookError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NoNote => Self::NoNote,
            Trouble::NoAttachment => Self::NoAttachment,
            Trouble::NoPerson => Self::NoPerson,
            Trouble::NotAllowed(sentence) => Self::NotAllowed(sentence),
            Trouble::Edit(edit) => Self::Edit(without_words(&edit)),
            Trouble::Unreadable => Self::Unreadable,
            Trouble::WrongKey => Self::WrongKey,
            Trouble::WrongPin => Self::WrongPin,
            Trouble::VaultBroken => Self::VaultBroken,
            Trouble::NewerStore { .. } => Self::NewerStore,
            Trouble::NotEnrolled => Self::NotEnrolled,
            Trouble::Key(_) => Self::Key,
            Trouble::Full => Self::Full,
            Trouble::Busy | Trouble::Store(_) => Self::Store,
            Trouble::Broken => Self::Broken,
            Trouble::Damaged(what) => Self::Damaged(what),
        }
    }
}

/// Without the path that the caller gave.
fn without_words(edit: &BadEdit) -> &'static str {
    match edit {
        BadEdit::NoField(_) => "there is no such field that can be changed this way",
        BadEdit::OutOfRange => "the position is outside the text",
        BadEdit::BadValue(_) => "the field does not take this value",
        BadEdit::Full(_) => "the field is full",
        BadEdit::Finished => "the note is finished already",
        BadEdit::Document => "the document refused the change",
    }
}

impl From<BadId> for NotebookError {
    fn from(_: BadId) -> Self {
        Self::BadCall("a note's id is 32 hexadecimal digits, hyphens allowed")
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl From<HostError> for NotebookError {
    fn from(_: HostError) -> Self {
        Self::Host
    }
}
