//! What is taken: byte by byte, no byte twice, nothing that is not its hash, and not too much of it.

use super::*;
use crate::attachments::{Limits, place, sweep};

#[test]
fn a_file_that_is_cut_after_every_byte_is_whole_in_the_end() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("the step at the back door");
    let note = noted(&town, kofi, 1, &bytes).id;
    let who = who(&town, kofi.id);
    for at in 0..bytes.len() {
        // Each time as a phone that knows nothing any more.
        let stands = starts(&town, kofi, note, &bytes).unwrap();
        assert_eq!((stands.arrived, stands.bytes), (at as u64, bytes.len() as u64));
        append(
            &town.core,
            &who,
            key(kofi, note, &bytes),
            at as u64,
            vec![bytes[at]],
        )
        .unwrap();
    }
    // The process died before the comparison: asking makes good for it.
    let stands = place(&town.core, &who, key(kofi, note, &bytes)).unwrap();
    assert_eq!(stands.arrived, bytes.len() as u64);
    assert!(town.read(|tx| tx.attachment(AttachmentId::of(&bytes))).is_some());
    assert!(
        town.read(|tx| tx.upload(key(kofi, note, &bytes))).is_none(),
        "nothing is under way"
    );
    let again = sends(&town, kofi, note, &bytes, 1).unwrap();
    assert_eq!(again.arrived, bytes.len() as u64, "and it takes no byte again");
}

#[test]
fn bytes_go_where_the_upload_stands_and_nowhere_else() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("hall");
    let note = noted(&town, kofi, 1, &bytes).id;
    let (who, key) = (who(&town, kofi.id), key(kofi, note, &bytes));
    refused(
        append(&town.core, &who, key, 0, vec![1]),
        Code::NotFound,
        "never begun",
    );
    starts(&town, kofi, note, &bytes).unwrap();
    assert_eq!(append(&town.core, &who, key, 0, bytes[..3].to_vec()).unwrap(), 3);
    for wrong in [0, 2, 4, u64::MAX] {
        let answer = append(&town.core, &who, key, wrong, vec![1]);
        assert!(
            matches!(answer, Err(Declined::Elsewhere(3))),
            "{wrong}: {answer:?}"
        );
    }
    let long = append(&town.core, &who, key, 3, vec![1; bytes.len()]);
    refused(long, Code::AttachmentTooLarge, "behind the end");
    append(&town.core, &who, key, 3, bytes[3..].to_vec()).unwrap();
    finish(&town.core, &who, key).unwrap();
    let more = append(&town.core, &who, key, bytes.len() as u64, vec![1]);
    assert!(
        matches!(more, Err(Declined::Elsewhere(n)) if n == bytes.len() as u64),
        "{more:?}"
    );
}

#[test]
fn what_is_not_its_hash_is_thrown_away_and_begins_anew() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("hall");
    let note = noted(&town, kofi, 1, &bytes).id;
    let (who, key) = (who(&town, kofi.id), key(kofi, note, &bytes));
    starts(&town, kofi, note, &bytes).unwrap();
    let mut damaged = bytes.clone();
    damaged[5] ^= 1;
    append(&town.core, &who, key, 0, damaged).unwrap();
    refused(
        finish(&town.core, &who, key),
        Code::AttachmentMismatch,
        "a bit is wrong",
    );
    assert_eq!(
        place(&town.core, &who, key).unwrap().arrived,
        0,
        "from the beginning"
    );
    assert!(town.read(|tx| tx.attachment(key.id)).is_none());
    sends(&town, kofi, note, &bytes, 4).unwrap();
    assert!(town.read(|tx| tx.attachment(key.id)).is_some());
}

#[test]
fn what_is_not_of_the_kind_that_was_said_is_not_taken() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = b"MZ this is a program".to_vec();
    let note = noted(&town, kofi, 1, &bytes).id;
    refused(
        sends(&town, kofi, note, &bytes, 99),
        Code::AttachmentType,
        "a program as a picture",
    );
    let key = key(kofi, note, &bytes);
    assert!(town.read(|tx| tx.attachment(key.id)).is_none());
    assert!(town.read(|tx| tx.upload(key)).is_none());
    let begun = |media_type: &str, bytes| Begun {
        media_type: media_type.into(),
        bytes,
    };
    let start = |begun| begin(&town.core, &who(&town, kofi.id), key, &begun);
    refused(
        start(begun("application/x-msdownload", 20)),
        Code::AttachmentType,
        "said openly",
    );
    refused(
        start(begun("image/jpeg", 0)),
        Code::AttachmentTooLarge,
        "nothing at all",
    );
    let most = Limits::default().file_bytes;
    refused(
        start(begun("image/jpeg", most + 1)),
        Code::AttachmentTooLarge,
        "a byte too long",
    );
    assert_eq!(start(begun("image/jpeg", most)).unwrap().bytes, most);
}

#[test]
fn another_length_begins_the_upload_anew() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("hall");
    let note = noted(&town, kofi, 1, &bytes).id;
    let (who, key) = (who(&town, kofi.id), key(kofi, note, &bytes));
    let short = Begun {
        media_type: "image/jpeg".into(),
        bytes: 5,
    };
    begin(&town.core, &who, key, &short).unwrap();
    append(&town.core, &who, key, 0, bytes[..4].to_vec()).unwrap();
    assert_eq!(starts(&town, kofi, note, &bytes).unwrap().arrived, 0);
    assert_eq!(
        sends(&town, kofi, note, &bytes, 2).unwrap().arrived,
        bytes.len() as u64
    );
}

#[test]
fn one_device_has_not_too_much_under_way_and_sends_not_too_much_on_one_day() {
    let mut town = Town::new();
    town.core.attachments = Limits {
        underway_bytes: 30,
        day_bytes: 45,
        ..Limits::default()
    };
    let kofi = town.phone("W1", 1);
    let files: Vec<_> = (0..4).map(|n| photo(&format!("number {n:07}"))).collect();
    assert_eq!(files[0].len(), 18);
    let notes: Vec<_> = (0u8..)
        .zip(&files)
        .map(|(n, bytes)| noted(&town, kofi, n + 1, bytes).id)
        .collect();
    starts(&town, kofi, notes[0], &files[0]).unwrap();
    starts(&town, kofi, notes[0], &files[0]).unwrap();
    refused(
        starts(&town, kofi, notes[1], &files[1]),
        Code::AttachmentQuota,
        "36 under way",
    );
    sends(&town, kofi, notes[0], &files[0], 7).unwrap();
    sends(&town, kofi, notes[1], &files[1], 7).unwrap();
    let third = sends(&town, kofi, notes[2], &files[2], 9);
    assert!(matches!(third, Err(Declined::Enough(1..=86_400))), "{third:?}");
    let colleague = town.phone("W2", 2);
    let other = photo("of somebody else");
    let hers = noted(&town, colleague, 9, &other).id;
    sends(&town, colleague, hers, &other, 7).unwrap();
    town.clock.forward(DAY_MS);
    let done = sends(&town, kofi, notes[2], &files[2], 9).unwrap();
    assert_eq!(done.arrived, 18, "on the next day it goes on");
}

#[test]
fn an_upload_that_nobody_goes_on_with_is_thrown_away() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let (left, alive) = (photo("left"), photo("alive"));
    let (first, second) = (noted(&town, kofi, 1, &left).id, noted(&town, kofi, 2, &alive).id);
    let who = who(&town, kofi.id);
    starts(&town, kofi, first, &left).unwrap();
    starts(&town, kofi, second, &alive).unwrap();
    append(&town.core, &who, key(kofi, first, &left), 0, left[..4].to_vec()).unwrap();
    for day in 1..=7 {
        town.clock.forward(DAY_MS);
        let at = u64::try_from(day).unwrap() - 1;
        append(
            &town.core,
            &who,
            key(kofi, second, &alive),
            at,
            vec![alive[usize::try_from(at).unwrap()]],
        )
        .unwrap();
        sweep(&town.core).unwrap();
    }
    refused(
        place(&town.core, &who, key(kofi, first, &left)),
        Code::NotFound,
        "seven days without a byte",
    );
    assert_eq!(
        place(&town.core, &who, key(kofi, second, &alive))
            .unwrap()
            .arrived,
        7
    );
    assert_eq!(
        sends(&town, kofi, first, &left, 3).unwrap().arrived,
        left.len() as u64,
        "it begins anew"
    );
}

#[test]
fn a_backup_makes_it_safe() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("hall");
    let note = noted(&town, kofi, 1, &bytes).id;
    let stands = || place(&town.core, &who(&town, kofi.id), key(kofi, note, &bytes)).unwrap();
    let backup = || {
        let folder = crate::testing::Folder::new();
        crate::ops::backup::backup(&town.core, None, &folder.path().join("b"), "test").unwrap();
    };
    backup();
    assert!(
        !sends(&town, kofi, note, &bytes, 9).unwrap().safe,
        "the backup was before it"
    );
    backup();
    assert!(stands().safe);
}
