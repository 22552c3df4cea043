//! Case systems: their identity here is a name, the scopes they have, and their public keys. The
//! private key never comes here.

use notes::problem::Code;
use serde_json::json;

use super::OpError;
use crate::auth::ClientPublicKey;
use crate::core::Core;
use crate::hex::hex;
use crate::store::{AuditEntry, ClientRecord};

/// Keys that one case system may have at a time.
const MAX_KEYS: usize = 5;
/// Every scope that there is.
pub const SCOPES: [&str; 3] = ["export.read", "export.receipt", "import.write"];
/// What a case system gets that asks for nothing else.
pub const DEFAULT_SCOPE: &str = "export.read export.receipt";

/// Adds a case system; returns its id. A file may hold several keys: two while they are changed.
///
/// # Errors
/// `parameter_invalid` for a key that is not one, or a scope that does not exist.
pub fn add(core: &Core, name: &str, keys: &str, scope: &str, by: &str) -> Result<String, OpError> {
    let refuse = |detail: String| OpError::Because(Code::ParameterInvalid, detail);
    let pems = checked(keys)?;
    let scopes: Vec<&str> = scope.split_whitespace().collect();
    if let Some(unknown) = scopes.iter().find(|scope| !SCOPES.contains(scope)) {
        let known = SCOPES.join(", ");
        return Err(refuse(format!(
            "there is no scope {unknown:?}; there are {known}"
        )));
    }
    if scopes.is_empty() || name.trim().is_empty() {
        return Err(refuse("a name and at least one scope are needed".to_owned()));
    }
    let record = new(core, name.trim(), scopes.join(" "), pems);
    put(core, &record, by)?;
    Ok(record.id)
}

/// The PEM blocks of a file, each a public key that is taken.
fn checked(keys: &str) -> Result<String, OpError> {
    let refuse = |detail: String| Err(OpError::Because(Code::ParameterInvalid, detail));
    let pems: Vec<String> = pems(keys).collect();
    if pems.is_empty() || pems.len() > MAX_KEYS {
        return refuse(format!(
            "the file holds no PEM public key, or more than {MAX_KEYS}"
        ));
    }
    if pems.iter().any(|pem| ClientPublicKey::from_pem(pem).is_err()) {
        let detail = "a key is not a public key on P-256 or P-384 (PEM, BEGIN PUBLIC KEY)";
        return refuse(detail.to_owned());
    }
    Ok(pems.concat())
}

/// Gives a case system other keys; the ones before are good no longer, unless they are among them. So a key is changed
/// without a gap: first the old one and the new one, then the new one alone.
///
/// # Errors
/// `not_found`; `parameter_invalid` for a key that is not one.
pub fn rekey(core: &Core, id: &str, keys: &str, by: &str) -> Result<usize, OpError> {
    let public_keys = checked(keys)?;
    let count = pems(&public_keys).count();
    change(core, id, "client.rekeyed", by, |client| {
        client.public_keys = public_keys;
    })?;
    Ok(count)
}

/// Takes a case system's identity away, at once: also what it holds tokens for. What it answered stands.
///
/// # Errors
/// `not_found`.
pub fn revoke(core: &Core, id: &str, by: &str) -> Result<(), OpError> {
    let now = core.host.now_ms();
    change(core, id, "client.revoked", by, |client| {
        client.revoked_at = client.revoked_at.or(Some(now));
    })
}

/// All case systems, the oldest first.
///
/// # Errors
/// The store's.
pub fn list(core: &Core) -> Result<Vec<ClientRecord>, OpError> {
    Ok(core.store.read(|tx| tx.clients())?)
}

fn change(
    core: &Core,
    id: &str,
    what: &str,
    by: &str,
    alter: impl FnOnce(&mut ClientRecord),
) -> Result<(), OpError> {
    core.store.write(|tx| {
        let mut client = tx.client(id)?.ok_or(Code::NotFound)?;
        alter(&mut client);
        tx.client_put(&client)?;
        tx.audit(&AuditEntry {
            at: core.host.now_ms(),
            who: by.to_owned(),
            what: what.to_owned(),
            person: None,
            document: None,
            detail: json!({ "client": id }).to_string(),
        })?;
        Ok(())
    })
}

/// The identity under which a folder is written and its receipts are taken. It has no key: nobody comes in with it.
///
/// # Errors
/// The store's.
pub(super) fn of_folder(core: &Core, folder: &str, by: &str) -> Result<ClientRecord, OpError> {
    let name = format!("folder {folder}");
    if let Some(known) = core.store.read(|tx| tx.client_named(&name))? {
        return Ok(known);
    }
    let record = new(core, &name, DEFAULT_SCOPE.to_owned(), String::new());
    put(core, &record, by)?;
    Ok(record)
}

fn new(core: &Core, name: &str, scope: String, public_keys: String) -> ClientRecord {
    let digits = hex(&core.host.random::<8>());
    ClientRecord {
        id: format!("client-{digits}"),
        name: name.to_owned(),
        scope,
        public_keys,
        created_at: core.host.now_ms(),
        revoked_at: None,
    }
}

fn put(core: &Core, record: &ClientRecord, by: &str) -> Result<(), OpError> {
    core.store.write(|tx| {
        tx.client_put(record)?;
        tx.audit(&AuditEntry {
            at: record.created_at,
            who: by.to_owned(),
            what: "client.added".to_owned(),
            person: None,
            document: None,
            detail: json!({ "client": record.id, "scope": record.scope }).to_string(),
        })?;
        Ok(())
    })
}

/// The blocks of a PEM file, one by one.
pub(super) fn pems(text: &str) -> impl Iterator<Item = String> {
    const BEGIN: &str = "-----BEGIN ";
    text.split(BEGIN).skip(1).map(|block| {
        // What follows the last line of a block is somebody's remark.
        let end = block.find("-----END ").and_then(|at| {
            let tail = block.get(at..)?;
            Some(at + tail.find('\n').unwrap_or(tail.len()))
        });
        let block = end.and_then(|end| block.get(..end)).unwrap_or(block);
        format!("{BEGIN}{}\n", block.trim_end())
    })
}
