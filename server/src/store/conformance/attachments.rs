//! Attachments: bytes that come in pieces and are the same when they are read, uploads that are kept apart, files that
//! are stored once, and what notes miss.

use notes::attachment::AttachmentId;

use super::*;

fn key(n: u8, id: u8, of: u8) -> UploadKey {
    UploadKey {
        device: device(n),
        id: AttachmentId([id; 32]),
        document: document(of),
    }
}

const DAY: i64 = 24 * 3_600_000;
const NOON: i64 = 20_000 * DAY + DAY / 2;

/// All bytes of a body, piece by piece from the beginning.
fn read(tx: &Tx<'_>, body: u64) -> Result<Vec<u8>, StoreError> {
    let mut all = Vec::new();
    while let Some((begin, data)) = tx.piece_at(body, all.len() as u64)? {
        assert_eq!(begin, all.len() as u64, "pieces follow one another");
        assert!(
            !data.is_empty() && data.len() <= PIECE_BYTES,
            "a piece has a bounded size"
        );
        all.extend(data);
    }
    Ok(all)
}

fn append(tx: &Tx<'_>, key: UploadKey, data: &[u8]) -> Result<Upload, StoreError> {
    let before = tx.upload(key)?.unwrap();
    tx.upload_append(&before, data, NOON)?;
    let after = tx.upload(key)?.unwrap();
    assert_eq!(after.arrived, before.arrived + data.len() as u64);
    Ok(after)
}

fn file(id: u8, body: u64, bytes: u64) -> AttachmentRecord {
    AttachmentRecord {
        id: AttachmentId([id; 32]),
        body,
        media_type: "image/png".into(),
        bytes,
        stored_at: 7,
    }
}

fn a_note(tx: &Tx<'_>, n: u8, person: u8, finished: bool) -> Check {
    tx.document_put(&DocumentRecord {
        id: document(n),
        template: Template::Note,
        person: Some(PersonId([person; 16])),
        heads: Vec::new(),
        kind: None,
        started_at: None,
        ended_at: None,
        finished_at: finished.then_some(1),
        figures: None,
        snapshot_pub: 0,
        snapshot: None,
    })
}

#[test]
fn bytes_come_back_as_they_were_sent_however_they_were_cut() {
    let whole: Vec<u8> = (0..700_001u32)
        .map(|i| u8::try_from(i * 31 % 256).unwrap())
        .collect();
    for sizes in [
        vec![1, 2, 3, 65_536],
        vec![PIECE_BYTES],
        vec![100_000],
        vec![PIECE_BYTES, 1],
    ] {
        let (store, _folder) = store();
        let key = key(1, 2, 3);
        let mut rest = &whole[..];
        store
            .write(|tx| -> Check {
                tx.upload_begin(key, "image/png", whole.len() as u64, NOON)?;
                for size in sizes.iter().cycle() {
                    let (part, more) = rest.split_at(rest.len().min(*size));
                    if part.is_empty() {
                        break;
                    }
                    append(tx, key, part)?;
                    rest = more;
                }
                let upload = tx.upload(key)?.unwrap();
                assert_eq!(upload.arrived, whole.len() as u64);
                assert!(read(tx, upload.n)? == whole, "{sizes:?}");
                let (begin, data) = tx.piece_at(upload.n, 600_000)?.unwrap();
                let at = usize::try_from(600_000 - begin).unwrap();
                assert_eq!(data[at], whole[600_000], "a byte in the middle");
                assert_eq!(tx.piece_at(upload.n, whole.len() as u64)?, None);
                assert_eq!(tx.piece_at(upload.n + 1, 0)?, None);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn every_byte_by_itself_makes_few_pieces() {
    let (store, _folder) = store();
    let key = key(1, 2, 3);
    store
        .write(|tx| -> Check {
            let n = tx.upload_begin(key, "text/plain", 300, NOON)?;
            for byte in 0..=255u8 {
                append(tx, key, &[byte])?;
            }
            let (begin, data) = tx.piece_at(n, 255)?.unwrap();
            assert_eq!((begin, data.len()), (0, 256), "joined, zeros and all");
            Ok(())
        })
        .unwrap();
}

#[test]
fn uploads_are_kept_apart_by_device_file_and_note() {
    let (store, _folder) = store();
    let keys = [key(1, 1, 1), key(2, 1, 1), key(1, 2, 1), key(1, 1, 2)];
    store
        .write(|tx| -> Check {
            for (i, key) in keys.into_iter().enumerate() {
                tx.upload_begin(key, "image/png", 10 + i as u64, NOON)?;
                append(tx, key, &[u8::try_from(i).unwrap()])?;
            }
            for (i, key) in keys.into_iter().enumerate() {
                let upload = tx.upload(key)?.unwrap();
                assert_eq!(
                    (upload.key, upload.bytes, upload.arrived),
                    (key, 10 + i as u64, 1)
                );
                assert_eq!(read(tx, upload.n)?, [u8::try_from(i).unwrap()]);
            }
            let underway = |n| tx.uploads_of(device(n));
            assert_eq!(underway(1)?, Underway { files: 3, bytes: 35 });
            assert_eq!(underway(2)?, Underway { files: 1, bytes: 11 });
            assert_eq!(underway(3)?, Underway::default());
            tx.upload_drop(tx.upload(keys[0])?.unwrap().n)?;
            assert_eq!(tx.upload(keys[0])?, None);
            assert!(tx.upload(keys[3])?.is_some());
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_upload_that_begins_anew_has_none_of_its_old_bytes_and_a_new_number() {
    let (store, _folder) = store();
    let key = key(1, 2, 3);
    store
        .write(|tx| -> Check {
            let first = tx.upload_begin(key, "image/png", 10, NOON)?;
            append(tx, key, b"old")?;
            tx.upload_restart(first, NOON)?;
            assert_eq!(tx.upload(key)?.unwrap().arrived, 0);
            assert_eq!(read(tx, first)?, b"");
            append(tx, key, b"new")?;
            assert_eq!(read(tx, first)?, b"new");
            let second = tx.upload_begin(key, "audio/wav", 20, NOON)?;
            assert!(second > first, "numbers only grow");
            let upload = tx.upload(key)?.unwrap();
            assert_eq!(
                (upload.bytes, upload.arrived, &*upload.media_type),
                (20, 0, "audio/wav")
            );
            assert_eq!(read(tx, first)?, b"");
            tx.upload_drop(second)?;
            assert!(
                tx.upload_begin(key, "audio/wav", 20, NOON)? > second,
                "also after one that is gone"
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_day_is_counted_for_each_device_and_idle_uploads_are_found() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.upload_begin(key(1, 1, 1), "image/png", 100, NOON - DAY)?;
            tx.upload_begin(key(1, 2, 1), "image/png", 100, NOON - DAY)?;
            append(tx, key(1, 1, 1), &[0; 40])?;
            append(tx, key(1, 1, 1), &[0; 2])?;
            assert_eq!(tx.uploaded_on_day(device(1), NOON)?, 42);
            assert_eq!(
                tx.uploaded_on_day(device(1), NOON + DAY / 2 - 1)?,
                42,
                "until midnight"
            );
            assert_eq!(tx.uploaded_on_day(device(1), NOON + DAY / 2)?, 0);
            assert_eq!(tx.uploaded_on_day(device(2), NOON)?, 0);
            let idle = tx.upload(key(1, 2, 1))?.unwrap().n;
            assert_eq!(tx.uploads_idle(NOON - DAY, 9)?, [idle], "the other went on since");
            assert_eq!(tx.uploads_idle(NOON - DAY - 1, 9)?, Vec::<u64>::new());
            assert_eq!(tx.uploads_idle(NOON, 1)?, [idle], "the oldest first");
            tx.upload_days_forget(NOON + DAY / 2)?;
            assert_eq!(tx.uploaded_on_day(device(1), NOON)?, 0);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_file_stands_once_and_keeps_the_bytes_of_its_upload() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let n = tx.upload_begin(key(1, 5, 1), "image/png", 3, NOON)?;
            append(tx, key(1, 5, 1), b"abc")?;
            tx.upload_end(n)?;
            tx.attachment_put(&file(5, n, 3))?;
            assert_eq!(tx.upload(key(1, 5, 1))?, None);
            assert_eq!(tx.attachment(AttachmentId([5; 32]))?, Some(file(5, n, 3)));
            assert_eq!(read(tx, n)?, b"abc");
            assert!(
                tx.attempt(|tx| tx.attachment_put(&file(5, n + 1, 3))).is_err(),
                "once"
            );
            tx.attachment_put(&file(6, n + 1, 3))?;
            let after =
                |id: Option<u8>, limit| tx.attachments_after(id.map(|id| AttachmentId([id; 32])), limit);
            assert_eq!(after(None, 9)?.len(), 2);
            assert_eq!(after(Some(5), 9)?, [file(6, n + 1, 3)]);
            assert_eq!(after(None, 1)?, [file(5, n, 3)]);
            assert_eq!(after(Some(6), 9)?, []);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_holding_is_of_one_note_and_its_first_sender() {
    let (store, _folder) = store();
    let id = AttachmentId([5; 32]);
    store
        .write(|tx| -> Check {
            assert_eq!(tx.holding_head()?, 0);
            tx.attachment_put(&file(5, 1, 3))?;
            tx.holding_put(id, document(1), device(1), 9)?;
            tx.holding_put(id, document(1), device(2), 10)?;
            tx.holding_put(id, document(2), device(2), 11)?;
            let first = tx.holding(id, document(1))?.unwrap();
            assert_eq!(first.device, device(1), "the first one stays");
            let second = tx.holding(id, document(2))?.unwrap();
            assert!(second.n > first.n);
            assert_eq!(tx.holding_head()?, second.n);
            assert_eq!(tx.holding(id, document(3))?, None);
            let other = AttachmentId([6; 32]);
            assert!(
                tx.attempt(|tx| tx.holding_put(other, document(1), device(1), 9))
                    .is_err(),
                "of nothing"
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_notes_name_is_found_and_what_they_miss() {
    let (store, _folder) = store();
    let ids: Vec<_> = (1..=3).map(|n| AttachmentId([n; 32])).collect();
    store
        .write(|tx| -> Check {
            tx.attachment_put(&file(1, 1, 3))?;
            a_note(tx, 1, 1, true)?;
            a_note(tx, 2, 1, false)?;
            a_note(tx, 3, 2, true)?;
            tx.holding_put(ids[0], document(1), device(1), 9)?;
            tx.named_put(document(1), &ids[..2], 100)?;
            tx.named_put(document(2), &ids[..2], 100)?;
            tx.named_put(document(3), &ids[..1], 200)?;
            assert_eq!(tx.named(document(1))?, ids[..2]);
            assert_eq!(tx.notes_with(ids[0])?, [document(1)], "named and whole");
            assert_eq!(tx.notes_with(ids[1])?, []);
            let missing = |at| tx.missing_since(at, 9);
            assert_eq!(missing(99)?, []);
            assert_eq!(
                missing(100)?,
                [(document(1), ids[1])],
                "what is here is not missed, nor by an open note"
            );
            assert_eq!(missing(200)?, [(document(1), ids[1]), (document(3), ids[0])]);
            // Said again later, it is missed no shorter; what is not named any more is not missed.
            tx.named_put(document(1), &ids[1..], 500)?;
            assert_eq!(tx.named(document(1))?, ids[1..]);
            assert_eq!(missing(100)?, [(document(1), ids[1])]);
            assert_eq!(tx.notes_with(ids[0])?, [], "whole, and not named");
            tx.holding_put(ids[0], document(3), device(1), 9)?;
            assert_eq!(missing(200)?, [(document(1), ids[1])], "it has come");
            assert_eq!(tx.notes_with(ids[0])?, [document(3)]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_a_device_sent_of_a_document_is_told_with_whether_it_is_decided() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let sent = |n| tx.log_sent_by(document(1), device(n));
            let seq = super::append(tx, &an_entry(document(1), b"x"))?;
            assert_eq!(sent(9)?, Some(true), "not judged");
            assert_eq!(sent(8)?, None);
            assert_eq!(tx.log_sent_by(document(2), device(9))?, None);
            for (state, open) in [
                (EntryState::Published, false),
                (EntryState::Held, true),
                (EntryState::Waiting, true),
                (EntryState::SetAside, false),
            ] {
                tx.log_set_state(seq, state, None)?;
                assert_eq!(sent(9)?, Some(open), "{state:?}");
            }
            Ok(())
        })
        .unwrap();
}
