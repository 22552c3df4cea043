//! Retention: so many months after the last contact with a person, what was written about them goes, if nothing
//! speaks against it. What speaks against it is looked at once more in the transaction that removes.
//!
//! What never happens: something goes of which no case system has the newest version, that somebody is still asked
//! about, or on which a legal hold stands.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use notes::ids::{DocumentId, PersonId};
use notes::note::Template;

use super::OpError;
use crate::core::Core;
use crate::store::{StoreError, Tx};
use crate::sync::{self, Why};

/// Documents that go in one sweep, so that phones and case systems are not kept waiting.
const AT_ONCE: usize = 50;
const DAY_MS: i64 = 24 * 3_600_000;

/// What speaks against removing something whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stays {
    /// The person is on somebody's caseload.
    Caseload,
    /// A legal hold stands on the person.
    Hold,
    /// An open issue names the person or the note.
    OpenIssue,
    /// The note is not finished.
    Unfinished,
    /// Something of it waits to be judged, is held, or is on its way.
    Unsettled,
    /// No case system was ever sent it.
    NotSent,
    /// A case system has not said that it has the newest version, or none has.
    NoReceipt,
    /// A case system refused the newest version.
    Refused,
    /// A page stays as long as a note about its person.
    Notes,
}

impl Stays {
    /// For programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Caseload => "caseload",
            Self::Hold => "hold",
            Self::OpenIssue => "open_issue",
            Self::Unfinished => "unfinished",
            Self::Unsettled => "unsettled",
            Self::NotSent => "not_sent",
            Self::NoReceipt => "no_receipt",
            Self::Refused => "refused",
            Self::Notes => "notes",
        }
    }

    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Caseload => "the person is on a caseload",
            Self::Hold => "a legal hold stands on the person",
            Self::OpenIssue => "an open issue is about it",
            Self::Unfinished => "it is not finished",
            Self::Unsettled => "a part of it is not settled",
            Self::NotSent => "it was never sent to a case system",
            Self::NoReceipt => "a case system has not said that it has it",
            Self::Refused => "a case system refused it",
            Self::Notes => "a note about the person stays",
        }
    }
}

/// A document whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub document: DocumentId,
    /// Note or page.
    pub template: Template,
    /// The case id of whom it is about.
    pub case_id: String,
    /// The last contact, UTC milliseconds.
    pub last_contact: i64,
    /// What speaks against removing it; nothing where it goes.
    pub stays: Vec<Stays>,
    person: PersonId,
}

/// What the rule says at this moment of everything whose time is over.
///
/// # Errors
/// The store's.
pub fn plan(core: &Core) -> Result<Vec<Item>, OpError> {
    let Some(before) = cutoff(core) else {
        return Ok(Vec::new());
    };
    let people = core.store.read(|tx| tx.people_written_about())?;
    let mut items = Vec::new();
    for person in people {
        items.extend(core.store.read(|tx| about(tx, person, before))?);
    }
    Ok(items)
}

/// Removes what the rule says, at most so many documents, each in a transaction of its own; returns what went.
///
/// # Errors
/// The store's; what went before it has gone.
pub fn remove(core: &Core, most: usize, by: &str) -> Result<Vec<Item>, OpError> {
    let Some(before) = cutoff(core) else {
        return Ok(Vec::new());
    };
    let mut went = Vec::new();
    for person in core.store.read(|tx| tx.people_written_about())? {
        for item in core.store.read(|tx| about(tx, person, before))? {
            if went.len() < most && item.stays.is_empty() && one(core, &item, before, by)? {
                went.push(item);
            }
        }
        if went.len() >= most {
            break;
        }
    }
    if !went.is_empty() && !core.store.clear_changes()? {
        tracing::warn!(
            "a reader is in the way: what was removed still stands in the log of changes for a while"
        );
    }
    Ok(went)
}

/// What the server itself does between other work: once a day, and soon again where there was more than goes at once.
///
/// # Errors
/// The store's.
pub fn sweep(core: &Core, next_at: &mut i64) -> Result<(), StoreError> {
    let now = core.host.now_ms();
    if core.retention_months == 0 || now < *next_at {
        return Ok(());
    }
    let went = match remove(core, AT_ONCE, "server") {
        Ok(went) => went.len(),
        Err(OpError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::error!(%error, "retention");
            0
        }
    };
    if went > 0 {
        tracing::info!(documents = went, "removed what is kept no longer");
    }
    if went < AT_ONCE {
        *next_at = now.saturating_add(DAY_MS);
    }
    Ok(())
}

/// Removes one document, unless something has come to speak against it.
fn one(core: &Core, item: &Item, before: i64, by: &str) -> Result<bool, StoreError> {
    let went = core.store.write(|tx| {
        let still = about(tx, item.person, before)?;
        let still = still.iter().find(|still| still.document == item.document);
        if still.is_none_or(|still| !still.stays.is_empty()) {
            return Ok(None);
        }
        sync::erase(tx, &core.host, item.document, Why::Retention, by)
    })?;
    core.memory.forget(item.document);
    Ok(went.is_some())
}

/// The time before which the last contact must have been; none where nothing ever goes.
fn cutoff(core: &Core) -> Option<i64> {
    if core.retention_months == 0 {
        return None;
    }
    let now = Timestamp::from_millisecond(core.host.now_ms()).ok()?;
    let span = Span::new().try_months(core.retention_months).ok()?;
    let then = now.to_zoned(TimeZone::UTC).checked_sub(span).ok()?;
    Some(then.timestamp().as_millisecond())
}

/// Everything about a person, where its time is over.
fn about(tx: &Tx<'_>, person: PersonId, before: i64) -> Result<Vec<Item>, StoreError> {
    let Some(last_contact) = last_contact(tx, person, before)? else {
        return Ok(Vec::new());
    };
    let record = tx.person(person)?;
    let record = record.ok_or(StoreError::Inconsistent("a note about nobody"))?;
    let mut of_person = Vec::new();
    if record.allocated_worker.is_some() {
        of_person.push(Stays::Caseload);
    }
    if tx.is_held(person)? {
        of_person.push(Stays::Hold);
    }
    if tx.is_asked_about(person)? {
        of_person.push(Stays::OpenIssue);
    }
    let mut items: Vec<Item> = Vec::new();
    for document in tx.written_about(person)? {
        let Some(found) = tx.document(document)? else {
            continue;
        };
        let mut stays = of_person.clone();
        match found.template {
            Template::Note => stays.extend(against_note(tx, document, found.finished_at)?),
            Template::About => {
                let note = |item: &Item| item.template == Template::Note && !item.stays.is_empty();
                stays.extend(items.iter().any(note).then_some(Stays::Notes));
                stays.extend(tx.is_unsettled(document)?.then_some(Stays::Unsettled));
            }
        }
        stays.sort_unstable();
        stays.dedup();
        items.push(Item {
            document,
            template: found.template,
            case_id: record.case_id.clone(),
            last_contact,
            stays,
            person,
        });
    }
    Ok(items)
}

/// The last contact with a person, where it was before a time.
fn last_contact(tx: &Tx<'_>, person: PersonId, before: i64) -> Result<Option<i64>, StoreError> {
    let over = |at: &i64| *at <= before;
    let said = tx.contact_said(person)?;
    if said.is_some_and(|said| !over(&said)) {
        // Most people: the log need not be read for them.
        return Ok(None);
    }
    Ok(tx.contact_received(person)?.max(said).filter(over))
}

/// What speaks against removing a note by itself.
fn against_note(tx: &Tx<'_>, note: DocumentId, finished_at: Option<i64>) -> Result<Vec<Stays>, StoreError> {
    let mut stays = Vec::new();
    if finished_at.is_none() {
        stays.push(Stays::Unfinished);
    }
    if tx.is_unsettled(note)? {
        stays.push(Stays::Unsettled);
    }
    let open = !tx.issues_open_of(note)?.is_empty();
    if open || !tx.issues_open_under("possible_duplicate", note)?.is_empty() {
        stays.push(Stays::OpenIssue);
    }
    stays.extend(against_receipts(tx, note)?);
    Ok(stays)
}

/// The newest version must have been taken: by one case system at least, and by each that has its keys and ever said
/// anything of the note.
fn against_receipts(tx: &Tx<'_>, note: DocumentId) -> Result<Option<Stays>, StoreError> {
    let Some(newest) = tx.version_newest(note)? else {
        return Ok(Some(Stays::NotSent));
    };
    let (mut taken, mut lacking, mut refused) = (false, false, false);
    for answer in tx.answers(note, &newest.event_id)? {
        match answer.outcome.as_deref() {
            Some("imported" | "duplicate") => taken = true,
            Some("refused") => refused |= !answer.revoked,
            _ => lacking |= !answer.revoked,
        }
    }
    Ok(if refused {
        Some(Stays::Refused)
    } else if lacking || !taken {
        Some(Stays::NoReceipt)
    } else {
        None
    })
}
