//! Killed at any moment: what was acknowledged is there.

use super::*;
use crate::store::journal::{self, Entry};
use crate::store::{aside, docs};

/// The text as it must be, typed along with the phone.
fn splice(text: &mut Vec<char>, at: u64, delete: u64, insert: &str) {
    let at = usize::try_from(at).unwrap();
    let delete = usize::try_from(delete).unwrap();
    text.splice(at..at + delete, insert.chars());
}

#[test]
fn two_hundred_kills_lose_no_acknowledged_key() {
    let seed = 20_260_914;
    println!("seed {seed}");
    let mut dice = Seeded(seed);
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    let mut text: Vec<char> = Vec::new();
    let mut kills = 0;
    while kills < 200 {
        let at = dice.below(text.len() as u64 + 1);
        let delete = if dice.below(5) == 0 {
            dice.below(text.len() as u64 - at + 1).min(4)
        } else {
            0
        };
        let insert = ["a", " ", "ẹ́", "🙂", "word ", ""][usize::try_from(dice.below(6)).unwrap()];
        phone
            .book
            .type_text(note, "body", Some(at), delete, insert, 5)
            .unwrap();
        splice(&mut text, at, delete, insert);
        // Some keys come after a pause, some after many others.
        phone
            .hands
            .pass(i64::try_from(dice.below(900)).unwrap() + if dice.below(25) == 0 { 2_000 } else { 0 });
        if dice.below(3) != 0 {
            continue;
        }
        kills += 1;
        let expected: String = text.iter().collect();
        if kills % 2 == 0 {
            // Killed, and started again on the files as they lie there.
            let copy = phone.folder.copy();
            let mut after = copy.open(&phone.hands, 77);
            assert_eq!(
                after.show(note).unwrap()["body"],
                expected.as_str(),
                "seed {seed}, kill {kills}"
            );
        } else {
            let Phone {
                book,
                hands,
                link,
                folder,
                seed: phone_seed,
            } = phone;
            drop(book);
            let book = folder.open(&hands, phone_seed + kills);
            phone = Phone {
                book,
                hands,
                link,
                folder,
                seed: phone_seed,
            };
            assert_eq!(phone.body(note), expected, "seed {seed}, kill {kills}");
        }
    }
    phone.sync();
    assert_eq!(server.body(note), text.iter().collect::<String>());
}

#[test]
fn a_journal_row_that_cannot_be_replayed_is_kept_aside_and_blocks_nothing() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.book.type_text(note, "body", None, 0, "before ", 0).unwrap();
    let row = docs::find(phone.book.store.read(), note).unwrap().unwrap();
    let late = notes::note::Edit::Splice {
        field: "body".into(),
        at: 9_999,
        delete: 0,
        insert: "lost?".into(),
    };
    let bad = [
        Entry {
            n: 50,
            at: 1,
            spent_ms: 0,
            edit: vec![0xff, 1, 2],
        },
        Entry::new(51, 1, 0, &late),
    ];
    phone
        .book
        .store
        .write(|tx| bad.iter().try_for_each(|b| journal::append(tx, row.nr, b)))
        .unwrap();
    let copy = phone.folder.copy();
    let mut after = copy.open(&phone.hands, 5);
    assert_eq!(after.show(note).unwrap()["body"], "before ");
    let kept = aside::kept(after.store.read(), note).unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|(why, _)| why == "journal"));
    assert!(String::from_utf8_lossy(&kept[1].1).contains("lost?"));
    after.type_text(note, "body", None, 0, "after", 0).unwrap();
    assert_eq!(after.show(note).unwrap()["body"], "before after");
}

#[test]
fn what_is_on_the_disk_cannot_be_read_without_the_key() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Llanfair secret words");
    phone
        .book
        .type_text(note, "body", None, 0, "Llanfair again", 0)
        .unwrap();
    for entry in std::fs::read_dir(&phone.folder.0).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|w| w == b"Llanfair"));
        assert!(!bytes.starts_with(b"SQLite format 3"));
    }
    let copy = phone.folder.copy();
    let host = Host {
        clock: Box::new(phone.hands.clone()),
        dice: Box::new(Seeded(1)),
        keystore: None,
        app: String::new(),
    };
    let path = copy.0.join("notes.db");
    let refused = Notebook::open(path.to_str().unwrap(), &[1; 32], host).unwrap_err();
    assert!(matches!(refused, crate::Trouble::WrongKey), "{refused:?}");
}
