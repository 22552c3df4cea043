//! Backup, restore and verify: a copy is whole and checked, a restored server is another one, and
//! what was tampered with is found.

use std::path::Path;

use super::news_head;

use crate::core::Core;
use crate::host::Host;
use crate::ops::backup::backup;
use crate::ops::import::{people, workers};
use crate::ops::restore::restore;
use crate::ops::verify::verify;
use crate::ops::{OpError, enrol};
use crate::store::{Audience, FILE_NAME, NewsKind, Store, StoreError, Tx};
use crate::testing::{Folder, host};

const KEY: [u8; 32] = [7; 32];

fn town(folder: &Path, key: Option<[u8; 32]>) -> Core {
    let core = Core::open(folder, key, host().0).unwrap();
    workers(&core, b"worker_id,name\nW1,Ann\n", "test").unwrap();
    people(&core, b"case_id,forename,surname\nP1,Catriona,Cedar\n", "test").unwrap();
    core
}

fn meta(core: &Core, name: &str) -> Option<Vec<u8>> {
    core.store.read(|tx| tx.meta(name)).unwrap()
}

#[test]
fn a_backup_comes_back_as_another_server() {
    for key in [None, Some(KEY)] {
        let (folder, elsewhere) = (Folder::new(), Folder::new());
        let core = town(folder.path(), key);
        let code = enrol::make_code(&core, "W1", 1_000_000, "test").unwrap();
        let file = folder.path().join("copy.db");
        backup(&core, key, &file, "operator").unwrap();
        assert_eq!(meta(&core, "safe_seq"), Some(0u64.to_be_bytes().to_vec()));
        // Again over the old one; and nothing is left beside it.
        backup(&core, key, &file, "operator").unwrap();
        let parts = std::fs::read_dir(folder.path()).unwrap();
        let names = parts.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(
            names
                .into_iter()
                .all(|name| !name.contains(".part") && !name.contains("copy.db-"))
        );

        restore(&file, elsewhere.path(), key, &Host::system()).unwrap();
        let restored = Core::open(elsewhere.path(), key, host().0).unwrap();
        let person = restored
            .store
            .read(|tx| tx.person_by_case("P1"))
            .unwrap()
            .unwrap();
        assert_eq!(person.name, "Catriona Cedar");
        assert_ne!(meta(&restored, "epoch"), None);
        assert_ne!(meta(&restored, "epoch"), meta(&core, "epoch"));
        assert_eq!(
            restored.store.read(|tx| tx.code(&code.code.sha256())).unwrap(),
            None
        );
        assert_eq!(verify(&restored).unwrap().differences, [""; 0]);
        // Not over a database that is there.
        assert!(restore(&file, elsewhere.path(), key, &host().0).is_err());
    }
}

/// A phone carries out an order once, by its number.
#[test]
fn a_restored_server_gives_no_number_of_news_that_the_lost_one_or_another_restored_one_gave() {
    let (folder, file) = (Folder::new(), Folder::new());
    let core = town(folder.path(), None);
    let file = file.path().join("copy.db");
    backup(&core, None, &file, "operator").unwrap();
    let told = |core: &Core, name: &str| {
        let tell = |tx: &Tx<'_>| tx.tell(Audience::Worker(name), NewsKind::Reset, name.as_bytes());
        core.store
            .write(|tx| (0..1000).try_for_each(|_| tell(tx)))
            .unwrap();
        news_head(core)
    };
    let mut heads = vec![told(&core, "lost")];
    for name in ["one", "two"] {
        let elsewhere = Folder::new();
        restore(&file, elsewhere.path(), None, &Host::system()).unwrap();
        let restored = Core::open(elsewhere.path(), None, host().0).unwrap();
        heads.push(told(&restored, name));
    }
    heads.sort_unstable();
    assert!(heads.windows(2).all(|pair| pair[1] - pair[0] > 1000), "{heads:?}");
    assert!(heads.iter().all(|head| *head < 1 << 42), "{heads:?}");
}

#[test]
fn an_encrypted_copy_tells_nothing_without_its_key() {
    let folder = Folder::new();
    let core = town(folder.path(), Some(KEY));
    let file = folder.path().join("copy.db");
    backup(&core, Some(KEY), &file, "operator").unwrap();
    let bytes = std::fs::read(&file).unwrap();
    for word in [&b"Catriona"[..], b"SQLite format", b"PRIVATE KEY"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word));
    }
    for key in [None, Some([8; 32])] {
        let elsewhere = Folder::new();
        let refused = restore(&file, elsewhere.path(), key, &host().0);
        assert!(matches!(refused, Err(OpError::Store(StoreError::WrongKey))));
        assert!(!elsewhere.path().join(FILE_NAME).exists());
        assert!(matches!(
            Core::open(folder.path(), key, host().0).map(|_| ()),
            Err(StoreError::WrongKey)
        ));
    }
}

#[test]
fn a_damaged_copy_is_not_restored() {
    for key in [None, Some(KEY)] {
        let (folder, elsewhere) = (Folder::new(), Folder::new());
        let core = town(folder.path(), key);
        let file = folder.path().join("copy.db");
        backup(&core, key, &file, "operator").unwrap();
        let whole = std::fs::read(&file).unwrap();
        let mut damaged = whole.clone();
        // Every page behind the first: one of them is in use.
        for byte in damaged.iter_mut().skip(4096).step_by(512) {
            *byte ^= 0xff;
        }
        for bytes in [
            damaged,
            whole[..whole.len() / 2].to_vec(),
            b"no database".to_vec(),
        ] {
            std::fs::write(&file, bytes).unwrap();
            assert!(Store::check_file(&file, key).is_err());
            assert!(restore(&file, elsewhere.path(), key, &host().0).is_err());
            assert!(!elsewhere.path().join(FILE_NAME).exists());
        }
    }
}

#[test]
fn a_backup_that_fails_leaves_the_one_before() {
    let folder = Folder::new();
    let core = town(folder.path(), None);
    let file = folder.path().join("copy.db");
    std::fs::create_dir(&file).unwrap();
    assert!(backup(&core, None, &file, "operator").is_err());
    assert!(file.is_dir());
    assert_eq!(meta(&core, "safe_seq"), None);
    let nowhere = folder.path().join("not/there/copy.db");
    assert!(backup(&core, None, &nowhere, "operator").is_err());
}

#[test]
fn verify_finds_what_was_tampered_with() {
    let folder = Folder::new();
    let core = town(folder.path(), None);
    assert_eq!(verify(&core).unwrap().differences, [""; 0]);
    let looked_at = verify(&core).unwrap();
    assert!(looked_at.audit.n >= 2);
    core.store
        .write(|tx| {
            tx.tamper("UPDATE audit SET detail = '{}' WHERE n = 1");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let differences = verify(&core).unwrap().differences;
    assert_eq!(differences, ["audit entry 1: it does not fit the chain"]);
}
