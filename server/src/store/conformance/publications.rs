//! What is published, for whom, and the projections of documents.

use super::*;

fn record(n: u8) -> DocumentRecord {
    DocumentRecord {
        id: document(n),
        template: Template::Note,
        person: Some(PersonId([4; 16])),
        heads: vec![[1; 32], [2; 32]],
        kind: Some("home_visit".into()),
        started_at: Some(1_000),
        ended_at: Some(2_000),
        finished_at: Some(3_000),
        figures: None,
        snapshot_pub: 4,
        snapshot: Some(vec![7, 8]),
    }
}

#[test]
fn what_is_published_has_one_order_and_is_found_by_person_and_document() {
    let (store, _folder) = store();
    let (ann, bob) = (PersonId([4; 16]), PersonId([5; 16]));
    store
        .write(|tx| -> Check {
            assert_eq!((tx.published_head()?, tx.published_newest(document(1))?), (0, 0));
            for (n, of, about, from) in [
                (1u8, 1, ann, 9),
                (2, 2, bob, 9),
                (3, 1, ann, 8),
                (4, 1, ann, 0),
                (5, 2, bob, 8),
            ] {
                let device = (from > 0).then(|| device(from));
                let entry = NewEntry {
                    person: Some(about),
                    device,
                    line: (from > 0).then_some(u64::from(from)),
                    ..an_entry(document(of), &[n])
                };
                assert_eq!(published(tx, &entry)?, u64::from(n));
            }
            assert_eq!(tx.published_head()?, 5);
            assert_eq!(tx.published_newest(document(1))?, 4);
            assert_eq!(tx.numbers_about(ann, 0, None, 9)?, [1, 3, 4]);
            assert_eq!(
                tx.numbers_about(ann, 0, Some(9), 9)?,
                [3, 4],
                "the server's own are for everybody"
            );
            assert_eq!(tx.numbers_about(ann, 1, Some(8), 9)?, [4]);
            assert_eq!(tx.numbers_about(ann, 0, None, 2)?, [1, 3]);
            assert_eq!(
                tx.numbers_about(PersonId([6; 16]), 0, None, 9)?,
                Vec::<u64>::new()
            );
            assert_eq!(tx.numbers_of(document(2), 0, 9)?, [2, 5]);
            assert_eq!(tx.numbers_of(document(2), 2, 9)?, [5]);
            assert_eq!(tx.numbers_of(document(1), 0, 1)?, [1]);
            let one = tx.published(3)?.unwrap();
            assert_eq!(
                (one.number, one.seq, one.document, one.person),
                (3, 3, document(1), Some(ann))
            );
            assert_eq!(
                (one.device, one.chunk, one.template),
                (Some(device(8)), vec![3], Template::Note)
            );
            assert!(tx.published(6)?.is_none());
            let chunks: Vec<_> = tx
                .published_of(document(1), 1, 9)?
                .into_iter()
                .map(|p| p.chunk)
                .collect();
            assert_eq!(chunks, [vec![3], vec![4]]);
            assert_eq!(tx.published_of(document(1), 0, 1)?.len(), 1);
            assert_eq!(
                tx.documents_after(DocumentId([0; 16]), 9)?,
                [document(1), document(2)]
            );
            assert_eq!(tx.documents_after(document(1), 9)?, [document(2)]);
            assert_eq!(tx.documents_after(DocumentId([0; 16]), 1)?, [document(1)]);
            Ok(())
        })
        .unwrap();
    assert!(
        store
            .write(|tx| tx.publish(99, document(1), None, false))
            .is_err(),
        "only what is in the log"
    );
}

#[test]
fn the_first_finish_is_the_finish() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let seq = append(tx, &an_entry(document(1), b"x"))?;
            tx.publish(seq, document(1), None, false)?;
            assert_eq!(tx.published_finish(document(1))?, None);
            tx.publish(seq, document(1), None, true)?;
            tx.publish(seq, document(1), None, true)?;
            assert_eq!(tx.published_finish(document(1))?, Some(2));
            assert_eq!(tx.published_finish(document(2))?, None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn followers_have_mail_but_not_of_what_they_sent() {
    let (store, _folder) = store();
    let mail = |n: u8| {
        store
            .read(|tx| tx.numbers_in_mail(device(n), 0, None, 9))
            .unwrap()
    };
    store
        .write(|tx| -> Check {
            for n in 1..=9u8 {
                let line = Some(u64::from(n));
                let entry = NewEntry {
                    line,
                    ..an_entry(document(1), &[n])
                };
                assert_eq!(published(tx, &entry)?, u64::from(n));
            }
            (1..=3).try_for_each(|n| tx.follow(document(1), device(n), None))?;
            tx.follow(document(2), device(1), None)?;
            assert_eq!(tx.followers(document(1))?, [device(1), device(2), device(3)]);
            assert_eq!(tx.followers(document(3))?, []);
            tx.publish_to_followers(7, document(1), Some(device(2)))?;
            tx.publish_to_followers(7, document(1), Some(device(2)))?;
            tx.publish_to_followers(8, document(1), None)?;
            tx.publish_to_followers(9, document(3), None)?;
            assert_eq!(tx.numbers_in_mail(device(1), 7, None, 9)?, [8]);
            assert_eq!(tx.numbers_in_mail(device(1), 0, None, 1)?, [7]);
            assert_eq!(
                tx.numbers_in_mail(device(1), 0, Some(7), 9)?,
                [8],
                "but its own line's"
            );
            assert_eq!(tx.followed_by(device(1))?, [document(1), document(2)]);
            Ok(())
        })
        .unwrap();
    assert_eq!(
        (mail(1), mail(2), mail(3), mail(4)),
        (vec![7, 8], vec![8], vec![7, 8], vec![])
    );
}

#[test]
fn the_first_reason_to_follow_stays() {
    let (store, _folder) = store();
    let steps = [
        (None, None),
        (Some("joint_visit"), Some("joint_visit")),
        (None, Some("joint_visit")),
        (Some("other"), Some("joint_visit")),
    ];
    for (given, stands) in steps {
        store
            .write(|tx| tx.follow(document(1), device(1), given))
            .unwrap();
        let reason = store.read(|tx| tx.follow_reason(document(1), device(1))).unwrap();
        assert_eq!(reason.as_deref(), stands);
    }
    assert_eq!(
        store.read(|tx| tx.follow_reason(document(1), device(2))).unwrap(),
        None
    );
    assert_eq!(store.read(|tx| tx.followers(document(1))).unwrap(), [device(1)]);
}

#[test]
fn a_projection_is_written_over_and_cleared_without_touching_truth() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert!(tx.document(document(1))?.is_none());
            assert_eq!(tx.document_person(document(1))?, None);
            tx.document_put(&record(1))?;
            assert_eq!(
                format!("{:?}", tx.document(document(1))?),
                format!("{:?}", Some(record(1)))
            );
            let bare = DocumentRecord {
                template: Template::About,
                person: None,
                kind: None,
                started_at: None,
                ended_at: None,
                finished_at: None,
                figures: None,
                snapshot: None,
                ..record(1)
            };
            assert_eq!(tx.document_person(document(1))?, Some(PersonId([4; 16])));
            tx.document_put(&bare)?;
            assert_eq!(
                format!("{:?}", tx.document(document(1))?),
                format!("{:?}", Some(bare))
            );
            assert_eq!(tx.document_person(document(1))?, None);
            assert_eq!(tx.documents_unpublished()?, [document(1)]);
            published(tx, &an_entry(document(1), b"x"))?;
            assert_eq!(tx.documents_unpublished()?, []);
            tx.documents_clear()?;
            assert!(tx.document(document(1))?.is_none());
            assert_eq!((tx.published_head()?, tx.log_head()?.seq), (1, 1));
            Ok(())
        })
        .unwrap();
}

#[test]
fn notes_overlap_by_their_times() {
    let (store, _folder) = store();
    let (ann, bob) = (PersonId([4; 16]), PersonId([5; 16]));
    let lines = [
        (1, ann, Some(100), Some(200), Template::Note),
        (2, ann, Some(200), Some(300), Template::Note),
        (3, ann, Some(150), None, Template::Note),
        (4, bob, Some(100), Some(300), Template::Note),
        (5, ann, None, None, Template::Note),
        (6, ann, Some(150), Some(160), Template::About),
    ];
    store
        .write(|tx| -> Check {
            for (n, person, started_at, ended_at, template) in lines {
                let person = Some(person);
                tx.document_put(&DocumentRecord {
                    template,
                    person,
                    started_at,
                    ended_at,
                    ..record(n)
                })?;
            }
            let note = |n, started_at, ended_at| DocumentRecord {
                person: Some(ann),
                started_at: Some(started_at),
                ended_at,
                ..record(n)
            };
            let at = |from, to| tx.notes_overlapping(&note(9, from, to), None, 9);
            assert_eq!(
                at(100, Some(200))?,
                [document(3), document(1)],
                "one that ends as the other begins does not"
            );
            assert_eq!(at(199, Some(201))?, [document(2), document(1)]);
            assert_eq!(at(150, None)?, [document(3), document(1)]);
            assert_eq!(at(0, Some(100))?, []);
            assert_eq!(at(0, Some(1_000))?, [document(2), document(3), document(1)]);
            assert_eq!(at(i64::MAX, None)?, []);
            assert_eq!(
                tx.notes_about(ann)?,
                [document(2), document(3), document(1), document(5)],
                "the latest contact first, no pages, nobody else's"
            );
            assert_eq!(
                tx.notes_overlapping(&note(1, 100, Some(200)), None, 9)?,
                [document(3)],
                "not itself"
            );
            let whole = note(9, 0, Some(1_000));
            assert_eq!(
                tx.notes_overlapping(&whole, None, 1)?,
                [document(2)],
                "the latest first"
            );
            assert_eq!(tx.notes_overlapping(&whole, Some(document(1)), 1)?, [document(1)]);
            assert_eq!(
                tx.notes_overlapping(&whole, Some(document(4)), 1)?,
                [],
                "another person's"
            );
            let two_days = 2 * 86_400_000_i64;
            assert_eq!(
                at(-two_days, Some(i64::MAX))?,
                [],
                "none lasts longer than two days"
            );
            assert_eq!(at(101 - two_days, Some(i64::MAX))?, [document(1)]);
            assert_eq!(at(i64::MIN, Some(i64::MAX))?, []);
            let nobody = DocumentRecord {
                person: None,
                ..whole
            };
            assert_eq!(tx.notes_overlapping(&nobody, None, 9)?, []);
            Ok(())
        })
        .unwrap();
}
