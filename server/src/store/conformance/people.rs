//! Teams, workers, people, caseloads, and the news about them.

use super::*;

#[test]
fn people_are_written_over_without_being_replaced() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let team = tx.team_named("North")?;
            assert_eq!(tx.team_named("North")?, team);
            assert_ne!(tx.team_named("South")?, team);
            assert_eq!(
                tx.team(team)?,
                Some(TeamRecord {
                    id: team,
                    name: "North".into()
                })
            );
            assert_eq!(tx.team(99)?, None);
            let mut person = a_person(1);
            person.team = Some(team);
            tx.person_put(&person)?;
            assert_eq!(tx.person(person.id)?, Some(person.clone()));
            assert!(!tx.person_team_given(person.id)?);
            tx.person_team_given_put(person.id, true)?;
            person.name = "Another".into();
            person.case_id = "C1b".into();
            person.alerts = None;
            person.allocated_worker = None;
            tx.person_put(&person)?;
            assert_eq!(tx.person(person.id)?, Some(person.clone()));
            assert!(tx.person_team_given(person.id)?, "what the row says beside stays");
            assert_eq!(tx.person_by_case("C1b")?, Some(person));
            assert_eq!(tx.person_by_case("C1")?, None);
            assert_eq!(tx.person(PersonId([2; 16]))?, None);
            Ok(())
        })
        .unwrap();
    // One case id is one person.
    let mut twin = a_person(2);
    twin.case_id = "C1b".into();
    assert!(store.write(|tx| tx.person_put(&twin)).is_err());
}

#[test]
fn workers_are_written_over() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let mut worker = a_worker("W1", None);
            assert_eq!(tx.worker("W1")?, None);
            tx.worker_put(&worker)?;
            tx.device_add(&a_device(1, "W1"))?;
            worker.team = Some(tx.team_named("North")?);
            (worker.email, worker.profession) = (None, None);
            worker.role = "team_admin".into();
            tx.worker_put(&worker)?;
            assert_eq!(tx.worker("W1")?, Some(worker));
            assert_eq!(tx.devices_of("W1")?.len(), 1);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_caseload_is_who_is_allocated() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            for n in [3, 1, 2] {
                let mut person = a_person(n);
                // An allocation to a worker who is not known yet waits, and breaks nothing.
                person.allocated_worker = Some(if n == 2 { "W2" } else { "W1" }.into());
                tx.person_put(&person)?;
            }
            assert_eq!(tx.caseload("W1")?, [PersonId([1; 16]), PersonId([3; 16])]);
            assert_eq!(tx.caseload("W2")?, [PersonId([2; 16])]);
            assert_eq!(tx.caseload("W3")?, []);
            Ok(())
        })
        .unwrap();
}

#[test]
fn people_are_found_by_a_part_of_a_name_taken_literally() {
    let (store, _folder) = store();
    let named = |text: &str| {
        let found = store.read(|tx| tx.people_named_like(text, 9)).unwrap();
        found.into_iter().map(|p| p.name).collect::<Vec<_>>()
    };
    store
        .write(|tx| -> Check {
            for (n, name, preferred) in [
                (1, "Ann Lee", "Nan"),
                (2, "Bob 100% Lee", "Bo_b"),
                (3, "O'Hara\\", "O"),
            ] {
                let mut person = a_person(n);
                (person.name, person.preferred_name) = (name.into(), Some(preferred.into()));
                tx.person_put(&person)?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(named("lee"), ["Ann Lee", "Bob 100% Lee"]);
    assert_eq!(named("nan"), ["Ann Lee"]);
    assert_eq!(named("100%"), ["Bob 100% Lee"]);
    assert_eq!(named("o_b"), ["Bob 100% Lee"]);
    assert_eq!(named("Hara\\"), ["O'Hara\\"]);
    assert_eq!(named("%"), ["Bob 100% Lee"]);
    assert_eq!(named("'; --"), Vec::<String>::new());
    assert_eq!(store.read(|tx| tx.people_named_like("lee", 1)).unwrap().len(), 1);
}

#[test]
fn news_of_one_matter_replace_each_other_and_numbers_only_grow() {
    use NewsKind::{Actor, NewActor, Person, Reset, Standing, Version, Worker};
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            assert_eq!(tx.news_head()?, 0);
            let team = Audience::Team(1);
            for key in [b"a", b"b", b"a"] {
                tx.tell(team, Person, key)?;
            }
            let news = tx.news_for(team, 0, 9)?;
            let told: Vec<_> = news.iter().map(|n| (n.n, n.key.as_slice())).collect();
            assert_eq!(told, [(2, &b"b"[..]), (3, &b"a"[..])]);
            assert_eq!(tx.news_head()?, 3);
            assert_eq!(tx.news_for(team, 2, 9)?.len(), 1);
            assert_eq!(tx.news_for(team, 0, 1)?[0].n, 2);
            assert_eq!(tx.news_for(team, 3, 9)?, []);
            let of = |audience, kind, key: &[u8]| {
                Ok::<_, StoreError>(tx.news_of(audience, kind, key)?.map(|n| n.n))
            };
            assert_eq!(of(team, Person, b"a")?, Some(3));
            assert_eq!(of(team, Person, b"b")?, Some(2));
            assert_eq!(of(team, Person, b"c")?, None);
            assert_eq!(of(team, Worker, b"a")?, None);
            assert_eq!(of(Audience::Team(2), Person, b"a")?, None);
            Ok(())
        })
        .unwrap();
    let kinds = [Person, Worker, Actor, Version, Standing, Reset, NewActor];
    let audiences = [
        Audience::All,
        Audience::Team(7),
        Audience::Worker("7"),
        Audience::Device(device(7)),
        Audience::Person(PersonId([7; 16])),
    ];
    store
        .write(|tx| -> Check {
            for audience in audiences {
                for kind in kinds {
                    tx.tell(audience, kind, b"k")?;
                }
            }
            for audience in audiences {
                let found: Vec<NewsKind> = tx.news_for(audience, 0, 99)?.iter().map(|n| n.kind).collect();
                assert_eq!(found, kinds, "{audience}");
                for kind in kinds {
                    let found = tx.news_of(audience, kind, b"k")?.map(|n| n.kind);
                    assert_eq!(found, Some(kind), "{audience}");
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn numbers_are_not_given_again_when_rows_went_away() {
    let (store, folder) = store();
    store
        .write(|tx| -> Check {
            tx.tell(Audience::All, NewsKind::Worker, b"a")?;
            tx.outbox_put(&super::export::event(tx.outbox_next()?, document(1), 1))?;
            published(tx, &an_entry(document(1), b"x"))?;
            tx.db
                .execute_batch("DELETE FROM news; DELETE FROM outbox; DELETE FROM published")?;
            Ok(())
        })
        .unwrap();
    drop(store);
    let store = Store::open(folder.path(), None).unwrap();
    store
        .write(|tx| -> Check {
            tx.tell(Audience::All, NewsKind::Worker, b"a")?;
            assert_eq!(tx.news_head()?, 2);
            assert_eq!(tx.outbox_next()?, 2);
            assert_eq!(published(tx, &an_entry(document(1), b"y"))?, 2);
            Ok(())
        })
        .unwrap();
}

#[test]
fn numbers_of_news_that_are_left_out_are_never_given() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let tell = |key: &[u8]| tx.tell(Audience::All, NewsKind::Worker, key);
            tx.news_leap(10)?;
            assert_eq!(tx.news_head()?, 0, "nothing was told");
            tell(b"a")?;
            assert_eq!(tx.news_head()?, 11);
            tx.news_leap(1 << 40)?;
            assert_eq!(tx.news_head()?, 11);
            assert_eq!(tx.news_for(Audience::All, 0, 9)?.len(), 1, "what was told stands");
            tell(b"b")?;
            assert_eq!(tx.news_head()?, 12 + (1 << 40));
            // Other numbers go on as they were.
            assert_eq!(published(tx, &an_entry(document(1), b"x"))?, 1);
            Ok(())
        })
        .unwrap();
}
