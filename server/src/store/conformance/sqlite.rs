//! What is SQLite's alone: encryption, the staircase of schemas, durability settings, and that what
//! runs for every phone goes by an index.

use std::path::Path;

use rusqlite::Connection;

use super::super::schema::tests::{brought_up, fresh, left_at, walked};
use super::*;

const KEY: [u8; 32] = [0xa5; 32];
const SECRET: &str = "Mrs Whitcombe-Okafor cannot manage the stairs";

fn write_secret(store: &Store) {
    store
        .write(|tx| -> Check {
            tx.person_put(&PersonRecord {
                name: SECRET.into(),
                ..a_person(1)
            })?;
            append(tx, &an_entry(document(1), SECRET.as_bytes())).map(|_| ())
        })
        .unwrap();
}

/// Whether the text stands anywhere in the files of a folder, the write-ahead log included.
fn stands_in(folder: &Path, text: &str) -> bool {
    let mut files = 0;
    let mut found = false;
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        files += 1;
        found |= bytes.windows(text.len()).any(|w| w == text.as_bytes());
    }
    assert!(files >= 2, "database and write-ahead log");
    found
}

#[test]
fn with_a_key_nothing_readable_is_on_the_disk() {
    for (key, readable) in [(Some(KEY), false), (None, true)] {
        let folder = Folder::new();
        let store = Store::open(folder.path(), key).unwrap();
        write_secret(&store);
        assert_eq!(
            stands_in(folder.path(), SECRET),
            readable,
            "in the write-ahead log"
        );
        store
            .write(|tx| Ok::<_, StoreError>(tx.db.is_autocommit()))
            .unwrap();
        lock(&store.writer)
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        assert_eq!(stands_in(folder.path(), SECRET), readable, "in the database");
        drop(store);
        let again = Store::open(folder.path(), key).unwrap();
        assert_eq!(
            again
                .read(|tx| tx.person(PersonId([1; 16])))
                .unwrap()
                .unwrap()
                .name,
            SECRET
        );
    }
}

#[test]
fn another_key_is_refused_and_the_file_stays_as_it_was() {
    for (key, others) in [
        (Some(KEY), [None, Some([1; 32])]),
        (None, [Some(KEY), Some([1; 32])]),
    ] {
        let folder = Folder::new();
        write_secret(&Store::open(folder.path(), key).unwrap());
        let path = folder.path().join(FILE_NAME);
        let before = std::fs::read(&path).unwrap();
        for other in others {
            let refused = Store::open(folder.path(), other).map(|_| ());
            assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), before);
        assert!(Store::open(folder.path(), key).is_ok());
    }
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let folder = Folder::new();
    let path = folder.path().join(FILE_NAME);
    let text = "this is a letter, not a database. ".repeat(200);
    std::fs::write(&path, &text).unwrap();
    assert!(matches!(
        Store::open(folder.path(), None),
        Err(StoreError::WrongKey)
    ));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_newer_schema_is_refused_and_untouched() {
    let folder = Folder::new();
    let path = folder.path().join(FILE_NAME);
    let newer = Connection::open(&path).unwrap();
    newer
        .execute_batch("CREATE TABLE of_the_future (x); PRAGMA user_version = 999")
        .unwrap();
    drop(newer);
    let before = std::fs::read(&path).unwrap();
    let refused = Store::open(folder.path(), None).map(|_| ());
    assert!(
        matches!(
            refused,
            Err(StoreError::TooNew {
                found: 999,
                known: 1..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// Every table and index with its text, and the version.
fn shape(db: &Connection) -> (Vec<(String, String)>, i64) {
    let mut find = db
        .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")
        .unwrap();
    let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let version = db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    (rows.map(Result::unwrap).collect(), version)
}

#[test]
fn the_whole_staircase_ends_where_a_fresh_database_begins() {
    for steps in 0..=fresh().1 {
        assert_eq!(shape(&walked(steps)), shape(&fresh().0), "from step {steps}");
    }
}

#[test]
fn an_older_outbox_learns_its_days() {
    let db = left_at(5);
    for (n, line) in [
        (1, r#"{"received_at":"2026-11-22T23:59:59.999Z"}"#),
        (2, r#"{"received_at":"2026-11-23T00:00:00Z"}"#),
        (3, r#"{"received_at":null}"#),
    ] {
        db.execute(
            "INSERT INTO outbox (n, event_id, kind, document, version, sha256, created_at, line) \
             VALUES (?1, ?1, 'note.finished', x'00', ?1, x'00', 86400000 * 7, CAST(?2 AS BLOB))",
            (n, line),
        )
        .unwrap();
    }
    let db = brought_up(db);
    let mut days = db.prepare("SELECT day FROM outbox ORDER BY n").unwrap();
    let days: Vec<i64> = days
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(days, [20_779, 20_780, 7]);
}

#[test]
fn an_older_document_keeps_what_it_said_and_is_to_be_counted() {
    let db = left_at(8);
    db.execute(
        "INSERT INTO document (id, template, heads, kind, started_at, snapshot_pub, snapshot) \
         VALUES (x'07', 0, x'01', 'home_visit', 5, 3, x'0203')",
        [],
    )
    .unwrap();
    let db = brought_up(db);
    let row: (String, i64, Vec<u8>, Option<i64>) = db
        .query_row(
            "SELECT kind, started_at, snapshot, fields FROM document",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .unwrap();
    assert_eq!(row, ("home_visit".into(), 5, vec![2, 3], None));
}

#[test]
fn a_staircase_is_walked_step_by_step_and_a_step_that_fails_is_undone() {
    use super::super::schema::walk;
    let first = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);";
    let second = "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;";
    let broken = "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1);";
    let version = |db: &Connection| shape(db).1;
    let mut db = Connection::open_in_memory().unwrap();
    walk(&mut db, &[first]).unwrap();
    assert_eq!(version(&db), 1);
    assert!(walk(&mut db, &[first, broken]).is_err());
    assert_eq!(
        (version(&db), shape(&db).0.len()),
        (1, 1),
        "nothing of the broken step is there"
    );
    walk(&mut db, &[first, second]).unwrap();
    walk(&mut db, &[first, second]).unwrap();
    let both: (i64, i64) = db
        .query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!((version(&db), both), (2, (7, 8)));
    assert!(matches!(
        walk(&mut db, &[first]),
        Err(StoreError::TooNew { found: 2, known: 1 })
    ));
    let mut straight = Connection::open_in_memory().unwrap();
    walk(&mut straight, &[first, second]).unwrap();
    assert_eq!(shape(&straight), shape(&db));
}

#[test]
fn a_commit_is_on_the_disk_when_it_returns() {
    let (store, _folder) = store();
    let db = lock(&store.writer);
    let ask = |name: &str| {
        db.query_row(&format!("PRAGMA {name}"), [], |row| {
            row.get::<_, rusqlite::types::Value>(0)
        })
    };
    let said =
        ["journal_mode", "synchronous", "foreign_keys", "secure_delete"].map(|name| ask(name).unwrap());
    let (wal, one) = (
        rusqlite::types::Value::Text("wal".into()),
        rusqlite::types::Value::Integer(1),
    );
    assert_eq!(said, [wal, rusqlite::types::Value::Integer(2), one.clone(), one]);
}

#[test]
fn jobs_that_queue_share_a_transaction() {
    const QUEUED: u8 = 20;
    let (store, _folder) = store();
    let leaders = std::sync::Mutex::new(std::collections::HashSet::new());
    std::thread::scope(|scope| {
        let (begun, wait) = std::sync::mpsc::channel::<()>();
        let (store, leaders) = (&store, &leaders);
        scope.spawn(move || {
            store.write(|tx| {
                begun.send(()).unwrap();
                // While one writes, the others queue.
                std::thread::sleep(std::time::Duration::from_millis(500));
                tx.meta_put("first", b"")
            })
        });
        wait.recv().unwrap();
        for n in 0..QUEUED {
            scope.spawn(move || {
                let job = move |tx: &Tx<'_>| {
                    tx.meta_put(&n.to_string(), b"")
                        .map(|()| std::thread::current().id())
                };
                let leader = store.write_grouped(job).unwrap();
                leaders.lock().unwrap().insert(leader);
            });
        }
    });
    // Without sharing, each would have done its own work.
    let leaders = leaders.lock().unwrap().len();
    assert!(
        leaders < usize::from(QUEUED) / 2,
        "{leaders} transactions for {QUEUED} jobs"
    );
    assert!((0..QUEUED).all(|n| store.read(|tx| tx.meta(&n.to_string())).unwrap().is_some()));
}

/// What SQLite says it will do with a statement.
pub(super) fn plan(tx: &Tx<'_>, sql: &str) -> String {
    let mut explain = tx.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let values = rusqlite::params_from_iter((0..explain.parameter_count()).map(|_| 1));
    let rows = explain.query_map(values, |row| row.get::<_, String>(3)).unwrap();
    rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_runs_for_every_phone_goes_by_an_index() {
    use super::super::{about, issues_page, lines, live, log, news, projection, removal, sweeps};
    let statements = [
        (
            about::AUDIT_ABOUT,
            "audit USING INDEX audit_by_person (person=? AND n>?)",
        ),
        (issues_page::OPEN, "issue USING INDEX issue_standing"),
        (issues_page::ENDED, "issue USING INDEX issue_ended"),
        (
            sweeps::STALE,
            "device USING INDEX device_waiting (last_seen_at<?)",
        ),
        (
            sweeps::AHEAD,
            "device USING INDEX device_clock (clock_offset_ms>?)",
        ),
        (
            sweeps::BEHIND,
            "device USING INDEX device_clock (clock_offset_ms<?)",
        ),
        (sweeps::DRAFTS, "d USING INDEX document_draft (id<?)"),
        (sweeps::SILENT, "o USING INTEGER PRIMARY KEY (rowid>?)"),
        (log::KNOWN, "log USING"),
        (log::UNJUDGED, "log USING COVERING INDEX log_unjudged"),
        (log::UNJUDGED_COUNT, "log USING COVERING INDEX log_unjudged"),
        (log::UNJUDGED_OF, "log USING INDEX log_unjudged"),
        (
            removal::TOMBSTONE,
            "log USING COVERING INDEX log_tombstone (document=?)",
        ),
        (log::WAITING_OF, "log USING INDEX log_waiting"),
        (log::WAITING_SINCE, "log USING INDEX log_waiting"),
        (
            projection::ABOUT,
            "p USING INDEX published_by_person (person=? AND pub>?)",
        ),
        (
            projection::OF,
            "published USING COVERING INDEX published_by_document (document=? AND pub>?)",
        ),
        (projection::IN_MAIL, "m USING PRIMARY KEY (device=? AND pub>?)"),
        (
            projection::FOLLOWED,
            "follow USING COVERING INDEX follow_by_device (device=?)",
        ),
        (
            lines::LINES,
            "line USING COVERING INDEX line_by_device (device=?)",
        ),
        (
            projection::FINISH,
            "published USING INDEX published_by_document (document=?)",
        ),
        (live::PUBLISHED_SINCE, "p USING INTEGER PRIMARY KEY (rowid>?)"),
        (live::NEWS_SINCE, "news USING INTEGER PRIMARY KEY (rowid>?)"),
        (
            news::FOR,
            "news USING INDEX news_by_audience (audience=? AND n>?)",
        ),
        (
            news::OF,
            "news USING COVERING INDEX sqlite_autoindex_news_1 (audience=? AND kind=? AND key=?)",
        ),
    ];
    let (store, _folder) = store();
    store
        .read(|tx| -> Check {
            for (sql, expected) in statements {
                let plan = plan(tx, sql);
                assert!(plan.contains(expected), "{sql}\n{plan}");
                // A walk along an index of open entries alone is no walk through the log.
                let walks = plan
                    .split("; ")
                    .filter(|step| step.starts_with("SCAN") && !step.contains("INDEX log_"));
                assert_eq!(walks.count(), 0, "{sql}\n{plan}");
                assert!(
                    !plan.contains("TEMP B-TREE FOR ORDER BY")
                        || sql == log::UNJUDGED
                        || sql == log::WAITING_SINCE,
                    "{sql}\n{plan}"
                );
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_machines_trouble_is_told_from_a_rows() {
    let (store, _folder) = store();
    let of_a_row = [
        store.write(|tx| tx.publish(99, document(1), None, false).map(|_| ())),
        store.write(|tx| {
            tx.meta_put("a", b"1")?;
            Ok(tx
                .db
                .query_row("SELECT value FROM meta", [], |row| row.get::<_, i64>(0))
                .map(|_| ())?)
        }),
        Err(StoreError::Inconsistent("x")),
    ];
    for error in of_a_row {
        assert!(!error.as_ref().unwrap_err().is_the_machines(), "{error:?}");
    }
    let limit: i64 = lock(&store.writer)
        .query_row("PRAGMA max_page_count = 1", [], |row| row.get(0))
        .unwrap();
    assert!(limit > 1, "as many as there are");
    let full = store.write(|tx| tx.meta_put("large", &vec![7; 1 << 20]));
    assert!(full.as_ref().unwrap_err().is_the_machines(), "{full:?}");
    let grouped = store.write_grouped(|tx| tx.meta_put("large", &vec![7; 1 << 20]));
    assert!(grouped.is_err());
    lock(&store.writer)
        .query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))
        .unwrap();
    store
        .write_grouped(|tx| tx.meta_put("large", &vec![7; 1 << 20]))
        .unwrap();
}
