//! The checks that need no database: each chunk is counted by the gate and hashed before anything
//! is locked, so that a storm of uploads waits for the disk alone.

use notes::gate::{self, Limits};
use notes::ids::{Actor, DocumentId};
use notes::note::{Template, genesis};
use notes::problem::Code;
use notes::wire::{
    MAX_CHUNKS, MAX_FILLS, MAX_MESSAGE_ID_BYTES, MAX_PUSHES, MAX_READ, MAX_READINGS, MAX_REASON_BYTES, Push,
    Request,
};
use sha2::{Digest as _, Sha256};

/// A chunk with what the gate says of it.
pub(super) struct CheckedChunk {
    pub(super) bytes: Vec<u8>,
    pub(super) hash: [u8; 32],
    /// Who wrote in it by its own account, the genesis actor left out.
    pub(super) authors: Result<Vec<Actor>, Code>,
}

/// A push with its chunks checked.
pub(super) struct CheckedPush {
    pub(super) push: Push,
    pub(super) chunks: Vec<CheckedChunk>,
}

/// The store counts with a sign: no number of a phone's may be larger than this.
pub(super) const LARGEST: u64 = i64::MAX.unsigned_abs();

/// The nil UUID (RFC 9562, section 5.9) is no document's: the mark beside the store means by it that none is judged.
const NOBODYS: DocumentId = DocumentId([0; 16]);

/// Whether the request keeps within its bounds.
pub(super) fn bounds(request: &Request) -> Result<(), Code> {
    let pushes = &request.pushes;
    let too_large = request.waiting > LARGEST || request.fills.iter().any(|fill| fill.after > LARGEST);
    let too_many = pushes.len() > MAX_PUSHES
        || request.readings.len() > MAX_READINGS
        || request.fills.len() > MAX_FILLS
        || request.app.len() > 200
        || request.cursor.len() > 256;
    let told_out = request.to_desk.as_ref().is_some_and(|told| {
        let numbers = [told.obeyed, told.held, told.used_bytes, told.free_bytes];
        let read = told.read.as_deref().unwrap_or_default();
        numbers.into_iter().flatten().any(|number| number > LARGEST)
            || read.len() > MAX_READ
            || read.iter().any(|id| id.len() > MAX_MESSAGE_ID_BYTES)
    });
    let push_out = |p: &Push| {
        p.document == NOBODYS
            || p.chunks.is_empty()
            || p.chunks.len() > MAX_CHUNKS
            || p.reason
                .as_ref()
                .is_some_and(|reason| reason.len() > MAX_REASON_BYTES)
    };
    if too_large || too_many || told_out || pushes.iter().any(push_out) {
        Err(Code::MessageMalformed)
    } else {
        Ok(())
    }
}

/// Counts and hashes all chunks of the pushes.
pub(super) fn pushes(pushes: Vec<Push>) -> Vec<CheckedPush> {
    let limits = Limits::default();
    pushes
        .into_iter()
        .map(|mut push| {
            let template = push.template;
            let chunks = std::mem::take(&mut push.chunks)
                .into_iter()
                .map(|c| chunk(c.into(), template, &limits))
                .collect();
            CheckedPush { push, chunks }
        })
        .collect()
}

fn chunk(bytes: Vec<u8>, template: Template, limits: &Limits) -> CheckedChunk {
    let hash = Sha256::digest(&bytes).into();
    let authors = match gate::count(&bytes, limits) {
        Ok(counted) => {
            let own = |actor: &[u8; 16]| *actor != genesis::actor(template).0;
            let named = match counted.kind {
                gate::Kind::Document => counted.actors.as_slice(),
                // The first is the author; the others are those whose work the change refers to.
                gate::Kind::Change => counted.actors.get(..1).unwrap_or_default(),
            };
            Ok(named.iter().copied().filter(own).map(Actor).collect())
        }
        Err(refusal) => Err(refusal.code().parse().unwrap_or(Code::ChunkMalformed)),
    };
    CheckedChunk { bytes, hash, authors }
}

/// Whether a document's id fits what the push says it is: the ids of pages are made from people's,
/// and no note may take one.
pub(super) fn id_fits(push: &Push) -> bool {
    match (push.template, push.person) {
        (Template::Note, _) => push.document.0[6] >> 4 != 8,
        (Template::About, Some(person)) => DocumentId::about(person) == push.document,
        (Template::About, None) => false,
    }
}
