//! Messages with a lie in them: an honest CBOR body is split into its heads (type, number, bytes behind it), some of
//! them are changed, and it is packed again, rightly or wrongly.
//!
//! Not for the chunks inside: those are `chunks`' to forge.

use std::io::Write as _;

use super::storm::Choices;

/// One head of CBOR (RFC 8949, section 3) with the bytes that it brings.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    major: u8,
    number: u64,
    bytes: Vec<u8>,
}

const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// A body, and the name of its packing.
pub struct Body {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What the header says of it.
    pub encoding: Option<&'static str>,
}

fn split(mut honest: &[u8]) -> Vec<Head> {
    let mut heads = Vec::new();
    while let Some((first, mut rest)) = honest.split_first() {
        let (major, short) = (first >> 5, first & 31);
        let more = match short {
            24..=27 => 1_usize << (short - 24),
            _ => 0,
        };
        let number = match more {
            0 => u64::from(short),
            _ => rest[..more]
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        };
        rest = &rest[more..];
        let own = match major {
            BYTES | TEXT => usize::try_from(number).unwrap_or(usize::MAX),
            _ => 0,
        };
        let bytes = rest[..own].to_vec();
        honest = &rest[own..];
        heads.push(Head { major, number, bytes });
    }
    heads
}

fn join(heads: &[Head]) -> Vec<u8> {
    let mut out = Vec::new();
    for head in heads {
        let wide = head.number.to_be_bytes();
        let (short, from) = match head.number {
            number @ 0..=23 => (number.to_le_bytes()[0], 8),
            24..=0xff => (24, 7),
            0x100..=0xffff => (25, 6),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 0),
        };
        out.push(head.major << 5 | short);
        out.extend(&wide[from..]);
        out.extend(&head.bytes);
    }
    out
}

/// An honest body with a lie in it.
pub fn lie(honest: &[u8], choices: &mut Choices<'_>) -> Body {
    let mut heads = split(honest);
    for _ in 0..=choices.below(3) {
        lie_in_heads(&mut heads, choices);
    }
    let mut plain = join(&heads);
    if choices.one_in(5) {
        choices.scramble(&mut plain);
    }
    pack(plain, choices)
}

fn lie_in_heads(heads: &mut Vec<Head>, choices: &mut Choices<'_>) {
    if heads.is_empty() {
        return;
    }
    let at = choices.below(heads.len());
    let (to, number) = (choices.below(heads.len()), choices.extreme());
    let bare = |major| Head {
        major,
        number,
        bytes: Vec::new(),
    };
    match choices.below(10) {
        0 => heads[at].number = number,
        1 => heads[at].major = choices.below(8).to_le_bytes()[0],
        2 => heads.swap(at, to),
        3 => _ = heads.remove(at),
        4 => heads.insert(at, heads[to].clone()),
        5 => heads.insert(at, bare(choices.pick(&[ARRAY, MAP, TAG, BYTES, TEXT]))),
        // Without end: one in another.
        6 => {
            let nest = Head {
                number: 1,
                ..bare(choices.pick(&[ARRAY, MAP, TAG]))
            };
            heads.splice(
                at..at,
                std::iter::repeat_n(nest, choices.pick(&[3, 500, 100_000])),
            );
        }
        // A key that nobody knows, with whatever is behind it.
        7 => heads
            .splice(
                at..at,
                [
                    Head {
                        number: 99,
                        ..bare(0)
                    },
                    heads[to].clone(),
                ],
            )
            .for_each(drop),
        8 => {
            let head = &mut heads[at];
            choices.scramble(&mut head.bytes);
            head.number = head.bytes.len() as u64;
        }
        _ => heads
            .splice(at..at, std::iter::repeat_n(heads[to].clone(), 5_001))
            .for_each(drop),
    }
}

fn pack(plain: Vec<u8>, choices: &mut Choices<'_>) -> Body {
    let zstd = |plain: &[u8]| zstd::bulk::compress(plain, 1).expect("zstd packs");
    let (bytes, encoding) = match choices.below(12) {
        0..=3 => (plain, None),
        4..=6 => (zstd(&plain), Some("zstd")),
        7 => (gzip(&plain), Some("gzip")),
        8 => (plain, Some("zstd")),
        // Much of nothing behind it, past the cap or below it.
        9 => {
            let nothing = choices.pick(&[1 << 20, 17 << 20]);
            let whole = [plain, vec![0; nothing]].concat();
            if choices.one_in(2) {
                (gzip(&whole), Some("gzip"))
            } else {
                (zstd(&whole), Some("zstd"))
            }
        }
        10 => {
            let mut packed = zstd(&plain);
            choices.scramble(&mut packed);
            (packed, Some("zstd"))
        }
        // Packed twice is not packed once.
        _ => (zstd(&zstd(&plain)), Some("zstd")),
    };
    Body { bytes, encoding }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_split_is_joined_to_the_same_bytes() {
        let honest = minicbor::to_vec((
            1_u8,
            -500_i64,
            "words",
            [u64::MAX; 3],
            minicbor::bytes::ByteVec::from(vec![7; 300]),
        ));
        let honest = honest.unwrap();
        assert_eq!(join(&split(&honest)), honest);
    }
}
