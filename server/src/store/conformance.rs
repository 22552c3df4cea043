//! The suite that holds a store to the contract at the top of this folder. It is written over
//! [`Store`] and what [`Tx`] promises, so that a second backend can be put through it; what is
//! SQLite's alone stands in `sqlite.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod about;
mod attachments;
mod copies;
mod counted;
mod devices;
mod export;
mod figures;
mod issues;
mod leavers;
mod lines;
mod live;
mod log;
mod messages;
mod moved;
mod orders;
mod people;
mod publications;
mod reconcile;
mod reflection;
mod removal;
mod search;
mod settings;
mod sqlite;
mod sweeps;
mod transactions;

use notes::ids::{Actor, DeviceId, DocumentId, PersonId};
use notes::note::Template;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::testing::Folder;

type Check = Result<(), StoreError>;

/// An open store in a folder of its own.
fn store() -> (Store, Folder) {
    let folder = Folder::new();
    (Store::open(folder.path(), None).unwrap(), folder)
}

fn document(n: u8) -> DocumentId {
    DocumentId([n; 16])
}

fn device(n: u8) -> DeviceId {
    DeviceId([n; 16])
}

fn a_person(n: u8) -> PersonRecord {
    PersonRecord {
        id: PersonId([n; 16]),
        case_id: format!("C{n}"),
        name: format!("Person {n}"),
        title: Some("Mr".into()),
        forename: Some("A".into()),
        surname: Some("B".into()),
        preferred_name: Some("Ab".into()),
        date_of_birth: Some("1940-01-02".into()),
        nhs_number: Some("9434765919".into()),
        address_line_1: Some("1 Road".into()),
        address_line_2: Some("Town".into()),
        postcode: Some("AB1 2CD".into()),
        phone: Some("01".into()),
        communication_needs: Some("Large print".into()),
        alerts: Some("Dog".into()),
        allocated_worker: Some("W1".into()),
        team: None,
    }
}

fn a_worker(id: &str, team: Option<i64>) -> WorkerRecord {
    WorkerRecord {
        id: id.into(),
        name: format!("Worker {id}"),
        email: Some(format!("{id}@example.org")),
        role: "practitioner".into(),
        team,
        profession: Some("social worker".into()),
    }
}

fn a_device(n: u8, worker: &str) -> DeviceRecord {
    DeviceRecord {
        id: device(n),
        worker: worker.into(),
        public_key: vec![n; 65],
        app: "phone 1".into(),
        enrolled_at: 1_000 + i64::from(n),
        last_seen_at: None,
        revoked_at: None,
        waiting: 0,
        clock_offset_ms: 0,
        pulled_pub: 0,
    }
}

fn an_entry(document: DocumentId, chunk: &[u8]) -> NewEntry {
    NewEntry {
        line: Some(1),
        document,
        device: Some(device(9)),
        received_at: 5_000,
        hash: Sha256::digest(chunk).into(),
        chunk: chunk.to_vec(),
        template: Template::Note,
        person: Some(PersonId([4; 16])),
        reason: None,
        pulled_pub: 3,
        state: EntryState::Pending,
        code: None,
    }
}

/// Appends behind the head as it is.
fn append(tx: &Tx<'_>, entry: &NewEntry) -> Result<u64, StoreError> {
    let mut head = tx.log_head()?;
    Ok(tx.log_append(&mut head, entry)?.0)
}

/// Appends and publishes.
fn published(tx: &Tx<'_>, entry: &NewEntry) -> Result<u64, StoreError> {
    let seq = append(tx, entry)?;
    tx.log_set_state(seq, EntryState::Published, None)?;
    tx.publish(seq, entry.document, entry.person, false)
}

/// Each entry's number is the next one, and its chain follows from the one before.
fn assert_chained(tx: &Tx<'_>) -> Check {
    let mut before = [0; 32];
    let entries = tx.log_after(0, u32::MAX)?;
    for (index, entry) in entries.iter().enumerate() {
        assert_eq!(entry.seq, index as u64 + 1);
        assert_eq!(
            entry.chain,
            chain(&before, entry.seq, &entry.entry),
            "entry {}",
            entry.seq
        );
        let sha: [u8; 32] = Sha256::digest(&entry.entry.chunk).into();
        assert_eq!(entry.entry.hash, sha, "entry {}", entry.seq);
        before = entry.chain;
    }
    assert_eq!(
        tx.log_head()?,
        Head {
            seq: entries.len() as u64,
            chain: before
        }
    );
    Ok(())
}

impl Tx<'_> {
    /// What a failing disk does to a chunk.
    pub(crate) fn damage(&self, seq: u64) -> Check {
        self.db
            .execute("UPDATE log SET chunk = x'00' WHERE seq = ?", [seq])?;
        Ok(())
    }
}
