//! What reports count of a note, the concerns in it and who took note of them.

use super::super::figures::{CONCERNS, Figures, UNCOUNTED};
use super::sqlite::plan;
use super::*;

/// A counted note about a person, at a time.
pub(super) fn counted(n: u8, person: u8, started_at: i64, figures: Figures) -> DocumentRecord {
    DocumentRecord {
        id: document(n),
        template: Template::Note,
        person: Some(PersonId([person; 16])),
        heads: vec![[n; 32]],
        kind: Some("home_visit".into()),
        started_at: Some(started_at),
        ended_at: Some(started_at + 60),
        finished_at: Some(started_at + 90),
        figures: Some(figures),
        snapshot_pub: 0,
        snapshot: None,
    }
}

fn all_figures() -> Figures {
    Figures {
        fields: 0b1011,
        received_at: Some(5_000),
        author: Some("W1".into()),
        recording_ms: 90_000,
        workers: 2,
        useful: Some("partly".into()),
        words: true,
        was: Some("annual".into()),
        next: Some("initial".into()),
        due: Some("2027-01-31".into()),
    }
}

fn pair(id: &str, code: &str) -> (String, Option<String>) {
    (id.into(), Some(code.into()))
}

#[test]
fn what_is_counted_comes_back_as_it_was_and_goes_with_its_note() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let whole = counted(1, 4, 1_000, all_figures());
            let bare = counted(2, 4, 1_000, Figures::default());
            let uncounted = DocumentRecord {
                figures: None,
                ..counted(3, 4, 1_000, Figures::default())
            };
            for record in [&whole, &bare, &uncounted] {
                tx.document_put(record)?;
                assert_eq!(tx.document(record.id)?.as_ref(), Some(record));
            }
            assert_eq!(tx.documents_uncounted(9)?, [uncounted.id]);
            tx.document_counts_nothing(uncounted.id)?;
            assert_eq!(tx.documents_uncounted(9)?, []);
            let counts_nothing = tx.document(uncounted.id)?.unwrap();
            assert_eq!(counts_nothing.figures, Some(Figures::default()));
            tx.unmet_put(whole.id, &[pair("a", "budget"), ("b".into(), None)])?;
            tx.unmet_put(bare.id, &[pair("a", "language")])?;
            assert_eq!(tx.unmet_of(whole.id)?, [pair("a", "budget"), ("b".into(), None)]);
            tx.unmet_put(whole.id, &[pair("b", "other")])?;
            assert_eq!(tx.unmet_of(whole.id)?, [pair("b", "other")]);
            for note in [&whole, &bare] {
                tx.concerns_put(note.id, &[pair("c", "safeguarding")], 7)?;
                assert!(tx.acknowledge(note.id, "c", 8, "worker:W9")?);
            }
            tx.document_forget(whole.id)?;
            assert_eq!(
                (tx.unmet_of(whole.id)?, tx.concerns_of(whole.id)?),
                (vec![], vec![])
            );
            assert_eq!(tx.unmet_of(bare.id)?.len(), 1);
            tx.concerns_put(whole.id, &[pair("c", "safeguarding")], 9)?;
            let again = tx.concern(whole.id, "c")?.unwrap();
            assert_eq!(again.acknowledged, None, "what was removed left nothing behind");
            tx.documents_clear()?;
            assert_eq!(
                (tx.unmet_of(bare.id)?, tx.concerns_of(bare.id)?.len()),
                (vec![], 1)
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_concern_keeps_when_it_was_first_seen_and_who_took_note_first() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let note = counted(1, 4, 1_000, Figures::default());
            tx.document_put(&note)?;
            tx.concerns_put(
                note.id,
                &[pair("a", "safeguarding"), pair("b", "safeguarding")],
                10,
            )?;
            tx.concerns_put(
                note.id,
                &[pair("a", "professional_disagreement"), pair("c", "safeguarding")],
                20,
            )?;
            tx.concerns_put(document(2), &[pair("a", "safeguarding")], 15)?;
            let all = tx.concerns_before(None, 9)?;
            let brief: Vec<_> = all
                .iter()
                .map(|c| (c.document, c.entry.as_str(), c.seen_at))
                .collect();
            assert_eq!(
                brief,
                [(note.id, "c", 20), (document(2), "a", 15), (note.id, "a", 10)]
            );
            assert_eq!(all[2].kind.as_deref(), Some("professional_disagreement"));
            assert_eq!((all[0].person, all[1].person), (note.person, None));
            let after = tx.concerns_before(Some((20, note.id, "c")), 1)?;
            assert_eq!(after[0], all[1]);
            assert!(tx.acknowledge(note.id, "a", 30, "worker:W1")?);
            assert!(
                !tx.acknowledge(note.id, "a", 31, "worker:W2")?,
                "the first one counts"
            );
            let one = tx.concern(note.id, "a")?.unwrap();
            assert_eq!(one.acknowledged, Some((30, "worker:W1".into())));
            assert_eq!(tx.concern(note.id, "b")?, None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn when_a_note_was_finished_is_when_its_finish_came() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let put = |n: u8, received_at, finishes| {
                let entry = NewEntry {
                    received_at,
                    ..an_entry(document(1), &[n])
                };
                let seq = append(tx, &entry)?;
                tx.publish(seq, document(1), None, finishes)
            };
            put(1, 100, false)?;
            put(2, 200, true)?;
            put(3, 300, false)?;
            assert_eq!(tx.finish_received(document(1))?, Some(200));
            assert_eq!(tx.finish_received(document(2))?, None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn lists_of_concerns_and_of_what_is_uncounted_go_by_an_index() {
    let (store, _folder) = store();
    store
        .read(|tx| -> Check {
            for (sql, index) in [(CONCERNS, "concern_by_time"), (UNCOUNTED, "document_uncounted")] {
                let plan = plan(tx, sql);
                assert!(plan.contains(index), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
            Ok(())
        })
        .unwrap();
}
