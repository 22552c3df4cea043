//! The schema, step by step. A step is never edited once it has been released: phones stand on each
//! of them. The version is `user_version`, the number of steps taken; all that are missing are taken
//! in one transaction. A store from a newer app is refused and not touched.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::trouble::Trouble;

/// One step up.
pub(crate) type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// All steps, oldest first.
pub(crate) const STEPS: &[Step] = &[step_1_notes, step_2_people, step_3_search];

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
    tx.execute_batch(
        "CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE actor_of_mine (
            actor BLOB PRIMARY KEY,
            since_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- One Automerge document. The columns after heads are what lists need, kept in the same
        -- transaction as the snapshot.
        CREATE TABLE doc (
            nr INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            template INTEGER NOT NULL,
            person BLOB,
            snapshot BLOB NOT NULL,
            heads BLOB NOT NULL,
            offered_heads BLOB NOT NULL,
            unoffered INTEGER NOT NULL,
            alone INTEGER NOT NULL,
            joined INTEGER NOT NULL,
            hidden INTEGER NOT NULL,
            gone INTEGER NOT NULL,
            resetting INTEGER NOT NULL,
            person_name TEXT,
            kind TEXT,
            started_at INTEGER,
            finished_at INTEGER,
            conflicts TEXT NOT NULL
        ) STRICT;
        CREATE INDEX doc_person ON doc (person);
        CREATE INDEX doc_unoffered ON doc (nr) WHERE unoffered = 1;

        -- Keys that were acknowledged and are not yet in a snapshot.
        CREATE TABLE journal (
            doc INTEGER NOT NULL REFERENCES doc (nr) ON DELETE CASCADE,
            n INTEGER NOT NULL,
            at INTEGER NOT NULL,
            spent_ms INTEGER NOT NULL,
            edit BLOB NOT NULL,
            PRIMARY KEY (doc, n)
        ) STRICT, WITHOUT ROWID;

        -- Chunks as they were offered, byte for byte, until the server has them in a backup.
        CREATE TABLE outgoing (
            nr INTEGER PRIMARY KEY,
            doc BLOB NOT NULL,
            hash BLOB NOT NULL,
            chunk BLOB NOT NULL,
            offered_at INTEGER NOT NULL,
            verdict INTEGER,
            code TEXT,
            seq INTEGER,
            UNIQUE (doc, hash)
        ) STRICT;
        CREATE INDEX outgoing_unanswered ON outgoing (nr) WHERE verdict IS NULL;

        -- Pulled chunks that cannot be applied yet.
        CREATE TABLE waiting_chunk (
            nr INTEGER PRIMARY KEY,
            doc BLOB NOT NULL,
            hash BLOB NOT NULL,
            chunk BLOB NOT NULL,
            UNIQUE (doc, hash)
        ) STRICT;

        -- Copies set aside, kept whole: nothing a person wrote is thrown away by software.
        CREATE TABLE aside (
            nr INTEGER PRIMARY KEY,
            doc BLOB NOT NULL,
            at INTEGER NOT NULL,
            why TEXT NOT NULL,
            content BLOB NOT NULL
        ) STRICT;

        CREATE TABLE reading (
            doc BLOB NOT NULL,
            opened_at INTEGER NOT NULL,
            PRIMARY KEY (doc, opened_at)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE fill (
            subject_kind INTEGER NOT NULL,
            subject BLOB NOT NULL,
            after INTEGER NOT NULL,
            done INTEGER NOT NULL,
            PRIMARY KEY (subject_kind, subject)
        ) STRICT, WITHOUT ROWID;",
    )
}

/// Rows of the server: copies, dropped and taken again when it says so.
fn step_2_people(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(
        "CREATE TABLE person (
            id BLOB PRIMARY KEY,
            case_id TEXT NOT NULL,
            name TEXT NOT NULL,
            date_of_birth TEXT,
            mine INTEGER NOT NULL,
            stale INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX person_case_id ON person (case_id);

        CREATE TABLE detail (
            id BLOB PRIMARY KEY,
            preferred_name TEXT,
            address TEXT,
            phone TEXT,
            nhs_number TEXT,
            communication_needs TEXT,
            alerts TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE worker (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE actor (
            actor BLOB PRIMARY KEY,
            worker TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE version (
            doc BLOB PRIMARY KEY,
            version INTEGER NOT NULL,
            heads BLOB NOT NULL,
            outcome TEXT NOT NULL,
            case_system_ref TEXT,
            reason TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE standing (
            doc BLOB PRIMARY KEY,
            state TEXT NOT NULL,
            code TEXT,
            message TEXT
        ) STRICT, WITHOUT ROWID;",
    )
}

/// Words of notes, without their accents. Contentless: the text itself is in the snapshots only.
fn step_3_search(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(
        "CREATE VIRTUAL TABLE words USING fts5 (
            text,
            content = '',
            contentless_delete = 1,
            tokenize = \"unicode61 remove_diacritics 2\"
        );",
    )
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
