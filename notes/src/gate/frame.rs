//! The frame around a chunk (magic, checksum, type, length), and the headers of its columns.
//!
//! Not for what the columns hold.

use sha2::{Digest, Sha256};

use super::{Bytes, Kind, Limits, Refusal};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Set in a column's specification when its bytes are deflated.
const DEFLATED: u64 = 8;

/// A chunk whose checksum holds.
pub(super) struct Frame<'a> {
    pub(super) kind: Kind,
    pub(super) hash: [u8; 32],
    pub(super) body: &'a [u8],
}

pub(super) fn open<'a>(chunk: &'a [u8], limits: &Limits) -> Result<Frame<'a>, Refusal> {
    if chunk.len() > limits.chunk_bytes {
        return Err(Refusal::TooLarge("bytes"));
    }
    let mut bytes = Bytes::new(chunk);
    if bytes.array()? != MAGIC {
        return Err(Refusal::Malformed("magic"));
    }
    let checksum: [u8; 4] = bytes.array()?;
    let kind = match bytes.byte()? {
        0 => Kind::Document,
        1 => Kind::Change,
        2 => return Err(Refusal::Compressed),
        3 => return Err(Refusal::Bundle),
        other => return Err(Refusal::UnknownType(other)),
    };
    let length = bytes.unsigned()?;
    if length > limits.chunk_bytes as u64 {
        return Err(Refusal::TooLarge("declared length"));
    }
    let header = chunk.len() - usize::try_from(bytes.len()).unwrap_or(0);
    let body = bytes.take(length)?;
    if !bytes.is_empty() {
        return Err(Refusal::Extra);
    }
    // The hash covers the type, the length as it is spelt, and the body: all behind the checksum.
    let hash: [u8; 32] = Sha256::new_with_prefix(chunk.get(8..header).unwrap_or_default())
        .chain_update(body)
        .finalize()
        .into();
    if hash.first_chunk() != Some(&checksum) {
        return Err(Refusal::Checksum);
    }
    Ok(Frame { kind, hash, body })
}

/// A list of actors, each 16 bytes, in strictly rising order.
pub(super) fn actors(bytes: &mut Bytes<'_>, limits: &Limits) -> Result<Vec<[u8; 16]>, Refusal> {
    let count = bytes.unsigned()?;
    if count > limits.actors as u64 {
        return Err(Refusal::TooLarge("actors"));
    }
    let mut actors = Vec::new();
    for _ in 0..count {
        actors.push(actor(bytes)?);
    }
    rising(&actors, "actors out of order")?;
    Ok(actors)
}

pub(super) fn actor(bytes: &mut Bytes<'_>) -> Result<[u8; 16], Refusal> {
    match bytes.unsigned()? {
        16 => bytes.array(),
        _ => Err(Refusal::Actor),
    }
}

/// A list of change hashes, in the order they are written.
pub(super) fn hashes(
    bytes: &mut Bytes<'_>,
    limits: &Limits,
    what: &'static str,
) -> Result<Vec<[u8; 32]>, Refusal> {
    let count = bytes.unsigned()?;
    if count > limits.deps as u64 {
        return Err(Refusal::TooLarge(what));
    }
    let mut hashes = Vec::new();
    for _ in 0..count {
        hashes.push(bytes.array()?);
    }
    Ok(hashes)
}

/// Whether a list rises strictly, and so names nothing twice.
pub(super) fn rising<T: PartialOrd>(items: &[T], what: &'static str) -> Result<(), Refusal> {
    if items.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(Refusal::Malformed(what))
    }
}

/// The columns of one table: their headers, later their bytes.
pub(super) struct Columns<'a> {
    found: Vec<(u8, u64, &'a [u8])>,
}

impl<'a> Columns<'a> {
    /// Reads the headers. Only columns in `known` may appear, each at most once, none of them empty:
    /// Automerge drops what it does not know, and the change could not be hashed again.
    pub(super) fn headers(bytes: &mut Bytes<'a>, known: &[u8]) -> Result<Self, Refusal> {
        let count = bytes.unsigned()?;
        let mut found: Vec<(u8, u64, &'a [u8])> = Vec::with_capacity(known.len());
        for _ in 0..count {
            let spec = bytes.unsigned()?;
            if spec & DEFLATED != 0 {
                return Err(Refusal::Compressed);
            }
            let known = known.iter().find(|k| u64::from(**k) == spec);
            let spec = *known.ok_or(Refusal::Malformed("unknown column"))?;
            if found.last().is_some_and(|(last, ..)| *last >= spec) {
                return Err(Refusal::Malformed("columns out of order"));
            }
            match bytes.unsigned()? {
                0 => return Err(Refusal::Malformed("empty column")),
                length => found.push((spec, length, &[])),
            }
        }
        Ok(Self { found })
    }

    /// Reads the bytes, which follow in the order of the headers.
    pub(super) fn fill(&mut self, bytes: &mut Bytes<'a>) -> Result<(), Refusal> {
        for (_, length, data) in &mut self.found {
            *data = bytes.take(*length)?;
        }
        Ok(())
    }

    /// The bytes of a column, none if it is absent.
    pub(super) fn get(&self, spec: u8) -> &'a [u8] {
        self.found
            .iter()
            .find(|(found, ..)| *found == spec)
            .map_or(&[], |(.., data)| data)
    }
}
