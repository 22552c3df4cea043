//! The store's own behaviour, without a notebook: one file for each of its parts, and two for the
//! whole, opening and writing.

mod copies;
mod documents;
mod files;
mod gathered;
mod histories;
mod keys_typed;
mod looked_up;
mod opening;
mod searching;
mod sent;
mod set_aside;
mod values;
mod whole;

use std::path::PathBuf;

use notes::ids::{Actor, DocumentId, PersonId};
use notes::note::{Edit, Template, genesis};
use notes::wire::{Outcome, StandingRow, Subject};

use super::docs::{DocRow, Face, Reset};
use super::*;
use crate::sync::Answer;

const KEY: [u8; 32] = [1; 32];
const DAY: i64 = 86_400_000;
const PERSON: PersonId = PersonId([9; 16]);

fn store() -> Store {
    Store::open(":memory:", &KEY).unwrap()
}

/// A store with the documents 1 to `n`, which have these numbers.
fn store_with(n: u8) -> Store {
    let mut store = store();
    store
        .write(|tx| {
            for n in 1..=n {
                assert_eq!(docs::save(tx, &document(n), b"x")?, i64::from(n));
            }
            Ok(())
        })
        .unwrap();
    store
}

fn id(n: u8) -> DocumentId {
    DocumentId([n; 16])
}

fn document(n: u8) -> DocRow {
    DocRow {
        nr: 0,
        id: id(n),
        template: Template::Note,
        person: Some(PERSON),
        heads: vec![genesis::hash(Template::Note)],
        offered_heads: Vec::new(),
        unoffered: false,
        alone: true,
        joined: false,
        hidden: false,
        gone: false,
        reset: Reset::No,
        face: Face {
            kind: Some("home_visit".into()),
            conflicts: "a.b".into(),
            ..Face::default()
        },
    }
}

fn ids(rows: &[DocRow]) -> Vec<DocumentId> {
    rows.iter().map(|row| row.id).collect()
}

fn removal() -> Edit {
    Edit::Remove { path: "a.b".into() }
}

fn answer(doc: u8, chunks: &[i64], outcome: Outcome, code: Option<&str>) -> Answer {
    Answer {
        document: id(doc),
        chunks: chunks.to_vec(),
        outcome,
        code: code.map(str::to_owned),
        seq: 5,
    }
}

fn held(state: &str, code: Option<&str>) -> StandingRow {
    StandingRow {
        document: id(1),
        state: state.into(),
        code: code.map(str::to_owned),
        message: None,
    }
}

/// A folder for one test, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("doorstep-store-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Every byte of every file in it.
    fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.0)
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut files: Vec<PathBuf> = files.collect();
        files.sort();
        files
            .iter()
            .flat_map(|file| std::fs::read(file).unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
