//! People who were looked up stay for their day and no longer.

use super::*;
use crate::store::lookups;

#[test]
fn what_was_given_is_kept_until_its_time_is_over() {
    let mut store = store();
    store
        .write(|tx| {
            lookups::put(tx, "P1", (100, 200), "one")?;
            lookups::put(tx, "P2", (150, 250), "two")
        })
        .unwrap();
    let conn = store.read();
    assert_eq!(lookups::find(conn, "P1").unwrap(), Some((200, "one".into())));
    assert_eq!(lookups::find(conn, "p1").unwrap(), None, "exactly");
    let both = [(250, "two".to_owned()), (200, "one".to_owned())];
    assert_eq!(lookups::all(conn).unwrap(), both, "the newest first");
    for (now, over) in [(149, true), (150, false), (199, false), (200, true), (300, true)] {
        assert_eq!(lookups::any_over(conn, now).unwrap(), over, "{now}");
    }
    store.write(|tx| lookups::clear_over(tx, 200)).unwrap();
    assert_eq!(lookups::all(store.read()).unwrap(), [(250, "two".to_owned())]);
    // A clock set back gives no second day.
    store.write(|tx| lookups::clear_over(tx, 10)).unwrap();
    assert_eq!(lookups::all(store.read()).unwrap(), []);
}

#[test]
fn who_is_looked_up_again_is_there_once() {
    let mut store = store();
    store
        .write(|tx| {
            lookups::put(tx, "P1", (100, 200), "one")?;
            lookups::put(tx, "P1", (150, 250), "two")
        })
        .unwrap();
    assert_eq!(lookups::all(store.read()).unwrap(), [(250, "two".to_owned())]);
}
