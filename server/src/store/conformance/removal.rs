//! What goes for good and what stays of it, the holds that keep it, and what the rule of retention asks.

use notes::attachment::AttachmentId;

use super::*;

fn person(n: u8) -> PersonId {
    PersonId([n; 16])
}

/// Two documents of two parts each, the second one with nothing removed.
fn removed(store: &Store) -> [DocumentId; 2] {
    store
        .write(|tx| -> Check {
            for (n, text) in [(1, b"one"), (2, b"two"), (1, b"six"), (2, b"ten")] {
                published(tx, &an_entry(document(n), text))?;
            }
            let entry = NewEntry {
                reason: Some("joint_visit".into()),
                code: Some("seq_gap".into()),
                state: EntryState::Held,
                ..an_entry(document(1), b"bad")
            };
            append(tx, &entry)?;
            assert_eq!(tx.log_tombstone(document(1))?, None);
            assert_eq!(tx.log_erase(document(1))?, 3);
            let stone = NewEntry {
                device: None,
                person: None,
                state: EntryState::Tombstone,
                ..an_entry(document(1), b"gone")
            };
            assert_eq!(append(tx, &stone)?, 6);
            tx.document_forget(document(1))
        })
        .unwrap();
    [document(1), document(2)]
}

#[test]
fn of_an_erased_entry_all_stays_that_the_chain_is_made_of() {
    let (store, _folder) = store();
    let [gone, stays] = removed(&store);
    let (mut before, entries) = ([0; 32], store.read(|tx| tx.log_after(0, 100)).unwrap());
    for each in &entries {
        assert_eq!(each.chain, chain(&before, each.seq, &each.entry));
        before = each.chain;
        let erased = each.entry.document == gone && each.seq < 6;
        assert_eq!(each.entry.chunk.is_empty(), erased, "entry {}", each.seq);
        assert_eq!(each.entry.state == EntryState::Erased, erased);
        if erased {
            let entry = &each.entry;
            assert_eq!((entry.person, &entry.reason, &entry.code), (None, &None, &None));
        }
    }
    store
        .read(|tx| -> Check {
            assert_eq!(tx.log_tombstone(gone)?, Some(6));
            assert_eq!(tx.log_tombstone(stays)?, None);
            assert_eq!(tx.log_template(gone)?, Some(Template::Note));
            assert_eq!(tx.log_template(document(9))?, None);
            assert_eq!(tx.documents_after(document(0), 9)?, [stays]);
            assert_eq!(tx.numbers_of(stays, 0, 9)?.len(), 2);
            assert_eq!(tx.numbers_of(gone, 0, 9)?, Vec::<u64>::new());
            Ok(())
        })
        .unwrap();
    // It is erased once, and the tombstone itself never.
    assert_eq!(store.write(|tx| tx.log_erase(gone)).unwrap(), 0);
}

#[test]
fn a_published_number_is_not_given_twice_though_the_newest_went() {
    let (store, _folder) = store();
    assert_eq!(store.read(|tx| tx.published_head()).unwrap(), 0);
    let publish = |n: u8| {
        let made = store.write(|tx| published(tx, &an_entry(document(n), &[n])));
        made.unwrap()
    };
    assert_eq!((publish(1), publish(2)), (1, 2));
    store.write(|tx| tx.document_forget(document(2))).unwrap();
    assert_eq!(store.read(|tx| tx.published_head()).unwrap(), 2);
    assert_eq!(publish(3), 3);
}

#[test]
fn mail_and_followers_go_and_those_of_other_documents_stay() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for n in [1, 2] {
                tx.follow(document(n), device(5), Some("joint_visit"))?;
                let number = published(tx, &an_entry(document(n), &[n]))?;
                tx.publish_to_followers(number, document(n), None)?;
                assert!(tx.reading_new(device(5), document(n), 7)?);
            }
            tx.document_forget(document(1))?;
            assert_eq!(tx.numbers_in_mail(device(5), 0, None, 9)?, [2]);
            assert_eq!(tx.followed_by(device(5))?, [document(2)]);
            assert!(
                tx.reading_new(device(5), document(1), 7)?,
                "it is not known any more"
            );
            assert!(!tx.reading_new(device(5), document(2), 7)?);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_file_stays_as_long_as_a_note_holds_it() {
    let (store, _folder) = store();
    let (file, part) = (AttachmentId([7; 32]), AttachmentId([8; 32]));
    let key = |id, n| UploadKey {
        device: device(1),
        id,
        document: document(n),
    };
    store
        .write(|tx| -> Check {
            let n = tx.upload_begin(key(file, 1), "image/png", 3, 1)?;
            let upload = tx.upload(key(file, 1))?.unwrap();
            tx.upload_append(&upload, b"abc", 1)?;
            tx.attachment_put(&AttachmentRecord {
                id: file,
                body: n,
                media_type: "image/png".into(),
                bytes: 3,
                stored_at: 1,
            })?;
            tx.upload_end(n)?;
            for n in [1, 2] {
                tx.holding_put(file, document(n), device(1), 1)?;
                tx.named_put(document(n), &[file], 1)?;
            }
            let half = tx.upload_begin(key(part, 1), "image/png", 9, 1)?;
            tx.upload_append(&tx.upload(key(part, 1))?.unwrap(), b"half", 1)?;
            tx.document_forget(document(1))?;
            assert_eq!((tx.upload(key(part, 1))?, tx.piece_at(half, 0)?), (None, None));
            assert_eq!(
                (tx.named(document(1))?, tx.holding(file, document(1))?),
                (vec![], None)
            );
            assert_eq!(tx.named(document(2))?, [file]);
            assert_eq!(tx.piece_at(n, 0)?, Some((0, b"abc".to_vec())));
            tx.document_forget(document(2))?;
            assert_eq!((tx.attachment(file)?, tx.piece_at(n, 0)?), (None, None));
            Ok(())
        })
        .unwrap();
}

#[test]
fn lines_are_emptied_in_their_place_and_words_go_from_issues_and_receipts() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for (n, of) in [(1, 1), (2, 2)] {
                tx.outbox_put(&EventRecord {
                    n,
                    event_id: format!("e{n}"),
                    kind: "note.finished".into(),
                    document: document(of),
                    version: 1,
                    sha256: [9; 32],
                    created_at: 4,
                    day: 5,
                    line: b"words".to_vec(),
                })?;
            }
            tx.client_put(&ClientRecord {
                id: "a".into(),
                name: "A".into(),
                scope: String::new(),
                public_keys: String::new(),
                created_at: 1,
                revoked_at: None,
            })?;
            let words = Some("words".to_owned());
            tx.receipt_put(&Receipt {
                event_id: "e1".into(),
                client: "a".into(),
                state: ReceiptState {
                    outcome: "refused".into(),
                    case_system_ref: Some("R".into()),
                    reason_code: Some("no".into()),
                    reason: words,
                },
                received_at: 1,
            })?;
            for (id, of, subject) in [
                ("i1", 1, "x".to_owned()),
                ("i2", 2, format!("{}/{}", document(1), document(2))),
                ("i3", 2, "y".into()),
            ] {
                tx.issue_open(&NewIssue {
                    id: id.into(),
                    kind: "possible_duplicate".into(),
                    opened_at: 1,
                    document: Some(document(of)),
                    person: None,
                    device: None,
                    worker: None,
                    seq: None,
                    subject,
                    detail: "{\"words\":\"words\"}".into(),
                })?;
                tx.issue_settle(id, 2, "operator", "close", "words")?;
            }
            let all = tx.outbox_of(document(1))?;
            assert_eq!((all.len(), all[0].n), (1, 1));
            tx.outbox_empty(1, "note.removed", b"nothing")?;
            tx.words_forget(document(1))?;
            let now = tx.outbox_event("e1")?.unwrap();
            assert_eq!(
                (now.kind.as_str(), &now.line[..]),
                ("note.removed", &b"nothing"[..])
            );
            assert_eq!((now.sha256, now.day, now.version), (all[0].sha256, 5, 1));
            assert_eq!(tx.outbox_event("e2")?.unwrap().line, b"words");
            let said = tx.receipts("e1")?.remove(0).state;
            assert_eq!((said.outcome.as_str(), said.reason), ("refused", None));
            assert_eq!(
                (said.case_system_ref.as_deref(), said.reason_code.as_deref()),
                (Some("R"), Some("no"))
            );
            for (id, kept) in [("i1", false), ("i2", false), ("i3", true)] {
                let issue = tx.issue(id)?.unwrap();
                assert_eq!(issue.opened.detail.contains("words"), kept, "{id}");
                let IssueState::Settled { reason, action, .. } = issue.state else {
                    panic!("{id} was settled")
                };
                assert_eq!(
                    (reason.as_str(), action.as_str()),
                    (if kept { "words" } else { "" }, "close")
                );
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_hold_stands_until_it_is_lifted_and_follows_its_person() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for n in [1, 2, 3] {
                tx.person_put(&PersonRecord {
                    allocated_worker: None,
                    ..a_person(n)
                })?;
            }
            assert_eq!(tx.hold_put(person(1), "Inquest", "operator", 10)?, 1);
            assert_eq!(tx.hold_put(person(2), "Claim", "operator", 11)?, 2);
            tx.person_merge(person(1), person(2))?;
            let standing = tx.holds()?;
            let whose: Vec<_> = standing.iter().map(|hold| (hold.n, hold.person)).collect();
            assert_eq!(whose, [(1, person(2)), (2, person(2))]);
            assert_eq!((standing[0].reason.as_str(), standing[0].put_at), ("Inquest", 10));
            assert!(tx.is_held(person(2))? && !tx.is_held(person(3))?);
            assert_eq!(tx.holds_lift(person(3), "no", "operator", 12)?, 0);
            assert_eq!(tx.holds_lift(person(2), "over", "operator", 12)?, 2);
            assert_eq!(tx.holds_lift(person(2), "over", "operator", 13)?, 0, "once");
            assert!(!tx.is_held(person(2))? && tx.holds()?.is_empty());
            assert_eq!(
                tx.hold_put(person(2), "Again", "operator", 14)?,
                3,
                "no number is given twice"
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_last_contact_is_the_newest_of_all_that_is_known() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for n in [1, 2] {
                tx.person_put(&PersonRecord {
                    allocated_worker: None,
                    ..a_person(n)
                })?;
            }
            assert_eq!(tx.people_written_about()?, []);
            let note = |n: u8, of: u8, times: [Option<i64>; 3]| {
                tx.document_put(&DocumentRecord {
                    id: document(n),
                    template: if n == 9 { Template::About } else { Template::Note },
                    person: Some(person(of)),
                    heads: Vec::new(),
                    kind: None,
                    started_at: times[0],
                    ended_at: times[1],
                    finished_at: times[2],
                    figures: None,
                    snapshot_pub: 0,
                    snapshot: None,
                })
            };
            note(9, 1, [None; 3])?;
            assert_eq!(
                (tx.contact_said(person(1))?, tx.contact_received(person(1))?),
                (None, None)
            );
            for (times, newest) in [
                ([Some(10), None, None], 10),
                ([Some(10), Some(30), Some(20)], 30),
                ([Some(10), Some(30), Some(40)], 40),
            ] {
                note(1, 1, times)?;
                assert_eq!(tx.contact_said(person(1))?, Some(newest));
            }
            // Whoever was merged into them counts with them.
            note(2, 2, [Some(70), None, None])?;
            assert_eq!(tx.people_written_about()?, [person(1), person(2)]);
            tx.person_merge(person(2), person(1))?;
            assert_eq!(tx.people_written_about()?, [person(1)]);
            assert_eq!(tx.contact_said(person(1))?, Some(70));
            assert_eq!(
                tx.written_about(person(1))?,
                [document(1), document(2), document(9)],
                "notes first"
            );
            tx.person_left_put(person(1), Some(80))?;
            assert_eq!(tx.contact_said(person(1))?, Some(80));
            append(tx, &an_entry(document(9), b"late"))?;
            assert_eq!(tx.contact_received(person(1))?, Some(5_000));
            assert!(tx.is_unsettled(document(9))? && !tx.is_unsettled(document(1))?);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_log_of_changes_is_cut_once_nobody_reads_in_it() {
    let (store, folder) = store();
    removed(&store);
    let wal = folder.path().join(format!("{FILE_NAME}-wal"));
    let length = || std::fs::metadata(&wal).map_or(0, |found| found.len());
    assert!(length() > 0);
    let cut = store.read(|tx| {
        tx.log_head()?;
        store.clear_changes()
    });
    assert!(!cut.unwrap(), "somebody reads");
    assert!(store.clear_changes().unwrap());
    assert_eq!(length(), 0);
}
