//! Somebody who is not on the caseload: asked of the server by the exact case id and for a reason, kept to read for a
//! day, and never to write in. Each reading is told to the audit, offline ones too.

use notes::ids::DocumentId;
use notes::lookup::Lookup;
use serde::Serialize;
use serde_json::json;

use super::link::{Ended, Stop, refusal};
use super::talk::alone;
use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, Transport};
use crate::store::lookups;
use crate::trouble::Trouble;

/// Somebody who was looked up, as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct LookedUp {
    /// The case system's id.
    pub case_id: String,
    /// Their name.
    pub name: String,
    /// Until when they can be read here, UTC milliseconds.
    pub until_ms: i64,
}

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// Asks for a person. What comes is kept for a day.
    ///
    /// # Errors
    /// Where the store fails. That the server refuses or is out of reach is a value.
    pub async fn look_up(&self, case_id: &str, reason: &str) -> Result<Ended, Trouble> {
        let body = json!({ "case_id": case_id.trim(), "reason": reason.trim() }).to_string();
        let headers = [("Content-Type", "application/json".to_owned())];
        let answer = self
            .authorized("POST", "/v1/lookups", &headers, body.as_bytes())
            .await?;
        let response = match answer {
            Ok(response) if response.status == 200 => response,
            Ok(response) => return Ok(refusal(&response).into()),
            Err(stop) => return Ok(stop.into()),
        };
        let Ok(lookup) = serde_json::from_slice::<Lookup>(&response.body) else {
            return Ok(Stop::not_understood().into());
        };
        self.book.with(|book| book.keep_lookup(&lookup))?;
        Ok(Ended::Quiet)
    }
}

impl Notebook {
    /// Asks for a person, on a transport that waits in place.
    ///
    /// # Errors
    /// Where the store fails. That the server refuses or is out of reach is a value.
    pub fn look_up(
        &mut self,
        transport: &mut dyn Transport,
        case_id: &str,
        reason: &str,
    ) -> Result<Ended, Trouble> {
        alone!(self, transport, |talk| talk.look_up(case_id, reason))
    }

    /// Who was looked up and can still be read, the newest first.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn looked_up(&mut self) -> Result<Vec<LookedUp>, Trouble> {
        self.clear_lookups()?;
        let kept = lookups::all(self.store.read())?;
        let listed = kept.into_iter().map(|(until_ms, says)| {
            let person = read(&says)?.person;
            Ok(LookedUp {
                case_id: person.case_id,
                name: person.name,
                until_ms,
            })
        });
        listed.collect()
    }

    /// Somebody who was looked up. It counts as a reading of all that is shown.
    ///
    /// # Errors
    /// [`Trouble::NoPerson`] where nobody was, or the day is over.
    pub fn lookup(&mut self, case_id: &str) -> Result<Lookup, Trouble> {
        self.clear_lookups()?;
        let (_, says) = lookups::find(self.store.read(), case_id)?.ok_or(Trouble::NoPerson)?;
        let lookup = read(&says)?;
        let page = lookup
            .about
            .is_some()
            .then(|| DocumentId::about(lookup.person.id));
        let notes = lookup.notes.iter().map(|note| note.id);
        self.note_readings(notes.chain(page), false)?;
        Ok(lookup)
    }

    fn keep_lookup(&mut self, lookup: &Lookup) -> Result<(), Trouble> {
        let (now, says) = (self.now(), serde_json::to_string(lookup));
        let says = says.map_err(|_| Trouble::Damaged("a person who was looked up"))?;
        let times = (now, now.saturating_add(lookup.readable_ms));
        self.store
            .write(|tx| lookups::put(tx, &lookup.person.case_id, times, &says))
    }

    /// Whose day is over goes, whenever anybody looks, and with every beat.
    pub(super) fn clear_lookups(&mut self) -> Result<(), Trouble> {
        let now = self.now();
        if lookups::any_over(self.store.read(), now)? {
            self.store.write(|tx| lookups::clear_over(tx, now))?;
        }
        Ok(())
    }
}

fn read(says: &str) -> Result<Lookup, Trouble> {
    serde_json::from_str(says).map_err(|_| Trouble::Damaged("a person who was looked up"))
}
