//! Opening: the right key, a schema that is not from the future, and files that say nothing.

use super::*;

const WORDS: &str = "Margaret fell in the bathroom";

fn write_words(conn: &Connection) -> Result<(), Trouble> {
    let mut row = document(1);
    row.face.person_name = Some(WORDS.into());
    docs::save(conn, &row, WORDS.as_bytes())?;
    search::index(conn, 1, WORDS)?;
    outgoing::freeze(conn, id(1), WORDS.as_bytes(), 0)?;
    meta::set(conn, "name", WORDS.as_bytes())
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn the_files_say_nothing_while_open_and_when_closed() {
    // That the bytes are looked at rightly is shown by a database without a key.
    let plain = Folder::new("plain");
    let mut conn = Connection::open(plain.file("s.db")).unwrap();
    schema::upgrade(&mut conn, schema::STEPS).unwrap();
    write_words(&conn).unwrap();
    let needles = [WORDS, "bathroom", "SQLite format 3", "CREATE TABLE"];
    for needle in needles {
        assert!(holds(&plain.bytes(), needle.as_bytes()), "{needle}");
    }
    let sealed = Folder::new("sealed");
    let mut store = Store::open(&sealed.file("s.db"), &KEY).unwrap();
    store.write(|tx| write_words(tx)).unwrap();
    let open = sealed.bytes();
    drop(store);
    for (when, bytes) in [("open", open), ("closed", sealed.bytes())] {
        assert!(bytes.len() > 4_096, "{when}");
        for needle in needles {
            assert!(!holds(&bytes, needle.as_bytes()), "{when}: {needle}");
        }
    }
}

#[test]
fn a_written_change_is_in_the_files_before_the_store_is_closed() {
    let (folder, later) = (Folder::new("killed"), Folder::new("later"));
    let mut store = Store::open(&folder.file("s.db"), &KEY).unwrap();
    store.write(|tx| write_words(tx)).unwrap();
    // As after a kill: the files as they are, and nobody closed anything.
    for name in ["s.db", "s.db-wal"] {
        std::fs::copy(folder.file(name), later.file(name)).unwrap();
    }
    let found = Store::open(&later.file("s.db"), &KEY).unwrap();
    assert_eq!(docs::snapshot(found.read(), 1).unwrap(), WORDS.as_bytes());
    assert_eq!(search::find(found.read(), "bathroom", 9).unwrap(), [id(1)]);
}

#[test]
fn a_wrong_key_or_no_store_is_told_and_nothing_is_touched() {
    let folder = Folder::new("keys");
    let path = folder.file("s.db");
    let mut store = Store::open(&path, &KEY).unwrap();
    store.write(|tx| write_words(tx)).unwrap();
    drop(store);
    let before = folder.bytes();
    let mut near = KEY;
    near[31] ^= 1;
    for key in [[0; 32], [2; 32], near] {
        assert!(matches!(Store::open(&path, &key), Err(Trouble::WrongKey)));
        assert_eq!(folder.bytes(), before);
    }
    let store = Store::open(&path, &KEY).unwrap();
    assert_eq!(docs::snapshot(store.read(), 1).unwrap(), WORDS.as_bytes());
    let photo = folder.file("photo.jpg");
    std::fs::write(&photo, [0x5a; 8_192]).unwrap();
    assert!(matches!(Store::open(&photo, &KEY), Err(Trouble::WrongKey)));
    assert_eq!(std::fs::read(&photo).unwrap(), [0x5a; 8_192]);
}

#[test]
fn a_store_of_a_newer_app_is_refused_with_both_numbers_and_not_touched() {
    let folder = Folder::new("newer");
    let path = folder.file("s.db");
    let mut store = Store::open(&path, &KEY).unwrap();
    store
        .write(|tx| Ok(tx.pragma_update(None, "user_version", 77)?))
        .unwrap();
    drop(store);
    let before = folder.bytes();
    let Err(Trouble::NewerStore { found, known }) = Store::open(&path, &KEY) else {
        panic!("it was opened, or refused for another reason");
    };
    assert_eq!((found, known as usize), (77, schema::STEPS.len()));
    assert_eq!(folder.bytes(), before);
}

#[test]
fn a_store_of_every_older_app_opens_with_what_it_held() {
    for steps in 1..schema::STEPS.len() {
        let folder = Folder::new(&format!("older-{steps}"));
        let path = folder.file("s.db");
        let mut old = Connection::open(&path).unwrap();
        unlock(&old, &KEY).unwrap();
        schema::upgrade(&mut old, &schema::STEPS[..steps]).unwrap();
        docs::save(&old, &document(1), WORDS.as_bytes()).unwrap();
        drop(old);
        let mut store = Store::open(&path, &KEY).unwrap();
        let now: usize = store
            .read()
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(now, schema::STEPS.len());
        assert_eq!(docs::snapshot(store.read(), 1).unwrap(), WORDS.as_bytes());
        store.write(|tx| write_words(tx)).unwrap();
        assert_eq!(
            search::find(store.read(), "bathroom", 9).unwrap(),
            [id(1)],
            "from {steps}"
        );
    }
}

#[test]
fn the_settings_are_in_force() {
    let folder = Folder::new("settings");
    let path = folder.file("s.db");
    let store = Store::open(&path, &KEY).unwrap();
    let lines = [
        ("journal_mode", "wal"),
        ("locking_mode", "exclusive"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("temp_store", "2"),
        ("trusted_schema", "0"),
        ("fullfsync", "1"),
    ];
    for (name, expected) in lines {
        let value: rusqlite::types::Value = store
            .read()
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
            .unwrap();
        let value = match value {
            rusqlite::types::Value::Integer(n) => n.to_string(),
            rusqlite::types::Value::Text(t) => t,
            other => panic!("{other:?}"),
        };
        assert_eq!(value, expected, "{name}");
    }
    // One program at a time.
    assert!(matches!(Store::open(&path, &KEY), Err(Trouble::Busy)));
    drop(store);
    assert!(Store::open(&path, &KEY).is_ok());
    assert!(matches!(Store::open(&path, &[2; 32]), Err(Trouble::WrongKey)));
}
