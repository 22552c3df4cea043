//! What the team's desk says to the worker, and what the council has settled for its phones.

use std::time::Duration;

use notes::ids::DocumentId;
use notes::note::plain::rfc3339;
use notes::wire::SettingsRow;
use serde::Serialize;

use super::Notebook;
use crate::store::outgoing::SEALED_MS;
use crate::store::{Db, messages, meta};
use crate::trouble::Trouble;

/// A message of the team's desk that was not read yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The note that it is about, where that is on this phone.
    pub note: Option<DocumentId>,
    /// The person whom that note is about, where known.
    pub name: Option<String>,
    /// `nudge`, `ask`, `returned` or `note`.
    pub kind: String,
    /// The words.
    pub text: String,
    /// Who says it.
    pub from: String,
    /// When.
    pub sent_at: String,
}

/// What the council has settled for its phones. What is none is the app's own to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Settings {
    /// After so many seconds in which nobody touched it the app locks itself.
    pub idle_lock_s: Option<u32>,
    /// What a worker says to a person about the notes.
    pub consent_text: Option<String>,
    /// What stands on the page on which a note is finished.
    pub finish_text: Option<String>,
    /// A note that is open so many hours after the contact is overdue.
    pub overdue_draft_h: Option<u32>,
}

/// The row as it was kept.
fn row(conn: &Db) -> Result<SettingsRow, Trouble> {
    let kept = meta::get(conn, meta::key::SETTINGS)?;
    // One that a newer app kept otherwise counts as none.
    Ok(kept
        .and_then(|bytes| minicbor::decode(&bytes).ok())
        .unwrap_or_default())
}

/// Keeps what the council settled.
pub(super) fn settle(conn: &Db, row: &SettingsRow) -> Result<(), Trouble> {
    let bytes = minicbor::to_vec(row).map_err(|_| Trouble::Damaged("the settings"))?;
    meta::set(conn, meta::key::SETTINGS, &bytes)
}

/// How long what was sent is kept: as the council settled, and never less than is safe.
pub(super) fn sealed_ms(conn: &Db) -> Result<i64, Trouble> {
    let days = row(conn)?.kept_days.unwrap_or(0);
    let kept = Duration::from_hours(24).saturating_mul(u32::try_from(days).unwrap_or(u32::MAX));
    Ok(i64::try_from(kept.as_millis()).unwrap_or(i64::MAX).max(SEALED_MS))
}

impl Notebook {
    /// What the team's desk says, oldest first, until it was read.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn messages(&mut self) -> Result<Vec<Message>, Trouble> {
        let mut shown = Vec::new();
        for row in messages::unread(self.store.read())? {
            let note = match row.document {
                Some(id) => self.listed(id)?,
                None => None,
            };
            shown.push(Message {
                id: row.id,
                note: note.as_ref().map(|note| note.id),
                name: note.and_then(|note| note.name),
                kind: row.kind,
                text: row.text,
                from: row.from,
                sent_at: rfc3339(row.sent_at),
            });
        }
        Ok(shown)
    }

    /// The worker has read a message; the desk is told with the next pass.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn read_message(&mut self, id: &str) -> Result<(), Trouble> {
        let now = self.now();
        self.store.write(|tx| messages::read(tx, id, now))
    }

    /// What the council has settled for its phones.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn settings(&self) -> Result<Settings, Trouble> {
        let row = row(self.store.read())?;
        let small = |n: Option<u64>| n.and_then(|n| u32::try_from(n).ok());
        Ok(Settings {
            idle_lock_s: small(row.idle_lock_s),
            consent_text: row.consent_text,
            finish_text: row.finish_text,
            overdue_draft_h: small(row.overdue_draft_h),
        })
    }
}
