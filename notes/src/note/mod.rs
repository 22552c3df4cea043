//! The note and the person's page as Automerge documents: their fields, their first change, the
//! reading of one into plain values, the edits that change one, and the rules after finishing.
//! Storing and sending them is other people's work.

pub mod edit;
pub mod fields;
pub mod finish;
pub mod genesis;
pub mod plain;
mod shown;

use automerge::{Automerge, LoadOptions, TextEncoding};

/// Opens a document from chunks in one byte string. Text positions count Unicode scalar values on
/// every platform; Automerge's own default differs between native code and WebAssembly.
///
/// # Errors
/// Automerge's own, when the bytes are no document. Bytes from outside pass [`crate::gate`] first.
pub fn load(bytes: &[u8]) -> Result<Automerge, automerge::AutomergeError> {
    Automerge::load_with_options(
        bytes,
        LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint),
    )
}

/// An empty document that counts text as [`load`] does.
#[must_use]
pub fn empty() -> Automerge {
    Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint)
}

pub use edit::Edit;
pub use fields::Template;
pub use plain::Plain;

#[cfg(test)]
mod tests;
