//! The person's copy: all that is held about somebody, as a page that can be printed and as JSON, and a third
//! page for the worker who checks both before they are given away. Pure: values come in and bytes go out;
//! `ops/copy.rs` fetches the one and writes the other.
//!
//! What never happens: a word that was marked reaches the person's page or their JSON; a text reaches either
//! without passing the sieve (`sieve.rs`), which leaves out, and keeps what it left out for the checker.

mod check;
mod compose;
mod html;
mod page;
mod reading;
mod shape;
mod sieve;
mod text;
mod trail;
mod twice;
mod words;

use std::collections::BTreeMap;

use notes::attachment::AttachmentId;
use notes::ids::DocumentId;
use notes::note::Plain;
use serde_json::{Error, Value};

use crate::store::{AuditEntry, Came, EventRecord, PersonRecord, Receipt, WorkerRecord};

/// All that the server holds about one person.
pub struct Held {
    /// What the case system says of them.
    pub person: PersonRecord,
    /// Who turned out to be the same human, each with the page that was theirs. What stood on it stands on the
    /// person's own page now.
    pub earlier: Vec<(PersonRecord, Option<Plain>)>,
    /// Every case id that leads to them, beside their own.
    pub earlier_case_ids: Vec<String>,
    /// Since when the case system does not name them any more.
    pub left_at: Option<i64>,
    /// The name of their team.
    pub team: Option<String>,
    /// Their own page.
    pub about: Option<Plain>,
    /// Their notes, the latest contact first.
    pub notes: Vec<HeldNote>,
    /// What is open about them: the kind, since when, and the note.
    pub open: Vec<(String, i64, Option<DocumentId>)>,
    /// What the audit has about them, in its order.
    pub audit: Vec<AuditEntry>,
    /// How many parts of notes have come and were not judged yet.
    pub unjudged: u64,
    /// Names of the teams.
    pub teams: BTreeMap<i64, String>,
    /// Every worker who is named, by id.
    pub workers: BTreeMap<String, WorkerRecord>,
    /// Names of the case systems, by id.
    pub clients: BTreeMap<String, String>,
}

/// One note in its newest state.
pub struct HeldNote {
    /// Its id.
    pub id: DocumentId,
    /// What it says.
    pub plain: Plain,
    /// Ids of the workers who were there or wrote.
    pub authors: Vec<String>,
    /// When it came.
    pub came: Option<Came>,
    /// The events that carried its versions, each with what case systems said of it.
    pub versions: Vec<(EventRecord, Vec<Receipt>)>,
    /// The files that are here.
    pub here: Vec<AttachmentId>,
}

/// How the copy is to be.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Concerns about safeguarding are told. Else they are left out, because telling may put somebody in danger.
    pub include_safeguarding: bool,
    /// Whom to ask about the copy: a name, a telephone number, an address.
    pub contact: Option<String>,
}

/// The three files.
pub struct Pages {
    /// The page for the person.
    pub html: String,
    /// The same as JSON.
    pub json: String,
    /// What was left out, and what to look at. Not for the person. The hashes of the other two stand in it.
    pub left_out: String,
    /// How much of what is in them.
    pub counts: Counts,
}

/// How much is in a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Notes.
    pub notes: usize,
    /// Passages and entries that were left out.
    pub left_out: usize,
    /// What the checker is asked to look at.
    pub warnings: usize,
}

/// Writes the three files. `hash` names a file in the third one as the audit does.
///
/// # Errors
/// Where a value has no JSON form.
pub fn pages(
    held: &Held,
    wanted: &Wanted,
    made_at: i64,
    hash: impl Fn(&[u8]) -> String,
) -> Result<Pages, Error> {
    let (copy, sifted) = compose::compose(held, wanted, made_at);
    let html = page::page(&copy);
    let json = html::visible_json(&serde_json::to_string_pretty(&Value::from(&copy))?);
    let warnings = twice::warnings(held, &sifted);
    let counts = Counts {
        notes: copy.notes.len(),
        left_out: sifted.left.len(),
        warnings: warnings.len(),
    };
    let hashes = [hash(html.as_bytes()), hash(json.as_bytes())];
    let left_out = check::page(&copy, &sifted.left, &warnings, &hashes);
    Ok(Pages {
        html,
        json,
        left_out,
        counts,
    })
}
