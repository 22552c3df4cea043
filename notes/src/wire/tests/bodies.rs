//! Bodies made to hurt: bombs, windows, lengths that lie, and nests. What they may cost is bounded.

use std::io::Write as _;

use super::samples::request;
use crate::wire::{BodyRefusal, Coding, MAX_INFLATED_BYTES, Request, Response, decode, encode};

fn packed(plain: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(plain, 1).unwrap()
}

#[test]
fn a_bomb_is_refused_at_the_cap() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    let zeros = vec![0u8; 1 << 20];
    for _ in 0..1024 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 200_000, "a GiB in {} bytes", bomb.len());
    let before = peak_bytes();
    assert_eq!(decode::<Request>(&bomb, Coding::Zstd), Err(BodyRefusal::TooLarge));
    if let (Some(before), Some(after)) = (before, peak_bytes()) {
        assert!(
            after - before < 16 * MAX_INFLATED_BYTES,
            "{} bytes more at the peak",
            after - before
        );
    }
}

/// The most memory that this process ever had, where the system tells. Other tests add to it.
fn peak_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<usize>()
        .ok()
        .map(|kib| kib * 1024)
}

#[test]
fn the_cap_is_taken_to_the_last_byte() {
    let lines = [
        (MAX_INFLATED_BYTES, BodyRefusal::Malformed),
        (MAX_INFLATED_BYTES + 1, BodyRefusal::TooLarge),
        (MAX_INFLATED_BYTES + 2, BodyRefusal::TooLarge),
    ];
    for (size, expected) in lines {
        let body = vec![0u8; size];
        assert_eq!(
            decode::<Request>(&body, Coding::Identity),
            Err(expected),
            "{size}"
        );
        assert_eq!(
            decode::<Request>(&packed(&body), Coding::Zstd),
            Err(expected),
            "{size}"
        );
    }
    // A message that fills the cap to the last byte is read.
    let mut full = request();
    full.app = String::new();
    let rest = MAX_INFLATED_BYTES - minicbor::to_vec(&full).unwrap().len() - 4;
    full.app = "a".repeat(rest);
    let plain = minicbor::to_vec(&full).unwrap();
    assert_eq!(plain.len(), MAX_INFLATED_BYTES);
    assert_eq!(
        decode::<Request>(&packed(&plain), Coding::Zstd)
            .unwrap()
            .app
            .len(),
        rest
    );
}

#[test]
fn a_frame_that_wants_a_window_of_128_mib_is_refused() {
    let framed = |window_log: u32| {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(window_log).unwrap();
        encoder.write_all(&minicbor::to_vec(request()).unwrap()).unwrap();
        encoder.finish().unwrap()
    };
    assert_eq!(
        decode::<Request>(&framed(27), Coding::Zstd),
        Err(BodyRefusal::Malformed)
    );
    assert_eq!(
        decode::<Request>(&framed(24), Coding::Zstd),
        Err(BodyRefusal::Malformed)
    );
    assert_eq!(decode::<Request>(&framed(23), Coding::Zstd), Ok(request()));
}

#[test]
fn what_follows_a_message_is_refused() {
    let plain = minicbor::to_vec(request()).unwrap();
    for tail in [&b"\x00"[..], b"\xf6", &plain] {
        let body = [&plain[..], tail].concat();
        assert_eq!(
            decode::<Request>(&body, Coding::Identity),
            Err(BodyRefusal::Malformed)
        );
        assert_eq!(
            decode::<Request>(&packed(&body), Coding::Zstd),
            Err(BodyRefusal::Malformed)
        );
        let framed = [&packed(&plain)[..], tail].concat();
        assert_eq!(
            decode::<Request>(&framed, Coding::Zstd),
            Err(BodyRefusal::Malformed)
        );
    }
    let (left, right) = plain.split_at(20);
    let two_frames = [packed(left), packed(right)].concat();
    assert_eq!(
        decode::<Request>(&two_frames, Coding::Zstd),
        Ok(request()),
        "RFC 8878 allows it"
    );
}

/// A head that declares so many elements or bytes that no memory would hold them.
fn declaring(major: u8) -> Vec<u8> {
    let mut head = vec![major << 5 | 0x1b];
    head.extend((1u64 << 60).to_be_bytes());
    head
}

#[test]
fn lengths_that_lie_are_refused_and_cost_nothing() {
    let (bytes, text, array, map) = (declaring(2), declaring(3), declaring(4), declaring(5));
    let key = |number: u8, value: &[u8]| [&[0xa1, number], value].concat();
    let push = |value: &[u8]| [&[0xa1, 4, 0x81, 0xa1, 4][..], value].concat();
    let nested = |value: &[u8]| [&[0xa1, 4, 0x81, 0xa1, 4, 0x81][..], value].concat();
    let lines: Vec<(&str, Vec<u8>)> = vec![
        ("a map", map.clone()),
        ("an array for a map", array.clone()),
        ("a cursor", key(3, &bytes)),
        ("an actor", key(2, &bytes)),
        ("pushes", key(4, &array)),
        ("readings", key(5, &array)),
        ("fills", key(8, &array)),
        ("the app's name", key(9, &text)),
        ("chunks", push(&array)),
        ("a chunk", nested(&bytes)),
        ("a reason", [&[0xa1, 4, 0x81, 0xa1, 3][..], &text].concat()),
        ("an unknown key's map", key(99, &map)),
        ("an unknown key's array", key(99, &array)),
        ("an unknown key's bytes", key(99, &bytes)),
        ("an unknown key's text", key(99, &text)),
    ];
    for (name, body) in lines {
        assert_eq!(
            decode::<Request>(&body, Coding::Identity),
            Err(BodyRefusal::Malformed),
            "{name}"
        );
        // With much behind it that looks like elements.
        let long = [&body[..], &[0xa0; 10_000]].concat();
        assert_eq!(
            decode::<Request>(&long, Coding::Identity),
            Err(BodyRefusal::Malformed),
            "{name}, long"
        );
        assert_eq!(
            decode::<Response>(&long, Coding::Identity),
            Err(BodyRefusal::Malformed),
            "{name}, answered"
        );
    }
}

#[test]
fn nests_do_not_break_the_stack() {
    let opener = [
        [0x81u8].as_slice(),
        &[0x9f],
        &[0xa1, 0x00],
        &[0xbf, 0x00],
        &[0xc1],
    ];
    for open in opener {
        let deep = [&[0xa1, 0x18, 99][..], &open.repeat(1_000_000), &[0x00]].concat();
        assert_eq!(
            decode::<Request>(&deep, Coding::Identity),
            Err(BodyRefusal::Malformed),
            "{open:?}"
        );
        let pushes = [&[0xa1, 4][..], &open.repeat(1_000_000), &[0x00]].concat();
        assert_eq!(
            decode::<Request>(&pushes, Coding::Identity),
            Err(BodyRefusal::Malformed),
            "{open:?}"
        );
    }
}

#[test]
fn what_is_no_frame_is_refused() {
    let plain = minicbor::to_vec(request()).unwrap();
    for body in [
        &b""[..],
        b"\x28\xb5\x2f\xfd",
        b"\x1f\x8b\x08\x00",
        &plain,
        &[0xff; 64],
    ] {
        assert_eq!(decode::<Request>(body, Coding::Zstd), Err(BodyRefusal::Malformed));
    }
    let mut broken = packed(&[7; 4096]);
    let last = broken.len() - 1;
    broken[last] ^= 0xff;
    assert_eq!(
        decode::<Request>(&broken, Coding::Zstd),
        Err(BodyRefusal::Malformed)
    );
}

#[test]
fn small_messages_travel_as_they_are_and_large_ones_packed() {
    let mut large = request();
    large.app = "the same again ".repeat(1000);
    let (body, coding) = encode(&large);
    assert_eq!(coding, Coding::Zstd);
    assert!(body.len() < 1000, "{}", body.len());
    assert_eq!(decode::<Request>(&body, coding), Ok(large));
    let (body, coding) = encode(&Response::default());
    assert_eq!(coding, Coding::Identity);
    assert_eq!(body, minicbor::to_vec(Response::default()).unwrap());
}

#[test]
fn codings_are_read_from_the_header() {
    let lines = [
        (None, Some(Coding::Identity)),
        (Some(""), Some(Coding::Identity)),
        (Some("identity"), Some(Coding::Identity)),
        (Some("zstd"), Some(Coding::Zstd)),
        (Some(" zstd "), Some(Coding::Zstd)),
        (Some("br"), None),
        (Some("zstd, zstd"), None),
    ];
    for (value, expected) in lines {
        assert_eq!(Coding::from_header(value), expected, "{value:?}");
    }
    for coding in [Coding::Identity, Coding::Zstd] {
        assert_eq!(Coding::from_header(coding.header()), Some(coding));
    }
}
