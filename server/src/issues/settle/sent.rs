//! What a case system refused, or never answered: sent once more, as a version of its own.

use notes::problem::Code;

use super::deed::Deed;
use crate::export;
use crate::issues::Halt;
use crate::store::{Issue, StoreError, Tx};

/// A note of which no version stands in the feed cannot be sent again.
pub(super) fn actions(tx: &Tx<'_>, issue: &Issue) -> Result<Vec<&'static str>, StoreError> {
    let next = issue
        .opened
        .document
        .map(|id| export::version_after(tx, id))
        .transpose()?;
    Ok(match next.flatten() {
        Some(_) => vec!["send_again", "close"],
        None => vec!["close"],
    })
}

/// `send_again`: what the note says now, with the person's details of now, under a new version and a new event, for a
/// case system takes each event once and its answer to this one stands.
pub(super) fn again(deed: &mut Deed<'_, '_>) -> Result<(), Halt> {
    let document = deed.document()?;
    let version = export::send_again(deed.tx, deed.host, document)?.ok_or(Code::ActionUnknown)?;
    deed.say(format!(
        "The case systems get the note again, as version {version}, with the person's details of now."
    ));
    deed.say("What they answered before stays with the version that they answered.");
    Ok(())
}
