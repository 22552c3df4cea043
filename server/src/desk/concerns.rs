//! Concerns that were raised in notes, newest first, and taking note of them. Their words stay in the note, where
//! reading them is written down.

use notes::ids::DocumentId;
use notes::note::plain::rfc3339;
use notes::problem::Code;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::page::{self, Page};
use super::{PersonBrief, Scope, named};
use crate::core::Core;
use crate::ops::OpError;
use crate::store::{AuditEntry, Concern, StoreError, Tx};

/// A concern as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConcernRow {
    /// The note.
    pub note_id: String,
    /// Its id in the note.
    pub entry: String,
    /// `safeguarding` or `professional_disagreement`; none where the worker chose none.
    #[schema(required)]
    pub kind: Option<String>,
    /// When it came to the server.
    pub seen_at: String,
    /// Whom the note is about, where that is known.
    #[schema(required)]
    pub person: Option<PersonBrief>,
    /// Who took note of it.
    #[schema(required)]
    pub acknowledged_by: Option<String>,
    /// When.
    #[schema(required)]
    pub acknowledged_at: Option<String>,
}

/// Where a page of concerns ends.
type Place = (i64, [u8; 16], String);

/// Concerns, the newest first.
///
/// # Errors
/// `cursor_unknown`, or the store's.
pub fn concerns(core: &Core, scope: Scope, after: Option<&str>) -> Result<Page<ConcernRow>, OpError> {
    let place = page::read(after)?;
    Ok(core.store.read(|tx| list(tx, scope, place))?)
}

pub(super) fn list(tx: &Tx<'_>, scope: Scope, place: Option<Place>) -> Result<Page<ConcernRow>, StoreError> {
    page::walk(
        place,
        |place, limit| {
            let before = place.map(|(at, document, entry)| (*at, DocumentId(*document), entry.as_str()));
            let found = tx.concerns_before(before, limit)?;
            let at = |c: &Concern| (c.seen_at, c.document.0, c.entry.clone());
            Ok(found.into_iter().map(|concern| (at(&concern), concern)).collect())
        },
        |concern| {
            let may = scope.has_document(tx, concern.document)?;
            may.then(|| row(tx, concern)).transpose()
        },
    )
}

fn row(tx: &Tx<'_>, concern: Concern) -> Result<ConcernRow, StoreError> {
    let by = concern.acknowledged.as_ref().map(|(_, who)| named(tx, who));
    Ok(ConcernRow {
        note_id: concern.document.to_string(),
        person: PersonBrief::of(tx, concern.person)?,
        entry: concern.entry,
        kind: concern.kind,
        seen_at: rfc3339(concern.seen_at),
        acknowledged_by: by.transpose()?,
        acknowledged_at: concern.acknowledged.map(|(at, _)| rfc3339(at)),
    })
}

/// Takes note of a concern.
///
/// # Errors
/// `not_found`; `already_acknowledged` with who and when; the store's.
pub fn acknowledge(
    core: &Core,
    scope: Scope,
    document: DocumentId,
    entry: &str,
    by: &str,
) -> Result<ConcernRow, OpError> {
    core.store.write(|tx| {
        let found = tx.concern(document, entry)?.ok_or(Code::NotFound)?;
        if !scope.has_document(tx, document)? {
            return Err(Code::NotFound.into());
        }
        let now = core.host.now_ms();
        if !tx.acknowledge(document, entry, now, by)? {
            let (at, who) = found.acknowledged.unwrap_or_default();
            let words = format!("{} did at {}", named(tx, &who)?, rfc3339(at));
            return Err(OpError::Because(Code::AlreadyAcknowledged, words));
        }
        tx.audit(&AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "concern.acknowledged".to_owned(),
            person: found.person,
            document: Some(document),
            detail: json!({ "entry": entry, "kind": found.kind }).to_string(),
        })?;
        let acknowledged = Some((now, by.to_owned()));
        Ok(row(
            tx,
            Concern {
                acknowledged,
                ..found
            },
        )?)
    })
}
