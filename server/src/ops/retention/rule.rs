//! The rule itself: whose time is over, and what speaks against removing something although it is.

use notes::ids::{DocumentId, PersonId};
use notes::note::Template;

use crate::store::{DocumentRecord, StoreError, Tx};

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
    /// Whom it is about, as they are known today.
    pub(super) person: PersonId,
}

/// A person whose time is over, and what speaks for keeping everything about them.
struct Over {
    case_id: String,
    last_contact: i64,
    stays: Vec<Stays>,
}

fn over(tx: &Tx<'_>, person: PersonId, before: i64) -> Result<Option<Over>, StoreError> {
    let Some(last_contact) = last_contact(tx, person, before)? else {
        return Ok(None);
    };
    let record = tx.person(person)?;
    let record = record.ok_or(StoreError::Inconsistent("a note about nobody"))?;
    let mut stays = Vec::new();
    if record.allocated_worker.is_some() {
        stays.push(Stays::Caseload);
    }
    if tx.is_held(person)? {
        stays.push(Stays::Hold);
    }
    if tx.is_asked_about(person)? {
        stays.push(Stays::OpenIssue);
    }
    Ok(Some(Over {
        case_id: record.case_id,
        last_contact,
        stays,
    }))
}

/// Everything about a person, where its time is over.
pub(super) fn about(tx: &Tx<'_>, person: PersonId, before: i64) -> Result<Vec<Item>, StoreError> {
    let Some(over) = over(tx, person, before)? else {
        return Ok(Vec::new());
    };
    let mut items: Vec<Item> = Vec::new();
    for document in tx.written_about(person)? {
        let Some(found) = tx.document(document)? else {
            continue;
        };
        let mut stays = over.stays.clone();
        stays.extend(against(tx, &found)?);
        let is_kept = |item: &Item| item.template == Template::Note && !item.stays.is_empty();
        if found.template == Template::About && items.iter().any(is_kept) {
            stays.push(Stays::Notes);
        }
        stays.sort_unstable();
        stays.dedup();
        items.push(Item {
            document,
            template: found.template,
            case_id: over.case_id.clone(),
            last_contact: over.last_contact,
            stays,
            person,
        });
    }
    Ok(items)
}

/// Whether nothing speaks against removing a document at this moment.
pub(super) fn may_go(tx: &Tx<'_>, item: &Item, before: i64) -> Result<bool, StoreError> {
    let (Some(over), Some(found)) = (over(tx, item.person, before)?, tx.document(item.document)?) else {
        return Ok(false);
    };
    let about = tx.written_about(item.person)?;
    // Its person may have turned out to be somebody else.
    if !about.contains(&item.document) || !over.stays.is_empty() || !against(tx, &found)?.is_empty() {
        return Ok(false);
    }
    if found.template == Template::Note {
        return Ok(true);
    }
    for other in about {
        if tx
            .document(other)?
            .is_some_and(|other| other.template == Template::Note)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What speaks against removing a document by itself.
fn against(tx: &Tx<'_>, found: &DocumentRecord) -> Result<Vec<Stays>, StoreError> {
    match found.template {
        Template::Note => against_note(tx, found.id, found.finished_at),
        Template::About => {
            let unsettled = tx.is_unsettled(found.id)?;
            Ok(unsettled.then_some(Stays::Unsettled).into_iter().collect())
        }
    }
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
    let mut open = !tx.issues_open_of(note)?.is_empty();
    // What came late for a note that went into this one may still come to stand in it.
    for moved in tx.moved_into(note)? {
        open |= !tx.issues_open_of(moved.document)?.is_empty();
    }
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
