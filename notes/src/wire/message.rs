//! Request and response of one pass. The request carries all that the phone has and asks for all
//! that it lacks; the response says of each push what became of it.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::Row;
use crate::ids::{Actor, DocumentId, PersonId};
use crate::note::Template;

/// What a phone sends.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// Protocol version.
    #[n(0)]
    pub protocol: u64,
    /// The device's clock, UTC milliseconds.
    #[n(1)]
    pub device_at: i64,
    /// The actor under which this install writes.
    #[n(2)]
    pub actor: Actor,
    /// The cursor of the last response, empty at the beginning.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub cursor: Vec<u8>,
    /// What the phone has written.
    #[n(4)]
    pub pushes: Vec<Push>,
    /// Which notes were opened, for the audit.
    #[n(5)]
    pub readings: Vec<Reading>,
    /// How many notes still wait on the phone after this request.
    #[n(6)]
    pub waiting: u64,
    /// False to push without pulling.
    #[n(7)]
    pub pull: bool,
    /// Histories asked for from the beginning: people and notes that have come into view.
    #[n(8)]
    pub fills: Vec<Fill>,
    /// The app's version, for the desk.
    #[n(9)]
    pub app: String,
    /// On a live socket: the documents that are open on the screen now, in place of those said before. None
    /// where that has not changed, and in a pass.
    #[n(10)]
    pub watch: Option<Vec<DocumentId>>,
    /// What the team's desk wants to know of the phone. None where there is nothing to say.
    #[n(11)]
    pub to_desk: Option<ToDesk>,
}

/// What a phone tells the team's desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ToDesk {
    /// Ids of messages that the worker has read.
    #[n(0)]
    pub read: Option<Vec<String>>,
    /// The order to lock that was obeyed, or the wipe after which nothing is left here.
    #[n(1)]
    pub obeyed: Option<u64>,
    /// How many notes the server holds, as far as the phone knows.
    #[n(2)]
    pub held: Option<u64>,
    /// Whether the phone promised to keep the app's storage.
    #[n(3)]
    pub persisted: Option<bool>,
    /// How much the app uses.
    #[n(4)]
    pub used_bytes: Option<u64>,
    /// How much more it may use.
    #[n(5)]
    pub free_bytes: Option<u64>,
}

/// The reason that opens one note, and only that, to someone outside the team.
pub const JOINT_VISIT: &str = "joint_visit";

/// The reason of a push whose words the same device wrote again under another actor: the server keeps
/// the chunks and never publishes what of them is not published yet.
pub const WRITTEN_AGAIN: &str = "written_again";

/// What was written in one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Push {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// Note or person's page.
    #[n(1)]
    pub template: Template,
    /// Whom it is about; none where only a name is known, or the joined note is not here yet.
    #[n(2)]
    pub person: Option<PersonId>,
    /// [`JOINT_VISIT`], [`WRITTEN_AGAIN`], or none.
    #[n(3)]
    pub reason: Option<String>,
    /// Automerge chunks, each a document chunk or a change chunk, none compressed.
    #[n(4)]
    pub chunks: Vec<ByteVec>,
}

/// A note was opened on the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reading {
    /// Which.
    #[n(0)]
    pub document: DocumentId,
    /// When, by the device's clock, UTC milliseconds.
    #[n(1)]
    pub opened_at: i64,
}

/// Whose history is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub enum Subject {
    /// All documents about a person.
    #[n(0)]
    Person(#[n(0)] PersonId),
    /// One joined note.
    #[n(1)]
    Document(#[n(0)] DocumentId),
}

/// Asks for a subject's history after a place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Fill {
    /// Whose.
    #[n(0)]
    pub subject: Subject,
    /// `next` of the last answer, or 0.
    #[n(1)]
    pub after: u64,
}

/// What the server answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// Protocol version.
    #[n(0)]
    pub protocol: u64,
    /// The server's clock, UTC milliseconds.
    #[n(1)]
    pub server_at: i64,
    /// One for each push, in order.
    #[n(2)]
    pub verdicts: Vec<Verdict>,
    /// What others have written, in the order in which it was published.
    #[n(3)]
    pub pulls: Vec<Pull>,
    /// News that is not notes.
    #[n(4)]
    pub rows: Vec<Row>,
    /// One for each fill asked for, in order.
    #[n(5)]
    pub fills: Vec<FillAnswer>,
    /// For the next request.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub cursor: Vec<u8>,
    /// There is more: ask again at once.
    #[n(7)]
    pub more: bool,
    /// Entries of the log up to here stand in a backup.
    #[n(8)]
    pub safe_seq: u64,
    /// The server does not know the cursor: it was restored, or is another one. The phone sends
    /// all that it keeps, and starts from the beginning.
    #[n(9)]
    pub rewound: bool,
    /// The rows start from the beginning: the phone drops its copies first.
    #[n(10)]
    pub rows_anew: bool,
    /// On a live socket: true where this answers no request.
    #[n(11)]
    pub unasked: Option<bool>,
    /// On a live socket: those of the watched documents that another device has open too. None where that has
    /// not changed.
    #[n(12)]
    pub company: Option<Vec<DocumentId>>,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Outcome {
    /// Durable on the server; it will be judged within seconds.
    #[n(0)]
    Accepted,
    /// Durable on the server, but not taken as it is: a person will decide.
    #[n(1)]
    Held,
    /// The note was removed by decision; the phone drops it.
    #[n(2)]
    Gone,
}

/// The answer to one push.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Verdict {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// What became of it.
    #[n(1)]
    pub outcome: Outcome,
    /// The code of the first refusal, where held.
    #[n(2)]
    pub code: Option<String>,
    /// The largest log number of its chunks: safe once `safe_seq` has reached it.
    #[n(3)]
    pub seq: u64,
}

/// Chunks of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Pull {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// Note or person's page.
    #[n(1)]
    pub template: Template,
    /// Whom it is about, where known.
    #[n(2)]
    pub person: Option<PersonId>,
    /// Automerge chunks in the order in which they were published.
    #[n(3)]
    pub chunks: Vec<ByteVec>,
}

/// A part of a subject's history.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FillAnswer {
    /// Whose.
    #[n(0)]
    pub subject: Subject,
    /// Its documents.
    #[n(1)]
    pub pulls: Vec<Pull>,
    /// Where to go on; none when this was all.
    #[n(2)]
    pub next: Option<u64>,
    /// Why nothing, or not all, is said of this subject.
    #[n(3)]
    pub closed: Option<Closed>,
}

/// Why a history is not told whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Closed {
    /// It may not be seen, or there is none: the two look the same.
    #[n(0)]
    NotYours,
    /// Something that the device sent for it is not judged yet: who builds the document anew asks again in
    /// a later pass.
    #[n(1)]
    NotYet,
}
