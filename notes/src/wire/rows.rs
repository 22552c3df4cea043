//! Rows: the news of a pass that is not notes. Each has a number; a phone keeps the newest of each
//! kind and key, and skips a kind that it does not know.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::ids::{Actor, DocumentId, PersonId};

/// A row as it travels: the body stays opaque where the kind is not known.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Row {
    /// Its number; rows come in order.
    #[n(0)]
    pub number: u64,
    /// Which body it is.
    #[n(1)]
    pub kind: u64,
    /// The body, CBOR in a byte string.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// A body by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowBody {
    /// 0: a person of the team.
    Person(PersonRow),
    /// 1: what a caseload worker needs beside the two identifiers.
    Detail(DetailRow),
    /// 2: a worker's name.
    Worker(WorkerRow),
    /// 3: who writes under an actor.
    Actor(ActorRow),
    /// 4: a version of a finished note, and what the case system said of it.
    Version(VersionRow),
    /// 5: whether something in a note is held or waits for a decision.
    Standing(StandingRow),
    /// 6: something that the phone must do.
    Order(OrderRow),
    /// 7: a person or a note has left this phone's view.
    Removal(RemovalRow),
    /// 8: a document was removed for good.
    Gone(GoneRow),
    /// 9: what the team's desk says to the worker.
    Message(MessageRow),
    /// 10: what the council has settled for its phones.
    Settings(SettingsRow),
}

macro_rules! bodies {
    ($($kind:literal $variant:ident $body:ty;)*) => {
        impl Row {
            /// Packs a body.
            ///
            /// # Errors
            /// Never in practice: writing into memory cannot fail.
            pub fn pack(number: u64, body: &RowBody) -> Result<Self, minicbor::encode::Error<std::convert::Infallible>> {
                let (kind, body) = match body {
                    $(RowBody::$variant(body) => ($kind, minicbor::to_vec(body)?),)*
                };
                Ok(Self { number, kind, body })
            }
            /// Reads the body; `None` for a kind that this version does not know.
            ///
            /// # Errors
            /// Where the body does not fit its kind.
            pub fn unpack(&self) -> Result<Option<RowBody>, minicbor::decode::Error> {
                Ok(match self.kind {
                    $($kind => Some(RowBody::$variant(minicbor::decode::<$body>(&self.body)?)),)*
                    _ => None,
                })
            }
        }
    };
}

bodies! {
    0 Person PersonRow;
    1 Detail DetailRow;
    2 Worker WorkerRow;
    3 Actor ActorRow;
    4 Version VersionRow;
    5 Standing StandingRow;
    6 Order OrderRow;
    7 Removal RemovalRow;
    8 Gone GoneRow;
    9 Message MessageRow;
    10 Settings SettingsRow;
}

/// A person of the team: two identifiers, and whether they are on this worker's caseload.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PersonRow {
    /// Their id.
    #[n(0)]
    pub id: PersonId,
    /// The case system's id.
    #[n(1)]
    pub case_id: String,
    /// Name as shown.
    #[n(2)]
    pub name: String,
    /// `yyyy-mm-dd`.
    #[n(3)]
    pub date_of_birth: Option<String>,
    /// On the caseload of the worker whose phone this is.
    #[n(4)]
    pub mine: bool,
}

/// More about a person on the caseload.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DetailRow {
    /// The person.
    #[n(0)]
    pub id: PersonId,
    /// What they like to be called.
    #[n(1)]
    pub preferred_name: Option<String>,
    /// Lines of the address.
    #[n(2)]
    pub address: Option<String>,
    /// Telephone.
    #[n(3)]
    pub phone: Option<String>,
    /// NHS number, ten digits.
    #[n(4)]
    pub nhs_number: Option<String>,
    /// How to communicate.
    #[n(5)]
    pub communication_needs: Option<String>,
    /// Alerts from the case system.
    #[n(6)]
    pub alerts: Option<String>,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WorkerRow {
    /// Their id in the case system.
    #[n(0)]
    pub id: String,
    /// Name as shown.
    #[n(1)]
    pub name: String,
}

/// Who writes under an actor.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ActorRow {
    /// The actor.
    #[n(0)]
    pub actor: Actor,
    /// The worker.
    #[n(1)]
    pub worker: String,
}

/// A version of a finished note.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct VersionRow {
    /// The note.
    #[n(0)]
    pub document: DocumentId,
    /// 1, 2, …
    #[n(1)]
    pub version: u64,
    /// The document's heads in this version: a phone with these has nothing newer.
    #[n(2)]
    pub heads: Vec<ByteVec>,
    /// `waiting`, `imported`, `duplicate`, `refused` or `deferred`.
    #[n(3)]
    pub outcome: String,
    /// The case system's own id.
    #[n(4)]
    pub case_system_ref: Option<String>,
    /// Why it was refused.
    #[n(5)]
    pub reason: Option<String>,
}

/// Whether a document waits for a person's decision.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StandingRow {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
    /// `held`, `conflict` or `clear`.
    #[n(1)]
    pub state: String,
    /// The code, where held.
    #[n(2)]
    pub code: Option<String>,
    /// What a person said, in words.
    #[n(3)]
    pub message: Option<String>,
}

/// Something that the phone must do.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OrderRow {
    /// `reset`: set the copy aside, take the server's, replay what was written since under a fresh
    /// actor. `new_actor`: make a fresh actor before writing on. `lock`: ask for the PIN. `wipe`: let go of
    /// everything, once the server has all of it. `wipe_unsent`: let go of everything now.
    #[n(0)]
    pub order: String,
    /// The document, for `reset`.
    #[n(1)]
    pub document: Option<DocumentId>,
    /// Hashes of changes that a person decided against, for `reset`: these, and what stands before them,
    /// are not written again.
    #[n(2)]
    pub against: Option<Vec<ByteVec>>,
    /// The number of a `lock` or a wipe, which comes with every answer until the phone has told that it
    /// obeyed this one.
    #[n(3)]
    pub id: Option<u64>,
}

/// A person or a note that has left this phone's view: hidden at once, and let go once nothing of
/// this phone's own waits or is kept for safety.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RemovalRow {
    /// The person.
    #[n(0)]
    pub person: PersonId,
}

/// A document that was removed for good, because its time was over or a court ordered it: the phone lets go of it, but
/// keeps what it has not sent aside.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct GoneRow {
    /// The document.
    #[n(0)]
    pub document: DocumentId,
}

/// What the team's desk says to the worker, on each of their phones until it was read on one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MessageRow {
    /// Its id.
    #[n(0)]
    pub id: String,
    /// The note that it is about.
    #[n(1)]
    pub document: Option<DocumentId>,
    /// `nudge`, `ask`, `returned` or `note`.
    #[n(2)]
    pub kind: String,
    /// The words; empty once it was read.
    #[n(3)]
    pub text: String,
    /// Who says it, as shown.
    #[n(4)]
    pub from: String,
    /// UTC milliseconds.
    #[n(5)]
    pub sent_at: i64,
    /// It was read, on this phone or another, or taken back: let go of it.
    #[n(6)]
    pub read: bool,
}

/// What the council has settled for its phones. What is left out is the app's own to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SettingsRow {
    /// So long nobody may touch the phone before the app asks for the PIN, in seconds.
    #[n(0)]
    pub idle_lock_s: Option<u64>,
    /// So many days a phone keeps what it sent, after the server has it in a backup.
    #[n(1)]
    pub kept_days: Option<u64>,
    /// What a worker says to a person about the notes, before they begin.
    #[n(2)]
    pub consent_text: Option<String>,
    /// What stands on the page on which a note is finished.
    #[n(3)]
    pub finish_text: Option<String>,
    /// A note that is open so many hours after the contact is overdue.
    #[n(4)]
    pub overdue_draft_h: Option<u64>,
}
