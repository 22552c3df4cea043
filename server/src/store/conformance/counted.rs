//! What the desk counts and reads goes by indexes, whatever else the store holds; and the audit is read backwards.

use super::super::audited::{Trail, trail_sql};
use super::super::counted::{Span, WORDS, notes_sql, reviews_sql, unmet_sql};
use super::figures::counted;
use super::sqlite::plan;
use super::*;

fn audited(tx: &Tx<'_>, at: i64, who: &str, what: &str, person: Option<u8>, detail: &str) -> Check {
    tx.audit(&AuditEntry {
        at,
        who: who.into(),
        what: what.into(),
        person: person.map(|n| PersonId([n; 16])),
        document: None,
        detail: detail.into(),
    })
}

#[test]
fn each_trail_goes_by_its_index() {
    let (store, _folder) = store();
    store
        .read(|tx| -> Check {
            for (trail, index) in [
                (Trail::All, "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
                (
                    Trail::Person(PersonId([1; 16])),
                    "audit_by_person (person=? AND n>? AND n<?)",
                ),
                (Trail::Who("x"), "audit_by_who (who=? AND n>? AND n<?)"),
                (Trail::What("x"), "audit_by_what (what=? AND n>? AND n<?)"),
                (
                    Trail::Device(device(1)),
                    "audit_by_device (<expr>=? AND n>? AND n<?)",
                ),
            ] {
                let plan = plan(tx, &trail_sql(&trail));
                assert!(plan.contains(index), "{trail:?}: {plan}");
                assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_teams_notes_of_a_time_are_read_without_the_others() {
    let (store, _folder) = store();
    store
        .read(|tx| -> Check {
            let of_team = plan(tx, &notes_sql(Some(1)));
            assert!(of_team.contains("INDEX person_by_team"), "{of_team}");
            let by_person = "d USING INDEX document_by_person (person=? AND started_at>? AND started_at<?)";
            assert!(of_team.contains(by_person), "{of_team}");
            let of_all = plan(tx, &notes_sql(None));
            assert!(
                of_all.contains("d USING INDEX document_by_time (started_at>? AND started_at<?)"),
                "{of_all}"
            );
            for (sql, index) in [
                (unmet_sql(Some(1)), "document_by_person"),
                (unmet_sql(None), "document_by_time"),
                (reviews_sql(Some(1)), "document_review (person=?"),
            ] {
                let plan = plan(tx, &sql);
                assert!(plan.contains(index), "{plan}");
                assert!(!plan.contains("SCAN"), "{plan}");
            }
            assert!(!plan(tx, &reviews_sql(Some(1))).contains("TEMP B-TREE"));
            // All reviews are a walk along the index of reviews alone.
            let reviews = plan(tx, &reviews_sql(None));
            assert!(
                reviews.contains("SCAN d USING INDEX document_review") && !reviews.contains("TEMP"),
                "{reviews}"
            );
            let words = plan(tx, WORDS);
            assert!(
                words.contains("d USING INDEX document_words (started_at>? AND started_at<?)"),
                "{words}"
            );
            assert!(!words.contains("TEMP"), "{words}");
            for plan in [of_team, of_all] {
                assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn notes_are_handed_over_by_team_and_time() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let (north, south) = (tx.team_named("North")?, tx.team_named("South")?);
            for (n, team) in [(1, Some(north)), (2, Some(south)), (3, None)] {
                tx.person_put(&PersonRecord { team, ..a_person(n) })?;
            }
            for (n, person, at) in [
                (1, 1, 100),
                (2, 2, 100),
                (3, 3, 100),
                (4, 1, 99),
                (5, 1, 200),
                (6, 9, 100),
            ] {
                tx.document_put(&counted(n, person, at, Figures::default()))?;
            }
            let read = |team, from, until| {
                let mut all = Vec::new();
                tx.notes_counted(Span { team, from, until }, |note| all.push(note.document))?;
                all.sort_unstable();
                Ok::<_, StoreError>(all)
            };
            assert_eq!(read(Some(north), 100, 200)?, [document(1)]);
            assert_eq!(read(Some(south), 0, 999)?, [document(2)]);
            assert_eq!(
                read(None, 100, 200)?,
                [document(1), document(2), document(3)],
                "nobody is not known"
            );
            assert_eq!(tx.document_team(document(2))?.flatten(), Some(south));
            assert_eq!(tx.document_team(document(3))?.flatten(), None);
            assert_eq!(tx.document_team(document(9))?.flatten(), None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_audit_is_read_backwards_along_a_trail() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let held = format!(r#"{{"device":"{}"}}"#, device(1));
            audited(tx, 10, "worker:W1", "a", Some(1), &held)?;
            audited(tx, 20, "worker:W2", "a", Some(1), "no JSON")?;
            audited(tx, 20, "worker:W1", "b", None, "{}")?;
            audited(tx, 30, "worker:W1", "a", Some(2), &held)?;
            let read = |trail, range, limit| -> Result<Vec<u64>, StoreError> {
                let found = tx.audit_before(trail, range, limit)?;
                Ok(found.into_iter().map(|record| record.n).collect())
            };
            let all = (u64::MAX, 0);
            assert_eq!(read(Trail::All, all, 9)?, [4, 3, 2, 1]);
            assert_eq!(read(Trail::All, (4, 2), 9)?, [3, 2]);
            assert_eq!(read(Trail::All, all, 1)?, [4]);
            assert_eq!(read(Trail::Person(PersonId([1; 16])), all, 9)?, [2, 1]);
            assert_eq!(read(Trail::Who("worker:W1"), (4, 0), 9)?, [3, 1]);
            assert_eq!(read(Trail::What("a"), all, 9)?, [4, 2, 1]);
            assert_eq!(read(Trail::Device(device(1)), all, 9)?, [4, 1]);
            assert_eq!(read(Trail::Device(device(2)), all, 9)?, [0; 0]);
            for (at, n) in [(0, 1), (10, 1), (11, 2), (20, 2), (21, 4), (30, 4), (31, 5)] {
                assert_eq!(tx.audit_since(at)?, n, "{at}");
            }
            assert_eq!(tx.audit_last("b")?.unwrap().n, 3);
            assert_eq!(tx.audit_last("c")?, None);
            let last = tx.audit_after(3, 1)?.remove(0);
            assert_eq!(tx.audit_chain_of(4)?, Some(last.chain));
            assert_eq!(tx.audit_chain_of(5)?, None);
            Ok(())
        })
        .unwrap();
}
