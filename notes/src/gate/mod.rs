//! The gate: counts one Automerge chunk before Automerge may see a byte of it.
//!
//! Automerge trusts what it loads: a false counter, a repeated operation or a column that is a row
//! short can make it panic, allocate without bound, or keep a document that it cannot load again
//! once saved. So the gate reads the frame and the column headers by its own code, sums run lengths
//! without expanding them, and accepts only the one encoding that Automerge itself would write.
//!
//! It is not for what takes a second chunk to know: whether a dependency, an object or a foreign actor
//! exists in the document, how deep objects nest, or who may write. That is judged later, on scratch.

mod bytes;
mod change;
mod claims;
mod document;
mod elements;
mod frame;
mod graph;
mod lanes;
mod links;
mod ops;
mod rle;
mod rows;
#[cfg(test)]
mod tests;
mod texts;

use bytes::Bytes;

/// How much a chunk may claim. Everything is refused above these, whatever it really holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole chunk, frame included.
    pub chunk_bytes: usize,
    /// Operations, deletions included; for a change chunk also the sum of what they replace.
    pub ops: u64,
    /// Operations of one change; in a change chunk its deletions are not counted here.
    pub change_ops: u64,
    /// Changes in a document chunk. A chunk may besides not claim many more than one for each four of its bytes.
    pub changes: u64,
    /// Actors that the chunk names; of a document chunk fewer.
    pub actors: usize,
    /// Dependencies of one change, and heads of a document.
    pub deps: usize,
    /// Cap for `max_op`, `start_op`, `seq` and the counter of any operation id.
    pub counter: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            chunk_bytes: 4 << 20,
            ops: 500_000,
            change_ops: 250_000,
            changes: 100_000,
            actors: 1024,
            deps: 1024,
            counter: 50_000_000,
        }
    }
}

/// What a chunk is. Automerge's other two kinds, compressed changes and bundles, are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole document: many changes.
    Document,
    /// One change.
    Change,
}

/// What an accepted chunk holds, all of it read before Automerge was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Document or change.
    pub kind: Kind,
    /// Automerge's own hash of the chunk; for a change chunk this is the change's hash.
    pub hash: [u8; 32],
    /// All actors that the chunk names; for a change chunk the author is first.
    pub actors: Vec<[u8; 16]>,
    /// The document's heads, or the change's own hash.
    pub heads: Vec<[u8; 32]>,
    /// The change's dependencies; empty for a document.
    pub deps: Vec<[u8; 32]>,
    /// How many changes: 1 for a change chunk.
    pub changes: u64,
    /// How many operations, deletions included.
    pub ops: u64,
    /// The largest operation counter; `start_op - 1` for a change without operations.
    pub max_op: u64,
    /// The change's sequence number, or the largest one in the document.
    pub seq: u64,
    /// The change's first operation counter; 1 for a document.
    pub start_op: u64,
    /// What stands in a document's history under its root key `finished`: each operation, and each
    /// replacement or deletion of one. None for a change chunk, which is not the whole history.
    pub closings: Option<u64>,
    /// How a document came to be, where its history runs straight: only its first change depends on none, and each
    /// later one of an author depends on that author's last one by name. None for a change chunk.
    pub course: Option<Course>,
    /// In what objects a change writes, besides the root; each once. Whether they are there and of this kind
    /// only the document can tell. Empty for a document chunk, which has all its objects within itself.
    pub places: Vec<Place>,
}

/// The course of a document's history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Course {
    /// Who wrote, in order of first appearance, and how many changes.
    pub writers: Vec<([u8; 16], u64)>,
    /// The largest `start_op` of a change.
    pub last_start: u64,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who made the text.
    pub actor: [u8; 16],
    /// Under which counter.
    pub counter: u64,
    /// All that is shown of it.
    pub text: String,
}

/// An object in which a change writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Who made the object.
    pub actor: [u8; 16],
    /// Under which counter.
    pub counter: u64,
    /// It is written in as a text or a list, by elements; else as a map, by keys.
    pub sequence: bool,
}

/// Why a chunk was refused. It holds nothing of the chunk's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not what Automerge would have written; the word says where.
    #[error("malformed chunk: {0}")]
    Malformed(&'static str),
    /// The checksum does not match the bytes.
    #[error("the chunk's checksum does not match")]
    Checksum,
    /// A chunk type that Automerge does not have.
    #[error("unknown chunk type {0}")]
    UnknownType(u8),
    /// A compressed change, or a deflated column.
    #[error("compressed chunks are not taken")]
    Compressed,
    /// A bundle of changes.
    #[error("bundle chunks are not taken")]
    Bundle,
    /// More than the limits allow; the word says of what.
    #[error("the chunk claims too much: {0}")]
    TooLarge(&'static str),
    /// A counter out of its range; the word says which.
    #[error("a counter is out of range: {0}")]
    Counter(&'static str),
    /// A message, extra bytes, or bytes behind the chunk.
    #[error("the chunk carries something extra")]
    Extra,
    /// An actor that is not 16 bytes.
    #[error("an actor is not 16 bytes long")]
    Actor,
}

impl Refusal {
    /// The machine-readable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::UnknownType(_) => "chunk_malformed",
            Self::Checksum => "chunk_checksum",
            Self::Compressed | Self::Bundle => "chunk_compressed",
            Self::TooLarge(_) => "chunk_too_large",
            Self::Counter(_) => "chunk_counter",
            Self::Extra => "chunk_extra",
            Self::Actor => "chunk_actor",
        }
    }
}

/// The root key that closes a note.
const CLOSING_KEY: &str = "finished";
/// Deletions take no bytes each: a change that empties a long text is a few bytes of runs.
const SPARE_DELETIONS: u64 = 100_000;
/// So many operations may a chunk of any size hold.
const SPARE_OPS: u64 = 128;
/// A document chunk is what one phone wrote by itself: under the schema's actor, its own, and a fresh one for each
/// time that it was restored from a backup meanwhile. Automerge keeps a clock with a place for each.
const DOCUMENT_ACTORS: usize = 32;

/// How many operations other than deletions so many bytes may hold. Honest ones carry a letter or a key each,
/// while Automerge takes microseconds and most of a kilobyte for each that a run merely claims.
fn plausible(bytes: u64) -> u64 {
    SPARE_OPS + bytes
}

/// Counts one chunk. What it accepts holds together within itself and stays below the limits.
///
/// # Errors
/// A [`Refusal`] for anything that is not one honest, uncompressed chunk.
pub fn count(chunk: &[u8], limits: &Limits) -> Result<Counted, Refusal> {
    read(chunk, limits, false).map(|(counted, _)| counted)
}

/// The same, and what the texts of a document chunk say, as far as that can be told without Automerge. What is
/// told is what Automerge shows; a text that is empty, or unusual, is not told. Of a change chunk nothing is.
///
/// # Errors
/// Those of [`count`].
pub fn count_and_read(chunk: &[u8], limits: &Limits) -> Result<(Counted, Vec<Said>), Refusal> {
    read(chunk, limits, true)
}

fn read(chunk: &[u8], limits: &Limits, texts: bool) -> Result<(Counted, Vec<Said>), Refusal> {
    let frame = frame::open(chunk, limits)?;
    let body = Bytes::new(frame.body);
    // Automerge keeps operation counters in 32 bits and adds to them.
    let counter = limits.counter.min(u64::from(u32::MAX >> 1));
    let written = plausible(chunk.len() as u64);
    let deletions = match frame.kind {
        Kind::Change => SPARE_DELETIONS,
        // Who deletes a letter in its first push has written it there.
        Kind::Document => written,
    };
    let ops = limits.ops.min(written + deletions);
    let actors = match frame.kind {
        Kind::Change => limits.actors,
        Kind::Document => limits.actors.min(DOCUMENT_ACTORS),
    };
    let limits = Limits {
        ops,
        actors,
        counter,
        ..*limits
    };
    match frame.kind {
        Kind::Document => document::count(body, frame.hash, &limits, texts),
        Kind::Change => Ok((change::count(body, frame.hash, &limits)?, Vec::new())),
    }
}
