//! What the install knows of itself.

use automerge::ActorId;

use super::*;

#[test]
fn values_are_cleared_by_how_their_names_begin_and_end() {
    let mut store = store();
    let names = ["done 1 x", "done 2 x", "done 1 y", "undone 1 x", "done 1 xx"];
    store
        .write(|tx| {
            names.iter().try_for_each(|name| meta::set(tx, name, b"1"))?;
            meta::clear_between(tx, "done ", " x")
        })
        .unwrap();
    let left = names.map(|name| meta::get(store.read(), name).unwrap().is_some());
    assert_eq!(left, [false, false, true, true, true]);
}

#[test]
fn a_value_is_replaced_and_cleared_by_its_name() {
    let mut store = store();
    store
        .write(|tx| {
            meta::set(tx, "a", b"1")?;
            meta::set(tx, "b", b"")?;
            meta::set(tx, "a", b"2")
        })
        .unwrap();
    let get = |store: &Store, name| meta::get(store.read(), name).unwrap();
    assert_eq!(get(&store, "a"), Some(b"2".to_vec()));
    assert_eq!(get(&store, "b"), Some(Vec::new()), "empty is not missing");
    store.write(|tx| meta::clear(tx, "a")).unwrap();
    assert_eq!(get(&store, "a"), None);
    assert_eq!(get(&store, "b"), Some(Vec::new()));
}

#[test]
fn a_value_of_another_shape_is_damage_and_no_guess() {
    let mut store = store();
    store
        .write(|tx| {
            meta::set(tx, "good", &(-5i64).to_be_bytes())?;
            meta::set(tx, "short", &[0; 7])?;
            meta::set(tx, "long", &[0; 9])?;
            meta::set(tx, "name", "Bl\u{f9}n".as_bytes())?;
            meta::set(tx, "bytes", &[0xc3])
        })
        .unwrap();
    let conn = store.read();
    assert_eq!(meta::number(conn, "good").unwrap(), Some(-5));
    assert_eq!(meta::number(conn, "none").unwrap(), None);
    assert_eq!(meta::text(conn, "name").unwrap().as_deref(), Some("Bl\u{f9}n"));
    assert_eq!(meta::text(conn, "none").unwrap(), None);
    for name in ["short", "long"] {
        assert!(
            matches!(meta::number(conn, name), Err(Trouble::Damaged(_))),
            "{name}"
        );
    }
    assert!(matches!(meta::text(conn, "bytes"), Err(Trouble::Damaged(_))));
}

#[test]
fn an_actor_laid_down_stays_known_as_mine() {
    let mut store = store();
    assert!(matches!(meta::actor(store.read()), Err(Trouble::NotEnrolled)));
    store
        .write(|tx| {
            for (actor, now) in [([1; 16], 10), ([2; 16], 20), ([2; 16], 30)] {
                meta::set_actor(tx, Actor(actor), now)?;
            }
            Ok(())
        })
        .unwrap();
    assert_eq!(meta::actor(store.read()).unwrap(), Actor([2; 16]));
    let mut mine = meta::my_actors(store.read()).unwrap();
    mine.sort();
    assert_eq!(mine, [ActorId::from([1; 16]), ActorId::from([2; 16])]);
    let since = "SELECT max(since_at) FROM actor_of_mine";
    let since: i64 = store.read().query_row(since, [], |row| row.get(0)).unwrap();
    assert_eq!(since, 20, "taken into use once");
    store
        .write(|tx| meta::set(tx, meta::key::ACTOR, &[1; 5]))
        .unwrap();
    assert!(matches!(meta::actor(store.read()), Err(Trouble::Damaged(_))));
}
