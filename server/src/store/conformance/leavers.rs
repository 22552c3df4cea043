//! Who is there and who has left, and case ids that lead to another person.

use super::*;

#[test]
fn who_has_left_is_not_among_those_who_are_there() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for n in [2, 1, 3] {
                tx.person_put(&a_person(n))?;
            }
            tx.worker_put(&a_worker("W2", None))?;
            tx.worker_put(&a_worker("W1", None))?;
            let here = |tx: &Tx<'_>| -> Result<Vec<String>, StoreError> {
                Ok(tx
                    .people_here()?
                    .into_iter()
                    .map(|(_, case_id)| case_id)
                    .collect())
            };
            assert_eq!(here(tx)?, ["C1", "C2", "C3"]);
            assert_eq!(tx.workers_here()?, ["W1", "W2"]);
            assert_eq!(
                (tx.person_left(a_person(1).id)?, tx.worker_left("W1")?),
                (None, None)
            );
            tx.person_left_put(a_person(1).id, Some(7))?;
            tx.worker_left_put("W1", Some(8))?;
            assert_eq!(here(tx)?, ["C2", "C3"]);
            assert_eq!(tx.workers_here()?, ["W2"]);
            assert_eq!(
                (tx.person_left(a_person(1).id)?, tx.worker_left("W1")?),
                (Some(7), Some(8))
            );
            // What is written of them beside stays.
            tx.person_put(&a_person(1))?;
            tx.worker_put(&a_worker("W1", None))?;
            assert_eq!(
                (tx.person_left(a_person(1).id)?, tx.worker_left("W1")?),
                (Some(7), Some(8))
            );
            assert_eq!(tx.person_by_case("C1")?, Some(a_person(1)));
            tx.person_left_put(a_person(1).id, None)?;
            tx.worker_left_put("W1", None)?;
            assert_eq!((here(tx)?.len(), tx.workers_here()?.len()), (3, 2));
            assert_eq!(
                (tx.person_left(a_person(9).id)?, tx.worker_left("W9")?),
                (None, None)
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_old_case_id_leads_to_the_survivor_and_never_through_a_third() {
    let (store, _folder) = store();
    let (first, second, third) = (a_person(1), a_person(2), a_person(3));
    store
        .write(|tx| -> Check {
            for person in [&first, &second, &third] {
                tx.person_put(person)?;
            }
            assert_eq!(tx.survivor(first.id)?, first.id);
            assert_eq!(tx.survivor(PersonId([9; 16]))?, PersonId([9; 16]));
            tx.alias_put("C1", second.id, 5)?;
            tx.person_merge(first.id, second.id)?;
            assert_eq!(tx.survivor(first.id)?, second.id);
            assert_eq!(tx.person_by_case("C1")?.as_ref(), Some(&second));
            assert_eq!(tx.person_surviving(first.id)?.as_ref(), Some(&second));
            assert_eq!(
                tx.person(first.id)?.as_ref(),
                Some(&first),
                "the old row is still there"
            );
            tx.alias_put("C2", third.id, 6)?;
            tx.person_merge(second.id, third.id)?;
            for id in [first.id, second.id, third.id] {
                assert_eq!(tx.survivor(id)?, third.id);
                assert_eq!(tx.person_surviving(id)?.as_ref(), Some(&third));
            }
            for case_id in ["C1", "C2", "C3"] {
                assert_eq!(tx.person_by_case(case_id)?.as_ref(), Some(&third), "{case_id}");
            }
            assert_eq!(tx.aliases_of(third.id)?, ["C1", "C2"]);
            assert_eq!(tx.alias("C3")?, None);
            assert_eq!(tx.merged_into(third.id)?, [first.clone(), second.clone()]);
            assert_eq!(tx.merged_into(second.id)?, [], "all of them lead to the last");
            assert_eq!(tx.people_here()?, [(third.id, "C3".to_owned())]);
            let named = tx.people_named_like("Person", 9)?;
            assert_eq!(
                named,
                std::slice::from_ref(&third),
                "who was merged is offered to nobody"
            );
            Ok(())
        })
        .unwrap();
    // A case id is given up once.
    assert!(store.write(|tx| tx.alias_put("C1", second.id, 7)).is_err());
}

#[test]
fn open_issues_follow_and_settled_ones_stay_as_they_were() {
    let (store, _folder) = store();
    let (old, new) = (a_person(1), a_person(2));
    let issue = |id: &str, person: PersonId| NewIssue {
        id: id.into(),
        kind: "held".into(),
        opened_at: 1,
        document: None,
        person: Some(person),
        device: None,
        worker: None,
        seq: None,
        subject: id.into(),
        detail: "{}".into(),
    };
    store
        .write(|tx| -> Check {
            tx.person_put(&old)?;
            tx.person_put(&new)?;
            for (id, person) in [("open", old.id), ("settled", old.id), ("other", new.id)] {
                tx.issue_open(&issue(id, person))?;
            }
            tx.issue_settle("settled", 2, "operator", "close", "done")?;
            tx.person_merge(old.id, new.id)?;
            for (id, person) in [("open", new.id), ("settled", old.id), ("other", new.id)] {
                let found = tx.issue(id)?.and_then(|issue| issue.opened.person);
                assert_eq!(found, Some(person), "{id}");
            }
            Ok(())
        })
        .unwrap();
}
