//! What a phone tells the team's desk with a request: messages that its worker has read.

use notes::wire::ToDesk;

use super::Pusher;
use crate::messages;
use crate::store::{StoreError, Tx};

/// Whether there is something in it that is to be written down now, however lately the phone was seen.
pub(super) fn says_more(told: &ToDesk) -> bool {
    told.read.as_ref().is_some_and(|read| !read.is_empty())
}

/// Writes it down.
pub(super) fn take(tx: &Tx<'_>, who: &Pusher, told: Option<&ToDesk>, now: i64) -> Result<(), StoreError> {
    let Some(told) = told else { return Ok(()) };
    for id in told.read.iter().flatten() {
        messages::read(tx, &who.worker.id, id, now)?;
    }
    Ok(())
}
