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

const UINT: u8 = 0;
const NEGATIVE: u8 = 1;
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

/// An honest body with a lie in it: every other one is well formed, and what it says is out of all bounds.
pub fn lie(honest: &[u8], choices: &mut Choices<'_>) -> Body {
    let mut heads = split(honest);
    let well_formed = choices.one_in(2);
    for _ in 0..=choices.below(3) {
        if well_formed {
            lie_in_values(&mut heads, choices);
        } else {
            lie_in_heads(&mut heads, choices);
        }
    }
    let mut plain = join(&heads);
    if !well_formed && choices.one_in(5) {
        choices.scramble(&mut plain);
    }
    pack(plain, well_formed, choices)
}

fn lie_in_values(heads: &mut Vec<Head>, choices: &mut Choices<'_>) {
    match choices.below(4) {
        0 => repeat_an_item(heads, choices),
        1 => scramble_a_chunk(heads, choices),
        _ => lie_in_a_number(heads, choices),
    }
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

/// A number that is too large or too small.
fn lie_in_a_number(heads: &mut [Head], choices: &mut Choices<'_>) {
    let numbers = numbers(heads);
    if numbers.is_empty() {
        return;
    }
    // Where a program counts with a sign, these are where it falls.
    let beyond = choices.pick(&[1 << 63, u64::MAX]);
    heads[choices.pick(&numbers)].number = if choices.one_in(2) {
        beyond
    } else {
        choices.extreme()
    };
}

/// Where numbers stand that are no keys of a map.
fn numbers(heads: &[Head]) -> Vec<usize> {
    let mut found = Vec::new();
    // How much is missing of each that has begun, and whether it is a map.
    let mut begun: Vec<(u64, bool)> = Vec::new();
    for (at, head) in heads.iter().enumerate() {
        let is_key = matches!(begun.last(), Some((missing, true)) if missing % 2 == 0);
        if !is_key && matches!(head.major, UINT | NEGATIVE) {
            found.push(at);
        }
        if let Some((missing, _)) = begun.last_mut() {
            *missing -= 1;
        }
        match head.major {
            ARRAY => begun.push((head.number, false)),
            MAP => begun.push((head.number.saturating_mul(2), true)),
            TAG => begun.push((1, false)),
            _ => {}
        }
        while begun.pop_if(|(missing, _)| *missing == 0).is_some() {}
    }
    found
}

/// Other bytes in what is longer than an id, and its length tells so.
fn scramble_a_chunk(heads: &mut [Head], choices: &mut Choices<'_>) {
    let mut chunks: Vec<&mut Head> = heads
        .iter_mut()
        .filter(|head| head.major == BYTES && head.bytes.len() > 16)
        .collect();
    let at = choices.below(chunks.len());
    if let Some(head) = chunks.get_mut(at) {
        choices.scramble(&mut head.bytes);
        head.number = head.bytes.len() as u64;
    }
}

/// An item of a list comes again and again, and the list says so: it is well formed and too long.
fn repeat_an_item(heads: &mut Vec<Head>, choices: &mut Choices<'_>) {
    let lists: Vec<usize> = (0..heads.len())
        .filter(|at| heads[*at].major == ARRAY && heads[*at].number > 0)
        .collect();
    if lists.is_empty() {
        return;
    }
    let list = choices.pick(&lists);
    let (again, end) = (choices.pick(&[1, 65, 2_001, 5_001]), end_of_item(heads, list + 1));
    let item = heads.get(list + 1..end).unwrap_or_default().to_vec();
    heads[list].number = heads[list].number.saturating_add(again);
    let copies = (0..again).flat_map(|_| item.iter().cloned());
    heads.splice(end..end, copies).for_each(drop);
}

/// Behind the last head of the item that begins at a head.
fn end_of_item(heads: &[Head], mut at: usize) -> usize {
    let mut missing = 1_u64;
    while missing > 0 && at < heads.len() {
        let inside = match heads[at].major {
            ARRAY => heads[at].number,
            MAP => heads[at].number.saturating_mul(2),
            TAG => 1,
            _ => 0,
        };
        missing = (missing - 1).saturating_add(inside);
        at += 1;
    }
    at
}

fn pack(plain: Vec<u8>, rightly: bool, choices: &mut Choices<'_>) -> Body {
    let zstd = |plain: &[u8]| zstd::bulk::compress(plain, 1).expect("zstd packs");
    let (bytes, encoding) = match choices.below(if rightly { 8 } else { 12 }) {
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

    #[test]
    fn an_item_that_is_repeated_leaves_the_message_well_formed() {
        let honest = minicbor::to_vec((7_u8, [[1_u8, 2], [3, 4]])).unwrap();
        let mut heads = split(&honest);
        assert_eq!(numbers(&heads).len(), 5);
        // The list inside, its first item once more.
        repeat_an_item(&mut heads, &mut Choices::over(&[1, 0]));
        let told: (u8, Vec<Vec<u8>>) = minicbor::decode(&join(&heads)).unwrap();
        assert_eq!(told, (7, vec![vec![1, 2], vec![1, 2], vec![3, 4]]));
        // {1: 2, 3: [4, {5: 6}]}
        let keyed = split(&[0xa2, 1, 2, 3, 0x82, 4, 0xa1, 5, 6]);
        let found: Vec<u64> = numbers(&keyed).iter().map(|at| keyed[*at].number).collect();
        assert_eq!(found, [2, 4, 6], "keys are left as they are");
    }
}
