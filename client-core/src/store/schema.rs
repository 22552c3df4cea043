//! The schema, step by step. A step is never edited once it has been released: phones stand on each
//! of them. The version is `user_version`, the number of steps taken; all that are missing are taken
//! in one transaction. A store from a newer app is refused and not touched.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::trouble::Trouble;

/// One step up.
pub(crate) type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// All steps, oldest first.
pub(crate) const STEPS: &[Step] = &[
    step_1_notes,
    step_2_people,
    step_3_search,
    step_4_superseded,
    step_5_attachments,
    step_6_gists,
    step_7_lookups,
    step_8_small_sides,
    step_9_messages,
];

/// Takes the steps that are missing.
pub(crate) fn upgrade(conn: &mut Connection, steps: &[Step]) -> Result<(), Trouble> {
    let known = u32::try_from(steps.len()).map_err(|_| Trouble::Damaged("the schema version"))?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(Trouble::NewerStore { found, known });
    }
    for step in steps.iter().skip(found as usize) {
        step(&tx)?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// Documents, what was typed into them, and what travels.
fn step_1_notes(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/1_notes.sql"))
}

/// Rows of the server: copies, dropped and taken again when it says so.
fn step_2_people(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/2_people.sql"))
}

/// Words of notes, without their accents. Contentless: the text itself is in the snapshots only.
fn step_3_search(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/3_search.sql"))
}

/// Chunks whose words were written again under another actor.
fn step_4_superseded(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch("ALTER TABLE outgoing ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0")
}

/// Files that are attached to notes.
fn step_5_attachments(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/5_attachments.sql"))
}

/// What is gathered from notes.
fn step_6_gists(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/6_gists.sql"))
}

/// People who were looked up.
fn step_7_lookups(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/7_lookups.sql"))
}

/// Indexes of the few among the many.
fn step_8_small_sides(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/8_small_sides.sql"))
}

/// What the team's desk says.
fn step_9_messages(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(include_str!("schema/9_messages.sql"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(conn: &Connection) -> Vec<(String, String)> {
        let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name";
        let mut statement = conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn the_whole_staircase_ends_where_a_fresh_store_begins() {
        let mut fresh = Connection::open_in_memory().unwrap();
        upgrade(&mut fresh, STEPS).unwrap();
        assert!(shape(&fresh).len() > 15, "the comparison must compare something");
        for from in 0..STEPS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            upgrade(&mut old, &STEPS[..from]).unwrap();
            let version: usize = old.query_row("PRAGMA user_version", [], |r| r.get(0)).unwrap();
            assert_eq!(version, from);
            upgrade(&mut old, STEPS).unwrap();
            assert_eq!(shape(&old), shape(&fresh), "from {from}");
        }
    }

    #[test]
    fn one_step_at_a_time_ends_there_too() {
        let mut slow = Connection::open_in_memory().unwrap();
        for to in 1..=STEPS.len() {
            upgrade(&mut slow, &STEPS[..to]).unwrap();
        }
        let mut fresh = Connection::open_in_memory().unwrap();
        upgrade(&mut fresh, STEPS).unwrap();
        assert_eq!(shape(&slow), shape(&fresh));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        fn broken(tx: &Transaction<'_>) -> rusqlite::Result<()> {
            tx.execute_batch("CREATE TABLE half (x); CREATE TABLE half (x);")
        }
        let mut conn = Connection::open_in_memory().unwrap();
        upgrade(&mut conn, &STEPS[..1]).unwrap();
        let before = shape(&conn);
        assert!(upgrade(&mut conn, &[STEPS[0], broken]).is_err());
        assert_eq!(shape(&conn), before);
        upgrade(&mut conn, STEPS).unwrap();
    }

    #[test]
    fn a_newer_store_is_refused_and_not_touched() {
        let mut conn = Connection::open_in_memory().unwrap();
        upgrade(&mut conn, STEPS).unwrap();
        conn.execute_batch("CREATE TABLE future (x); PRAGMA user_version = 99")
            .unwrap();
        let before = shape(&conn);
        let refused = upgrade(&mut conn, STEPS).unwrap_err();
        assert!(matches!(refused, Trouble::NewerStore { found: 99, .. }));
        assert_eq!(shape(&conn), before);
        let version: u32 = conn.query_row("PRAGMA user_version", [], |r| r.get(0)).unwrap();
        assert_eq!(version, 99);
    }
}
