//! The phone's folder: the vault's file beside the store. The file is written whole under another
//! name and then renamed, so that a crash leaves the old one or the new one.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use client_core::{Notebook, vault};
use zeroize::Zeroizing;

use crate::answer::Failure;
use crate::host::{self, SystemDice};

const VAULT: &str = "vault.json";
const STORE: &str = "notes.db";

/// Opens the phone in a folder; makes it where it is new and `may_make` says so.
pub(crate) fn open(dir: &Path, pin: &str, may_make: bool) -> Result<Notebook, Failure> {
    let host = host::host()?;
    let vault_path = dir.join(VAULT);
    let key = match fs::read(&vault_path) {
        Ok(file) => vault::unseal(&file, pin)?,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound && may_make => {
            make(dir, &vault_path, pin)?
        }
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {
            return Err(Failure::call("there is no phone in this folder: enrol it first"));
        }
        Err(other) => return Err(Failure::call(format!("the vault cannot be read: {other}"))),
    };
    let store = dir.join(STORE);
    let store = store
        .to_str()
        .ok_or_else(|| Failure::call("the folder's name is not UTF-8"))?;
    Ok(Notebook::open(store, &key, host)?)
}

/// Takes the phone out of its folder, the key first: without it the rest can be read by nobody.
pub(crate) fn remove(dir: &Path) -> Result<(), Failure> {
    for name in [VAULT, STORE, "notes.db-wal", "notes.db-shm", "notes.db-journal"] {
        match fs::remove_file(dir.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::call(format!("{name} cannot be removed: {error}")));
            }
            _ => {}
        }
    }
    Ok(())
}

fn make(dir: &Path, vault_path: &Path, pin: &str) -> Result<Zeroizing<[u8; 32]>, Failure> {
    use client_core::host::Dice as _;
    // A store without its vault cannot be opened again: never make a second vault beside it.
    if dir.join(STORE).exists() {
        return Err(Failure::call("the store is there, but its vault is missing"));
    }
    let mut key = Zeroizing::new([0; 32]);
    SystemDice.fill(&mut key[..]);
    let sealed = vault::seal(&key, pin, &mut SystemDice)?;
    let written = fs::create_dir_all(dir).and_then(|()| replace(vault_path, &sealed));
    written.map_err(|error| Failure::call(format!("the vault cannot be written: {error}")))?;
    Ok(key)
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // The rename itself is durable once the folder is.
    if let Some(dir) = path.parent() {
        fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}
