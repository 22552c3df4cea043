//! Messages and rows: there and back, with keys that are not known, cut short at every byte.

use std::collections::BTreeSet;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use super::samples::{request, response, rows};
use crate::wire::{BodyRefusal, Coding, Outcome, Request, Response, Row, RowBody, decode, encode};

fn plain(message: &impl minicbor::Encode<()>) -> Vec<u8> {
    minicbor::to_vec(message).unwrap()
}

#[test]
fn every_message_comes_back_as_it_was_sent() {
    let (body, coding) = encode(&request());
    assert_eq!(decode::<Request>(&body, coding), Ok(request()));
    let (body, coding) = encode(&response());
    assert_eq!(decode::<Response>(&body, coding), Ok(response()));
    assert_eq!(
        decode::<Request>(&plain(&request()), Coding::Identity),
        Ok(request())
    );
    let empty = Response::default();
    let (body, coding) = encode(&empty);
    assert_eq!(
        (coding, body.len() < 64),
        (Coding::Identity, true),
        "nothing new is small"
    );
    assert_eq!(decode::<Response>(&body, coding), Ok(empty));
}

#[test]
fn every_row_comes_back_as_it_was_packed() {
    let mut kinds = BTreeSet::new();
    for body in rows() {
        let row = Row::pack(5, &body).unwrap();
        kinds.insert(row.kind);
        assert_eq!(row.unpack().unwrap(), Some(body.clone()), "{body:?}");
        for end in 0..row.body.len() {
            let cut = Row {
                body: row.body[..end].to_vec(),
                ..row.clone()
            };
            assert!(cut.unpack().is_err(), "{body:?} cut at {end}");
        }
    }
    assert_eq!(kinds, (0..=10).collect(), "every kind has its row here");
}

#[test]
fn a_row_of_a_kind_that_is_not_known_is_none() {
    for kind in [11, 99, u64::MAX] {
        let row = Row {
            number: 1,
            kind,
            body: vec![0xff],
        };
        assert_eq!(row.unpack().unwrap(), None, "{kind}");
    }
    let twisted = Row {
        kind: 0,
        ..Row::pack(1, &rows()[4]).unwrap()
    };
    assert!(twisted.unpack().is_err(), "a body of another kind");
}

/// The same map with more keys, whose values nest and are of every sort.
fn with_more(map: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(map);
    let count = decoder.map().unwrap().unwrap();
    let pairs = &map[decoder.position()..];
    let mut out = Encoder::new(Vec::new());
    out.map(count + 4).unwrap();
    out.u8(200)
        .unwrap()
        .array(2)
        .unwrap()
        .map(1)
        .unwrap()
        .str("k")
        .unwrap()
        .f64(1.5)
        .unwrap()
        .null()
        .unwrap();
    out.writer_mut().extend_from_slice(pairs);
    out.u8(201).unwrap().bytes(&[1, 2, 3]).unwrap();
    out.u64(70_000)
        .unwrap()
        .begin_array()
        .unwrap()
        .bool(true)
        .unwrap()
        .end()
        .unwrap();
    out.u8(203)
        .unwrap()
        .tag(minicbor::data::Tag::new(1))
        .unwrap()
        .i64(-5)
        .unwrap();
    out.into_writer()
}

#[test]
fn keys_that_are_not_known_are_skipped() {
    let body = with_more(&plain(&request()));
    assert_eq!(decode::<Request>(&body, Coding::Identity), Ok(request()));
    let body = with_more(&plain(&response()));
    assert_eq!(decode::<Response>(&body, Coding::Identity), Ok(response()));
    for body in rows() {
        let row = Row::pack(1, &body).unwrap();
        let more = Row {
            body: with_more(&row.body),
            ..row
        };
        assert_eq!(more.unpack().unwrap(), Some(body));
    }
}

#[test]
fn what_may_be_null_may_be_left_out() {
    let body = plain(&response());
    let mut decoder = Decoder::new(&body);
    decoder.map().unwrap();
    assert_eq!(decoder.u8().unwrap(), 0);
    // A verdict without its code, as a stranger may write it.
    let stranger = [0xa3, 0x00, 0x50]
        .into_iter()
        .chain([1; 16])
        .chain([0x01, 0x00, 0x03, 0x04]);
    let verdict: crate::wire::Verdict = minicbor::decode(&stranger.collect::<Vec<u8>>()).unwrap();
    assert_eq!(
        (verdict.outcome, verdict.code, verdict.seq),
        (Outcome::Accepted, None, 4)
    );
    let RowBody::Order(order) = rows().remove(11) else {
        panic!("an order")
    };
    assert_eq!(order.document, None);
    assert_eq!(plain(&order), b"\xa1\x00\x69new_actor");
}

#[test]
fn a_message_cut_short_is_refused_at_every_byte() {
    let whole = plain(&request());
    for end in 0..whole.len() {
        let cut = decode::<Request>(&whole[..end], Coding::Identity);
        assert_eq!(cut, Err(BodyRefusal::Malformed), "cut at {end}");
    }
    let whole = plain(&response());
    for end in 0..whole.len() {
        let cut = decode::<Response>(&whole[..end], Coding::Identity);
        assert_eq!(cut, Err(BodyRefusal::Malformed), "cut at {end}");
    }
    let (packed, coding) = encode(&request());
    assert_eq!(coding, Coding::Zstd);
    for end in 0..packed.len() {
        assert_eq!(
            decode::<Request>(&packed[..end], coding),
            Err(BodyRefusal::Malformed),
            "cut at {end}"
        );
    }
}

#[test]
fn flipped_bits_never_panic() {
    let whole = plain(&request());
    let mut read = 0;
    for position in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[position] ^= 1 << bit;
            read += usize::from(decode::<Request>(&flipped, Coding::Identity).is_ok());
        }
    }
    assert!(read > 0, "a flip inside a chunk is the gate's to find");
}

#[test]
fn values_of_another_shape_are_refused() {
    let lines: [(&str, &[u8]); 8] = [
        ("nothing", b""),
        ("no map", b"\x80"),
        ("an empty map", b"\xa0"),
        ("a map without an end", b"\xbf"),
        ("words for the version", b"\xa1\x00\x61x"),
        ("an array for a map", b"\x8a\x01\x00"),
        ("a break at the beginning", b"\xff"),
        ("a reserved byte", b"\x1c"),
    ];
    for (name, body) in lines {
        assert_eq!(
            decode::<Request>(body, Coding::Identity),
            Err(BodyRefusal::Malformed),
            "{name}"
        );
    }
    let mut short = request();
    short.pushes.clear();
    let good = plain(&short);
    // The actor is the only byte string of 16 bytes that is left beside the readings'.
    let at = good
        .windows(17)
        .position(|w| w[0] == 0x50 && w[1..] == [3; 16])
        .unwrap();
    let cut = [&good[..at], &[0x4f], &good[at + 2..]].concat();
    assert_eq!(
        decode::<Request>(&cut, Coding::Identity),
        Err(BodyRefusal::Malformed),
        "an id of 15 bytes"
    );
    assert_eq!(Decoder::new(&good).datatype().unwrap(), Type::Map);
}
