//! Watching: which of the documents that a phone has open on its screen it may be told of live. A
//! document that the device may not read is left out without a word, as everywhere.

use notes::ids::DocumentId;
use notes::problem::Code;
use notes::wire::MAX_WATCHED;

use super::{Pusher, internal, view};
use crate::core::Core;

/// Those of the documents that the device may read, each once.
///
/// # Errors
/// `message_malformed` where there are more than [`MAX_WATCHED`], or `internal`.
pub fn watched(core: &Core, who: &Pusher, asked: &[DocumentId]) -> Result<Vec<DocumentId>, Code> {
    if asked.len() > MAX_WATCHED {
        return Err(Code::MessageMalformed);
    }
    let mut may = Vec::new();
    core.store
        .read(|tx| {
            for id in asked {
                let person = tx.document_person(*id)?;
                let new = !may.contains(id);
                if new && view::may_read(tx, &who.worker, who.device.id, *id, person)? {
                    may.push(*id);
                }
            }
            Ok(())
        })
        .map_err(internal)?;
    Ok(may)
}
