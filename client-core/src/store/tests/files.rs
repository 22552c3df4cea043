//! Attached files: their bytes as they were, sent when their note was, kept until they are safe.

use notes::attachment::{AttachmentId, PART_BYTES};

use super::attachments::Kept;
use super::outgoing::SEALED_MS;
use super::*;

fn bytes(length: usize, n: u8) -> Vec<u8> {
    (0..length).map(|i| u8::try_from(i % 251).unwrap() ^ n).collect()
}

fn keep(store: &mut Store, doc: u8, bytes: &[u8]) -> AttachmentId {
    let file = AttachmentId::of(bytes);
    let kept = store.write(|tx| attachments::keep(tx, id(doc), file, "image/png", bytes));
    kept.unwrap();
    file
}

fn find(store: &Store, doc: u8, file: AttachmentId) -> Option<Kept> {
    attachments::find(store.read(), id(doc), file).unwrap()
}

fn to_send(store: &Store) -> Vec<(DocumentId, AttachmentId)> {
    let files = attachments::to_send(store.read()).unwrap();
    files.into_iter().map(|kept| (kept.doc, kept.id)).collect()
}

type Spoil = fn(&mut DocRow);

fn read(store: &Store, file: AttachmentId) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let part = attachments::part(store.read(), file, all.len() as u64).unwrap();
        assert!(part.len() <= PART_BYTES);
        if part.is_empty() {
            return all;
        }
        all.extend(part);
    }
}

#[test]
fn a_file_comes_back_byte_for_byte_from_any_place() {
    for length in [1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES + 7] {
        let mut store = store_with(1);
        let whole = bytes(length, 0);
        let file = keep(&mut store, 1, &whole);
        assert!(read(&store, file) == whole, "{length}");
        for at in [0, length / 2, length - 1] {
            let part = attachments::part(store.read(), file, at as u64).unwrap();
            assert!(
                !part.is_empty() && whole[at..].starts_with(&part),
                "{length} from {at}"
            );
        }
        assert!(
            attachments::part(store.read(), file, length as u64)
                .unwrap()
                .is_empty()
        );
        let kept = find(&store, 1, file).unwrap();
        assert_eq!((kept.bytes, &*kept.media_type), (length as u64, "image/png"));
        assert_eq!((kept.begun, kept.whole, kept.code), (false, false, None));
    }
}

#[test]
fn one_file_in_two_notes_has_its_bytes_once_and_until_both_let_go() {
    let mut store = store_with(2);
    let whole = bytes(1_000, 1);
    let file = keep(&mut store, 1, &whole);
    assert_eq!(keep(&mut store, 2, &whole), file);
    keep(&mut store, 2, &whole);
    let pieces = "SELECT count(*) FROM attachment_piece";
    let count = |store: &Store| {
        store
            .read()
            .query_row(pieces, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(count(&store), 1);
    assert_eq!(to_send(&store), [(id(1), file), (id(2), file)]);
    for (doc, left) in [(1, 1), (2, 0)] {
        let kept = find(&store, doc, file).unwrap();
        store.write(|tx| attachments::let_go(tx, &kept)).unwrap();
        assert_eq!(count(&store), left);
        assert_eq!(find(&store, doc, file), None);
    }
    assert!(!attachments::has_bytes(store.read(), file).unwrap());
}

#[test]
fn a_file_goes_when_all_of_its_note_has_gone() {
    let mut store = store_with(1);
    let file = keep(&mut store, 1, b"x");
    assert_eq!(to_send(&store), [(id(1), file)]);
    let lines: [(&str, Spoil); 3] = [
        ("something is not offered", |row| row.unoffered = true),
        ("it is being built anew", |row| row.reset = Reset::Order),
        ("it was removed", |row| row.gone = true),
    ];
    for (what, spoil) in lines {
        let mut row = document(1);
        spoil(&mut row);
        store.write(|tx| docs::save(tx, &row, b"x")).unwrap();
        assert_eq!(to_send(&store), [], "{what}");
    }
    store.write(|tx| docs::save(tx, &document(1), b"x")).unwrap();
    store
        .write(|tx| outgoing::freeze(tx, id(1), b"chunk", 0))
        .unwrap();
    assert_eq!(to_send(&store), [], "a chunk has no answer");
    store
        .write(|tx| outgoing::answer(tx, &answer(1, &[1], Outcome::Held, Some("late"))))
        .unwrap();
    assert_eq!(to_send(&store), [(id(1), file)], "held is an answer, too");
}

#[test]
fn a_note_waits_for_its_files_and_says_why() {
    let mut store = store_with(2);
    let file = keep(&mut store, 1, b"x");
    let waiting = |store: &Store| {
        let conn = store.read();
        let of = |doc| attachments::waiting(conn, id(doc)).unwrap();
        (of(1), of(2), docs::waiting(conn).unwrap())
    };
    assert_eq!(waiting(&store), (1, 0, 1));
    let nr = find(&store, 1, file).unwrap().nr;
    store
        .write(|tx| attachments::refuse(tx, nr, "attachment_quota"))
        .unwrap();
    let refused = |store: &Store| attachments::refused(store.read(), id(1)).unwrap();
    assert_eq!(refused(&store).as_deref(), Some("attachment_quota"));
    assert_eq!(to_send(&store).len(), 1, "it is tried again");
    store.write(|tx| attachments::begun(tx, nr)).unwrap();
    assert_eq!(refused(&store), None);
    assert!(find(&store, 1, file).unwrap().begun);
    store
        .write(|tx| attachments::whole(tx, nr, 5, SEALED_MS))
        .unwrap();
    assert_eq!(waiting(&store), (0, 0, 0));
    assert!(find(&store, 1, file).unwrap().whole);
    assert_eq!(to_send(&store), []);
}

#[test]
fn the_server_is_asked_for_a_backup_when_the_days_are_over() {
    let mut store = store_with(1);
    let file = keep(&mut store, 1, b"x");
    let nr = find(&store, 1, file).unwrap().nr;
    let asked = |store: &Store, now| attachments::to_ask(store.read(), now).unwrap().len();
    assert_eq!(asked(&store, i64::MAX), 0, "it has not come");
    store
        .write(|tx| attachments::whole(tx, nr, 1_000, SEALED_MS))
        .unwrap();
    assert_eq!(asked(&store, 1_000 + 14 * DAY - 1), 0);
    assert_eq!(asked(&store, 1_000 + 14 * DAY), 1);
    store
        .write(|tx| attachments::ask_later(tx, nr, 20 * DAY))
        .unwrap();
    assert_eq!((asked(&store, 20 * DAY - 1), asked(&store, 20 * DAY)), (0, 1));
    store.write(|tx| attachments::send_again(tx, nr)).unwrap();
    assert_eq!(asked(&store, i64::MAX), 0);
    let kept = find(&store, 1, file).unwrap();
    assert_eq!((kept.begun, kept.whole), (false, false));
}

#[test]
fn a_restored_server_is_asked_for_everything() {
    let mut store = store_with(1);
    let file = keep(&mut store, 1, b"x");
    let nr = find(&store, 1, file).unwrap().nr;
    store
        .write(|tx| attachments::whole(tx, nr, 5, SEALED_MS))
        .unwrap();
    store.write(|tx| attachments::send_all_again(tx)).unwrap();
    assert_eq!(to_send(&store), [(id(1), file)]);
    assert_eq!(attachments::waiting(store.read(), id(1)).unwrap(), 1);
}

#[test]
fn what_a_note_does_not_name_any_more_is_kept_and_not_sent() {
    let mut store = store_with(1);
    let file = keep(&mut store, 1, b"x");
    let nr = find(&store, 1, file).unwrap().nr;
    store.write(|tx| attachments::set_aside(tx, nr)).unwrap();
    assert_eq!(to_send(&store), []);
    assert_eq!(attachments::waiting(store.read(), id(1)).unwrap(), 0);
    assert_eq!(docs::waiting(store.read()).unwrap(), 0);
    assert!(attachments::has_bytes(store.read(), file).unwrap());
    keep(&mut store, 1, b"x");
    assert_eq!(to_send(&store), [(id(1), file)], "attached again");
}

#[test]
fn a_hidden_note_stays_as_long_as_its_file() {
    let mut store = store_with(1);
    let file = keep(&mut store, 1, b"x");
    let hidden = DocRow {
        hidden: true,
        ..document(1)
    };
    store.write(|tx| docs::save(tx, &hidden, b"x")).unwrap();
    assert_eq!(store.write(|tx| docs::let_go(tx)).unwrap(), []);
    let kept = find(&store, 1, file).unwrap();
    store.write(|tx| attachments::let_go(tx, &kept)).unwrap();
    assert_eq!(store.write(|tx| docs::let_go(tx)).unwrap(), [id(1)]);
}
