//! The core's own values, named field by field so that UniFFI can carry them. These are no second
//! definitions: a field that the core has not, or has in another shape, does not compile.

use client_core::notebook::{
    Ended, Fetched, Held, Identity, NoteItem, PersonItem, Refusal, Stage as NoteStage, State as NoteState,
    SyncMode, SyncReport,
};
use notes::ids::{DeviceId, DocumentId, PersonId};

use crate::error::NotebookError;

// An id is text outside, and is read as one before the call begins.
uniffi::custom_type!(DocumentId, String, {
    remote,
    try_lift: |text| Ok(text.parse::<DocumentId>().map_err(NotebookError::from)?),
    lower: |id| id.to_string(),
});
uniffi::custom_type!(PersonId, String, {
    remote,
    try_lift: |text| Ok(text.parse::<PersonId>().map_err(NotebookError::from)?),
    lower: |id| id.to_string(),
});
uniffi::custom_type!(DeviceId, String, {
    remote,
    try_lift: |text| Ok(text.parse::<DeviceId>().map_err(NotebookError::from)?),
    lower: |id| id.to_string(),
});

/// Whose phone this is.
#[uniffi::remote(Record)]
pub struct Identity {
    /// The device's id on the server.
    pub device: DeviceId,
    /// The worker's id in the case system.
    pub worker: String,
    /// The worker's name.
    pub worker_name: String,
    /// The team's name.
    pub team: Option<String>,
    /// The audience of assertions.
    pub token_url: String,
}

/// A person as a list shows them.
#[uniffi::remote(Record)]
pub struct PersonItem {
    /// Their id.
    pub id: PersonId,
    /// The case system's id.
    pub case_id: String,
    /// Name as shown.
    pub name: String,
    /// `yyyy-mm-dd`.
    pub date_of_birth: Option<String>,
    /// On this worker's caseload.
    pub mine: bool,
    /// What they like to be called; caseload only, as all below.
    pub preferred_name: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// NHS number.
    pub nhs_number: Option<String>,
    /// How to communicate.
    pub communication_needs: Option<String>,
    /// Alerts.
    pub alerts: Option<String>,
}

/// Open or finished. (Screens in Swift and Kotlin have a `State` of their own.)
#[uniffi::remote(Enum)]
pub enum NoteStage {
    /// Still being written.
    Open,
    /// Closed.
    Finished,
}

/// Where the newest content stands.
#[uniffi::remote(Enum)]
pub enum NoteState {
    /// Something of it is only here.
    OnPhone,
    /// All of it is durable on the server.
    OnServer,
    /// The case system has it.
    InCaseSystem,
    /// The case system refused it.
    Refused,
    /// The server holds it; a person will decide.
    Held,
    /// Two phones disagree on a value.
    Conflict,
}

/// A note as a list shows it.
#[uniffi::remote(Record)]
pub struct NoteItem {
    /// Its id.
    pub id: DocumentId,
    /// The person's case id, where the person is known.
    pub case_id: Option<String>,
    /// The person's name, or the name that the note began with.
    pub name: Option<String>,
    /// Kind of visit or conversation.
    pub kind: Option<String>,
    /// Contact time, RFC 3339.
    pub started_at: Option<String>,
    /// Open or finished.
    pub stage: NoteStage,
    /// Where its newest content stands.
    pub state: NoteState,
    /// Version for the case system, once finished.
    pub version: Option<u64>,
    /// The case system's own id.
    pub case_system_ref: Option<String>,
    /// Why it is held, refused or in conflict, or which files it still waits for.
    pub reason: Option<String>,
}

/// Which half of a pass.
#[uniffi::remote(Enum)]
pub enum SyncMode {
    /// Send and fetch.
    Both,
    /// Only send.
    PushOnly,
    /// Only fetch.
    PullOnly,
}

/// Why the server refused.
#[uniffi::remote(Record)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Code of the problem.
    pub code: String,
    /// In words, with the next step.
    pub title: String,
}

/// How a talk with the server ended.
#[uniffi::remote(Enum)]
pub enum Ended {
    /// Everything was said.
    Quiet,
    /// The server is out of reach or too busy. Nothing is lost; try again later.
    Offline,
    /// The server refused.
    Refused(Refusal),
}

/// A file that was asked for.
#[uniffi::remote(Enum)]
pub enum Fetched {
    /// Its bytes, compared with its hash.
    Here(Vec<u8>),
    /// They are not on this phone, and the server did not give them.
    Not(Ended),
}

/// A note that the server holds.
#[uniffi::remote(Record)]
pub struct Held {
    /// The note.
    pub id: DocumentId,
    /// Code of the refusal.
    pub code: String,
    /// In words.
    pub reason: String,
}

/// What a pass did.
#[uniffi::remote(Record)]
pub struct SyncReport {
    /// Notes whose news the server now has.
    pub sent: u64,
    /// Notes in which something new came.
    pub received: u64,
    /// Notes that the server holds, from this pass or an earlier one.
    pub held: Vec<Held>,
    /// Notes of which something still waits here.
    pub waiting: u64,
    /// How many sync requests it took.
    pub requests: u64,
    /// How it ended.
    pub ended: Ended,
    /// How far the server's clock was ahead of this phone's, milliseconds; none where no answer came.
    pub clock_offset_ms: Option<i64>,
}
