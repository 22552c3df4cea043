//! Notes that were moved: where they went, and that nothing of them is seen.

use super::*;

fn moved(note: u8, into: u8) -> Moved {
    Moved {
        document: document(note),
        to_document: document(into),
        person_from: Some(PersonId([1; 16])),
        person_to: PersonId([2; 16]),
        at: 50,
        by: "worker:W1".into(),
        reason: "It is the other's.".into(),
    }
}

/// Appends and publishes one entry of a note, with all that comes along with it.
fn seen(tx: &Tx<'_>, note: u8) -> Check {
    let mut head = tx.log_head()?;
    let entry = NewEntry {
        document: document(note),
        device: Some(device(3)),
        line: None,
        received_at: 5,
        hash: [note; 32],
        chunk: vec![note; 8],
        template: Template::Note,
        person: None,
        reason: None,
        pulled_pub: 0,
        state: EntryState::Published,
        code: None,
    };
    let (seq, _) = tx.log_append(&mut head, &entry)?;
    let number = tx.publish(seq, document(note), Some(PersonId([1; 16])), false)?;
    tx.follow(document(note), device(3), None)?;
    tx.publish_to_followers(number, document(note), None)?;
    let file = notes::attachment::AttachmentId([note; 32]);
    tx.attachment_put(&AttachmentRecord {
        id: file,
        body: u64::from(note),
        media_type: "image/png".into(),
        bytes: 1,
        stored_at: 1,
    })?;
    tx.named_put(document(note), &[file], 1)?;
    tx.holding_put(file, document(note), device(3), 1)?;
    tx.version_put(&VersionRecord {
        document: document(note),
        version: 1,
        event_id: format!("e{note}"),
        heads: vec![[note; 32]],
    })
}

#[test]
fn of_a_moved_note_nothing_is_seen_and_its_files_go_along() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            seen(tx, 7)?;
            seen(tx, 8)?;
            let before = tx.log_after(0, 9)?.len();
            tx.move_away(&moved(7, 8))?;
            assert_eq!(tx.log_after(0, 9)?.len(), before, "the log is as it was");
            assert_eq!(tx.log_entry(1)?.unwrap().entry.chunk, [7; 8]);
            assert_eq!(tx.numbers_of(document(7), 0, 9)?, Vec::<u64>::new());
            assert_eq!(
                tx.numbers_in_mail(device(3), 0, None, 9)?.len(),
                1,
                "that of the other"
            );
            assert_eq!(tx.followers(document(7))?, []);
            assert_eq!(tx.version_newest(document(7))?, None);
            assert_eq!(tx.named(document(7))?, []);
            let file = notes::attachment::AttachmentId([7; 32]);
            assert_eq!(tx.holding(file, document(7))?, None);
            assert_eq!(tx.holding(file, document(8))?.unwrap().device, device(3));
            assert!(tx.attachment(file)?.is_some());
            assert_eq!(tx.moved_and_seen()?, []);
            tx.publish(1, document(7), None, false)?;
            assert_eq!(tx.moved_and_seen()?, [document(7)]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn where_a_note_went_is_known_from_both_ends_and_from_both_records() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.moved(document(7))?, None);
            tx.move_away(&moved(7, 8))?;
            assert_eq!(tx.moved(document(7))?, Some(moved(7, 8)));
            assert_eq!(tx.moved(document(8))?, None);
            assert_eq!(tx.moved_into(document(8))?, [moved(7, 8)]);
            assert_eq!(tx.moved_into(document(7))?, []);
            for n in [1, 2] {
                assert_eq!(tx.moved_about(PersonId([n; 16]))?, [moved(7, 8)]);
            }
            assert_eq!(tx.moved_about(PersonId([3; 16]))?, []);
            assert_eq!(tx.moved_and_seen()?, [document(7)], "what it became is not there");
            tx.words_forget(document(8))?;
            assert_eq!(tx.moved(document(7))?.unwrap().reason, "");
            Ok(())
        })
        .unwrap();
    let twice = store.write(|tx| tx.move_away(&moved(7, 9)));
    assert!(twice.is_err(), "a note is moved once");
}

#[test]
fn who_began_a_note_is_known_through_a_move() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.worker_put(&WorkerRecord {
                id: "W1".into(),
                name: "Kofi".into(),
                email: None,
                role: "practitioner".into(),
                team: None,
                profession: None,
            })?;
            tx.device_add(&DeviceRecord {
                id: device(3),
                worker: "W1".into(),
                public_key: vec![4; 65],
                app: "test".into(),
                enrolled_at: 0,
                last_seen_at: None,
                revoked_at: None,
                waiting: 0,
                clock_offset_ms: 0,
                pulled_pub: 0,
            })?;
            assert_eq!(
                (tx.begun_by(document(7))?, tx.begun_on(document(7))?),
                (None, None)
            );
            assert_eq!(tx.came_between(document(7))?, None);
            seen(tx, 7)?;
            assert_eq!(tx.begun_by(document(7))?.as_deref(), Some("W1"));
            assert_eq!(tx.begun_on(document(7))?, Some(device(3)));
            assert_eq!(tx.came_between(document(7))?, Some((5, 5)));
            tx.move_away(&moved(7, 8))?;
            assert_eq!(tx.begun_by(document(8))?.as_deref(), Some("W1"));
            Ok(())
        })
        .unwrap();
}
