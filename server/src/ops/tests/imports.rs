//! Imports: counted, repeatable, whole or not at all, told to whom they concern.

use super::{deeds, news_head, team, told};
use crate::ops::import::{people, workers};
use crate::store::Audience;
use crate::testing::core;

const WORKERS: &str = "worker_id,name,email,role,team\n\
                       W1,Ann Ash,ann@example.org,team_admin,North\nW2,Bob Birch,,,South\n";
const PEOPLE: &str = "case_id,forename,surname,phone,allocated_worker,allocated_team\n\
                      P1,Cat,Cedar,1,W1,North\nP2,Dan,Damson,2,W2,\nP3,Eve,Elder,3,W9,\n";

#[test]
fn the_same_file_twice_changes_nothing() {
    let (core, _folder, _) = core();
    for (file, added) in [(WORKERS, 2), (PEOPLE, 3)] {
        let import = if file == WORKERS { workers } else { people };
        let first = import(&core, file.as_bytes(), "test").unwrap();
        assert_eq!((first.added, first.changed, first.unchanged), (added, 0, 0));
        let (news, audit) = (news_head(&core), deeds(&core));
        let ids = core
            .store
            .read(|tx| tx.person_by_case("P1"))
            .unwrap()
            .map(|p| p.id);
        let again = import(&core, file.as_bytes(), "test").unwrap();
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, added));
        assert_eq!((news_head(&core), deeds(&core)), (news, audit));
        assert_eq!(
            core.store
                .read(|tx| tx.person_by_case("P1"))
                .unwrap()
                .map(|p| p.id),
            ids
        );
    }
}

#[test]
fn a_changed_row_keeps_the_person() {
    let (core, _folder, _) = core();
    workers(&core, WORKERS.as_bytes(), "test").unwrap();
    people(&core, PEOPLE.as_bytes(), "test").unwrap();
    let before = core.store.read(|tx| tx.person_by_case("P1")).unwrap().unwrap();
    let file = "case_id,forename,surname,allocated_worker\nP1,Catherine,Cedar,W1\n";
    let imported = people(&core, file.as_bytes(), "test").unwrap();
    assert_eq!((imported.added, imported.changed, imported.unchanged), (0, 1, 0));
    let after = core.store.read(|tx| tx.person_by_case("P1")).unwrap().unwrap();
    assert_eq!((after.id, after.name.as_str()), (before.id, "Catherine Cedar"));
    // The file has no such columns, so it says nothing about them.
    assert_eq!((after.phone, after.team), (before.phone, before.team));
    let file = "case_id,forename,surname,phone,allocated_worker\nP1,Catherine,Cedar,,W1\n";
    people(&core, file.as_bytes(), "test").unwrap();
    let after = core.store.read(|tx| tx.person_by_case("P1")).unwrap().unwrap();
    assert_eq!(after.phone, None);
}

#[test]
fn a_column_that_is_not_there_leaves_a_worker_as_they_were() {
    let (core, _folder, _) = core();
    workers(&core, WORKERS.as_bytes(), "test").unwrap();
    let before = core.store.read(|tx| tx.worker("W1")).unwrap().unwrap();
    let imported = workers(&core, b"worker_id,name\nW1,Ann Ash\n", "test").unwrap();
    assert_eq!(imported.unchanged, 1);
    assert_eq!(core.store.read(|tx| tx.worker("W1")).unwrap().unwrap(), before);
}

#[test]
fn an_allocation_waits_for_its_worker() {
    let (core, _folder, _) = core();
    people(&core, PEOPLE.as_bytes(), "test").unwrap();
    assert_eq!(team(&core, "P1").as_deref(), Some("North"));
    assert_eq!((team(&core, "P2"), team(&core, "P3")), (None, None));
    let after = news_head(&core);
    workers(&core, WORKERS.as_bytes(), "test").unwrap();
    assert_eq!(team(&core, "P2").as_deref(), Some("South"));
    assert_eq!(told(&core, Audience::Worker("W2"), after), ["P2"]);
    assert_eq!(told(&core, Audience::Worker("W1"), after), ["P1"]);
    assert_eq!(team(&core, "P3"), None);
    workers(&core, b"worker_id,name,team\nW9,Zoe,South\n", "test").unwrap();
    assert_eq!(team(&core, "P3").as_deref(), Some("South"));
}

#[test]
fn people_go_with_their_worker_unless_their_team_was_named() {
    let (core, _folder, _) = core();
    workers(&core, WORKERS.as_bytes(), "test").unwrap();
    people(&core, PEOPLE.as_bytes(), "test").unwrap();
    let (south, after) = (
        core.store.write(|tx| tx.team_named("South")).unwrap(),
        news_head(&core),
    );
    workers(
        &core,
        b"worker_id,name,team\nW1,Ann Ash,East\nW2,Bob Birch,East\n",
        "test",
    )
    .unwrap();
    assert_eq!(team(&core, "P1").as_deref(), Some("North"));
    assert_eq!(team(&core, "P2").as_deref(), Some("East"));
    // The team that it left must hear of it.
    assert_eq!(told(&core, Audience::Team(south), after), ["P2"]);
}

#[test]
fn what_fails_half_way_leaves_nothing() {
    let (core, _folder, _) = core();
    workers(&core, WORKERS.as_bytes(), "test").unwrap();
    let before = (news_head(&core), deeds(&core));
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON person WHEN NEW.case_id = 'P3' \
                  BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    let write = |sql: &str| {
        core.store.write(|tx| {
            tx.tamper(sql);
            Ok::<_, crate::store::StoreError>(())
        })
    };
    write(broken).unwrap();
    assert!(people(&core, PEOPLE.as_bytes(), "test").is_err());
    assert_eq!((news_head(&core), deeds(&core)), before);
    assert_eq!(core.store.read(|tx| tx.person_by_case("P1")).unwrap(), None);
    write("DROP TRIGGER broken").unwrap();
    assert_eq!(people(&core, PEOPLE.as_bytes(), "test").unwrap().added, 3);
}

#[test]
fn a_file_that_fails_leaves_nothing() {
    let (core, _folder, _) = core();
    let before = (news_head(&core), deeds(&core));
    for bad in [
        &b"case_id,forename,surname\nP1,Ok,Row\nP2,N\0l,Row\n"[..],
        b"case_id,surname\nP1,Row\n",
        b"",
    ] {
        assert!(people(&core, bad, "test").is_err());
    }
    assert_eq!((news_head(&core), deeds(&core)), before);
    assert_eq!(core.store.read(|tx| tx.person_by_case("P1")).unwrap(), None);
}
