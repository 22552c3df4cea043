//! The server's rows as copies: replaced by key, dropped and taken again when it says so.

use notes::wire::{ActorRow, DetailRow, PersonRow, VersionRow, WorkerRow};

use super::*;

fn person(n: u8, case_id: &str, name: &str, mine: bool) -> PersonRow {
    PersonRow {
        id: PersonId([n; 16]),
        case_id: case_id.into(),
        name: name.into(),
        date_of_birth: Some("1941-02-03".into()),
        mine,
    }
}

fn detail(n: u8, address: &str) -> DetailRow {
    DetailRow {
        id: PersonId([n; 16]),
        preferred_name: None,
        address: Some(address.into()),
        phone: Some("01".into()),
        nhs_number: None,
        communication_needs: Some("BSL".into()),
        alerts: Some("dog".into()),
    }
}

fn version(number: u64, outcome: &str) -> VersionRow {
    VersionRow {
        document: id(1),
        version: number,
        heads: vec![[1; 32].to_vec().into(), [2; 32].to_vec().into()],
        outcome: outcome.into(),
        case_system_ref: Some("CS-1".into()),
        reason: None,
    }
}

#[test]
fn people_are_mine_first_then_by_name_and_found_by_either_id() {
    let mut store = store();
    let rows = [
        person(1, "P1", "Zoe", false),
        person(2, "P2", "Beth", true),
        person(3, "P3", "Adam", true),
        person(4, "P4", "Alun", false),
    ];
    store
        .write(|tx| rows.iter().try_for_each(|row| rows::put_person(tx, row)))
        .unwrap();
    let conn = store.read();
    let names: Vec<String> = rows::people(conn).unwrap().into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["Adam", "Beth", "Alun", "Zoe"]);
    assert_eq!(rows::person(conn, rows[1].id).unwrap().as_ref(), Some(&rows[1]));
    let by_case_id = rows::person_by_case_id(conn, "P4").unwrap();
    assert_eq!(by_case_id.as_ref(), Some(&rows[3]));
    assert_eq!(rows::person_by_case_id(conn, "p4").unwrap(), None);
    assert_eq!(rows::person(conn, PersonId([5; 16])).unwrap(), None);
}

#[test]
fn who_is_removed_leaves_with_the_details_and_nobody_else_does() {
    let mut store = store();
    store
        .write(|tx| {
            for n in [1, 2] {
                rows::put_person(tx, &person(n, "P", "A", true))?;
                rows::put_detail(tx, &detail(n, "1 Old Road"))?;
            }
            rows::put_detail(tx, &detail(2, "2 New Road"))?;
            rows::remove_person(tx, PersonId([1; 16]))
        })
        .unwrap();
    let conn = store.read();
    assert_eq!(rows::person(conn, PersonId([1; 16])).unwrap(), None);
    assert_eq!(rows::detail(conn, PersonId([1; 16])).unwrap(), None);
    assert!(rows::person(conn, PersonId([2; 16])).unwrap().is_some());
    let kept = rows::detail(conn, PersonId([2; 16])).unwrap();
    assert_eq!(kept, Some(detail(2, "2 New Road")));
}

#[test]
fn the_latest_version_is_the_one_that_is_kept() {
    let mut store = store();
    let latest = store.write(|tx| {
        rows::put_version(tx, &version(1, "sent"))?;
        rows::put_version(tx, &version(2, "taken"))?;
        assert_eq!(rows::version(tx, id(2))?, None);
        rows::version(tx, id(1))
    });
    let heads = [[1; 32], [2; 32]].map(automerge::ChangeHash).to_vec();
    let expected = rows::Version {
        number: 2,
        heads,
        outcome: "taken".into(),
        case_system_ref: Some("CS-1".into()),
        reason: None,
    };
    assert_eq!(latest.unwrap(), Some(expected));
}

#[test]
fn rows_that_come_anew_drop_all_but_the_people_until_the_last_came() {
    let mut store = store();
    let worker = WorkerRow {
        id: "W1".into(),
        name: "Nia".into(),
    };
    store
        .write(|tx| {
            for n in [1, 2, 3] {
                rows::put_person(tx, &person(n, "P", "A", true))?;
            }
            rows::put_detail(tx, &detail(1, "x"))?;
            rows::put_worker(tx, &worker)?;
            let actor = Actor([1; 16]);
            rows::put_actor(
                tx,
                &ActorRow {
                    actor,
                    worker: "W1".into(),
                },
            )?;
            for (worker, byte, writes) in [("W1", 1, true), ("W2", 1, false), ("W1", 2, false)] {
                assert_eq!(
                    rows::writes_under(tx, worker, &[byte; 16])?,
                    writes,
                    "{worker} {byte}"
                );
            }
            rows::put_version(tx, &version(1, "sent"))?;
            rows::put_standing(tx, &held("held", Some("c")))?;
            assert_eq!(rows::worker_name(tx, "W1")?.as_deref(), Some("Nia"));
            assert!(rows::stale_people(tx)?.is_empty());
            rows::begin_anew(tx)
        })
        .unwrap();
    let conn = store.read();
    assert_eq!(
        rows::people(conn).unwrap().len(),
        3,
        "the list is never empty in between"
    );
    assert_eq!(rows::detail(conn, PersonId([1; 16])).unwrap(), None);
    assert_eq!(rows::worker_name(conn, "W1").unwrap(), None);
    assert_eq!(rows::version(conn, id(1)).unwrap(), None);
    assert_eq!(rows::standing(conn, id(1)).unwrap(), None);
    store
        .write(|tx| rows::put_person(tx, &person(2, "P", "A", true)))
        .unwrap();
    let mut stale = rows::stale_people(store.read()).unwrap();
    stale.sort();
    assert_eq!(stale, [PersonId([1; 16]), PersonId([3; 16])]);
}

#[test]
fn a_standing_that_never_was_is_not_made_by_clearing_it() {
    let mut store = store();
    let mut row = held("held", Some("later"));
    row.message = Some("Ask your lead.".into());
    store
        .write(|tx| rows::put_standing(tx, &held("clear", None)))
        .unwrap();
    assert_eq!(rows::standing(store.read(), id(1)).unwrap(), None);
    store.write(|tx| rows::put_standing(tx, &row)).unwrap();
    assert_eq!(rows::standing(store.read(), id(1)).unwrap(), Some(row));
}

#[test]
fn rows_are_replaced_by_their_key_and_standings_are_cleared() {
    let mut store = store();
    let row = |name: &str| PersonRow {
        id: PERSON,
        case_id: "P1".into(),
        name: name.into(),
        date_of_birth: None,
        mine: true,
    };
    store
        .write(|tx| {
            rows::put_person(tx, &row("Old"))?;
            rows::put_person(tx, &row("New"))?;
            rows::put_standing(tx, &held("held", Some("seq_taken")))?;
            Ok(())
        })
        .unwrap();
    let people: Vec<String> = rows::people(store.read())
        .unwrap()
        .into_iter()
        .map(|p| p.name)
        .collect();
    assert_eq!(people, ["New"]);
    assert_eq!(
        outgoing::all_held(store.read()).unwrap(),
        [(id(1), "seq_taken".to_owned())]
    );
    store
        .write(|tx| rows::put_standing(tx, &held("clear", None)))
        .unwrap();
    assert!(outgoing::all_held(store.read()).unwrap().is_empty());
    let kept = rows::standing(store.read(), id(1)).unwrap().unwrap();
    assert_eq!(
        (kept.state.as_str(), kept.code.as_deref()),
        ("clear", Some("seq_taken"))
    );
    store.write(|tx| rows::begin_anew(tx)).unwrap();
    assert_eq!(rows::stale_people(store.read()).unwrap(), [PERSON]);
    store.write(|tx| rows::put_person(tx, &row("Again"))).unwrap();
    assert!(rows::stale_people(store.read()).unwrap().is_empty());
}
