//! All about one person: theirs and nobody else's, in order.

use super::export::event;
use super::*;

const CAT: PersonId = PersonId([2; 16]);
const DAN: PersonId = PersonId([3; 16]);

fn deed(at: i64, person: Option<PersonId>) -> AuditEntry {
    AuditEntry {
        at,
        who: "worker:W1".into(),
        what: "note.read".into(),
        person,
        document: Some(document(1)),
        detail: "{}".into(),
    }
}

fn an_issue(id: &str, opened_at: i64, person: Option<PersonId>, note: Option<u8>) -> NewIssue {
    NewIssue {
        id: id.into(),
        kind: "held".into(),
        opened_at,
        document: note.map(document),
        person,
        device: None,
        worker: None,
        seq: None,
        subject: id.into(),
        detail: "{}".into(),
    }
}

fn note(n: u8, person: PersonId) -> DocumentRecord {
    DocumentRecord {
        id: document(n),
        template: Template::Note,
        person: Some(person),
        heads: Vec::new(),
        kind: None,
        started_at: None,
        ended_at: None,
        finished_at: None,
        figures: None,
        snapshot_pub: 0,
        snapshot: None,
    }
}

#[test]
fn the_audit_about_one_person_goes_on_after_a_number() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for (at, person) in [
                (1, Some(CAT)),
                (2, Some(DAN)),
                (3, None),
                (4, Some(CAT)),
                (5, Some(CAT)),
            ] {
                tx.audit(&deed(at, person))?;
            }
            let numbers = |after, limit| -> Result<Vec<u64>, StoreError> {
                Ok(tx
                    .audit_about(CAT, after, limit)?
                    .iter()
                    .map(|record| record.n)
                    .collect())
            };
            assert_eq!(numbers(0, 10)?, [1, 4, 5]);
            assert_eq!(numbers(0, 2)?, [1, 4]);
            assert_eq!(numbers(4, 10)?, [5]);
            let whole: Vec<_> = tx.audit_after(3, 1)?;
            assert_eq!(tx.audit_about(CAT, 1, 1)?, whole, "it is the record itself");
            Ok(())
        })
        .unwrap();
}

#[test]
fn events_of_a_note_come_by_version_and_no_other_note_among_them() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for (n, note, version) in [(1, 1, 1), (2, 2, 1), (3, 1, 10), (4, 1, 2)] {
                tx.outbox_put(&event(n, document(note), version))?;
            }
            let versions = tx.outbox_of(document(1))?;
            assert_eq!(versions.iter().map(|e| e.version).collect::<Vec<_>>(), [1, 2, 10]);
            assert_eq!(tx.outbox_of(document(9))?, []);
            Ok(())
        })
        .unwrap();
}

#[test]
fn issues_about_a_person_are_those_of_their_notes_too_until_they_are_settled() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.document_put(&note(1, CAT))?;
            tx.document_put(&note(2, DAN))?;
            tx.issue_open(&an_issue("late", 9, Some(CAT), None))?;
            tx.issue_open(&an_issue("of-note", 3, None, Some(1)))?;
            tx.issue_open(&an_issue("of-dan", 1, Some(DAN), Some(2)))?;
            tx.issue_open(&an_issue("settled", 1, Some(CAT), Some(1)))?;
            tx.issue_settle("settled", 10, "operator", "close", "done")?;
            let found = tx.issues_about(CAT)?;
            let ids: Vec<_> = found.iter().map(|issue| issue.opened.id.as_str()).collect();
            assert_eq!(ids, ["of-note", "late"]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_came_is_what_was_published_and_what_waits_is_counted() {
    let (store, _folder) = store();
    let of = |n: u8, at: i64, chunk: &[u8], person| NewEntry {
        received_at: at,
        person: Some(person),
        ..an_entry(document(n), chunk)
    };
    store
        .write(|tx| -> Check {
            assert_eq!(tx.came(document(1))?, None);
            published(tx, &of(1, 50, b"a", CAT))?;
            published(tx, &of(1, 70, b"b", CAT))?;
            let held = append(tx, &of(1, 10, b"held", CAT))?;
            tx.log_set_state(held, EntryState::Held, Some("seq_gap"))?;
            let came = Came {
                first_at: 50,
                last_at: 70,
            };
            assert_eq!(tx.came(document(1))?, Some(came));
            assert_eq!(tx.unjudged_about(CAT)?, 0);
            append(tx, &of(1, 80, b"c", CAT))?;
            let waits = append(tx, &of(2, 80, b"d", CAT))?;
            tx.log_set_state(waits, EntryState::Waiting, None)?;
            append(tx, &of(3, 80, b"e", DAN))?;
            assert_eq!(tx.unjudged_about(CAT)?, 2);
            assert_eq!(tx.unjudged_about(PersonId([8; 16]))?, 0);
            Ok(())
        })
        .unwrap();
}
