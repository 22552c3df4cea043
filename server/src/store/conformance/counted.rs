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
            assert!(of_team.contains("INDEX person_in_order_by_team"), "{of_team}");
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

/// Ann (north), Bob (south) and somebody without a team, each with a counted note.
fn three(tx: &Tx<'_>, figures: &Figures) -> Result<(i64, i64), StoreError> {
    let (north, south) = (tx.team_named("North")?, tx.team_named("South")?);
    for (n, team) in [(1, Some(north)), (2, Some(south)), (3, None)] {
        tx.person_put(&PersonRecord { team, ..a_person(n) })?;
        tx.document_put(&counted(n, n, 100 * i64::from(n), figures.clone()))?;
    }
    Ok((north, south))
}

#[test]
fn needs_are_counted_by_team_and_reason() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let (north, south) = three(tx, &Figures::default())?;
            let budget = |id: &str| (id.to_owned(), Some("budget".to_owned()));
            tx.unmet_put(document(1), &[budget("a"), budget("b"), ("c".into(), None)])?;
            tx.unmet_put(document(2), &[budget("a")])?;
            let mut open = counted(4, 1, 100, Figures::default());
            open.finished_at = None;
            tx.document_put(&open)?;
            tx.unmet_put(open.id, &[budget("a")])?;
            let read = |team, until| {
                let counts = tx.unmet_counted(Span {
                    team,
                    from: 100,
                    until,
                })?;
                let brief = |c: UnmetCount| (c.team, c.reason_code, c.needs, c.notes);
                Ok::<_, StoreError>(counts.into_iter().map(brief).collect::<Vec<_>>())
            };
            let theirs = (Some(south), Some("budget".into()), 1, 1);
            let ours = [
                (Some(north), None, 1, 1),
                (Some(north), Some("budget".into()), 2, 1),
            ];
            assert_eq!(read(Some(north), 101)?, ours);
            assert_eq!(read(Some(south), 201)?, std::slice::from_ref(&theirs));
            assert_eq!(read(Some(south), 200)?, []);
            assert_eq!(read(None, 201)?, [ours[0].clone(), ours[1].clone(), theirs]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn reviews_come_person_by_person_and_words_the_newest_first() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let said = Figures {
                words: true,
                useful: Some("yes".into()),
                was: Some("annual".into()),
                ..Figures::default()
            };
            let (north, _) = three(tx, &said)?;
            tx.document_put(&counted(5, 1, 50, said.clone()))?;
            tx.document_put(&counted(6, 1, 60, Figures::default()))?;
            let reviews = |team| {
                let mut all = Vec::new();
                tx.reviews(team, |note| all.push((note.person.0[0], note.started_at)))?;
                Ok::<_, StoreError>(all)
            };
            assert_eq!(reviews(Some(north))?, [(1, 50), (1, 100)]);
            assert_eq!(reviews(None)?, [(1, 50), (1, 100), (2, 200), (3, 300)]);
            tx.person_left_put(PersonId([1; 16]), Some(1))?;
            assert_eq!(reviews(Some(north))?, []);
            let words = |from, before, limit| {
                let found = tx.words_before(from, (before, document(0)), limit)?;
                Ok::<_, StoreError>(found.into_iter().map(|note| note.started_at).collect::<Vec<_>>())
            };
            assert_eq!(words(0, 999, 9)?, [300, 200, 100, 50]);
            assert_eq!(words(100, 300, 9)?, [200, 100]);
            assert_eq!(words(0, 999, 1)?, [300]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn open_issues_and_phones_are_their_teams() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let (north, south) = three(tx, &Figures::default())?;
            tx.worker_put(&a_worker("W1", Some(north)))?;
            tx.worker_put(&a_worker("W2", Some(south)))?;
            for (n, worker) in [(1, "W1"), (2, "W2"), (3, "W1")] {
                tx.device_add(&a_device(n, worker))?;
            }
            assert!(tx.device_revoke(device(3), 5)?);
            let issue = |id: &str, at| NewIssue {
                id: id.into(),
                kind: "held".into(),
                opened_at: at,
                document: None,
                person: None,
                device: None,
                worker: None,
                seq: None,
                subject: id.into(),
                detail: "{}".into(),
            };
            // By its note's person of today, whoever it names beside; then by a worker, or by a device's.
            for new in [
                NewIssue {
                    document: Some(document(1)),
                    person: Some(PersonId([2; 16])),
                    ..issue("a", 4)
                },
                NewIssue {
                    worker: Some("W2".into()),
                    ..issue("b", 3)
                },
                NewIssue {
                    device: Some(device(1)),
                    ..issue("c", 2)
                },
                issue("d", 1),
                NewIssue {
                    worker: Some("W1".into()),
                    ..issue("e", 0)
                },
            ] {
                tx.issue_open(&new)?;
            }
            assert!(tx.issue_settle("e", 9, "server", "x", "")?);
            let issues = |team, limit| {
                let found = tx.issue_gists(team, limit)?;
                Ok::<_, StoreError>(found.into_iter().map(|issue| issue.id).collect::<Vec<_>>())
            };
            assert_eq!(issues(Some(north), 9)?, ["c", "a"]);
            assert_eq!(issues(Some(south), 9)?, ["b"]);
            assert_eq!(issues(None, 9)?, ["d", "c", "b", "a"]);
            assert_eq!(issues(None, 1)?, ["d"]);
            let phones = |team| {
                let found = tx.device_gists(team)?;
                Ok::<_, StoreError>(found.into_iter().map(|phone| phone.id).collect::<Vec<_>>())
            };
            assert_eq!(phones(Some(north))?, [device(1)]);
            assert_eq!(phones(None)?, [device(1), device(2)]);
            Ok(())
        })
        .unwrap();
}
