//! What a phone has on disk, looked at from outside: its files are copied as they are at this moment
//! and opened with its key. So the stories do not ask the phone whether it still has something.

use std::collections::BTreeSet;

use automerge::{Automerge, ChangeHash};
use notes::attachment::AttachmentId;
use notes::ids::DocumentId;
use notes::note;
use rusqlite::{Connection, OptionalExtension as _};

use crate::folder::Folder;
use crate::hex::hex;
use crate::server::changes_in;

/// A copy of a phone's store.
pub(crate) struct Peek {
    conn: Connection,
    _folder: Folder,
}

impl Peek {
    pub(crate) fn at(folder: &Folder, file: &str, key: &[u8; 32]) -> Self {
        let copy = folder.as_left_by_a_crash();
        let conn = Connection::open(copy.path().join(file)).expect("a copy");
        let pragma = format!("PRAGMA key = \"x'{}'\"", hex(key));
        conn.execute_batch(&pragma).expect("a key");
        Self { conn, _folder: copy }
    }

    /// The document as it stands in the store, without what is still in the journal.
    pub(crate) fn document(&self, id: DocumentId) -> Option<Automerge> {
        let sql = "SELECT snapshot FROM doc WHERE id = ?1";
        let row = self.conn.query_row(sql, [id.0], |row| row.get::<_, Vec<u8>>(0));
        row.optional().unwrap().map(|bytes| note::load(&bytes).unwrap())
    }

    /// Whether the whole bytes of a file are there.
    pub(crate) fn has_file(&self, id: AttachmentId) -> bool {
        let sql = "SELECT data FROM attachment_piece WHERE sha256 = ?1 ORDER BY at";
        let mut statement = self.conn.prepare(sql).unwrap();
        let rows = statement
            .query_map([id.0], |row| row.get::<_, Vec<u8>>(0))
            .unwrap();
        let bytes: Vec<u8> = rows.flat_map(Result::unwrap).collect();
        AttachmentId::of(&bytes) == id
    }

    /// Every change of a document that the phone still has: in the note, in what it offered, or in a
    /// copy that it set aside.
    pub(crate) fn changes(&self, id: DocumentId) -> BTreeSet<ChangeHash> {
        let mut all: BTreeSet<_> = self.document(id).iter().flat_map(hashes).collect();
        for chunk in self.blobs("SELECT chunk FROM outgoing WHERE doc = ?1", id) {
            all.extend(changes_in(&chunk));
        }
        let aside = "SELECT content FROM aside WHERE doc = ?1 AND why IN ('fork', 'reset', 'gone')";
        for copy in self.blobs(aside, id) {
            all.extend(hashes(&note::load(&copy).unwrap()));
        }
        all
    }

    fn blobs(&self, sql: &str, id: DocumentId) -> Vec<Vec<u8>> {
        let mut statement = self.conn.prepare(sql).unwrap();
        let rows = statement.query_map([id.0], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

pub(crate) fn hashes(doc: &Automerge) -> Vec<ChangeHash> {
    doc.get_changes_meta(&[])
        .into_iter()
        .map(|meta| meta.hash)
        .collect()
}
